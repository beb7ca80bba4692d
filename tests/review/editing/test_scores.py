"""Effect of doubtful cells on key totals: order, residual, and when to stop."""

import numpy as np
import polars as pl
import pytest

from senacs.review.editing.outliers import distances_of
from senacs.review.editing.parameters import Method
from senacs.review.editing.peers import Peers
from senacs.review.editing.scores import (
    CELLS,
    cells_before_rest,
    effects,
    expected_values,
    key_totals,
    rank_cells,
    residuals,
)

TERRITORY = ["26", "26", "59", "59"]
WEIGHTS = np.array([1.0, 1.0, 1.0, 2.0])
BUDGET = np.array([100.0, 1000.0, 200.0, 300.0])
FEEDS = {"budget": {"budget": 1.0}, "caf_total": {"caf": 1.0, "caf_2": 1.0}}


def cells(*rows: tuple[int, str, float, float]) -> pl.DataFrame:
    return pl.DataFrame([(*row, 1.0) for row in rows], schema=CELLS, orient="row")


DOUBTFUL = cells(
    (1, "budget", 1000.0, 100.0), (2, "budget", 200.0, 190.0), (3, "caf", 30.0, 20.0), (0, "autre", 9.0, 3.0)
)


@pytest.fixture
def totals() -> pl.DataFrame:
    return key_totals({"budget": BUDGET, "caf_total": np.array([10.0, 20, 30, 40])}, DOUBTFUL, WEIGHTS, TERRITORY)


@pytest.fixture
def moved(totals: pl.DataFrame) -> pl.DataFrame:
    return effects(DOUBTFUL, totals, FEEDS, WEIGHTS, TERRITORY)


def total(totals: pl.DataFrame, territory: str, key: str) -> float:
    return totals.filter((pl.col("territory") == territory) & (pl.col("key") == key))["total"].item()


def test_totals_believe_what_was_expected(totals):
    assert total(totals, "26", "budget") == 200.0  # 100 + 100 expected, not 1000
    assert total(totals, "59", "budget") == 190 + 2 * 300
    assert total(totals, "FR", "caf_total") == 10 + 20 + 30 + 80


def test_share_is_the_weighted_effect_over_the_territory_s_total(moved):
    shares = {(row, key, where): share for row, _, where, key, _, share in moved.iter_rows()}
    assert shares[1, "budget", "26"] == pytest.approx(100 * 900 / 200)
    assert shares[3, "caf_total", "59"] == pytest.approx(100 * 10 * 2 / 110)
    assert shares[2, "budget", "FR"] == pytest.approx(100 * 10 / 990)


def test_cells_that_move_a_total_come_first(moved):
    ranked = rank_cells(DOUBTFUL, moved, {"autre": 600.0})
    assert ranked["row"].to_list() == [1, 3, 2, 0]
    assert ranked["key"].to_list() == ["budget", "caf_total", "budget", None]
    assert ranked["score"].to_list()[-1] == pytest.approx(0.05)


def test_residual_is_what_is_left(moved):
    left = residuals(moved, cells((2, "budget", 200.0, 190.0)))
    assert left.filter(pl.col("territory") == "59")["residual"].item() == pytest.approx(100 * 10 / 790)
    assert residuals(moved, cells()).is_empty()


def test_total_and_its_part_are_not_counted_twice(totals):
    feeds = {"caf_total": {"caf": 1.0, "caf_total": 1.0}}
    both = cells((2, "caf", 30.0, 20.0), (2, "caf_total", 30.0, 22.0))
    moved = effects(both, totals, feeds, WEIGHTS, TERRITORY)
    left = residuals(moved, both).filter(pl.col("territory") == "59")
    assert left["residual"].item() == pytest.approx(100 * 10 / 110)


@pytest.mark.parametrize(("stop_at", "count"), [(1.0, 2), (2.0, 1), (50.0, 0)])
def test_review_stops_when_the_rest_moves_nothing(moved, stop_at, count):
    ranked = rank_cells(DOUBTFUL, moved, {})
    assert cells_before_rest(ranked, moved, "59", stop_at=stop_at) == count


def test_unanswered_counts_for_all_that_was_expected(totals):
    blank = cells((0, "budget", float("nan"), 80.0))
    moved = effects(blank, totals, FEEDS, WEIGHTS, TERRITORY)
    assert moved.filter(pl.col("territory") == "26")["effect"].item() == 80.0


def test_suspicion_weighs_the_effect(totals):
    half = DOUBTFUL.with_columns(suspicion=pl.lit(0.5))
    moved = effects(half, totals, FEEDS, WEIGHTS, TERRITORY)
    assert moved.filter((pl.col("row") == 1) & (pl.col("territory") == "26"))["share"].item() == pytest.approx(225)


def one_group(values: list[float], previous: list[float]) -> tuple[np.ndarray, np.ndarray]:
    columns = np.array(values)[:, None], np.array(previous)[:, None]
    everybody = Peers((np.zeros(len(values), np.int64),))
    return expected_values(*columns, distances_of(*columns, everybody, [Method()], minimum=3))


def test_expected_is_last_year_else_the_peers():
    usual = [100.0, 110.0, 90.0, 105.0, 95.0]
    expected, suspicion = one_group([*usual, 1040.0, np.nan, 102.0], [*usual, 104.0, np.nan, np.nan])
    assert expected[5, 0] == pytest.approx(104)
    assert suspicion[5, 0] == 1.0
    assert expected[7, 0] == pytest.approx(102, abs=3)
    assert suspicion[7, 0] < 0.2


def test_odd_last_year_makes_no_expectation():
    usual = [100.0, 110.0, 90.0, 105.0, 95.0]
    expected, suspicion = one_group([*usual, 101.0], [*usual, 101_000.0])
    assert expected[5, 0] == pytest.approx(100.5)
    assert suspicion[5, 0] < 0.2


def test_nothing_is_expected_of_those_that_nobody_resembles():
    expected, _ = one_group([5.0, np.nan], [4.0, np.nan])
    assert expected[0, 0] == 4.0
    assert np.isnan(expected[1, 0])
