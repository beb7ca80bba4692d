"""Who composes, signs and reads the editions of a territory (design §2, charte 3.2)."""

from collections.abc import Iterable

from django.db.models import Q

from senacs.accounts.enums import Role, Side
from senacs.accounts.models import Mandate, User
from senacs.accounts.permissions import current_mandates
from senacs.publication.models import Edition, EditionQuerySet
from senacs.territories.models import Departement
from senacs.territories.queries import FRANCE

_OF_DEPARTEMENT = {Role.COPIL, Role.PREPARATION}


def territories_composed_by(user: User) -> set[tuple[str, str]]:
    """(level, code) of the territories whose editions the user writes."""
    return _territories(current_mandates(user))


def editions_visible_to(user: User) -> EditionQuerySet:
    """Drafts of the territories that the user works on, whatever their state; the public has the published ones."""
    allowed = Q(pk__in=())
    for level, code in territories_composed_by(user):
        allowed |= Q(level=level, code=code)
        if level == "departement":
            allowed |= Q(group__departement=code)
    found: EditionQuerySet = Edition.objects.filter(allowed)
    return found


def can_compose(user: User, level: str, code: str) -> bool:
    """The Copil of the territory, who prepares for it and its correspondents write (charte 3.2)."""
    return (level, code) in territories_composed_by(user)


def can_sign(user: User, edition: Edition, side: str) -> bool:
    """A member signs for the institution that it sits for: Copil in its département, région, the national team."""
    return side in sides_of(user, edition)


def sides_of(user: User, edition: Edition) -> set[str]:
    """The institutions for which the user may sign this edition."""
    return {
        mandate.side
        for mandate in current_mandates(user)
        if mandate.side in Side.values and _signs(mandate, *edition.home)
    }


def _signs(mandate: Mandate, level: str, code: str) -> bool:
    if mandate.role == Role.COPIL:
        return (level, code) == ("departement", mandate.departement_id)
    if mandate.role == Role.REGIONAL:
        return (level, code) == ("region", mandate.region_id)
    return bool(mandate.role == Role.NATIONAL and level == "france")


def _territories(mandates: Iterable[Mandate]) -> set[tuple[str, str]]:
    found: set[tuple[str, str]] = set()
    for mandate in mandates:
        if mandate.role == Role.NATIONAL:
            found.add(("france", FRANCE))
        elif mandate.role in _OF_DEPARTEMENT and mandate.departement_id:
            found.add(("departement", mandate.departement_id))
        elif mandate.role == Role.REGIONAL and mandate.region_id:
            found.add(("region", mandate.region_id))
        elif mandate.role in {Role.CORRESPONDANT_CAF, Role.CORRESPONDANT_FEDERAL}:
            followed = Q(cafs=mandate.caf_id) if mandate.caf_id else Q(federations=mandate.federation_id)
            found |= {
                ("departement", code) for code in Departement.objects.filter(followed).values_list("pk", flat=True)
            }
    return found
