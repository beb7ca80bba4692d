"""Exact linear algebra modulo a prime: which hidden cells follow from the published ones, and a first suppression.

The idea is that of Langsrud (2024), « Secondary cell suppression by Gaussian elimination », PSD 2024: candidates are
published from the most to the least informative, each one unless a protected cell would then be a combination of
what is published. Cells are kept expressed over a shrinking set of free columns (a simplex tableau); arithmetic is
modulo a prime of 61 bits, so nothing is rounded. A wrong zero has probability around 1e-18 a test and can hide a cell
too many; the audit (`exact_audit`) works with a second prime too.
"""

from collections.abc import Collection, Hashable, Iterable, Sequence

PRIME = (1 << 61) - 1
SECOND_PRIME = (1 << 61) - 31
_STEP = 0x9E3779B97F4A7C15


def _mark(column: int, salt: int) -> int:
    """A fixed pseudo-random residue for a column (splitmix64): the same input always gives the same plan."""
    z = (column * 2 + salt + 1) * _STEP & 0xFFFFFFFFFFFFFFFF
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9 & 0xFFFFFFFFFFFFFFFF
    z = (z ^ (z >> 27)) * 0x94D049BB133111EB & 0xFFFFFFFFFFFFFFFF
    return (z ^ (z >> 31)) % PRIME or 1


class Tableau:
    """Unknown columns, some of them (`rows`) written as combinations of the free ones.

    `rank` orders the columns: those of low rank are preferred as combinations, because the others will be published
    first and a free column is published by merely deleting it.
    """

    def __init__(
        self, relations: Iterable[dict[int, int]], rank: Sequence[int] | None = None, prime: int = PRIME
    ) -> None:
        self.prime = prime
        self.rows: dict[int, dict[int, int]] = {}
        self.users: dict[int, set[int]] = {}
        for relation in relations:
            self._bind(relation, rank)

    def _bind(self, relation: dict[int, int], rank: Sequence[int] | None) -> None:
        prime, rows = self.prime, self.rows
        row: dict[int, int] = {}
        for column, coefficient in relation.items():
            known = rows.get(column)
            for inner, weight in ((column, 1),) if known is None else known.items():
                row[inner] = (row.get(inner, 0) + coefficient * weight) % prime
        row = {column: a for column, a in row.items() if a}
        if not row:
            return
        users = self.users
        if rank is None:
            pivot = min(row, key=lambda c: (len(users.get(c, ())), c))
        else:
            pivot = min(row, key=lambda c: rank[c])
        inverse = prime - pow(row.pop(pivot), -1, prime)
        expression = {column: a * inverse % prime for column, a in row.items()}
        self.substitute(pivot, expression)
        rows[pivot] = expression
        for column in expression:
            users.setdefault(column, set()).add(pivot)

    def substitute(self, pivot: int, expression: dict[int, int]) -> None:
        """Replaces the free column `pivot` by `expression` in every row."""
        prime, users = self.prime, self.users
        items = list(expression.items())
        for basic in users.pop(pivot, ()):
            row = self.rows[basic]
            factor = row.pop(pivot)
            for column, weight in items:
                before = row.get(column)
                if before is None:
                    row[column] = factor * weight % prime
                    users.setdefault(column, set()).add(basic)
                else:
                    after = (before + factor * weight) % prime
                    if after:
                        row[column] = after
                    else:
                        del row[column]
                        users[column].discard(basic)

    def drop(self, basic: int) -> dict[int, int]:
        row = self.rows.pop(basic)
        for column in row:
            self.users[column].discard(basic)
        return row

    def free(self) -> set[int]:
        return {column for row in self.rows.values() for column in row}


class Elimination:
    """The greedy plan: `publish` one candidate after the other; what it refuses is suppressed.

    Protected columns must stay outside the span of what is published, and outside that of what is published plus the
    own value of a lone contributor (`owners`): two protected columns may be proportional modulo the published ones
    only if neither belongs to a lone contributor that does not hold the other.
    """

    def __init__(
        self,
        relations: Sequence[dict[int, int]],
        order: Sequence[int],
        protected: Collection[int],
        owners: Sequence[Hashable | None],
    ) -> None:
        rank = [-1] * len(owners)
        for position, column in enumerate(order):
            rank[column] = len(order) - position
        for column in protected:
            rank[column] = 0
        self.tableau = Tableau(sorted(relations, key=lambda row: (len(row), min(row))), rank)
        self.owners = owners
        candidates = set(order)
        self.marks: dict[int, tuple[int, int]] = {}
        self.hashes: dict[int, tuple[int, int]] = {}
        self.buckets: dict[int, set[int]] = {}
        for basic in list(self.tableau.rows):
            if basic not in candidates and basic not in protected:
                self.tableau.drop(basic)
        self.guarded = any(owners[column] is not None for column in protected)
        self.broken: set[int] = set()
        for column in sorted(protected):
            value = self._hash(column)
            if value == (0, 0):
                self.broken.add(column)
                continue
            self._place(column, value)
        self.clashing = {
            column
            for bucket in self.buckets.values()
            for column in bucket
            if any(self._clash(column, other) for other in bucket)
        }

    def _marks(self, column: int) -> tuple[int, int]:
        found = self.marks.get(column)
        if found is None:
            found = self.marks[column] = _mark(column, 0), _mark(column, 1 << 40)
        return found

    def _hash_row(self, row: dict[int, int]) -> tuple[int, int]:
        first = second = 0
        for column, weight in row.items():
            one, two = self._marks(column)
            first += weight * one
            second += weight * two
        return first % PRIME, second % PRIME

    def _hash(self, column: int) -> tuple[int, int]:
        row = self.tableau.rows.get(column)
        return self._marks(column) if row is None else self._hash_row(row)

    @staticmethod
    def _direction(value: tuple[int, int]) -> int:
        return value[0] * pow(value[1], -1, PRIME) % PRIME if value[1] else -1

    def _place(self, column: int, value: tuple[int, int]) -> None:
        self.hashes[column] = value
        if self.guarded:
            self.buckets.setdefault(self._direction(value), set()).add(column)

    def _clash(self, one: int, other: int) -> bool:
        mine, theirs = self.owners[one], self.owners[other]
        return one != other and mine != theirs

    def publish(self, candidate: int) -> bool:
        """Publishes the candidate and says True, or leaves everything as it was and says False."""
        tableau = self.tableau
        row = tableau.rows.get(candidate)
        if row is not None and not row:
            tableau.drop(candidate)
            return True
        functional = {candidate: 1} if row is None else row
        users = tableau.users
        if row is None:
            pivot = candidate
        else:
            pivot = min(row, key=lambda c: (len(users.get(c, ())), c))
        scale = pow(functional[pivot], -1, PRIME)
        one, two = self._hash_row(functional)
        moved: dict[int, tuple[int, int]] = {}
        for basic in users.get(pivot, ()):
            before = self.hashes.get(basic)
            if before is not None:
                factor = tableau.rows[basic][pivot] * scale % PRIME
                moved[basic] = (before[0] - factor * one) % PRIME, (before[1] - factor * two) % PRIME
        if pivot in self.hashes:
            before = self.hashes[pivot]
            moved[pivot] = (before[0] - scale * one) % PRIME, (before[1] - scale * two) % PRIME
        if any(value == (0, 0) for value in moved.values()):
            return False
        if self.guarded and not self._apart(moved):
            return False
        for column in moved:
            if self.guarded:
                self.buckets[self._direction(self.hashes[column])].discard(column)
        for column, value in moved.items():
            self._place(column, value)
        self._apply(candidate, pivot, scale)
        return True

    def _apart(self, moved: dict[int, tuple[int, int]]) -> bool:
        """No lone contributor would now share its direction with a cell that is not its own."""
        seen: dict[int, list[int]] = {}
        for column, value in moved.items():
            if column in self.clashing:
                continue
            direction = self._direction(value)
            neighbours = [c for c in self.buckets.get(direction, ()) if c not in moved and c not in self.clashing]
            neighbours += seen.get(direction, [])
            if any(self._clash(column, other) for other in neighbours):
                return False
            seen.setdefault(direction, []).append(column)
        return True

    def _apply(self, candidate: int, pivot: int, scale: int) -> None:
        tableau = self.tableau
        if candidate not in tableau.rows:
            tableau.substitute(candidate, {})
            return
        row = tableau.drop(candidate)
        row.pop(pivot)
        expression = {column: -weight * scale % PRIME for column, weight in row.items()}
        tableau.substitute(pivot, expression)
        if pivot in self.hashes:
            tableau.rows[pivot] = expression
            for column in expression:
                tableau.users.setdefault(column, set()).add(pivot)

    def forget(self, candidate: int) -> None:
        """A refused candidate is never tried again: its row costs nothing any more."""
        if candidate in self.tableau.rows:
            self.tableau.drop(candidate)
