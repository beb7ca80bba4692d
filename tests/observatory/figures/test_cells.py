"""Figures worked out by hand beside those of the aggregation."""

from dataclasses import replace

import polars as pl
import pytest

from senacs.observatory.definitions.publication_plan import Dimension, Plan, Rules, Table
from senacs.observatory.figures.cells import Measure, aggregate, rounded

PLAN = Plan(
    dimensions={
        "kind": Dimension("kind", "Type", {"CS": "Centres sociaux", "EVS": "EVS"}),
        "gestion": Dimension("gestion", "Gestion", {"associatif": "Associatif", "caf": "Caf"}),
    },
    tables=(Table("france", ()), Table("departement", ()), Table("departement", ("kind",))),
    rules=Rules(),
)
UNITS = pl.DataFrame(
    {
        "region": ["84"] * 6,
        "departement": ["01", "01", "01", "69", "69", "69"],
        "kind": ["CS", "CS", "EVS", "CS", "EVS", "EVS"],
        "gestion": ["associatif"] * 6,
        # 01: 10, 20, unanswered; 69: 30, 40, 100.
        "etp": [10.0, 20.0, None, 30.0, 40.0, 100.0],
        "clas": [1.0, 0.0, 1.0, None, 1.0, 1.0],
        "caf": [50.0, None, 10.0, 0.0, 5.0, 20.0],
        "budget": [100.0, None, 40.0, 30.0, 10.0, 100.0],
        "qui=ca": [1.0, 0.0, 1.0, 0.0, None, 1.0],
        "qui=bureau": [0.0, 1.0, 0.0, 1.0, None, 0.0],
    }
)
MEASURES = [
    Measure("etp_total", "total", "etp"),
    Measure("clas", "share", "clas"),
    Measure("part_caf", "ratio", "caf", denominator="budget", scale=100, decimals=1),
    Measure("qui", "distribution", "qui=ca", modality="ca"),
    Measure("qui", "distribution", "qui=bureau", modality="bureau"),
    Measure("etp_densite", "density", "etp", decimals=2),
]
POPULATIONS = {("france", "FR"): 50_000, ("departement", "01"): 20_000}


@pytest.fixture(scope="module")
def cells() -> pl.DataFrame:
    return rounded(aggregate(UNITS.lazy(), MEASURES, PLAN, populations=POPULATIONS), MEASURES, PLAN.rules)


def cell(cells: pl.DataFrame, indicator: str, statistic: str, level: str, territory: str, **where: str) -> tuple:
    wanted = {"kind": "", "gestion": "", "modality": "", **where}
    rows = cells.filter(indicator=indicator, statistic=statistic, level=level, territory=territory, **wanted)
    assert len(rows) <= 1
    return rows.select("value", "n").row(0) if len(rows) else ()


@pytest.mark.parametrize(
    ("statistic", "expected"),
    # 10 + 20 + 30 + 40 + 100 = 200 for 5 respondents; sorted, the quartiles fall on the 2nd, 3rd and 4th.
    [("sum", 200.0), ("mean", 40.0), ("q1", 20.0), ("median", 30.0), ("q3", 40.0)],
)
def test_total_of_a_territory_of_one_kind(statistic: str, expected: float) -> None:
    plan = replace(PLAN, dimensions={"gestion": PLAN.dimensions["gestion"]}, tables=(Table("france", ()),))
    alone = rounded(aggregate(UNITS.lazy(), MEASURES, plan), MEASURES, plan.rules).with_columns(kind=pl.lit(""))
    assert cell(alone, "etp_total", statistic, "france", "FR") == (expected, 5)


@pytest.mark.parametrize("statistic", ["mean", "q1", "median", "q3"])
def test_two_kinds_never_have_one_mean(cells: pl.DataFrame, statistic: str) -> None:
    assert cell(cells, "etp_total", "sum", "departement", "69") == (170.0, 3)
    assert cell(cells, "etp_total", statistic, "departement", "69") == ()
    # Of the two spaces of 69, 40 and 100; a table that does not cross by kind has none of them.
    assert cell(cells, "etp_total", statistic, "departement", "69", kind="EVS")[0] in {70.0, 55.0, 85.0}
    assert not len(cells.filter(pl.col("statistic") == statistic, pl.col("kind") == ""))


def test_unanswered_is_neither_zero_nor_a_respondent(cells: pl.DataFrame) -> None:
    assert cell(cells, "etp_total", "mean", "departement", "01", kind="CS") == (15.0, 2)
    assert cell(cells, "etp_total", "mean", "departement", "01", kind="EVS") == ()


def test_share_counts_respondents_only(cells: pl.DataFrame) -> None:
    assert cell(cells, "clas", "share", "france", "FR") == (80.0, 5)
    assert cell(cells, "clas", "count", "france", "FR") == (4.0, 5)
    assert cell(cells, "clas", "share", "departement", "01") == (66.7, 3)


def test_ratio_is_a_ratio_of_totals(cells: pl.DataFrame) -> None:
    # (50 + 10 + 0 + 5 + 20) / (100 + 40 + 30 + 10 + 100) = 85 / 280
    assert cell(cells, "part_caf", "ratio", "france", "FR") == (30.4, 5)


def test_distribution_has_a_share_for_each_modality(cells: pl.DataFrame) -> None:
    assert cell(cells, "qui", "share", "france", "FR", modality="ca") == (60.0, 5)
    assert cell(cells, "qui", "count", "france", "FR", modality="bureau") == (2.0, 5)
    # A modality that nobody chose is a figure, 0 % of 2 respondents.
    assert cell(cells, "qui", "share", "departement", "69", modality="bureau", kind="EVS") == (0.0, 1)


def test_density_needs_a_population(cells: pl.DataFrame) -> None:
    assert cell(cells, "etp_densite", "density", "france", "FR") == (40.0, 5)
    assert cell(cells, "etp_densite", "density", "departement", "01") == (15.0, 2)
    assert cell(cells, "etp_densite", "density", "departement", "69") == ()


def test_quantiles_are_rounded_to_significant_digits() -> None:
    units = UNITS.with_columns(etp=pl.col("etp") * 1234.5)
    measures = [Measure("budget", "total", "etp")]
    cells = rounded(aggregate(units.lazy(), measures, PLAN), measures, PLAN.rules)
    # Of 40 and 100 times 1 234,5.
    assert cell(cells, "budget", "median", "departement", "69", kind="EVS") == (86_400.0, 2)
    assert cell(cells, "budget", "sum", "france", "FR") == (246_900.0, 5)


@pytest.mark.parametrize(
    ("mean", "decimals", "published"),
    [
        (99.96, 0, 100.0),
        (99.94, 0, 99.9),
        (-99.94, 0, -99.9),
        (100.46, 0, 100.0),
        (-100.46, 0, -100.0),
        (45.678, 1, 45.68),
    ],
)
def test_a_mean_takes_one_more_digit_under_a_hundred(mean: float, decimals: int, published: float) -> None:
    measure = Measure("etp", "mean", "x", decimals=decimals)
    cells = pl.DataFrame({"indicator": ["etp"], "statistic": ["mean"], "value": [mean]})
    assert rounded(cells, [measure], Rules())["value"].to_list() == [published]


def test_order_of_respondents_changes_nothing() -> None:
    shuffled = UNITS.sample(fraction=1, shuffle=True, seed=3)
    first, second = (aggregate(u.lazy(), MEASURES, PLAN, populations=POPULATIONS) for u in (UNITS, shuffled))
    assert first.equals(second)
