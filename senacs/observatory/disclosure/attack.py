"""The attacker: what a reader computes of each hidden cell from what is published. Shares nothing with the protection.

The reader knows the published cells, which cells add up to which, that nothing is negative, what earlier publications
gave, and, as a lone contributor, its own value. Each interval is the exact range of a linear program over the cells
themselves (sdcTable's attack does the same). Where the true figures do not add up exactly, because they were
rounded, the reader is given the benefit of no more than that gap.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from itertools import product

import highspy
import numpy as np

from senacs.observatory.disclosure.model import Dimension, KnownCell, SpecificationError, Table

Key = tuple[str, ...]
INFINITY = highspy.kHighsInf
# Relative width under which an interval is a single number, and share of the required half-width that may miss.
ACCURACY = 1e-6
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


@dataclass
class View:
    """What is to be attacked: true cells by key over all dimensions, what is shown of them, which are primary."""

    dimensions: tuple[Dimension, ...]
    truth: dict[Key, Fraction] = field(default_factory=dict)
    shown: dict[Key, Fraction] = field(default_factory=dict)
    primary: set[Key] = field(default_factory=set)
    lone: dict[Key, str] = field(default_factory=dict)
    empty: set[Key] = field(default_factory=set)
    sums: list[tuple[Key, tuple[Key, ...]]] = field(default_factory=list)


def build_view(
    tables: Sequence[Table],
    dimensions: Sequence[Dimension],
    published: Sequence[Sequence[tuple[Mapping[str, str], bool, Fraction | None]]],
    already_published: Sequence[KnownCell],
    *,
    counts: bool,
    empty_known: bool,
) -> View:
    """tables: the true ones; published: rows of what is attacked, as (coordinates, primary, figure or None).

    empty_known: cells without contributors are known to be empty (they are published as such).
    """
    view = View(tuple(d for d in dimensions if any(d.name in table.dimensions for table in tables)))
    for table in tables:
        for cell in table.cells:
            key = _everywhere(view, dict(zip(table.dimensions, cell.key, strict=True)))
            view.truth[key] = Fraction(cell.n or 0) if counts or cell.value is None else cell.value
            if cell.holders is not None and len(cell.holders) == 1:
                view.lone[key] = f"détenteur {next(iter(cell.holders))}"
            elif cell.n == 1 or cell.holder_count == 1:
                view.lone[key] = ""
            if cell.n == 0 or (cell.n is None and cell.value == 0):
                view.empty.add(key)
            if empty_known and key in view.empty:
                view.shown[key] = Fraction(0)
    for rows in published:
        for coordinates, primary, figure in rows:
            key = _everywhere(view, coordinates)
            if figure is not None:
                view.shown[key] = figure
            elif primary:
                view.primary.add(key)
    _add_up(view)
    for known in already_published:
        if all(any(d.name == name for d in view.dimensions) for name in known.coordinates):
            key = _everywhere(view, known.coordinates)
            if key in view.truth and abs(view.truth[key] - known.value) <= abs(known.value) * Fraction(1, 10**9):
                view.shown[key] = known.value
    for key, figure in view.shown.items():
        if key in view.truth and abs(figure - view.truth[key]) > max(abs(figure) * Fraction(1, 10**6), Fraction(1, 2)):
            raise SpecificationError(
                f"La cellule {' × '.join(key)} est publiée avec {float(figure):g}, la table d’origine dit "
                f"{float(view.truth[key]):g}."
            )
    return view


def _everywhere(view: View, coordinates: Mapping[str, str]) -> Key:
    return tuple(coordinates.get(d.name, d.total) for d in view.dimensions)


def _families(dimension: Dimension, codes: Collection[str]) -> list[tuple[str, tuple[str, ...]]]:
    """(parent, children) of the dimension, the lowest parents first."""
    if not dimension.hierarchies:
        return [(dimension.total, tuple(sorted(set(codes) - {dimension.total})))]
    families = []
    everything = {code for h in dimension.hierarchies for pair in h.parents.items() for code in pair}
    inner = {parent for h in dimension.hierarchies for parent in h.parents.values()}
    for hierarchy in dimension.hierarchies:
        groups: dict[str, set[str]] = {}
        for child, parent in hierarchy.parents.items():
            groups.setdefault(parent, set()).add(child)
        inside = set(hierarchy.parents) | set(groups)
        if dimension.total not in groups and everything - inner - {dimension.total} <= inside:
            groups[dimension.total] = inside - set(hierarchy.parents)

        def depth(code: str, groups: dict[str, set[str]] = groups) -> int:
            return 1 + max((depth(child) for child in groups.get(code, ())), default=0)

        families += [(p, tuple(sorted(c))) for p, c in sorted(groups.items(), key=lambda g: (depth(g[0]), g[0]))]
    return families


def _add_up(view: View) -> None:
    """Completes the true totals that no table gave, and writes down every sum that holds."""
    for axis, dimension in enumerate(view.dimensions):
        families = _families(dimension, {key[axis] for key in view.truth})
        lines: dict[Key, set[str]] = {}
        for key in view.truth:
            lines.setdefault(key[:axis] + key[axis + 1 :], set()).add(key[axis])
        for (rest, codes), (parent, children) in product(sorted(lines.items()), families):
            parts = tuple((*rest[:axis], child, *rest[axis:]) for child in children if child in codes)
            if not parts:
                continue
            total = (*rest[:axis], parent, *rest[axis:])
            summed = sum((view.truth[part] for part in parts), Fraction(0))
            if parent not in codes:
                codes.add(parent)
                view.truth[total] = summed
                people = [part for part in parts if part not in view.empty]
                names = {view.lone.get(part) for part in people}
                if len(names) == 1 and None not in names and (len(people) == 1 or "" not in names):
                    view.lone[total] = view.lone[people[0]]
                if not people:
                    view.empty.add(total)
            gap = abs(view.truth[total] - summed)
            if gap <= max(abs(summed) * Fraction(1, 10**6), Fraction(len(parts) + 1, 2)):
                view.sums.append((total, parts))
    _name_lone_contributors(view)


def _name_lone_contributors(view: View) -> None:
    """The lone contributor of a total is that of its parts: one name for all the cells that are one person's."""
    group: dict[Key, set[Key]] = {key: {key} for key in view.lone}
    for total, parts in view.sums:
        for part in parts:
            if total in group and part in group and group[part] is not group[total]:
                joined = group[total] | group[part]
                for key in joined:
                    group[key] = joined
    for key, same in group.items():
        named = sorted(view.lone[k] for k in same if view.lone[k].startswith("détenteur"))
        view.lone[key] = named[0] if named else f"contributeur de {' × '.join(min(same))}"


class _Reader:
    """One connected part of the hidden cells, as the program whose solutions are the tables that could be true."""

    def __init__(self, view: View, keys: Sequence[Key], sums: Sequence[tuple[Key, tuple[Key, ...]]]) -> None:
        self.keys = list(keys)
        self.place = {key: i for i, key in enumerate(self.keys)}
        self.signed = any(value < 0 for value in view.truth.values())
        self.values = [float(view.truth[key]) for key in self.keys]
        positive = sorted(abs(v) for v in self.values if v)
        self.unit = positive[len(positive) // 2] if positive else 1.0
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
        lp.col_lower_ = np.full(len(self.keys), -INFINITY if self.signed else 0.0)
        lp.col_upper_ = np.full(len(self.keys), INFINITY)
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
        self.highs.run()
        status = self.highs.getModelStatus()
        if status == highspy.HighsModelStatus.kUnknown:  # lost on the way from the previous basis: start afresh
            self.highs.clearSolver()
            self.highs.run()
            status = self.highs.getModelStatus()
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
            raise AssertionError(f"HiGHS : {self.highs.modelStatusToString(status)}")
        for place in costs:
            self.highs.changeColCost(place, 0.0)
        return found

    def interval(self, place: int) -> tuple[float, float]:
        low = self.extreme({place: 1.0})
        high = -self.extreme({place: -1.0})
        return low, high

    def can_move_without(self, place: int) -> np.ndarray:
        """How far each cell moves in some table that leaves `place` at its true value: a lower bound.

        Tables that could be true make a convex set: one where the cell is larger and one where it is smaller mix into
        one where it is right.
        """
        moved = np.zeros(len(self.keys))
        at = np.array([other[place] for other in self.others])
        scale = ACCURACY * max(1.0, abs(self.values[place]))
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
            self.highs.changeColBounds(place, -INFINITY if self.signed else 0.0, INFINITY)


def attack(view: View, *, margin: float, insiders: bool) -> list[AttackedCell]:
    """Every hidden cell with its interval for any reader, then the cells that a lone contributor finds too exactly.

    margin: required half-width in % of the value (0: only not exactly); insiders: it also binds lone contributors,
    who otherwise must only not find a primary cell of another exactly.
    """
    hidden = {key for key in view.truth if key not in view.shown}
    found = []
    for keys, sums in _parts(view, hidden):
        reader = _Reader(view, keys, sums)
        for place, key in enumerate(reader.keys):
            low, high = reader.interval(place)
            value = reader.values[place]
            found.append(AttackedCell(key, value, low, high, _narrow(value, low, high, margin)))
        found += _attack_from_inside(view, reader, margin if insiders else 0.0)
    alone = hidden - {cell.key for cell in found}
    for key in sorted(alone):
        low = -INFINITY if any(v < 0 for v in view.truth.values()) else 0.0
        found.append(AttackedCell(key, float(view.truth[key]), low, INFINITY, False))
    return found


def _narrow(value: float, low: float, high: float, margin: float) -> bool:
    accuracy = ACCURACY * max(1.0, abs(value))
    if high - low <= accuracy:
        return True
    asked = abs(value) * margin / 100 - accuracy
    return margin > 0 and (high - value < asked or value - low < asked)


def _parts(view: View, hidden: set[Key]) -> list[tuple[list[Key], list[tuple[Key, tuple[Key, ...]]]]]:
    """The hidden cells in groups that no sum ties together, with the sums of each."""
    neighbours: dict[Key, list[int]] = {}
    for number, (total, parts) in enumerate(view.sums):
        for key in (total, *parts):
            if key in hidden:
                neighbours.setdefault(key, []).append(number)
    groups, seen = [], set()
    for start in sorted(neighbours):
        if start in seen:
            continue
        stack, keys, numbers = [start], [], set()
        seen.add(start)
        while stack:
            key = stack.pop()
            keys.append(key)
            for number in neighbours[key]:
                if number not in numbers:
                    numbers.add(number)
                    total, parts = view.sums[number]
                    fresh = [k for k in (total, *parts) if k in hidden and k not in seen]
                    seen.update(fresh)
                    stack += fresh
        groups.append((sorted(keys), [view.sums[number] for number in sorted(numbers)]))
    return groups


def _attack_from_inside(view: View, reader: _Reader, margin: float) -> list[AttackedCell]:
    owned: dict[str, list[int]] = {}
    for place, key in enumerate(reader.keys):
        if key in view.lone:
            owned.setdefault(view.lone[key], []).append(place)
    secrets = [place for place, key in enumerate(reader.keys) if key in view.primary]
    found = []
    for owner, own in sorted(owned.items()):
        targets = [place for place in secrets if place not in own]
        if len(own) == 1 and not margin and reader.others:
            moved = reader.can_move_without(own[0])
            targets = [p for p in targets if moved[p] <= 10 * ACCURACY * max(1.0, abs(reader.values[p]))]
        if not targets:
            continue
        reader.learn(own)
        _explore(reader, targets)
        for place in targets:
            value = reader.values[place]
            if not _narrow(value, reader.reached_low[place], reader.reached_high[place], margin):
                continue
            key, (low, high) = reader.keys[place], reader.interval(place)
            if _narrow(value, low, high, margin) and not _is_same_person(view, [reader.keys[p] for p in own], key):
                found.append(AttackedCell(key, value, low, high, True, owner))
        reader.forget(own)
    return found


def _is_same_person(view: View, own: Sequence[Key], key: Key) -> bool:
    """The cell has one contributor too, and is fixed by the own cells when nothing is published but emptiness."""
    if key not in view.lone:
        return False
    blank = replace(view, shown={empty: Fraction(0) for empty in view.empty if not view.truth[empty]})
    for keys, sums in _parts(blank, set(view.truth) - set(blank.shown)):
        if key in keys:
            reader = _Reader(blank, keys, sums)
            reader.learn([reader.place[mine] for mine in own if mine in reader.place])
            low, high = reader.interval(reader.place[key])
            return high - low <= ACCURACY * max(1.0, abs(float(view.truth[key])))
    return False


def _explore(reader: _Reader, targets: Sequence[int]) -> None:
    """A few extreme tables, which show at once that most cells can move: the exact range is sought for the others."""
    for weights in ([1.0] * len(targets), [-1.0 if i % 2 else 1.0 for i in range(len(targets))]):
        costs = dict(zip(targets, weights, strict=True))
        if reader.extreme(costs) > -INFINITY:
            reader.extreme({place: -weight for place, weight in costs.items()})
