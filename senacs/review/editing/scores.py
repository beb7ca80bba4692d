"""What to look at first: the effect of doubtful values on published totals, and what could still move them.

Selective editing: M. Latouche and J.-M. Berthelot, « Use of a score function to prioritize and limit recontacts in
editing business surveys », Journal of Official Statistics 8 (1992) 389–400; D. Hedlin, « Score functions to reduce
business survey editing at the U.K. Office for National Statistics », JOS 19 (2003) 177–199. The score of a response is
the largest of its cells': the stopping rule is about the total that is moved most.
"""

from collections.abc import Mapping, Sequence

import numpy as np
import polars as pl
from numpy.typing import NDArray

from senacs.review.editing.outliers import Distances
from senacs.review.editing.peers import Floats

# A cell that moves no key total counts for its own, far behind those that do.
BEHIND = 0.05
# A value that nothing but a rule doubts is suspected a little all the same.
LEAST_SUSPICION = 0.1
# Doubtful cells: which response (row), which field, what was declared (NaN: nothing), what was expected, and how
# far it is suspected, from 0 to 1: its effect counts for that much (suspicion × potential impact, as in L.-G. Jäder and
# A. Norberg, « A selective editing method considering both suspicion and potential impact », UN/ECE 2005).
CELLS: dict[str, pl.DataType] = {
    "row": pl.UInt32(),
    "code": pl.String(),
    "value": pl.Float64(),
    "expected": pl.Float64(),
    "suspicion": pl.Float64(),
}


def expected_values(values: Floats, previous: Floats, distances: Distances) -> tuple[Floats, Floats]:
    """What each cell was expected to be, NaN if nothing tells, and how far its value is suspected (0 to 1).

    Expected is last year's value as peers moved; the peers' median where there is none, or where last year was itself
    out of the peers' fences while this year is not. All arrays are rows × codes.
    """
    carried = distances.carried(previous)
    with np.errstate(invalid="ignore"):
        is_lonely = np.isnan(previous) | ((distances.before > 1) & ~(distances.fence > 1))
        distance = np.where(is_lonely, distances.fence**2, distances.ratio)
        # No ratio and no logarithm: a zero, or something where there was nothing.
        distance = np.where(np.isnan(distance), np.where(values == carried, 0.0, 1.0), distance)
    return np.where(is_lonely, distances.typical, carried), np.clip(distance, LEAST_SUSPICION, 1.0)


def key_totals(
    values: Mapping[str, NDArray], doubtful: pl.DataFrame, weights: NDArray, territory: Sequence[str]
) -> pl.DataFrame:
    """The total of each key in each territory and in all (« FR »): territory, key, total.

    `values` gives each key's column (NaN counts as 0); `doubtful` (see CELLS, codes being keys) replaces what is not
    believed by what was expected, so that a slip of three zeros does not hide itself in its own denominator.
    """
    frames = []
    for key, column in values.items():
        believed = np.nan_to_num(column)
        rows = doubtful.filter(pl.col("code") == key)
        if len(rows):
            believed = believed.copy()
            believed[rows["row"].to_numpy()] = np.nan_to_num(rows["expected"].to_numpy())
        frames.append(pl.DataFrame({"territory": territory, "total": believed * weights}).with_columns(key=pl.lit(key)))
    if not frames:
        return pl.DataFrame(schema={"territory": pl.String(), "key": pl.String(), "total": pl.Float64()})
    cells = pl.concat(frames)
    everywhere = cells.with_columns(territory=pl.lit("FR"))
    return (
        pl.concat([cells, everywhere]).group_by("territory", "key").agg(pl.col("total").sum()).sort("territory", "key")
    )


def effects(
    cells: pl.DataFrame,
    totals: pl.DataFrame,
    feeds: Mapping[str, Mapping[str, float]],
    weights: NDArray,
    territory: Sequence[str],
) -> pl.DataFrame:
    """How far each cell could move each key total: row, code, territory, key, effect (in the key's unit), share (%).

    `feeds[key]` gives the coefficient of each code in the key total. Twice a line: its territory, and « FR ».
    """
    links = pl.DataFrame(
        [(code, key, abs(factor)) for key, codes in feeds.items() for code, factor in codes.items()],
        schema={"code": pl.String(), "key": pl.String(), "factor": pl.Float64()},
        orient="row",
    )
    rows = pl.DataFrame({"row": np.arange(len(weights), dtype=np.uint32), "territory": territory, "weight": weights})
    moved = cells.join(links, on="code").join(rows, on="row")
    difference = (pl.col("value").fill_nan(None).fill_null(0.0) - pl.col("expected")).abs()
    moved = moved.select(
        "row", "code", "territory", "key", effect=difference * pl.col("suspicion") * pl.col("factor") * pl.col("weight")
    )
    both = pl.concat([moved, moved.with_columns(territory=pl.lit("FR"))])
    share = pl.when(pl.col("total").abs() > 0).then(100 * pl.col("effect") / pl.col("total").abs()).otherwise(100.0)
    known = pl.col("effect").is_not_null() & pl.col("effect").is_not_nan() & (pl.col("effect") > 0)
    return both.join(totals, on=["territory", "key"]).filter(known).with_columns(share=share).drop("total")


def rank_cells(cells: pl.DataFrame, moved: pl.DataFrame, own_totals: Mapping[str, float]) -> pl.DataFrame:
    """The cells with `key` (the total moved most in their territory), `share`, `national` (%) and `score`; best first.

    `own_totals` serves the cells that move no key total.
    """
    local = moved.filter(pl.col("territory") != "FR").sort("share", descending=True)
    most = local.group_by("row", "code", maintain_order=True).first().select("row", "code", "key", "share")
    national = (
        moved.filter(pl.col("territory") == "FR").group_by("row", "code").agg(pl.col("share").max().alias("national"))
    )
    own = pl.DataFrame(
        {"code": list(own_totals), "own": list(own_totals.values())}, schema={"code": pl.String(), "own": pl.Float64()}
    )
    ranked = cells.join(most, on=["row", "code"], how="left").join(national, on=["row", "code"], how="left")
    ranked = ranked.join(own, on="code", how="left")
    difference = (pl.col("value").fill_nan(None).fill_null(0.0) - pl.col("expected").fill_nan(None)).abs()
    alone = (100 * difference / pl.col("own").abs()).fill_nan(None).fill_null(0.0).clip(0, 100)
    return (
        ranked.with_columns(
            share=pl.col("share").fill_null(0.0),
            national=pl.col("national").fill_null(0.0),
            score=pl.col("share").fill_null(BEHIND * alone).clip(0, 1000),
        )
        .drop("own")
        .sort("score", "row", "code", descending=[True, False, False])
    )


def residuals(moved: pl.DataFrame, unsettled: pl.DataFrame) -> pl.DataFrame:
    """What could still move: territory, key, residual (% of the total), over the cells (row, code) of `unsettled`.

    A key total and one of its parts may both be doubted: the larger counts, not their sum.
    """
    left = moved.join(unsettled.select("row", "code").unique(), on=["row", "code"], how="semi")
    by_row = left.group_by("territory", "key", "row").agg(pl.col("share").max())
    return by_row.group_by("territory", "key").agg(residual=pl.col("share").sum()).sort("territory", "key")


def cells_before_rest(ranked: pl.DataFrame, moved: pl.DataFrame, territory: str, *, stop_at: float) -> int:
    """How many of the territory's cells, in the order of `ranked`, must be settled before no key total moves by more.

    0 when what is doubtful moves no total by more than `stop_at` percent already.
    """
    there = moved.filter(pl.col("territory") == territory)
    if territory != "FR":
        ranked = ranked.join(
            there.select("row", "code").unique(), on=["row", "code"], how="semi", maintain_order="left"
        )
    order = ranked.select("row", "code").with_row_index("place", offset=1)
    placed = there.join(order, on=["row", "code"])
    worst = 0
    for key in there["key"].unique().sort().to_list():
        # Settling the cells up to `place` leaves the sum of the later ones.
        rest = (
            placed.filter(pl.col("key") == key)
            .group_by("row")
            .agg(pl.col("place").max(), pl.col("share").max())
            .sort("place", descending=True)
            .with_columns(left=pl.col("share").cum_sum())
            .filter(pl.col("left") > stop_at)
        )
        if len(rest):
            worst = max(worst, int(rest["place"].max()))  # type: ignore[arg-type]
    return worst
