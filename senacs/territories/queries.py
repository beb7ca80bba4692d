"""Reads over the territories: one unit by level and code, populations, outlines, neighbours."""

from collections import defaultdict
from dataclasses import dataclass

from django.db.models import QuerySet

from senacs.territories.geometry import Geometry, points
from senacs.territories.models import Boundary, Commune, Departement, Epci, LoadedVintage, Region
from senacs.territories.positions import Position, box_around

FRANCE = "FR"
LEVELS = ("france", "region", "departement", "epci", "commune")


@dataclass(frozen=True)
class Territory:
    """A unit of any level; `parents` goes from the widest to the closest, France first."""

    level: str
    code: str
    name: str
    population: int | None
    parents: tuple["Territory", ...] = ()


def get_territory(level: str, code: str) -> Territory | None:
    """The unit, None when there is none; the code of France is « FR ».

    Raises ValueError for a level that does not exist.
    """
    if level == "france":
        return _france() if code == FRANCE else None
    if level == "region":
        region = Region.objects.filter(code=code).first()
        return _region(region) if region else None
    if level == "departement":
        departement = Departement.objects.select_related("region").filter(code=code).first()
        return _departement(departement) if departement else None
    if level == "epci":
        epci = Epci.objects.filter(code=code).first()
        return Territory("epci", epci.code, epci.name, epci.population, (_france(),)) if epci else None
    if level == "commune":
        commune = Commune.objects.select_related("departement__region").filter(code=code).first()
        if commune is None:
            return None
        departement_ = _departement(commune.departement)
        parents = (*departement_.parents, departement_)
        return Territory("commune", commune.code, commune.name, commune.population, parents)
    raise ValueError(f"unknown level {level!r}")


def _france() -> Territory:
    return Territory("france", FRANCE, "France", populations("france")[FRANCE])


def _region(region: Region) -> Territory:
    return Territory("region", region.code, region.name, region.population, (_france(),))


def _departement(departement: Departement) -> Territory:
    region = _region(departement.region)
    return Territory(
        "departement", departement.code, departement.name, departement.population, (*region.parents, region)
    )


def populations(level: str) -> dict[str, int | None]:
    """Municipal population by code; None where none is published, which is not 0. Raises ValueError for no level."""
    if level == "france":
        known = [p for p in Region.objects.values_list("population", flat=True) if p is not None]
        return {FRANCE: sum(known) if known else None}
    models = {"region": Region, "departement": Departement, "epci": Epci, "commune": Commune}
    if level not in models:
        raise ValueError(f"unknown level {level!r}")
    return dict(models[level]._default_manager.values_list("code", "population"))


def position_of(commune: Commune) -> Position | None:
    """None where the delivered list does not know it."""
    if commune.latitude is None or commune.longitude is None:
        return None
    return Position(commune.latitude, commune.longitude, commune.is_position_rough)


def communes_around(at: Position, km: float) -> QuerySet[Commune]:
    """Communes and municipal arrondissements whose centre lies within a square of `2 km` of side."""
    west, south, east, north = box_around(at, km)
    return Commune.objects.filter(longitude__gte=west, longitude__lte=east, latitude__gte=south, latitude__lte=north)


def current_vintage(level: str) -> str | None:
    """The vintage of outlines that was loaded last for a level; None when there is none."""
    return LoadedVintage.objects.filter(dataset=f"boundaries-{level}").values_list("vintage", flat=True).first()


def boundaries(level: str, vintage: str | None = None) -> dict[str, Geometry]:
    """GeoJSON geometry by code, in the current vintage unless another is asked for; empty when none is loaded."""
    wanted = vintage or current_vintage(level)
    return dict(Boundary.objects.filter(level=level, vintage=wanted).order_by("code").values_list("code", "geometry"))


def boundary_source(level: str, vintage: str | None = None) -> str:
    """The credit line of the outlines; empty when none is loaded."""
    wanted = vintage or current_vintage(level)
    return Boundary.objects.filter(level=level, vintage=wanted).values_list("source", flat=True).first() or ""


def displaced_codes(level: str, vintage: str | None = None) -> frozenset[str]:
    """Units that the source draws away from their real place (the DROM beside the mainland)."""
    wanted = vintage or current_vintage(level)
    rows = Boundary.objects.filter(level=level, vintage=wanted, is_georeferenced=False)
    return frozenset(rows.values_list("code", flat=True))


def neighbours(level: str, vintage: str | None = None) -> dict[str, tuple[str, ...]]:
    """Units that share at least one point of their outlines, by code, sorted; overseas units have none."""
    owners: defaultdict[tuple[float, float], set[str]] = defaultdict(set)
    outlines = boundaries(level, vintage)
    for code, geometry in outlines.items():
        for point in points(geometry):
            owners[point].add(code)
    touching: dict[str, set[str]] = {code: set() for code in outlines}
    for codes in owners.values():
        if len(codes) > 1:
            for code in codes:
                touching[code] |= codes - {code}
    return {code: tuple(sorted(others)) for code, others in touching.items()}
