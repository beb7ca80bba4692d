"""No process uses a connection that another opened: after a fork, the child opens its own."""

import os
from typing import Any

from django.db import connections

# Kept for ever: to close them here would close them for the parent, which is using them.
_left_to_the_parent: list[Any] = []


def protect_forks() -> None:
    """Any fork of this process, by whatever library, leaves its connections and pools to the parent."""
    os.register_at_fork(after_in_child=_leave_to_parent)


def _leave_to_parent() -> None:
    for wrapper in connections.all(initialized_only=True):
        if wrapper.connection is not None:
            _left_to_the_parent.append(wrapper.connection)
            wrapper.connection = None
            wrapper.in_atomic_block = False
            wrapper.savepoint_ids.clear()
            wrapper.run_on_commit.clear()
            wrapper.needs_rollback = False
        # Django keeps pools by alias on the class, with threads that no child inherits.
        pools = getattr(type(wrapper), "_connection_pools", None)
        if pools:
            _left_to_the_parent.append(dict(pools))
            pools.clear()
