"""How a territory is covered, by the register alone: structures for its inhabitants, those nearby, what compares."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from functools import lru_cache

from django.db.models import Count, F, FloatField, Q, Value
from django.db.models.functions import Abs, Cast

from senacs.structures.enums import StructureKind
from senacs.structures.models import Structure, StructureQuerySet
from senacs.structures.queries import structures_in
from senacs.territories.models import Commune, Departement, Epci, Region
from senacs.territories.positions import Position, kilometres
from senacs.territories.queries import (
    Territory,
    communes_around,
    current_vintage,
    get_territory,
    neighbours,
    position_of,
)

COMPARED = 10
FAR = 60.0  # kilometres: nobody is served from farther
NEARBY = 6
_MODELS = {"region": Region, "departement": Departement, "epci": Epci, "commune": Commune}


@dataclass(frozen=True, slots=True)
class Coverage:
    """Structures of one place or of several together. `population` is None where none is published, which is not 0."""

    name: str
    centres: int
    evs: int
    population: int | None
    level: str = ""
    code: str = ""

    @property
    def structures(self) -> int:
        return self.centres + self.evs

    @property
    def for_10_000(self) -> float | None:
        return 10_000 * self.structures / self.population if self.population else None


@dataclass(frozen=True, slots=True)
class Near:
    """A structure and how far its commune is, in kilometres as the crow flies, from centre to centre."""

    structure: Structure
    distance: float


def coverage_of(place: Territory, structures: StructureQuerySet | None = None) -> Coverage:
    """`structures`: those of a place that the official code does not know."""
    centres, evs = _by_kind(structures_in(place.level, place.code) if structures is None else structures)
    return Coverage(place.name, centres, evs, place.population, place.level, place.code)


def coverage_of_all(name: str, level: str, codes: Collection[str]) -> Coverage | None:
    """Several places of one level as one; None for none. Those without a population count for nothing."""
    known = _MODELS[level]._default_manager.filter(pk__in=codes, population__gt=0)
    populations = dict(known.values_list("pk", "population"))
    if not populations:
        return None
    if level == "commune":
        within = Q(commune__in=populations) | Q(commune__parent__in=populations)
    else:
        field = {"region": "departement__region", "departement": "departement", "epci": "commune__epci"}[level]
        within = Q(**{f"{field}__in": list(populations)})
    centres, evs = _by_kind(Structure.objects.active().filter(within))
    return Coverage(name, centres, evs, sum(populations.values()))


def _by_kind(structures: StructureQuerySet) -> tuple[int, int]:
    counts = structures.order_by().aggregate(
        centres=Count("pk", filter=Q(kind=StructureKind.CENTRE_SOCIAL)),
        evs=Count("pk", filter=Q(kind=StructureKind.EVS)),
    )
    return counts["centres"], counts["evs"]


def nearest_structures(at: Position, *, without: str = "", most: int = NEARBY) -> list[Near]:
    """The nearest ones, those of the commune `without` left out; a square that grows until it holds enough."""
    for km in (10.0, 25.0, FAR):
        around = communes_around(at, km).exclude(pk=without).exclude(parent=without)
        communes = {commune.pk: commune for commune in around}
        found = [
            Near(structure, kilometres(at, centre))
            for structure in Structure.objects.active().filter(commune__in=communes).select_related("commune")
            if (centre := position_of(communes[structure.commune_id]))
        ]
        near = sorted((one for one in found if one.distance <= km), key=lambda n: (n.distance, n.structure.search_name))
        if len(near) >= most:
            break
    return near[:most]


def neighbours_of(place: Territory) -> list[str]:
    """Codes of the places around: those that touch a département or a région, the nearest communes, the EPCI around."""
    if place.level in {"region", "departement"}:
        vintage = current_vintage(place.level)
        return list(_touching(place.level, vintage).get(place.code, ())) if vintage else []
    if place.level == "commune":
        return _nearest_communes(place.code)
    if place.level == "epci":
        inside = Commune.objects.filter(epci=place.code, latitude__isnull=False)
        around = {code for commune in inside for code in _nearest_communes(commune.pk, most=4)}
        epcis = Commune.objects.filter(pk__in=around).exclude(epci=place.code).values_list("epci", flat=True)
        return sorted({code for code in epcis if code})
    return []


@lru_cache(maxsize=4)
def _touching(level: str, vintage: str) -> dict[str, tuple[str, ...]]:
    return neighbours(level, vintage)


def _nearest_communes(code: str, most: int = COMPARED) -> list[str]:
    here = Commune.objects.filter(pk=code).first()
    at = position_of(here) if here else None
    if at is None:
        return []
    for km in (12.0, 30.0, FAR):
        around = [
            (kilometres(at, centre), commune.pk)
            for commune in communes_around(at, km).filter(parent=None).exclude(pk=code)
            if (centre := position_of(commune))
        ]
        if len(around) >= most:
            break
    return [pk for _, pk in sorted(around)[:most]]


def comparable_to(place: Territory) -> list[str]:
    """Codes of the places of the same level whose populations are the closest, of the same nature for EPCI."""
    if place.level not in _MODELS or not place.population:
        return []
    others = _MODELS[place.level]._default_manager.filter(population__gt=0).exclude(pk=place.code)
    if place.level == "commune":
        others = others.filter(parent=None)
    if place.level == "epci":
        others = others.filter(kind=Epci.objects.get(pk=place.code).kind)
    away = Abs(Cast(F("population"), FloatField()) - Value(float(place.population)))
    count = {"region": 4, "departement": 8}.get(place.level, COMPARED)
    return list(others.annotate(away=away).order_by("away", "pk").values_list("pk", flat=True)[:count])


def territories_of(level: str, codes: Iterable[str]) -> list[Territory]:
    return [found for code in codes if (found := get_territory(level, code))]
