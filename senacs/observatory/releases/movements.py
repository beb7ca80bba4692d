"""What the same structures became since the year before, the new and the gone apart: the effect of composition.

A mean changes because structures change, and because others answer. A release keeps, for France and the régions and
each kind, the change of those who answered both years, to the whole percent. It is told where LEAST_RESPONDENTS
answered both years, and where those who came and those who went are none or LEAST_MOVED at least, so that no
difference speaks of a few.
"""

from collections.abc import Iterator, Mapping, Sequence
from math import log1p
from statistics import mean, variance
from typing import TypedDict

import polars as pl

from senacs.lib.french import rounded
from senacs.observatory.definitions.publication_plan import FRANCE
from senacs.observatory.enums import CellStatus
from senacs.observatory.figures.significance import LEAST_RESPONDENTS, Spread, chance_of_change

LEAST_MOVED = 10
Values = Mapping[str, float]


class Move(TypedDict):
    """`same` and `all` in whole percents; chance: that nothing changed among the `both` who answered both years."""

    indicator: str
    level: str
    territory: str
    kind: str
    both: int
    same: int
    all: int
    chance: float


def movements(
    register: pl.DataFrame, now: Mapping[str, Values], before: Mapping[str, Values], published: pl.DataFrame
) -> list[Move]:
    """What may be told of each published mean.

    now and before: by indicator, what structures declared this year and the last; `register`: one row a structure
    asked this year (structure, kind, region), whoever is gone from it is in no group. `published`: (indicator, level,
    territory, kind) of the means that readers have.
    """
    shown = frozenset(published.iter_rows())
    groups: dict[tuple[str, str, str], set[str]] = {}
    for structure, kind, region in register.select("structure", "kind", "region").iter_rows():
        groups.setdefault(("france", FRANCE, kind), set()).add(structure)
        groups.setdefault(("region", region, kind), set()).add(structure)
    return [
        entry
        for indicator in sorted(now)
        for group, members in sorted(groups.items())
        if (indicator, *group) in shown
        for entry in _movement(indicator, group, members, now[indicator], before.get(indicator, {}))
    ]


def _movement(
    indicator: str, group: tuple[str, str, str], members: set[str], now: Values, before: Values
) -> Iterator[Move]:
    here, there = members & now.keys(), members & before.keys()
    same = here & there
    if len(same) < LEAST_RESPONDENTS or not _is_told(len(here - same)) or not _is_told(len(there - same)):
        return
    old = sum(before[structure] for structure in sorted(same))
    whole = mean(before[structure] for structure in sorted(there))
    if old <= 0 or whole <= 0 or min(min(now[s], before[s]) for s in same) < 0:
        return
    changes = [log1p(now[structure]) - log1p(before[structure]) for structure in sorted(same)]
    level, territory, kind = group
    yield {
        "indicator": indicator,
        "level": level,
        "territory": territory,
        "kind": kind,
        "both": len(same),
        "same": int(rounded(100 * sum(now[structure] for structure in sorted(same)) / old - 100, 0)),
        "all": int(rounded(100 * mean(now[structure] for structure in sorted(here)) / whole - 100, 0)),
        "chance": chance_of_change(Spread(len(changes), mean(changes), variance(changes))),
    }


def _is_told(moved: int) -> bool:
    return moved == 0 or moved >= LEAST_MOVED


def movement_keys(cells: pl.DataFrame, codes: Sequence[str]) -> pl.DataFrame:
    """(indicator, level, territory, kind) of the published means of some indicators."""
    return cells.filter(
        pl.col("statistic") == "mean",
        pl.col("dimension") == "kind",
        pl.col("indicator").is_in(list(codes)),
        pl.col("status") == CellStatus.PUBLISHED,
    ).select("indicator", "level", "territory", "kind")
