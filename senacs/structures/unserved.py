"""Who lives far from any structure, by the register alone: communes, EPCI and QPV without one, distances, candidates.

Figures are of communes (municipal arrondissements count for theirs) and of the seats of structures. What is not known
(a population, a place on the map, a list that was not loaded) is told apart from what is nought.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property, lru_cache
from math import floor

import numpy as np
from django.db.models import Count, Max, Min, Sum

from senacs.lib import clock
from senacs.lib.french import ZONE
from senacs.structures.enums import StructureKind
from senacs.structures.models import Agrement, Structure
from senacs.territories import zonings
from senacs.territories.models import Commune, Departement, Epci, Qpv, RuralCommune, RuralZoning
from senacs.territories.queries import Territory

EARTH = 6371.0  # kilometres
_SURE = 60.0  # kilometres within which nothing out of the squares around can be nearer, in France
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


@dataclass(frozen=True, slots=True)
class Weights:
    """What counts for the rank of a candidate, from 0 (nothing) to 5."""

    population: int = 3
    distance: int = 3
    qpv: int = 2
    frr: int = 1

    @property
    def whole(self) -> int:
        return self.population + self.distance + self.qpv + self.frr


@dataclass(frozen=True, slots=True)
class Candidate:
    """A commune without a structure; `score`: out of 100, None where nothing weighs."""

    served: Served
    score: float | None


class Roll:
    """The register read once: who was approved on which day."""

    def __init__(self) -> None:
        fields = ("pk", "kind", "commune_id", "commune__parent_id", "first_agrement_on", "created_at", "closed_on")
        self._rows = list(Structure.objects.order_by().values_list(*fields))
        self._kinds: defaultdict[int, list[tuple[date, str]]] = defaultdict(list)
        told = Agrement.objects.exclude(kind="").order_by("starts_on")
        for structure, begins, kind in told.values_list("structure_id", "starts_on", "kind"):
            self._kinds[structure].append((begins, kind))

    def seats(self, day: date | None = None) -> frozenset[tuple[str, Seats]]:
        """(commune, structures) of today, or of the end of `day`, where they stand today.

        A structure is approved from its first agrément (else from the day it was written down) to its end, and was of
        the kind that its agrément of that day says.
        """
        counts: defaultdict[str, list[str]] = defaultdict(list)
        for pk, kind, commune, parent, begun, written, closed in self._rows:
            if day is None:
                is_there = closed is None
            else:
                is_there = (begun or written.astimezone(ZONE).date()) <= day and (closed is None or closed > day)
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


def official_lists() -> tuple[object, ...]:
    """What changes with the communes, with their figures and with the lists of zonings."""
    known = Commune.objects.aggregate(
        Count("pk"), Count("parent"), Sum("population"), Sum("latitude"), Sum("longitude"), Min("pk"), Max("pk")
    )
    return (*known.values(), zonings.loaded_lists())


@lru_cache(maxsize=2)
def _ground(_lists: tuple[object, ...]) -> dict[str, Ground]:
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
    return {
        code: Ground(
            code, name, departement, regions[departement], epci, population, latitude, longitude,
            sum(quarters.get(code, ())), len(quarters.get(code, ())), rural.get(code, ""),
        )
        for code, name, departement, epci, population, latitude, longitude in rows.order_by("pk")
    }  # fmt: skip


def within(place: Territory, grounds: Mapping[str, Ground]) -> list[Ground]:
    """The communes of a place. Raises ValueError for a level that has none."""
    if place.level == "france":
        return list(grounds.values())
    if place.level not in {"region", "departement", "epci"}:
        raise ValueError(f"unknown level {place.level!r}")
    return [one for one in grounds.values() if getattr(one, place.level) == place.code]


class Landscape:
    """The communes of France with the structures of a kind that they hold on a day, '' for both kinds."""

    def __init__(self, kind: str, seats: frozenset[tuple[str, Seats]], grounds: Mapping[str, Ground]) -> None:
        self.kind = kind
        self._seats = dict(seats)
        self._grounds = grounds
        self._holding = [grounds[code] for code, held in seats if held.of(kind) and code in grounds]
        self._epcis = frozenset(one.epci for one in self._holding if one.epci)
        self.reach = lru_cache(maxsize=200)(self._reach)

    def name_of(self, code: str) -> str:
        """Of a commune; empty for none."""
        return self._grounds[code].name if code in self._grounds else ""

    @lru_cache(maxsize=3)  # noqa: B019 - of all landscapes together: the communes of France weigh 15 MB each time
    def served_in(self, place: Territory) -> list[Served]:
        """The communes of a place, each with what serves it."""
        here = within(place, self._grounds)
        ways = _nearest(here, self._holding)
        found = []
        for one in here:
            held = self._seats.get(one.code, Seats())
            distance, nearest = ways.get(one.code, (None, ""))
            if held.of(self.kind):
                distance, nearest = 0.0, one.code
            found.append(Served(one, held, held.of(self.kind), distance, nearest))
        return found

    def _reach(self, place: Territory) -> Reach:
        return self.reach_of(self.served_in(place), place.population)

    def reach_of(self, served: Iterable[Served], published: int | None) -> Reach:
        """What the structures are for some communes; those without a population count for no inhabitant."""
        rows = list(served)
        lived = [one for one in rows if one.ground.population]
        located = [(one.ground.population or 0, one.distance) for one in lived if one.distance is not None]
        inhabitants = sum(population for population, _ in located)
        return Reach(
            structures=sum(one.count for one in rows),
            published=published,
            communes=len(lived),
            communes_with=sum(bool(one.count) for one in lived),
            population=sum(one.ground.population or 0 for one in lived),
            inhabitants_with=sum(one.ground.population or 0 for one in lived if one.count),
            inhabitants_in_epci_with=sum(
                one.ground.population or 0 for one in lived if one.count or one.ground.epci in self._epcis
            ),
            distance=sum(population * km for population, km in located) / inhabitants if inhabitants else None,
            located=inhabitants,
        )

    def epcis_without(self, place: Territory) -> list[EpciWithout]:
        """EPCI none of whose communes, here or elsewhere, holds a structure; most inhabitants first."""
        here: defaultdict[str, list[Ground]] = defaultdict(list)
        for one in self.served_in(place):
            if one.ground.epci and one.ground.epci not in self._epcis:
                here[one.ground.epci].append(one.ground)
        found = [
            EpciWithout(epci.pk, epci.name, epci.population or 0, len(here[epci.pk]), _inhabitants(here[epci.pk]))
            for epci in Epci.objects.all()
            if epci.pk in here
        ]
        return sorted((one for one in found if one.here), key=lambda one: (-one.here, one.code))

    def qpvs_without(self, place: Territory) -> list[QpvWithout] | None:
        """QPV of which no commune holds a structure, most inhabitants first; None while their list is not loaded."""
        if not zonings.is_loaded(zonings.QPV):
            return None
        here = {one.ground.code for one in self.served_in(place)}
        holding = {one.code for one in self._holding}
        found = []
        for qpv in Qpv.objects.prefetch_related("communes"):
            communes = {commune.pk: commune.name for commune in qpv.communes.all()}
            if here & communes.keys() and not holding & communes.keys():
                found.append(QpvWithout(qpv.pk, qpv.name, ", ".join(communes.values()), qpv.population))
        return sorted(found, key=lambda one: (-(one.population or 0), one.code))


@lru_cache(maxsize=24)
def landscape(kind: str, seats: frozenset[tuple[str, Seats]], lists: tuple[object, ...]) -> Landscape:
    """Kept in memory by what it is made of: the register of a day (`Roll.seats`), the `official_lists`."""
    return Landscape(kind, seats, _ground(lists))


def _nearest(here: Iterable[Ground], holding: Iterable[Ground]) -> dict[str, tuple[float, str]]:
    """By code: kilometres as the crow flies, centre to centre, and the nearest commune that holds a structure.

    Squares of one degree are compared with what lies a degree around; who finds nothing near, with everything.
    """
    to = [one for one in holding if one.latitude is not None]
    squares: defaultdict[tuple[int, int], list[Ground]] = defaultdict(list)
    for one in here if to else ():
        if one.latitude is not None and one.longitude is not None:
            squares[floor(one.latitude), floor(one.longitude)].append(one)
    at = np.array([(one.latitude, one.longitude) for one in to], dtype=float).reshape(-1, 2)
    vectors = _vectors(at)
    found: dict[str, tuple[float, str]] = {}
    for (south, west), some in squares.items():
        around = (at[:, 0] >= south - 1) & (at[:, 0] < south + 2) & (at[:, 1] >= west - 1) & (at[:, 1] < west + 2)
        _compare(some, np.flatnonzero(around), vectors, to, found)
        far = [one for one in some if found.get(one.code, (_SURE + 1, ""))[0] > _SURE]
        _compare(far, np.arange(len(to)), vectors, to, found)
    return found


def _compare(
    some: list[Ground], among: np.ndarray, vectors: np.ndarray, to: list[Ground], found: dict[str, tuple[float, str]]
) -> None:
    """Writes in `found` the nearest place of `some` among those of the indices `among`."""
    if not some or not len(among):
        return
    mine = _vectors(np.array([(one.latitude, one.longitude) for one in some], dtype=float))
    best = among[(mine @ vectors[among].T).argmax(axis=1)]
    # By the chord: the arc cosine of what is nearly 1 loses hundreds of metres.
    chords = np.minimum(np.linalg.norm(mine - vectors[best], axis=1) / 2, 1.0)
    for one, index, distance in zip(some, best, 2 * EARTH * np.arcsin(chords), strict=True):
        found[one.code] = (float(distance), to[int(index)].code)


def _vectors(degrees: np.ndarray) -> np.ndarray:
    """Points of the unit sphere, a row each."""
    latitude, longitude = np.radians(degrees).T
    return np.column_stack(
        [np.cos(latitude) * np.cos(longitude), np.cos(latitude) * np.sin(longitude), np.sin(latitude)]
    )


def _inhabitants(grounds: Iterable[Ground]) -> int:
    return sum(one.population or 0 for one in grounds)


def candidates(served: Iterable[Served], weights: Weights, *, smallest: int = 0) -> list[Candidate]:
    """Communes without a structure that are lived in by `smallest` people at least, the highest score first.

    A criterion gives a commune the share of the candidates that it passes (half of those that it equals): the whole is
    the mean of those shares by the weights. A distance that is not known passes nobody.
    """
    rows = [one for one in served if one.is_without and (one.ground.population or 0) >= smallest]
    if not rows:
        return []
    is_counted = any(one.ground.qpv_population for one in rows)
    measured = (
        (weights.population, [one.ground.population or 0 for one in rows]),
        (weights.distance, [one.distance or 0.0 for one in rows]),
        (weights.qpv, [one.ground.qpv_population if is_counted else one.ground.qpv_count for one in rows]),
        (weights.frr, [_RURAL_ORDER.get(one.ground.rural, 0) for one in rows]),
    )
    shares = [(weight, _shares_passed(values)) for weight, values in measured if weight]
    scores: list[float | None] = [
        100 * sum(weight * passed[n] for weight, passed in shares) / weights.whole if weights.whole else None
        for n in range(len(rows))
    ]
    found = [Candidate(one, score) for one, score in zip(rows, scores, strict=True)]
    return sorted(found, key=lambda c: (-(c.score or 0.0), -(c.served.ground.population or 0), c.served.ground.code))


_RURAL_ORDER = {RuralZoning.FRR.value: 1, RuralZoning.FRR_PLUS.value: 2}


def _shares_passed(values: list[float] | list[int]) -> list[float]:
    """For each value, the share of the others that are lower, and half of those that are equal; 0 for the value 0."""
    at = np.array(values, dtype=float)
    order = np.sort(at)
    lower = np.searchsorted(order, at, side="left")
    upper = np.searchsorted(order, at, side="right")
    others = max(len(values) - 1, 1)
    passed = (lower + (upper - lower - 1) / 2) / others
    return [float(share) if value else 0.0 for share, value in zip(passed, values, strict=True)]
