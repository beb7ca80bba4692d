"""The register of national rights: its only writer, and what reads it."""

from django.db.models import Model, QuerySet

from senacs.accounts.enums import RightsAct, Role
from senacs.accounts.models import RightsEntry, User
from senacs.accounts.rights_models import place_key


def log_right(
    *,
    act: RightsAct,
    address: str,
    by: User | None,
    person: User | None = None,
    role: Role | None = None,
    side: str = "",
    place: Model | None = None,
    reason: str = "",
) -> RightsEntry:
    """One line: who did what, on whom, why. `by` nobody: done from the server; `place` None: the whole country."""
    return RightsEntry.objects.create(
        act=act,
        address=address,
        by=by,
        person=person,
        role=role or "",
        side=side,
        scope=str(place)[:200] if place else "",
        place=place_key(place) if place else "",
        reason=reason,
    )


def rights_acts() -> QuerySet[RightsEntry]:
    """The register of what reaches the whole country, newest first."""
    return RightsEntry.objects.filter(scope="").select_related("by", "person").order_by("-at", "-id")
