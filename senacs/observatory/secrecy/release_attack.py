"""The attack on a release before it may be signed: can a reader compute a hidden cell from what is shown?

Shares nothing with the protection but its inputs and its answer. The unknowns are the sums of the finest groups of
respondents; what is shown (this release, and what the last one showed) are equations on them, nothing is negative. A
few extreme solutions show at once that most hidden cells can take several values; the others get their exact range.
A respondent who is alone in a cell also tries, knowing its own value: a hidden cell that always moves with its own in
the same proportion would be known to it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import highspy
import numpy as np

from senacs.disclosure.fates import Status
from senacs.lib.parallel import Progress, silent, spread
from senacs.observatory.secrecy.memberships import GroupingKey
from senacs.observatory.secrecy.protected_blocks import Block
from senacs.observatory.secrecy.verdict import Outcome

# Variable, grouping, label.
AttackedCell = tuple[str, GroupingKey, Any]

_EXPLORATIONS = 5
_TOLERANCE = 1e-6
# Cosine above which two cells are taken to move together, until a program tells.
_TOGETHER = 1 - 1e-9
# Nobody believes a figure a thousand times the truth; the bound keeps every program finite.
_LARGEST = 1e3


@dataclass(frozen=True)
class Audit:
    """failures: in French, each hidden cell that can be computed, and by whom."""

    attacked: int
    failures: tuple[str, ...]

    @property
    def summary(self) -> dict[str, object]:
        return {"attacked": self.attacked, "broken": len(self.failures)}


def audit_release(blocks: Sequence[Block], outcomes: Sequence[Outcome], *, progress: Progress = silent) -> Audit:
    """Attacks every block. What it finds must keep the release from becoming a candidate."""
    found = spread(_attack, list(zip(blocks, outcomes, strict=True)), progress=progress)
    return Audit(sum(audit.attacked for audit in found), tuple(f for audit in found for f in audit.failures))


def attack_block(block: Block, outcome: Outcome, *, insiders: bool = True) -> tuple[str, ...]:
    """In French, each hidden cell of one block that can be computed: by anybody, and by lone respondents."""
    return tuple(_Reader(block, outcome).failures(insiders=insiders))


def _attack(job: tuple[Block, Outcome]) -> Audit:
    block, outcome = job
    reader = _Reader(block, outcome)
    return Audit(len(reader.targets), tuple(f"{block.title} : {failure}" for failure in reader.failures()))


class _Reader:
    """What somebody sees of one block, as a linear program."""

    def __init__(self, block: Block, outcome: Outcome) -> None:
        self.names = list(block.groupings)
        self.column: dict[tuple[str, tuple[Any, ...]], int] = {}
        self.truth: list[float] = []
        self.holders: list[set[Any]] = []
        self.members: dict[AttackedCell, list[int]] = {}
        for variable, values in block.variables.items():
            self._group(block, variable, values)
        shown: set[AttackedCell] = {
            (variable, name, label)
            for variable, cells in outcome.fates.items()
            for (name, label), fate in cells.items()
            if fate.is_published
        }
        shown |= {(variable, *cell) for variable, cells in block.already_published.items() for cell in cells}
        hidden = {
            (variable, name, label): fate.status
            for variable, cells in outcome.fates.items()
            for (name, label), fate in cells.items()
            if not fate.is_published and name in block.groupings
        }
        self.equations = sorted({tuple(self.members[cell]) for cell in shown if cell in self.members})
        self.targets = [cell for cell, status in hidden.items() if status is Status.PRIMARY]
        self.lone = [cell for cell in hidden if len(self._owners(cell)) == 1]
        x = np.array(self.truth)
        self.unit = float(np.median(x[x > 0])) if (x > 0).any() else 1.0
        self.x = x / self.unit
        self.highs = self._program(block)

    def _group(self, block: Block, variable: str, values: Sequence[int | None]) -> None:
        for holder, value, *where in zip(block.holders, values, *block.groupings.values(), strict=True):
            if value is None:
                continue
            key = (variable, tuple(where))
            if key not in self.column:
                self.column[key] = len(self.truth)
                self.truth.append(0.0)
                self.holders.append(set())
                for name, label in zip(self.names, where, strict=True):
                    if label is not None:
                        self.members.setdefault((variable, name, label), []).append(self.column[key])
            self.truth[self.column[key]] += value
            self.holders[self.column[key]].add(holder)

    def _owners(self, cell: AttackedCell) -> set[Any]:
        return set().union(*(self.holders[i] for i in self.members[cell]))

    def _identities(self, block: Block) -> list[dict[int, float]]:
        rows = []
        for identity in block.identities:
            for (variable, where), place in self.column.items():
                if variable != identity.total:
                    continue
                parts = [self.column[part, where] for part in identity.parts if (part, where) in self.column]
                if abs(self.truth[place] - sum(self.truth[i] for i in parts)) < 0.5:
                    rows.append({place: 1.0, **dict.fromkeys(parts, -1.0)})
        return rows

    def _program(self, block: Block) -> highspy.Highs:
        rows = [dict.fromkeys(members, 1.0) for members in self.equations] + self._identities(block)
        sums = np.array([sum(weight * self.x[i] for i, weight in row.items()) for row in rows])
        lp = highspy.HighsLp()
        lp.num_col_, lp.num_row_ = len(self.x), len(rows)
        top = _LARGEST * max(1.0, float(np.abs(self.x).max(initial=1.0)))
        lp.col_cost_ = np.zeros(len(self.x))
        self.bounds = (-top if (self.x < 0).any() else 0.0, top)
        lp.col_lower_ = np.full(len(self.x), self.bounds[0])
        lp.col_upper_ = np.full(len(self.x), self.bounds[1])
        lp.row_lower_ = lp.row_upper_ = sums
        lp.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
        lp.a_matrix_.start_ = np.concatenate([[0], np.cumsum([len(row) for row in rows])]).astype(np.int32)
        lp.a_matrix_.index_ = np.array([i for row in rows for i in row], dtype=np.int32)
        lp.a_matrix_.value_ = np.array([weight for row in rows for weight in row.values()])
        highs = highspy.Highs()
        for name, value in (("output_flag", False), ("threads", 1), ("random_seed", 0)):
            highs.setOptionValue(name, value)
        highs.passModel(lp)
        return highs

    def _extreme(self, costs: np.ndarray) -> np.ndarray:
        """The solution of least cost."""
        everywhere = np.arange(len(self.x), dtype=np.int32)
        self.highs.changeColsCost(len(self.x), everywhere, costs)
        self.highs.run()
        if self.highs.getModelStatus() != highspy.HighsModelStatus.kOptimal:
            self.highs.clearSolver()
            self.highs.run()
        if self.highs.getModelStatus() != highspy.HighsModelStatus.kOptimal:
            raise RuntimeError(f"HiGHS: {self.highs.modelStatusToString(self.highs.getModelStatus())}")
        return np.array(self.highs.getSolution().col_value)

    def _moves(self, cells: Sequence[AttackedCell], solutions: np.ndarray) -> np.ndarray:
        """How far each cell (row) goes from its true value in each solution (column)."""
        moved = solutions - self.x
        rows = [moved[:, self.members[cell]].sum(axis=1) for cell in cells]
        return np.array(rows).reshape(len(cells), len(solutions))

    def _ends(self, cell: AttackedCell) -> np.ndarray:
        """The two solutions between which the cell can lie."""
        costs = np.zeros(len(self.x))
        costs[self.members[cell]] = 1.0
        return np.stack([self._extreme(costs), self._extreme(-costs)])

    def _is_point(self, cell: AttackedCell, ends: np.ndarray) -> bool:
        return bool(np.ptp(self._moves([cell], ends)) <= _TOLERANCE)

    def failures(self, *, insiders: bool = True) -> list[str]:
        if not self.targets:
            return []
        random = np.random.default_rng(2026)
        weights = random.normal(size=(_EXPLORATIONS, len(self.x)))
        solutions = np.stack([self._extreme(w * sign) for w in weights for sign in (1.0, -1.0)])
        moves = self._moves(self.targets, solutions)
        still = [cell for cell, row in zip(self.targets, moves, strict=True) if np.abs(row).max() <= _TOLERANCE]
        exact = {cell for cell in still if self._is_point(cell, self._ends(cell))}
        found = [f"{_told(cell)} se calcule exactement" for cell in exact]
        return found + self._from_inside(solutions, exact) if insiders else found

    def _from_inside(self, solutions: np.ndarray, exact: set[AttackedCell]) -> list[str]:
        """Pairs that move together in every solution found; each program run on one clears many others."""
        moves, own = self._moves(self.targets, solutions), self._moves(self.lone, solutions)
        pairs = np.argwhere(np.abs(_directions(own) @ _directions(moves).T) > _TOGETHER)
        owners = {cell: self._owners(cell) for cell in (*self.lone, *self.targets)}
        found = []
        while len(pairs):
            (i, j), pairs = pairs[0], pairs[1:]
            mine, other = self.lone[i], self.targets[j]
            if other in exact or owners[mine] & owners[other]:
                continue
            ends = self._ends_for(owners[mine], other)
            if self._is_point(other, ends):
                found.append(f"{_told(other)} se calcule pour qui est seul dans {_told(mine)}")
                continue
            moves = np.hstack([moves, self._moves(self.targets, ends)])
            own = np.hstack([own, self._moves(self.lone, ends)])
            together = np.abs((_directions(own)[pairs[:, 0]] * _directions(moves)[pairs[:, 1]]).sum(axis=1))
            pairs = pairs[together > _TOGETHER]
        return found

    def _ends_for(self, owner: set[Any], target: AttackedCell) -> np.ndarray:
        """The ends of the target for who knows the groups that are its own."""
        mine = [i for i, holders in enumerate(self.holders) if holders == owner]
        for i in mine:
            self.highs.changeColBounds(i, float(self.x[i]), float(self.x[i]))
        ends = self._ends(target)
        for i in mine:
            self.highs.changeColBounds(i, *self.bounds)
        return ends


def _directions(moves: np.ndarray) -> np.ndarray:
    """Rows of length 1; what did not move stays null."""
    sizes = np.linalg.norm(moves, axis=1, keepdims=True)
    return np.where(sizes > _TOLERANCE, moves / np.maximum(sizes, _TOLERANCE), 0.0)


def _told(cell: AttackedCell) -> str:
    _, name, label = cell
    return f"{name} {' × '.join(map(str, label))}"
