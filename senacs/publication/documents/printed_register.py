"""The public register as a publication shows it: who was approved where, in the year of a campaign."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from django.db.models import QuerySet

from senacs.campaigns.models import Campaign, InvitedStructure
from senacs.lib.text import search_key
from senacs.publication.charts import Area, Basemap, PlaceMark, build_basemap
from senacs.publication.located import marks_of, outlines_of
from senacs.structures.enums import StructureKind
from senacs.structures.models import Caf, Federation
from senacs.territories.models import Commune, Departement, Region
from senacs.territories.queries import Territory, boundary_source, current_vintage

_COLUMNS = {"departement": "departement_code", "region": "region_code"}


@dataclass(frozen=True, slots=True)
class ListedStructure:
    code: str
    name: str
    kind: str
    gestion: str
    commune: str


@dataclass(frozen=True, slots=True)
class AreaCount:
    """How many structures a département or région has, and for how many inhabitants."""

    code: str
    name: str
    centres: int
    spaces: int
    population: int | None

    @property
    def density(self) -> float | None:
        """Structures for 10,000 inhabitants."""
        return 10_000 * (self.centres + self.spaces) / self.population if self.population else None


@dataclass(frozen=True, slots=True)
class Register:
    """The register of one territory: structures sorted by commune, counts, and the areas that a map compares."""

    structures: tuple[ListedStructure, ...]
    kinds: dict[str, int]
    gestions: dict[str, dict[str, int]]  # by kind, then by gestion ('' where unknown)
    territory_types: dict[str, int]
    communes_with: int
    communes: int
    population_with: int
    population: int | None
    areas: tuple[AreaCount, ...]
    mine: str  # code of the area that is the territory, or that it lies in; none where it is all of them
    cafs: tuple[str, ...]
    federations: tuple[str, ...]
    marks: tuple[PlaceMark, ...] = ()  # of a département or smaller: where its structures stand


def read_register(*, campaign: Campaign, territory: Territory, structures: Iterable[int] | None = None) -> Register:
    """The structures that the campaign asked, as the register described them then: no answer is read.

    `structures`: keys of those of a local plaquette; its communes and its map are then those of its département.
    """
    invited = InvitedStructure.objects.filter(campaign=campaign)
    if structures is not None:
        invited = invited.filter(structure__in=list(structures))
        territory = territory.parents[-1]
    elif column := _COLUMNS.get(territory.level):
        invited = invited.filter(**{column: territory.code})
    mine = list(invited.values_list("structure__code", "name", "kind", "gestion", "commune_code", "territory_type"))
    communes = _communes(territory)
    listed = [
        ListedStructure(code, name, kind, gestion, communes.get(commune, (commune, 0))[0])
        for code, name, kind, gestion, commune, _ in mine
    ]
    listed.sort(key=lambda s: (search_key(s.commune), s.kind, search_key(s.name), s.name))
    served = {commune for *_, commune, _ in mine} & set(communes)
    served |= _parents(served)
    gestions: dict[str, Counter[str]] = {kind: Counter() for kind in StructureKind.values}
    for _, _, kind, gestion, _, _ in mine:
        gestions[kind][gestion] += 1
    counted = Commune.objects.filter(parent__isnull=True, **_commune_filter(territory))
    areas = _areas(campaign, territory)
    return Register(
        structures=tuple(listed),
        kinds=dict(Counter(kind for _, _, kind, *_ in mine)),
        gestions={kind: dict(counts) for kind, counts in gestions.items()},
        territory_types=dict(Counter(place for *_, place in mine)),
        communes_with=counted.filter(pk__in=served).count(),
        communes=counted.count(),
        population_with=sum(p or 0 for p in counted.filter(pk__in=served).values_list("population", flat=True)),
        population=territory.population,
        areas=areas,
        mine=_mine(territory, areas),
        cafs=_names(Caf.objects.all(), territory),
        federations=_names(Federation.objects.all(), territory),
        marks=_marks(territory, mine),
    )


def _commune_filter(territory: Territory) -> dict[str, str]:
    return {
        "departement": {"departement_id": territory.code},
        "region": {"departement__region_id": territory.code},
    }.get(territory.level, {})


def _communes(territory: Territory) -> dict[str, tuple[str, int]]:
    rows = Commune.objects.filter(**_commune_filter(territory)).values_list("code", "name", "population")
    return {code: (name, population or 0) for code, name, population in rows}


def _parents(codes: Iterable[str]) -> set[str]:
    """The communes whose arrondissements are among `codes` (Paris, Lyon, Marseille)."""
    found = Commune.objects.filter(pk__in=list(codes), parent__isnull=False)
    return {code for code in found.values_list("parent_id", flat=True) if code}


def _areas(campaign: Campaign, territory: Territory) -> tuple[AreaCount, ...]:
    """Départements of the région (of France, for a région that has but one); régions for France."""
    if territory.level == "france":
        units = list(Region.objects.filter(is_com=False).values_list("code", "name", "population"))
        column = "region_code"
    else:
        region = territory if territory.level == "region" else territory.parents[-1]
        departements = Departement.objects.filter(is_com=False)
        inside = departements.filter(region_id=region.code)
        chosen = inside if inside.count() > 1 else departements
        units = list(chosen.values_list("code", "name", "population"))
        column = "departement_code"
    counts = Counter(InvitedStructure.objects.filter(campaign=campaign).values_list(column, "kind"))
    return tuple(
        AreaCount(code, name, counts[code, "CS"], counts[code, "EVS"], population)
        for code, name, population in sorted(units, key=lambda unit: search_key(unit[1]))
    )


def _marks(territory: Territory, mine: Sequence[tuple[str, ...]]) -> tuple[PlaceMark, ...]:
    """On the map of a département; over a whole région marks would cover each other."""
    if territory.level != "departement":
        return ()
    placed = [(commune, kind) for _, _, kind, _, commune, _ in mine]
    return tuple(marks_of(Commune.objects.in_bulk({commune for commune, _ in placed}), placed))


def _mine(territory: Territory, areas: Iterable[AreaCount]) -> str:
    """A région and a département may bear the same code (04: La Réunion, Alpes-de-Haute-Provence): levels tell."""
    if territory.level == "departement":
        return territory.code
    if territory.level == "france":
        return ""
    inside = list(Departement.objects.filter(region_id=territory.code).values_list("pk", flat=True))
    return inside[0] if len(inside) == 1 and inside[0] in {area.code for area in areas} else ""


def _names(rows: QuerySet[Caf] | QuerySet[Federation], territory: Territory) -> tuple[str, ...]:
    if territory.level != "departement":
        return ()
    return tuple(rows.filter(departements=territory.code).order_by("name").values_list("name", flat=True))


def basemap_of(areas: Iterable[AreaCount], *, level: str, width: float = 360.0) -> Basemap:
    """The outlines of these areas in the current vintage, projected once."""
    names = tuple((area.code, area.name) for area in areas)
    return _basemap(names, level, current_vintage(level) or "", width)


def map_source(level: str) -> str:
    return boundary_source(level)


@lru_cache(maxsize=64)
def _basemap(names: tuple[tuple[str, str], ...], level: str, vintage: str, width: float) -> Basemap:
    outlines, displaced = outlines_of(level, vintage)
    return build_basemap(
        [Area(code, name, outlines[code], code not in displaced) for code, name in names if code in outlines],
        width=width,
        level=level,
    )
