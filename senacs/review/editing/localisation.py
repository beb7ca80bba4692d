"""Error localisation: the smallest weighted set of fields whose change makes every edit hold.

Source: I. P. Fellegi and D. Holt, « A systematic approach to automatic edit and imputation », JASA 71 (1976) 17–35;
T. de Waal, J. Pannekoek and S. Scholtus, Handbook of Statistical Data Editing (2011), §3. One variable is settled in
closed form; for the rest HiGHS solves a set cover over the failing edits, to which implied edits are added as needed
(combinatorial Benders cuts, G. Codato and M. Fischetti, Operations Research 54 (2006) 756–766): no bound on how far a
value may move is assumed.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

import highspy
import numpy as np
from numpy.typing import NDArray

from senacs.review.editing.edits import Edit
from senacs.review.editing.slips import Slip, is_near, meant

# As formulas compare numbers (see engine.compile_python).
TOLERANCE, LEAST_SIZE = 1e-12, 1000.0
# The sum of excesses, each relative to its edit, under which a linear program is held to be met.
FEASIBLE = 1e-7
# Coefficients of a combination of edits that are 0 but for rounding.
ROUNDING = 1e-9
# A change that a known slip explains is likelier than any other change of as many fields.
SLIP_BONUS = 0.45
NARROW = 1.5
# So near to one another that a power of ten does not fall between by chance.
CREDIBLE = 1.1
# Another cell says what a field should be: it is looked at before those of which nothing is known.
GIVEN_BONUS, NEAR_GIVEN = 0.01, 0.01
TIGHT = 1.02
SAME_COST = 1e-9
MOST_ROUNDS = 200
# Feasibility jump, a heuristic for large programs, took three quarters of the time of ours.
OPTIONS = {
    "output_flag": False,
    "threads": 1,
    "random_seed": 0,
    "mip_rel_gap": 0.0,
    "mip_heuristic_run_feasibility_jump": False,
}


@dataclass(frozen=True, slots=True)
class BoundedValue:
    """One variable: its value, its bounds, the step of its values, and the cost of saying that it is wrong.

    `expected`, if known, decides between slips: what peers and last year let one expect. `given`: what other cells say
    that it is, exactly.
    """

    value: float
    lower: float = 0.0
    upper: float = float("inf")
    step: float = 1.0
    weight: float = 1.0
    expected: float | None = None
    given: float | None = None


@dataclass(frozen=True, slots=True)
class Localised:
    """Which fields to look at, for one group of contradictions.

    `ranges` gives, when one field suffices, between which values every edit holds. `proposed` holds the values that a
    known slip explains, or, with `is_given`, what other cells give. `ties` are other sets of the same cost.
    """

    fields: tuple[str, ...]
    rules: tuple[str, ...]
    cost: float
    slip: Slip | None = None
    proposed: Mapping[str, float] = field(default_factory=dict)
    ranges: Mapping[str, tuple[float, float]] = field(default_factory=dict)
    ties: tuple[tuple[str, ...], ...] = ()
    is_given: bool = False


class Unsolvable(ValueError):
    """No values of the fields make the edits hold together: the rules contradict each other."""


def localise(
    edits: Sequence[Edit],
    cells: Mapping[str, BoundedValue],
    *,
    swaps: Iterable[tuple[str, str]] = (),
    fixed: Collection[str] = (),
) -> list[Localised]:
    """One answer for each group of edits that fail together, none when all hold.

    `cells` describes every code of the edits; `fixed` ones may not change. `swaps`: pairs of cells that stand side by
    side. A cell whose value is NaN is missing: it may take any value at no cost and is in no answer. Raises Unsolvable
    when no change of the other fields will do.
    """
    system = _System([*edits, *_broken_bounds(cells)], cells, fixed)
    failing = system.failing(system.x)
    if not len(failing):
        return []
    pairs = list(swaps)
    if system.is_missing.any():
        whole = _program(system, failing)
        return [whole] if whole.fields else []
    groups = [failing[group] for group in _components(system.a[failing])]
    answers = [_settle(system, group, pairs) for group in groups]
    # Groups settled one by one are the least of all when each is the least that its own edits allow, and when together
    # they break no edit that links them. Otherwise the program weighs them at once.
    is_least = all(_is_least(system, group, answer) for group, answer in zip(groups, answers, strict=True))
    is_one = len(answers) == 1 and (len(answers[0].fields) == 1 or answers[0].slip is not None)
    if is_one or (is_least and not len(system.failing(_changed(system, answers)))):
        return answers
    return _apart(system, failing, pairs)


def _apart(system: "_System", failing: NDArray, pairs: list[tuple[str, str]]) -> list[Localised]:
    """The least answer to everything, taken apart: one for each set of its fields that some edit ties.

    A field that alone settles its own edits at the same cost keeps the answer of those edits, with range and slip.
    """
    columns = np.array([system.index[code] for code in _program(system, failing).fields], int)
    settled, plain = [], []
    parts = [own for part in _parts_of(system, failing, columns) for own in _own_cells(system, *part)]
    for held, rows in parts:
        part = _of_columns(system, rows, held)
        own = _settle(system, rows, pairs)
        settled.append(own if own.cost <= part.cost + SAME_COST else part)
        plain.append(part)
    blamed = np.isin(system.codes, [code for answer in settled for code in answer.fields])
    # Each was settled as if the others were right: together they may want more than their own fields.
    return settled if _contradiction(system, blamed, np.array([], int)) is None else plain


def _parts_of(system: "_System", failing: NDArray, columns: NDArray) -> list[tuple[NDArray, NDArray]]:
    """The columns of an answer that hang together, with the failing edits that they settle.

    Two hang together when a failing edit reads both; one that no failing edit reads is there for an edit that it shares
    with another, and hangs to it.
    """
    used = system.a[:, columns] != 0
    fails = used[failing]
    left, parts = list(range(len(columns))), []
    while left:
        stack, seen = [left[0]], set[int]()
        while stack:
            place = stack.pop()
            if place in seen:
                continue
            seen.add(place)
            tied = fails[fails[:, place]].any(axis=0)
            is_linking = ~fails.any(axis=0)
            shares = used[used[:, place]].any(axis=0)
            stack.extend(np.flatnonzero(tied | (shares & (is_linking | is_linking[place]))).tolist())
        left = [place for place in left if place not in seen]
        held = sorted(seen)
        parts.append((columns[held], failing[fails[:, held].any(axis=1)]))
    # What only an implied edit ties to the answer follows from its first part.
    unread = failing[~fails.any(axis=1)]
    if parts and len(unread):
        parts[0] = (parts[0][0], np.union1d(parts[0][1], unread))
    return [(held, rows) for held, rows in parts if len(rows)]


def _own_cells(system: "_System", held: NDArray, rows: NDArray) -> list[tuple[NDArray, NDArray]]:
    """A part, one cell at a time when each alone settles edits that read no other: what ties them then follows.

    « Cotisations » and « participations » both empty are two doubts, though one more rule misses their sum.
    """
    reads = system.a[np.ix_(rows, held)] != 0
    is_own = reads.sum(axis=1) == 1
    own = [rows[is_own & reads[:, place]] for place in range(len(held))]
    intervals = [system.interval(int(column)) for column in held]
    if len(held) < 2 or not all(len(some) for some in own) or any(low > high for low, high in intervals):
        return [(held, rows)]
    # A shared edit is told once, with the first of the cells that it reads.
    for row, cells in zip(rows[~is_own], reads[~is_own], strict=True):
        first = int(np.flatnonzero(cells)[0]) if cells.any() else 0
        own[first] = np.union1d(own[first], [row])
    return [(held[place : place + 1], some) for place, some in enumerate(own)]


def _of_columns(system: "_System", rows: NDArray, columns: NDArray) -> Localised:
    """The answer that says to look at these columns for these edits."""
    rules = system.rules_of(rows)
    if len(columns) == 1:
        low, high = system.interval(int(columns[0]))
        if low <= high:
            return _single(system, int(columns[0]), low, high, rules)
    return Localised(tuple(system.codes[c] for c in columns), rules, float(system.weight[columns].sum()))


def _broken_bounds(cells: Mapping[str, BoundedValue]) -> list[Edit]:
    """A value out of its own bounds breaks an edit of no rule."""
    low = [Edit("", {code: -1.0}, -cell.lower) for code, cell in sorted(cells.items()) if cell.value < cell.lower]
    high = [Edit("", {code: 1.0}, cell.upper) for code, cell in sorted(cells.items()) if cell.value > cell.upper]
    return [*low, *high]


def _is_least(system: "_System", failing: NDArray, answer: Localised) -> bool:
    """Whether no field costs less than this answer, even if every other edit were forgotten."""
    shared = (system.a[failing] != 0).all(axis=0) & system.is_free
    if not shared.any():
        return False
    return answer.cost <= system.weight[shared].min() + 1e-9


def _changed(system: "_System", answers: list[Localised]) -> NDArray:
    """The values once each answer's field takes its proposed value, or the nearest that its range allows."""
    x = system.x.copy()
    for answer in answers:
        for code in answer.fields:
            low, high = answer.ranges.get(code, (-np.inf, np.inf))
            column = system.index[code]
            x[column] = answer.proposed.get(code, min(max(x[column], low), high))
    return x


class _System:
    """The edits as A·x ≤ b, dense: a questionnaire has a few hundred of each."""

    def __init__(self, edits: Sequence[Edit], cells: Mapping[str, BoundedValue], fixed: Collection[str]) -> None:
        codes = sorted({code for edit in edits for code in edit.terms})
        self.codes = codes
        self.index = {code: number for number, code in enumerate(codes)}
        self.rules = [edit.rule for edit in edits]
        self.cells = [cells[code] for code in codes]
        given = np.array([cell.value for cell in self.cells], float)
        self.is_missing = np.isnan(given)
        self.lower = np.array([cell.lower for cell in self.cells])
        self.upper = np.array([cell.upper for cell in self.cells])
        self.x = np.where(self.is_missing, np.clip(0.0, self.lower, self.upper), given)
        self.step = np.array([cell.step for cell in self.cells])
        self.weight = np.array([cell.weight for cell in self.cells])
        self.is_free = np.array([code not in fixed for code in codes], bool)
        self.a = np.zeros((len(edits), len(codes)))
        for number, edit in enumerate(edits):
            for code, coefficient in edit.terms.items():
                self.a[number, self.index[code]] = coefficient
        self.b = np.array([edit.bound for edit in edits])
        self.slack_unit = TOLERANCE * np.maximum(LEAST_SIZE, np.abs(self.b) + np.abs(self.a) @ np.abs(self.x))

        self.fails = self.a @ self.x - self.b > self.slack_unit

    def rules_of(self, rows: NDArray) -> tuple[str, ...]:
        return tuple(dict.fromkeys(self.rules[row] for row in rows if self.rules[row]))

    def failing(self, x: NDArray) -> NDArray:
        """The numbers of the edits that do not hold at `x`."""
        return np.flatnonzero(self.a @ x - self.b > self.slack_unit)

    def interval(self, column: int) -> tuple[float, float]:
        """Where this variable alone makes every edit that reads it hold; empty when low > high."""
        coefficients = self.a[:, column]
        rows = np.flatnonzero(coefficients)
        rest = self.b[rows] - self.a[rows] @ self.x + coefficients[rows] * self.x[column] + self.slack_unit[rows]
        limits = rest / coefficients[rows]
        is_upper = coefficients[rows] > 0
        high = min(self.upper[column], limits[is_upper].min(initial=np.inf))
        low = max(self.lower[column], limits[~is_upper].max(initial=-np.inf))
        step = self.step[column]
        slip = 1e-6
        return float(np.ceil(low / step - slip) * step), float(np.floor(high / step + slip) * step)


def _components(rows: NDArray) -> list[list[int]]:
    """Groups of rows that share a variable, directly or through others."""
    left = list(range(len(rows)))
    groups = []
    while left:
        group, used = [left.pop(0)], rows[0] != 0
        used = rows[group[0]] != 0
        while near := [row for row in left if (used & (rows[row] != 0)).any()]:
            group += near
            left = [row for row in left if row not in near]
            used = used | (rows[near] != 0).any(axis=0)
        groups.append(sorted(group))
    return groups


def _settle(system: _System, failing: NDArray, swaps: list[tuple[str, str]]) -> Localised:
    rules = system.rules_of(failing)
    candidates = []
    shared = np.flatnonzero((system.a[failing] != 0).all(axis=0) & system.is_free)
    for column in shared:
        low, high = system.interval(int(column))
        if low <= high:
            candidates.append(_single(system, int(column), low, high, rules))
    candidates += _swapped(system, failing, swaps, rules)
    if not candidates:
        return _program(system, failing)
    best = min(candidates, key=lambda answer: (round(answer.cost, 9), answer.fields))
    touched = (system.a[failing] != 0).any(axis=0) & system.is_free
    if best.cost > system.weight[touched].min() + system.weight[system.is_free].min():
        # Two fields, one of which at least is in the failing edits, may cost less than one.
        several = _program(system, failing)
        if several.cost < best.cost - 1e-9:
            return several
    ties = tuple(other.fields for other in candidates if other is not best and abs(other.cost - best.cost) < 1e-9)
    return replace(best, ties=ties)


def _single(system: _System, column: int, low: float, high: float, rules: tuple[str, ...]) -> Localised:
    code, weight = system.codes[column], float(system.weight[column])
    ranges = {code: (low, high)}
    expected, given = system.cells[column].expected, system.cells[column].given
    is_given = given is not None and low <= given <= high
    # A wide range admits any slip: only what was expected, or a narrow range, makes one credible.
    is_narrow = low > 0 and high <= CREDIBLE * low
    may_be_negative = bool(system.lower[column] < 0)
    for guess in meant(float(system.x[column]), step=float(system.step[column]), may_be_negative=may_be_negative):
        is_credible = is_narrow if expected is None else is_near(guess.value, expected)
        # Exchanged digits fall into most ranges by chance.
        if guess.slip is Slip.DIGITS:
            is_credible = low > 0 and high <= TIGHT * low
        if guess.slip is Slip.SIGN:
            # Too much where nothing is negative; forgotten, where little else than the opposite will do.
            is_credible = not may_be_negative or high - low <= (NARROW - 1) * abs(guess.value)
        if given is not None and is_given and guess.slip is not Slip.DIGITS:
            is_credible = abs(guess.value - given) <= NEAR_GIVEN * abs(given)
        if low <= guess.value <= high and is_credible:
            if given is not None and is_given:
                return Localised((code,), rules, weight - SLIP_BONUS, guess.slip, {code: given}, ranges, is_given=True)
            return Localised((code,), rules, weight - SLIP_BONUS, guess.slip, {code: guess.value}, ranges)
    if given is not None and is_given:
        return Localised((code,), rules, weight - GIVEN_BONUS, None, {code: given}, ranges, is_given=True)
    return Localised((code,), rules, weight, None, {}, ranges)


def _swapped(
    system: _System, failing: NDArray, swaps: Iterable[tuple[str, str]], rules: tuple[str, ...]
) -> list[Localised]:
    """Pairs of cells whose exchange alone repairs the group: one slip, two fields."""
    touched = (system.a[failing] != 0).any(axis=0)
    answers = []
    for one, other in swaps:
        if one not in system.index or other not in system.index:
            continue
        i, j = system.index[one], system.index[other]
        if not (touched[i] or touched[j]) or system.x[i] == system.x[j] or not system.is_free[[i, j]].all():
            continue
        x = system.x.copy()
        x[i], x[j] = x[j], x[i]
        is_whole = all(abs(x[k] / system.step[k] - round(x[k] / system.step[k])) < 1e-6 for k in (i, j))
        concerned = np.flatnonzero((system.a[:, i] != 0) | (system.a[:, j] != 0))
        broken = np.setdiff1d(system.failing(x), np.setdiff1d(system.failing(system.x), failing))
        if is_whole and not len(np.intersect1d(broken, np.union1d(concerned, failing))):
            cost = float(min(system.weight[i], system.weight[j])) - SLIP_BONUS
            answers.append(Localised((one, other), rules, cost, Slip.SWAP, {one: float(x[i]), other: float(x[j])}))
    return answers


def _program(system: _System, failing: NDArray) -> Localised:
    """The least weighted set of fields that meets every edit implied by the failing ones and by those they touch."""
    rules = system.rules_of(failing)
    others = np.setdiff1d(system.failing(system.x), failing)
    columns = np.flatnonzero(_least_cover(system, failing, others) & ~system.is_missing)
    fields = tuple(system.codes[column] for column in columns)
    return Localised(fields, rules, float(system.weight[columns].sum()))


def _least_cover(system: _System, failing: NDArray, others: NDArray) -> NDArray:
    """Which columns to change: a set cover over the edits known, to which each answer that will not do adds one.

    The edit that proves that no values of the chosen fields will do is a combination of edits that they do not appear
    in (Fellegi and Holt's implied edit, here from the linear program's dual values): one of its fields is to change.
    """
    cover = _Cover(system.weight)
    for row in failing:
        if not (system.a[row] != 0)[system.is_missing].any():
            cover.add((system.a[row] != 0) & system.is_free)
    for _ in range(MOST_ROUNDS):
        chosen = cover.solve() | system.is_missing
        implied = _contradiction(system, chosen, others)
        if implied is None:
            return chosen
        cover.add(implied & system.is_free & ~chosen)
    raise Unsolvable("too many edits are tied together")


class _Cover:
    """The least weighted set that meets every edit added so far."""

    def __init__(self, weight: NDArray) -> None:
        self.count = len(weight)
        self.highs = _solver()
        self.highs.addVars(self.count, np.zeros(self.count), np.ones(self.count))
        every = np.arange(self.count, dtype=np.int32)
        self.highs.changeColsCost(self.count, every, np.asarray(weight, float))
        self.highs.changeColsIntegrality(self.count, every, np.full(self.count, highspy.HighsVarType.kInteger))

    def add(self, members: NDArray) -> None:
        """One of `members` is to be chosen; Unsolvable when there is none."""
        index = np.flatnonzero(members).astype(np.int32)
        if not len(index):
            raise Unsolvable("no values of the fields make the edits hold together")
        self.highs.addRow(1.0, highspy.kHighsInf, len(index), index, np.ones(len(index)))

    def solve(self) -> NDArray:
        self.highs.run()
        if self.highs.getModelStatus() != highspy.HighsModelStatus.kOptimal:
            raise Unsolvable("no values of the fields make the edits hold together")
        return np.array(self.highs.getSolution().col_value) > 0.5


def _contradiction(system: _System, chosen: NDArray, others: NDArray) -> NDArray | None:
    """None when some values of the `chosen` columns meet every edit but `others`; else the fields of an edit that
    shows that none do, as a mask.

    A linear program: the least sum of excesses, each edit in the unit of its own size.
    """
    columns = np.flatnonzero(chosen)
    kept = np.setdiff1d(np.flatnonzero((system.a[:, columns] != 0).any(axis=1) | system.fails), others)
    a = system.a[np.ix_(kept, columns)]
    rest = system.b[kept] - np.where(chosen, 0.0, system.a[kept] * system.x).sum(axis=1)
    scale = np.maximum(np.abs(system.x[columns]), 1.0)
    size = np.maximum(np.abs(rest), np.maximum(np.abs(a * scale).max(axis=1, initial=0.0) * 1e-3, 1.0))
    body = a * scale / size[:, None]
    count, width = len(kept), len(columns)
    highs = _solver()
    lp = highspy.HighsLp()
    lp.num_col_, lp.num_row_ = width + count, count
    lp.col_cost_ = np.concatenate([np.zeros(width), np.ones(count)])
    lp.col_lower_ = np.concatenate([system.lower[columns] / scale, np.zeros(count)])
    lp.col_upper_ = np.concatenate([system.upper[columns] / scale, np.full(count, np.inf)])
    lp.row_lower_ = np.full(count, -highspy.kHighsInf)
    lp.row_upper_ = rest / size
    parts = [np.flatnonzero(line) for line in body]
    lp.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    lp.a_matrix_.start_ = np.concatenate([[0], np.cumsum([len(index) + 1 for index in parts])]).astype(np.int32)
    lp.a_matrix_.index_ = np.concatenate([[*index, width + k] for k, index in enumerate(parts)]).astype(np.int32)
    lp.a_matrix_.value_ = np.concatenate([[*body[k, index], -1.0] for k, index in enumerate(parts)])
    highs.passModel(lp)
    highs.run()
    if highs.getInfo().objective_function_value <= FEASIBLE:
        return None
    shares = np.maximum(-np.array(highs.getSolution().row_dual), 0.0) / size
    weights = shares[:, None] * np.abs(system.a[kept])
    total = np.abs((shares[:, None] * system.a[kept]).sum(axis=0))
    return np.asarray(total > ROUNDING * np.maximum(weights.sum(axis=0), 1e-300))


def _solver() -> highspy.Highs:
    highs = highspy.Highs()
    for option, value in OPTIONS.items():
        highs.setOptionValue(option, value)
    return highs
