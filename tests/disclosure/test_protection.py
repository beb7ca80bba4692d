"""Tables small enough to be checked by hand: what must be hidden, and what an attacker finds of it."""

from fractions import Fraction

import pytest

from senacs.disclosure.fates import Status
from senacs.disclosure.protection import protect
from senacs.disclosure.tables import Cell, Dimension, Hierarchy, KnownCell, Rules, SpecificationError
from tests.disclosure.cases import FEW, attacked, cell, grid, hidden, leaks, naive, statuses, table

REGION, SIZE = Dimension("region"), Dimension("size")
FLAT = (REGION, SIZE)

TWO_BY_THREE = grid(
    "t",
    "region size",
    {
        "A s": (2, 20), "A m": (5, 50), "A l": (9, 10), "A Total": (16, 80),
        "B s": (6, 8), "B m": (7, 19), "B l": (8, 22), "B Total": (21, 49),
        "C s": (4, 17), "C m": (5, 32), "C l": (6, 12), "C Total": (15, 61),
        "Total s": (12, 45), "Total m": (17, 101), "Total l": (23, 44), "Total Total": (52, 190),
    },
)  # fmt: skip


def test_a_small_cell_takes_three_others_with_it() -> None:
    result = protect([TWO_BY_THREE], FLAT, FEW)
    found = statuses(result.tables[0])
    assert found["A s"] == Status.PRIMARY
    assert len(hidden(result.tables[0])) == 4
    assert not any("Total" in key for key in hidden(result.tables[0]))
    assert not leaks([TWO_BY_THREE], FLAT, result.tables)


def test_the_naive_table_is_broken_exactly() -> None:
    (leak,) = leaks([TWO_BY_THREE], FLAT, naive([TWO_BY_THREE]))
    assert leak.key == ("A", "s")
    assert leak.low == pytest.approx(20)
    assert leak.high == pytest.approx(20)


def test_totals_are_computed_and_come_back_after_the_rows() -> None:
    inner = table("t", "region size", *(c for c in TWO_BY_THREE.cells if "Total" not in c.key))
    cells = protect([inner], FLAT, FEW).tables[0].cells
    assert [c.key for c in cells[:9]] == [c.key for c in inner.cells]
    assert all(c.computed for c in cells[9:])
    assert {" ".join(c.key): (c.n, c.value) for c in cells}["Total Total"] == (52, 190)


def test_reasons_are_told_in_french() -> None:
    reasons = {" ".join(c.key): c.reason for c in protect([TWO_BY_THREE], FLAT, FEW).tables[0].cells}
    assert reasons["A s"] == "moins de 3\u00a0contributeurs"
    assert "différence" in next(r for key, r in reasons.items() if r and key != "A s")
    assert reasons["Total Total"] == ""


def test_dominance_and_p_percent_look_at_the_largest_contributions() -> None:
    cells = [cell("A", 5, 100, 90, 2), cell("B", 5, 100, 40, 30), cell("C", 5, 100, 60, 38), cell("D", 9, 300, 50, 40)]
    rules = Rules(threshold=3, dominance=((1, 85),), p_percent=5)
    found = statuses(protect([table("t", "region", *cells)], (REGION,), rules).tables[0])
    assert (found["A"], found["C"]) == (Status.PRIMARY, Status.PRIMARY)
    assert Status.PRIMARY not in (found["B"], found["D"])


def test_holders_are_counted_once() -> None:
    cells = [
        Cell(("A",), 4, Fraction(40), holders=frozenset({"ville"})),
        Cell(("B",), 4, Fraction(50), holders=frozenset({"a", "b", "c", "d"})),
        Cell(("C",), 4, Fraction(60), holders=frozenset({"e", "f", "g"})),
    ]
    found = statuses(protect([table("t", "region", *cells)], (REGION,), FEW).tables[0])
    assert found["A"] == Status.PRIMARY
    assert [found["B"], found["C"]].count(Status.COMPLEMENTARY) == 1


def test_two_lone_contributors_do_not_shelter_each_other() -> None:
    line = grid("t", "region", {"A": (1, 10), "B": (1, 12), "C": (8, 30), "D": (9, 35), "Total": (19, 87)})
    result = protect([line], (REGION,), FEW)
    assert len(hidden(result.tables[0])) == 3
    assert not leaks([line], (REGION,), result.tables)
    by = {found.by for found in leaks([line], (REGION,), naive([line]))}
    assert by == {"contributeur de A", "contributeur de B"}


def test_the_lone_contributor_of_a_total_is_that_of_its_part() -> None:
    hierarchy = Hierarchy({"A": "Total", "B": "Total", "A1": "A", "B1": "B", "B2": "B"})
    places = Dimension("place", hierarchies=(hierarchy,))
    rows = grid(
        "t", "place", {"A": (1, 5), "A1": (1, 5), "B": (9, 70), "B1": (4, 30), "B2": (5, 40), "Total": (10, 75)}
    )
    result = protect([rows], (places,), FEW)
    assert {"A", "A1"} <= hidden(result.tables[0])
    assert not result.failures
    assert not leaks([rows], (places,), result.tables)


def test_non_negativity_discloses_what_elimination_alone_believes_safe() -> None:
    # A s and A m are 0 and their published sum is 0: independent unknowns, and yet known.
    rows = grid(
        "t",
        "region size",
        {
            "A s": (1, 0), "A m": (2, 0), "A l": (9, 50), "A Total": (12, 50),
            "B s": (6, 10), "B m": (7, 15), "B l": (8, 22), "B Total": (21, 47),
            "Total s": (7, 10), "Total m": (9, 15), "Total l": (17, 72), "Total Total": (33, 97),
        },
    )  # fmt: skip
    result = protect([rows], FLAT, FEW)
    assert not result.failures
    assert not leaks([rows], FLAT, result.tables)
    assert "A l" in hidden(result.tables[0])


def test_the_margin_widens_every_hidden_interval() -> None:
    rows = grid("t", "region", {"A": (2, 100), "B": (8, 3), "C": (9, 500), "D": (9, 900), "Total": (28, 1503)})
    exact = protect([rows], (REGION,), FEW)
    assert leaks([rows], (REGION,), exact.tables, margin=20)
    wide = protect([rows], (REGION,), FEW, margin=20)
    found = attacked([rows], (REGION,), wide.tables, margin=20)
    assert not any(c.narrow for c in found)
    interval = next(c for c in found if c.key == ("A",))
    assert interval.low <= 80
    assert interval.high >= 120


def test_insiders_may_be_held_to_the_margin_too() -> None:
    rows = grid(
        "t", "region", {"A": (1, 10), "B": (2, 12), "C": (8, 1), "D": (9, 35), "E": (9, 50), "Total": (29, 108)}
    )
    result = protect([rows], (REGION,), FEW, margin=20, insiders=True)
    assert not result.failures
    assert not leaks([rows], (REGION,), result.tables, margin=20, insiders=True)


def test_linked_tables_share_their_margins() -> None:
    first = grid("ab", "region size", {"A s": (2, 5), "A m": (6, 9), "B s": (7, 12), "B m": (8, 20)})
    activity = Dimension("activity")
    second = grid("ac", "region activity", {"A x": (4, 8), "A y": (4, 6), "B x": (7, 14), "B y": (8, 18)})
    dimensions = (*FLAT, activity)
    result = protect([first, second], dimensions, FEW)
    assert [t.dimensions for t in result.tables] == [("region", "size"), ("region", "activity")]
    common = [statuses(t) for t in result.tables]
    assert all(common[0][f"{r} Total"] == common[1][f"{r} Total"] for r in ("A", "B", "Total"))
    assert not leaks([first, second], dimensions, result.tables)


def test_overlapping_groupings_are_two_trees_on_the_same_leaves() -> None:
    leaves = {"a": (4, 10), "b": (5, 20), "c": (6, 30), "d": (7, 40)}
    department = Hierarchy({"a": "D1", "b": "D1", "c": "D2", "d": "D2"})
    epci = Hierarchy({"b": "E", "c": "E"})
    places = Dimension("place", hierarchies=(department, epci))
    rows = grid("t", "place", leaves | {"E": (2, 50)})  # few holders in the EPCI
    result = protect([rows], (places,), FEW)
    found = hidden(result.tables[0])
    assert "E" in found
    assert found & {"b", "c"}
    assert not leaks([rows], (places,), result.tables)


def test_a_table_of_counts_hides_small_frequencies() -> None:
    rows = table("t", "region size", *(cell(" ".join(c.key), c.n) for c in TWO_BY_THREE.cells))
    result = protect([rows], FLAT, FEW, counts=True)
    assert statuses(result.tables[0])["A s"] == Status.PRIMARY
    assert not leaks([rows], FLAT, result.tables, counts=True)


def test_empty_cells_are_published_or_hidden_as_the_rules_say() -> None:
    rows = grid("t", "region", {"A": (0, 0), "B": (8, 3), "C": (9, 5), "D": (9, 9)})
    shown = protect([rows], (REGION,), FEW).tables[0]
    assert not hidden(shown)
    secret = protect([rows], (REGION,), Rules(threshold=3, dominance=(), zero_published=False)).tables[0]
    assert statuses(secret)["A"] == Status.PRIMARY
    assert len(hidden(secret)) >= 2


def test_negative_values_leave_no_bound_and_say_so() -> None:
    rows = grid("t", "region", {"A": (2, -5), "B": (8, 3), "C": (9, 5), "Total": (19, 3)})
    with pytest.raises(SpecificationError, match="region = A est négative"):
        protect([rows], (REGION,), FEW, margin=50)
    result = protect([rows], (REGION,), FEW, margin=50, negative=True)
    assert any("négatives" in warning for warning in result.warnings)
    assert not leaks([rows], (REGION,), result.tables, margin=50)


LINE = {"A": (2, 10), "B": (8, 30), "C": (9, 50), "D": (9, 90), "Total": (28, 180)}


def known(**figures: tuple[int, float]) -> list[KnownCell]:
    return [KnownCell({"region": key}, Fraction(str(v)), n) for key, (n, v) in figures.items()]


def test_what_was_published_before_cannot_serve_as_a_mask() -> None:
    rows = grid("t", "region", LINE)
    before = known(B=(8, 30), D=(9, 90), Total=(28, 180))
    assert hidden(protect([rows], (REGION,), FEW).tables[0]) == {"A", "B"}
    result = protect([rows], (REGION,), FEW, already_published=before)
    assert hidden(result.tables[0]) == {"A", "C"}
    assert not leaks([rows], (REGION,), result.tables, known=before)


def test_two_releases_that_hide_different_cells_are_broken_together() -> None:
    rows = grid("t", "region", LINE)
    alone = protect([rows], (REGION,), FEW).tables
    (leak, *_) = leaks([rows], (REGION,), alone, known=known(B=(8, 30)))
    assert leak.low == leak.high == pytest.approx(leak.value)


def test_a_primary_cell_already_published_is_a_failure_that_names_it() -> None:
    rows = grid("t", "region", LINE)
    result = protect([rows], (REGION,), FEW, already_published=known(A=(2, 10)))
    (failure,) = result.failures
    assert "region = A" in failure
    assert "déjà publiée" in failure


def test_a_corrected_cell_does_not_reveal_the_late_respondent() -> None:
    rows = grid("t", "region", LINE)
    result = protect([rows], (REGION,), FEW, already_published=known(C=(8, 44)))
    changed = next(c for c in result.tables[0].cells if c.key == ("C",))
    assert changed.status == Status.PRIMARY
    assert "publication précédente" in changed.reason


@pytest.mark.parametrize(
    ("figures", "message"),
    [
        ({"A": (3, 5), "B": (4, 6), "Total": (7, 14)}, "vaut 14, mais la somme de ses parties est 11"),
        ({"A": (0, 5), "B": (4, 6)}, "aucun contributeur"),
    ],
)
def test_inconsistent_tables_are_refused_in_french(figures: dict[str, tuple[int, float]], message: str) -> None:
    with pytest.raises(SpecificationError, match=message):
        protect([grid("t", "region", figures)], (REGION,), FEW)


def test_a_code_outside_the_hierarchy_is_named() -> None:
    places = Dimension("region", hierarchies=(Hierarchy({"A": "Total", "B": "Total"}),))
    with pytest.raises(SpecificationError, match="« Z » est absent de la hiérarchie"):
        protect([grid("t", "region", {"A": (3, 1), "Z": (5, 2)})], (places,), FEW)


def test_linked_tables_that_differ_on_a_common_total_are_refused() -> None:
    first = grid("a", "region", {"A": (3, 5), "B": (4, 6)})
    second = grid("b", "size", {"s": (3, 5), "m": (4, 9)})
    with pytest.raises(SpecificationError, match="dans une autre table"):
        protect([first, second], FLAT, FEW)


def test_a_rule_without_its_column_is_refused() -> None:
    with pytest.raises(SpecificationError, match="largest"):
        protect([grid("t", "region", LINE)], (REGION,), Rules())
    with pytest.raises(SpecificationError, match="frequency"):
        protect([table("t", "region", cell("A", None, 5))], (REGION,), FEW)


def test_lone_contributors_whose_cells_are_always_equal_are_one_person() -> None:
    # (a, x) and (s, x) are equal whatever the figures, as all other combinations are empty.
    size, kind = Dimension("size"), Dimension("kind")
    tables = [
        grid("rs", "region size", {"a s": (3, 0), "b m": (1, 0)}),
        grid("rk", "region kind", {"a w": (2, 0), "a x": (1, 0), "b x": (1, 0)}),
        grid("sk", "size kind", {"s w": (2, 0), "s x": (1, 0), "m x": (1, 0)}),
    ]
    dimensions = (REGION, size, kind)
    result = protect(tables, dimensions, FEW)
    assert not result.failures
    assert not leaks(tables, dimensions, result.tables)
