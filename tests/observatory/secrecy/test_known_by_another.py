"""Who answered may be known by one indicator, and how many said « oui » by none."""

from dataclasses import replace

import polars as pl

from senacs.observatory.enums import CellStatus
from senacs.observatory.figures.cells import Measure, aggregate
from senacs.observatory.secrecy.masks import apply, protect
from senacs.observatory.secrecy.protected_blocks import Earlier
from tests.observatory.secrecy import campaigns

# No table shows the four together.
PLAN = replace(
    campaigns.PLAN, tables=tuple(t for t in campaigns.PLAN.tables if (t.level, t.by) != ("france", ("kind",)))
)
MEASURES = [Measure("budget", "total", "budget", terms=frozenset({"budget"})), Measure("oui", "share", "oui")]


def test_a_share_is_not_shown_where_another_indicator_only_told_who_answered() -> None:
    """Eight CS and two EVS in each of two départements: France less both « CS » would be the « oui » of four EVS."""
    places = [(dep, kind, i) for dep in ("26", "38") for kind, many in (("CS", 8), ("EVS", 2)) for i in range(many)]
    units = pl.DataFrame(
        {
            "structure": [f"{dep}{kind}{i}" for dep, kind, i in places],
            "holder": [f"G{dep}{kind}{i}" for dep, kind, i in places],
            "departement": [dep for dep, _, _ in places],
            "region": ["84"] * len(places),
            "kind": [kind for _, kind, _ in places],
            "groupement": [""] * len(places),
            "budget": [50_000.0 + number for number in range(len(places))],
            "oui": [float(number % 2) for number in range(len(places))],
        }
    )
    cells = aggregate(units.lazy(), MEASURES, PLAN).with_columns(
        pl.lit(str(CellStatus.PUBLISHED)).alias("status"), pl.lit("").alias("reason")
    )
    by_kind = (pl.col("level") == "departement") & (pl.col("kind") == "CS")
    in_france = (pl.col("level") == "france") & (pl.col("kind") == "")
    shown = cells.filter(((pl.col("indicator") == "oui") & by_kind) | ((pl.col("indicator") == "budget") & in_france))
    assert shown.height

    made = protect(units, MEASURES, PLAN, earlier=[Earlier(units, shown, "2025-1")])
    told = apply(aggregate(units.lazy(), MEASURES, PLAN), made, PLAN)
    told = told.filter((pl.col("indicator") == "oui") & in_france)
    assert told.height and (told["status"] != CellStatus.PUBLISHED).all()
