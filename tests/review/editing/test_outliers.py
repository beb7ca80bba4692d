"""Atypical values: who stands out from last year and from peers, and who must not."""

import numpy as np
import pytest

from senacs.review.editing.outliers import find_doubts
from senacs.review.editing.parameters import Method
from senacs.review.editing.peers import Peers, peer_quantiles, peers_of, size_classes

SIZE = 60


@pytest.fixture
def budgets() -> tuple[np.ndarray, np.ndarray]:
    """Sixty budgets around 200,000 €, that grew by some 3 %."""
    rng = np.random.default_rng(1)
    previous = np.rint(200_000 * np.exp(0.5 * rng.standard_normal((SIZE, 1))))
    return np.rint(previous * (1.03 + 0.04 * rng.standard_normal((SIZE, 1)))), previous


def everybody(size: int = SIZE) -> Peers:
    return Peers((np.zeros(size, np.int64),))


def found(values, previous, **options) -> list[tuple[int, str]]:
    method = Method(**({"smallest": 5_000} | options))
    doubts = find_doubts(values, previous, everybody(len(values)), ["budget"], [method], minimum=10)
    return list(zip(doubts["row"].to_list(), doubts["kind"].to_list(), strict=True))


def test_usual_growth_raises_no_question(budgets):
    assert found(*budgets) == []


@pytest.mark.parametrize("factor", [10, 0.1, 1000, 0.001])
def test_slip_of_a_power_of_ten_stands_out(budgets, factor):
    values, previous = budgets
    values[7] *= factor
    assert found(values, previous) == [(7, "ratio")]


def test_expected_is_last_year_as_peers_moved(budgets):
    values, previous = budgets
    values[7] *= 10
    doubts = find_doubts(values, previous, everybody(), ["budget"], [Method(smallest=5_000)], minimum=10)
    assert doubts["expected"][0] == pytest.approx(previous[7, 0] * 1.03, rel=0.02)
    assert doubts["previous"][0] == previous[7, 0]


def test_without_last_year_peers_tell(budgets):
    values, previous = budgets
    previous[:] = np.nan
    values[3] = 90_000_000
    values[4] = 200
    assert found(values, previous) == [(3, "fence"), (4, "fence")]


def test_large_but_steady_structure_is_left_in_peace(budgets):
    values, previous = budgets
    values[3], previous[3] = 9_200_000, 9_000_000
    assert found(values, previous) == []


def test_return_to_the_peers_blames_last_year(budgets):
    values, previous = budgets
    previous[5] /= 1000
    assert found(values, previous) == []


def test_nothing_any_more_is_asked_about(budgets):
    values, previous = budgets
    values[9] = 0
    assert found(values, previous) == [(9, "vanished")]


def test_unanswered_is_no_zero(budgets):
    values, previous = budgets
    values[9] = np.nan
    assert found(values, previous) == []


def test_small_changes_of_small_numbers_are_ordinary(budgets):
    values, previous = budgets
    values[9], previous[9] = 3_000, 30
    assert (9, "ratio") not in found(values, previous)


def test_no_judgement_with_too_few_peers(budgets):
    values, previous = (column[:9] for column in budgets)
    values[2] *= 1000
    assert found(values, previous) == []


def test_methods_are_chosen_by_indicator(budgets):
    values, previous = budgets
    values[7] *= 10
    values[9] = 0
    assert found(values, previous, methods=("vanished",)) == [(9, "vanished")]


def test_columns_beyond_one_block_keep_their_codes(budgets):
    values, previous = (np.repeat(column, 40, axis=1) for column in budgets)
    values[2, 37] *= 100
    codes = [f"c{number}" for number in range(40)]
    doubts = find_doubts(values, previous, everybody(), codes, [Method()] * 40, minimum=10)
    assert doubts.select("row", "code").rows() == [(2, "c37")]


def test_peers_widen_where_they_are_few():
    kind = np.array(["CS"] * 12 + ["EVS"] * 3)
    peers = peers_of(kind, np.array(["urbain"] * 15), np.zeros(15, np.int64))
    values = np.concatenate([np.arange(12.0), [100.0, 101.0, 102.0]])[:, None]
    (median,) = peer_quantiles(values, peers, (0.5,), minimum=10)
    assert set(median[:12, 0]) == {5.5}
    assert set(median[12:, 0]) == {7.0}  # with everybody


def test_quantiles_are_those_of_numpy():
    values = np.random.default_rng(3).exponential(size=(31, 4))
    values[::7, 2] = np.nan
    ours = peer_quantiles(values, everybody(31), (0.25, 0.5, 0.75), minimum=5)
    expected = np.nanquantile(values, (0.25, 0.5, 0.75), axis=0)
    np.testing.assert_allclose(ours, np.repeat(expected[:, None, :], 31, axis=1))


def test_one_wrong_figure_does_not_change_the_size_class():
    rng = np.random.default_rng(4)
    size = np.exp(rng.standard_normal(90))
    measures = size[:, None] * np.array([200_000.0, 8.0, 300.0])
    kind = np.array(["CS"] * 90)
    before = size_classes(measures, kind, 3)
    measures[11, 0] *= 1000
    measures[12, 1] = np.nan
    after = size_classes(measures, kind, 3)
    assert before[11] == after[11]
    assert set(before) == {0, 1, 2}
    assert (before != after).sum() <= 2


def test_structure_without_any_measure_is_of_middle_size():
    measures = np.array([[1.0], [np.nan], [3.0]])
    assert size_classes(measures, np.array(["CS"] * 3), 3).tolist()[1] == 1
