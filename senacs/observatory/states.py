"""The states of a release, one table and one door."""

from django.db import transaction

from senacs.accounts.enums import Role
from senacs.lib import clock
from senacs.lib.states import Transition, find
from senacs.observatory.enums import ReleaseState
from senacs.observatory.models import Release

_NATIONAL = frozenset({Role.NATIONAL})
# Only the work in the background ends a construction.
_NOBODY: frozenset[str] = frozenset()

TRANSITIONS = (
    Transition("complete", frozenset({ReleaseState.BUILDING}), ReleaseState.CANDIDATE, _NOBODY, "Terminer"),
    Transition("fail", frozenset({ReleaseState.BUILDING}), ReleaseState.FAILED, _NOBODY, "Échouer", needs_reason=True),
    Transition("restart", frozenset({ReleaseState.FAILED}), ReleaseState.BUILDING, _NATIONAL, "Relancer"),
    Transition(
        "reject", frozenset({ReleaseState.CANDIDATE}), ReleaseState.FAILED, _NATIONAL, "Écarter", needs_reason=True
    ),
    Transition("publish", frozenset({ReleaseState.CANDIDATE}), ReleaseState.PUBLISHED, _NATIONAL, "Publier"),
)


@transaction.atomic
def apply(release: Release, name: str, *, reason: str = "") -> Release:
    """Moves the release through the transition `name`: the row is locked, then `release` is brought up to date.

    `reason` tells why a build failed or a candidate was set aside. Raises Refused. Who may do it is the matter
    of the services (`observatory.permissions`).
    """
    stored = Release.objects.select_for_update().select_related("campaign").get(pk=release.pk)
    transition = find(TRANSITIONS, name, current=stored.state, current_label=stored.get_state_display(), reason=reason)
    stored.state = transition.target
    stored.error = reason if transition.target == ReleaseState.FAILED else ""
    stored.published_at = clock.now() if transition.target == ReleaseState.PUBLISHED else None
    stored.save(update_fields=["state", "error", "published_at"])
    release.refresh_from_db()
    return release
