"""Figures hidden because of a doubtful value are counted; those that a true large value hides are not."""

from pathlib import Path

import polars as pl
import pytest

from senacs.observatory.definitions.publication_plan import HOLDER, Plan, load_plan
from senacs.observatory.figures.cells import Measure
from senacs.observatory.plausibility.hiding import Hiding, hidden_by_doubts
from tests import factories

MEASURE = Measure("budget", "total", "budget")
OTHER = Measure("benevoles", "total", "benevoles")
DIMENSIONS = ("gestion", "qpv", "territory_type", "fcsf")


@pytest.fixture
def plan() -> Plan:
    return load_plan(Path(factories.FIXTURES) / "observatory" / "plan.yaml")


def units_of(budgets: list[float], holders: list[str] | None = None) -> pl.DataFrame:
    size = len(budgets)
    return pl.DataFrame(
        {
            "region": ["84"] * size,
            "departement": ["26"] * size,
            "epci": [""] * size,
            "groupement": [""] * size,
            "kind": ["CS"] * size,
            **{name: ["oui"] * size for name in DIMENSIONS},
            HOLDER: holders or [f"h{i}" for i in range(size)],
            "budget": budgets,
            "benevoles": [10.0] * size,
        }
    )


def cells_of(plan: Plan, *hidden: str) -> pl.DataFrame:
    """The département's cells of the indicators named, hidden by a rule of their own."""
    blank = dict.fromkeys(plan.dimensions, "")
    return pl.DataFrame(
        [
            {
                "indicator": code,
                "level": "departement",
                "territory": "26",
                "dimension": "",
                **blank,
                "status": "primary",
            }
            for code in hidden
        ]
    )


def hidden(plan: Plan, budgets: list[float], rows: list[int], holders: list[str] | None = None) -> list[Hiding]:
    units = units_of(budgets, holders)
    return hidden_by_doubts(cells_of(plan, "budget"), units, [MEASURE, OTHER], plan, {"budget": rows})


def test_a_doubtful_giant_hides_a_figure_that_would_be_shown_without_it(plan: Plan) -> None:
    assert hidden(plan, [100.0] * 7 + [90_000.0], [7]) == [Hiding((7,), 1)]


def test_a_doubtful_value_that_hides_nothing_is_not_counted(plan: Plan) -> None:
    assert hidden(plan, [100.0] * 7 + [90_000.0], [3]) == []


def test_two_large_ones_of_which_one_is_true_still_hide(plan: Plan) -> None:
    assert hidden(plan, [100.0] * 7 + [90_000.0, 95_000_000.0], [8]) == []


def test_structures_of_one_holder_hide_together(plan: Plan) -> None:
    holders = [f"h{i}" for i in range(7)] + ["one", "one"]
    assert hidden(plan, [100.0] * 7 + [2_500.0, 2_500.0], [7, 8], holders) == [Hiding((7, 8), 1)]


def test_a_published_figure_is_not_counted(plan: Plan) -> None:
    units = units_of([100.0] * 7 + [90_000.0])
    assert hidden_by_doubts(cells_of(plan, "benevoles"), units, [MEASURE], plan, {"budget": [7]}) == []
