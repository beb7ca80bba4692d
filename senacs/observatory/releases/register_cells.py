"""Cells that the register answers: facts about every structure asked, public already, with nothing to protect."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import polars as pl

from senacs.observatory.definitions.indicators import Indicator
from senacs.observatory.definitions.publication_plan import Plan
from senacs.observatory.enums import CellStatus
from senacs.observatory.figures.cells import aggregate, rounded
from senacs.observatory.figures.measures import evaluate
from senacs.questionnaire.engine.schema import Questionnaire


def register_cells(
    register: pl.DataFrame,
    indicators: Sequence[Indicator],
    questionnaire: Questionnaire,
    plan: Plan,
    *,
    populations: Mapping[tuple[str, str], int],
) -> pl.DataFrame:
    """The published cells of the indicators that the register answers, n being the structures that it knows this of.

    `register` has one row per structure asked, with its dimensions and its grouping. What structures declared classes
    none of them: such crossings have no cell here.
    """
    units, measured = evaluate(register, [i for i in indicators if i.is_of_register], questionnaire)
    known = tuple(t for t in plan.tables if not any(plan.dimensions[code].classes for code in t.by))
    told = replace(plan, tables=known)
    cells = rounded(aggregate(units.lazy(), measured, told, populations=populations), measured, plan.rules)
    published = pl.lit(str(CellStatus.PUBLISHED)).alias("status")
    return cells.with_columns(published, pl.lit("").alias("reason"))
