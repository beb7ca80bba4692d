"""Error localisation: the smallest weighted set of fields whose change makes every edit hold.

Source: I. P. Fellegi and D. Holt, « A systematic approach to automatic edit and imputation », JASA 71 (1976) 17–35;
as a mixed-integer program, T. de Waal, J. Pannekoek and S. Scholtus, Handbook of Statistical Data Editing (2011), §3.
One variable is settled in closed form; HiGHS serves for the rest, with the edits that its answer breaks added lazily.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import highspy
import numpy as np
from numpy.typing import NDArray

from senacs.review.editing.edits import Edit
from senacs.review.editing.slips import Slip, is_near, meant

TOLERANCE = 1e-6
# A change that a known slip explains is likelier than any other change of as many fields.
SLIP_BONUS = 0.45
NARROW = 1.5
TIGHT = 1.02
MOST_ROUNDS = 12


@dataclass(frozen=True, slots=True)
class Cell:
    """One variable: its value, its bounds, the step of its values, and the cost of saying that it is wrong.

    `expected`, if known, decides between slips: what peers and last year let one expect.
    """

    value: float
    lower: float = 0.0
    upper: float = float("inf")
    step: float = 1.0
    weight: float = 1.0
    expected: float | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """Which fields to look at, for one group of contradictions.

    `ranges` gives, when one field suffices, between which values every edit holds. `proposed` holds the values that a
    known slip explains. `ties` are other sets of the same cost.
    """

    fields: tuple[str, ...]
    rules: tuple[str, ...]
    cost: float
    slip: Slip | None = None
    proposed: Mapping[str, float] = field(default_factory=dict)
    ranges: Mapping[str, tuple[float, float]] = field(default_factory=dict)
    ties: tuple[tuple[str, ...], ...] = ()


class Unsolvable(ValueError):
    """No values of the fields make the edits hold together: the rules contradict each other."""


def localise(
    edits: Sequence[Edit],
    cells: Mapping[str, Cell],
    *,
    swaps: Iterable[tuple[str, str]] = (),
    fixed: Collection[str] = (),
) -> list[Answer]:
    """One answer for each group of edits that fail together, none when all hold.

    `cells` describes every code of the edits; `fixed` ones may not change. `swaps`: pairs of cells that stand side by
    side. Raises Unsolvable when no change of the other fields will do.
    """
    system = _System(edits, cells, fixed)
    failing = system.failing(system.x)
    if not len(failing):
        return []
    pairs = list(swaps)
    groups = [failing[group] for group in _components(system.a[failing])]
    answers = [_settle(system, group, pairs) for group in groups]
    # Groups settled one by one are the least of all when each is the least that its own edits allow, and when together
    # they break no edit that links them. Otherwise the program weighs them at once.
    is_least = all(_is_least(system, group, answer) for group, answer in zip(groups, answers, strict=True))
    if len(answers) == 1 or (is_least and not len(system.failing(_changed(system, answers)))):
        return answers
    whole = _program(system, failing)
    apart = sum(float(system.weight[system.index[code]]) for answer in answers for code in answer.fields)
    # As cheap: the groups tell more, with their ranges and slips.
    return answers if abs(whole.cost - apart) < 1e-9 else [whole]


def _is_least(system: "_System", failing: NDArray, answer: Answer) -> bool:
    """Whether no field costs less than this answer, even if every other edit were forgotten."""
    shared = (system.a[failing] != 0).all(axis=0) & system.is_free
    if not shared.any():
        return False
    return answer.cost <= system.weight[shared].min() + 1e-9


def _changed(system: "_System", answers: list[Answer]) -> NDArray:
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

    def __init__(self, edits: Sequence[Edit], cells: Mapping[str, Cell], fixed: Collection[str]) -> None:
        codes = sorted({code for edit in edits for code in edit.terms})
        self.codes = codes
        self.index = {code: number for number, code in enumerate(codes)}
        self.rules = [edit.rule for edit in edits]
        self.cells = [cells[code] for code in codes]
        self.x = np.array([cell.value for cell in self.cells])
        self.lower = np.array([cell.lower for cell in self.cells])
        self.upper = np.array([cell.upper for cell in self.cells])
        self.step = np.array([cell.step for cell in self.cells])
        self.weight = np.array([cell.weight for cell in self.cells])
        self.is_free = np.array([code not in fixed for code in codes], bool)
        self.a = np.zeros((len(edits), len(codes)))
        for number, edit in enumerate(edits):
            for code, coefficient in edit.terms.items():
                self.a[number, self.index[code]] = coefficient
        self.b = np.array([edit.bound for edit in edits])
        self.slack_unit = TOLERANCE * np.maximum(1.0, np.abs(self.b) + np.abs(self.a) @ np.abs(self.x))

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


def _settle(system: _System, failing: NDArray, swaps: list[tuple[str, str]]) -> Answer:
    rules = tuple(dict.fromkeys(system.rules[row] for row in failing))
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
    ties = tuple(other.fields for other in candidates if other is not best and abs(other.cost - best.cost) < 1e-9)
    return Answer(best.fields, best.rules, best.cost, best.slip, best.proposed, best.ranges, ties)


def _single(system: _System, column: int, low: float, high: float, rules: tuple[str, ...]) -> Answer:
    code, weight = system.codes[column], float(system.weight[column])
    ranges = {code: (low, high)}
    expected = system.cells[column].expected
    # A wide range admits any slip: only what was expected, or a narrow range, makes one credible.
    is_narrow = low > 0 and high <= NARROW * low
    for guess in meant(float(system.x[column]), step=float(system.step[column])):
        is_credible = is_narrow if expected is None else is_near(guess.value, expected)
        # Exchanged digits fall into most ranges by chance.
        if guess.slip is Slip.DIGITS:
            is_credible = low > 0 and high <= TIGHT * low
        if low <= guess.value <= high and is_credible:
            return Answer((code,), rules, weight - SLIP_BONUS, guess.slip, {code: guess.value}, ranges)
    return Answer((code,), rules, weight, None, {}, ranges)


def _swapped(
    system: _System, failing: NDArray, swaps: Iterable[tuple[str, str]], rules: tuple[str, ...]
) -> list[Answer]:
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
            answers.append(Answer((one, other), rules, cost, Slip.SWAP, {one: float(x[i]), other: float(x[j])}))
    return answers


def _program(system: _System, failing: NDArray) -> Answer:
    """The mixed-integer program over the failing edits, then over those that its answers break."""
    rules = tuple(dict.fromkeys(system.rules[row] for row in failing))
    rows = failing
    for _ in range(MOST_ROUNDS):
        solution = _solve(system, rows)
        changed = np.abs(solution - system.x) > system.slack_unit.min() + 1e-9 * np.abs(system.x)
        broken = np.setdiff1d(system.failing(solution), rows)
        other = np.setdiff1d(system.failing(system.x), failing)
        broken = np.setdiff1d(broken, other)
        if not len(broken):
            columns = np.flatnonzero(changed)
            fields = tuple(system.codes[column] for column in columns)
            return Answer(fields, rules, float(system.weight[columns].sum()))
        rows = np.union1d(rows, broken)
    raise Unsolvable("the edits were still broken after the last round")


def _solve(system: _System, rows: NDArray) -> NDArray:
    """An x that meets `rows` at the least weighted number of changes. Variables d = (x − x₀) / s and binaries z."""
    columns = np.flatnonzero((system.a[rows] != 0).any(axis=0) & system.is_free)
    count = len(columns)
    a = system.a[np.ix_(rows, columns)]
    scale = np.maximum(np.abs(system.x[columns]), 1.0)
    right = system.b[rows] - system.a[rows] @ system.x
    # No change larger than what would repair every row at once is ever needed, nor allowed past the bounds.
    reach = (np.abs(system.b[rows]) + np.abs(system.a[rows]) @ np.abs(system.x)).sum() + 1.0
    with np.errstate(divide="ignore"):
        smallest = np.where(a != 0, np.abs(a), np.inf).min(axis=0)
    most = 10 * reach / smallest
    up = np.minimum(np.maximum(system.upper[columns] - system.x[columns], 0.0), most) / scale
    down = np.minimum(np.maximum(system.x[columns] - system.lower[columns], 0.0), most) / scale
    scaled = a * scale
    norm = np.maximum(np.abs(scaled).max(axis=1), 1e-9)
    highs = highspy.Highs()
    for option, value in (("output_flag", False), ("threads", 1), ("random_seed", 0), ("mip_rel_gap", 0.0)):
        highs.setOptionValue(option, value)
    lp = highspy.HighsLp()
    lp.num_col_, lp.num_row_ = 2 * count, len(rows) + 2 * count
    lp.col_cost_ = np.concatenate([np.zeros(count), system.weight[columns]])
    lp.col_lower_ = np.concatenate([-down, np.zeros(count)])
    lp.col_upper_ = np.concatenate([up, np.ones(count)])
    lp.row_lower_ = np.full(lp.num_row_, -highspy.kHighsInf)
    lp.row_upper_ = np.concatenate([right / norm, np.zeros(2 * count)])
    lp.integrality_ = [highspy.HighsVarType.kContinuous] * count + [highspy.HighsVarType.kInteger] * count
    unit = np.arange(count)
    body = [(np.flatnonzero(row), row[np.flatnonzero(row)] / size) for row, size in zip(scaled, norm, strict=True)]
    # d ≤ up·z and −d ≤ down·z
    body += [(np.array([k, count + k]), np.array([1.0, -up[k]])) for k in unit]
    body += [(np.array([k, count + k]), np.array([-1.0, -down[k]])) for k in unit]
    lp.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    lp.a_matrix_.start_ = np.concatenate([[0], np.cumsum([len(index) for index, _ in body])]).astype(np.int32)
    lp.a_matrix_.index_ = np.concatenate([index for index, _ in body]).astype(np.int32)
    lp.a_matrix_.value_ = np.concatenate([value for _, value in body])
    highs.passModel(lp)
    highs.run()
    if highs.getModelStatus() != highspy.HighsModelStatus.kOptimal:
        raise Unsolvable("no values of the fields make the edits hold together")
    values = np.array(highs.getSolution().col_value)
    solution = system.x.copy()
    is_changed = values[count:] > 0.5
    solution[columns] += np.where(is_changed, values[:count] * scale, 0.0)
    return solution
