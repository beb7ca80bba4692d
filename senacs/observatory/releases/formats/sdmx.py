"""SDMX-CSV 2.0 of a release: every observation with its OBS_STATUS and CONF_STATUS."""

import io

import polars as pl

from senacs.observatory.definitions.publication_plan import GROUPING, Plan
from senacs.observatory.enums import CellStatus

SDMX_CSV = "sdmx.csv.gz"
STRUCTURE_ID = "SENACS:DF_SENACS(1.0)"
# A code of the release that is not crossed or not split.
TOTAL = "_T"
_AREAS = {"france": "", "region": "REG-", "departement": "DEP-", "epci": "EPCI-", GROUPING: "GRP-"}
# Cross-domain code lists of SDMX: CL_OBS_STATUS (A normal, E estimated, O missing, Q missing because suppressed) and
# CL_CONF_STATUS (F free, C confidential: the codes that tell the rule would tell something of the answers).


def sdmx_csv(cells: pl.DataFrame, plan: Plan, *, data_year: int) -> bytes:
    """UTF-8, one line an observation, in the order of `cells`; a suppressed value is « NaN » beside its statuses."""
    hidden = pl.col("status") != CellStatus.PUBLISHED
    value = pl.when(hidden | pl.col("value").is_null()).then(pl.lit("NaN")).otherwise(pl.col("value").cast(pl.String))
    out = io.BytesIO()
    cells.select(
        pl.lit("dataflow").alias("STRUCTURE"),
        pl.lit(STRUCTURE_ID).alias("STRUCTURE_ID"),
        pl.lit("I").alias("ACTION"),
        pl.lit("A").alias("FREQ"),
        pl.concat_str(pl.col("level").replace_strict(_AREAS), "territory").alias("REF_AREA"),
        pl.col("indicator").alias("INDICATOR"),
        pl.col("statistic").alias("STATISTIC"),
        *(_code(name).alias(name.upper()) for name in (*plan.dimensions, "modality")),
        pl.lit(str(data_year)).alias("TIME_PERIOD"),
        value.alias("OBS_VALUE"),
        _observation(hidden).alias("OBS_STATUS"),
        _confidentiality(hidden).alias("CONF_STATUS"),
        pl.when(hidden).then(pl.lit("NaN")).otherwise(pl.col("n").cast(pl.String)).alias("RESPONDENTS"),
        pl.col("reason").alias("COMMENT_OBS"),
    ).write_csv(out, line_terminator="\r\n")
    return out.getvalue()


def _code(name: str) -> pl.Expr:
    return pl.when(pl.col(name) == "").then(pl.lit(TOTAL)).otherwise(pl.col(name))


def _observation(hidden: pl.Expr) -> pl.Expr:
    return (
        pl.when(hidden)
        .then(pl.lit("Q"))
        .when(pl.col("value").is_null())
        .then(pl.lit("O"))
        .when(pl.col("statistic").is_in(["estimate", "low", "high", "band_low", "band_high"]))
        .then(pl.lit("E"))
        .otherwise(pl.lit("A"))
    )


def _confidentiality(hidden: pl.Expr) -> pl.Expr:
    return pl.when(hidden).then(pl.lit("C")).otherwise(pl.lit("F"))
