"""Hides the cheapest further cells so that one weak cell can move (linear relaxation of Fischetti & Salazar, 2000).

The program looks for a direction over all cells, hidden or not, that moves the weak cell as far as required, at the
least cost of published cells moved; those become hidden. It is sought among the neighbours of the cell first, in units
of what it asks (some hundreds of columns: a few milliseconds), and in the whole system when there is none.
Cost grows with the logarithm of the contributors, not with the value: hiding a large cell loses hardly more than
hiding a small one.
"""

from collections.abc import Collection
from functools import cached_property
from math import log

import numpy as np

from senacs.disclosure.exact_audit import Weakness, requirement
from senacs.disclosure.linear_programs import INFINITY, Program, SolverError
from senacs.disclosure.neighbourhood import Surroundings, are_whole, cheapest_direction
from senacs.disclosure.system import System


def cost(system: System, column: int) -> float:
    return 1.0 + log(1 + system.sizes[column])


class Repair:
    """One program for the whole system, warm from one weak cell to the next.

    Column c of the system is the pair up (c) and down (c + width) of the program; moves are counted in `unit`.
    """

    def __init__(self, system: System, hidden: Collection[int], margin: float, *, whole: bool = False) -> None:
        """margin: what a weak cell must move by, in % of its value; whole: by a unit, everything by whole numbers."""
        self.system = system
        self.margin = margin
        self.whole = whole
        rows = system.restricted(set(range(len(system.values))) - system.known)
        self.surroundings = Surroundings(rows)
        self.columns = sorted({c for row in rows for c in row})
        self.place = {c: i for i, c in enumerate(self.columns)}
        self.unit = self._unit()
        self.hidden = set(hidden)
        # The last direction found: how far each column moves in it.
        self.moves: dict[int, float] = {}

    @cached_property
    def program(self) -> Program:
        width = len(self.columns)
        return Program(
            2 * width,
            [
                [(self.place[c], float(a)) for c, a in sorted(row.items())]
                + [(self.place[c] + width, -float(a)) for c, a in sorted(row.items())]
                for row in self.surroundings.relations
            ],
            lower=[0.0] * (2 * width),
            upper=[self._room(c, side) for side in (1, -1) for c in self.columns],
            cost=[self._price(c) for c in self.columns] * 2,
        )

    def _unit(self) -> float:
        """Typical required movement, so that the program works with numbers near 1."""
        if self.whole or not self.margin:
            return 1.0
        asked = sorted(requirement(self.system, c, self.margin) for c in self.columns if c in self.system.primary)
        asked = [x for x in asked if x] or [1.0]
        return asked[len(asked) // 2]

    def _room(self, column: int, side: int) -> float:
        """How far the column may go: not at all from a bound; with margin 0 directions are as short as one likes."""
        room = self.system.room(column, side)
        if self.margin or self.whole:
            return room / self.unit
        return INFINITY if room else 0.0

    def _asked(self, column: int, side: int) -> float:
        if self.whole:
            return 1.0
        return requirement(self.system, column, self.margin, side) / self.unit or 1.0

    def _price(self, column: int) -> float:
        if column in self.hidden or column in self.system.latent:
            return 1e-5
        return cost(self.system, column)

    def hide(self, columns: Collection[int]) -> None:
        self.hidden |= set(columns)
        if "program" not in self.__dict__:
            return
        for column in columns:
            for i in self._pair(column):
                self.program.cost(i, self._price(column))

    def _pair(self, column: int) -> tuple[int, int]:
        place = self.place[column]
        return place, place + len(self.columns)

    def strengthen(self, weakness: Weakness) -> set[int] | None:
        """Cells to hide so that the weak cell can move as required; None when nothing can help."""
        self.moves = {}
        if weakness.column not in self.place:
            return set()
        frozen = set()
        if weakness.attacker is not None:
            frozen = {c for c in self.system.holdings[weakness.attacker] if c in self.place}
        best: tuple[float, int, set[int]] | None = None
        moves: dict[int, float] = {}
        sides = (weakness.side,) if weakness.side else (1, -1)
        near = [found for side in sides if (found := self._near(weakness.column, side, frozen))]
        if near:
            self.moves = min(near, key=lambda found: sum(cost(self.system, c) for c in sorted(self._added(found))))
            return self._added(self.moves)
        for column in frozen:
            for i in self._pair(column):
                self.program.bound(i, 0.0, 0.0)
        for side in sides:
            moved = self._move(weakness.column, side)
            if moved is not None:
                price = sum(cost(self.system, c) for c in sorted(moved))
                if best is None or (price, -side) < best[:2]:
                    best = price, -side, moved
                    moves = self.moves
        for column in frozen:
            up, down = self._pair(column)
            self.program.bound(up, 0.0, self._room(column, 1))
            self.program.bound(down, 0.0, self._room(column, -1))
        self.moves = moves
        return None if best is None else best[2]

    def _move(self, column: int, side: int) -> set[int] | None:
        up, down = self._pair(column)
        asked = self._asked(column, side)
        forward, backward = (up, down) if side > 0 else (down, up)
        if self._room(column, side) < asked * (1 - 1e-9):
            return None
        self.program.bound(forward, asked, asked)
        self.program.bound(backward, 0.0, 0.0)
        try:
            moves = self.program.solve()
            if self.whole and moves is not None and not are_whole(moves):
                with self.program.whole_numbers():
                    moves = self.program.solve()
        except SolverError:
            moves = None
        self.program.bound(up, 0.0, self._room(column, 1))
        self.program.bound(down, 0.0, self._room(column, -1))
        if moves is None:
            return None
        width = len(self.columns)
        net = moves[:width] - moves[width:]
        self.moves = {self.columns[i]: float(net[i]) * self.unit for i in np.flatnonzero(np.abs(net) > 1e-7)}
        return self._added(self.moves)

    def _added(self, moves: dict[int, float]) -> set[int]:
        return moves.keys() - self.hidden - self.system.latent

    def _near(self, column: int, side: int, frozen: Collection[int]) -> dict[int, float] | None:
        """The cheapest direction in the surroundings of the column, if there is one."""
        asked = self._asked(column, side)
        if self._room(column, side) < asked * (1 - 1e-9):
            return None
        for columns, relations in self.surroundings.around(column):
            free = [c for c in columns if c not in frozen]
            if column not in free:
                continue
            found = cheapest_direction(
                [self.surroundings.relations[number] for number in relations],
                free,
                (column, side),
                prices=[self._price(c) for c in free],
                rooms=([self._room(c, -1) / asked for c in free], [self._room(c, 1) / asked for c in free]),
                whole=self.whole,
            )
            if found is not None:
                return {c: move * asked * self.unit for c, move in found.items()}
        return None
