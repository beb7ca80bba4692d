"""How likely chance gives each gap that words may tell of a territory: shares, means, and what the same became.

Shares are compared kind by kind, town and country apart, means within one kind, with everybody else in France; both
need counts that are no cells. A release keeps the probability alone, to one significant digit and never under a
millionth, where the figures compared are published and LEAST_RESPONDENTS structures answer; and how many were tested,
for they are judged together (figures.significance).
"""

from collections.abc import Iterator, Mapping, Sequence
from math import ceil, floor, log10
from typing import TypedDict

import polars as pl

from senacs.observatory.definitions.publication_plan import FRANCE, TERRITORY_COLUMNS
from senacs.observatory.enums import CellStatus
from senacs.observatory.figures.cells import Measure
from senacs.observatory.figures.significance import (
    FALSE_PART,
    LEAST_RESPONDENTS,
    Spread,
    Stratum,
    chance_of_difference,
    chance_of_gap,
)
from senacs.observatory.releases.movements import Move

LEVELS = ("region", "departement")
LEAST_TOLD = 1e-6
STRATA = ("kind", "territory_type")
_COLUMNS = tuple(TERRITORY_COLUMNS[level] for level in LEVELS)
_Sums = tuple[int, float, float]
_Cell = tuple[str, str, str, str]


class ChangeTold(TypedDict):
    """See movements.Move; the chance to one digit."""

    indicator: str
    kind: str
    both: int
    same: int
    all: int
    chance: float


class ComparedPlace(TypedDict):
    """What was tested of one territory; shares: [indicator, modality, chance]; means: [indicator, kind, chance]."""

    level: str
    territory: str
    tests: int
    shares: list[tuple[str, str, float]]
    means: list[tuple[str, str, float]]
    movements: list[ChangeTold]


# (level, territory), (indicator, modality or kind), probability.
Tested = tuple[tuple[str, str], tuple[str, str], float]


def comparisons(
    units: pl.DataFrame, measures: Sequence[Measure], cells: pl.DataFrame, moves: Sequence[Move]
) -> list[ComparedPlace]:
    """Territory by territory; what is surely chance is only counted.

    `units`: see figures.cells.aggregate; `cells`: protected already.
    """
    found: dict[tuple[str, str], ComparedPlace] = {}

    def of(area: tuple[str, str]) -> ComparedPlace:
        empty = ComparedPlace(level=area[0], territory=area[1], tests=0, shares=[], means=[], movements=[])
        entry = found.setdefault(area, empty)
        entry["tests"] += 1
        return entry

    for area, (indicator, modality), chance in _shares(units, measures, cells):
        entry = of(area)
        if chance <= FALSE_PART:
            entry["shares"].append((indicator, modality, to_one_digit(chance)))
    for area, (indicator, kind), chance in _means(units, measures, cells):
        entry = of(area)
        if chance <= FALSE_PART:
            entry["means"].append((indicator, kind, to_one_digit(chance)))
    for move in moves:
        entry = of((move["level"], move["territory"]))
        if move["chance"] <= FALSE_PART:
            entry["movements"].append(
                ChangeTold(
                    indicator=move["indicator"],
                    kind=move["kind"],
                    both=move["both"],
                    same=move["same"],
                    all=move["all"],
                    chance=to_one_digit(move["chance"]),
                )
            )
    return [found[area] for area in sorted(found)]


def _published(cells: pl.DataFrame, statistic: str, dimension: str, told: str) -> frozenset[_Cell]:
    chosen = cells.filter(
        pl.col("statistic") == statistic,
        pl.col("dimension") == dimension,
        pl.col("status") == CellStatus.PUBLISHED,
    )
    return frozenset(chosen.select("indicator", "level", "territory", told).iter_rows())


def _shares(units: pl.DataFrame, measures: Sequence[Measure], cells: pl.DataFrame) -> Iterator[Tested]:
    shown = _published(cells, "share", "", "modality")
    chosen = [measure for measure in measures if measure.kind in {"share", "distribution"}]
    if not chosen:
        return
    whole = _counts(units, chosen, [])
    for level in LEVELS:
        here = _counts(units, chosen, [TERRITORY_COLUMNS[level]])
        strata: dict[str, list[tuple[str, ...]]] = {}
        for territory, *stratum in here:
            strata.setdefault(territory, []).append(tuple(stratum))
        for territory in sorted(strata):
            for place, measure in enumerate(chosen):
                what = (measure.indicator, measure.modality)
                counted = [(here[territory, *s][place], whole[s][place]) for s in strata[territory]]
                n = sum(mine[0] for mine, _ in counted)
                both = {(what[0], level, territory, what[1]), (what[0], "france", FRANCE, what[1])}
                if n >= LEAST_RESPONDENTS and both <= shown:
                    tested = [Stratum(yes, count, all_yes, everybody) for (count, yes), (everybody, all_yes) in counted]
                    yield (level, territory), what, chance_of_gap(tested)


def _counts(
    units: pl.DataFrame, measures: Sequence[Measure], keys: list[str]
) -> dict[tuple[str, ...], list[tuple[int, int]]]:
    """By keys and strata, (respondents, yes) of each measure."""
    columns = [measure.column for measure in measures]
    grouped = units.group_by([*keys, *STRATA]).agg(
        *(pl.col(column).count().alias(f"n{place}") for place, column in enumerate(columns)),
        *(pl.col(column).sum().alias(f"y{place}") for place, column in enumerate(columns)),
    )
    width, number = len(keys) + len(STRATA), len(columns)
    return {
        tuple(row[:width]): [(row[width + i], round(row[width + number + i])) for i in range(number)]
        for row in grouped.iter_rows()
        if row[0] != ""
    }


def _means(units: pl.DataFrame, measures: Sequence[Measure], cells: pl.DataFrame) -> Iterator[Tested]:
    shown = _published(cells, "mean", "kind", "kind")
    for measure in measures:
        if measure.kind != "total":
            continue
        logs = units.select(*_COLUMNS, "kind", pl.col(measure.column).log1p().alias("y")).drop_nulls("y")
        logs = logs.filter(pl.col("y").is_finite())
        whole = _sums(logs, ["kind"])
        for level in LEVELS:
            for (territory, kind), sums in sorted(_sums(logs, [TERRITORY_COLUMNS[level], "kind"]).items()):
                everybody = whole[(kind,)]
                others = (everybody[0] - sums[0], everybody[1] - sums[1], everybody[2] - sums[2])
                both = {(measure.indicator, level, territory, kind), (measure.indicator, "france", FRANCE, kind)}
                if both <= shown and min(sums[0], others[0]) >= LEAST_RESPONDENTS:
                    chance = chance_of_difference(_spread(sums), _spread(others))
                    yield (level, territory), (measure.indicator, kind), chance


def _sums(logs: pl.DataFrame, keys: list[str]) -> Mapping[tuple[str, ...], _Sums]:
    grouped = logs.group_by(keys).agg(
        pl.len().alias("n"), pl.col("y").sum().alias("total"), (pl.col("y") ** 2).sum().alias("squares")
    )
    return {tuple(row[:-3]): (row[-3], row[-2], row[-1]) for row in grouped.iter_rows()}


def _spread(sums: _Sums) -> Spread:
    count, total, squares = sums
    return Spread(count, total / count, max(squares - total * total / count, 0.0) / (count - 1))


def to_one_digit(chance: float) -> float:
    """Rounded up, so that nothing is told surer than it is."""
    power = floor(log10(max(chance, LEAST_TOLD)))
    return min(round(ceil(max(chance, LEAST_TOLD) / 10**power - 1e-9) * 10.0**power, -power), 1.0)
