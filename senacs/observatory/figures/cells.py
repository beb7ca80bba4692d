"""Cells before protection: every statistic of every indicator, for every table of the plan (Polars or Spark)."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any, Literal

import narwhals as nw
import polars as pl
from narwhals.typing import IntoLazyFrame

from senacs.observatory.definitions.publication_plan import TERRITORY_COLUMNS, Plan, Rules, Table
from senacs.observatory.definitions.statistics import PER_INHABITANTS, PER_STRUCTURE, QUANTILES, STATISTICS

# A column of the wide frame of one table: column of the measure, then aggregate or statistic.
_SEPARATOR = "\x1f"
_COUNT, _SUM = "n", "sum"
# Quantiles interpolate linearly between order statistics (type 7 of Hyndman and Fan, 1996), as spreadsheets do.
_INTERPOLATION: Literal["linear"] = "linear"
# The order in which figures were added shows beyond these significant digits, half-way cases among them.
_SETTLED_DIGITS = 13


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
    units: IntoLazyFrame,
    measures: Sequence[Measure],
    plan: Plan,
    *,
    populations: Mapping[tuple[str, str], int] | None = None,
) -> pl.DataFrame:
    """All cells of the plan, unprotected and unrounded, sorted by their identity.

    `units` has one row per respondent: the columns of the dimensions, those of the territories ('' where it is in
    none) and those of the measures. It is a lazy frame of Polars, or of a distributed engine that narwhals knows: what
    is as long as the units stays there, only the groups come back. `populations` maps (level, territory) to
    inhabitants; a density without population has no cell, nor have means and quantiles where kinds are mixed.
    Returns `cell_columns(plan)` + value (Float64) + n (respondents to the indicator, UInt32); cells without any
    respondent do not exist.
    """
    told = [
        (table, [m for m in measures if (m.is_key or not table.is_key) and _told(m, table, plan)])
        for table in plan.tables
    ]
    told = [(table, chosen) for table, chosen in told if chosen]
    columns = cell_columns(plan)
    if not told:
        return pl.DataFrame(schema={**dict.fromkeys(columns, pl.String), "value": pl.Float64, "n": pl.UInt32})
    groups = _collect([_group(units, chosen, table, plan) for table, chosen in told])
    tables = [_long(frame.lazy(), chosen, table, plan) for frame, (table, chosen) in zip(groups, told, strict=True)]
    by_column = pl.DataFrame(
        {
            "column": [m.column for m in measures],
            "indicator": [m.indicator for m in measures],
            "modality": [m.modality for m in measures],
        },
        schema={"column": pl.String, "indicator": pl.String, "modality": pl.String},
    )
    cells = (
        pl.concat(pl.collect_all(tables))
        .filter(pl.col("n") > 0)
        .with_columns(pl.col("key").str.split_exact(_SEPARATOR, 1).struct.rename_fields(["column", "statistic"]))
        .unnest("key")
        .join(by_column, on="column", how="left")
    )
    return _densities(cells, populations or {}).select(*columns, "value", "n").sort(columns)


def _group(units: IntoLazyFrame, measures: Sequence[Measure], table: Table, plan: Plan) -> nw.LazyFrame[Any]:
    """One row a group of the table: its keys, then the aggregates of each column, still to be computed."""
    keys = _keys(table)
    frame = nw.from_native(units).with_columns(nw.lit("FR").alias("france")).filter(nw.col(keys[0]) != "")
    offered = plan.offered(table)
    if offered is not None:
        frame = frame.filter(nw.col(keys[0]).is_in(sorted(offered)))
    for code in table.by:
        for one, into in table.under(code).items():
            frame = frame.with_columns(
                nw.when(nw.col(code) == one).then(nw.lit(into)).otherwise(nw.col(code)).alias(code)
            )
    aggregates = dict(chain.from_iterable(_aggregates(measure, _told(measure, table, plan)) for measure in measures))
    return frame.group_by(keys).agg(*(expression.alias(name) for name, expression in aggregates.items()))


def _collect(queries: Sequence[nw.LazyFrame[Any]]) -> list[pl.DataFrame]:
    if queries[0].implementation.is_polars():
        return pl.collect_all([query.to_native() for query in queries])
    return [query.collect(backend="polars").to_native() for query in queries]


def _keys(table: Table) -> list[str]:
    return [TERRITORY_COLUMNS[table.level], *table.by]


def _told(measure: Measure, table: Table, plan: Plan) -> Sequence[str]:
    """The statistics of a measure that the table has."""
    left_out = PER_STRUCTURE if plan.mixes_kinds(table) else frozenset()
    return [statistic for statistic in STATISTICS[measure.kind] if statistic not in left_out]


def _aggregates(measure: Measure, statistics: Collection[str]) -> Iterable[tuple[str, nw.Expr]]:
    """What the statistics of a measure are made of; quantiles are exact on every engine."""
    column = nw.col(measure.column)
    yield _name(measure.column, _COUNT), column.count()
    yield _name(measure.column, _SUM), column.sum()
    for quantile in set(statistics) & set(QUANTILES):
        yield _name(measure.column, quantile), column.quantile(QUANTILES[quantile], _INTERPOLATION)
    if measure.denominator:
        yield _name(measure.denominator, _SUM), nw.col(measure.denominator).sum()


def _name(column: str, part: str) -> str:
    return f"{column}{_SEPARATOR}{part}"


def _long(groups: pl.LazyFrame, measures: Iterable[Measure], table: Table, plan: Plan) -> pl.LazyFrame:
    keys = _keys(table)
    told = [(measure, _told(measure, table, plan)) for measure in measures]
    wide = groups.select(*keys, *chain.from_iterable(_statistics(*one) for one in told))
    long = wide.unpivot(index=keys, variable_name="key", value_name="cell").unnest("cell")
    return long.select(
        "key",
        pl.lit(table.level).alias("level"),
        pl.col(keys[0]).alias("territory"),
        pl.lit(table.dimension).alias("dimension"),
        *(pl.col(code) if code in table.by else pl.lit("").alias(code) for code in plan.dimensions),
        "value",
        "n",
    )


def _statistics(measure: Measure, statistics: Iterable[str]) -> Iterable[pl.Expr]:
    total, count = (pl.col(_name(measure.column, part)).cast(pl.Float64) for part in (_SUM, _COUNT))
    values: dict[str, pl.Expr] = {
        "sum": total,
        "mean": total / count,
        "count": total,
        "share": total / count * 100,
        "density": total,
        **{quantile: pl.col(_name(measure.column, quantile)) for quantile in QUANTILES},
    }
    if measure.denominator:
        denominator = pl.col(_name(measure.denominator, _SUM))
        values["ratio"] = pl.when(denominator != 0).then(total * measure.scale / denominator)
    for statistic in statistics:
        yield pl.struct(values[statistic].cast(pl.Float64).alias("value"), count.cast(pl.UInt32).alias("n")).alias(
            _name(measure.column, statistic)
        )


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


def _half_away(value: pl.Expr, places: int) -> pl.Expr:
    """Rounded as one writes it: 1,005 is a half of hundredths, though no binary number is exactly that.

    The last rounding gives the number nearest to what is written: 333 × 0,1 is not the one nearest to 33,3.
    """
    units = (value * 10.0**places).round_sig_figs(_SETTLED_DIGITS).round(mode="half_away_from_zero")
    return (units / 10.0**places).round(places)


def rounded(cells: pl.DataFrame, measures: Sequence[Measure], rules: Rules) -> pl.DataFrame:
    """Values as they are published: exact totals, shares to 0,1 point, quantiles to a few significant digits.

    Half away from zero, as `lib.french.rounded` prints them: no sheet of figures says 0,4 where a page says 0,5.

    Sums, ratios and densities keep the decimals of their indicator, means take one more under 100.
    """
    decimals = pl.DataFrame(
        {"indicator": [m.indicator for m in measures], "decimals": [m.decimals for m in measures]},
        schema={"indicator": pl.String, "decimals": pl.Int64},
    ).unique(maintain_order=True)
    value, statistic = pl.col("value").round_sig_figs(_SETTLED_DIGITS), pl.col("statistic")
    digits = (
        pl.when(statistic == "share")
        .then(1)
        .when(statistic == "count")
        .then(0)
        .when((statistic == "mean") & (value.abs() < 100))
        .then(pl.col("decimals") + 1)
        .otherwise(pl.col("decimals"))
    )
    plain = value
    for places in range(max((m.decimals for m in measures), default=0) + 2):
        plain = pl.when(digits == places).then(_half_away(value, places)).otherwise(plain)
    return (
        cells.join(decimals, on="indicator", how="left", maintain_order="left")
        .with_columns(
            pl.when(statistic.is_in(list(QUANTILES)))
            .then(value.round_sig_figs(rules.quantile_digits))
            .otherwise(plain)
            .alias("value")
        )
        .drop("decimals")
    )
