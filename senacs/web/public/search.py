"""Search of a territory by what people type: a région, a département, its number, a commune, a postcode."""

from senacs.lib.incoming import whole_number
from senacs.lib.text import search_key
from senacs.territories.models import Commune, Departement, PostalCode, Region
from senacs.territories.queries import FRANCE, Territory, get_territory

_MOST = 20


def all_territories() -> tuple[list[Region], list[Departement]]:
    """The régions and départements, collectivités d'outre-mer last."""
    regions = sorted(Region.objects.order_by("code"), key=lambda r: (r.is_com, search_key(r.name)))
    departements = sorted(Departement.objects.order_by("code"), key=lambda d: (d.is_com, d.code))
    return regions, departements


def find_territories(query: str) -> list[Territory]:
    """Régions and départements that the words name, then the départements of the communes that they name."""
    key = search_key(query)
    if not key:
        return []
    if key == "france":
        places = [("france", FRANCE)]
    else:
        regions, departements = all_territories()
        places = [("region", r.code) for r in regions if key in search_key(r.name)]
        places += [("departement", d.code) for d in departements if key in search_key(d.name) or key == d.code.lower()]
        exact = [p for p in places if search_key(_name(p, regions, departements)) == key]
        places = exact or places or _by_commune(key)
    found = (get_territory(level, code) for level, code in dict.fromkeys(places[:_MOST]))
    return [territory for territory in found if territory is not None]


def _name(place: tuple[str, str], regions: list[Region], departements: list[Departement]) -> str:
    rows: list[Region] | list[Departement] = regions if place[0] == "region" else departements
    return next(row.name for row in rows if row.code == place[1])


def _by_commune(key: str) -> list[tuple[str, str]]:
    communes = Commune.objects.filter(search_name=key)
    if not communes.exists():
        communes = Commune.objects.filter(search_name__startswith=key)
    if whole_number(key) is not None:
        communes = Commune.objects.filter(pk__in=PostalCode.objects.filter(code=key).values("commune"))
    codes = communes.order_by("-population").values_list("departement_id", flat=True)[:_MOST]
    return [("departement", code) for code in codes]
