"""Tables that a hurried suppression leaks: the attack must break each of them, and leave the protected ones alone."""

import pytest

from senacs.disclosure.attacker.readers_view import build_view
from senacs.disclosure.attacker.rule_attack import exposed_cells
from senacs.disclosure.fates import Status
from senacs.disclosure.protection import protect
from senacs.disclosure.tables import (
    Dimension,
    Hierarchy,
    KnownCell,
    ProtectedCell,
    ProtectedTable,
    Rules,
    Table,
)
from tests.disclosure.cases import FEW, cell, grid, leaks, naive, table

PLACE, SIZE, KIND = Dimension("place"), Dimension("size"), Dimension("kind")


def hiding(rows: Table, primary: str, *others: str) -> ProtectedTable:
    """The table with these cells hidden and no other."""
    status = {primary: Status.PRIMARY} | dict.fromkeys(others, Status.COMPLEMENTARY)
    cells = (ProtectedCell(c.key, status.get(" ".join(c.key), Status.PUBLISHED), "", c.n, c.value) for c in rows.cells)
    return ProtectedTable(rows.name, rows.dimensions, tuple(cells))


def test_a_parent_with_one_child_is_the_child() -> None:
    tree = Hierarchy({"A": "Total", "B": "Total", "C": "Total", "a": "A"})
    places = Dimension("place", hierarchies=(tree,))
    rows = grid("t", "place", {"a": (2, 7), "A": (2, 7), "B": (8, 30), "C": (9, 40), "Total": (19, 77)})
    assert {found.key for found in leaks([rows], (places,), [hiding(rows, "a", "B")])} == {("a",), ("B",)}
    result = protect([rows], (places,), FEW)
    assert not leaks([rows], (places,), result.tables)


def test_overlapping_tables_give_a_margin_back() -> None:
    first = grid("ps", "place size", {"A s": (2, 5), "A m": (6, 9), "B s": (7, 12), "B m": (8, 20)})
    second = grid("pk", "place kind", {"A x": (4, 6), "A y": (4, 8), "B x": (7, 14), "B y": (8, 18)})
    dimensions = (PLACE, SIZE, KIND)
    # Alone, the first table is safe with its own margins hidden; the second publishes those of the places.
    alone = protect([first], dimensions[:2], FEW).tables[0]
    hidden = {" ".join(c.key) for c in alone.cells if c.status != Status.PUBLISHED}
    assert "A s" in hidden
    leaking = leaks([first, second], dimensions, [hiding(first, "A s", "A Total"), naive([second])[0]])
    assert ("A", "s", "Total") in {found.key for found in leaking}


def test_two_single_contributors_in_a_row_compute_each_other() -> None:
    rows = grid("t", "place", {"A": (1, 10), "B": (1, 12), "C": (8, 30), "Total": (10, 52)})
    found = leaks([rows], (PLACE,), naive([rows]))
    assert {(f.key, f.by) for f in found} == {(("B",), "contributeur de A"), (("A",), "contributeur de B")}


def test_a_holder_of_several_units_is_one_person() -> None:
    def held(*names: str) -> list[str]:
        return list(names)

    people = {"A": held("ville"), "B": held("ville", "caf", "asso"), "C": held("x", "y", "z", "w")}
    rows = table(
        "t",
        "place",
        *(
            type(c)(c.key, c.n, c.value, holders=frozenset(people.get(c.key[0], ["ville", "caf", "asso", "x"])))
            for c in grid("t", "place", {"A": (3, 9), "B": (4, 20), "C": (5, 31), "Total": (12, 60)}).cells
        ),
    )
    assert not leaks([rows], (PLACE,), protect([rows], (PLACE,), FEW).tables)
    published = leaks([rows], (PLACE,), [hiding(rows, "A")])
    assert [found.key for found in published] == [("A",)]


def test_the_mean_times_the_number_gives_the_total_back() -> None:
    # A mean is published where the total is hidden: the reader has both, the specification tells it as known.
    rows = grid("t", "place", {"A": (2, 10), "B": (8, 32), "C": (9, 45), "Total": (19, 87)})
    mean = KnownCell({"place": "B"}, 8 * grid("m", "place", {"B": (8, 4)}).cells[0].value, 8)  # type: ignore[operator]
    (leak, *_) = leaks([rows], (PLACE,), [hiding(rows, "A", "B")], known=[mean])
    assert leak.low == leak.high == pytest.approx(10)
    assert not leaks([rows], (PLACE,), protect([rows], (PLACE,), FEW, already_published=[mean]).tables, known=[mean])


def test_a_large_cell_that_minute_ones_shelter_is_disclosed() -> None:
    rows = grid(
        "t",
        "place size",
        {"A s": (2, 1e9), "A m": (9, 0.1), "B s": (9, 0.1), "B m": (9, 0.4), "C s": (9, 7e6), "C m": (9, 8e3)},
    )
    minute = hiding(rows, "A s", "A m", "B s", "B m")
    totals = protect([rows], (PLACE, SIZE), Rules(threshold=None, dominance=())).tables[0]
    shown = ProtectedTable("t", minute.dimensions, (*minute.cells, *totals.cells[6:]))
    assert ("A", "s") in {found.key for found in leaks([rows], (PLACE, SIZE), [shown])}
    assert not leaks([rows], (PLACE, SIZE), protect([rows], (PLACE, SIZE), FEW).tables)


def test_totals_that_nobody_wrote_are_not_judged() -> None:
    inner = grid("t", "place size", {"A s": (2, 5), "A m": (6, 9), "B s": (7, 12), "B m": (8, 20)})
    assert not leaks([inner], (PLACE, SIZE), [hiding(inner, "A s")])


def test_a_cell_shown_against_the_rules_is_told() -> None:
    rows = table("t", "place", cell("A", 2, 10, 6, 4), cell("B", 8, 30, 28, 1), cell("C", 9, 60, 30, 28))
    shown = [(dict(zip(rows.dimensions, c.key, strict=True)), False, c.value) for c in rows.cells]
    view = build_view([rows], (PLACE,), [shown], [], counts=False, empty_known=True)
    rules = Rules(threshold=3, dominance=((1, 85),), p_percent=10)
    told = dict(exposed_cells(view, [rows], rules, counts=False))
    assert told == {("A",): "2\u00a0contributeurs", ("B",): "dominance (1, 85 %)", ("C",): "règle p % (10)"}
