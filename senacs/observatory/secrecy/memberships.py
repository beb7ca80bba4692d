"""Memberships: in which cells of which groupings each contributor counts, now and in an earlier release."""

from collections.abc import Collection, Hashable, Iterable, Mapping
from dataclasses import dataclass, replace

import polars as pl

from senacs.observatory.definitions.publication_plan import GROUPING, HOLDER, TERRITORY_COLUMNS, Plan, Table
from senacs.observatory.secrecy.variables import Variable, contributions

NOW = ""
# The release that readers already have.
EARLIER = "avant"
_WITHIN = frozenset({"epci", GROUPING})

Label = tuple[Hashable, ...]


@dataclass(frozen=True, slots=True)
class GroupingKey:
    """Which cells: those of a table of the plan, in the answers of an epoch (`NOW`, or words for an earlier release).

    is_rest: what is left of a département once its groupings or EPCI are taken away: no table shows it, a subtraction
    would. Written as people read it, which also gives the order.
    """

    table: str
    epoch: str = NOW
    is_rest: bool = False

    def __str__(self) -> str:
        words = (self.epoch, "hors" if self.is_rest else "", self.table)
        return " ".join(word for word in words if word)

    def __lt__(self, other: "GroupingKey") -> bool:
        return str(self) < str(other)


def labels(units: pl.DataFrame, plan: Plan) -> dict[GroupingKey, list[Label | None]]:
    """For each table of the plan, the cell of each unit: (territory, *codes of the crossing), None if it is in none."""
    frame = units.with_columns(pl.lit("FR").alias("france"))
    return {GroupingKey(table.name): _labels(frame, table, plan.offered(table)) for table in plan.tables}


def _labels(frame: pl.DataFrame, table: Table, offered: frozenset[str] | None) -> list[Label | None]:
    crossed = [pl.col(code).replace(table.under(code)) for code in table.by]
    return [
        label if label[0] and (offered is None or label[0] in offered) else None
        for label in frame.select(TERRITORY_COLUMNS[table.level], *crossed).iter_rows()
    ]


def holders_asked(register: pl.DataFrame, plan: Plan) -> dict[str, dict[str, dict[tuple[str, ...], int]]]:
    """By table, territory and modalities, how many holders the register has: see `Plan.settled`.

    register: the structures asked, with the columns of the units that tables with a floor cross.
    """
    frame = register.with_columns(pl.lit("FR").alias("france"))
    found: dict[str, dict[str, dict[tuple[str, ...], int]]] = {}
    for table in plan.tables:
        if not table.offered_from:
            continue
        people: dict[tuple[str, ...], set[str]] = {}
        for label, holder in zip(_labels(frame, table, None), frame[HOLDER], strict=True):
            if label is not None:
                people.setdefault(tuple(map(str, label)), set()).add(holder)
        cells = found.setdefault(table.name, {})
        for (territory, *codes), holders in people.items():
            cells.setdefault(territory, {})[tuple(codes)] = len(holders)
    return found


def rests(units: pl.DataFrame, plan: Plan) -> dict[GroupingKey, list[Label | None]]:
    """For each table of territories that cut départements up, the département of each unit that they leave out.

    A territory in several départements leaves its units out of each; a département without any has no rest.
    """
    found: dict[GroupingKey, list[Label | None]] = {}
    for table in plan.tables:
        if table.by or table.level not in _WITHIN:
            continue
        places = units.select("departement", TERRITORY_COLUMNS[table.level]).rows()
        where: dict[str, set[str]] = {}
        for departement, place in places:
            where.setdefault(place, set()).add(departement)
        inside = {place for place, around in where.items() if place and len(around) == 1}
        cut = {departement for departement, place in places if place in inside}
        found[GroupingKey(table.name, is_rest=True)] = [
            (departement,) if departement in cut and place not in inside else None for departement, place in places
        ]
    return found


class Memberships:
    """The units of one release: who they are, who holds them, the cell of each table that they are in."""

    def __init__(self, units: pl.DataFrame, plan: Plan) -> None:
        self.units = units
        self.structures: list[str] = units["structure"].to_list()
        self.holders: list[str] = units[HOLDER].to_list()
        self.groupings = labels(units, plan) | rests(units, plan)


class Rows:
    """Contributors as disclosure control takes them: one a unit, two when a unit changed since the earlier release."""

    def __init__(self, memberships: Memberships, variables: Mapping[str, Variable]) -> None:
        self.structures = memberships.structures
        self.holders: list[Hashable] = list(memberships.holders)
        self.groupings: dict[GroupingKey, list[Label | None]] = {n: list(c) for n, c in memberships.groupings.items()}
        self.values = {n: contributions(memberships.units, v).to_list() for n, v in variables.items()}
        # Of the answers to each release: structure -> row.
        self.places: dict[str, dict[str, int]] = {NOW: {code: i for i, code in enumerate(self.structures)}}

    def leave_out(self, epochs: Collection[str]) -> None:
        """The cells of these epochs are nobody's; their answers stay, for what is drawn from them."""
        for name in [name for name in self.groupings if name.epoch in epochs]:
            del self.groupings[name]

    def add(self, name: GroupingKey, cells: Mapping[str, Label], *, epoch: str) -> None:
        """A grouping of the answers of one epoch; who is not in it, or waives secrecy, is in none of its cells."""
        places = self.places[epoch]
        column: list[Label | None] = [None] * len(self.holders)
        for code, label in cells.items():
            if code in places:
                column[places[code]] = label
        self.groupings[name] = column

    def drop(self, tables: Iterable[str]) -> None:
        dropped = set(tables)
        for name in [name for name in self.groupings if name.table in dropped]:
            del self.groupings[name]

    def join(self, before: "Rows", epoch: str = EARLIER) -> None:
        """Adds the memberships of an earlier release; an answer that did not change is one row, in cells of both."""
        place = self.places[NOW]
        current = [name for name in self.groupings if name.epoch == NOW]
        mine = list(zip(*self.values.values(), strict=True))
        theirs = list(zip(*before.values.values(), strict=True))
        places: list[int] = []
        added: list[int] = []
        for j, code in enumerate(before.structures):
            i = place.get(code)
            if i is None or self.holders[i] != before.holders[j] or mine[i] != theirs[j]:
                i = len(self.holders) + len(added)
                added.append(j)
            places.append(i)
        self.places[epoch] = dict(zip(before.structures, places, strict=True))
        self.holders += [before.holders[j] for j in added]
        for column in self.groupings.values():
            column.extend([None] * len(added))
        for variable, values in self.values.items():
            values.extend(before.values[variable][j] for j in added)
        # A column at a time: a release has thousands of answers, dozens of tables and hundreds of blocks.
        for name in current:
            labels: list[Label | None] = [None] * len(self.holders)
            for i, label in zip(places, before.groupings.get(name, ()), strict=False):
                labels[i] = label
            self.groupings[replace(name, epoch=epoch)] = labels
