"""The régions and départements that the public pages list."""

from senacs.lib.text import search_key
from senacs.territories.models import Departement, Region


def all_territories() -> tuple[list[Region], list[Departement]]:
    """The régions and départements, collectivités d'outre-mer last."""
    regions = sorted(Region.objects.order_by("code"), key=lambda r: (r.is_com, search_key(r.name)))
    departements = sorted(Departement.objects.order_by("code"), key=lambda d: (d.is_com, d.code))
    return regions, departements
