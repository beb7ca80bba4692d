"""The register of national rights: its only writer, and what reads it."""

from collections.abc import Sequence

from django.db.models import QuerySet

from senacs.accounts.enums import RightsAct, Role
from senacs.accounts.models import RightsEntry, User


def log_right(
    *,
    act: RightsAct,
    address: str,
    by: User | None,
    person: User | None = None,
    role: Role | None = None,
    side: str = "",
    scope: str = "",
    reason: str = "",
) -> RightsEntry:
    """One line: who did what, on whom, why. `by` nobody: done from the server."""
    return RightsEntry.objects.create(
        act=act, address=address, by=by, person=person, role=role or "", side=side, scope=scope[:200], reason=reason
    )


def rights_acts() -> QuerySet[RightsEntry]:
    """The register of what reaches the whole country, newest first."""
    return RightsEntry.objects.filter(scope="").select_related("by", "person").order_by("-at", "-id")


def mandate_acts(scopes: Sequence[str]) -> QuerySet[RightsEntry]:
    """Mandates ended, renewed and handed over on these places, newest first."""
    return RightsEntry.objects.filter(scope__in=scopes).select_related("by", "person").order_by("-at", "-id")
