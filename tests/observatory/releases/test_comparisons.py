"""How likely chance gives the gap of a mean: large ones are sure, a few structures tell nothing, digits are few."""

import random

import polars as pl
import pytest

from senacs.observatory.figures.cells import Measure
from senacs.observatory.releases.comparisons import comparisons, to_one_digit

BUDGET = Measure("budget", "total", "y")


def units(here: list[float], elsewhere: list[float]) -> pl.DataFrame:
    """Centres sociaux of the Drôme, and of the Nord."""
    rows = [("26", "84", y) for y in here] + [("59", "32", y) for y in elsewhere]
    frame = pl.DataFrame(rows, schema=["departement", "region", "y"], orient="row")
    return frame.with_columns(pl.lit("CS").alias("kind"), pl.lit("urbain").alias("territory_type"))


def mean_gaps(frame: pl.DataFrame, published: pl.DataFrame) -> list[dict[str, object]]:
    """Every mean of which chance is not the likely cause, and how many were tested."""
    found = comparisons(frame, [BUDGET], published, [])
    return [
        {
            "level": e["level"],
            "territory": e["territory"],
            "tests": e["tests"],
            "chance": e["means"][0][2] if e["means"] else 1,
        }
        for e in found
    ]


def cells(*hidden: str) -> pl.DataFrame:
    places = [("france", "FR"), ("region", "84"), ("departement", "26")]
    return pl.DataFrame(
        {
            "indicator": ["budget"] * 3,
            "statistic": ["mean"] * 3,
            "dimension": ["kind"] * 3,
            "level": [level for level, _ in places],
            "territory": [code for _, code in places],
            "kind": ["CS"] * 3,
            "modality": [""] * 3,
            "status": ["primary" if code in hidden else "published" for _, code in places],
        }
    )


def amounts(seed: int, factor: float, number: int) -> list[float]:
    chance = random.Random(seed)
    return [factor * chance.lognormvariate(11, 0.5) for _ in range(number)]


def test_a_large_gap_is_sure_and_none_is_not() -> None:
    found = mean_gaps(units(amounts(1, 1.6, 60), amounts(2, 1.0, 300)), cells())
    assert {entry["territory"] for entry in found} == {"26", "84"}
    assert {entry["chance"] for entry in found} == {1e-6}
    alike = mean_gaps(units(amounts(3, 1.0, 60), amounts(4, 1.0, 300)), cells())
    assert {entry["chance"] for entry in alike} == {1}


@pytest.mark.parametrize(("here", "elsewhere"), [(29, 300), (60, 29)])
def test_few_structures_on_either_side_tell_nothing(here: int, elsewhere: int) -> None:
    assert mean_gaps(units(amounts(1, 3.0, here), amounts(2, 1.0, elsewhere)), cells()) == []


def test_a_hidden_mean_is_not_spoken_of() -> None:
    many = units(amounts(1, 3.0, 60), amounts(2, 1.0, 300))
    assert {e["level"] for e in mean_gaps(many, cells("26"))} == {"region"}
    assert mean_gaps(many, cells("FR")) == []


@pytest.mark.parametrize(
    ("chance", "told"), [(0.0123, 0.02), (0.5, 0.5), (0.51, 0.6), (0.97, 1.0), (0.0, 1e-6), (2e-4, 2e-4), (1.0, 1.0)]
)
def test_a_probability_is_told_to_one_digit_and_no_surer_than_it_is(chance: float, told: float) -> None:
    assert to_one_digit(chance) == pytest.approx(told)


def share_units(here: dict[str, tuple[int, int]], elsewhere: dict[str, tuple[int, int]]) -> pl.DataFrame:
    """By urban or rural, (yes, structures) in the Drôme and in the Nord."""
    rows = [
        (place, region, where, float(i < yes))
        for place, region, counts in (("26", "84", here), ("59", "32", elsewhere))
        for where, (yes, number) in counts.items()
        for i in range(number)
    ]
    frame = pl.DataFrame(rows, schema=["departement", "region", "territory_type", "y"], orient="row")
    return frame.with_columns(pl.lit("CS").alias("kind"))


def share_gap(frame: pl.DataFrame) -> float:
    share = Measure("clas", "share", "y")
    shown = cells().with_columns(pl.lit("clas").alias("indicator"), statistic=pl.lit("share"), dimension=pl.lit(""))
    (entry,) = [e for e in comparisons(frame, [share], shown, []) if e["level"] == "departement"]
    assert entry["tests"] == 1
    return float(entry["shares"][0][2]) if entry["shares"] else 1.0


def test_a_share_of_the_country_is_not_told_apart_for_being_rural() -> None:
    # Nine in ten in towns and one in ten elsewhere, here as there: here, hardly any town.
    towns, country = (90, 100), (10, 100)
    everywhere = {"urbain": (360, 400), "rural": (40, 400)}
    assert share_gap(share_units({"urbain": (9, 10), "rural": (9, 90)}, everywhere)) > 0.05
    # The same in both is another matter.
    assert share_gap(share_units({"urbain": towns, "rural": (60, 100)}, everywhere)) <= 1e-5
    assert share_gap(share_units({"urbain": (10, 100), "rural": country}, everywhere)) <= 1e-5
