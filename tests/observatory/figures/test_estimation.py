"""Raised totals: worked by hand, against the formula of the books, and held by properties."""

import random
from dataclasses import replace
from math import isclose, sqrt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from senacs.observatory.figures.estimation import Estimate, predict, raise_total, student_quantile
from senacs.observatory.figures.survey_units import SurveyUnit


def unit(name: str, y: float | None, x: float | None = None, *, kind: str = "CS", place: str = "01") -> SurveyUnit:
    return SurveyUnit(name, ("FR", place), ((kind, place), (kind,)), ((kind,),), y, x)


def raised(units: list[SurveyUnit], territory: str = "FR") -> Estimate:
    found = raise_total(units, predict(units), territory)
    assert found is not None
    return found


def test_everybody_answered_leaves_nothing_to_estimate() -> None:
    found = raised([unit(f"s{i}", float(i)) for i in range(12)])
    assert (found.value, found.low, found.high, found.cv, found.imputed) == (66.0, 66.0, 66.0, 0.0, 0.0)


def test_mean_of_the_stratum_by_hand() -> None:
    # Ten answer 1…10: mean 5.5, s² = 82.5 / 9. Five are silent: 55 + 27.5.
    units = [unit(f"s{i}", float(i)) for i in range(1, 11)] + [unit(f"m{i}", None) for i in range(5)]
    found = raised(units)
    error = sqrt(15**2 * (1 - 10 / 15) * (82.5 / 9) / 10)
    assert found.value == 82.5
    assert isclose(found.cv, 100 * error / 82.5)
    assert found.high is not None and found.low is not None
    assert isclose(found.high - found.value, 2.262157 * error, rel_tol=1e-3)
    # 82.5 − 18.7: under what was declared already? No: 63.8.
    assert isclose(found.low, found.value - (found.high - found.value))
    assert isclose(found.imputed, 100 * 27.5 / 82.5)
    assert (found.respondents, found.expected, found.declared) == (10, 15, 55.0)


def test_ratio_to_last_year_by_hand() -> None:
    # Each grew by a tenth: the silent one, at 200 last year, is predicted at 220 without any doubt.
    units = [unit(f"s{i}", 11.0 * i, 10.0 * i) for i in range(1, 11)] + [unit("m", None, 200.0)]
    found = raised(units)
    assert isclose(found.value, 605 + 220)
    assert found.low is not None and isclose(found.low, found.value)


def test_residuals_of_the_ratio_make_its_variance() -> None:
    # Σy = 33, Σx = 30, r = 1.1; residuals 1, 0, −1; s² = 2 / 2; one silent: V = 1 × (1 + 1 / 3).
    units = [unit("a", 12.0, 10.0), unit("b", 11.0, 10.0), unit("c", 10.0, 10.0), unit("m", None, 10.0)]
    found = raised(units)
    assert isclose(found.value, 44.0)
    assert isclose(found.cv, 100 * sqrt(4 / 3) / 44)
    assert found.low is None and found.high is None


def test_a_small_stratum_borrows_from_the_wider_one() -> None:
    units = [unit(f"a{i}", 10.0) for i in range(8)] + [unit(f"b{i}", 100.0, place="02") for i in range(2)]
    units.append(unit("m", None, place="02"))
    assert isclose(raised(units, "02").value, 200 + 28)
    assert isclose(raised(units).value, 280 + 28)


def test_a_secret_stratum_is_not_used() -> None:
    units = [unit(f"a{i}", 10.0) for i in range(8)] + [unit(f"b{i}", 100.0, place="02") for i in range(4)]
    units.append(unit("m", None, place="02"))
    hidden = predict(units, may_use=lambda stratum: stratum != ("CS", "02"))
    assert [p.stratum for p in hidden] == [("CS",)]
    assert [p.stratum for p in predict(units)] == [("CS", "02")]


def test_what_cannot_be_predicted_is_not_raised() -> None:
    units = [unit("a", 1.0), unit("b", 2.0), unit("c", 3.0, kind="EVS"), unit("m", None, kind="EVS")]
    assert raise_total(units, predict(units), "FR") is None
    assert raise_total([unit("m", None)], (), "FR") is None


@pytest.mark.parametrize(
    ("freedom", "table"), [(5, 2.570582), (9, 2.262157), (30, 2.042272), (120, 1.979930), (1e9, 1.959964)]
)
def test_quantiles_of_the_tables(freedom: float, table: float) -> None:
    assert isclose(student_quantile(0.975, freedom), table, rel_tol=1e-3)


amounts = st.floats(min_value=0, max_value=1e6, allow_nan=False)


@given(
    st.lists(st.tuples(amounts, st.sampled_from(["01", "02", "03"])), min_size=10, max_size=30),
    st.lists(st.tuples(st.none() | amounts, st.sampled_from(["01", "02", "03"])), max_size=10),
)
def test_territories_add_up_and_nothing_declared_is_lost(
    answered: list[tuple[float, str]], silent: list[tuple[float | None, str]]
) -> None:
    units = [unit(f"a{i}", y, y + 1, place=place) for i, (y, place) in enumerate(answered)]
    units += [unit(f"m{i}", None, x, place=place) for i, (x, place) in enumerate(silent)]
    france = raised(units)
    assert france.low is not None and france.high is not None
    assert france.declared <= france.low * (1 + 1e-9) + 1e-9
    assert france.low <= france.value <= france.high
    parts = [raise_total(units, predict(units), place) for place in ("01", "02", "03")]
    predicted = sum(p.value for p in predict(units))
    assert isclose(france.value, france.declared + predicted, rel_tol=1e-9, abs_tol=1e-6)
    if all(parts):
        assert isclose(sum(part.value for part in parts if part), france.value, rel_tol=1e-9, abs_tol=1e-6)


@given(st.lists(amounts, min_size=10, max_size=30), st.integers(1, 10))
def test_a_whole_stratum_has_the_variance_of_the_books(values: list[float], silent: int) -> None:
    units = [unit(f"a{i}", y) for i, y in enumerate(values)] + [unit(f"m{i}", None) for i in range(silent)]
    found, m, size = raised(units), len(values), len(values) + silent
    mean = sum(values) / m
    s2 = sum((y - mean) ** 2 for y in values) / (m - 1)
    expected = size**2 * (1 - m / size) * s2 / m
    assert isclose((found.cv / 100 * found.value) ** 2, expected, rel_tol=1e-6, abs_tol=1e-6)


def test_a_tiny_variance_is_still_a_variance() -> None:
    found = raised([unit(f"a{i}", i * 1e-90) for i in range(10)] + [unit("m", None)])
    assert found.low is not None and found.high is not None
    assert found.low <= found.value <= found.high


def seen(name: str, y: float | None, *years: tuple[int, float]) -> SurveyUnit:
    """A centre that answered in some earlier years, each as (years before, value)."""
    return SurveyUnit(name, ("FR",), (("CS",),), (("CS",),), y, dict(years).get(1), tuple(p for p in years if p[0] > 1))


def test_silent_for_two_years_it_grows_by_two_years() -> None:
    # 100 three years ago, 110 then 121 last year, 133.1 now: the silent one answered two years ago.
    donors = [seen(f"s{i}", 133.1 * i, (1, 121.0 * i), (2, 110.0 * i)) for i in range(1, 6)]
    (found,) = predict([*donors, seen("m", None, (2, 1_100.0))])
    assert isclose(found.value, 1_331.0)
    assert found.stratum == ("ratio", "CS", 2)


@pytest.mark.parametrize(
    ("years", "expected"),
    [
        (((1, 90.0), (2, 100.0)), 90.0),
        # Ten times too much last year: the two years before agree with each other.
        (((1, 1_000.0), (2, 100.0), (3, 95.0)), 100.0),
        (((1, 1_000.0), (2, 100.0)), None),
        (((4, 70.0),), 70.0),
        (((1, 0.0), (2, 0.0)), 0.0),
    ],
)
def test_a_past_answer_is_used_when_another_year_confirms_it(
    years: tuple[tuple[int, float], ...], expected: float | None
) -> None:
    last = seen("m", None, *years).last_answer
    assert (last[1] if last else None) == expected


def test_a_growth_out_of_proportion_lends_nothing() -> None:
    donors = [seen(f"s{i}", 104.0 + i % 3, (1, 100.0)) for i in range(20)]
    wrong = seen("w", 100_000.0, (1, 100.0))
    (found,) = predict([*donors, wrong, seen("m", None, (1, 100.0))])
    assert 104 <= found.value <= 106
    # It still counts for what it declared.
    total = raise_total([*donors, wrong], (), "FR")
    assert total is not None and total.declared > 100_000


def test_nothing_last_year_is_what_the_others_of_nothing_became() -> None:
    donors = [seen(f"s{i}", float(i), (1, 0.0)) for i in range(1, 4)] + [seen("t", 50.0, (1, 40.0))]
    (found,) = predict([*donors, seen("m", None, (1, 0.0))])
    assert (found.value, found.stratum) == (2.0, ("zero", "CS", 1))


def test_four_years_of_one_answer_are_worked_alike_in_any_order() -> None:
    donors = [seen(f"s{i}", 12.0 * i, (1, 11.0 * i), (3, 9.0 * i)) for i in range(1, 9)]
    silent = [seen("m", None, (3, 90.0)), seen("n", None, (1, 55.0))]
    straight = {p.structure: p.value for p in predict([*donors, *silent])}
    backwards = {p.structure: p.value for p in predict([*silent[::-1], *donors[::-1]])}
    assert straight == pytest.approx(backwards)
    assert straight == pytest.approx({"m": 120.0, "n": 60.0})


def test_band_by_hand() -> None:
    # As above: five never heard at 5.5 each differ by a tenth at the least, and nobody tells of reluctance.
    units = [unit(f"s{i}", float(i)) for i in range(1, 11)] + [unit(f"m{i}", None) for i in range(5)]
    found = raised(units)
    assert found.low is not None and found.high is not None and found.band_low is not None
    assert found.band_high is not None and isclose(found.band_high, found.high + 0.1 * 27.5)
    assert isclose(found.band_low, found.low - 0.1 * 27.5)
    # Once heard, a twentieth: of the 220 that the silent one is predicted at.
    units = [unit(f"s{i}", 11.0 * i, 10.0 * i) for i in range(1, 11)] + [unit("m", None, 200.0)]
    found = raised(units)
    assert found.band_high is not None and isclose(found.band_high, 825 + 0.05 * 220)
    assert found.band_low is not None and found.declared <= found.band_low


def lasting_silence(seed: int) -> tuple[list[SurveyUnit], float]:
    """400 structures of which the small ones seldom answer, year after year; and the true total."""
    chance = random.Random(seed)
    units, total = [], 0.0
    for i in range(400):
        size = chance.lognormvariate(0, 0.5)
        # How often it answers goes with its size, for all years.
        odds = min(0.97, 0.45 + 0.35 * size * chance.uniform(0.6, 1.2))
        years = [size * 1.02**-gap * chance.lognormvariate(0, 0.05) for gap in range(5)]
        told = [value if chance.random() < odds else None for value in years]
        total += years[0]
        earlier = tuple((gap, v) for gap, v in enumerate(told) if gap > 1 and v is not None)
        units.append(SurveyUnit(str(i), ("FR",), (("CS",),), (("CS",),), told[0], told[1], earlier))
    # One silent structure in three is new: nothing is known of it.
    new = {unit.structure for unit in units if unit.y is None and chance.random() < 0.33}
    known = [replace(unit, x=None, earlier=(), asked=0) if unit.structure in new else unit for unit in units]
    return known, total


def test_a_lasting_silence_of_small_ones_is_corrected_and_covered() -> None:
    inside = banded = 0
    errors, plain = [], []
    for seed in range(30):
        units, total = lasting_silence(seed)
        found = raise_total(units, predict(units), "FR")
        assert found is not None and found.low is not None and found.high is not None
        assert found.band_low is not None and found.band_high is not None
        assert found.band_low <= found.low <= found.value <= found.high <= found.band_high
        inside += found.low <= total <= found.high
        banded += found.band_low <= total <= found.band_high
        errors.append(abs(found.value / total - 1))
        plain.append(abs(found.declared / found.respondents * len(units) / total - 1))
    assert inside >= 24 and banded >= 28, (inside, banded)
    # The mean of respondents times all structures errs by a fifth.
    assert sum(errors) < 0.1 * sum(plain), (sum(errors), sum(plain))
