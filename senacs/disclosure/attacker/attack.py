"""The attacker: what a reader computes of each hidden cell from what is published. Shares nothing with the protection.

The reader knows the published cells, which cells add up to which, that nothing is negative, what earlier publications
gave, and, as a lone contributor, its own value. Each interval is the exact range of a linear program over the cells
themselves (sdcTable's attack does the same). Where the true figures do not add up exactly, because they were
rounded, the reader is given the benefit of no more than that gap.
"""

import math
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from fractions import Fraction

import highspy
import numpy as np

from senacs.disclosure.attacker.readers_view import Key, View, connected_parts
from senacs.disclosure.tables import SpecificationError
from senacs.lib import french

INFINITY = highspy.kHighsInf
# Relative width under which an interval is a single number, and share of the required half-width that may miss.
ACCURACY = 1e-6
# The same for a lone contributor, who must only miss the exact value.
EXACTLY = 1e-9
# The same for cells that are null or minute, as a share of the usual value.
RESOLUTION = 1e-10
# What a solver leaves of a whole number.
WHOLE = 1e-5
# Hidden cells of a part, and figures, up to which whole tables are sought (a search, not a program).
SEARCHED, LARGEST_SEARCHED = 40, 100_000.0
# Hidden cells of a part from which its attack takes a time worth telling.
LARGE_PART = 1_000
# Tables kept by a reader to be mixed, and mixtures tried for each lone contributor.
KEPT_TABLES, MIXED_TABLES = 256, 32


@dataclass(frozen=True)
class AttackedCell:
    """low, high: what the reader finds; narrow: whether that says too much; by: the contributor who finds it."""

    key: Key
    value: float
    low: float
    high: float
    narrow: bool
    by: str = ""


class _Reader:
    """One connected part of the hidden cells, as the program whose solutions are the tables that could be true."""

    def __init__(self, view: View, keys: Sequence[Key], sums: Sequence[tuple[Key, tuple[Key, ...]]]) -> None:
        self.keys = list(keys)
        self.place = {key: i for i, key in enumerate(self.keys)}
        self.values = [float(view.truth[key]) for key in self.keys]
        positive = sorted(abs(v) for v in self.values if v)
        self.unit = positive[len(positive) // 2] if positive else 1.0
        self.whole = view.whole
        # Small enough for every whole table to be sought, not only that figures be whole one by one.
        self.searched = view.whole and len(self.keys) <= SEARCHED and max(positive, default=0.0) <= LARGEST_SEARCHED
        if self.searched:
            self.unit = 1.0
        self.low = [view.low.get(key, 0.0) / self.unit for key in self.keys]
        self.high = [view.high.get(key, INFINITY) / self.unit for key in self.keys]
        starts, index, weights, low, high = [0], [], [], [], []
        for total, parts in sums:
            row = [(total, 1.0), *((part, -1.0) for part in parts)]
            hidden = [(self.place[key], weight) for key, weight in row if key in self.place]
            outside = sum(Fraction(w) * view.shown[key] for key, w in row if key not in self.place)
            gap = abs(sum((Fraction(w) * view.truth[key] for key, w in row), Fraction(0)))
            index += [place for place, _ in hidden]
            weights += [weight for _, weight in hidden]
            starts.append(len(index))
            low.append(float(-outside - gap) / self.unit)
            high.append(float(-outside + gap) / self.unit)
        lp = highspy.HighsLp()
        lp.num_col_, lp.num_row_ = len(self.keys), len(sums)
        lp.col_cost_ = np.zeros(len(self.keys))
        lp.col_lower_, lp.col_upper_ = np.array(self.low), np.array(self.high)
        lp.row_lower_, lp.row_upper_ = np.array(low), np.array(high)
        lp.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
        lp.a_matrix_.start_ = np.array(starts, dtype=np.int32)
        lp.a_matrix_.index_ = np.array(index, dtype=np.int32)
        lp.a_matrix_.value_ = np.array(weights, dtype=np.float64)
        self.highs = highspy.Highs()
        for name, value in (("output_flag", False), ("threads", 1), ("primal_feasibility_tolerance", 1e-9)):
            self.highs.setOptionValue(name, value)
        self.highs.passModel(lp)
        # What solutions have already reached, for each cell: a lower bound of its true range.
        self.reached_low, self.reached_high = list(self.values), list(self.values)
        # Some of the tables found, as differences with the true one: they serve against lone contributors.
        self.others: list[np.ndarray] = []
        self.solved = 0
        self.stride = 1 + 2 * len(self.keys) // KEPT_TABLES

    def extreme(self, costs: Mapping[int, float]) -> float:
        """Minimum of the sum of costs x cell, in the unit of the values; -infinity when nothing stops it."""
        for place, cost in costs.items():
            self.highs.changeColCost(place, cost)
        status = self._run()
        found = -INFINITY
        if status == highspy.HighsModelStatus.kOptimal:
            found = self.highs.getObjectiveValue() * self.unit
            table = self.highs.getSolution().col_value
            if self.solved % self.stride == 0:
                self.others.append(np.array(table) * self.unit - np.array(self.values))
            self.solved += 1
            for place, value in enumerate(table):
                self.reached_low[place] = min(self.reached_low[place], value * self.unit)
                self.reached_high[place] = max(self.reached_high[place], value * self.unit)
        elif status not in (highspy.HighsModelStatus.kUnbounded, highspy.HighsModelStatus.kUnboundedOrInfeasible):
            raise SpecificationError(
                "Le solveur ne conclut pas : les valeurs s’étendent sur trop d’ordres de grandeur pour être attaquées."
            )
        for place in costs:
            self.highs.changeColCost(place, 0.0)
        return found

    def _run(self) -> highspy.HighsModelStatus:
        self.highs.run()
        status = self.highs.getModelStatus()
        # Lost on the way from the previous basis, or among figures of very different sizes: start afresh.
        for presolve in ("choose", "off"):
            if status in (highspy.HighsModelStatus.kUnknown, highspy.HighsModelStatus.kSolveError):
                self.highs.clearSolver()
                self.highs.setOptionValue("presolve", presolve)
                self.highs.run()
                status = self.highs.getModelStatus()
                self.highs.setOptionValue("presolve", "choose")
        return status

    def interval(self, place: int) -> tuple[float, float]:
        low = self.extreme({place: 1.0})
        high = -self.extreme({place: -1.0})
        if self.searched and self.within(low, high) != (self.values[place],) * 2:
            with self._whole_tables():
                low, high = self.extreme({place: 1.0}), -self.extreme({place: -1.0})
        return self.within(low, high)

    def within(self, low: float, high: float) -> tuple[float, float]:
        """The whole numbers of an interval, where figures are whole."""
        if not self.whole:
            return low, high
        accuracy = max(WHOLE, *(RESOLUTION * abs(end) for end in (low, high) if abs(end) < INFINITY), 0.0)
        return (
            low if low == -INFINITY else math.ceil(low - accuracy),
            high if high == INFINITY else math.floor(high + accuracy),
        )

    @contextmanager
    def _whole_tables(self) -> Iterator[None]:
        every = np.arange(len(self.keys), dtype=np.int32)
        kinds = highspy.HighsVarType
        self.highs.changeColsIntegrality(len(every), every, np.full(len(every), kinds.kInteger))
        try:
            yield
        finally:
            self.highs.changeColsIntegrality(len(every), every, np.full(len(every), kinds.kContinuous))

    def accuracy(self, place: int, share: float = ACCURACY) -> float:
        """Width under which the interval of the cell is a single number."""
        return max(share * abs(self.values[place]), RESOLUTION * self.unit)

    def is_narrow(self, place: int, low: float, high: float, margin: float, *, inside: bool = False) -> bool:
        """inside: for a lone contributor, who must only not find the exact value."""
        value = self.values[place]
        accuracy = self.accuracy(place, EXACTLY if inside and not margin else ACCURACY)
        if high - low <= accuracy:
            return True
        asked = abs(value) * margin / 100
        # Nobody asks a cell to go further than what everybody knows of it.
        above = min(asked, self.high[place] * self.unit - value) - accuracy
        below = min(asked, value - self.low[place] * self.unit) - accuracy
        return margin > 0 and (high - value < above or value - low < below)

    def can_move_without(self, place: int) -> np.ndarray:
        """How far each cell moves in some table that leaves `place` at its true value: a lower bound.

        Tables that could be true make a convex set: one where the cell is larger and one where it is smaller mix into
        one where it is right.
        """
        moved = np.zeros(len(self.keys))
        at = np.array([other[place] for other in self.others])
        scale = self.accuracy(place)
        above, below = np.flatnonzero(at > scale), np.flatnonzero(at < -scale)
        for k in np.flatnonzero(np.abs(at) <= scale * 1e-3)[:MIXED_TABLES]:
            moved = np.maximum(moved, np.abs(self.others[k]))
        for k, other in zip(above[:MIXED_TABLES], below[:MIXED_TABLES], strict=False):
            weight = -at[other] / (at[k] - at[other])
            moved = np.maximum(moved, np.abs(weight * self.others[k] + (1 - weight) * self.others[other]))
        return moved

    def learn(self, places: Collection[int]) -> None:
        """The reader is now the contributor whose cells these are."""
        for place in places:
            self.highs.changeColBounds(place, self.values[place] / self.unit, self.values[place] / self.unit)
        self.reached_low, self.reached_high = list(self.values), list(self.values)

    def forget(self, places: Collection[int]) -> None:
        for place in places:
            self.highs.changeColBounds(place, self.low[place], self.high[place])


def attack(
    view: View, *, margin: float, insiders: bool, progress: Callable[[str], object] = lambda step: None
) -> list[AttackedCell]:
    """Every hidden cell with its interval for any reader, then the cells that a lone contributor finds too exactly.

    margin: required half-width in % of the value (0: only not exactly); insiders: it also binds lone contributors,
    who otherwise must only not find a primary cell of another exactly; progress is told each step in French.
    """
    hidden = {key for key in view.truth if key not in view.shown}
    found, bound = [], set()
    for keys, sums in connected_parts(view.sums, hidden):
        reader = _Reader(view, keys, sums)
        bound.update(keys)
        if len(keys) > LARGE_PART:
            progress(f"{french.plural(len(keys), 'cellule masquée', 'cellules masquées')} liées entre elles…")
        for place, key in enumerate(reader.keys):
            if view.asked is None or key in view.asked or key in view.primary:
                low, high = reader.interval(place)
                narrow = reader.is_narrow(place, low, high, margin)
                found.append(AttackedCell(key, reader.values[place], low, high, narrow))
        found += _attack_from_inside(view, reader, margin if insiders else 0.0)
    for key in sorted(hidden - bound):
        if view.asked is None or key in view.asked or key in view.primary:
            low, high = view.low.get(key, 0.0), view.high.get(key, INFINITY)
            found.append(AttackedCell(key, float(view.truth[key]), low, high, low == high))
    return found


def _attack_from_inside(view: View, reader: _Reader, margin: float) -> list[AttackedCell]:
    owned: dict[str, list[int]] = {}
    for place, key in enumerate(reader.keys):
        if key in view.lone:
            owned.setdefault(view.lone[key], []).append(place)
    secrets = [place for place, key in enumerate(reader.keys) if key in view.primary]
    found = []
    for owner, own in sorted(owned.items()):
        mine = _within(view, [reader.keys[place] for place in own])
        targets = [place for place in secrets if reader.keys[place] not in mine]
        if len(own) == 1 and not margin and reader.others:
            moved = reader.can_move_without(own[0])
            targets = [p for p in targets if moved[p] <= max(10 * reader.accuracy(p), 1.0 if reader.whole else 0.0)]
        if not targets:
            continue
        reader.learn(own)
        _explore(reader, targets)
        for place in targets:
            reached = reader.within(reader.reached_low[place], reader.reached_high[place])
            if reader.searched or reader.is_narrow(place, *_outwards(reached), margin, inside=True):
                low, high = reader.interval(place)
                same = _is_same_person(view, [reader.keys[p] for p in own], reader.keys[place])
                if not same and reader.is_narrow(place, low, high, margin, inside=True):
                    found.append(AttackedCell(reader.keys[place], reader.values[place], low, high, True, owner))
        reader.forget(own)
    return found


def _outwards(reached: tuple[float, float]) -> tuple[float, float]:
    """What was reached, when rounding inwards left nothing of it."""
    low, high = reached
    return (high, low) if low > high else reached


def _within(view: View, own: Sequence[Key]) -> set[Key]:
    """The cells that a lone contributor knows without any publication: parts of its own, and what these make up."""
    mine, waiting = set(own), list(own)
    while waiting:
        key = waiting.pop()
        for number in view.bindings.get(key, ()):
            total, parts = view.sums[number]
            fresh = parts if total in mine else ()
            if total not in mine and all(part in mine or part in view.empty for part in parts):
                fresh = (total,)
            waiting += [other for other in fresh if other not in mine]
            mine.update(fresh)
    return mine


def _is_same_person(view: View, own: Sequence[Key], key: Key) -> bool:
    """The cell has one contributor too, and is fixed by the own cells when nothing is published but emptiness."""
    if key not in view.lone:
        return False
    blank = replace(view, shown={empty: Fraction(0) for empty in view.empty if empty in view.shown})
    for keys, sums in connected_parts(view.sums, set(view.truth) - set(blank.shown)):
        if key in keys:
            reader = _Reader(blank, keys, sums)
            reader.learn([reader.place[mine] for mine in own if mine in reader.place])
            place = reader.place[key]
            return reader.is_narrow(place, *reader.interval(place), 0.0)
    return False


def _explore(reader: _Reader, targets: Sequence[int]) -> None:
    """A few extreme tables, which show at once that most cells can move: the exact range is sought for the others."""
    for weights in ([1.0] * len(targets), [-1.0 if i % 2 else 1.0 for i in range(len(targets))]):
        costs = dict(zip(targets, weights, strict=True))
        if reader.extreme(costs) > -INFINITY:
            reader.extreme({place: -weight for place, weight in costs.items()})
