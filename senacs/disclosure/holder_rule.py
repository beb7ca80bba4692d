"""The rule of k holders: no combination of everything ever shown may rest on fewer than k of them.

A row is a sum of unknowns (groups of contributors that belong to the same cells). L is the span of the rows shown: all
that adding and subtracting them gives. A vector of L that touches an unknown of k holders rests on k of them; the
dangerous ones lie in the part of L on small unknowns, which is what is left once the large ones are eliminated. So a
row that brings a new large pivot is harmless, and only the few others are looked at closely.

Some holders may put their answers together: `coalition` of them know every small unknown that is theirs, so that a
combination of small unknowns must rest on k + coalition, for k to be left once theirs are taken away. An unknown of k
is nobody's own: what it is part of rests on it still, whoever takes theirs away.

An unknown of which every answer is zero shelters nobody: a combination rests on those who weigh in it, and only one in
which nobody weighs on all who answered zero. Both are kept apart: rows are proved on unknowns that weigh, and what is
left when these are eliminated is a system of its own, where everybody counts.
"""

from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations
from math import comb

from senacs.disclosure.rows import PRIME, Row, combined, components, divided, rank, subtracted

# Groups of holders that are tried one by one; a part of which more would have to be is refused: nothing proves it.
TRIED = 1_500
# Dangerous rows tied together above which the next one is refused unseen: the proof would take seconds a figure.
LONGEST = 60
# Rows of a form whose combinations are looked at, all of them.
TOGETHER = 2


@dataclass(frozen=True)
class Holding:
    """Who has a stake in an unknown. weighing: those whose answer is not zero."""

    everybody: frozenset[Hashable]
    weighing: frozenset[Hashable]


@dataclass(frozen=True)
class Stakes:
    """The same, holders being the bits of a number: most combinations are cleared by the first few unknowns."""

    everybody: int
    weighing: int


def in_bits(holdings: Iterable[Holding]) -> list[Stakes]:
    """The holdings, each holder being the same bit in all of them."""
    bit: dict[Hashable, int] = {}
    return [Stakes(_mask(h.everybody, bit), _mask(h.weighing, bit)) for h in holdings]


@dataclass
class _Form:
    """Rows in echelon form. rest: those that have no unknown left to be the pivot of, null on every pivot."""

    rows: dict[int, Row] = field(default_factory=dict)
    rest: list[Row] = field(default_factory=list)

    def all_rows(self) -> list[Row]:
        return [*self.rows.values(), *self.rest]


@dataclass
class _Part:
    """Dangerous rows that unknowns tie together, which hold; forms: of all of them, pivots without common holder."""

    rows: list[Row]
    columns: set[int]
    forms: list[_Form]


class HolderRule:
    """What is shown so far, in echelon form; `allows` says whether one more figure keeps the rule."""

    def __init__(
        self, holdings: Sequence[Stakes], k: int, relations: Iterable[Mapping[int, int]] = (), *, coalition: int = 0
    ) -> None:
        """relations: rows whose sum is zero whatever is shown (total - parts of one group of contributors)."""
        self.k = k
        self.coalition = coalition
        # On how many a combination of small unknowns must rest.
        self.enough = k + coalition
        self.large = [h.weighing.bit_count() >= k for h in holdings]
        self.weighing = [h.weighing for h in holdings]
        self.everybody = [h.everybody for h in holdings]
        self.rows: dict[int, Row] = {}
        self.users: dict[int, set[int]] = {}
        # Of the dangerous rows, on small unknowns only: {pivot: row}, and the parts that they make where they weigh.
        self.small: dict[int, Row] = {}
        self.parts: list[_Part] = []
        # Those in which nobody weighs.
        self.blank: HolderRule | None = None
        for relation in relations:
            row = self._reduced(relation)
            if row:
                self._pivot(row, min(row, key=lambda c: (len(self.users.get(c, ())), c)))

    def show(self, members: Iterable[int]) -> None:
        """Takes a figure that readers have, whatever it gives away."""
        self._take(members, forced=True)

    def allows(self, members: Iterable[int]) -> bool:
        """Shows the figure and says True, or leaves everything as it was and says False."""
        return self._take(members, forced=False)

    def _take(self, members: Iterable[int], *, forced: bool) -> bool:
        return self._take_row(self._reduced(dict.fromkeys(members, 1)), forced=forced)

    def _take_row(self, row: Row, *, forced: bool) -> bool:
        large = [c for c in row if self.large[c]]
        if large:
            self._pivot(row, min(large, key=lambda c: (len(self.users.get(c, ())), c)))
            return True
        row = subtracted(row, self.small)
        if not row:
            return True
        seen = self._where_weighing(row)
        if not seen:
            return self._take_blank(row, forced=forced)
        tied = [part for part in self.parts if not part.columns.isdisjoint(seen)]
        grown = self._grown(tied, seen, forced=forced)
        if grown is None:
            return False
        pivot = min(seen)
        row = divided(row, row[pivot])
        for other, mine in self.small.items():
            if pivot in mine:
                self.small[other] = combined(mine, row, mine[pivot])
        self.small[pivot] = row
        rows = [self._where_weighing(mine) for p, mine in self.small.items() if p in grown.columns]
        self.parts = [part for part in self.parts if not any(part is other for other in tied)]
        self.parts += [_restricted(grown.forms, columns, part) for columns, part in components(rows)]
        return True

    def _where_weighing(self, row: Row) -> Row:
        return {column: weight for column, weight in row.items() if self.weighing[column]}

    def _take_blank(self, row: Row, *, forced: bool) -> bool:
        """A row of zeros only: with those taken before, it rests on all who gave them."""
        if self.blank is None:
            self.blank = HolderRule(
                [Stakes(every, every) for every in self.everybody], self.k, coalition=self.coalition
            )
        return self.blank._take_row(self.blank._reduced(row), forced=forced)

    def _reduced(self, row: Mapping[int, int]) -> Row:
        """The row less what the large pivots give of it."""
        found = dict(row)
        for column in row:
            if column in self.rows:
                factor = found.pop(column)
                for other, weight in self.rows[column].items():
                    value = (found.get(other, 0) - factor * weight) % PRIME
                    if value:
                        found[other] = value
                    else:
                        found.pop(other, None)
        return found

    def _pivot(self, row: Row, pivot: int) -> None:
        """The pivot becomes what the others of the row make of it, everywhere."""
        inverse = pow(row.pop(pivot), -1, PRIME)
        expression = {c: a * inverse % PRIME for c, a in row.items()}
        for basic in self.users.pop(pivot, set()):
            mine = self.rows[basic]
            factor = mine.pop(pivot)
            for column, weight in expression.items():
                value = (mine.get(column, 0) - factor * weight) % PRIME
                if value:
                    mine[column] = value
                    self.users.setdefault(column, set()).add(basic)
                else:
                    mine.pop(column, None)
                    self.users[column].discard(basic)
        self.rows[pivot] = expression
        for column in expression:
            self.users.setdefault(column, set()).add(pivot)

    def _grown(self, tied: Sequence[_Part], row: Row, *, forced: bool) -> _Part | None:
        """The parts that the row ties together, and the row; None when that would break the rule, or nothing proves
        that it does not. Combinations without the row hold already."""
        rows = [mine for part in tied for mine in part.rows]
        grown = _Part([*rows, row], set(row).union(*(part.columns for part in tied)), [])
        if forced:
            return grown
        if len(rows) >= LONGEST or not self._rests_on_enough(row):
            return None
        for forms in self._forms(tied, rows):
            grown.forms, fresh = self._with_row(forms, row)
            holds = self._holds(grown.forms, fresh)
            if holds is not None:
                return grown if holds else None
        return grown if self._tried(grown.rows) else None

    def _forms(self, tied: Sequence[_Part], rows: Sequence[Row]) -> Iterator[list[_Form]]:
        """Forms of what the parts have together: those that they have, then made afresh, which may be more."""
        used = 0
        apart = bool(tied)
        for part in tied:
            mine = self._used(part.forms)
            apart = apart and not used & mine
            used |= mine
        if apart:
            yield [
                _Form({p: r for form in forms for p, r in form.rows.items()}, [r for form in forms for r in form.rest])
                for forms in zip(*(part.forms for part in tied), strict=False)
            ]
        yield self._disjoint_forms(rows)

    def _used(self, forms: Iterable[_Form]) -> int:
        """Those who have a stake in a pivot."""
        used = 0
        for form in forms:
            for pivot in form.rows:
                used |= self.weighing[pivot]
        return used

    def _with_row(self, forms: Sequence[_Form], row: Row) -> tuple[list[_Form], list[list[Row]]]:
        """The forms with one more row, those that still serve; of each, the rows that it is part of."""
        used = self._used(forms)
        grown, fresh = [], []
        for known in forms:
            form = _Form(dict(known.rows), list(known.rest))
            before = {id(mine) for mine in form.all_rows()}
            used |= self._add(form, row, used)
            if len(form.rest) <= TOGETHER:
                grown.append(form)
                fresh.append([mine for mine in form.all_rows() if id(mine) not in before])
        return grown, fresh

    def _add(self, form: _Form, row: Row, used: int) -> int:
        """Adds a row to a form, with a pivot in which nobody `used` has a stake; those who have one in it."""
        row = subtracted(row, form.rows)
        free = [c for c in row if not self.weighing[c] & used]
        if not free:
            form.rest.append(row)
            return 0
        least = min(self.weighing[c].bit_count() for c in free)
        free = [c for c in free if self.weighing[c].bit_count() == least]
        pivot = min(free, key=lambda c: (sum(c in mine for mine in form.rows.values()), c))
        row = divided(row, row[pivot])
        for other, mine in form.rows.items():
            if pivot in mine:
                form.rows[other] = combined(mine, row, mine[pivot])
        form.rest = [combined(mine, row, mine[pivot]) if pivot in mine else mine for mine in form.rest]
        form.rows[pivot] = row
        return self.weighing[pivot]

    def _disjoint_forms(self, rows: Sequence[Row]) -> list[_Form]:
        """Echelon forms of the rows, at most `enough`, whose pivots are unknowns that have no holder in common."""
        used = 0
        forms: list[_Form] = []
        while len(forms) < self.enough:
            form = _Form()
            for row in rows:
                used |= self._add(form, row, used)
            rest, form.rest = form.rest, []
            for row in rest:  # another pivot may have left it an unknown of its own
                used |= self._add(form, row, used)
            if len(form.rest) > TOGETHER:
                break
            forms.append(form)
        return forms

    def _rests_on_enough(self, columns: Iterable[int]) -> bool:
        people = 0
        for column in columns:
            people |= self.weighing[column]
            if people.bit_count() >= self.enough:
                return True
        return False

    def _holds(self, forms: Sequence[_Form], fresh: Sequence[Sequence[Row]]) -> bool | None:
        """No combination of the rows of a part rests on too few holders; None when the forms do not tell.

        fresh: of each form, the rows that the last figure is part of: combinations of the others are known to hold.
        A combination has some weight on `b` pivots of a form at least, or is one of fewer of its rows (and of its
        rest), which is looked at. As pivots have no holder in common, it rests on the sum of these `b`.
        """
        looked = [len(form.rest) for form in forms]  # at so many rows together
        while sum(n - len(form.rest) + 1 for n, form in zip(looked, forms, strict=True)) < self.enough:
            least = min(looked, default=TOGETHER)
            if least >= TOGETHER:
                return None
            looked[looked.index(least)] += 1
        for form, new, together in zip(forms, fresh, looked, strict=True):
            if together and not all(
                self._rests_on_enough(row) for row in new if len(form.rest) < together or row in form.rest
            ):
                return False
            if together == TOGETHER and not all(self._pair_holds(*pair) for pair in _pairs(form, new)):
                return False
        return True

    def _pair_holds(self, one: Row, other: Row) -> bool:
        """Combinations of two rows lose a column only where its weights are in proportion."""
        common = one.keys() & other.keys()
        if not common or self._rests_on_enough(c for row in (one, other) for c in row if c not in common):
            return True
        by_ratio: dict[int, set[int]] = {}
        for column in common:
            ratio = one[column] * pow(other[column], -1, PRIME) % PRIME
            by_ratio.setdefault(ratio, set()).add(column)
        union = one.keys() | other.keys()
        return all(self._rests_on_enough(c for c in union if c not in lost) for lost in by_ratio.values())

    def _tried(self, part: Sequence[Row]) -> bool:
        """Every set of too few holders: on none of them does a combination rest, as the rank elsewhere tells.

        A combination that rests on them is one of the rows whose pivot is theirs.
        """
        stakes = {self.weighing[c] for c in set().union(*part)}
        alone = sum(stake.bit_count() == 1 for stake in stakes)
        groups = None if comb(alone, self.enough - 1) > TRIED else self._small_groups(sorted(stakes))
        if groups is None:
            return False
        form = _Form()
        for row in part:
            self._add(form, row, 0)
        for people in groups:
            rows = [row for pivot, row in form.rows.items() if not self.weighing[pivot] & ~people]
            if rank([{c: a for c, a in row.items() if self.weighing[c] & ~people} for row in rows]) < len(rows):
                return False
        return True

    def _small_groups(self, stakes: Sequence[int]) -> list[int] | None:
        """Unions of stakes that have too few holders, as bits, the largest among them; None when too many."""
        found: set[int] = set()
        waiting = [(0, 0)]
        while waiting:
            people, start = waiting.pop()
            grown = False
            for place in range(start, len(stakes)):
                union = people | stakes[place]
                if union != people and union.bit_count() < self.enough:
                    grown = True
                    waiting.append((union, place + 1))
            if not grown and people:
                found.add(people)
            if len(found) + len(waiting) > TRIED:
                return None
        return sorted(found)


def _restricted(forms: Sequence[_Form], columns: set[int], rows: list[Row]) -> _Part:
    """The part on these columns: rows of a form are on one part each, but for a rest that mixes several."""
    if any(not columns.issuperset(row) and not columns.isdisjoint(row) for form in forms for row in form.rest):
        return _Part(rows, columns, [])
    return _Part(
        rows,
        columns,
        [
            _Form(
                {pivot: row for pivot, row in form.rows.items() if pivot in columns},
                [row for row in form.rest if columns.issuperset(row)],
            )
            for form in forms
        ],
    )


def _pairs(form: _Form, fresh: Sequence[Row]) -> Iterator[tuple[Row, Row]]:
    """Pairs of rows of a form, its rest being part of all that is looked at, of which one is fresh."""
    new = {id(row) for row in fresh}
    if len(form.rest) == TOGETHER:
        pairs: Iterable[tuple[Row, Row]] = [(form.rest[0], form.rest[1])]
    elif form.rest:
        pairs = ((row, form.rest[0]) for row in form.rows.values())
    else:
        pairs = combinations(form.rows.values(), 2)
    return ((one, other) for one, other in pairs if id(one) in new or id(other) in new)


def _mask(people: Iterable[Hashable], bit: dict[Hashable, int]) -> int:
    mask = 0
    for holder in people:
        mask |= 1 << bit.setdefault(holder, len(bit))
    return mask
