"""The audit with a margin: directions that move each hidden cell up and down by the required half-width."""

from collections.abc import Collection

from senacs.observatory.disclosure.bounds import TOLERANCE, Weakness, components, requirement
from senacs.observatory.disclosure.highs import INFINITY, Program
from senacs.observatory.disclosure.model import System


class _Part:
    """One component of the hidden system, scaled to its typical requirement."""

    def __init__(self, system: System, relations: list[dict[int, int]], asked: dict[int, float]) -> None:
        self.columns = sorted({c for row in relations for c in row})
        self.place = {c: i for i, c in enumerate(self.columns)}
        needs = sorted(asked[c] for c in self.columns if asked.get(c))
        self.unit = needs[len(needs) // 2] if needs else 1.0
        self.asked = {c: asked[c] / self.unit for c in self.columns if asked.get(c)}
        width, goals = len(self.columns), sorted(self.asked)
        self.goal = {c: width + i for i, c in enumerate(goals)}
        rows: list[list[tuple[int, float]]] = [
            [(self.place[c], float(a)) for c, a in sorted(row.items())] for row in relations
        ]
        for column in goals:  # goal <= side * y: the side is set before each solve
            rows.append([(self.place[column], -1.0), (self.goal[column], self.asked[column])])
        self.first_goal_row = len(relations)
        lower = [-INFINITY if system.signed else -system.values[c] / self.unit for c in self.columns]
        self.program = Program(
            width + len(goals),
            rows,
            lower=lower + [0.0] * len(goals),
            upper=[INFINITY] * width + [1.0] * len(goals),
            cost=[0.0] * (width + len(goals)),
            row_lower=[0.0] * len(relations) + [-INFINITY] * len(goals),
        )
        for column in goals:
            self.program.bound(self.goal[column], 0.0, 0.0)
        self.rows_of = {column: self.first_goal_row + i for i, column in enumerate(goals)}

    def narrow(self) -> list[Weakness]:
        """Both sides of each goal: many at once while that finds some, then one by one."""
        missing = {(c, side) for c in self.asked for side in (1, -1)}
        weak: list[Weakness] = []
        batch = True
        while missing:
            if batch:
                sides: dict[int, int] = {}
                for column, side in sorted(missing, key=lambda m: (m[0], -m[1])):
                    sides.setdefault(column, side)
            else:
                column, side = min(missing)
                sides = {column: side}
            moves = self._push(sides)
            reached = {
                (c, side) for c, side in missing if side * moves[self.place[c]] >= self.asked[c] * (1 - TOLERANCE)
            }
            missing -= reached
            if batch and not reached:
                batch = False
            elif not batch:
                column, side = next(iter(sides.items()))
                if (column, side) not in reached:
                    missing.discard((column, side))
                    weak.append(Weakness(column, side))
        return sorted(weak, key=lambda w: (w.column, w.side))

    def _push(self, sides: dict[int, int]) -> list[float]:
        highs = self.program.highs
        for column, side in sides.items():
            highs.changeCoeff(self.rows_of[column], self.place[column], -float(side))
            self.program.bound(self.goal[column], 0.0, 1.0)
            self.program.cost(self.goal[column], -1.0)
        moves = self.program.solve()
        if moves is None:
            raise AssertionError("y = 0 is always a direction")
        for column in sides:
            self.program.bound(self.goal[column], 0.0, 0.0)
            self.program.cost(self.goal[column], 0.0)
            highs.changeCoeff(self.rows_of[column], self.place[column], 0.0)
        return moves


def narrow_intervals(system: System, hidden: Collection[int], margin: float) -> list[Weakness]:
    """Hidden columns, latent groups that need no shelter excepted, that cannot move by the required half-width."""
    hidden = set(hidden)
    targets = hidden - system.latent | (hidden & system.primary)
    asked = {c: requirement(system, c, margin) for c in sorted(targets)}
    weak = []
    for part in components(system.restricted(hidden)):
        weak += _Part(system, part, asked).narrow()
    return weak
