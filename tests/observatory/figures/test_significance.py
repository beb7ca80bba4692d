"""Tests of gaps: what the exact law gives, what chance gives, what a page of many tests may tell."""

import math
import random

import pytest

from senacs.observatory.figures.significance import (
    LEAST_POINTS,
    LEAST_RESPONDENTS,
    Spread,
    Stratum,
    chance_of_change,
    chance_of_difference,
    chance_of_gap,
    told_together,
)


def test_one_stratum_is_the_hypergeometric_law_approached() -> None:
    """32 of 40 here, 500 of 1,000 in all: the exact law is close, and never more cautious."""
    chance = chance_of_gap([Stratum(32, 40, 500, 1000)])
    exact = 2 * sum(math.comb(500, k) * math.comb(500, 40 - k) for k in range(32, 41)) / math.comb(1000, 40)
    assert exact < chance < 2 * exact


@pytest.mark.parametrize(
    ("strata", "z"),
    [
        # (|32 − 20| − ½) / √(40 · 960 · 500 · 500 / (1000² · 999)), on either side of what is expected.
        ([Stratum(32, 40, 500, 1000)], 11.5 / math.sqrt(9600 / 999)),
        ([Stratum(8, 40, 500, 1000)], 11.5 / math.sqrt(9600 / 999)),
        ([Stratum(21, 40, 500, 1000)], 0.5 / math.sqrt(9600 / 999)),
        # Pairs of one and one: ½ more than expected each, with a variance of ¼.
        ([Stratum(1, 1, 1, 2)] * 8, 3.5 / math.sqrt(2)),
        ([Stratum(1, 1, 1, 2)] * 3, 1 / math.sqrt(0.75)),
        # Less than half a unit of gap is none.
        ([Stratum(1, 2, 1, 2)], 0),
    ],
)
def test_the_figure_worked_out_by_hand(strata: list[Stratum], z: float) -> None:
    assert chance_of_gap(strata) == pytest.approx(math.erfc(z / math.sqrt(2)), rel=1e-12)


@pytest.mark.parametrize("strata", [[], [Stratum(3, 5, 3, 5)], [Stratum(0, 40, 0, 900)], [Stratum(1, 1, 1, 1)]])
def test_nothing_to_compare_tells_nothing(strata: list[Stratum]) -> None:
    assert chance_of_gap(strata) == 1.0


def test_a_mix_of_kinds_is_no_finding() -> None:
    """Nine centres sociaux in ten here and one in two in France; each kind answers as its kind does everywhere."""
    strata = [Stratum(72, 90, 800, 1000), Stratum(2, 10, 200, 1000)]
    whole = [Stratum(74, 100, 1000, 2000)]
    assert chance_of_gap(whole) < 0.0001
    assert chance_of_gap(strata) > 0.5


def test_chance_alone_gives_what_it_says() -> None:
    """Labels drawn at random: one gap in twenty, at the most, has a chance under 5 %."""
    drawn = random.Random(7)
    everybody = [1] * 300 + [0] * 700
    under = sum(chance_of_gap([Stratum(sum(drawn.sample(everybody, 50)), 50, 300, 1000)]) < 0.05 for _ in range(2000))
    assert 30 < under < 115


def test_tests_of_a_page_are_judged_together() -> None:
    chances = [0.001, 0.04, 0.02, 0.9, 0.013]
    held = told_together(chances)
    # In order 0.001, 0.013, 0.02, 0.04, 0.9 against 0.01, 0.02, 0.03, 0.04, 0.05: the first four hold.
    assert held == [True, True, True, False, True]
    assert told_together([]) == []
    assert not any(told_together([0.03, *[0.5] * 20]))
    assert told_together([math.nextafter(0.05, 0)]) == [True]


def test_the_least_that_a_page_tells() -> None:
    """docs/decisions/2026-11-30-gaps-told-in-words.md"""
    assert (LEAST_RESPONDENTS, LEAST_POINTS) == (30, 5)


@pytest.mark.parametrize(
    ("t", "freedom", "table"),
    [(2.228, 10, 0.05), (3.169, 10, 0.01), (2.042, 30, 0.05), (2.750, 30, 0.01), (3.646, 30, 0.001), (1.96, 1e6, 0.05)],
)
def test_probabilities_of_the_tables(t: float, freedom: float, table: float) -> None:
    # As many changes as degrees of freedom and one, of variance as many: the mean is t.
    n = int(freedom) + 1
    assert chance_of_change(Spread(n, t, n)) == pytest.approx(table, rel=0.02)


def test_two_groups_by_hand() -> None:
    # Variances 4 and 9 over 20 and 30: t = 2 / √(0.2 + 0.3), freedom = 0.25 / (0.04 / 19 + 0.09 / 29).
    freedom = 0.25 / (0.04 / 19 + 0.09 / 29)
    t = 2 / math.sqrt(0.5)
    one = chance_of_difference(Spread(20, 5.0, 4.0), Spread(30, 3.0, 9.0))
    assert one == chance_of_difference(Spread(30, 3.0, 9.0), Spread(20, 5.0, 4.0))
    n = int(freedom) + 1
    assert chance_of_change(Spread(n + 1, t, n + 1)) < one < chance_of_change(Spread(n, t, n))


def test_chance_is_told_as_often_as_it_says() -> None:
    """Log-normal amounts drawn alike: about one test in twenty is under one in twenty."""
    chance = random.Random(7)

    def group(size: int) -> Spread:
        logs = [chance.gauss(11, 0.6) for _ in range(size)]
        mean = sum(logs) / size
        return Spread(size, mean, sum((x - mean) ** 2 for x in logs) / (size - 1))

    under = sum(chance_of_difference(group(35), group(120)) < 0.05 for _ in range(600))
    assert 15 <= under <= 48


@pytest.mark.parametrize("groups", [(Spread(1, 5.0, 0.0), Spread(40, 1.0, 1.0)), (Spread(9, 1.0, 0.0),) * 2])
def test_groups_that_do_not_vary_tell_nothing(groups: tuple[Spread, Spread]) -> None:
    assert chance_of_difference(*groups) == chance_of_change(groups[0]) == 1.0
