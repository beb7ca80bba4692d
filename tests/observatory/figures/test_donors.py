"""What respondents lend: means and growths that lean on wider strata as far as they must."""

import random
from math import isclose

from hypothesis import given
from hypothesis import strategies as st

from senacs.observatory.figures.donors import PSEUDO_DONORS, THIRDS_FROM, growths, mean_donors
from senacs.observatory.figures.survey_units import SurveyUnit


def unit(name: str, y: float | None, x: float | None = None, *, place: str = "01") -> SurveyUnit:
    return SurveyUnit(name, ("FR", place), ((place, "CS"), ("FR", "CS")), (("CS", place), ("CS",)), y, x)


def test_places_alike_have_the_mean_of_all() -> None:
    # Chance alone parts them: each place draws the same ten values in turn.
    units = [unit(f"{p}{i}", 10.0 + (i * 7 + p) % 10, place=f"{p:02}") for p in range(12) for i in range(5)]
    found = mean_donors(units)
    whole = found["FR", "CS"].rate
    assert all(abs(found[f"{p:02}", "CS"].rate - whole) < 0.7 for p in range(12))


def test_places_far_apart_keep_their_own() -> None:
    units = [unit(f"{p}{i}", 100.0 * p + i, place=f"{p:02}") for p in range(1, 9) for i in range(5)]
    found = mean_donors(units)
    for p in range(1, 9):
        assert isclose(found[f"{p:02}", "CS"].rate, 100 * p + 2, rel_tol=0.01)


def test_a_secret_stratum_lends_nothing_to_its_places() -> None:
    units = [unit(f"{p}{i}", 100.0 * p + i, place=f"{p:02}") for p in range(1, 4) for i in range(5)]
    found = mean_donors(units, lambda stratum: stratum[0] != "02")
    assert set(found) == {("01", "CS"), ("03", "CS"), ("FR", "CS")}


@given(st.lists(st.tuples(st.floats(1, 1e6), st.sampled_from(["01", "02", "03"])), min_size=9, max_size=40))
def test_a_mean_lies_between_its_own_and_the_wider_one(answers: list[tuple[float, str]]) -> None:
    units = [unit(f"s{i}", y, place=place) for i, (y, place) in enumerate(answers)]
    found = mean_donors(units)
    whole = found["FR", "CS"].rate
    for place in ("01", "02", "03"):
        values = [y for y, where in answers if where == place]
        if len(values) >= 3:
            own = sum(values) / len(values)
            low, high = sorted((own, whole))
            assert low * (1 - 1e-9) <= found[place, "CS"].rate <= high * (1 + 1e-9)


def test_a_small_places_growth_leans_on_that_of_all() -> None:
    units = [unit(f"a{i}", 110.0, 100.0) for i in range(30)] + [
        unit(f"b{i}", 140.0, 100.0, place="02") for i in range(5)
    ]
    known = growths(units)
    stratum, donors = known.of(unit("m", None, 100.0, place="02"), 1, 100.0) or ((), None)
    assert donors is not None and stratum[:3] == ("ratio", "CS", "02")
    whole = (30 * 110 + 5 * 140) / 3_500
    assert isclose(donors.rate, (5 * 140 + PSEUDO_DONORS * 100 * whole) / (100 * (5 + PSEUDO_DONORS)))


def test_growths_are_told_by_thirds_of_size_where_many_are_known() -> None:
    chance = random.Random(2)
    units = []
    for i in range(3 * THIRDS_FROM):
        x = chance.choice((10.0, 100.0, 1_000.0)) * chance.uniform(0.9, 1.1)
        units.append(unit(f"s{i}", x * (1.3 if x > 500 else 1.0), x))
    known = growths(units)
    small, large = (known.of(unit("m", None, x), 1, x) for x in (10.0, 1_000.0))
    assert small is not None and large is not None
    assert small[1].rate < 1.05 < 1.2 < large[1].rate


def test_one_wrong_old_answer_lends_nothing_to_any_stratum() -> None:
    units = [unit(f"a{i}", 102.0 + i % 3, 100.0, place=f"{i % 5:02}") for i in range(40)]
    wrong = [unit("w", 103.0, 1_000.0, place="01")]
    right, spoiled = growths(units), growths([*units, *wrong])
    silent = unit("m", None, 100.0, place="01")
    assert right.of(silent, 1, 100.0) == spoiled.of(silent, 1, 100.0)
