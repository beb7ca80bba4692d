"""Classes of a map: where the figures are cut, and the colours that go with them. Bounds are upper ones, inclusive."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from senacs.publication.charts import palette

# Orange under, blue over; falls away from the middle in luminance on either side.
UNDER = ("#b4530a", "#d99a5b", "#f3dcc0")
OVER = ("#d6e8ef", "#5aa5c4", "#12466e")
_MOST_DISTINCT = 240  # figures that natural breaks weigh one by one


class Cut(StrEnum):
    """How figures are cut into classes."""

    QUANTILES = "quantiles"
    NATURAL = "naturelles"
    EQUAL = "egales"
    TYPED = "bornes"
    AROUND = "france"


@dataclass(frozen=True, slots=True)
class MapClasses:
    """Upper bounds, in order, the last one at least the highest figure; a colour each."""

    bounds: tuple[float, ...]
    colours: tuple[str, ...]

    def of(self, value: float) -> int:
        return next((i for i, bound in enumerate(self.bounds) if value <= bound), len(self.bounds) - 1)

    def counts(self, values: Sequence[float]) -> list[int]:
        found = [0] * len(self.bounds)
        for value in values:
            found[self.of(value)] += 1
        return found


def classes_of(
    values: Sequence[float], cut: Cut, *, count: int = 5, typed: Sequence[float] = (), middle: float | None = None
) -> MapClasses:
    """At most `count` classes of the figures; `typed` bounds for TYPED, `middle` for AROUND. Empty for no figure."""
    ordered = sorted(values)
    if not ordered:
        return MapClasses((), ())
    if cut is Cut.AROUND and middle is not None:
        return _around(ordered, middle)
    inner: Sequence[float]
    if cut is Cut.TYPED:
        inner = typed
    elif cut is Cut.EQUAL:
        step = (ordered[-1] - ordered[0]) / count
        inner = [ordered[0] + step * i for i in range(1, count)]
    elif cut is Cut.NATURAL:
        inner = natural_breaks(ordered, count)
    else:
        inner = [ordered[math.ceil(len(ordered) * k / count) - 1] for k in range(1, count)]
    bounds = [bound for bound in sorted(set(inner)) if ordered[0] <= bound < ordered[-1]]
    bounds.append(ordered[-1])
    return MapClasses(tuple(bounds), _colours(len(bounds)))


def _colours(count: int) -> tuple[str, ...]:
    if count <= len(palette.SEQUENCE):
        return palette.sequence(count)
    steps = [i * (len(palette.SEQUENCE) - 1) / (count - 1) for i in range(count)]
    return tuple(_between(palette.SEQUENCE[int(s)], palette.SEQUENCE[min(int(s) + 1, 4)], s - int(s)) for s in steps)


def _between(a: str, b: str, part: float) -> str:
    pairs = ((int(a[i : i + 2], 16), int(b[i : i + 2], 16)) for i in (1, 3, 5))
    return "#" + "".join(f"{round(x + (y - x) * part):02x}" for x, y in pairs)


def _around(ordered: Sequence[float], middle: float) -> MapClasses:
    """Three classes under the middle and three over it, of equal width, as far as the figures go on either side."""
    reach = max(abs(ordered[0] - middle), abs(ordered[-1] - middle)) or 1.0
    bounds = [middle + reach * step / 3 for step in (-2, -1, 0, 1, 2)] + [max(ordered[-1], middle + reach)]
    return MapClasses(tuple(bounds), (*UNDER, *OVER))


def natural_breaks(ordered: Sequence[float], count: int) -> list[float]:
    """The inner bounds that leave the least variance within classes (W. D. Fisher, « On Grouping for Maximum
    Homogeneity », Journal of the American Statistical Association 53, 1958); `ordered` ascends.

    Among more than 240 figures, one in so many is weighed.
    """
    step = max(1, math.ceil(len(ordered) / _MOST_DISTINCT))
    kept = [*ordered[::step], ordered[-1]] if step > 1 else list(ordered)
    count = min(count, len(set(kept)))
    sums, squares = [0.0], [0.0]
    for value in kept:
        sums.append(sums[-1] + value)
        squares.append(squares[-1] + value * value)

    def spread(i: int, j: int) -> float:
        """Sum of the squared distances to the mean of the figures i to j - 1."""
        total = sums[j] - sums[i]
        return max(squares[j] - squares[i] - total * total / (j - i), 0.0)

    best = [[spread(0, j) if j else 0.0 for j in range(len(kept) + 1)]]
    cuts: list[list[int]] = [[0] * (len(kept) + 1)]
    for k in range(1, count):
        row, chosen = [math.inf] * (len(kept) + 1), [0] * (len(kept) + 1)
        for j in range(k + 1, len(kept) + 1):
            row[j], chosen[j] = min((best[k - 1][i] + spread(i, j), i) for i in range(k, j))
        best.append(row)
        cuts.append(chosen)
    bounds, end = [], len(kept)
    for k in range(count - 1, 0, -1):
        end = cuts[k][end]
        bounds.append(kept[end - 1])
    return bounds[::-1]
