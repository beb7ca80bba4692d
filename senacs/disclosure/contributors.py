"""`protect_contributors`: the plan of our own releases, from one row per contributor and overlapping groupings."""

from collections.abc import Collection, Hashable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from math import inf
from types import MappingProxyType

from senacs.disclosure.fates import PUBLISHED, SHELTER, Fate, Reason, Status
from senacs.disclosure.holder_rule import Holding
from senacs.disclosure.primary_rules import Number, primary_fate
from senacs.disclosure.protection import explain
from senacs.disclosure.shown_sums import Relation, Sum, refused_sums
from senacs.disclosure.suppression import Aim, make_plan
from senacs.disclosure.system import System
from senacs.disclosure.tables import Rules, SpecificationError

CellId = tuple[str, Hashable]


@dataclass(frozen=True)
class Contributors:
    """Who answers, and where each counts.

    holders: one per contributor, what belongs together has the same (gestionnaire);
    groupings: {name: label of each contributor, None where it is in none of its cells}. Each (name, label) is a
    cell of the publication, the label of a crossing being a tuple: {"departement × type": [("59", "CS"), ...]}.
    """

    holders: Sequence[Hashable]
    groupings: Mapping[str, Sequence[Hashable | None]]

    def __post_init__(self) -> None:
        for name, labels in self.groupings.items():
            if len(labels) != len(self.holders):
                raise SpecificationError(f"Le regroupement « {name} » n’a pas une ligne par contributeur.")


@dataclass(frozen=True)
class Identity:
    """A published sum between variables: total = sum of the parts (budget = sum of the funders)."""

    total: str
    parts: tuple[str, ...]


@dataclass(frozen=True)
class CellOutcome:
    """n: contributors; value: their sum, to be shown only when `status` is published."""

    fate: Fate
    n: int
    value: Number

    @property
    def status(self) -> Status:
        return self.fate.status


@dataclass(frozen=True)
class ContributorProtection:
    """outcomes: by variable, then by cell; failures: in French, what cannot be protected."""

    outcomes: Mapping[str, Mapping[CellId, CellOutcome]]
    failures: tuple[str, ...]


def protect_contributors(
    contributors: Contributors,
    variables: Mapping[str, Sequence[int | float | Decimal | Fraction | None]],
    rules: Rules,
    *,
    margin: float = 0.0,
    insiders: bool = False,
    thorough: bool = False,
    identities: Sequence[Identity] = (),
    already_published: Mapping[str, Collection[CellId]] = MappingProxyType({}),
    closed: Collection[str] = (),
    consenting: Collection[str] = (),
    counted: bool = False,
    later: Sequence[str] = (),
) -> ContributorProtection:
    """Protects the totals of one variable, or of several that identities tie, over every cell of the groupings.

    variables: values by contributor, None for those who do not answer; a mean has the mask of its total.
    already_published: by variable, cells that an earlier release shows. A contributor whose answer changed since then
    comes as two rows with the same holder, one in the cells of each release; one that did not is one row in both.
    margin, insiders, thorough: see `suppression.Aim`. counted: values are 0 or 1 (structures that say yes), of which
    dominance says nothing. Whatever is shown, then and now, keeps the rule of `rules.threshold` holders, variable by
    variable (see `holder_rule`): what would break it is hidden.
    closed: groupings that show nothing beyond already_published. consenting: groupings whose contributors agreed to
    be shown, which no rule hides for their own sake. later: groupings that come after the others, one by one: what the
    rule of holders cannot carry is hidden there rather than in the first ones.
    """
    blocks = {
        name: _Block(contributors, name, values, rules, counted, frozenset(consenting))
        for name, values in variables.items()
    }
    system = System()
    # Answers are yes or no; the number of those who answer is known to be whole, and to be no secret where shown.
    system.whole = system.each_side = counted and rules.extremes
    for block in blocks.values():
        block.add_to(system)
    for identity in identities:
        _tie(system, blocks, identity)
    failures = []
    for block in blocks.values():
        for cell in sorted(set(already_published.get(block.name, ())) & set(block.column), key=str):
            place = block.column[cell]
            if place in system.primary:
                system.primary.discard(place)
                failures.append(f"{block.label(cell)} : déjà publiée, ne peut plus être protégée.")
            system.latent.discard(place)
            system.known.add(place)
        system.latent |= {p for (name, _), p in block.column.items() if name in closed} - system.known
    if rules.threshold:
        refused = _refused(system, blocks, identities, rules, later, frozenset(consenting))
        system.latent |= refused - system.primary
    plan = make_plan(system, Aim(margin, insiders, thorough, is_sound=bool(rules.threshold)))
    where = {place: block.label(cell) for block in blocks.values() for cell, place in block.column.items()}
    for weakness in plan.failures:
        if weakness.column in where:
            failures.append(f"{where[weakness.column]} : {explain(weakness)}.")
        else:
            failures.append(f"Un groupe de {system.sizes[weakness.column]} contributeurs : {explain(weakness)}.")
    return ContributorProtection({name: block.outcomes(plan.hidden) for name, block in blocks.items()}, tuple(failures))


def _refused(
    system: System,
    blocks: Mapping[str, "_Block"],
    identities: Sequence[Identity],
    rules: Rules,
    later: Sequence[str],
    consenting: frozenset[str],
) -> set[int]:
    """The columns that the rule of k holders keeps from being shown: what readers have first, then table by table."""
    sums, stages, named, cells = [], dict[int, int](), set[int](), set[int]()
    rank = {name: number for number, name in enumerate(later, 1)}
    for name, block in blocks.items():
        keys = list(block.atoms)
        for members, column in block.by_members.items():
            sums.append(Sum(column, name, frozenset(keys[atom] for atom in members)))
        cells |= set(block.column.values())
        for cell, column in block.column.items():
            if cell[0] in consenting:
                named.add(column)
            stages[column] = min(rank.get(cell[0], 0), stages.get(column, len(rank)))
    told = set().union(*(block.told_to_coalitions(rules) for block in blocks.values())) - system.known - named
    candidates = set(system.candidates()) - told
    return told | refused_sums(
        [s for s in sums if s.column in system.known - named],
        [(stages[s.column], s) for s in sums if s.column in candidates - named],
        {(name, where): block.holding(group) for name, block in blocks.items() for where, group in block.atoms.items()},
        [_relation(blocks, identity) for identity in identities],
        rules.threshold or 0,
        coalition=rules.coalition,
        secret=[s for s in sums if s.column in (system.primary & cells) - named] if rules.coalition else (),
        named=[s for s in sums if s.column in system.known & named],
        naming=[s for s in sums if s.column in candidates & named],
    )


def _relation(blocks: Mapping[str, "_Block"], identity: Identity) -> Relation:
    """Where the answers to the parts make the total: there only does a reader get one from the others."""
    places = frozenset(
        where
        for where, group in blocks[identity.total].atoms.items()
        if abs(
            sum(float(blocks[part].atoms[where].value) for part in identity.parts if where in blocks[part].atoms)
            - float(group.value)
        )
        <= abs(float(group.value)) * 1e-9
    )
    return Relation(identity.total, identity.parts, places)


class _Group:
    """Contributors of one cell or atom: count, total, largest holders."""

    __slots__ = ("answers", "holders", "n", "value")

    def __init__(self) -> None:
        self.n = 0
        self.value: Number = 0
        self.holders: dict[Hashable, Number] = {}
        self.answers: dict[Hashable, int] = {}

    def add(self, holder: Hashable, value: Number) -> None:
        self.n += 1
        self.value += value
        self.holders[holder] = self.holders.get(holder, 0) + value
        self.answers[holder] = self.answers.get(holder, 0) + 1

    @property
    def sides(self) -> tuple[int, int]:
        """Of a count of « oui »: how many holders have one, how many have anything else."""
        some = sum(1 for value in self.holders.values() if value)
        return some, sum(1 for holder, value in self.holders.items() if value < self.answers[holder])

    @property
    def weighing(self) -> int:
        """Holders whose answer is not zero; all of them where nobody's is anything else."""
        return sum(1 for value in self.holders.values() if value) or len(self.holders)


class _Block:
    """One variable: its cells, its atoms (contributors with the same memberships), and what ties them."""

    def __init__(
        self,
        contributors: Contributors,
        name: str,
        values: Sequence[int | float | Decimal | Fraction | None],
        rules: Rules,
        counted: bool,
        consenting: frozenset[str] = frozenset(),
    ) -> None:
        self.name = name
        self.consenting = consenting
        self.rules = replace(rules, dominance=(), p_percent=None) if counted else rules
        self.names = list(contributors.groupings)
        self.atoms: dict[tuple[Hashable, ...], _Group] = {}
        self.cells: dict[CellId, _Group] = {}
        self.members: dict[CellId, set[int]] = {}
        self.counted = counted
        # What one answer may be, any may be: where one is negative, nothing bounds the sums of that variable.
        self.signed = any(value is not None and value < 0 for value in values)
        labels = list(zip(*contributors.groupings.values(), strict=True))
        if len(values) != len(contributors.holders):
            raise SpecificationError(f"La variable « {name} » n’a pas une ligne par contributeur.")
        index: dict[tuple[Hashable, ...], int] = {}
        for holder, where, raw in zip(contributors.holders, labels, values, strict=True):
            if raw is None:
                continue
            value = Fraction(raw) if isinstance(raw, Decimal) else raw
            self.atoms.setdefault(where, _Group()).add(holder, value)
            atom = index.setdefault(where, len(index))
            for grouping, label in zip(self.names, where, strict=True):
                if label is not None:
                    self.cells.setdefault((grouping, label), _Group()).add(holder, value)
                    self.members.setdefault((grouping, label), set()).add(atom)
        self.shared: dict[frozenset[Hashable], set[int]] = {}
        self.column: dict[CellId, int] = {}
        self.by_members: dict[frozenset[int], int] = {}

    def label(self, cell: CellId) -> str:
        grouping, label = cell
        shown = " × ".join(str(x) for x in label) if isinstance(label, tuple) else str(label)
        return f"{self.name}, {grouping} {shown}"

    def alone(self, group: _Group) -> Fate:
        """What the rules make of it by itself."""
        width = max([2, *(count for count, _ in self.rules.dominance)])
        largest = sorted((max(x, -x) for x in group.holders.values()), reverse=True)[:width]
        fate = primary_fate(
            self.rules,
            n=len(group.holders) if self.counted else group.weighing,
            value=group.value,
            largest=[*largest, *[0] * (width - len(largest))],
            respondents=group.n if self.counted else None,
        )
        if fate.is_published and self.counted and self.rules.extremes and min(group.sides) < self.rules.each_side:
            return Fate(Status.PRIMARY, Reason.UNANIMOUS)
        return fate

    def told_to_coalitions(self, rules: Rules) -> set[int]:
        """The cells of which what is left, once `coalition` holders take theirs away, breaks the rule of p %."""
        if not rules.coalition or self.rules.p_percent is None:
            return set()
        found = set()
        for cell, column in self.column.items():
            amounts: list[Number] = [max(x, -x) for x in self.cells[cell].holders.values()]
            largest = sorted(amounts, reverse=True)
            rest = sum(largest[2 + rules.coalition :])
            if float(rest) * 100 < self.rules.p_percent * float(largest[0]):
                found.add(column)
        return found

    def holding(self, group: _Group) -> Holding:
        everybody = frozenset(group.holders)
        return Holding(everybody, everybody if self.counted else frozenset(h for h, v in group.holders.items() if v))

    def add_to(self, system: System) -> None:
        for cell in self.cells:
            members = frozenset(self.members[cell])
            if members not in self.by_members:
                self.by_members[members] = self._column(system, self.cells[cell])
            self.column[cell] = self.by_members[members]
            if cell[0] in self.consenting:
                system.primary.discard(self.column[cell])
        for atom, group in enumerate(self.atoms.values()):
            single = frozenset((atom,))
            if single not in self.by_members:
                self.by_members[single] = self._column(system, group)
                system.latent.add(self.by_members[single])
        for (one, other), columns in sorted(((tuple(sorted(p, key=str)), c) for p, c in self.shared.items()), key=str):
            system.join(("", one), ("", other), columns)
        refiners = {name: self._refiner(name) for name in self.names}
        seen: set[frozenset[int]] = set()
        for cell, inside in self.members.items():
            members = frozenset(inside)
            if members in seen or len(members) == 1:
                continue
            seen.add(members)
            parts = self._parts(members, refiners[cell[0]])
            if parts == {self.column[cell]}:
                # The finer cell has the same members (a département that is its whole région for this item): it would
                # tell nothing, and the parts of this one would be tied to nothing.
                parts = self._parts(members, None)
            row = dict.fromkeys(parts, -1)
            row[self.column[cell]] = 1
            system.relations.append(row)

    def _column(self, system: System, group: _Group) -> int:
        owner = ("", next(iter(group.holders))) if len(group.holders) == 1 else None
        place = system.add(
            float(group.value),
            group.n,
            owner,
            lower=-inf if self.signed else 0.0,
            # No more « oui » than answers; how many answer is what the other counts say.
            upper=group.n if self.counted and self.rules.extremes else inf,
        )
        if not self.alone(group).is_published:
            system.primary.add(place)
            # Those of few holders are kept from pairs by the rule of holders: what is left is never so few.
            if self.rules.coalition and group.weighing >= (self.rules.threshold or 0):
                system.kept_from_pairs.add(place)
        if self.rules.coalition and len(group.holders) == 2:
            self.shared.setdefault(frozenset(group.holders), set()).add(place)
        return place

    def _refiner(self, name: str) -> str | None:
        """The coarsest other grouping whose cells are parts of those of `name` and cover them."""
        axis = self.names.index(name)
        best: tuple[int, str] | None = None
        for other_axis, other in enumerate(self.names):
            if other_axis == axis:
                continue
            inside: dict[Hashable, Hashable | None] = {}
            fits = all(
                where[axis] is None
                if where[other_axis] is None
                else inside.setdefault(where[other_axis], where[axis]) == where[axis]
                for where in self.atoms
            )
            size = len(inside)
            mine = len({where[axis] for where in self.atoms} - {None})
            if fits and size > mine and (best is None or (size, other) < best):
                best = size, other
        return None if best is None else best[1]

    def _parts(self, members: Collection[int], refiner: str | None) -> set[int]:
        if refiner is None:
            return {self.by_members[frozenset((atom,))] for atom in members}
        axis = self.names.index(refiner)
        where = list(self.atoms)
        return {self.column[(refiner, where[atom][axis])] for atom in members}

    def outcomes(self, hidden: Collection[int]) -> dict[CellId, CellOutcome]:
        found = {}
        for cell, group in self.cells.items():
            fate = self.alone(group)
            if self.column[cell] not in hidden:
                fate = PUBLISHED
            elif fate.is_published or cell[0] in self.consenting:
                fate = SHELTER
            found[cell] = CellOutcome(fate, group.n, group.value)
        return found


def _tie(system: System, blocks: Mapping[str, _Block], identity: Identity) -> None:
    """The identity binds each cell and atom where the figures add up; who leaves a part unanswered adds zero to it."""
    total = blocks[identity.total]
    keys = list(total.atoms)
    places = {name: {key: i for i, key in enumerate(blocks[name].atoms)} for name in identity.parts}
    for members, column in total.by_members.items():
        row, summed = {column: 1}, 0.0
        for name in identity.parts:
            place = places[name]
            inside = frozenset(place[keys[atom]] for atom in members if keys[atom] in place)
            part = blocks[name].by_members.get(inside)
            if part is not None:
                row[part] = -1
                summed += system.values[part]
        if abs(summed - system.values[column]) <= abs(system.values[column]) * 1e-9:
            system.relations.append(row)
