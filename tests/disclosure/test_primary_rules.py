"""The edge of each primary rule: what stands exactly on it is published, a hair beyond is not."""

from fractions import Fraction

import pytest

from senacs.disclosure.fates import Reason
from senacs.disclosure.primary_rules import check_rules, primary_fate
from senacs.disclosure.tables import Rules, SpecificationError

BARE = Rules(threshold=None, dominance=())


@pytest.mark.parametrize(
    ("rules", "cell", "reason"),
    [
        # The threshold: as many as it says are enough.
        (Rules(threshold=5, dominance=()), {"n": 4, "value": 100, "largest": []}, Reason.FEW),
        (Rules(threshold=5, dominance=()), {"n": 5, "value": 100, "largest": []}, Reason.NONE),
        (Rules(threshold=3, dominance=()), {"n": None, "value": 100, "largest": []}, Reason.NONE),
        # Dominance: exactly the share is allowed, anything more is not.
        (Rules(threshold=None, dominance=((1, 85.0),)), {"n": 9, "value": 100, "largest": [85, 3]}, Reason.NONE),
        (
            Rules(threshold=None, dominance=((1, 85.0),)),
            {"n": 9, "value": 100, "largest": [Fraction(8501, 100), 3]},
            Reason.DOMINANT,
        ),
        (Rules(threshold=None, dominance=((2, 60.0),)), {"n": 9, "value": 200, "largest": [70, 50]}, Reason.NONE),
        (Rules(threshold=None, dominance=((2, 60.0),)), {"n": 9, "value": 200, "largest": [71, 50]}, Reason.DOMINANT),
        # Losses weigh by their size.
        (Rules(threshold=None, dominance=((1, 85.0),)), {"n": 9, "value": -100, "largest": [-90, 3]}, Reason.DOMINANT),
        # The p % rule: exactly p % of the largest is far enough.
        (Rules(None, (), 10), {"n": 5, "value": 150, "largest": [100, 40]}, Reason.NONE),
        (Rules(None, (), 10), {"n": 5, "value": 149, "largest": [100, 40]}, Reason.CLOSE),
        (Rules(None, (), 10), {"n": 1, "value": 100, "largest": [100]}, Reason.CLOSE),
        # One known value of several says nothing of the second.
        (Rules(None, (), 10), {"n": 5, "value": 100, "largest": [100]}, Reason.NONE),
        # An empty cell shows that nobody is there, unless that is a secret.
        (BARE, {"n": 0, "value": 0, "largest": []}, Reason.NONE),
        (Rules(None, (), zero_published=False), {"n": 0, "value": 0, "largest": []}, Reason.EMPTY),
        (Rules(None, (), zero_published=False), {"n": None, "value": 0, "largest": []}, Reason.EMPTY),
        # Unanimity of a sensitive « oui / non ».
        (Rules(5, (), extremes=True), {"n": 8, "value": 8, "largest": [], "respondents": 8}, Reason.UNANIMOUS),
        (Rules(5, (), extremes=True), {"n": 8, "value": 0, "largest": [], "respondents": 8}, Reason.UNANIMOUS),
        (Rules(5, (), extremes=True), {"n": 8, "value": 7, "largest": [], "respondents": 8}, Reason.NONE),
        (Rules(5, ()), {"n": 8, "value": 8, "largest": [], "respondents": 8}, Reason.NONE),
        # A dominance over more contributions than are known cannot be told, unless there are no more.
        (Rules(None, ((2, 50.0),)), {"n": 5, "value": 100, "largest": [60, None]}, Reason.NONE),
        (Rules(None, ((2, 50.0),)), {"n": 1, "value": 100, "largest": [60, None]}, Reason.DOMINANT),
        (Rules(None, ((1, 50.0),)), {"n": 5, "value": 100, "largest": [60, None]}, Reason.DOMINANT),
        # Nothing dominates a total of zero.
        (Rules(None, ((1, 85.0),), 10), {"n": 5, "value": 0, "largest": [0, 0]}, Reason.NONE),
        (Rules(None, ((1, 85.0),), 10), {"n": 5, "value": 0, "largest": [5, -5]}, Reason.NONE),
        (Rules(None, (), 10), {"n": 1, "value": 100, "largest": []}, Reason.NONE),
        # All that is known is told: a second contribution that does not exist holds nothing back.
        (Rules(None, ((2, 50.0),)), {"n": 5, "value": 100, "largest": [60]}, Reason.DOMINANT),
        # The third contribution is part of what the second does not know.
        (Rules(None, (), 10), {"n": 5, "value": 150, "largest": [100, 40, 9]}, Reason.NONE),
        (Rules(None, (), 10), {"n": 5, "value": Fraction(14995, 100), "largest": [100, 40]}, Reason.CLOSE),
    ],
)
def test_the_edge_of_a_rule(rules: Rules, cell: dict, reason: Reason) -> None:
    fate = primary_fate(rules, **cell)
    assert fate.reason is reason
    assert fate.is_published == (reason is Reason.NONE)


def test_the_figures_of_the_rule_that_hides() -> None:
    rules = Rules(threshold=3, dominance=((1, 90.0), (2, 60.0)), p_percent=20)
    assert primary_fate(rules, n=2, value=10, largest=[5, 5]).figures == (3,)
    assert primary_fate(rules, n=9, value=100, largest=[50, 20]).figures == (2, 60.0)
    assert primary_fate(rules, n=9, value=100, largest=[95, 1]).figures == (1, 90.0)
    assert primary_fate(Rules(None, (), 20), n=9, value=100, largest=[90, 5]).figures == (20,)


@pytest.mark.parametrize(
    ("rules", "has_count", "largest", "word"),
    [
        (Rules(threshold=5, dominance=()), False, 0, "threshold"),
        (Rules(None, ((0, 50.0),)), True, 2, "[0, 50.0]"),
        (Rules(None, ((1, 0.0),)), True, 2, "[1, 0.0]"),
        (Rules(None, ((1, 100.5),)), True, 2, "[1, 100.5]"),
        (Rules(None, ((3, 80.0),)), True, 2, "il y en a 2"),
        (Rules(None, (), 10), True, 1, "p_percent"),
    ],
)
def test_a_rule_that_the_tables_cannot_bear_is_refused(rules: Rules, has_count: bool, largest: int, word: str) -> None:
    with pytest.raises(SpecificationError) as refused:
        check_rules(rules, has_count=has_count, largest=largest)
    assert word in str(refused.value)


def test_rules_that_the_tables_bear_pass() -> None:
    check_rules(Rules(5, ((1, 100.0), (2, 60.0)), 10), has_count=True, largest=2)
    check_rules(Rules(None, ((1, 85.0),)), has_count=False, largest=1)
    check_rules(Rules(None, ((1, 0.5),)), has_count=False, largest=1)
    check_rules(Rules(None, ()), has_count=False, largest=0)
