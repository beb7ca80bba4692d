"""How far an answer may be from the truth, for who reads every published figure: linear programs over the unknowns.

Nothing is negative unless some figure is; a « yes » counts one at most, so a group of n has n at most. A few random
worlds that agree with everything published show at once that most answers can be anything; two programs tell the rest.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import highspy
import numpy as np

from senacs.disclosure.attacker.outside.equations import Equations

# Random worlds tried before a program is run for an answer of its own.
WORLDS = 12
# Nobody believes a figure a thousand times the largest one; the bound keeps every program finite.
_LARGEST = 1e3
# Share of the truth, then of the usual value, under which an interval is a number.
EXACT, _RESOLUTION = 1e-6, 1e-7


@dataclass(frozen=True)
class Range:
    """What the reader finds of one sum whose true value is `truth`."""

    truth: float
    low: float
    high: float

    @property
    def below(self) -> float:
        """How far it may go down, as a share of the truth."""
        return (self.truth - self.low) / abs(self.truth) if self.truth else self.truth - self.low

    @property
    def above(self) -> float:
        return (self.high - self.truth) / abs(self.truth) if self.truth else self.high - self.truth


class Reader:
    """The worlds that agree with the figures of one or several tied variables, as one program."""

    def __init__(self, systems: Sequence[Equations], ties: Sequence[Mapping[int, float]] = ()) -> None:
        """Columns are the unknowns of the systems one after the other; a tie is a row over them whose sum is zero."""
        self.starts = np.concatenate([[0], np.cumsum([len(s.truth) for s in systems])]).astype(int)
        self.truth = np.concatenate([s.truth for s in systems]) if systems else np.zeros(0)
        positive = np.abs(self.truth[self.truth != 0])
        self.unit = float(np.median(positive)) if len(positive) else 1.0
        self.x = self.truth / self.unit
        top = _LARGEST * max(1.0, float(np.abs(self.x).max(initial=1.0)))
        self.upper = np.concatenate(
            [s.sizes / self.unit if s.variable.counted else np.full(len(s.truth), top) for s in systems]
        )
        self.lower = np.concatenate([np.full(len(s.truth), -top if (s.truth < 0).any() else 0.0) for s in systems])
        self.highs = self._program(systems, ties)
        self.worlds = np.zeros((0, len(self.x)))

    def _program(self, systems: Sequence[Equations], ties: Sequence[Mapping[int, float]]) -> highspy.Highs:
        starts, index, weights, low, high = [0], [], [], [], []
        for start, system in zip(self.starts, systems, strict=False):
            for row, slack in zip(system.rows, system.slacks, strict=True):
                index += [int(start) + column for column in row]
                weights += [1.0] * len(row)
                starts.append(len(index))
                # The truth of the row stands for the figure: what rounding adds is the slack.
                told = float(self.x[[start + c for c in row]].sum())
                low.append(told - slack / self.unit)
                high.append(told + slack / self.unit)
        for tie in ties:
            index += list(tie)
            weights += list(tie.values())
            starts.append(len(index))
            gap = float(sum(w * self.x[c] for c, w in tie.items()))
            low.append(gap)
            high.append(gap)
        lp = highspy.HighsLp()
        lp.num_col_, lp.num_row_ = len(self.x), len(low)
        lp.col_cost_ = np.zeros(len(self.x))
        lp.col_lower_, lp.col_upper_ = self.lower, self.upper
        lp.row_lower_, lp.row_upper_ = np.array(low), np.array(high)
        lp.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
        lp.a_matrix_.start_ = np.array(starts, dtype=np.int32)
        lp.a_matrix_.index_ = np.array(index, dtype=np.int32)
        lp.a_matrix_.value_ = np.array(weights)
        highs = highspy.Highs()
        for name, value in (("output_flag", False), ("threads", 1), ("random_seed", 0), ("presolve", "off")):
            highs.setOptionValue(name, value)
        highs.passModel(lp)
        return highs

    def world(self, costs: np.ndarray) -> np.ndarray:
        """The world of least cost, in units."""
        everywhere = np.arange(len(self.x), dtype=np.int32)
        self.highs.changeColsCost(len(self.x), everywhere, costs)
        self.highs.run()
        if self.highs.getModelStatus() != highspy.HighsModelStatus.kOptimal:
            self.highs.clearSolver()
            self.highs.run()
        if self.highs.getModelStatus() != highspy.HighsModelStatus.kOptimal:
            raise RuntimeError(f"HiGHS: {self.highs.modelStatusToString(self.highs.getModelStatus())}")
        return np.array(self.highs.getSolution().col_value)

    def explore(self, count: int = WORLDS) -> None:
        """Random worlds, each one and its opposite."""
        random = np.random.default_rng(len(self.x))
        found = []
        for _ in range(count // 2):
            costs = random.normal(size=len(self.x))
            found += [self.world(costs), self.world(-costs)]
        self.worlds = np.vstack([self.worlds, *found]) if found else self.worlds

    def ranges(self, targets: Sequence[Sequence[int]], enough: float) -> list[Range]:
        """The range of each target (columns whose sum is sought); one wider than `enough` on both sides stays unsought.

        A side is wide enough at `enough` times the truth; where the answer is a count, at one unit.
        """
        if not targets:
            return []
        found = []
        for columns in targets:
            place = list(columns)
            truth = float(self.x[place].sum())
            need = max(abs(truth) * enough, _RESOLUTION)
            seen = self.worlds[:, place].sum(axis=1) if len(self.worlds) else np.array([truth])
            low, high = min(float(seen.min()), truth), max(float(seen.max()), truth)
            if truth - low < need:
                low = min(low, self._end(place, 1.0))
            if high - truth < need:
                high = max(high, self._end(place, -1.0))
            found.append(Range(truth * self.unit, low * self.unit, high * self.unit))
        return found

    def _end(self, place: Sequence[int], sign: float) -> float:
        costs = np.zeros(len(self.x))
        costs[list(place)] = sign
        world = self.world(costs)
        self.worlds = np.vstack([self.worlds, world])
        return float(world[list(place)].sum())

    def knowing(self, own: Mapping[int, tuple[float, float]]) -> "_Knowing":
        """Within this context the reader knows bounds of some columns of its own: {column: (least, most)}."""
        return _Knowing(self, own)


class _Knowing:
    """Bounds that hold for who knows its own answers, given back afterwards."""

    def __init__(self, reader: Reader, own: Mapping[int, tuple[float, float]]) -> None:
        self.reader, self.own = reader, own

    def __enter__(self) -> Reader:
        reader = self.reader
        self.kept = reader.worlds
        columns = list(self.own)
        low = np.array([b[0] for b in self.own.values()]) / reader.unit
        # What nothing bounds keeps the bound that makes every program finite.
        high = np.minimum(np.array([b[1] for b in self.own.values()]) / reader.unit, reader.upper[columns])
        for column, least, most in zip(columns, low, high, strict=True):
            reader.highs.changeColBounds(column, float(least), float(max(least, most)))
        near = 1e-7
        inside = (reader.worlds[:, columns] >= low - near) & (reader.worlds[:, columns] <= high + near)
        reader.worlds = reader.worlds[inside.all(axis=1)]
        return reader

    def __exit__(self, *args: object) -> None:
        for column in self.own:
            self.reader.highs.changeColBounds(
                column, float(self.reader.lower[column]), float(self.reader.upper[column])
            )
        self.reader.worlds = self.kept
