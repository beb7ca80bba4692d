"""What may be shown of the sums of a plan, table by table, so that the rule of k holders holds for all of it together.

Groups of contributors are merged as long as no figure tells them apart: a table that is refused cuts nothing, and a
group of k holders makes most figures harmless at once. So tables come one after the other, in the order of the plan,
each with the groups that what was accepted before and its own cells make.
"""

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from senacs.disclosure.holder_rule import HolderRule, Holding, Stakes, in_bits

Where = tuple[Hashable, ...]


@dataclass(frozen=True)
class Sum:
    """A cell of one variable: the column of the system that it is, the memberships whose contributors it adds up."""

    column: int
    variable: str
    places: frozenset[Where]


@dataclass(frozen=True)
class Relation:
    """total = sum of the parts, for the contributors of these memberships."""

    total: str
    parts: tuple[str, ...]
    places: frozenset[Where]


def refused_sums(
    known: Sequence[Sum],
    candidates: Iterable[tuple[int, Sum]],
    holdings: Mapping[tuple[str, Where], Holding],
    relations: Sequence[Relation],
    k: int,
    *,
    coalition: int = 0,
    secret: Sequence[Sum] = (),
    named: Sequence[Sum] = (),
    naming: Sequence[Sum] = (),
) -> set[int]:
    """The columns that must not be shown. candidates: with the rank of their table; known: what readers have.

    coalition: holders who may put their answers together; secret: the cells that they look for, those that rules hide.
    These cut the groups as figures do: what is left of a figure once theirs is taken away may be such a cell.

    named: figures of those who agreed to be known by name; naming: the same, not shown yet. Such a figure shelters
    nobody: it is shown last, unless what is shown of others would then rest on too few of them.
    """
    candidates = list(candidates)
    by_stage: dict[int, list[Sum]] = {}
    for stage, one in candidates:
        by_stage.setdefault(stage, []).append(one)
    accepted, refused = list(known), set[int]()
    memberships = _Memberships(holdings, [*known, *(one for _, one in candidates), *named, *naming, *secret])
    for _, asked in sorted(by_stage.items()):
        groups = _Groups([*named, *accepted, *asked, *secret], memberships)
        rule = _rule(groups, k, coalition, relations, named)
        for one in sorted(accepted, key=lambda s: (len(s.places), s.column)):
            rule.show(groups.row(one))
        for one in sorted(asked, key=groups.order):
            if rule.allows(groups.row(one)):
                accepted.append(one)
            else:
                refused.add(one.column)
    agreed = list(named)
    for one in naming:
        groups = _Groups([*agreed, one, *accepted, *secret], memberships)
        rule = _rule(groups, k, coalition, relations, [*agreed, one])
        for seen in sorted(known, key=lambda s: (len(s.places), s.column)):
            rule.show(groups.row(seen))
        if all(rule.allows(groups.row(seen)) for seen in sorted(accepted, key=groups.order) if seen not in known):
            agreed.append(one)
        else:
            refused.add(one.column)
    return refused


def _rule(groups: "_Groups", k: int, coalition: int, relations: Sequence[Relation], named: Sequence[Sum]) -> HolderRule:
    """What is known by name is no unknown any more."""
    rows = [row for relation in relations for row in groups.relations(relation)]
    rows += [dict.fromkeys(groups.row(one), 1) for one in named]
    return HolderRule(groups.holdings, k, rows, coalition=coalition)


class _Memberships:
    """Memberships by number, as each stage asks for them again; who has a stake in each, by variable."""

    def __init__(self, holdings: Mapping[tuple[str, Where], Holding], sums: Iterable[Sum]) -> None:
        self.places = list(dict.fromkeys(where for _, where in holdings))
        number = {where: i for i, where in enumerate(self.places)}
        bits = in_bits(holdings.values())
        self.stakes = [(name, number[where], one) for (name, where), one in zip(holdings, bits, strict=True)]
        self.inside = {one.column: [number[where] for where in one.places] for one in sums}


class _Groups:
    """Memberships that the same sums contain are one unknown of each variable."""

    def __init__(self, sums: Sequence[Sum], memberships: _Memberships) -> None:
        self.inside = memberships.inside
        marks = [0] * len(memberships.places)
        for number, one in enumerate(sums):
            mark = 1 << number
            for place in self.inside[one.column]:
                marks[place] |= mark
        seen: dict[int, int] = {}
        self.group = [seen.setdefault(found, len(seen)) for found in marks]
        self.places: dict[int, list[Where]] = {}
        for where, group in zip(memberships.places, self.group, strict=True):
            self.places.setdefault(group, []).append(where)
        self.column: dict[tuple[str, int], int] = {}
        everybody: list[int] = []
        weighing: list[int] = []
        for variable, place, stakes in memberships.stakes:
            column = self.column.setdefault((variable, self.group[place]), len(everybody))
            if column == len(everybody):
                everybody.append(0)
                weighing.append(0)
            everybody[column] |= stakes.everybody
            weighing[column] |= stakes.weighing
        self.holdings = [Stakes(e, w) for e, w in zip(everybody, weighing, strict=True)]
        self.rows: dict[int, set[int]] = {}

    def row(self, one: Sum) -> set[int]:
        found = self.rows.get(one.column)
        if found is None:
            groups = {self.group[place] for place in self.inside[one.column]}
            found = self.rows[one.column] = {self.column[one.variable, group] for group in groups}
        return found

    def order(self, one: Sum) -> tuple[int, int]:
        """Those on whom most depends first: the more holders, the more the figure tells without telling of anybody."""
        people = 0
        for column in self.row(one):
            people |= self.holdings[column].weighing
        return -people.bit_count(), one.column

    def relations(self, relation: Relation) -> list[dict[int, int]]:
        """One row a group whose contributors all make the total."""
        rows = []
        for group, places in self.places.items():
            total = self.column.get((relation.total, group))
            if total is None or not relation.places.issuperset(places):
                continue
            parts = {self.column[part, group]: -1 for part in relation.parts if (part, group) in self.column}
            rows.append({total: 1} | parts)
        return rows
