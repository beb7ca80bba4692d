"""Atypical values: ratios to last year (Hidiroglou and Berthelot) and quantile fences on logarithms, within peers.

Sources: M. A. Hidiroglou and J.-M. Berthelot, « Statistical editing and imputation for periodic business surveys »,
Survey Methodology 12 (1986) 73–83; J. W. Tukey, Exploratory Data Analysis (1977), fences, here on logarithms because
amounts and counts of structures are skewed. Zeros have no logarithm and no ratio: they are looked at apart.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import polars as pl

from senacs.review.editing.parameters import Method
from senacs.review.editing.peers import Floats, Peers, peer_quantiles

# Columns are taken by blocks of so many cells (4 MB an array), so that 410,000 structures × 300 indicators neither
# fill the memory nor leave the processor's cache at every step.
BLOCK_CELLS, MOST_COLUMNS = 2**19, 64
# A structure that was unusual last year already and has hardly moved raises no question.
STEADY = 1.5
# This near to the middle of its peers (1: on the fence), a value is not doubted for leaving an odd one.
RETURNED = 0.6


class DoubtCause(StrEnum):
    """Why a value is asked about."""

    RATIO = "ratio"  # unlike its own last year, as peers evolved
    FENCE = "fence"  # far from every peer, with no last year to explain it
    VANISHED = "vanished"  # nothing any more, where last year had much and peers have some


DOUBTS: dict[str, pl.DataType] = {
    "row": pl.UInt32(),
    "code": pl.String(),
    "kind": pl.String(),
    "value": pl.Float64(),
    "previous": pl.Float64(),
    "expected": pl.Float64(),
    "distance": pl.Float64(),
    "fence": pl.Float64(),
}


@dataclass(frozen=True, slots=True)
class Distances:
    """How far each cell of rows × codes is from its own last year and from its peers (1: the edge of what is ordinary).

    `ratio` (NaN: no ratio) with `trend`, the peers' median ratio; `fence` (NaN: not positive) and `before`, the same
    for last year; `middle`, the peers' median of the positive values, `typical` that of all.
    """

    ratio: Floats
    trend: Floats
    fence: Floats
    before: Floats
    middle: Floats
    typical: Floats

    def carried(self, previous: Floats) -> Floats:
        """Last year's value moved as the peers moved."""
        return previous * np.where(np.isnan(self.trend), 1.0, self.trend)


def columns_at_once(rows: int) -> int:
    """How many columns to take together: a block's arrays stay near the processor, whatever the number of rows."""
    return max(min(BLOCK_CELLS // max(rows, 1), MOST_COLUMNS), 1)


def find_doubts(
    values: Floats, previous: Floats, peers: Peers, codes: Sequence[str], methods: Sequence[Method], *, minimum: int
) -> pl.DataFrame:
    """The atypical cells of rows × codes, one line each (see DOUBTS), in order of row then code.

    `values` and `previous` hold this year and last year, NaN for unanswered. `expected` is last year's value moved as
    the peers moved, or the peers' median; `distance` counts how many times the ordinary width the value is away, and
    `fence` the same from the peers alone (NaN: not told).
    """
    frames = [pl.DataFrame(schema=DOUBTS)]
    width = columns_at_once(len(values))
    for start in range(0, len(codes), width):
        part = slice(start, start + width)
        now, then = values[:, part], previous[:, part]
        distances = distances_of(now, then, peers, methods[part], minimum=minimum)
        frames.append(doubts_of(now, then, distances, codes[part], methods[part]))
    return pl.concat(frames).sort("row", "code")


def distances_of(
    values: Floats, previous: Floats, peers: Peers, methods: Sequence[Method], *, minimum: int
) -> Distances:
    """Everything that is measured about rows × codes."""
    values, previous = np.asfortranarray(values), np.asfortranarray(previous)
    ratio, trend = _ratio_distances(values, previous, peers, methods, minimum)
    fence, middle = _fence_distances(values, peers, methods, minimum)
    before, _ = _fence_distances(previous, peers, methods, minimum)
    (typical,) = peer_quantiles(values, peers, (0.5,), minimum=minimum)
    return Distances(ratio, trend, fence, before, np.exp(middle), typical)


def _ratio_distances(
    values: Floats, previous: Floats, peers: Peers, methods: Sequence[Method], minimum: int
) -> tuple[Floats, Floats]:
    """Hidiroglou–Berthelot distances, and the peers' median ratio.

    With r = x / x₁ and its median m: s = 1 − m/r below m, r/m − 1 above; E = s · max(x, x₁)^U. E is ordinary between
    E_med − C·max(E_med − E_Q1, L) and E_med + C·max(E_Q3 − E_med, L). The article's L = |A·E_med| is near 0 since s
    is centred, and quartiles meet where most peers report last year's very value: L is here A·max(x, x₁)^U, the E of
    a ratio A away from the median.
    """
    has_ratio = (values > 0) & (previous > 0)
    ratio = np.divide(values, previous, out=np.full_like(values, np.nan), where=has_ratio)
    (trend,) = peer_quantiles(ratio, peers, (0.5,), minimum=minimum)
    with np.errstate(invalid="ignore", divide="ignore"):
        size = np.maximum(values, previous) ** _column(methods, "exponent")
        relative = ratio / trend
        effect = np.where(relative < 1, 1 - 1 / relative, relative - 1) * size
        low, middle, high = peer_quantiles(effect, peers, (0.25, 0.5, 0.75), minimum=minimum)
        least = _column(methods, "centre") * size
        width = _column(methods, "width")
        below = (middle - effect) / (width * np.maximum(middle - low, least))
        above = (effect - middle) / (width * np.maximum(high - middle, least))
    return np.maximum(below, above), trend


def _fence_distances(
    values: Floats, peers: Peers, methods: Sequence[Method], minimum: int
) -> tuple[Floats, Floats]:  # fmt: skip
    """Distances to the fences of the logarithms, and the peers' median logarithm."""
    logs = np.log(values, out=np.full_like(values, np.nan), where=values > 0)
    low, middle, high = peer_quantiles(logs, peers, (0.25, 0.5, 0.75), minimum=minimum)
    reach = _column(methods, "fence") * np.maximum(high - low, _column(methods, "floor"))
    with np.errstate(invalid="ignore"):
        return np.maximum((logs - middle) / (high - middle + reach), (middle - logs) / (middle - low + reach)), middle


def doubts_of(
    values: Floats, previous: Floats, distances: Distances, codes: Sequence[str], methods: Sequence[Method]
) -> pl.DataFrame:
    """The atypical cells among rows × codes, unordered (see DOUBTS)."""
    smallest = _column(methods, "smallest")
    fence, middle = distances.fence, distances.middle
    with np.errstate(invalid="ignore", divide="ignore"):
        is_large = np.abs(values - previous) >= smallest
        is_steady = (values <= previous * STEADY) & (previous <= values * STEADY)
        # Back among the peers after an odd year: last year's figure was the wrong one.
        is_back = (distances.before > 1) & (fence < RETURNED)
        found = {
            DoubtCause.RATIO: (distances.ratio > 1) & is_large & ~is_back & _uses(methods, "ratio"),
            DoubtCause.FENCE: (fence > 1)
            & (np.abs(values - middle) >= smallest)
            & ~is_steady
            & _uses(methods, "fence"),
            DoubtCause.VANISHED: (values == 0)
            & (previous >= smallest)
            & (distances.typical > 0)
            & _uses(methods, "vanished"),
        }
    measured = {DoubtCause.RATIO: distances.ratio, DoubtCause.FENCE: fence, DoubtCause.VANISHED: np.ones_like(fence)}
    carried = distances.carried(previous)
    taken = np.zeros(values.shape, bool)
    named = pl.Series(codes, dtype=pl.String())
    frames = []
    for kind, cells in found.items():
        rows, columns = np.nonzero(cells & ~taken)
        taken |= cells
        then = previous[rows, columns]
        frame = {
            "row": rows.astype(np.uint32),
            "code": named.gather(columns),
            "kind": pl.repeat(kind.value, len(rows), dtype=pl.String(), eager=True),
            "value": values[rows, columns],
            "previous": then,
            "expected": np.where(then > 0, carried[rows, columns], middle[rows, columns]),
            "distance": measured[kind][rows, columns],
            "fence": fence[rows, columns],
        }
        frames.append(pl.DataFrame(frame, schema=DOUBTS))
    return pl.concat(frames)


def _column(methods: Sequence[Method], name: str) -> Floats:
    return np.array([getattr(method, name) for method in methods])


def _uses(methods: Sequence[Method], name: str) -> np.ndarray:
    return np.array([name in method.methods for method in methods])
