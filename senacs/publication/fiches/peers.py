"""Where one structure stands among its peers: quartile bands of the others, from which nobody's figure comes back.

Own excluded, and with it every structure of the same gestionnaire. A bound is the mean of the figures around the
quartile, of several gestionnaires, rounded to two digits: no published bound is anybody's answer. Bands that are too
few, too thin or that all say the same are not given.
"""

import bisect
import itertools
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import polars as pl

from senacs.lib.kept_files import kept
from senacs.observatory.answers import microdata
from senacs.observatory.definitions.indicators import Indicator
from senacs.observatory.definitions.publication_plan import HOLDER
from senacs.observatory.figures import measures
from senacs.observatory.models import Release
from senacs.publication.fiches.indicators import formulas
from senacs.questionnaire.models import QuestionnaireVersion
from senacs.questionnaire.queries import get_compiled

MINIMUM_PEERS = 10  # gestionnaires, not structures
MINIMUM_IN_BAND = 2
AROUND = 3  # figures, of as many gestionnaires, that make one bound
DIGITS = 2
QUARTILES = (0.25, 0.5, 0.75)
GROUP_COLUMNS = {"departement": "departement", "region": "region", "france": "france"}


@dataclass(frozen=True, slots=True)
class Bands:
    """Rounded quartiles of the peers; `peers` counts those who answered."""

    q1: float
    median: float
    q3: float
    peers: int

    def position(self, value: float) -> str:
        """Where a value lies, in French; `value` as it is printed beside the bands."""
        if value < self.q1:
            return "dans le quart le plus bas"
        if value > self.q3:
            return "dans le quart le plus élevé"
        if value == self.median:
            return "à la médiane"
        return f"dans la moitié centrale, {'sous' if value < self.median else 'au-dessus de'} la médiane"


@dataclass(frozen=True, slots=True)
class Group:
    """Structures of one kind in one territory."""

    level: str
    code: str
    kind: str


def bands(values: Sequence[float], holders: Sequence[str]) -> Bands | None:
    """The bands of peers (`values` beside their gestionnaires, own already left out); None when they would tell."""
    order = sorted(range(len(values)), key=values.__getitem__)
    return _ranked_bands([values[i] for i in order], [holders[i] for i in order], len(set(holders)))


def _ranked_bands(ranked: Sequence[float], owners: Sequence[str], count: int) -> Bands | None:
    """The same from values in order, of `count` gestionnaires."""
    if count < MINIMUM_PEERS:
        return None
    bounds = [_rounded(_around(ranked, owners, q)) for q in QUARTILES]
    # A bound of 0 would tell that each figure around it is 0.
    if not 0 < bounds[0] < bounds[1] < bounds[2]:
        return None
    edges = [-math.inf, *bounds, math.inf]
    for low, high in itertools.pairwise(edges):
        inside = range(bisect.bisect_left(ranked, low), bisect.bisect_right(ranked, high))
        if not _has_several(owners, inside):
            return None
    return Bands(q1=bounds[0], median=bounds[1], q3=bounds[2], peers=len(ranked))


def _has_several(owners: Sequence[str], places: range) -> bool:
    seen: set[str] = set()
    for place in places:
        seen.add(owners[place])
        if len(seen) >= MINIMUM_IN_BAND:
            return True
    return False


def _around(ranked: Sequence[float], owners: Sequence[str], quantile: float) -> float:
    """The mean of the figures nearest in rank to the quantile, until enough gestionnaires are among them."""
    middle = (len(ranked) - 1) * quantile
    taken: list[float] = []
    seen: set[str] = set()
    below, above = math.floor(middle), math.floor(middle) + 1
    while len(taken) < len(ranked) and (len(taken) < AROUND or len(seen) < AROUND):
        # Of two ranks as near, the lower one.
        if above >= len(ranked) or (below >= 0 and middle - below <= above - middle):
            place, below = below, below - 1
        else:
            place, above = above, above + 1
        taken.append(ranked[place])
        seen.add(owners[place])
    return sum(taken) / len(taken)


def _rounded(value: float) -> float:
    """To two significant digits and never finer than a whole: 1 234 gives 1 200, 41.26 gives 41, 0.33 gives 0.

    A mean of three small counts, told to the hundredth, would give each of them to who knows the two others.
    """
    if abs(value) < 1:
        return float(round(value))
    return round(value, min(DIGITS - 1 - math.floor(math.log10(abs(value))), 0))


@dataclass(frozen=True, slots=True)
class Ranked:
    """The figures of a group in order, their gestionnaires, and where each of these stands: sorted once for all."""

    values: list[float]
    owners: list[str]
    places: dict[str, list[int]]

    def bands_without(self, holder: str) -> Bands | None:
        own = self.places.get(holder, [])
        values, owners = self.values.copy(), self.owners.copy()
        for place in reversed(own):
            del values[place], owners[place]
        return _ranked_bands(values, owners, len(self.places) - bool(own))


class PeerIndex:
    """The figures of every validated response of one campaign, by indicator of the fiche. Never leaves the process."""

    def __init__(self, units: pl.DataFrame, columns: Mapping[str, tuple[str, str, int]]) -> None:
        """`columns`: measured column, denominator ('' if none) and scale, by indicator."""
        self._units = units.with_columns(pl.lit("FR").alias("france"))
        self._columns = columns
        self._holder = dict(zip(units["structure"], units[HOLDER], strict=True))
        self._groups: dict[tuple[Group, str], Ranked] = {}
        self._owners: dict[Group, frozenset[str]] = {}

    def holder(self, structure: str, default: str) -> str:
        """The gestionnaire of a structure of this campaign."""
        return str(self._holder.get(structure, default))

    def size(self, group: Group, *, holder: str) -> int:
        """How many gestionnaires the group has, besides the structure's own."""
        if group not in self._owners:
            self._owners[group] = frozenset(map(str, self._members(group)[HOLDER]))
        owners = self._owners[group]
        return len(owners) - (holder in owners)

    def bands(self, group: Group, indicator: str, *, holder: str) -> Bands | None:
        """The bands of a group without the structures of `holder`; None when they would tell, or nobody answers."""
        if indicator not in self._columns:
            return None
        if (group, indicator) not in self._groups:
            self._groups[group, indicator] = self._figures(group, indicator)
        return self._groups[group, indicator].bands_without(holder)

    def _members(self, group: Group) -> pl.DataFrame:
        return self._units.filter(pl.col(GROUP_COLUMNS[group.level]) == group.code, pl.col("kind") == group.kind)

    def _figures(self, group: Group, indicator: str) -> Ranked:
        column, denominator, scale = self._columns[indicator]
        value = pl.col(column)
        if denominator:
            value = pl.when(pl.col(denominator) != 0).then(scale * value / pl.col(denominator))
        known = self._members(group).select(value.alias("value"), HOLDER).filter(pl.col("value").is_finite())
        order = known["value"].to_numpy().argsort(kind="stable")
        owners = [str(owner) for owner in known[HOLDER].to_numpy()[order]]
        places: dict[str, list[int]] = {}
        for place, owner in enumerate(owners):
            places.setdefault(owner, []).append(place)
        return Ranked(known["value"].to_numpy()[order].tolist(), owners, places)


def index_for(release: Release) -> PeerIndex | None:
    """The peers of a release's campaign; None once its snapshot of answers has been thrown away."""
    snapshot = microdata.folder(release.name) / microdata.RESPONSES
    if not snapshot.exists():
        return None
    return _index(snapshot, snapshot.stat().st_mtime_ns, release.campaign.version)


@lru_cache(maxsize=2)
def _index(snapshot: Path, written: int, version: QuestionnaireVersion) -> PeerIndex:
    wanted: list[Indicator] = [formula.indicator for formula in formulas(version).values()]
    with kept(f"les réponses de la publication {snapshot.parent.name}"):
        answers = pl.read_parquet(snapshot)
    units, measured = measures.evaluate(answers, wanted, get_compiled(version).questionnaire)
    return PeerIndex(units, {m.indicator: (m.column, m.denominator, m.scale) for m in measured})
