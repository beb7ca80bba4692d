"""How far an answer may be from the truth, for who reads every published figure: linear programs over the unknowns.

Nothing is negative unless some figure is; a « yes » counts one at most, so a group of n has n at most. Worlds that
agree with everything published, each pushing away all that is still in doubt, show at once that most answers can be
anything; two programs tell the rest.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import highspy
import numpy as np

from senacs.disclosure.attacker.outside.equations import Equations

# Worlds that push everything in doubt before a program is run for an answer of its own, and share of what is in doubt
# that one has to settle for the next to be worth it.
WORLDS, _WORTH_IT = 16, 0.08
# Doubts that are settled one by one.
_FEW = 8
# Worlds kept for who knows its own answers: the oldest go.
_KEPT = 48
# Nobody believes a figure a thousand times the largest one; the bound keeps every program finite.
_LARGEST = 1e3
# Share of the truth, then of the usual value, under which an interval is a number.
EXACT, _RESOLUTION = 1e-6, 1e-7
# As HiGHS numbers its methods.
_PRIMAL = 4


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
        # The next one starts from this basis: its costs alone differ, which the primal simplex follows.
        self.highs.setOptionValue("simplex_strategy", _PRIMAL)
        found = np.array(self.highs.getSolution().col_value)
        self.worlds = np.vstack([self.worlds[-_KEPT + 1 :], found])
        return found

    def ranges(self, targets: Sequence[Sequence[int]], enough: float) -> list[Range]:
        """The range of each target (columns whose sum is sought); one wider than `enough` on both sides stays unsought.

        A side is wide enough at `enough` times the truth; where the answer is a count, at one unit.
        """
        if not targets:
            return []
        doubts = _Doubts(targets, self.x, enough)
        for world in self.worlds:
            doubts.see(world)
        self._push_together(doubts)
        for number, sign in doubts.left():
            # What an earlier program moved on its way may have settled this one.
            if doubts.is_left(number, sign):
                doubts.see(self._end(targets[number], sign))
        return [
            Range(float(truth) * self.unit, float(low) * self.unit, float(high) * self.unit)
            for truth, low, high in zip(doubts.truth, doubts.low, doubts.high, strict=True)
        ]

    def _push_together(self, doubts: "_Doubts") -> None:
        """Worlds that push at random all that is in doubt, as long as each settles a good part of it."""
        random = np.random.default_rng(len(self.x))
        before = doubts.count
        for _ in range(WORLDS):
            if before < _FEW:
                return
            doubts.see(self.world(doubts.costs(random)))
            if before - doubts.count < _WORTH_IT * before:
                return
            before = doubts.count

    def end(self, place: Sequence[int], sign: float) -> float:
        """The least (sign 1) or the most (sign -1) that a sum may be."""
        return float(self._end(place, sign)[list(place)].sum()) * self.unit

    def _end(self, place: Sequence[int], sign: float) -> np.ndarray:
        costs = np.zeros(len(self.x))
        costs[list(place)] = sign
        return self.world(costs)

    def knowing(self, own: Mapping[int, tuple[float, float]]) -> "_Knowing":
        """Within this context the reader knows bounds of some columns of its own: {column: (least, most)}."""
        return _Knowing(self, own)


class _Doubts:
    """The sums that are sought, how far worlds have moved them, and which sides are still in doubt."""

    def __init__(self, targets: Sequence[Sequence[int]], truth: np.ndarray, enough: float) -> None:
        self.columns = np.concatenate([np.asarray(columns, dtype=np.int64) for columns in targets])
        self.width = len(truth)
        self.sizes = np.array([len(columns) for columns in targets])
        self.starts = np.concatenate([[0], np.cumsum(self.sizes)[:-1]]).astype(np.int64)
        self.truth = np.add.reduceat(truth[self.columns], self.starts)
        self.need = np.maximum(np.abs(self.truth) * enough, _RESOLUTION)
        self.low, self.high = self.truth.copy(), self.truth.copy()

    def see(self, world: np.ndarray) -> None:
        found = np.add.reduceat(world[self.columns], self.starts)
        np.minimum(self.low, found, out=self.low)
        np.maximum(self.high, found, out=self.high)

    @property
    def _below(self) -> np.ndarray:
        return self.truth - self.low < self.need

    @property
    def _above(self) -> np.ndarray:
        return self.high - self.truth < self.need

    @property
    def count(self) -> int:
        return int(self._below.sum() + self._above.sum())

    def left(self) -> list[tuple[int, float]]:
        """The sides in doubt: (target, 1 to seek its least or -1 its most)."""
        return [(int(n), 1.0) for n in np.flatnonzero(self._below)] + [
            (int(n), -1.0) for n in np.flatnonzero(self._above)
        ]

    def is_left(self, number: int, sign: float) -> bool:
        moved = self.truth[number] - self.low[number] if sign > 0 else self.high[number] - self.truth[number]
        return bool(moved < self.need[number])

    def costs(self, random: np.random.Generator) -> np.ndarray:
        """What pushes each sum on a side in doubt, one that needs little as much as one that needs much."""
        below, above = self._below, self._above
        sides = np.where(below & above, np.where(random.random(len(below)) < 0.5, 1.0, -1.0), below * 1.0 - above)
        weights = sides * random.uniform(0.2, 1.0, size=len(sides)) / (self.need * self.sizes)
        weights /= max(float(np.abs(weights).max(initial=0.0)), _RESOLUTION)
        return np.bincount(self.columns, weights=np.repeat(weights, self.sizes), minlength=self.width)


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
