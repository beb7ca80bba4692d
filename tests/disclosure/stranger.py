"""A reader who has nothing but rows of published tables, written apart from everything in `senacs.disclosure`.

Unknowns are the hidden cells; equations, that each total is the sum of what is under it, one dimension after the other;
bounds, that nothing is negative and that cells without anybody are shown.
"""

import math
from collections.abc import Iterator, Mapping, Sequence
from itertools import product

import highspy

Row = Mapping[str, object]
Key = tuple[str, ...]


class Stranger:
    """rows: {table: rows}; parents: {dimension: {child: parent}}, flat under « Total » when there is none."""

    def __init__(
        self,
        rows: Mapping[str, Sequence[Row]],
        dimensions: Sequence[str],
        figure: str,
        *,
        parents: Mapping[str, Mapping[str, str]] | None = None,
        counts: bool = False,
        whole: bool = False,
    ) -> None:
        self.shown: dict[Key, float] = {}
        self.low: dict[Key, float] = {}
        self.high: dict[Key, float] = {}
        self.whole = whole
        self.equations: list[tuple[Key, list[Key]]] = []
        for table in rows.values():
            names = [name for name in dimensions if name in table[0]]
            keys = set()
            for row in table:
                key = tuple(str(row.get(name, "Total")) for name in dimensions)
                keys.add(key)
                if row["status"] == "published":
                    assert row[figure] is not None
                    self.shown[key] = float(str(row[figure]))
                else:
                    assert row[figure] is None
                    self.low[key], self.high[key] = float(counts), math.inf
            for axis, name in enumerate(dimensions):
                if name in names:
                    self._sums(keys, axis, (parents or {}).get(name))
        self.unknown = sorted(self.low.keys() - self.shown.keys())
        least = {key: float(counts and value > 0) for key, value in self.shown.items()} | self.low
        for _ in self.equations:  # what nobody needs figures for: a total is at least what its parts are at least
            for total, parts in self.equations:
                least[total] = max(least[total], sum(least[part] for part in parts))
        self.low = {key: least[key] for key in self.low}

    def _sums(self, keys: set[Key], axis: int, parents: Mapping[str, str] | None) -> None:
        below: dict[Key, list[Key]] = {}
        for key in sorted(keys):
            code = key[axis]
            above = None if code == "Total" else "Total" if parents is None else parents.get(code)
            if above is not None:
                below.setdefault((*key[:axis], above, *key[axis + 1 :]), []).append(key)
        self.equations += [(total, parts) for total, parts in below.items() if total in keys]

    def interval(self, sought: Sequence[Key], fixed: Mapping[Key, float] | None = None) -> tuple[float, float]:
        """What the sum of these hidden cells may be, for who knows the fixed ones besides."""
        return self._end(sought, fixed or {}, 1.0), -self._end(sought, fixed or {}, -1.0)

    def _end(self, sought: Sequence[Key], fixed: Mapping[Key, float], sign: float) -> float:
        solver = highspy.Highs()
        solver.setOptionValue("output_flag", False)
        kind = highspy.HighsVarType.kInteger if self.whole else highspy.HighsVarType.kContinuous
        unknown = {
            key: solver.addVariable(lb=fixed.get(key, self.low[key]), ub=fixed.get(key, self.high[key]), type=kind)
            for key in self.unknown
        }
        for total, parts in self.equations:
            terms = [(total, 1.0), *((part, -1.0) for part in parts)]
            if any(key in unknown for key, _ in terms):
                constant = sum(weight * self.shown[key] for key, weight in terms if key in self.shown)
                solver.addConstr(sum(weight * unknown[key] for key, weight in terms if key in unknown) == -constant)
        solver.minimize(sum(sign * unknown[key] for key in sought))
        status = solver.getModelStatus()
        if status in (highspy.HighsModelStatus.kUnbounded, highspy.HighsModelStatus.kUnboundedOrInfeasible):
            return -math.inf
        assert status == highspy.HighsModelStatus.kOptimal, status
        return solver.getObjectiveValue()

    def enumerated(self, most: int) -> Iterator[dict[Key, int]]:
        """Every whole table that could be true, by trying them all; for a few unknowns of at most `most`."""
        ranges = [range(int(self.low[k]), int(min(self.high[k], most)) + 1) for k in self.unknown]
        for values in product(*ranges):
            table = self.shown | dict(zip(self.unknown, values, strict=True))
            if all(table[total] == sum(table[part] for part in parts) for total, parts in self.equations):
                yield dict(zip(self.unknown, values, strict=True))
