"""Security events, for those who keep the site: a logger of their own, numbers of accounts, no name, no address."""

import logging

from django.db import transaction

from senacs.lib import metrics

_logger = logging.getLogger("senacs.security")


def tell(event: str, *, account: int | None = None, **codes: str) -> None:
    """`event` and `codes` are words of the code: kinds of acts, of rows, of refusals."""
    facts: dict[str, object] = {"event": event}
    if account is not None:
        facts["account"] = account
    _logger.info("", extra={"facts": facts | codes})
    metrics.security.labels(event).inc()


def tell_once_done(event: str, *, account: int | None = None, **codes: str) -> None:
    """The same, once the act is committed: what is taken back did not happen."""
    transaction.on_commit(lambda: tell(event, account=account, **codes), robust=True)
