"""Directions of many columns at once: each is a table that could be true; a program finds nothing else."""

import random
from math import inf

import pytest

from senacs.disclosure.linear_programs import Program
from senacs.disclosure.shared_moves import SharedMoves


def crossed(draws: random.Random, *, shown: float) -> tuple[list[dict[int, int]], list[float]]:
    """A table of figures of very different sizes with both its margins; relations bind what stays hidden."""
    high, wide = draws.randint(2, 5), draws.randint(2, 6)
    values = [float(draws.choice((0, 1, 3, 40, 700, 9e6))) for _ in range(high * wide)]
    lines = [[i * wide + j for j in range(wide)] for i in range(high)]
    lines += [[i * wide + j for i in range(high)] for j in range(wide)]
    relations = []
    for line in lines:
        relations.append({len(values): 1} | dict.fromkeys(line, -1))
        values.append(sum(values[c] for c in line))
    hidden = {c for c in range(len(values)) if draws.random() > shown}
    return [row for row in ({c: a for c, a in r.items() if c in hidden} for r in relations) if row], values


def moves_of(relations: list[dict[int, int]], values: list[float], *, signed: bool = False) -> SharedMoves:
    return SharedMoves(relations, values, down=[inf] * len(values) if signed else values, up=[inf] * len(values))


def furthest(relations: list[dict[int, int]], values: list[float], column: int, side: int, *, signed: bool) -> float:
    """How far the column can go to that side, by a linear program."""
    columns = sorted({c for row in relations for c in row})
    place = {c: i for i, c in enumerate(columns)}
    far = 1e9
    moves = Program(
        len(columns),
        [[(place[c], float(a)) for c, a in row.items()] for row in relations],
        lower=[-far if signed else -values[c] for c in columns],
        upper=[far] * len(columns),
        cost=[-float(side) if c == column else 0.0 for c in columns],
    ).solve()
    assert moves is not None
    return side * float(moves[place[column]])


@pytest.mark.parametrize("signed", [False, True])
def test_a_move_that_is_said_possible_is(signed: bool) -> None:
    found = 0
    for seed in range(40):
        draws = random.Random(seed)
        relations, values = crossed(draws, shown=draws.choice((0.1, 0.4, 0.6)))
        asks = {c: values[c] * draws.choice((0.02, 0.1, 0.5)) for row in relations for c in row if values[c]}
        reached = moves_of(relations, values, signed=signed).reached(asks)
        found += len(reached)
        for column, side in reached:
            assert furthest(relations, values, column, side, signed=signed) >= asks[column] * (1 - 1e-6), seed
    assert found > 300


def test_most_moves_need_no_program() -> None:
    """Ten by ten with nothing shown but the margins: every cell can move by a tenth of its value, both ways."""
    draws = random.Random(0)
    values = [draws.lognormvariate(5, 2) for _ in range(100)]
    relations = [{i * 10 + j: 1 for j in range(10)} for i in range(10)]
    relations += [{i * 10 + j: 1 for i in range(10)} for j in range(10)]
    asks = {c: value / 10 for c, value in enumerate(values) if value < 2_000}
    reached = moves_of(relations, values).reached(asks)
    assert len(reached) == 2 * len(asks)


def test_what_is_fixed_does_not_move() -> None:
    """1 + 2 is shown, 3 = 1 + 2 too, and 4 can only be what it is."""
    moves = moves_of([{0: 1, 1: 1}, {2: 1, 0: -1, 1: -1}, {3: 2}], [5.0, 7.0, 12.0, 4.0])
    assert moves.reached(dict.fromkeys(range(4), 0.5)) == {(0, 1), (0, -1), (1, 1), (1, -1)}


def test_a_null_column_holds_the_others() -> None:
    """Nothing can be taken from zero, and a direction that needs it to grow is left to a program."""
    moves = moves_of([{0: 1, 1: 1}], [5.0, 0.0])
    assert moves.reached({0: 0.5, 1: 0.5}) == set()


def test_no_sum_of_very_different_sizes_is_taken_for_a_move() -> None:
    """The free column weighs a milliard times the one that it fixes: what is left of it is the noise of the sum."""
    relations = [{0: 1, 1: -1, 2: -1}, {0: 1, 1: -1}]
    assert moves_of(relations, [1e15, 1e15, 1.0], signed=True).reached({2: 0.01}) == set()
