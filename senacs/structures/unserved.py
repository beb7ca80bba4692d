"""Who lives far from any structure, by the register alone: communes, EPCI and QPV without one, distances, candidates.

Figures are of communes (municipal arrondissements count for theirs) and of the seats of structures. What is not known
(a population, a place on the map, a list that was not loaded) is told apart from what is nought.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property, lru_cache
from typing import Any, overload

import numpy as np
from django.db.models import Count, Max, Min, Sum

from senacs.lib import clock
from senacs.lib.french import ZONE
from senacs.structures.enums import StructureKind
from senacs.structures.models import Agrement, Structure
from senacs.structures.nearest import nearest_of
from senacs.territories import zonings
from senacs.territories.models import Commune, Departement, Epci, Qpv, RuralCommune
from senacs.territories.queries import Territory

YEARS = 6


@dataclass(frozen=True, slots=True)
class Seats:
    """How many structures a commune holds."""

    centres: int = 0
    evs: int = 0

    def of(self, kind: str) -> int:
        """Of a kind of structure; '' for both."""
        if not kind:
            return self.centres + self.evs
        return self.centres if kind == StructureKind.CENTRE_SOCIAL else self.evs


@dataclass(frozen=True, slots=True)
class Ground:
    """A commune as the official lists tell it. `rural`: '' out of the FRR zoning; `qpv_population`: that of the whole
    QPV that the commune holds or shares.
    """

    code: str
    name: str
    departement: str
    region: str
    epci: str | None
    population: int | None
    latitude: float | None
    longitude: float | None
    qpv_population: int = 0
    qpv_count: int = 0
    rural: str = ""


@dataclass(frozen=True, slots=True)
class Served:
    """A commune and what serves it. `distance`: kilometres to the nearest commune that has one, 0 for itself, None
    where its place is not known; `nearest`: the code of that commune.
    """

    ground: Ground
    seats: Seats
    count: int
    distance: float | None
    nearest: str

    @property
    def is_without(self) -> bool:
        """Lived in, and without a structure; a commune whose population is not published is neither."""
        return not self.count and bool(self.ground.population)


@dataclass(frozen=True, slots=True)
class EpciWithout:
    code: str
    name: str
    population: int
    communes: int
    here: int  # inhabitants within the place asked about


@dataclass(frozen=True, slots=True)
class QpvWithout:
    """A QPV whose communes hold no structure."""

    code: str
    name: str
    communes: str
    population: int | None


@dataclass(frozen=True, slots=True)
class Reach:
    """What one kind of structures is for a place; shares are None where no population is published.

    `published`: inhabitants as the place's own page gives them, to which structures are related; `population`: those
    of its communes, of one vintage with them.
    """

    structures: int
    published: int | None
    communes: int
    communes_with: int
    population: int
    inhabitants_with: int
    inhabitants_in_epci_with: int
    distance: float | None
    located: int  # inhabitants whose commune has a known place

    @property
    def for_10_000(self) -> float | None:
        return 10_000 * self.structures / self.published if self.published else None

    @property
    def communes_without(self) -> int:
        return self.communes - self.communes_with

    @property
    def inhabitants_without(self) -> int:
        return self.population - self.inhabitants_with

    @property
    def share_with(self) -> float | None:
        return 100 * self.inhabitants_with / self.population if self.population else None

    @property
    def share_in_epci_with(self) -> float | None:
        return 100 * self.inhabitants_in_epci_with / self.population if self.population else None


class Roll:
    """The register: who was approved on which day. `rows`: (key, kind, commune, its parent, first agrément, day it was
    written down, end of activity) of each structure; `told`: (structure, begins, kind) of each agrément, oldest first.
    """

    def __init__(self, rows: tuple[tuple[Any, ...], ...], told: tuple[tuple[int, date, str], ...]) -> None:
        self._rows = rows
        self._kinds: defaultdict[int, list[tuple[date, str]]] = defaultdict(list)
        for structure, begins, kind in told:
            self._kinds[structure].append((begins, kind))
        self.seats = lru_cache(maxsize=2 * YEARS)(self._seats)

    def _seats(self, day: date | None = None) -> frozenset[tuple[str, Seats]]:
        """(commune, structures) of today, or of the end of `day`, where they stand today.

        A structure is approved from its first agrément (else from the day it was written down) to its end, and was of
        the kind that its agrément of that day says.
        """
        counts: defaultdict[str, list[str]] = defaultdict(list)
        for pk, kind, commune, parent, begun, written, closed in self._rows:
            if day is None:
                is_there = closed is None
            else:
                is_there = (begun or written) <= day and (closed is None or closed > day)
            if is_there:
                then = [known for begins, known in self._kinds[pk] if begins <= day] if day else []
                counts[parent or commune].append(then[-1] if then else kind)
        centre = StructureKind.CENTRE_SOCIAL
        return frozenset(
            (code, Seats(kinds.count(centre), len(kinds) - kinds.count(centre))) for code, kinds in counts.items()
        )

    @cached_property
    def years(self) -> list[int]:
        """The last years that ended, newest first, from the first agrément on."""
        first = min((row[4] for row in self._rows if row[4]), default=None)
        last = clock.today().year - 1
        return list(range(last, max(first.year, last - YEARS + 1) - 1, -1)) if first else []


def read_roll() -> Roll:
    """The register as it stands; what was counted from one that was the same is kept."""
    fields = ("pk", "kind", "commune_id", "commune__parent_id", "first_agrement_on", "created_at", "closed_on")
    found = Structure.objects.order_by("pk").values_list(*fields)
    rows = tuple((*row[:5], row[5].astimezone(ZONE).date(), row[6]) for row in found)
    told = (
        Agrement.objects.exclude(kind="").order_by("starts_on", "pk").values_list("structure_id", "starts_on", "kind")
    )
    return _roll(rows, tuple(told))


@lru_cache(maxsize=2)
def _roll(rows: tuple[tuple[Any, ...], ...], told: tuple[tuple[int, date, str], ...]) -> Roll:
    return Roll(rows, told)


def official_lists() -> tuple[object, ...]:
    """What changes with the communes, with their figures and with the lists of zonings."""
    known = Commune.objects.aggregate(
        Count("pk"), Count("parent"), Sum("population"), Sum("latitude"), Sum("longitude"), Min("pk"), Max("pk")
    )
    return (*known.values(), zonings.loaded_lists())


class Land:
    """The communes in columns, so that a page about France counts them without making an object of each."""

    def __init__(self, grounds: Mapping[str, Ground]) -> None:
        self.grounds = list(grounds.values())
        self.index = {one.code: n for n, one in enumerate(self.grounds)}
        self.known = np.array([one.population is not None for one in self.grounds], dtype=bool)
        self.population = np.array([one.population or 0 for one in self.grounds], dtype=np.int64)
        # Not a number where the place is not known.
        self.at = np.array([(one.latitude, one.longitude) for one in self.grounds], dtype=float).reshape(-1, 2)
        self.located = ~np.isnan(self.at).any(axis=1)
        self.columns = {
            level: np.array([getattr(one, level) or "" for one in self.grounds], dtype="U9")
            for level in ("region", "departement", "epci")
        }

    def within(self, place: Territory) -> np.ndarray:
        """The indices of the communes of a place. Raises ValueError for a level that has none."""
        if place.level == "france":
            return np.arange(len(self.grounds))
        if place.level not in self.columns:
            raise ValueError(f"unknown level {place.level!r}")
        return np.flatnonzero(self.columns[place.level] == place.code)


@lru_cache(maxsize=2)
def _land(_lists: tuple[object, ...]) -> Land:
    regions = dict(Departement.objects.values_list("pk", "region_id"))
    rural = dict(RuralCommune.objects.values_list("commune_id", "zoning"))
    quarters: defaultdict[str, list[int]] = defaultdict(list)
    for commune, population in Qpv.objects.values_list("communes__pk", "population"):
        quarters[commune].append(population or 0)
    # Overseas collectivities where no Caf acts are out of the field: neither served nor without.
    out = Departement.objects.filter(is_com=True, cafs=None, structures=None)
    rows = (
        Commune.objects.filter(parent=None)
        .exclude(departement__in=out)
        .values_list("pk", "name", "departement_id", "epci_id", "population", "latitude", "longitude")
    )
    return Land({
        code: Ground(
            code, name, departement, regions[departement], epci, population, latitude, longitude,
            sum(quarters.get(code, ())), len(quarters.get(code, ())), rural.get(code, ""),
        )
        for code, name, departement, epci, population, latitude, longitude in rows.order_by("pk")
    })  # fmt: skip


class Landscape:
    """The communes of France with the structures of a kind that they hold on a day, '' for both kinds."""

    def __init__(self, kind: str, seats: frozenset[tuple[str, Seats]], land: Land) -> None:
        self.kind, self.land = kind, land
        self._seats = {code: held for code, held in seats if code in land.index}
        self.counts = np.zeros(len(land.grounds), dtype=np.int32)
        for code, held in self._seats.items():
            self.counts[land.index[code]] = held.of(kind)
        self.holding = np.flatnonzero(self.counts)
        epcis = land.columns["epci"]
        self._is_in_epci_with = np.isin(epcis, epcis[self.holding]) & (epcis != "")
        self.reach = lru_cache(maxsize=200)(self._reach)

    def name_of(self, code: str) -> str:
        """Of a commune; empty for none."""
        return self.land.grounds[self.land.index[code]].name if code in self.land.index else ""

    @cached_property
    def _ways(self) -> tuple[np.ndarray, np.ndarray]:
        """For each commune: kilometres to the nearest that has one (not a number where none can be told), its index."""
        land = self.land
        to = self.holding[land.located[self.holding]]
        distances, nearest = np.full(len(land.grounds), np.nan), np.full(len(land.grounds), -1, dtype=np.int32)
        here = np.flatnonzero(land.located)
        if len(to) and len(here):
            found, index = nearest_of(land.at[here], land.at[to])
            distances[here], nearest[here] = found, to[index]
        distances[self.holding], nearest[self.holding] = 0.0, self.holding
        return distances, nearest

    @property
    def distances(self) -> np.ndarray:
        return self._ways[0]

    def served(self, index: int) -> Served:
        distances, nearest = self._ways
        one = self.land.grounds[index]
        distance, where = float(distances[index]), int(nearest[index])
        return Served(
            one,
            self._seats.get(one.code, Seats()),
            int(self.counts[index]),
            None if np.isnan(distance) else distance,
            self.land.grounds[where].code if where >= 0 else "",
        )

    def served_in(self, place: Territory) -> "ServedRows":
        """The communes of a place, each with what serves it."""
        return ServedRows(self, self.land.within(place))

    def without_in(self, place: Territory, *, smallest: int = 0) -> "ServedRows":
        """Those lived in, by `smallest` people at least, and without a structure; most inhabitants first."""
        land, here = self.land, self.land.within(place)
        here = here[(self.counts[here] == 0) & (land.population[here] >= max(smallest, 1))]
        # By code where they have as many: the order of the land itself, which a stable sort keeps.
        return ServedRows(self, here[np.argsort(-land.population[here], kind="stable")])

    def unknown_in(self, place: Territory) -> "ServedRows":
        """Those of which no population is published: neither served nor left out."""
        here = self.land.within(place)
        return ServedRows(self, here[~self.land.known[here]])

    def _reach(self, place: Territory) -> Reach:
        return self.reach_of(self.land.within(place), place.population)

    def parts_of(self, place: Territory, level: str) -> dict[str, np.ndarray]:
        """By code: the communes of each unit of a level within a place."""
        here = self.land.within(place)
        codes = self.land.columns[level][here]
        order = np.argsort(codes, kind="stable")
        names, starts = np.unique(codes[order], return_index=True)
        parts = np.split(here[order], starts[1:])
        return {str(name): part for name, part in zip(names, parts, strict=True) if name}

    def reach_of(self, here: np.ndarray, published: int | None) -> Reach:
        """What the structures are for some communes (indices); who has no population counts for no inhabitant."""
        counts, population = self.counts[here], self.land.population[here]
        distances = self._ways[0][here]
        lived = population > 0
        located = lived & ~np.isnan(distances)
        inhabitants = int(population[located].sum())
        whole = float((population[located] * distances[located]).sum())
        return Reach(
            structures=int(counts.sum()),
            published=published,
            communes=int(lived.sum()),
            communes_with=int((lived & (counts > 0)).sum()),
            population=int(population.sum()),
            inhabitants_with=int(population[counts > 0].sum()),
            inhabitants_in_epci_with=int(population[(counts > 0) | self._is_in_epci_with[here]].sum()),
            distance=whole / inhabitants if inhabitants else None,
            located=inhabitants,
        )

    def epcis_without(self, place: Territory) -> list[EpciWithout]:
        """EPCI none of whose communes, here or elsewhere, holds a structure; most inhabitants first."""
        served = set(self.land.columns["epci"][self.holding].tolist())
        here = {code: part for code, part in self.parts_of(place, "epci").items() if code not in served}
        found = [
            EpciWithout(
                epci.pk, epci.name, epci.population or 0, len(here[epci.pk]),
                int(self.land.population[here[epci.pk]].sum()),
            )
            for epci in Epci.objects.all()
            if epci.pk in here
        ]  # fmt: skip
        return sorted((one for one in found if one.here), key=lambda one: (-one.here, one.code))

    def qpvs_without(self, place: Territory) -> list[QpvWithout] | None:
        """QPV of which no commune holds a structure, most inhabitants first; None while their list is not loaded."""
        if not zonings.is_loaded(zonings.QPV):
            return None
        here = {self.land.grounds[n].code for n in self.land.within(place)}
        holding = {self.land.grounds[n].code for n in self.holding}
        found = []
        for qpv in Qpv.objects.prefetch_related("communes"):
            communes = {commune.pk: commune.name for commune in qpv.communes.all()}
            if here & communes.keys() and not holding & communes.keys():
                found.append(QpvWithout(qpv.pk, qpv.name, ", ".join(communes.values()), qpv.population))
        return sorted(found, key=lambda one: (-(one.population or 0), one.code))


class ServedRows(Sequence[Served]):
    """Communes in an order, each made when it is looked at: a page counts 31,000 of them and shows fifteen."""

    def __init__(self, landscape: Landscape, order: np.ndarray) -> None:
        self.landscape, self.order = landscape, order

    def __len__(self) -> int:
        return len(self.order)

    @overload
    def __getitem__(self, at: int) -> Served: ...
    @overload
    def __getitem__(self, at: slice) -> list[Served]: ...
    def __getitem__(self, at: int | slice) -> Served | list[Served]:
        if isinstance(at, slice):
            return [self.landscape.served(int(index)) for index in self.order[at]]
        return self.landscape.served(int(self.order[at]))


@lru_cache(maxsize=24)
def landscape(kind: str, seats: frozenset[tuple[str, Seats]], lists: tuple[object, ...]) -> Landscape:
    """Kept in memory by what it is made of: the register of a day (`Roll.seats`), the `official_lists`."""
    return Landscape(kind, seats, _land(lists))
