"""Protection of a release: the fate of every cell, from disclosure control, laid over the cells."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

import polars as pl

from senacs.disclosure.fates import PUBLISHED, Fate, Reason, Status
from senacs.lib.parallel import Progress, silent, spread
from senacs.observatory.answers.microdata import WAIVES
from senacs.observatory.definitions.publication_plan import Plan, Rules
from senacs.observatory.definitions.statistics import QUANTILES
from senacs.observatory.earlier_figures import EarlierFigures
from senacs.observatory.enums import CellStatus
from senacs.observatory.figures.cells import Measure, cell_columns
from senacs.observatory.secrecy.memberships import labels
from senacs.observatory.secrecy.protected_blocks import Block, Earlier, make_blocks
from senacs.observatory.secrecy.variables import name_variables
from senacs.observatory.secrecy.verdict import Outcome, public_words, solve

# Why a figure is hidden, for whoever does not hold the answers.
HIDDEN = "secret statistique"
_RANK = {CellStatus.PUBLISHED: 0, CellStatus.COMPLEMENTARY: 1, CellStatus.PRIMARY: 2}


@dataclass(frozen=True)
class Masks:
    """The fate of every cell of every variable.

    frame: variable, level, territory, dimension, the plan's dimensions, status, reason; links: indicator, modality,
    variable. A measure is hidden where one of its variables is.
    """

    frame: pl.DataFrame
    links: pl.DataFrame
    blocks: tuple[Block, ...] = field(repr=False, default=())
    outcomes: tuple[Outcome, ...] = field(repr=False, default=())
    # Blocks of which this release shows nothing that was not shown before: there is nothing of it to attack.
    mute: int = 0

    @property
    def summary(self) -> dict[str, object]:
        """For the method note."""
        return {
            "blocks": len(self.blocks),
            "variables": sum(len(block.variables) for block in self.blocks),
            "identities": sum(len(block.identities) for block in self.blocks),
            **({"nothing_new": self.mute} if self.mute else {}),
        }


class Unprotectable(Exception):
    """Some cell cannot be protected whatever is hidden; the message is in French."""


def protect(
    units: pl.DataFrame,
    measures: Sequence[Measure],
    plan: Plan,
    *,
    earlier: Sequence[Earlier] = (),
    local: Sequence[EarlierFigures] = (),
    progress: Progress = silent,
) -> Masks:
    """Decides of every cell of the plan. `units` comes from measures.evaluate. Raises Unprotectable.

    earlier, local: all that readers have of the campaign already (see `make_blocks`).

    Who waives secrecy is taken as known to everybody: the others are protected as if it had not answered, and a cell
    of its own is shown. A cell of both has the fate that the others give it.
    """
    kept = kept_secret(units)
    earlier = [replace(one, units=kept_secret(one.units)) for one in earlier]
    made = make_blocks(kept, measures, plan, earlier=earlier, local=local)
    outcomes = spread(solve, made.blocks, progress=progress)
    # Readers have figures of these variables that nothing takes back: what comes after them adds nothing.
    silent_now = [bool(block.already_published and o.failures) for block, o in zip(made.blocks, outcomes, strict=True)]
    outcomes = [_nothing_new(o) if mute else o for o, mute in zip(outcomes, silent_now, strict=True)]
    failures = [failure for outcome in outcomes for failure in outcome.failures]
    if failures:
        raise Unprotectable(f"{len(failures)} cellules ne peuvent être protégées : {' '.join(failures[:10])}")
    links = pl.DataFrame(
        sorted(set(made.links)),
        schema={"indicator": pl.String, "modality": pl.String, "variable": pl.String},
        orient="row",
    )
    frame = fates(outcomes, plan)
    if len(kept) < len(units):
        frame = pl.concat(
            [
                frame,
                waived(units, measures, plan, links["variable"].unique()).join(frame, on=_cell_keys(plan), how="anti"),
            ]
        )
    speaking = [
        pair for pair, mute in zip(zip(made.blocks, outcomes, strict=True), silent_now, strict=True) if not mute
    ]
    return Masks(
        frame, links, tuple(block for block, _ in speaking), tuple(o for _, o in speaking), mute=sum(silent_now)
    )


def _nothing_new(outcome: Outcome) -> Outcome:
    """Every cell hidden: what readers have stands as they have it (see `kept_as_shown`), nothing is added to it.

    It happens when an answer changed so that figures already shown nearly give what a rule hides now. Showing less is
    all that a release can do, and a correction must not wait for ever for it.
    """
    hidden = Fate(Status.PRIMARY, Reason.UNPROTECTED)
    return Outcome({name: dict.fromkeys(cells, hidden) for name, cells in outcome.fates.items()}, ())


def kept_secret(units: pl.DataFrame) -> pl.DataFrame:
    """Those whose answers must stay secret."""
    return units.filter(~pl.col(WAIVES)) if WAIVES in units.columns else units


def waived(
    units: pl.DataFrame, measures: Sequence[Measure], plan: Plan, variables: Iterable[str] | None = None
) -> pl.DataFrame:
    """As published, every cell to which somebody who waives contributes; see `fates`. variables: those of one release
    alone when none is given."""
    named = name_variables(kept_secret(units), measures).columns if variables is None else variables
    waiving = units.filter(pl.col(WAIVES))
    shown = {(name, label): PUBLISHED for name, column in labels(waiving, plan).items() for label in column if label}
    return fates([Outcome(dict.fromkeys(named, shown), ())], plan)


def _cell_keys(plan: Plan) -> list[str]:
    return ["variable", "level", "territory", "dimension", *plan.dimensions]


def fates(outcomes: Sequence[Outcome], plan: Plan) -> pl.DataFrame:
    """One row a variable and cell of the plan: what becomes of it, and why; cells of other tables are left out."""
    tables = {table.name: table for table in plan.tables}
    rows = []
    for outcome in outcomes:
        for variable, cells in outcome.fates.items():
            for (name, label), fate in cells.items():
                table = tables.get(str(name))
                if table is None:
                    continue
                crossed = dict(zip(table.by, label[1:], strict=True))
                rows.append(
                    (
                        variable,
                        table.level,
                        label[0],
                        table.dimension,
                        *(crossed.get(code, "") for code in plan.dimensions),
                        str(fate.status),
                        public_words(fate),
                    )
                )
    columns = (*_cell_keys(plan), "status", "reason")
    return pl.DataFrame(rows, schema=dict.fromkeys(columns, pl.String), orient="row")


def apply(cells: pl.DataFrame, masks: Masks, plan: Plan) -> pl.DataFrame:
    """The cells as they are published: hidden ones lose value and n, and say why.

    Returns cell_columns(plan) + value, n, status, reason, in the order of `cells`. Raises RuntimeError when some
    cell was never shown to disclosure control.
    """
    keys = ["indicator", "modality", "level", "territory", "dimension", *plan.dimensions]
    rank = pl.col("status").replace_strict({str(s): r for s, r in _RANK.items()}, return_dtype=pl.Int8)
    found = (
        masks.links.join(masks.frame, on="variable")
        .with_columns(rank.alias("rank"))
        .sort([*keys, "rank", "reason"], descending=[False] * len(keys) + [True, False])
        .unique(keys, keep="first", maintain_order=True)
        .drop("variable", "rank")
    )
    joined = cells.join(found, on=keys, how="left", maintain_order="left")
    if joined["status"].null_count():
        raise RuntimeError("some cells escaped disclosure control")
    joined = quantile_rules(joined, plan.rules)
    shown = pl.col("status") == CellStatus.PUBLISHED
    return joined.with_columns(
        pl.when(shown).then(pl.col("value")).alias("value"), pl.when(shown).then(pl.col("n")).alias("n")
    ).select(*cell_columns(plan), "value", "n", "status", "reason")


def for_readers(cells: pl.DataFrame) -> pl.DataFrame:
    """One word for every hidden cell: the rule that hides it says something of the answers to who knows the others."""
    shown = pl.col("status") == CellStatus.PUBLISHED
    return cells.with_columns(
        pl.when(shown).then("status").otherwise(pl.lit(str(CellStatus.SUPPRESSED))).alias("status"),
        pl.when(shown).then(pl.lit("")).otherwise(pl.lit(HIDDEN)).alias("reason"),
    )


def kept_as_shown(cells: pl.DataFrame, earlier: Sequence[Earlier], plan: Plan) -> pl.DataFrame:
    """The cells of a corrected release: each figure that readers have stays as it was shown, under its first value.

    Two values of one figure give by difference what few answers changed: a correction waits for the next campaign.
    """
    if not earlier:
        return cells
    shown = pl.concat([one.cells.select(cells.columns) for one in earlier])
    shown = shown.filter(pl.col("status") == CellStatus.PUBLISHED)
    keys = list(cell_columns(plan))
    return pl.concat([cells.join(shown, on=keys, how="anti"), shown]).sort(keys)


def quantile_rules(cells: pl.DataFrame, rules: Rules) -> pl.DataFrame:
    """Medians and quartiles ask for more respondents than totals (statistics.md §1)."""
    for names, least, words in (
        (["median"], rules.median_from, "une médiane"),
        ([q for q in QUANTILES if q != "median"], rules.quartiles_from, "un quartile"),
    ):
        short = pl.col("statistic").is_in(names) & (pl.col("status") == CellStatus.PUBLISHED) & (pl.col("n") < least)
        cells = cells.with_columns(
            pl.when(short).then(pl.lit(str(CellStatus.PRIMARY))).otherwise("status").alias("status"),
            pl.when(short)
            .then(pl.lit(f"moins de {least} répondants pour {words}"))
            .otherwise("reason")
            .alias("reason"),
        )
    return cells
