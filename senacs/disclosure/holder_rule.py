"""The rule of k holders: no combination of everything ever shown may rest on fewer than k of them.

A row is a sum of unknowns (groups of contributors that belong to the same cells). L is the span of the rows shown: all
that adding and subtracting them gives. A vector of L that touches an unknown of k holders rests on k of them; the
dangerous ones lie in the part of L on small unknowns, which is what is left once the large ones are eliminated. So a
row that brings a new large pivot is harmless, and only the few others are looked at closely. What is shown may be
that of coalitions: c holders who put their answers together compute nobody's figure as long as c + 1 < k.
"""

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

PRIME = (1 << 61) - 1
# Groups of holders that are tried one by one; a part of which more would have to be is refused: nothing proves it.
TRIED = 1_500
# Dangerous rows tied together above which the next one is refused unseen: the proof would take seconds a figure.
LONGEST = 60

Row = dict[int, int]


@dataclass(frozen=True)
class Holding:
    """Who has a stake in an unknown. weighing: those whose answer is not zero."""

    everybody: frozenset[Hashable]
    weighing: frozenset[Hashable]


class HolderRule:
    """What is shown so far, in echelon form; `allows` says whether one more figure keeps the rule."""

    def __init__(self, holdings: Sequence[Holding], k: int, relations: Iterable[Mapping[int, int]] = ()) -> None:
        """relations: rows whose sum is zero whatever is shown (total - parts of one group of contributors)."""
        self.k = k
        self.holdings = holdings
        self.large = [len(h.weighing) >= k for h in holdings]
        # Sets of holders as bits: most combinations are cleared by the first few unknowns.
        bit: dict[Hashable, int] = {}
        self.weighing = [_mask(h.weighing, bit) for h in holdings]
        self.everybody = [_mask(h.everybody, bit) for h in holdings]
        self.rows: dict[int, Row] = {}
        self.users: dict[int, set[int]] = {}
        # Of the dangerous part: {pivot: row}, on small unknowns only.
        self.small: dict[int, Row] = {}
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
        row = self._reduced(dict.fromkeys(members, 1))
        large = [c for c in row if self.large[c]]
        if large:
            self._pivot(row, min(large, key=lambda c: (len(self.users.get(c, ())), c)))
            return True
        row = _subtracted(row, self.small)
        if not row:
            return True
        part = [] if forced else [*self._part(row), row]
        holds = forced or (len(part) <= LONGEST and self._holds(part))
        if holds:
            pivot = min(row)
            inverse = pow(row[pivot], -1, PRIME)
            row = {c: a * inverse % PRIME for c, a in row.items()}
            for other, mine in self.small.items():
                if pivot in mine:
                    self.small[other] = _combined(mine, row, mine[pivot])
            self.small[pivot] = row
        return holds

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

    def _part(self, row: Row) -> list[Row]:
        """The dangerous rows that something ties to this one."""
        reach, waiting = set(row), dict(self.small)
        part: list[Row] = []
        grown = True
        while grown:
            grown = False
            for pivot in [p for p, mine in waiting.items() if not reach.isdisjoint(mine)]:
                mine = waiting.pop(pivot)
                reach |= set(mine)
                part.append(mine)
                grown = True
        return part

    def _rests_on_enough(self, columns: Iterable[int]) -> bool:
        """Whether a combination rests on k holders: those that weigh; when nobody does, all who answered zero."""
        chosen = list(columns)
        for masks in (self.weighing, self.everybody):
            people = 0
            for column in chosen:
                people |= masks[column]
                if people.bit_count() >= self.k:
                    return True
            if people:
                return False
        return False

    def _holds(self, part: Sequence[Row]) -> bool:
        """No combination of these rows rests on fewer than k holders; proved, or refused."""
        if not all(self._rests_on_enough(row) for row in part):
            return False
        if len(part) == 1:
            return True
        if len(part) == 2:
            return self._pair_holds(*part)
        return self._all_hold(part)

    def _pair_holds(self, one: Row, other: Row) -> bool:
        """Combinations of two rows lose a column only where its weights are in proportion."""
        by_ratio: dict[int, set[int]] = {}
        for column in one.keys() & other.keys():
            ratio = one[column] * pow(other[column], -1, PRIME) % PRIME
            by_ratio.setdefault(ratio, set()).add(column)
        union = one.keys() | other.keys()
        return all(self._rests_on_enough(c for c in union if c not in lost) for lost in by_ratio.values())

    def _all_hold(self, part: Sequence[Row]) -> bool:
        """By sets of columns on each of which every combination shows, and which have no holder in common.

        With m of them, a combination of fewer than k holders has (k - 1) / m of them at most in some set: none with k
        sets, so that there is no such combination; one with half as many, and it is a row of that set's echelon form;
        two, and it is a pair of rows. With fewer sets every group of holders is tried, or the figure is refused.
        """
        forms = self._disjoint_forms(part)
        alone = (self.k - 1) // len(forms) if forms else self.k
        if alone > 2:
            return self._tried(part)
        if alone and not all(self._rests_on_enough(row) for form in forms for row in form):
            return False
        pairs = (pair for form in forms for pair in combinations(form, 2)) if alone == 2 else ()
        return all(self._pair_holds(*pair) for pair in pairs)

    def _disjoint_forms(self, part: Sequence[Row]) -> list[list[Row]]:
        """Echelon forms of the part, at most k, whose pivots are unknowns that have no holder in common."""
        used: set[Hashable] = set()
        forms: list[list[Row]] = []
        while len(forms) < self.k:
            form: dict[int, Row] = {}
            for row in part:
                left = _subtracted(row, form)
                free = [c for c in left if used.isdisjoint(self._stake(c))]
                if not free:
                    return forms
                pivot = min(free, key=lambda c: (len(self._stake(c)), c))
                used |= self._stake(pivot)
                inverse = pow(left[pivot], -1, PRIME)
                left = {c: a * inverse % PRIME for c, a in left.items()}
                for other, mine in form.items():
                    if pivot in mine:
                        form[other] = _combined(mine, left, mine[pivot])
                form[pivot] = left
            forms.append(list(form.values()))
        return forms

    def _stake(self, column: int) -> frozenset[Hashable]:
        return self.holdings[column].weighing or self.holdings[column].everybody

    def _tried(self, part: Sequence[Row]) -> bool:
        """Every set of fewer than k holders: on none of them does a combination rest, as the rank elsewhere tells."""
        stakes = {c: self.weighing[c] or self.everybody[c] for c in sorted(set().union(*part))}
        groups = self._small_groups(list(stakes.values()))
        if groups is None:
            return False
        rank = _rank(part)
        for people in groups:
            outside = {c for c, stake in stakes.items() if stake & ~people}
            if _rank([_only(row, outside) for row in part]) < rank:
                return False
        return True

    def _small_groups(self, stakes: Sequence[int]) -> list[int] | None:
        """The largest unions of stakes that have fewer than k holders, as bits; None when there are too many."""
        found: set[int] = set()
        waiting = [(0, 0)]
        while waiting:
            people, start = waiting.pop()
            grown = False
            for place in range(start, len(stakes)):
                union = people | stakes[place]
                if union != people and union.bit_count() < self.k:
                    grown = True
                    waiting.append((union, place + 1))
            if not grown and people:
                found.add(people)
            if len(found) + len(waiting) > TRIED:
                return None
        return [one for one in found if not any(one != other and not one & ~other for other in found)]


def _mask(people: Iterable[Hashable], bit: dict[Hashable, int]) -> int:
    mask = 0
    for holder in people:
        mask |= 1 << bit.setdefault(holder, len(bit))
    return mask


def _only(row: Row, columns: set[int]) -> Row:
    return {c: a for c, a in row.items() if c in columns}


def _subtracted(row: Row, basis: Mapping[int, Row]) -> Row:
    for pivot in [c for c in row if c in basis]:
        row = _combined(row, basis[pivot], row[pivot])
    return row


def _combined(row: Row, other: Row, factor: int) -> Row:
    found = dict(row)
    for column, weight in other.items():
        value = (found.get(column, 0) - factor * weight) % PRIME
        if value:
            found[column] = value
        else:
            found.pop(column, None)
    return found


def _rank(rows: Iterable[Row]) -> int:
    basis: dict[int, Row] = {}
    for row in rows:
        left = dict(row)
        while left:
            pivot = min(left)
            if pivot not in basis:
                inverse = pow(left[pivot], -1, PRIME)
                basis[pivot] = {c: a * inverse % PRIME for c, a in left.items()}
                break
            left = _combined(left, basis[pivot], left[pivot])
    return len(basis)
