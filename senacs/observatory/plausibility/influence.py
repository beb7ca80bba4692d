"""What responses move: each watched figure of each territory, with and without its doubtful or heaviest responses."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
_HEAVIEST = 3
_TO_SIGMA = 1.4826


@dataclass(frozen=True, slots=True)
class Watched:
    """A figure computed from each response: Σ numerator / Σ denominator × scale, over the rows that know both.

    A total or a mean has a denominator of ones: both move alike when a response is left out, and the number of
    structures is the register's, not the respondents'.
    """

    indicator: str
    numerator: Floats
    denominator: Floats
    scale: float = 1.0


@dataclass(frozen=True, slots=True)
class PlaceRows:
    """Rows of one territory and kind (« » for both); siblings share `level` and `kind`."""

    level: str
    territory: str
    kind: str
    rows: Bools


@dataclass(frozen=True, slots=True)
class ResponseShare:
    """What one doubtful response brings to a figure."""

    row: int
    numerator: float
    denominator: float


@dataclass(frozen=True)
class WatchedFigure:
    """One watched figure of one place.

    `numerator` and `denominator` are the sums of all rows, `n` their number; `without_heaviest` the value without its
    three heaviest responses (NaN under five respondents). `siblings` is how far the value is from those of its level
    and kind, in robust standard deviations. `doubtful` are the responses in doubt on this figure, heaviest first.
    """

    indicator: str
    level: str
    territory: str
    kind: str
    n: int
    numerator: float
    denominator: float
    scale: float
    without_heaviest: float
    siblings: float = float("nan")
    doubtful: tuple[ResponseShare, ...] = field(default=())

    @property
    def value(self) -> float:
        return self._ratio(self.numerator, self.denominator)

    def without(self, rows: Collection[int]) -> float:
        """The value without some of its doubtful responses; NaN when nothing is left."""
        left_out = [part for part in self.doubtful if part.row in rows]
        return self._ratio(
            self.numerator - sum(part.numerator for part in left_out),
            self.denominator - sum(part.denominator for part in left_out),
        )

    def moved(self, rows: Collection[int]) -> float:
        """By how much, in percent of the value without them, some doubtful responses move the figure."""
        if not any(part.row in rows for part in self.doubtful):
            return 0.0
        rest = self.without(rows)
        if np.isnan(rest):
            return float("inf")
        if rest == 0:
            return float("inf") if self.value else 0.0
        return abs(self.value / rest - 1) * 100

    def _ratio(self, numerator: float, denominator: float) -> float:
        # A sum of amounts from which its own parts are taken back is never exactly zero.
        if abs(denominator) <= 1e-9 * max(abs(self.denominator), 1):
            return float("nan")
        return numerator / denominator * self.scale


def figures(
    watched: Sequence[Watched], places: Sequence[PlaceRows], doubtful: Mapping[str, Collection[int]]
) -> list[WatchedFigure]:
    """Every watched figure of every place that has respondents; `doubtful` maps an indicator to the rows in doubt."""
    found: list[WatchedFigure] = []
    for figure in watched:
        known = ~(np.isnan(figure.numerator) | np.isnan(figure.denominator))
        doubts = np.zeros(len(known), bool)
        doubts[list(doubtful.get(figure.indicator, ()))] = True
        found += _with_siblings(list(_of_places(figure, places, known, doubts)))
    return found


def _of_places(figure: Watched, places: Sequence[PlaceRows], known: Bools, doubts: Bools) -> Iterator[WatchedFigure]:
    for place in places:
        rows = np.flatnonzero(place.rows & known)
        if not len(rows):
            continue
        numerators, denominators = figure.numerator[rows], figure.denominator[rows]
        top, bottom = float(numerators.sum()), float(denominators.sum())
        parts = [
            ResponseShare(int(row), float(figure.numerator[row]), float(figure.denominator[row]))
            for row in rows[doubts[rows]].tolist()
        ]
        weight = _weights(numerators, denominators, top, bottom)
        heaviest = np.argsort(-weight, kind="stable")[:_HEAVIEST]
        rest = bottom - float(denominators[heaviest].sum())
        without = (top - float(numerators[heaviest].sum())) / rest * figure.scale if rest > 0 else float("nan")
        order = {int(row): float(w) for row, w in zip(rows, weight, strict=True)}
        yield WatchedFigure(
            figure.indicator,
            place.level,
            place.territory,
            place.kind,
            len(rows),
            top,
            bottom,
            figure.scale,
            without if len(rows) > _HEAVIEST + 1 else float("nan"),
            doubtful=tuple(sorted(parts, key=lambda part: (-order[part.row], part.row))),
        )


def _weights(numerators: Floats, denominators: Floats, top: float, bottom: float) -> Floats:
    """How much each response moves the ratio when it is left out: |a − R b|, to the first order."""
    ratio = top / bottom if bottom else 0.0
    return np.asarray(np.abs(numerators - ratio * denominators))


def _with_siblings(found: list[WatchedFigure]) -> list[WatchedFigure]:
    values: dict[tuple[str, str], list[float]] = {}
    for figure in found:
        values.setdefault((figure.level, figure.kind), []).append(figure.value)
    return [_placed(figure, np.array(values[figure.level, figure.kind])) for figure in found]


def _placed(figure: WatchedFigure, siblings: Floats) -> WatchedFigure:
    known = siblings[~np.isnan(siblings)]
    if len(known) < 5 or np.isnan(figure.value):
        return figure
    middle = np.median(known)
    spread = _TO_SIGMA * np.median(np.abs(known - middle))
    distance = float((figure.value - middle) / spread) if spread > 0 else float("nan")
    return replace(figure, siblings=distance)
