"""The territories that releases tell: those of the official code, and the groupings that a Copil has drawn."""

from dataclasses import dataclass

from senacs.observatory.definitions.publication_plan import GROUPING
from senacs.observatory.releases.reader import ReleaseReader
from senacs.structures.models import StructureQuerySet
from senacs.structures.queries import structures_in
from senacs.territories.models import Commune, Epci
from senacs.territories.queries import Territory, get_territory

LEVELS = ("france", "region", "departement", "epci", GROUPING)


@dataclass(frozen=True, slots=True)
class Nearby:
    """Territories inside a département that the release tells something of."""

    groupings: tuple[Territory, ...]
    epcis: tuple[Territory, ...]


def find_place(level: str, code: str, reader: ReleaseReader | None) -> Territory | None:
    """None when no such territory exists, or the release does not have the grouping."""
    if level == GROUPING:
        return _grouping(code, reader)
    return get_territory(level, code) if level in LEVELS else None


def structures_of(place: Territory, reader: ReleaseReader | None) -> StructureQuerySet:
    """Active structures of the register."""
    if place.level != GROUPING:
        return structures_in(place.level, place.code)
    communes = reader.groupings[place.code]["communes"] if reader else ()
    return structures_in("france", "").filter(commune__in=communes)


def nearby(place: Territory, reader: ReleaseReader | None) -> Nearby | None:
    """What can be read below a département, None elsewhere or where nothing can."""
    if reader is None or place.level != "departement":
        return None
    drawn = (code for code, entry in reader.groupings.items() if entry["departement"] == place.code)
    groupings = [found for code in sorted(drawn) if (found := _grouping(code, reader))]
    told = [code for level, code in reader.told if level == "epci"]
    epcis = Epci.objects.filter(pk__in=told, communes__departement=place.code).distinct().order_by("name")
    near = [Territory("epci", epci.pk, epci.name, epci.population, place.parents[:1]) for epci in epcis]
    return Nearby(tuple(groupings), tuple(near)) if groupings or near else None


def _grouping(code: str, reader: ReleaseReader | None) -> Territory | None:
    entry = reader.groupings.get(code) if reader else None
    departement = get_territory("departement", entry["departement"]) if entry else None
    if entry is None or departement is None:
        return None
    known = Commune.objects.filter(pk__in=entry["communes"]).values_list("population", flat=True)
    population = sum(n for n in known if n)
    return Territory(GROUPING, code, entry["name"], population or None, (*departement.parents, departement))
