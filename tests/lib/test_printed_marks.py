"""Whatever disagreement is planted among the writings of a figure, it is found; truthful writings never are."""

from decimal import Decimal

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from senacs.lib import french, printed_marks
from senacs.lib.printed_marks import Occurrence, collecting, disagreements, marked
from senacs.publication.charts import Unit

VALUES = st.decimals(min_value=-5_000_000, max_value=5_000_000, places=2).map(float)
WRITINGS = st.lists(st.integers(0, 2), min_size=1, max_size=5)


def written(values: list[tuple[str, float, list[int]]]) -> list[Occurrence]:
    """Each figure written with each number of decimals, and as drawings write it."""
    with collecting() as collection:
        for name, value, decimals in values:
            figure = marked(value, name)
            for places in decimals:
                french.number(figure, places)
                Unit("€", places).short(figure)
                Unit("%", places).full(figure)
    return list(collection.found or ())


@given(st.dictionaries(st.text(max_size=3), st.tuples(VALUES, WRITINGS), max_size=5))
@settings(max_examples=60)
def test_truthful_writings_agree(figures: dict[str, tuple[float, list[int]]]) -> None:
    found = written([(name, value, decimals) for name, (value, decimals) in figures.items()])
    assert len(found) == sum(3 * len(decimals) for _, decimals in figures.values())
    assert disagreements(found) == []


@given(VALUES, st.integers(0, 2), st.integers(1, 9), st.sampled_from([-1, 1]))
@settings(max_examples=60)
def test_writing_moved_by_a_digit_is_found(value: float, decimals: int, moved: int, sign: int) -> None:
    (true, *_) = written([("x", value, [decimals])])
    digits = french.number(true.printed + sign * moved * true.step, decimals)
    planted = Occurrence("x", true.value, digits, 0, "légende")
    assert (planted, None) in disagreements([true, planted])


@given(VALUES, VALUES, st.integers(0, 2))
@settings(max_examples=60)
def test_two_values_under_one_name_are_found(one: float, other: float, decimals: int) -> None:
    assume(french.rounded(one, decimals) != french.rounded(other, decimals))
    with collecting() as collection:
        for value in (one, other):
            french.number(marked(value, "x"), decimals)
    assert len(disagreements(collection.found or ())) == 1


@pytest.mark.parametrize(
    ("value", "digits", "agrees"),
    [(27.25, "27,3", True), (27.25, "27,2", False), (0.5, "1", True), (-0.5, "\u22121", True), (2.45, "2,5", True)],
)
def test_halves_go_away_from_zero(value: float, digits: str, agrees: bool) -> None:
    told = Occurrence("x", Decimal(str(value)), digits, 0, "page")
    assert (disagreements([told]) == []) is agrees


def test_a_figure_published_to_less_digits_is_no_disagreement() -> None:
    # The mean of a total to one digit, the same mean as an indicator of its own to two.
    with collecting() as collection:
        french.number(marked(14.35, "x"), 2)
        french.number(marked(14.3, "x"), 1)
    assert disagreements(collection.found or ()) == []


def test_nothing_is_marked_nor_kept_outside_a_collection() -> None:
    assert type(marked(3.5, "x")) is float
    assert printed_marks.collection_number() == 0
    with collecting() as collection:
        french.number(marked(3.5, "x") - 1, 1)
        french.number(12, 0)
    assert collection.found == []
