"""Figures that the rules on large contributors hide because of a doubtful value: not a secret, a doubt to settle."""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from senacs.disclosure import tables
from senacs.disclosure.fates import Fate, Reason
from senacs.disclosure.primary_rules import primary_fate
from senacs.observatory.answers.microdata import WAIVES
from senacs.observatory.definitions.publication_plan import FRANCE, HOLDER, TERRITORY_COLUMNS, Plan, Table
from senacs.observatory.enums import CellStatus
from senacs.observatory.figures.cells import Measure

_LARGE = frozenset({Reason.DOMINANT, Reason.CLOSE})
_SUMMED = frozenset({"total", "mean", "ratio"})
Rows = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Hiding:
    """How many figures some doubtful responses hide together; `rows` are theirs in the snapshot."""

    rows: tuple[int, ...]
    figures: int


def hidden_by_doubts(
    cells: pl.DataFrame,
    units: pl.DataFrame,
    measures: Sequence[Measure],
    plan: Plan,
    doubtful: Mapping[str, Collection[int]],
) -> list[Hiding]:
    """What doubtful values hide, the most first.

    `cells` are protected (masks.apply), `units` and `measures` those that they count, `doubtful` maps an indicator to
    the rows of `units` in doubt. A figure counts when the rule on large contributors hides it as it stands and would
    not without its doubtful responses.
    """
    keys = ["indicator", "level", "territory", "dimension", *plan.dimensions]
    own = cells.filter(pl.col("status") == CellStatus.PRIMARY, pl.col("indicator").is_in(list(doubtful)))
    hidden = set(own.select(keys).iter_rows())
    secret = ~units[WAIVES].to_numpy() if WAIVES in units.columns else np.ones(len(units), bool)
    holders = np.unique(units[HOLDER].to_numpy(), return_inverse=True)[1]
    rules = tables.Rules(plan.rules.threshold, plan.rules.dominance, plan.rules.p_percent)
    labels = {table: _labels(units, table) for table in plan.tables}
    found: Counter[tuple[int, ...]] = Counter()
    for measure in measures:
        if measure.kind not in _SUMMED or not doubtful.get(measure.indicator):
            continue
        columns = [units[name].to_numpy() for name in (measure.column, measure.denominator) if name]
        for table in plan.tables:
            names, places = labels[table]
            for place, rows in _places_in_doubt(places, doubtful[measure.indicator]):
                if (measure.indicator, *_cell(table, names[place], plan)) not in hidden:
                    continue
                members = np.flatnonzero((places == place) & secret)
                accused = {row for values in columns for row in _accused(values, members, rows, holders, rules)}
                if accused:
                    found[tuple(sorted(accused))] += 1
    return [Hiding(rows, count) for rows, count in sorted(found.items(), key=lambda item: (-item[1], item[0]))]


def _labels(units: pl.DataFrame, table: Table) -> tuple[list[str], Rows]:
    """The cells of the table, each as one text, empty for none; and per row which of them counts it."""
    column = TERRITORY_COLUMNS[table.level]
    territory = pl.lit(FRANCE) if table.level == "france" else pl.col(column)
    by = [pl.col(code).replace(table.under(code)) if table.under(code) else pl.col(code) for code in table.by]
    joined = pl.concat_str([territory, *by], separator="\x1f")
    told = units.with_columns(pl.when(territory != "").then(joined).otherwise(pl.lit("")).alias("label"))
    names, places = np.unique(told["label"].to_numpy().astype(str), return_inverse=True)
    return names.tolist(), places


def _places_in_doubt(places: Rows, rows: Collection[int]) -> Iterator[tuple[int, Rows]]:
    doubtful = np.array(sorted(rows))
    for place in np.unique(places[doubtful]).tolist():
        yield place, doubtful[places[doubtful] == place]


def _cell(table: Table, name: str, plan: Plan) -> tuple[str, ...]:
    label = name.split("\x1f")
    crossed = dict(zip(table.by, label[1:], strict=True))
    return (table.level, label[0], table.dimension, *(crossed.get(code, "") for code in plan.dimensions))


def _accused(values: NDArray, members: Rows, doubtful: Rows, holders: NDArray, rules: tables.Rules) -> list[int]:
    """The doubtful rows without which no large contributor hides the total of `members`; none where it stays hidden."""
    members = members[~np.isnan(values[members])]
    left = members[~np.isin(members, doubtful)]
    count = _contributors(values, members, holders)
    if _fate(values, members, holders, rules, count).reason not in _LARGE or not len(left):
        return []
    # The number of contributors is the same: what is asked is whether their sizes still say too much.
    if not _fate(values, left, holders, rules, count).is_published:
        return []
    return [row for row in doubtful.tolist() if not np.isnan(values[row]) and values[row]]


def _contributors(values: NDArray, rows: Rows, holders: NDArray) -> int:
    return len(np.unique(holders[rows[values[rows] != 0]]))


def _fate(values: NDArray, rows: Rows, holders: NDArray, rules: tables.Rules, count: int) -> Fate:
    sums = np.bincount(np.unique(holders[rows], return_inverse=True)[1], weights=values[rows])
    largest = [float(value) for value in np.sort(sums)[::-1][:3]]
    return primary_fate(rules, n=count, value=float(values[rows].sum()), largest=largest)
