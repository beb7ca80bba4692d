"""The audit with a margin: directions that move each hidden cell up and down by the required half-width."""

from collections.abc import Collection, Hashable, Iterable, Mapping
from functools import cached_property

import numpy as np

from senacs.disclosure.exact_audit import TOLERANCE, Weakness, components, requirement
from senacs.disclosure.linear_programs import INFINITY, Program, SolverError
from senacs.disclosure.neighbourhood import Surroundings, any_direction
from senacs.disclosure.shared_moves import SharedMoves
from senacs.disclosure.system import System

# A column of a direction that moves less than this, in units of the typical requirement, is at rest.
STILL = 1e-7
# No direction of a table needs a coefficient beyond this.
SMALL_INTEGERS = 100
# Share of the movement a direction was made for under which another column's movement may be the solver's noise.
SURE = 1e-6

Move = tuple[int, int]


class _Part:
    """One component of the hidden system, scaled to its typical requirement; kept: several readers share directions."""

    def __init__(self, system: System, relations: list[dict[int, int]], asked: dict[int, float], *, kept: bool) -> None:
        """asked: of each column that must move; to a side where it has less room, what there is."""
        self.system = system
        self.relations = relations
        self.columns = sorted({c for row in relations for c in row})
        self.place = {c: i for i, c in enumerate(self.columns)}
        needs = sorted(asked[c] for c in self.columns if asked.get(c))
        self.unit = needs[len(needs) // 2] if needs else 1.0
        self.asked = {c: asked[c] / self.unit for c in self.columns if asked.get(c)}
        self.asks = {
            side: np.array([self._need(c, side) * (1 - TOLERANCE) or np.inf for c in self.columns]) for side in (1, -1)
        }
        self.kept = kept
        # Whether the solver has failed on the whole component.
        self.lost = False
        self.moves = [(c, side) for c in sorted(self.asked) for side in (1, -1) if self._need(c, side)]
        self.goal = {move: (len(self.columns) + i, len(relations) + i) for i, move in enumerate(self.moves)}
        self.certificates: list[tuple[frozenset[int], set[Move]]] = []
        self.lower = [-system.room(c, -1) / self.unit for c in self.columns]
        self.upper = [system.room(c, 1) / self.unit for c in self.columns]

    def _need(self, column: int, side: int) -> float:
        """What is asked to one side, in the unit of the part; 0: nothing, or there is no room at all."""
        return min(self.asked.get(column, 0.0), self.system.room(column, side) / self.unit)

    @cached_property
    def program(self) -> Program:
        width, moves = len(self.columns), self.moves
        rows: list[list[tuple[int, float]]] = [
            [(self.place[c], float(a)) for c, a in sorted(row.items())] for row in self.relations
        ]
        # A goal t in [0, 1] for each move: asked * t <= side * y. Its row is slack until the move is wanted.
        rows += [[(self.place[c], -float(side)), (width + i, self._need(c, side))] for i, (c, side) in enumerate(moves)]
        return Program(
            width + len(moves),
            rows,
            lower=self.lower + [0.0] * len(moves),
            upper=self.upper + [0.0] * len(moves),
            cost=[0.0] * (width + len(moves)),
            row_lower=[0.0] * len(self.relations) + [-INFINITY] * len(moves),
            row_upper=[0.0] * len(self.relations) + [INFINITY] * len(moves),
        )

    def narrow(self, wanted: Iterable[Move], own: frozenset[int] = frozenset(), *, either: bool = False) -> list[Move]:
        """The wanted moves that cannot be made when the columns of `own` stay where they are.

        either: the move of a column to one side dispenses with the other.

        Directions found before serve again; then directions that move nearly everything settle most of it (with
        several readers they would serve one only); then many moves are sought at once while that finds some, then one
        by one.
        """
        missing = set(wanted)
        for still, reached in self.certificates:
            if own <= still:
                missing -= reached
        if not self.kept:
            missing -= self._shared(missing, either=either)
        if not missing:
            return []
        frozen = {column: self._bounds(column) for column in own if column in self.place}
        for column in frozen:
            self.program.bound(self.place[column], 0.0, 0.0)
        impossible: list[Move] = []
        batch = not self.lost
        while missing:
            if batch:
                sides: dict[int, int] = {}
                for column, side in sorted(missing, key=lambda move: (move[0], -move[1])):
                    sides.setdefault(column, side)
            else:
                column, side = min(missing)
                sides = {column: side}
            try:
                reached = self._push(sides) if batch else self._alone(column, side, own)
            except SolverError:  # figures too far apart: each at its own scale
                self.lost = True
                # Nothing is proved of a cell that is lost alone, but for what elimination said before.
                reached = {(column, side)} if either and not batch else set()
            if either:
                reached |= {(column, -side) for column, side in reached}
            reached &= missing
            missing -= reached
            if not reached and batch:
                batch = False
            elif not batch and not reached:
                impossible.append((column, side))
                missing.discard((column, side))
        for column, (lower, upper) in frozen.items():
            self.program.bound(self.place[column], lower, upper)
        return sorted(impossible)

    def _bounds(self, column: int) -> tuple[float, float]:
        return self.lower[self.place[column]], self.upper[self.place[column]]

    @cached_property
    def _surroundings(self) -> Surroundings:
        return Surroundings(self.relations)

    def _shared(self, missing: Collection[Move], *, either: bool) -> set[Move]:
        """Of the missing moves, those made by directions that move many columns at once."""
        system = self.system
        rooms = {side: [system.room(c, side) for c in range(len(system.values))] for side in (1, -1)}
        moves = SharedMoves(self.relations, system.values, down=rooms[-1], up=rooms[1])
        wanted = {c for c, side in missing if self._need(c, side) == self.asked[c]}
        reached = moves.reached({column: self.asked[column] * self.unit for column in sorted(wanted)})
        return reached | {(column, -side) for column, side in reached} if either else reached

    def _alone(self, column: int, side: int, own: frozenset[int]) -> set[Move]:
        """What a direction made for one move reaches; a minute one, or after the solver failed, among its neighbours
        first, at its own scale."""
        asked = self._need(column, side)
        if asked < SURE or self.lost:
            for columns, relations in self._surroundings.around(column):
                free = [c for c in columns if c not in own]
                if column not in free:
                    continue
                places = [self.place[c] for c in free]
                found = any_direction(
                    [self.relations[n] for n in relations],
                    free,
                    (column, side),
                    rooms=([-self.lower[i] / asked for i in places], [self.upper[i] / asked for i in places]),
                )
                if found is not None:
                    return self._reached(np.array([found.get(c, 0.0) * asked for c in self.columns]), asked)
                if len(columns) == len(self.columns):
                    return set()
        return self._push({column: side})

    def _reached(self, far: np.ndarray, scale: float = 1.0) -> set[Move]:
        """The moves that a direction makes, which was looked for at that scale; it serves other readers too."""
        reached = {
            (self.columns[i], side)
            for side in (1, -1)
            for i in np.flatnonzero(side * far >= np.maximum(self.asks[side], SURE * scale))
        }
        if self.kept:
            still = frozenset(self.columns[i] for i in np.flatnonzero(np.abs(far) < STILL * scale))
            self.certificates.append((still, reached))
        return reached

    def _push(self, sides: dict[int, int]) -> set[Move]:
        highs = self.program.highs
        for move in sides.items():
            goal, row = self.goal[move]
            highs.changeRowBounds(row, -INFINITY, 0.0)
            self.program.bound(goal, 0.0, 1.0)
            self.program.cost(goal, -1.0)
        try:
            moves = self.program.solve()
        finally:
            for move in sides.items():
                goal, row = self.goal[move]
                highs.changeRowBounds(row, -INFINITY, INFINITY)
                self.program.bound(goal, 0.0, 0.0)
                self.program.cost(goal, 0.0)
        if moves is None:
            raise AssertionError("y = 0 is always a direction")
        return self._reached(moves[: len(self.columns)])


class IntervalAudit:
    """Successive audits of a growing set of hidden columns: what has been proved wide enough stays so.

    insiders: the interval that each lone holder computes for the protected columns of others must be as wide;
    either: one side is enough, a weakness has then no side; primaries: only what a rule hides must be as wide.
    """

    def __init__(
        self, system: System, margin: float, *, insiders: bool, either: bool = False, primaries: bool = False
    ) -> None:
        self.either = either
        self.primaries = primaries
        self.system = system
        self.margin = margin
        self.insiders = insiders
        self.proved: dict[Hashable | None, set[Move]] = {}
        # Whether the last audit rested on nothing that was proved before it.
        self.is_afresh = False

    def accept(self, moves: Mapping[int, float], weakness: Weakness) -> set[Move]:
        """Notes what a direction proves that leaves all published columns where they are, made for that weakness."""
        noise = abs(moves.get(weakness.column, 0.0)) * SURE
        reached = {
            (column, 1 if move > 0 else -1)
            for column, move in moves.items()
            if abs(move)
            >= max(requirement(self.system, column, self.margin, 1 if move > 0 else -1) * (1 - TOLERANCE), noise)
        }
        if self.either:
            reached |= {(column, -side) for column, side in reached}
        for reader in {None, weakness.attacker}:
            self.proved.setdefault(reader, set()).update(reached)
        return reached

    def narrow(self, hidden: Collection[int]) -> list[Weakness]:
        """Hidden columns, latent groups that need no shelter excepted, that cannot move by the required half-width."""
        system, hidden = self.system, set(hidden)
        self.is_afresh = not any(self.proved.values())
        targets = hidden & system.primary if self.primaries else (hidden - system.latent) | (hidden & system.primary)
        asked = {c: requirement(system, c, self.margin) for c in sorted(targets)}
        weak = []
        for relations in components(system.restricted(hidden)):
            columns = {c for row in relations for c in row}
            if self.either:
                # Directions of tables are made of small integers: a cell that asks for much less than the smallest one
                # of its part can move, since exact elimination said that it is not fixed.
                smallest = min((abs(v) for c in columns if (v := system.values[c])), default=0.0)
                asked |= {c: 0.0 for c in columns & asked.keys() if asked[c] < smallest / SMALL_INTEGERS}
            owners: list[Hashable | None] = [None]
            if self.insiders:
                owners += sorted({system.owners[c] for c in columns} - {None}, key=str)
            wanted = {owner: self._wanted(owner, columns & targets, asked) for owner in owners}
            if not any(wanted.values()):
                continue
            part = _Part(system, relations, asked, kept=len(owners) > 1)
            for owner in owners:
                own = frozenset() if owner is None else frozenset(system.holdings[owner] & columns)
                narrow = part.narrow(wanted[owner], own, either=self.either)
                self.proved.setdefault(owner, set()).update(wanted[owner] - set(narrow))
                if self.either:
                    moved = {column for column, _ in wanted[owner] - set(narrow)}
                    narrow = [(column, 0) for column in sorted({column for column, _ in narrow} - moved)]
                weak += [Weakness(column, side, owner) for column, side in narrow]
        return weak

    def _wanted(self, owner: Hashable | None, columns: set[int], asked: dict[int, float]) -> set[Move]:
        if owner is not None:
            columns = (columns & self.system.primary) - self.system.holdings[owner]
        wanted = {(c, side) for c in columns if asked[c] for side in (1, -1) if self.system.room(c, side)}
        return wanted - self.proved.get(owner, set())
