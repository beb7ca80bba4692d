"""What may be shown of the sums of a plan, table by table, so that the rule of k holders holds for all of it together.

Groups of contributors are merged as long as no figure tells them apart: a table that is refused cuts nothing, and a
group of k holders makes most figures harmless at once. So tables come one after the other, in the order of the plan,
each with the groups that what was accepted before and its own cells make.
"""

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from senacs.disclosure.holder_rule import HolderRule, Holding

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
    named: Sequence[Sum] = (),
    naming: Sequence[Sum] = (),
) -> set[int]:
    """The columns that must not be shown. candidates: with the rank of their table; known: what readers have.

    named: figures of those who agreed to be known by name; naming: the same, not shown yet. Such a figure shelters
    nobody: it is shown last, unless what is shown of others would then rest on too few of them.
    """
    by_stage: dict[int, list[Sum]] = {}
    for stage, one in candidates:
        by_stage.setdefault(stage, []).append(one)
    accepted, refused = list(known), set[int]()
    for _, asked in sorted(by_stage.items()):
        groups = _Groups([*named, *accepted, *asked], holdings)
        rule = _rule(groups, k, relations, named)
        for one in sorted(accepted, key=lambda s: (len(s.places), s.column)):
            rule.show(groups.row(one))
        for one in sorted(asked, key=groups.order):
            if rule.allows(groups.row(one)):
                accepted.append(one)
            else:
                refused.add(one.column)
    agreed = list(named)
    for one in naming:
        groups = _Groups([*agreed, one, *accepted], holdings)
        rule = _rule(groups, k, relations, [*agreed, one])
        for seen in sorted(known, key=lambda s: (len(s.places), s.column)):
            rule.show(groups.row(seen))
        if all(rule.allows(groups.row(seen)) for seen in sorted(accepted, key=groups.order) if seen not in known):
            agreed.append(one)
        else:
            refused.add(one.column)
    return refused


def _rule(groups: "_Groups", k: int, relations: Sequence[Relation], named: Sequence[Sum]) -> HolderRule:
    """What is known by name is no unknown any more."""
    rows = [row for relation in relations for row in groups.relations(relation)]
    return HolderRule(groups.holdings, k, [*rows, *(dict.fromkeys(groups.row(one), 1) for one in named)])


class _Groups:
    """Memberships that the same sums contain are one unknown of each variable."""

    def __init__(self, sums: Sequence[Sum], holdings: Mapping[tuple[str, Where], Holding]) -> None:
        marks: dict[Where, list[int]] = {where: [] for _, where in holdings}
        for number, one in enumerate(sums):
            for where in one.places:
                marks[where].append(number)
        seen: dict[tuple[int, ...], int] = {}
        self.group = {where: seen.setdefault(tuple(found), len(seen)) for where, found in marks.items()}
        self.places: dict[int, list[Where]] = {}
        for where, group in self.group.items():
            self.places.setdefault(group, []).append(where)
        self.column: dict[tuple[str, int], int] = {}
        everybody: list[set[Hashable]] = []
        weighing: list[set[Hashable]] = []
        for (variable, where), holding in holdings.items():
            key = (variable, self.group[where])
            if key not in self.column:
                self.column[key] = len(everybody)
                everybody.append(set())
                weighing.append(set())
            everybody[self.column[key]] |= holding.everybody
            weighing[self.column[key]] |= holding.weighing
        self.holdings = [Holding(frozenset(e), frozenset(w)) for e, w in zip(everybody, weighing, strict=True)]

    def row(self, one: Sum) -> set[int]:
        return {self.column[one.variable, self.group[where]] for where in one.places}

    def order(self, one: Sum) -> tuple[int, int]:
        """Those on whom most depends first: the more holders, the more the figure tells without telling of anybody."""
        people = frozenset[Hashable]().union(*(self.holdings[c].weighing for c in self.row(one)))
        return -len(people), one.column

    def relations(self, relation: Relation) -> list[dict[int, int]]:
        """One row a group whose contributors all make the total."""
        rows = []
        for group, places in self.places.items():
            total = self.column.get((relation.total, group))
            if total is None or not relation.places.issuperset(p for p in places if self._answers(relation, p)):
                continue
            parts = {self.column[part, group]: -1 for part in relation.parts if (part, group) in self.column}
            rows.append({total: 1} | parts)
        return rows

    def _answers(self, relation: Relation, where: Where) -> bool:
        return any((name, self.group[where]) in self.column for name in (relation.total, *relation.parts))
