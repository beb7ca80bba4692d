"""Atypical values: ratios to last year (Hidiroglou and Berthelot) and quantile fences on logarithms, within peers.

Sources: M. A. Hidiroglou and J.-M. Berthelot, « Statistical editing and imputation for periodic business surveys »,
Survey Methodology 12 (1986) 73–83; J. W. Tukey, Exploratory Data Analysis (1977), fences, here on logarithms because
amounts and counts of structures are skewed. Zeros have no logarithm and no ratio: they are looked at apart.
"""

from collections.abc import Sequence
from enum import StrEnum

import numpy as np
import polars as pl

from senacs.review.editing.parameters import Method
from senacs.review.editing.peers import Floats, Peers, peer_quantiles

# Columns are taken by blocks, so that 410,000 structures × 300 indicators fit in memory.
BLOCK = 32
# A structure that was unusual last year already and has hardly moved raises no question.
STEADY = 1.5
# This near to the middle of its peers (1: on the fence), a value is not doubted for leaving an odd one.
RETURNED = 0.6


class Doubt(StrEnum):
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
}


def find_doubts(
    values: Floats, previous: Floats, peers: Peers, codes: Sequence[str], methods: Sequence[Method], *, minimum: int
) -> pl.DataFrame:
    """The atypical cells of rows × codes, one line each (see DOUBTS), in order of row then code.

    `values` and `previous` hold this year and last year, NaN for unanswered. `expected` is last year's value moved as
    the peers moved, or the peers' median; `distance` counts how many times the ordinary width the value is away.
    """
    frames = []
    for start in range(0, len(codes), BLOCK):
        part = slice(start, start + BLOCK)
        frames.append(_block(values[:, part], previous[:, part], peers, codes[part], methods[part], minimum))
    return pl.concat(frames).sort("row", "code") if frames else pl.DataFrame(schema=DOUBTS)


def ratio_distances(
    values: Floats, previous: Floats, peers: Peers, methods: Sequence[Method], *, minimum: int
) -> tuple[Floats, Floats]:
    """Hidiroglou–Berthelot distances (1: the edge of what is ordinary, NaN: no ratio), and the peers' median ratio.

    With r = x / x₁ and its median m: s = 1 − m/r below m, r/m − 1 above; E = s · max(x, x₁)^U. E is ordinary between
    E_med − C·max(E_med − E_Q1, L) and E_med + C·max(E_Q3 − E_med, L). The article's L = |A·E_med| is near 0 since s
    is centred, and quartiles meet where most peers report last year's very value: L is here A·max(x, x₁)^U, the E of
    a ratio A away from the median.
    """
    has_ratio = (values > 0) & (previous > 0)
    ratio = np.divide(values, previous, out=np.full_like(values, np.nan), where=has_ratio)
    (trend,) = peer_quantiles(ratio, peers, (0.5,), minimum=minimum)
    with np.errstate(invalid="ignore"):
        centred = np.where(ratio < trend, 1 - trend / ratio, ratio / trend - 1)
        effect = centred * np.maximum(values, previous) ** _column(methods, "exponent")
    low, middle, high = peer_quantiles(effect, peers, (0.25, 0.5, 0.75), minimum=minimum)
    least = _column(methods, "centre") * np.maximum(values, previous) ** _column(methods, "exponent")
    width = _column(methods, "width")
    with np.errstate(invalid="ignore", divide="ignore"):
        below = (middle - effect) / (width * np.maximum(middle - low, least))
        above = (effect - middle) / (width * np.maximum(high - middle, least))
    return np.maximum(below, above), trend


def fence_distances(values: Floats, peers: Peers, methods: Sequence[Method], *, minimum: int) -> tuple[Floats, Floats]:
    """Distances to the fences of the logarithms (1: on the fence, NaN: not positive), and the peers' median."""
    logs = np.log(values, out=np.full_like(values, np.nan), where=values > 0)
    low, middle, high = peer_quantiles(logs, peers, (0.25, 0.5, 0.75), minimum=minimum)
    spread = np.maximum(high - low, _column(methods, "floor"))
    reach = _column(methods, "fence") * spread
    with np.errstate(invalid="ignore"):
        distance = np.maximum((logs - middle) / (high - middle + reach), (middle - logs) / (middle - low + reach))
        return distance, np.exp(middle)


def _block(
    values: Floats, previous: Floats, peers: Peers, codes: Sequence[str], methods: Sequence[Method], minimum: int
) -> pl.DataFrame:
    smallest = _column(methods, "smallest")
    ratios, trend = ratio_distances(values, previous, peers, methods, minimum=minimum)
    fences, median = fence_distances(values, peers, methods, minimum=minimum)
    before, _ = fence_distances(previous, peers, methods, minimum=minimum)
    (typical,) = peer_quantiles(values, peers, (0.5,), minimum=minimum)
    carried = previous * np.where(np.isnan(trend), 1.0, trend)
    with np.errstate(invalid="ignore", divide="ignore"):
        is_large = np.abs(values - previous) >= smallest
        is_steady = (values <= previous * STEADY) & (previous <= values * STEADY)
        found = {
            # Back among the peers after an odd year: last year's figure was the wrong one.
            Doubt.RATIO: (ratios > 1) & is_large & ~((before > 1) & (fences < RETURNED)) & _uses(methods, "ratio"),
            Doubt.FENCE: (fences > 1) & (np.abs(values - median) >= smallest) & ~is_steady & _uses(methods, "fence"),
            Doubt.VANISHED: (values == 0) & (previous >= smallest) & (typical > 0) & _uses(methods, "vanished"),
        }
    taken = np.zeros(values.shape, bool)
    frames = []
    for kind, cells in found.items():
        rows, columns = np.nonzero(cells & ~taken)
        taken |= cells
        has_previous = previous[rows, columns] > 0
        expected = np.where(has_previous, carried[rows, columns], median[rows, columns])
        distance = {Doubt.RATIO: ratios, Doubt.FENCE: fences}.get(kind, np.ones_like(values))[rows, columns]
        frames.append(
            pl.DataFrame(
                {
                    "row": rows.astype(np.uint32),
                    "code": np.asarray(codes, dtype=object)[columns].tolist(),
                    "kind": [kind.value] * len(rows),
                    "value": values[rows, columns],
                    "previous": previous[rows, columns],
                    "expected": expected,
                    "distance": distance,
                },
                schema=DOUBTS,
            )
        )
    return pl.concat(frames)


def _column(methods: Sequence[Method], name: str) -> Floats:
    return np.array([getattr(method, name) for method in methods])


def _uses(methods: Sequence[Method], name: str) -> np.ndarray:
    return np.array([name in method.methods for method in methods])
