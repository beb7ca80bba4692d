"""Rights of the observatory: who draws groupings of communes, who waives secrecy for a structure."""

from senacs.accounts.enums import Role
from senacs.accounts.permissions import AnyUser, preparation_sides, roles_on
from senacs.structures.models import Structure
from senacs.territories.models import Departement


def can_draw_groupings(user: AnyUser, departement: Departement) -> bool:
    """Infra-départemental analyses follow the needs of the territory (charte 3.1): its Copil draws them."""
    return bool(preparation_sides(user, departement))


def can_waive_secrecy(user: AnyUser, structure: Structure) -> bool:
    """Nobody gives up the secrecy of figures but the person who answers for them (charte 2.3)."""
    return Role.RESPONSABLE in roles_on(user, structure)
