"""What surrounds one column: the relations within a few steps, everything beyond staying where it is.

A direction found inside is a direction of the whole system; that none is found proves nothing.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence

import numpy as np

from senacs.disclosure.linear_programs import Program, SolverError

# Rings are added up to so many columns; then the wider surroundings are tried.
NEAR, WIDE = 250, 1_500
# Moves below this share of the one that is asked are the solver's noise.
NOISE = 1e-7
# How far each column may go down, and up.
Rooms = tuple[Sequence[float], Sequence[float]]
# What a solver leaves of a whole number.
WHOLE = 1e-5
# No movement of a direction that is kept goes further, in units of the one that is asked: programs of figures of very
# different sizes lose the solver.
FAR = 1e6


class Surroundings:
    """The relations of a system, by column."""

    def __init__(self, relations: Sequence[dict[int, int]]) -> None:
        self.relations = relations
        self.touching: dict[int, list[int]] = {}
        for number, row in enumerate(relations):
            for column in row:
                self.touching.setdefault(column, []).append(number)

    def around(self, column: int) -> Iterable[tuple[list[int], list[int]]]:
        """Growing surroundings of the column: (columns whose relations are all inside, relations)."""
        inside: set[int] = set()
        ring, seen = {column}, {column}
        for most in (NEAR, WIDE):
            before = len(inside)
            while ring:
                fresh = {number for near in ring for number in self.touching.get(near, ())} - inside
                beyond = {other for number in fresh for other in self.relations[number]} - seen
                if len(seen) + len(beyond) > most:
                    break
                inside |= fresh
                seen |= beyond
                ring = beyond
            if len(inside) > before:
                yield self._closed(seen, inside)

    def _closed(self, columns: Collection[int], inside: Collection[int]) -> tuple[list[int], list[int]]:
        kept = sorted(c for c in columns if all(number in inside for number in self.touching.get(c, ())))
        return kept, sorted(inside)


def cheapest_direction(
    relations: Sequence[Mapping[int, int]],
    columns: Sequence[int],
    goal: tuple[int, int],
    *,
    prices: Sequence[float],
    rooms: Rooms,
    whole: bool = False,
) -> dict[int, float] | None:
    """The direction over the columns that moves the goal (column, side) by 1 and costs least; None: there is none.

    prices: of one unit of movement; rooms: how far each may go, in the same unit; whole: by whole numbers.
    """
    place = {c: i for i, c in enumerate(columns)}
    width = len(columns)
    rows = [terms + [(i + width, -a) for i, a in terms] for terms in _terms(relations, place)]
    lower, upper = [0.0] * (2 * width), [_limited(room) for room in (*rooms[1], *rooms[0])]
    forward, backward = (place[goal[0]], place[goal[0]] + width)[:: goal[1]]
    lower[forward] = upper[forward] = 1.0
    upper[backward] = 0.0
    program = Program(2 * width, rows, lower=lower, upper=upper, cost=[*prices, *prices])
    moves = _solution(program)
    if whole and moves is not None and not are_whole(moves):
        with program.whole_numbers():
            moves = _solution(program)
    return None if moves is None else _told(columns, moves[:width] - moves[width:])


def any_direction(
    relations: Sequence[Mapping[int, int]],
    columns: Sequence[int],
    goal: tuple[int, int],
    *,
    rooms: Rooms,
) -> dict[int, float] | None:
    """A direction over the columns that moves the goal (column, side) by 1; None when there is none."""
    place = {c: i for i, c in enumerate(columns)}
    lower, upper = [-_limited(room) for room in rooms[0]], [_limited(room) for room in rooms[1]]
    lower[place[goal[0]]] = upper[place[goal[0]]] = float(goal[1])
    rows = list(_terms(relations, place))
    moves = _solution(Program(len(columns), rows, lower=lower, upper=upper, cost=[0.0] * len(columns)))
    return None if moves is None else _told(columns, moves)


def are_whole(moves: np.ndarray) -> bool:
    return bool(np.all(np.abs(moves - np.round(moves)) < WHOLE))


def _limited(room: float) -> float:
    return 0.0 if room < NOISE else min(room, FAR)


def _terms(relations: Sequence[Mapping[int, int]], place: Mapping[int, int]) -> Iterable[list[tuple[int, float]]]:
    for row in relations:
        terms = [(place[c], float(a)) for c, a in sorted(row.items()) if c in place]
        if terms:
            yield terms


def _solution(program: Program) -> np.ndarray | None:
    try:
        return program.solve()
    except SolverError:
        return None


def _told(columns: Sequence[int], moves: np.ndarray) -> dict[int, float]:
    return {columns[int(i)]: float(moves[i]) for i in np.flatnonzero(np.abs(moves) > NOISE)}
