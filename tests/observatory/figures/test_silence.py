"""What silence tells: inclinations, reluctance and return, on worlds where the answer is known."""

import random
from math import exp, isclose

import pytest

from senacs.observatory.figures.donors import growths, mean_donors
from senacs.observatory.figures.estimation import predict, raise_total
from senacs.observatory.figures.silence import Factor, inclinations, read_silence, shrunk
from senacs.observatory.figures.survey_units import SurveyUnit


def structure(name: str, told: list[float | None], *, asked: int | None = None, kind: str = "CS") -> SurveyUnit:
    """`told`: its answers, this year first, None where it kept silent."""
    earlier = tuple((gap, v) for gap, v in enumerate(told) if gap > 1 and v is not None)
    return SurveyUnit(name, ("FR",), ((kind,),), ((kind,),), told[0], told[1], earlier, asked)


def silence_of(units: list[SurveyUnit]) -> dict[object, Factor]:
    means = mean_donors(units)
    read = read_silence(units, growths(units), lambda unit: means.get(unit.means[0]))
    return {unit.structure: read.of_unheard(unit) for unit in units if unit.y is None}


def people(seed: int, *, pull: float, size: int = 900) -> list[SurveyUnit]:
    """Amounts that grow by exp(`pull`) with each step of a lasting inclination to answer."""
    chance = random.Random(seed)
    units = []
    for i in range(size):
        steady = chance.gauss(0, 1)
        amount = 100 * exp(pull * steady + chance.gauss(0, 0.2))
        told = [amount if 0.9 * steady + 0.45 * chance.gauss(0, 1) > -0.6 else None for _ in range(5)]
        units.append(structure(f"s{i}", told, asked=4))
    return units


@pytest.mark.parametrize("pull", [-0.3, 0.3])
def test_who_never_answers_is_read_beyond_who_seldom_does(pull: float) -> None:
    units = people(3, pull=pull)
    never = {unit.structure for unit in units if unit.y is None and not unit.years}
    (factor,) = {f for name, f in silence_of(units).items() if name in never}
    # Who never answers lies about one and a half below the mean, respondents a little above.
    assert factor.ratio < 0.8 if pull > 0 else factor.ratio > 1.25


def test_silence_without_reason_corrects_hardly_anything() -> None:
    for seed in range(5):
        units = people(seed, pull=0.0)
        never = {unit.structure for unit in units if not unit.years}
        assert all(abs(f.ratio - 1) < 0.08 for name, f in silence_of(units).items() if name in never)


def test_who_was_never_asked_before_is_less_reluctant_than_who_always_was() -> None:
    units = [*people(5, pull=0.4), structure("new", [None, None], asked=0)]
    found = silence_of(units)
    never = next(f for u in units if not u.years and u.structure != "new" for f in [found[u.structure]])
    assert never.ratio < found["new"].ratio < 1


def test_inclinations_rise_with_answers_and_mean_nothing_on_the_whole() -> None:
    records = {(0, 5): 100, (1, 5): 30, (2, 5): 20, (3, 5): 25, (4, 5): 60, (5, 5): 300}
    scores = inclinations(records)
    ordered = [scores[k, 5] for k in range(6)]
    assert ordered == sorted(ordered)
    assert abs(sum(scores[r] * count for r, count in records.items()) / sum(records.values())) < 0.1


def test_years_drawn_apart_tell_of_no_inclination() -> None:
    # 10 structures in 32 for each of the five coins: 1, 5, 10, 10, 5, 1.
    scores = inclinations({(k, 5): count for k, count in enumerate((10, 50, 100, 100, 50, 10))})
    assert max(abs(score) for score in scores.values()) < 0.1


@pytest.mark.parametrize(
    ("ratio", "error", "expected"), [(1.5, 0.0, 1.5), (1.5, 0.0625, 1.25), (1.2, 1.0, 1.0), (1.0, 0.0, 1.0)]
)
def test_a_factor_is_brought_to_one_as_far_as_chance_explains_it(ratio: float, error: float, expected: float) -> None:
    assert isclose(shrunk(ratio, error, 2.0).ratio, expected)


def test_who_came_back_lower_lowers_those_still_silent() -> None:
    steady = [structure(f"s{i}", [100.0 + i % 3] * 5) for i in range(40)]
    # Silent last year, back at four fifths of what they were; those still silent are expected there too.
    back = [structure(f"b{i}", [80.0 + i % 2, None, 100.0, 100.0, 100.0]) for i in range(20)]
    silent = [structure(f"m{i}", [None, 100.0, 100.0]) for i in range(5)]
    values = [prediction.value for prediction in predict([*steady, *back, *silent])]
    assert all(78 < value < 84 for value in values), values


def test_many_zeros_tell_of_no_return() -> None:
    steady = [structure(f"s{i}", [100.0 if i % 4 else 0.0] * 5) for i in range(40)]
    back = [structure(f"b{i}", [80.0, None, 100.0, 100.0]) for i in range(20)]
    found = predict([*steady, *back, structure("m", [None, 100.0])])
    assert found[0].correction == Factor()


def test_nothing_but_zeros_is_nothing() -> None:
    units = [structure(f"s{i}", [0.0, 0.0 if i % 3 else None, 0.0]) for i in range(30)]
    units += [structure(f"m{i}", [None, None]) for i in range(3)]
    found = raise_total(units, predict(units), "FR")
    assert found is not None and (found.value, found.high) == (0.0, 0.0)
