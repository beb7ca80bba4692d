"""What doubtful responses move, and when that stops a signature; an independent recomputation holds every figure."""

import numpy as np
import pytest

from senacs.observatory.plausibility.gate import stops
from senacs.observatory.plausibility.influence import PlaceRows, Watched, figures
from senacs.observatory.plausibility.reading import Plausibility
from tests.observatory.plausibility.test_doubts import SETTINGS


def plausibility(
    numerator: list[float], denominator: list[float], doubtful: set[int], level: str = "france"
) -> Plausibility:
    size = len(numerator)
    place = PlaceRows(level, "X", "", np.ones(size, bool))
    watched = Watched("part", np.array(numerator), np.array(denominator), 100)
    found = figures([watched], [place], {"part": doubtful})
    return Plausibility(tuple(f"S-{row}" for row in range(size)), tuple(found), ())


def test_figure_is_the_ratio_of_sums_with_and_without() -> None:
    figure = plausibility([1, 2, 3, 90], [10, 10, 10, 100], {3}).figures[0]
    assert figure.value == pytest.approx(96 / 130 * 100)
    assert figure.without({3}) == pytest.approx(6 / 30 * 100)
    assert figure.moved({3}) == pytest.approx(abs(96 / 130 / (6 / 30) - 1) * 100)
    assert figure.moved(set()) == 0


def test_a_row_that_answers_half_of_a_ratio_is_left_out() -> None:
    figure = plausibility([1, np.nan, 3], [10, 10, 10], set()).figures[0]
    assert (figure.n, figure.value) == (2, pytest.approx(20))


def test_value_without_the_three_heaviest() -> None:
    figure = plausibility([1, 1, 1, 1, 1, 50, 60, 70], [10] * 8, set()).figures[0]
    assert figure.without_heaviest == pytest.approx(10)


@pytest.mark.parametrize(("level", "threshold"), [("france", 1), ("region", 1), ("departement", 5)])
def test_together_stops_above_the_threshold_of_the_level(level: str, threshold: float) -> None:
    # One response of a thousand alike, so that the move is `moved` percent.
    def stopped(moved: float) -> bool:
        numerator = [100.0] * 1000
        numerator[0] = 100 + 1000 * moved
        return bool(stops(plausibility(numerator, [1.0] * 1000, {0}, level), (), SETTINGS))

    assert not stopped(threshold * 0.98)
    assert stopped(threshold * 1.02)


def test_one_response_alone_stops_a_departement_above_ten_percent_only_if_doubtful() -> None:
    numerator = [100.0] * 20
    numerator[0] = 100 + 20 * 11.5
    assert stops(plausibility(numerator, [1.0] * 20, {0}, "departement"), (), SETTINGS)
    assert not stops(plausibility(numerator, [1.0] * 20, set(), "departement"), (), SETTINGS)


def test_an_explained_response_no_longer_stops() -> None:
    found = plausibility([1, 2, 3, 90], [10, 10, 10, 100], {3})
    assert [stop.structures for stop in stops(found, (), SETTINGS)] == [("S-3",)]
    assert stops(found, ("S-3",), SETTINGS) == []


def test_a_figure_that_rests_on_doubts_alone_stops() -> None:
    assert stops(plausibility([1, 2], [10, 10], {0, 1}), (), SETTINGS)
