"""Random small linked tables: nothing hidden is too narrow, order does not count, totals do not unprotect."""

import random
from dataclasses import replace
from fractions import Fraction

from hypothesis import given, settings
from hypothesis import strategies as st

from senacs.disclosure.fates import Status
from senacs.disclosure.protection import protect
from senacs.disclosure.tables import Dimension, Hierarchy, Rules, Table
from tests.disclosure.cases import Cell, leaks, statuses

TREE = {"A": "Total", "B": "Total", "C": "Total", "a1": "A", "a2": "A", "b1": "B", "b2": "B", "b3": "B"}
PLACES = Dimension("place", hierarchies=(Hierarchy(TREE),))
DIMENSIONS = (PLACES, Dimension("size"), Dimension("kind"))
RULES = Rules(threshold=3, dominance=((1, 85),))
LEAVES = ["a1", "a2", "b1", "b2", "b3", "C"]

# A contributor: place, size, kind, value; zeros and ties are what breaks plans, so they are frequent.
contributor = st.tuples(
    st.sampled_from(LEAVES), st.sampled_from("sm"), st.sampled_from("xyz"), st.sampled_from([0, 0, 1, 1, 2, 5, 40, 300])
)
contributors = st.lists(contributor, min_size=4, max_size=40)


def crossed(name: str, dimensions: tuple[str, ...], rows: list[tuple[str, str, str, int]]) -> Table:
    """The inner cells of one table over the contributors; totals are left to be computed."""
    axis = {"place": 0, "size": 1, "kind": 2}
    groups: dict[tuple[str, ...], list[int]] = {}
    for row in rows:
        groups.setdefault(tuple(str(row[axis[d]]) for d in dimensions), []).append(row[3])
    cells = (Cell(key, len(v), Fraction(sum(v)), (Fraction(max(v)),)) for key, v in sorted(groups.items()))
    return Table(name, dimensions, tuple(cells))


def linked(rows: list[tuple[str, str, str, int]]) -> list[Table]:
    return [crossed("ps", ("place", "size"), rows), crossed("pk", ("place", "kind"), rows)]


@settings(max_examples=16, deadline=None, derandomize=True)
@given(contributors, st.sampled_from([0.0, 15.0]), st.booleans())
def test_no_hidden_interval_is_narrower_than_required(
    rows: list[tuple[str, str, str, int]], margin: float, thorough: bool
) -> None:
    tables = linked(rows)
    result = protect(tables, DIMENSIONS, RULES, margin=margin, thorough=thorough)
    assert not result.failures
    assert not leaks(tables, DIMENSIONS, result.tables, margin=margin)


@settings(max_examples=7, deadline=None, derandomize=True)
@given(contributors, st.randoms(use_true_random=False))
def test_the_order_of_the_rows_changes_nothing(rows: list[tuple[str, str, str, int]], shuffle: random.Random) -> None:
    tables = linked(rows)
    mixed = [Table(t.name, t.dimensions, tuple(shuffle.sample(t.cells, len(t.cells)))) for t in reversed(tables)]
    first = {t.name: statuses(t) for t in protect(tables, DIMENSIONS, RULES).tables}
    second = {t.name: statuses(t) for t in protect(mixed, DIMENSIONS, RULES).tables}
    assert first == second


@settings(max_examples=7, deadline=None, derandomize=True)
@given(contributors)
def test_a_further_published_table_never_unprotects(rows: list[tuple[str, str, str, int]]) -> None:
    tables = [*linked(rows), crossed("sk", ("size", "kind"), rows)]
    result = protect(tables, DIMENSIONS, RULES)
    before = protect(tables[:2], DIMENSIONS, RULES)
    assert not leaks(tables, DIMENSIONS, result.tables)
    for old, new in zip(before.tables, result.tables, strict=False):
        primaries = {key for key, status in statuses(old).items() if status == Status.PRIMARY}
        assert all(statuses(new)[key] == Status.PRIMARY for key in primaries)


@settings(max_examples=6, deadline=None, derandomize=True)
@given(contributors, st.sampled_from([0.0, 10.0]))
def test_a_further_published_total_never_unprotects(rows: list[tuple[str, str, str, int]], margin: float) -> None:
    """A grouping that cuts across the hierarchy adds totals: all is protected again, and what rules hide stays so."""
    across = Hierarchy({"a1": "East", "b1": "East", "C": "East"})
    wider = (Dimension("place", hierarchies=(*PLACES.hierarchies, across)), *DIMENSIONS[1:])
    tables = linked(rows)
    before, after = protect(tables, DIMENSIONS, RULES, margin=margin), protect(tables, wider, RULES, margin=margin)
    assert not after.failures
    assert not leaks(tables, wider, after.tables, margin=margin)
    for old, new in zip(before.tables, after.tables, strict=True):
        primaries = {key for key, status in statuses(old).items() if status == Status.PRIMARY}
        assert {key for key, status in statuses(new).items() if status == Status.PRIMARY} >= primaries


@settings(max_examples=6, deadline=None, derandomize=True)
@given(contributors)
def test_the_order_of_the_columns_changes_no_rule_and_no_leak(rows: list[tuple[str, str, str, int]]) -> None:
    tables = linked(rows)
    turned = [
        Table(t.name, t.dimensions[::-1], tuple(replace(c, key=c.key[::-1]) for c in t.cells)) for t in linked(rows)
    ]
    first, second = protect(tables, DIMENSIONS, RULES), protect(turned, DIMENSIONS, RULES)
    for one, other in zip(first.tables, second.tables, strict=True):
        mirrored = {" ".join(c.key[::-1]): c.status for c in other.cells}
        assert statuses(one) == mirrored
    assert not leaks(turned, DIMENSIONS, second.tables)


@settings(max_examples=8, deadline=None, derandomize=True)
@given(contributors, st.integers(0, 2**12 - 1))
def test_rows_of_totals_may_lack(rows: list[tuple[str, str, str, int]], dropped: int) -> None:
    """Totals given in part say the same as totals that are all computed."""
    tables = linked(rows)
    whole = protect(tables, DIMENSIONS, RULES)
    partial = [
        Table(t.name, t.dimensions, (*t.cells, *(
            Cell(c.key, c.n, c.value, (None,)) for i, c in enumerate(p.cells[len(t.cells):]) if dropped >> (i % 12) & 1
        )))
        for t, p in zip(tables, whole.tables, strict=True)
    ]  # fmt: skip
    again = protect(partial, DIMENSIONS, RULES)
    assert [statuses(t) for t in again.tables] == [statuses(t) for t in whole.tables]
