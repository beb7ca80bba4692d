"""Figures of a few structures together (a commune, an EPCI, a group), protected with all that readers already have.

What they have: every cell of the releases of the campaign, and what was worked out before for other groups. Two groups
that differ by one structure would give it away: the second one then shows less, down to nothing.
"""

from collections.abc import Collection, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

import polars as pl
from django.conf import settings

from senacs.disclosure.fates import Fate, Reason, Status
from senacs.lib import french
from senacs.lib.refusals import Refused
from senacs.observatory import frozen_files, ledger
from senacs.observatory.answers import microdata
from senacs.observatory.definitions import indicators
from senacs.observatory.definitions.publication_plan import HOLDER, LOCAL, Plan, Table, load_plan
from senacs.observatory.definitions.statistics import PER_STRUCTURE
from senacs.observatory.earlier_figures import EarlierFigures
from senacs.observatory.enums import CellStatus
from senacs.observatory.figures import measures
from senacs.observatory.figures.cells import Measure, aggregate, cell_columns, rounded
from senacs.observatory.models import Release
from senacs.observatory.releases.reader import published_releases
from senacs.observatory.secrecy import masks, protected_blocks, release_attack, verdict
from senacs.observatory.secrecy.identities import find_identities, together
from senacs.observatory.secrecy.memberships import EARLIER, GroupingKey, Label, labels
from senacs.observatory.secrecy.protected_blocks import NAMED, TOGETHER, Block, BlockCell
from senacs.observatory.secrecy.variables import Named, Variable, contributions, name_variables
from senacs.observatory.secrecy.verdict import Outcome
from senacs.questionnaire.queries import get_compiled

# One cell for the group, one cell for each structure that agreed to be shown by name.
_GROUP = Table(LOCAL, ())
_TOGETHER, _NAMED = GroupingKey(_GROUP.name), GroupingKey(NAMED)
_HERE = TOGETHER


@dataclass(frozen=True)
class MeasuredFigures:
    """cells: dicts with the fields of `reader.Cell` but the territory; named: {structure: {indicator: value}}, None
    where it is hidden; respondents: the members whose response is in the release, by kind."""

    cells: list[dict[str, object]]
    named: dict[str, dict[str, float | None]]
    respondents: dict[str, int]


@dataclass
class _Source:
    """One release of the campaign: who answered what, in which cells, and which cells are shown."""

    release: Release
    units: pl.DataFrame
    labels: dict[GroupingKey, list[Label | None]]
    cells: pl.DataFrame

    @property
    def epoch(self) -> str:
        return f"{EARLIER} {self.release.name}"


@dataclass
class _Known:
    """What readers have: a column of cells by name, and those that are shown of each variable."""

    # By grouping: the release that it is of, the cell of each structure.
    columns: dict[GroupingKey, tuple[str, dict[str, Label]]] = field(default_factory=dict)
    shown: dict[str, set[BlockCell]] = field(default_factory=dict)  # variable → cells


def measure_local(
    release: Release,
    *,
    members: Collection[str],
    named: Collection[str] = (),
    named_indicators: Collection[str] = (),
    wanted: Collection[str],
    given: Sequence[EarlierFigures] = (),
) -> MeasuredFigures:
    """The figures of `members` (structure codes) for the indicators `wanted`, and of `named` among them one by one.

    Raises Refused when the answers behind the release can no longer be read.
    """
    plan = load_plan(settings.DATA_DIR / "plan.yaml")
    sources, measured, units = _sources(release, plan, members)
    chosen = [m for m in measured if m.indicator in wanted]
    inside = pl.col("structure").is_in(sorted(members))
    units = units.with_columns(pl.when(inside).then(pl.lit(_HERE[0])).otherwise(pl.lit("")).alias(LOCAL))
    made = name_variables(sources[0].units, measured)
    jobs = _jobs(
        made,
        sources,
        measured,
        plan,
        members=set(members),
        named=set(named),
        given=given,
        wanted={m.indicator for m in chosen},
    )
    links = pl.DataFrame(sorted(set(made.links)), schema=["indicator", "modality", "variable"], orient="row")
    outcomes = [_solve(job) for job in jobs]
    local_plan = Plan(plan.dimensions, (_GROUP,), plan.rules)
    hidden = masks.Masks(_fates(outcomes, units, measured, local_plan), links)
    rows = units.filter(inside)
    kinds = rows["kind"].unique().to_list()
    cells = rounded(aggregate(units.lazy(), chosen, _counted(local_plan, kinds)), chosen, plan.rules)
    if "kind" not in cells.columns:
        cells = cells.with_columns(pl.lit("").alias("kind")).select(*cell_columns(local_plan), "value", "n")
    told = masks.for_readers(masks.apply(cells, hidden, local_plan))
    if len(kinds) == 1:
        of_one = pl.col("statistic").is_in(list(PER_STRUCTURE))
        told = told.with_columns(
            pl.when(of_one).then(pl.lit(kinds[0])).otherwise("kind").alias("kind"),
            pl.when(of_one).then(pl.lit("kind")).otherwise("dimension").alias("dimension"),
        )
    columns = ("indicator", "statistic", "dimension", "kind", "modality", "value", "n", "status", "reason")
    return MeasuredFigures(
        cells=told.select(columns).to_dicts(),
        named=_named_values(rows, [m for m in chosen if m.indicator in named_indicators], set(named), outcomes, links),
        respondents=dict(rows.group_by("kind").len().sort("kind").iter_rows()),
    )


def _counted(plan: Plan, kinds: Sequence[str]) -> Plan:
    """The plan to count by: a group of one kind of structure has means too, as if there were no other kind."""
    if len(kinds) > 1:
        return plan
    return replace(plan, dimensions={code: d for code, d in plan.dimensions.items() if code != "kind"})


def _sources(
    release: Release, plan: Plan, members: Collection[str]
) -> tuple[list[_Source], list[Measure], pl.DataFrame]:
    """The release, then the others of its campaign that readers have, newest first, and what some have
    read of candidates: the régions of the members.

    What lies outside is tied to a région by its own cells only, which is why all that they hide counts as secret here.
    Who waives secrecy is known to everybody, and in no source; last come the units of the release, those who waive too.
    """
    questionnaire = get_compiled(release.campaign.version).questionnaire
    known = indicators.load_for(release.campaign.version, questionnaire, settings.DATA_DIR / "indicators")
    others = [r for r in published_releases() if r.campaign_id == release.campaign_id and r.pk != release.pk]
    read = {name: places for name, places in ledger.readings_of(release.campaign).items() if name != release.name}
    others += [r for r in Release.objects.filter(campaign=release.campaign) if r.name in read]
    sources: list[_Source] = []
    measured: list[Measure] = []
    for each in (release, *others):
        snapshot = microdata.folder(each.name) / microdata.RESPONSES
        if not snapshot.exists():
            raise Refused(f"Les réponses de la publication {each.name} ne sont plus conservées.")
        responses = pl.read_parquet(snapshot)
        regions = responses.filter(pl.col("structure").is_in(sorted(members)))["region"].unique().sort()
        units, measured = measures.evaluate(
            responses.filter(pl.col("region").is_in(regions.to_list())), known, questionnaire
        )
        units = measures.with_classes(units, plan)
        cells = _told_inside(each, pl.read_parquet(each.directory / frozen_files.CELLS_PARQUET))
        cells = cells.filter(pl.col("level") != "france")
        if each.name in read:
            places = pl.DataFrame(sorted(read[each.name]), schema=["level", "territory"], orient="row")
            cells = cells.join(places, on=["level", "territory"], how="semi")
        added = [pl.lit("").alias(code) for code in plan.dimensions if code not in cells.columns]
        if each == release:
            everybody = units
        units = masks.kept_secret(units)
        sources.append(_Source(each, units, _labels(units, plan), cells.with_columns(added)))
    return sources, measured, everybody


def _told_inside(release: Release, cells: pl.DataFrame) -> pl.DataFrame:
    """The cells of a release with the rule that hides each, which is kept with the answers."""
    path = microdata.folder(release.name) / microdata.FATES
    if not path.exists():
        return cells
    fates = pl.read_parquet(path)
    keys = [name for name in fates.columns if name not in {"status", "reason"}]
    found = cells.join(fates, on=keys, how="left", suffix="_inside", maintain_order="left")
    return found.with_columns(
        pl.coalesce("status_inside", "status").alias("status"), pl.coalesce("reason_inside", "reason").alias("reason")
    ).drop("status_inside", "reason_inside")


def _fates(outcomes: Sequence[Outcome], units: pl.DataFrame, measured: Sequence[Measure], plan: Plan) -> pl.DataFrame:
    """The fates of the cells of the group; those that only structures which waive make are shown."""
    decided = masks.fates(outcomes, plan)
    if microdata.WAIVES not in units.columns or not units[microdata.WAIVES].any():
        return decided
    keys = ["variable", "level", "territory", "dimension", *plan.dimensions]
    return pl.concat([decided, masks.waived(units, measured, plan).join(decided, on=keys, how="anti")])


@dataclass(frozen=True)
class _Job:
    """A block to protect, and the cells that what is shown must not give back (see `_leaks`)."""

    block: Block
    secrets: frozenset[BlockCell]
    sheltered: frozenset[BlockCell]


def _labels(units: pl.DataFrame, plan: Plan) -> dict[GroupingKey, list[Label | None]]:
    within = Plan(plan.dimensions, tuple(table for table in plan.tables if table.level != "france"), plan.rules)
    return labels(units, within)


def _jobs(
    made: Named,
    sources: Sequence[_Source],
    measured: Sequence[Measure],
    plan: Plan,
    *,
    members: set[str],
    named: set[str],
    given: Sequence[EarlierFigures],
    wanted: set[str],
) -> list["_Job"]:
    """The blocks that the wanted indicators rest on."""
    identities = find_identities(made.by_terms)
    keys = {(m.indicator, m.modality) for m in measured if m.is_key}
    key = {variable for indicator, modality, variable in made.links if (indicator, modality) in keys}
    needed = {variable for indicator, _, variable in made.links if indicator in wanted}
    known, secrets = _known(sources, made, plan, given), _secrets(sources, made, plan)
    rests = _rests(sources[0].units, members, given)
    jobs = []
    for group in together(list(made.columns), identities):
        if needed.isdisjoint(group):
            continue
        dropped = set(protected_blocks.withheld_tables(plan, len(group)))
        if key.isdisjoint(group):
            dropped |= {table.name for table in plan.tables if table.is_key}
        variables = {name: made.columns[name] for name in group}
        rows = _Rows(sources, variables, dropped)
        rows.add(_TOGETHER, dict.fromkeys(members, _HERE))
        rows.add(_NAMED, {code: (code,) for code in named})
        for name, (of, column) in known.columns.items():
            rows.add(name, column, of=of)
        for name, column in rests.items():
            rows.add(name, column)
        first = next(iter(variables.values()))
        block = Block(
            holders=tuple(rows.holders),
            groupings=rows.groupings,
            variables=rows.values,
            rules=protected_blocks.rules_for(first, plan.rules),
            margin=plan.rules.margin,
            counted=first.is_counted,
            identities=tuple(i for i in identities if i.total in variables),
            already_published={
                name: frozenset(cell for cell in known.shown.get(name, ()) if cell[0] in rows.groupings)
                for name in variables
            },
            closed=frozenset(rows.groupings) - {_TOGETHER, _NAMED},
            consenting=frozenset({_NAMED, *(name for name in known.columns if name.table == _NAMED.table)}),
            title=min(made.titles[name] for name in group),
        )
        jobs.append(_Job(block, *(frozenset(c for name in variables for c in of.get(name, ())) for of in secrets)))
    return jobs


def _known(sources: Sequence[_Source], made: Named, plan: Plan, given: Sequence[EarlierFigures]) -> _Known:
    known, back = _Known(), made.given_back()
    for source in sources:
        for variable, cells in protected_blocks.published_cells(source.cells, back, plan, source.epoch).items():
            known.shown.setdefault(variable, set()).update(cells)
    resting: dict[tuple[str, str], list[str]] = {}
    for indicator, modality, variable in made.links:
        resting.setdefault((indicator, modality), []).append(variable)
    for one in given:
        epoch = f"{EARLIER} {one.name}"
        whole, by_name = replace(_TOGETHER, epoch=epoch), replace(_NAMED, epoch=epoch)
        known.columns[whole] = one.release, dict.fromkeys(one.members, _HERE)
        for measure in one.cells:
            if len(resting.get(measure, ())) == 1:
                known.shown.setdefault(resting[measure][0], set()).add((whole, _HERE))
        if one.named:
            known.columns[by_name] = one.release, {structure: (structure,) for structure, _ in one.named}
            for structure, indicator in one.named:
                for variable in resting.get((indicator, ""), ()):
                    known.shown.setdefault(variable, set()).add((by_name, (structure,)))
    return known


def _rests(
    units: pl.DataFrame, members: set[str], given: Sequence[EarlierFigures]
) -> dict[GroupingKey, dict[str, Label]]:
    """What a subtraction would show: the rest of a département or EPCI, and what two groups do not have in common."""
    found: dict[GroupingKey, dict[str, Label]] = {}
    for level in ("departement", "epci"):
        place = dict(units.select("structure", level).iter_rows())
        around = {place[code] for code in members if place.get(code)}
        found[GroupingKey(f"{_TOGETHER.table} {level}", is_rest=True)] = {
            code: (where,) for code, where in place.items() if where in around and code not in members
        }
    for one in given:
        if members.isdisjoint(one.members):
            continue
        for name, apart in (("sans", members - one.members), ("de plus", set(one.members) - members)):
            found[GroupingKey(f"{one.name} {name}", is_rest=True)] = dict.fromkeys(apart, _HERE)
    return found


class _Rows:
    """Contributors as disclosure control takes them: one a structure, more where an earlier release differs."""

    def __init__(self, sources: Sequence[_Source], variables: Mapping[str, Variable], dropped: Collection[str]) -> None:
        now = sources[0]
        self.structures: list[str] = now.units["structure"].to_list()
        self.holders: list[Hashable] = now.units[HOLDER].to_list()
        self.values = {name: contributions(now.units, v).to_list() for name, v in variables.items()}
        self.groupings: dict[GroupingKey, list[Label | None]] = {}
        self.place = {code: i for i, code in enumerate(self.structures)}
        self.rows = {now.release.name: self.place}  # of each release: structure → row
        self._cells(now, range(len(self.structures)), dropped)
        for source in sources[1:]:
            self._cells(source, self._rows_of(source, variables), dropped)

    def _rows_of(self, source: _Source, variables: Mapping[str, Variable]) -> list[int]:
        """The row of each unit of an earlier release: today's where nothing changed, a row of its own otherwise."""
        values = {name: contributions(source.units, v).to_list() for name, v in variables.items()}
        places = []
        for j, code in enumerate(source.units["structure"].to_list()):
            i = self.place.get(code)
            if i is None or any(values[name][j] != self.values[name][i] for name in values):
                i = len(self.structures)
                self.structures.append(code)
                self.holders.append(source.units[HOLDER][j])
                for name, column in values.items():
                    self.values[name].append(column[j])
                for cells in self.groupings.values():
                    cells.append(None)
            places.append(i)
        self.rows[source.release.name] = dict(zip(source.units["structure"].to_list(), places, strict=True))
        return places

    def _cells(self, source: _Source, places: Iterable[int], dropped: Collection[str]) -> None:
        places = list(places)
        for name, inside in source.labels.items():
            if name.table in dropped:
                continue
            column: list[Label | None] = [None] * len(self.structures)
            for i, label in zip(places, inside, strict=True):
                column[i] = label
            self.groupings[replace(name, epoch=source.epoch)] = column

    def add(self, name: GroupingKey, cells: Mapping[str, Label], *, of: str = "") -> None:
        """A grouping of the answers of one release, today's by default; left out when nobody of it answered."""
        column: list[Label | None] = [None] * len(self.structures)
        rows = self.rows.get(of, self.place)
        for code, label in cells.items():
            if code in rows:
                column[rows[code]] = label
        if any(label is not None for label in column):
            self.groupings[name] = column


def _solve(job: _Job) -> Outcome:
    """The fates of a block; where anything could be computed, nothing of it is shown."""
    outcome = verdict.solve(job.block)
    if not outcome.failures and not _leaks(job, outcome):
        return outcome
    hidden = Fate(Status.COMPLEMENTARY, Reason.SURROUNDED)
    fates = {
        name: {cell: fate if fate.status is Status.PRIMARY else hidden for cell, fate in cells.items()}
        for name, cells in outcome.fates.items()
    }
    return Outcome(fates, ())


def _leaks(job: _Job, outcome: Outcome) -> bool:
    """Whether what would be shown gives back a hidden cell that was not computable before: a small one to anybody, one
    of a whole région to outsiders."""
    nothing = Outcome({variable: {} for variable in outcome.fates}, ())
    return any(
        set(_computed(job.block, outcome, cells, insiders)) - set(_computed(job.block, nothing, cells, insiders))
        for cells, insiders in ((job.secrets, True), (job.sheltered, False))
    )


def _computed(block: Block, outcome: Outcome, secrets: Collection[BlockCell], insiders: bool) -> tuple[str, ...]:
    """What the attack computes of the hidden cells and of `secrets`; who agreed to be shown by name is no target."""
    secret = Fate(Status.PRIMARY)
    fates = {}
    for variable, cells in outcome.fates.items():
        there = {
            (name, label)
            for name, column in block.groupings.items()
            for label, value in zip(column, block.variables[variable], strict=True)
            if label is not None and value is not None
        }
        kept = {c: fate for c, fate in cells.items() if c[0] != _NAMED or fate.is_published}
        fates[variable] = kept | dict.fromkeys((there & set(secrets)) - block.already_published[variable], secret)
    return release_attack.attack_block(block, Outcome(fates, ()), insiders=insiders)


def _secrets(
    sources: Sequence[_Source], made: Named, plan: Plan
) -> tuple[dict[str, set[BlockCell]], dict[str, set[BlockCell]]]:
    """By variable, what the releases hide for its own sake, and what they hide of régions to shelter others."""
    own: dict[str, set[BlockCell]] = {}
    sheltering: dict[str, set[BlockCell]] = {}
    back = made.given_back()
    for source in sources:
        of_regions = source.cells.filter(pl.col("level") == "region")
        for found, cells, status in (
            (own, source.cells, CellStatus.PRIMARY),
            (sheltering, of_regions, CellStatus.COMPLEMENTARY),
        ):
            for variable, hidden in protected_blocks.published_cells(cells, back, plan, source.epoch, status).items():
                found.setdefault(variable, set()).update(hidden)
    return own, sheltering


def _named_values(
    units: pl.DataFrame,
    chosen: Sequence[Measure],
    named: set[str],
    outcomes: Sequence[Outcome],
    links: pl.DataFrame,
) -> dict[str, dict[str, float | None]]:
    fates = {variable: cells for outcome in outcomes for variable, cells in outcome.fates.items()}
    found: dict[str, dict[str, float | None]] = {}
    for row in units.filter(pl.col("structure").is_in(sorted(named))).iter_rows(named=True):
        mine, waives = found.setdefault(row["structure"], {}), row.get(microdata.WAIVES, False)
        for measure in chosen:
            value = row[measure.column]
            if value is None or measure.modality or measure.denominator:
                continue
            variables = links.filter(pl.col("indicator") == measure.indicator)["variable"]
            cell: BlockCell = (_NAMED, (row["structure"],))
            shown = waives or all(cell in fates[v] and fates[v][cell].is_published for v in variables)
            mine[measure.indicator] = float(french.rounded(value, measure.decimals)) if shown else None
    return found
