"""Cells before protection: every statistic of every indicator, for every table of the plan (Polars, lazily)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Literal

import polars as pl

from senacs.observatory.plan import TERRITORY_COLUMNS, Plan, Rules, Table

# A key of the wide frame of one table: column of the measure, statistic, modality.
_SEPARATOR = "\x1f"
# Quantiles interpolate linearly between order statistics (type 7 of Hyndman and Fan, 1996), as spreadsheets do.
_INTERPOLATION: Literal["linear"] = "linear"
QUANTILES = {"q1": 0.25, "median": 0.5, "q3": 0.75}
PER_INHABITANTS = 10_000

STATISTICS: dict[str, tuple[str, ...]] = {
    "total": ("sum", "mean", "median", "q1", "q3"),
    "mean": ("mean", "median", "q1", "q3"),
    "median": ("median", "q1", "q3"),
    "share": ("share", "count"),
    "distribution": ("share", "count"),
    "ratio": ("ratio",),
    "density": ("density",),
}


@dataclass(frozen=True, slots=True)
class Measure:
    """One measured column of the units: Float64, null where the unit is no respondent.

    Shares and modalities are 0 or 1. A ratio has its numerator in `column` and its denominator in
    `denominator`; both are null unless both are known. `scale` multiplies a ratio (100 for « % »).
    """

    indicator: str
    kind: str
    column: str
    modality: str = ""
    denominator: str = ""
    scale: int = 1
    decimals: int = 0
    sensitive: bool = False
    is_key: bool = False
    # Typed fields whose plain sum the column (and the denominator) is; empty when it is anything else.
    terms: frozenset[str] = frozenset()
    denominator_terms: frozenset[str] = frozenset()


def cell_columns(plan: Plan) -> tuple[str, ...]:
    """What identifies a cell, in the order of the published files."""
    return ("indicator", "statistic", "level", "territory", "dimension", *plan.dimensions, "modality")


def aggregate(
    units: pl.LazyFrame,
    measures: Sequence[Measure],
    plan: Plan,
    *,
    populations: Mapping[tuple[str, str], int] | None = None,
) -> pl.DataFrame:
    """All cells of the plan, unprotected and unrounded, sorted by their identity.

    `units` has one row per respondent: the columns of the dimensions, those of the territories ('' where it is in
    none) and those of the measures. `populations` maps (level, territory) to inhabitants; a density without population
    has no cell.
    Returns `cell_columns(plan)` + value (Float64) + n (respondents to the indicator, UInt32); cells without any
    respondent do not exist.
    """
    frame = units.with_columns(pl.lit("FR").alias("france"))
    tables = [_table(frame, measures, table, plan) for table in plan.tables]
    cells = pl.concat(pl.collect_all(tables)) if tables else pl.DataFrame()
    by_column = pl.DataFrame(
        {
            "column": [m.column for m in measures],
            "indicator": [m.indicator for m in measures],
            "modality": [m.modality for m in measures],
        },
        schema={"column": pl.String, "indicator": pl.String, "modality": pl.String},
    )
    cells = (
        cells.filter(pl.col("n") > 0)
        .with_columns(pl.col("key").str.split_exact(_SEPARATOR, 1).struct.rename_fields(["column", "statistic"]))
        .unnest("key")
        .join(by_column, on="column", how="left")
    )
    cells = _densities(cells, populations or {})
    columns = cell_columns(plan)
    return cells.select(*columns, "value", "n").sort(columns)


def _table(frame: pl.LazyFrame, measures: Iterable[Measure], table: Table, plan: Plan) -> pl.LazyFrame:
    territory = TERRITORY_COLUMNS[table.level]
    keys = [territory, *table.by]
    told = (m for m in measures if m.is_key or not table.is_key)
    wide = frame.filter(pl.col(territory) != "").group_by(keys).agg(list(chain.from_iterable(map(_statistics, told))))
    long = wide.unpivot(index=keys, variable_name="key", value_name="cell").unnest("cell")
    return long.select(
        "key",
        pl.lit(table.level).alias("level"),
        pl.col(territory).alias("territory"),
        pl.lit(table.dimension).alias("dimension"),
        *(pl.col(code) if code in table.by else pl.lit("").alias(code) for code in plan.dimensions),
        "value",
        "n",
    )


def _statistics(measure: Measure) -> Iterable[pl.Expr]:
    column = pl.col(measure.column)
    values: dict[str, pl.Expr] = {
        "sum": column.sum(),
        "mean": column.mean(),
        "count": column.sum(),
        "share": column.mean() * 100,
        "density": column.sum(),
        **{name: column.quantile(q, _INTERPOLATION) for name, q in QUANTILES.items()},
    }
    if measure.denominator:
        denominator = pl.col(measure.denominator).sum()
        values["ratio"] = pl.when(denominator != 0).then(column.sum() * measure.scale / denominator)
    for statistic in STATISTICS[measure.kind]:
        yield pl.struct(
            values[statistic].cast(pl.Float64).alias("value"), column.count().cast(pl.UInt32).alias("n")
        ).alias(f"{measure.column}{_SEPARATOR}{statistic}")


def _densities(cells: pl.DataFrame, populations: Mapping[tuple[str, str], int]) -> pl.DataFrame:
    inhabitants = pl.DataFrame(
        [(level, code, population) for (level, code), population in populations.items() if population],
        schema={"level": pl.String, "territory": pl.String, "inhabitants": pl.Int64},
        orient="row",
    )
    is_density = pl.col("statistic") == "density"
    return (
        cells.join(inhabitants, on=["level", "territory"], how="left")
        .filter(~is_density | pl.col("inhabitants").is_not_null())
        .with_columns(
            pl.when(is_density)
            .then(pl.col("value") * PER_INHABITANTS / pl.col("inhabitants"))
            .otherwise(pl.col("value"))
            .alias("value")
        )
    )


def rounded(cells: pl.DataFrame, measures: Sequence[Measure], rules: Rules) -> pl.DataFrame:
    """Values as they are published: exact totals, shares to 0,1 point, quantiles to a few significant digits.

    Sums, ratios and densities keep the decimals of their indicator, means take one more under 100.
    """
    decimals = pl.DataFrame(
        {"indicator": [m.indicator for m in measures], "decimals": [m.decimals for m in measures]},
        schema={"indicator": pl.String, "decimals": pl.Int64},
    ).unique(maintain_order=True)
    value, statistic = pl.col("value"), pl.col("statistic")
    digits = (
        pl.when(statistic == "share")
        .then(1)
        .when(statistic == "count")
        .then(0)
        .when((statistic == "mean") & (value.abs() < 100))
        .then(pl.col("decimals") + 1)
        .otherwise(pl.col("decimals"))
    )
    # An integer over a power of ten is the nearest number to the decimal that the reader sees.
    scale = pl.lit(10.0).pow(digits)
    return (
        cells.join(decimals, on="indicator", how="left", maintain_order="left")
        .with_columns(
            pl.when(statistic.is_in(list(QUANTILES)))
            .then(value.round_sig_figs(rules.quantile_digits))
            .otherwise((value * scale).round(0) / scale)
            .alias("value")
        )
        .drop("decimals")
    )
