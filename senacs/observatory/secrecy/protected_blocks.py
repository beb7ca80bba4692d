"""Blocks: what disclosure control must treat together. Totals and parts that are all published make one block."""

from collections.abc import Collection, Hashable, Mapping, Sequence
from dataclasses import dataclass, field

import polars as pl

from senacs.disclosure import tables
from senacs.disclosure.contributors import Identity
from senacs.observatory.definitions.publication_plan import LOCAL, Plan, Rules
from senacs.observatory.earlier_figures import EarlierFigures
from senacs.observatory.enums import CellStatus
from senacs.observatory.figures.cells import Measure
from senacs.observatory.secrecy.identities import find_identities, together
from senacs.observatory.secrecy.memberships import EARLIER, GroupingKey, Label, Memberships, Rows
from senacs.observatory.secrecy.variables import Contribution, Variable, name_variables, set_apart

BlockCell = tuple[GroupingKey, Label]
# The cell of all the members of a local figure; the grouping of those that it shows by name.
TOGETHER: Label = ("ici",)
NAMED = "nommées"


@dataclass(frozen=True)
class Earlier:
    """A release of the same campaign, that readers keep: its units, evaluated, the cells that it was first to show."""

    units: pl.DataFrame
    cells: pl.DataFrame
    name: str = ""

    @property
    def epoch(self) -> str:
        return f"{EARLIER} {self.name}".strip()


@dataclass(frozen=True)
class Block:
    """One call of disclosure control: rows of contributors, their memberships, the values of each variable."""

    holders: Sequence[Hashable]
    groupings: Mapping[GroupingKey, Sequence[Label | None]]
    variables: Mapping[str, Sequence[Contribution]]
    rules: tables.Rules
    margin: float
    counted: bool
    identities: tuple[Identity, ...] = ()
    already_published: Mapping[str, frozenset[BlockCell]] = field(default_factory=dict)
    # Tables that are not published for this block (see plan.Rules.tied_variables).
    withheld: Mapping[GroupingKey, Sequence[Label | None]] = field(default_factory=dict)
    # See disclosure.contributors: groupings that show nothing more, and those whose contributors agreed to be shown.
    closed: frozenset[GroupingKey] = frozenset()
    consenting: frozenset[GroupingKey] = frozenset()
    # Groupings that come after the others, one by one.
    later: tuple[GroupingKey, ...] = ()
    title: str = ""


@dataclass
class Blocks:
    """What must be solved, and which variables each measure rests on."""

    blocks: list[Block] = field(default_factory=list)
    links: list[tuple[str, str, str]] = field(default_factory=list)  # indicator, modality, variable


def make_blocks(
    units: pl.DataFrame,
    measures: Sequence[Measure],
    plan: Plan,
    *,
    earlier: Sequence[Earlier] = (),
    local: Sequence[EarlierFigures] = (),
) -> Blocks:
    """Every block of a release. `units` and those of earlier releases, oldest first, come from measures.evaluate.

    local: figures of a few structures that somebody has, each of the answers to one of the earlier releases.
    """
    before_now = [one.units for one in earlier]
    named = name_variables(units, measures, before_now)
    columns, titles, by_terms = named.columns, named.titles, named.by_terms
    made = Blocks(links=named.links)
    keys = {(measure.indicator, measure.modality) for measure in measures if measure.is_key}
    identities = find_identities(by_terms)
    if earlier or local:
        tied = [name for group in together(list(columns), identities) if len(group) > 1 for name in group]
        set_apart(named, [units, *before_now], tied)
    given = named.given_back()
    key = {variable for indicator, modality, variable in made.links if (indicator, modality) in keys}
    published: dict[str, frozenset[BlockCell]] = {}
    for one in earlier:
        for variable, cells in published_cells(one.cells, given, plan, one.epoch).items():
            published[variable] = published.get(variable, frozenset()) | cells
    local_cells = _local_cells(local, made.links, given)
    for variable, cells in local_cells.items():
        published[variable] = published.get(variable, frozenset()) | cells
    now = Memberships(units, plan)
    before = [(one.epoch, Memberships(one.units, plan)) for one in earlier]
    # Of answers that only local figures come from, no table was shown: their cells would be closed for nothing.
    unshown = {one.epoch for one in earlier if one.cells.is_empty()}
    # The largest blocks first: they take the longest, and would keep one processor busy alone at the end.
    for members in sorted(together(list(columns), identities), key=lambda group: -len(group)):
        chosen = {name: columns[name] for name in members}
        rows = Rows(now, chosen)
        for epoch, memberships in before:
            rows.join(Rows(memberships, chosen), epoch)
        rows.leave_out(unshown)
        for figures in local:
            _join_local(rows, figures, {cell for variable in chosen for cell in local_cells.get(variable, ())})
        first = next(iter(chosen.values()))
        withheld = withheld_tables(plan, len(chosen))
        if key.isdisjoint(chosen):
            rows.drop(table.name for table in plan.tables if table.is_key)
        at_top = {GroupingKey(table) for table in withheld}
        groupings = {
            name: column
            for name, column in rows.groupings.items()
            if name.table not in withheld and any(label is not None for label in column)
        }
        made.blocks.append(
            Block(
                holders=tuple(rows.holders),
                groupings=groupings,
                withheld={name: column for name, column in rows.groupings.items() if name in at_top},
                variables=rows.values,
                rules=rules_for(first, plan.rules),
                # A count has no share of it to hide in: two answers of each kind do that.
                margin=0.0 if first.is_counted else plan.rules.margin,
                counted=first.is_counted,
                identities=tuple(i for i in identities if i.total in chosen),
                already_published={
                    variable: frozenset(cell for cell in published.get(variable, ()) if cell[0].table not in withheld)
                    for variable in chosen
                },
                # What an earlier release hid shows nothing more: it is what readers have of it that counts.
                closed=frozenset(name for name in groupings if name.is_rest or name.epoch),
                consenting=frozenset(name for name in groupings if name.table == NAMED),
                later=tuple(k for k in (GroupingKey(t.name) for t in plan.tables if t.is_key) if k in groupings),
                title=min(titles[name] for name in members),
            )
        )
    return made


def _local_cells(
    local: Sequence[EarlierFigures],
    links: Sequence[tuple[str, str, str]],
    given: Mapping[tuple[str, str], Sequence[str]],
) -> dict[str, frozenset[BlockCell]]:
    """By variable, the cells of local figures: one for all members, one for each structure shown by name."""
    resting: dict[tuple[str, str], list[str]] = {}
    for indicator, modality, variable in links:
        resting.setdefault((indicator, modality), []).append(variable)
    found: dict[str, set[BlockCell]] = {}
    for one in local:
        together, named = local_keys(one)
        for measure in one.cells:
            for variable in given.get(measure, ()):
                found.setdefault(variable, set()).add((together, TOGETHER))
        for structure, indicator in one.named:
            for variable in resting.get((indicator, ""), ()):
                found.setdefault(variable, set()).add((named, (structure,)))
    return {variable: frozenset(cells) for variable, cells in found.items()}


def local_keys(figures: EarlierFigures) -> tuple[GroupingKey, GroupingKey]:
    """The groupings of the members together, and of those shown by name."""
    epoch = f"{EARLIER} {figures.name}"
    return GroupingKey(LOCAL, epoch), GroupingKey(NAMED, epoch)


def _join_local(rows: Rows, figures: EarlierFigures, shown: Collection[BlockCell]) -> None:
    """Adds the groupings of local figures whose cells the block shows, in the answers that they come from."""
    epoch = f"{EARLIER} {figures.release}"
    together, named = local_keys(figures)
    groupings = {grouping for grouping, _ in shown}
    if together in groupings:
        rows.add(together, dict.fromkeys(sorted(figures.members), TOGETHER), epoch=epoch)
    if named in groupings:
        rows.add(named, {structure: (structure,) for structure, _ in sorted(figures.named)}, epoch=epoch)


def withheld_tables(plan: Plan, variables: int) -> frozenset[str]:
    """The names of the tables that a block of so many variables does without."""
    if variables <= plan.rules.tied_variables:
        return frozenset()
    return frozenset(
        table.name for table in plan.tables if table.is_key or not set(table.by) <= set(plan.rules.tied_by)
    )


def rules_for(variable: Variable, rules: Rules) -> tables.Rules:
    return tables.Rules(
        threshold=rules.threshold,
        dominance=rules.dominance,
        p_percent=rules.p_percent,
        extremes=variable.extremes,
        each_side=rules.each_side,
        coalition=rules.coalition,
    )


def published_cells(
    earlier: pl.DataFrame,
    given: Mapping[tuple[str, str], Sequence[str]],
    plan: Plan,
    epoch: str,
    status: CellStatus = CellStatus.PUBLISHED,
) -> dict[str, frozenset[BlockCell]]:
    """By variable, the cells of an earlier release that have this status. given: see `Named.given_back`."""
    shown: dict[str, set[BlockCell]] = {}
    tables = {(table.level, table.dimension): table for table in plan.tables}
    cells = earlier.filter(pl.col("status") == status)
    identity = ["indicator", "modality", "level", "territory", "dimension", *plan.dimensions]
    for row in cells.select(identity).unique().iter_rows(named=True):
        table = tables.get((row["level"], row["dimension"]))
        if table is None:
            continue
        label = (row["territory"], *(row[code] for code in table.by))
        for variable in given.get((row["indicator"], row["modality"]), ()):
            shown.setdefault(variable, set()).add((GroupingKey(table.name, epoch), label))
    return {variable: frozenset(found) for variable, found in shown.items()}
