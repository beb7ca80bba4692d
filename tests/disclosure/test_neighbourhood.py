"""Directions sought around one cell: true ones for the whole system, and at the scale of what is asked."""

import pytest

from senacs.disclosure import neighbourhood
from senacs.disclosure.neighbourhood import Surroundings, any_direction, cheapest_direction

# Columns 0..8: a table of 3 × 3; 9..11: totals of its rows; 12..14: of its columns; 15: of all, by rows and by columns.
RELATIONS = [
    *({9 + r: 1, **{3 * r + c: -1 for c in range(3)}} for r in range(3)),
    *({12 + c: 1, **{3 * r + c: -1 for r in range(3)}} for c in range(3)),
    {15: 1, 9: -1, 10: -1, 11: -1},
    {15: 1, 12: -1, 13: -1, 14: -1},
]


def residues(direction: dict[int, float]) -> list[float]:
    return [sum(a * direction.get(c, 0.0) for c, a in row.items()) for row in RELATIONS]


@pytest.mark.parametrize("most", [4, 9, 12, 250])
def test_what_moves_inside_leaves_every_relation_true(most: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(neighbourhood, "NEAR", most)
    surroundings = Surroundings(RELATIONS)
    found = []
    for columns, inside in surroundings.around(4):
        if 4 in columns:
            rows = [RELATIONS[number] for number in inside]
            found.append(any_direction(rows, columns, (4, -1), rooms=([10.0] * 16, [10.0] * 16)))
    assert found[-1] is not None
    assert all(direction is None or direction[4] == pytest.approx(-1) for direction in found)
    assert all(residues(direction) == pytest.approx([0.0] * 8, abs=1e-9) for direction in found if direction)


def test_the_cheapest_cells_are_moved() -> None:
    prices = [9.0] * 16
    for cheap in (0, 1, 3, 4):
        prices[cheap] = 1.0
    direction = cheapest_direction(RELATIONS, range(16), (0, 1), prices=prices, rooms=([5.0] * 16, [5.0] * 16))
    assert direction is not None
    assert set(direction) == {0, 1, 3, 4}
    assert direction[4] == pytest.approx(1)


def test_a_cell_that_has_no_room_does_not_go_down() -> None:
    """The only other cells of its row and of its column are null: they cannot go down in turn."""
    rooms = [0.0 if column in (1, 2, 3, 6) else 5.0 for column in range(9)]
    relations = [{c: a for c, a in row.items() if c < 9} for row in RELATIONS[:6]]
    assert any_direction(relations, range(9), (0, 1), rooms=(rooms, [5.0] * 9)) is None
    assert any_direction(relations, range(9), (0, -1), rooms=(rooms, [5.0] * 9)) is not None
