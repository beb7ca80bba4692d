"""Blocks: measures turned into the variables that disclosure control must treat together, each with its contributions.

A variable is what a reader gets back from published cells: the contributions of a total (also given by a mean, a
density or a ratio), the « oui » of a sensitive share, or merely who answered. Variables with the same contributions
are one. Totals and parts that are all published (a budget and its funders) make one block.
"""

import hashlib
import io
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import polars as pl

from senacs.disclosure import tables
from senacs.disclosure.contributors import CellId, Contributors, Identity, protect_contributors
from senacs.observatory.definitions.publication_plan import GROUPING, HOLDER, TERRITORY_COLUMNS, Plan, Rules, Table
from senacs.observatory.enums import CellStatus
from senacs.observatory.figures.cells import Measure

# Contributions are whole ten-thousandths, so that sums compare exactly.
SCALE = 10_000
# Groupings of the release that readers already have.
EARLIER = "avant "
# What is left of a département once its groupings or EPCI are taken away: no table shows it, a subtraction would.
REST = "hors "
_WITHIN = frozenset({"epci", GROUPING})
_MAX_COVERS = 4
WITHHELD_REASON = "non publié à ce niveau de détail, pour protéger un total et toutes ses parties"

Contribution = int | None
Label = tuple[Hashable, ...]


@dataclass(frozen=True)
class Variable:
    """`column` of the units; counts: 1 for each respondent; extremes: 0 or 1, hidden when all say the same."""

    column: str
    counts: bool = False
    extremes: bool = False

    @property
    def is_counted(self) -> bool:
        return self.counts or self.extremes


@dataclass(frozen=True)
class Earlier:
    """The last published release of the same campaign, which readers keep: its units, evaluated, and its cells."""

    units: pl.DataFrame
    cells: pl.DataFrame


@dataclass(frozen=True)
class Block:
    """One call of disclosure control: rows of contributors, their memberships, the values of each variable."""

    holders: Sequence[Hashable]
    groupings: Mapping[str, Sequence[Label | None]]
    variables: Mapping[str, Sequence[Contribution]]
    rules: tables.Rules
    margin: float
    counted: bool
    identities: tuple[Identity, ...] = ()
    already_published: Mapping[str, frozenset[CellId]] = field(default_factory=dict)
    # Tables that are not published for this block (see plan.Rules.tied_variables).
    withheld: Mapping[str, Sequence[Label | None]] = field(default_factory=dict)
    # See disclosure.contributors: groupings that show nothing more, and those whose contributors agreed to be shown.
    closed: frozenset[str] = frozenset()
    consenting: frozenset[str] = frozenset()
    title: str = ""


@dataclass(frozen=True)
class Outcome:
    """Status and public reason by variable and cell; what could not be protected, in French."""

    fates: Mapping[str, Mapping[tuple[str, Label], tuple[str, str]]]
    failures: tuple[str, ...]


@dataclass
class Blocks:
    """What must be solved, and which variables each measure rests on."""

    blocks: list[Block] = field(default_factory=list)
    links: list[tuple[str, str, str]] = field(default_factory=list)  # indicator, modality, variable


@dataclass
class Named:
    """Variables by the fingerprint of their contributions, which measures rest on them, and the sums they make."""

    columns: dict[str, Variable] = field(default_factory=dict)
    titles: dict[str, str] = field(default_factory=dict)
    links: list[tuple[str, str, str]] = field(default_factory=list)  # indicator, modality, variable
    by_terms: dict[frozenset[str], str] = field(default_factory=dict)


def variables_of(measure: Measure) -> tuple[Variable, ...]:
    """A total, mean or density gives contributions back, a ratio those of its two totals; the rest only counts."""
    match measure.kind:
        case "total" | "mean" | "density":
            return (Variable(measure.column),)
        case "ratio":
            return (Variable(measure.column), Variable(measure.denominator))
        case "share" | "distribution" if measure.sensitive:
            return (Variable(measure.column, extremes=True),)
        case _:
            return (Variable(measure.column, counts=True),)


def grouping(table: Table) -> str:
    return "×".join((table.level, *table.by))


def contributions(units: pl.DataFrame, variable: Variable) -> pl.Series:
    """Whole numbers, null for who does not answer."""
    column = units[variable.column].alias("contribution")
    if variable.counts:
        return units.select(pl.when(column.is_not_null()).then(1).cast(pl.Int64)).to_series()
    return (column if variable.extremes else (column * SCALE).round(0)).cast(pl.Int64)


def name_variables(units: pl.DataFrame, measures: Sequence[Measure]) -> Named:
    """The variables of the measures; those with the same contributions are one."""
    made = Named()
    names: dict[Variable, str] = {}
    for measure in measures:
        for variable in variables_of(measure):
            if variable not in names:
                names[variable] = _fingerprint(variable, contributions(units, variable))
            made.columns.setdefault(names[variable], variable)
            made.titles.setdefault(names[variable], measure.indicator)
            made.links.append((measure.indicator, measure.modality, names[variable]))
        if measure.terms and measure.kind in {"total", "mean", "density"}:
            made.by_terms.setdefault(measure.terms, names[variables_of(measure)[0]])
    # A ratio is hidden wherever one of its two totals is, so that the other does not give it back; the ratios of all
    # parts to one total make 100 %, so their totals are tied as if they were published.
    for measure in measures:
        if measure.kind == "ratio":
            for terms, variable in zip((measure.terms, measure.denominator_terms), variables_of(measure), strict=True):
                if terms:
                    tied = made.by_terms.setdefault(terms, names[variable])
                    made.links.append((measure.indicator, measure.modality, tied))
    return made


def make_blocks(
    units: pl.DataFrame, measures: Sequence[Measure], plan: Plan, *, earlier: Earlier | None = None
) -> Blocks:
    """Every block of a release. `units` and `earlier.units` come from measures.evaluate."""
    named = name_variables(units, measures)
    columns, titles, by_terms = named.columns, named.titles, named.by_terms
    made = Blocks(links=named.links)
    keys = {(measure.indicator, measure.modality) for measure in measures if measure.is_key}
    key = {variable for indicator, modality, variable in made.links if (indicator, modality) in keys}
    identities = find_identities(by_terms)
    published = published_cells(earlier.cells, made.links, plan, EARLIER) if earlier else {}
    now = _Memberships(units, plan)
    before = _Memberships(earlier.units, plan) if earlier else None
    # The largest blocks first: they take the longest, and would keep one processor busy alone at the end.
    for members in sorted(together(list(columns), identities), key=lambda group: -len(group)):
        chosen = {name: columns[name] for name in members}
        rows = _Rows(now, chosen)
        if before is not None:
            rows.join(_Rows(before, chosen))
        first = next(iter(chosen.values()))
        withheld = withheld_tables(plan, len(chosen))
        if key.isdisjoint(chosen):
            rows.drop(grouping(table) for table in plan.tables if table.is_key)
        groupings = {
            name: column
            for name, column in rows.groupings.items()
            if _table_of(name) not in withheld and any(label is not None for label in column)
        }
        made.blocks.append(
            Block(
                holders=tuple(rows.holders),
                groupings=groupings,
                withheld={name: column for name, column in rows.groupings.items() if name in withheld},
                variables=rows.values,
                rules=rules_for(first, plan.rules),
                margin=plan.rules.margin,
                counted=first.is_counted,
                identities=tuple(i for i in identities if i.total in chosen),
                already_published={
                    variable: frozenset(
                        cell for cell in published.get(variable, ()) if _table_of(cell[0]) not in withheld
                    )
                    for variable in chosen
                },
                closed=frozenset(name for name in groupings if name.removeprefix(EARLIER).startswith(REST)),
                title=min(titles[name] for name in members),
            )
        )
    return made


def _fingerprint(variable: Variable, values: pl.Series) -> str:
    digest = hashlib.sha256(f"{variable.counts} {variable.extremes}\n".encode())
    stream = io.BytesIO()
    values.to_frame("contribution").write_ipc_stream(stream)
    digest.update(stream.getvalue())
    return digest.hexdigest()[:24]


def find_identities(by_terms: Mapping[frozenset[str], str]) -> list[Identity]:
    """The sums that published variables satisfy: each total with every way in which others cover its terms exactly."""
    found = []
    for terms in sorted(by_terms, key=sorted):
        parts = sorted((other for other in by_terms if other < terms), key=lambda t: (-len(t), sorted(t)))
        used: set[frozenset[str]] = set()
        for _ in range(_MAX_COVERS):
            cover, covered = [], frozenset[str]()
            for part in parts:
                if part not in used and not part & covered:
                    cover.append(part)
                    covered |= part
            if covered != terms:
                break
            used.update(cover)
            found.append(Identity(by_terms[terms], tuple(by_terms[part] for part in cover)))
    return [i for i in found if i.total not in i.parts and len(set(i.parts)) == len(i.parts)]


def together(names: Iterable[str], identities: Sequence[Identity]) -> list[list[str]]:
    """Names that some identity ties, each group in order of first appearance."""
    parent = {name: name for name in names}

    def root(name: str) -> str:
        while parent[name] != name:
            name = parent[name]
        return name

    for identity in identities:
        for part in identity.parts:
            parent[root(part)] = root(identity.total)
    groups: dict[str, list[str]] = {}
    for name in parent:
        groups.setdefault(root(name), []).append(name)
    return list(groups.values())


def labels(units: pl.DataFrame, plan: Plan) -> dict[str, list[Label | None]]:
    """For each table of the plan, the cell of each unit: (territory, *codes of the crossing), None if it is in none."""
    frame = units.with_columns(pl.lit("FR").alias("france"))
    return {
        grouping(table): [
            label if label[0] else None for label in frame.select(TERRITORY_COLUMNS[table.level], *table.by).iter_rows()
        ]
        for table in plan.tables
    }


def rests(units: pl.DataFrame, plan: Plan) -> dict[str, list[Label | None]]:
    """For each table of territories that cut départements up, the département of each unit that they leave out.

    A territory in several départements leaves its units out of each; a département without any has no rest.
    """
    found: dict[str, list[Label | None]] = {}
    for table in plan.tables:
        if table.by or table.level not in _WITHIN:
            continue
        places = units.select("departement", TERRITORY_COLUMNS[table.level]).rows()
        where: dict[str, set[str]] = {}
        for departement, place in places:
            where.setdefault(place, set()).add(departement)
        inside = {place for place, around in where.items() if place and len(around) == 1}
        cut = {departement for departement, place in places if place in inside}
        found[REST + grouping(table)] = [
            (departement,) if departement in cut and place not in inside else None for departement, place in places
        ]
    return found


def _table_of(name: str) -> str:
    return name.removeprefix(EARLIER).removeprefix(REST)


class _Memberships:
    """The units of one release: who they are, who holds them, the cell of each table that they are in."""

    def __init__(self, units: pl.DataFrame, plan: Plan) -> None:
        self.units = units
        self.structures: list[str] = units["structure"].to_list()
        self.holders: list[str] = units[HOLDER].to_list()
        self.groupings = labels(units, plan) | rests(units, plan)


class _Rows:
    """Contributors as disclosure control takes them: one a unit, two when a unit changed since the earlier release."""

    def __init__(self, memberships: _Memberships, variables: Mapping[str, Variable]) -> None:
        self.structures = memberships.structures
        self.holders: list[Hashable] = list(memberships.holders)
        self.groupings: dict[str, list[Label | None]] = {n: list(c) for n, c in memberships.groupings.items()}
        self.values = {n: contributions(memberships.units, v).to_list() for n, v in variables.items()}

    def _row(self, i: int) -> tuple[Hashable, ...]:
        return (self.holders[i], *(c[i] for c in self.groupings.values()), *(c[i] for c in self.values.values()))

    def drop(self, names: Iterable[str]) -> None:
        dropped = set(names)
        for name in [name for name in self.groupings if _table_of(name) in dropped]:
            del self.groupings[name]

    def join(self, before: "_Rows") -> None:
        """Adds the memberships of the earlier release; what did not change is one row, in the cells of both."""
        place = {code: i for i, code in enumerate(self.structures)}
        current = list(self.groupings)
        same = [
            i if (i := place.get(c)) is not None and self._row(i) == before._row(j) else None
            for j, c in enumerate(before.structures)
        ]
        for name in current:
            self.groupings[EARLIER + name] = [None] * len(self.structures)
        for j, i in enumerate(same):
            if i is not None:
                for name in current:
                    self.groupings[EARLIER + name][i] = before.groupings[name][j]
                continue
            self.holders.append(before.holders[j])
            for name in current:
                self.groupings[name].append(None)
                self.groupings[EARLIER + name].append(before.groupings[name][j])
            for variable, column in self.values.items():
                column.append(before.values[variable][j])


def withheld_tables(plan: Plan, variables: int) -> frozenset[str]:
    """The groupings that a block of so many variables does without."""
    if variables <= plan.rules.tied_variables:
        return frozenset()
    return frozenset(
        grouping(table) for table in plan.tables if table.is_key or not set(table.by) <= set(plan.rules.tied_by)
    )


def rules_for(variable: Variable, rules: Rules) -> tables.Rules:
    return tables.Rules(
        threshold=rules.threshold,
        dominance=rules.dominance,
        p_percent=rules.p_percent,
        extremes=variable.extremes,
    )


def published_cells(
    earlier: pl.DataFrame,
    links: Sequence[tuple[str, str, str]],
    plan: Plan,
    prefix: str,
    status: CellStatus = CellStatus.PUBLISHED,
) -> dict[str, frozenset[CellId]]:
    """By variable, the cells of an earlier release that have this status, as (prefix + table, cell).

    A ratio gives no total back.
    """
    resting: dict[tuple[str, str], list[str]] = {}
    for indicator, modality, variable in links:
        resting.setdefault((indicator, modality), []).append(variable)
    shown: dict[str, set[CellId]] = {}
    tables = {(table.level, table.dimension): table for table in plan.tables}
    cells = earlier.filter(pl.col("status") == status)
    identity = ["indicator", "modality", "level", "territory", "dimension", *plan.dimensions]
    for row in cells.select(identity).unique().iter_rows(named=True):
        variables = resting.get((row["indicator"], row["modality"]), [])
        table = tables.get((row["level"], row["dimension"]))
        if len(variables) == 1 and table is not None:
            label = (row["territory"], *(row[code] for code in table.by))
            shown.setdefault(variables[0], set()).add((prefix + grouping(table), label))
    return {variable: frozenset(found) for variable, found in shown.items()}


def solve(block: Block) -> Outcome:
    """Protects one block; picklable, for a process of its own."""
    answer = protect_contributors(
        Contributors(block.holders, block.groupings),
        block.variables,
        block.rules,
        margin=block.margin,
        identities=block.identities,
        already_published=block.already_published,
        closed=block.closed,
        consenting=block.consenting,
        counted=block.counted,
    )
    return Outcome(
        {
            name: _withheld(block, name)
            | {
                (grouping_name, label): (str(found.status), public_reason(found.status, found.reason, block.rules))
                for (grouping_name, label), found in cells.items()
                if isinstance(label, tuple)
                and not grouping_name.startswith(EARLIER)
                # Nothing shows a rest; one that a rule protects is a target of the attack.
                and (grouping_name not in block.closed or found.status is tables.Status.PRIMARY)
            }
            for name, cells in answer.outcomes.items()
        },
        tuple(f"{block.title} : {failure}" for failure in answer.failures),
    )


def _withheld(block: Block, variable: str) -> dict[tuple[str, Label], tuple[str, str]]:
    fate = (str(tables.Status.COMPLEMENTARY), WITHHELD_REASON)
    return {
        (name, label): fate
        for name, column in block.withheld.items()
        for label, value in zip(column, block.variables[variable], strict=True)
        if label is not None and value is not None
    }


def public_reason(status: tables.Status, reason: str, rules: tables.Rules) -> str:
    """What readers are told: the rule, never the number of contributors."""
    if status is tables.Status.PUBLISHED:
        return ""
    if f"moins de {rules.threshold}" in reason:
        return f"moins de {rules.threshold} répondants indépendants"
    return reason
