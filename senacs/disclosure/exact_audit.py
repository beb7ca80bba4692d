"""The audit: is the feasible interval of every hidden cell as wide as required?

An interval is wide enough when directions (see `linear_programs`) move the cell up and down by the half-width; each
direction found is kept as a certificate for all the cells that it moves far enough. With margin 0 one movement
of any length is enough: only the columns that are at a bound can stop it (null ones, by their sign), so that one linear
program finds those that are stuck and exact elimination does the rest.
"""

from collections.abc import Collection, Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import ceil

from senacs.disclosure.elimination import PRIME, SECOND_PRIME, Tableau
from senacs.disclosure.linear_programs import INFINITY, Program
from senacs.disclosure.system import Pair, System

TOLERANCE = 1e-6
# Columns of a component above which lone holders are not given a program of signs of their own: one takes more than a
# second there and there are hundreds of holders (several variables tied by identities). Elimination still guards them.
LARGEST_SIGN_PROGRAM = 5_000


@dataclass(frozen=True, order=True)
class Weakness:
    """A hidden column whose interval is too narrow: towards which side (0: any), and for which reader."""

    column: int
    side: int
    attacker: Hashable | None = None


def components(relations: list[dict[int, int]]) -> list[list[dict[int, int]]]:
    """The relations in groups that share no column."""
    parent: dict[int, int] = {}

    def root(column: int) -> int:
        while parent.setdefault(column, column) != column:
            parent[column] = parent[parent[column]]
            column = parent[column]
        return column

    for row in relations:
        first, *others = row
        for other in others:
            parent[root(other)] = root(first)
    groups: dict[int, list[dict[int, int]]] = {}
    for row in relations:
        groups.setdefault(root(next(iter(row))), []).append(row)
    return sorted(groups.values(), key=lambda rows: min(min(row) for row in rows))


def requirement(system: System, column: int, margin: float, side: int = 0) -> float:
    """Half-width asked of the interval, in the unit of the values; on one side no more than there is room for.

    Where figures are whole, the next whole number: a reader rounds the ends of the interval inwards.
    """
    asked = abs(system.values[column]) * margin / 100
    if system.whole:
        asked = float(ceil(asked * (1 - TOLERANCE)))
    return min(asked, system.room(column, side)) if side else asked


class _Signs:
    """Which columns of one component that are at a bound are kept there by published cells and other bounds, by reader.

    Most are null and cannot be negative; others are as large as they may be, or as small. way: the only side to which
    each may go. The largest sum of t, 0 <= t <= 1, t <= way * y: directions form a cone here, so t is 1 wherever y
    can leave its bound.
    A direction that leaves the own cells of a lone holder alone serves it too, so that few readers need a program.
    """

    def __init__(self, system: System, relations: list[dict[int, int]]) -> None:
        self.columns = sorted({column for row in relations for column in row})
        self.way: dict[int, int] = {}
        fixed: set[int] = set()
        for column in self.columns:
            up, down = (system.room(column, side) > 0 for side in (1, -1))
            if not up and not down:
                fixed.add(column)
            elif up != down:
                self.way[column] = 1 if up else -1
        self.zeros = sorted(self.way)
        self.null = set(self.zeros)
        self.place = {column: i for i, column in enumerate(self.columns)}
        self.certificates: list[tuple[set[int], set[int]]] = []
        self.fixed = fixed
        if not self.zeros:
            self.stuck: set[int] = fixed
            return
        self.relations = relations
        self.touching: dict[int, list[int]] = {}
        for number, row in enumerate(relations):
            for column in row:
                self.touching.setdefault(column, []).append(number)
        place, size = self.place, len(self.columns)
        width = size + len(self.zeros)
        rows: list[list[tuple[int, float]]] = [[(place[c], float(a)) for c, a in sorted(r.items())] for r in relations]
        rows += [[(place[c], -float(self.way[c])), (size + i, 1.0)] for i, c in enumerate(self.zeros)]
        bounds = [self._bounds(column) for column in self.columns]
        self.program = Program(
            width,
            rows,
            lower=[low for low, _ in bounds] + [0.0] * len(self.zeros),
            upper=[high for _, high in bounds] + [1.0] * len(self.zeros),
            cost=[0.0] * size + [-1.0] * len(self.zeros),
            row_lower=[0.0] * len(relations) + [-INFINITY] * len(self.zeros),
        )
        self.stuck = self._solve()

    def _bounds(self, column: int) -> tuple[float, float]:
        if column in self.fixed:
            return 0.0, 0.0
        way = self.way.get(column, 0)
        return (0.0 if way > 0 else -INFINITY), (0.0 if way < 0 else INFINITY)

    def _solve(self) -> set[int]:
        moves = self.program.solve()
        if moves is None:
            raise AssertionError("y = 0 is always a direction")
        size = len(self.columns)
        stuck = {column for i, column in enumerate(self.zeros) if moves[size + i] < 0.5} | self.fixed
        still = {column for i, column in enumerate(self.columns) if abs(moves[i]) < 1e-9}
        self.certificates.append((still, self.null - stuck))
        return stuck

    def prepare(self, readers: Sequence[set[int]]) -> None:
        """Directions that leave the own columns of many readers alone at once, so that few need one of their own.

        What is left alone cannot move either: readers are split by each bit of their rank, so that any two of them
        are apart once.
        """
        waiting = [own for own in readers if self._unsettled(own) - self._held_with(own)]
        bits = len(waiting).bit_length()
        if len(waiting) <= 2 * bits:
            return
        for bit in range(bits):
            for side in (0, 1):
                self._solve_without(set().union(*(own for i, own in enumerate(waiting) if i >> bit & 1 == side)))

    def stuck_for(self, own: set[int]) -> set[int]:
        """The stuck columns for the reader who knows `own`; `stuck` itself when it learns nothing by signs."""
        unsettled = self._unsettled(own)
        if not unsettled:
            return self.stuck
        held = self._held_with(own)
        stuck = self.stuck | held if unsettled <= held else self._solve_without(own)
        return stuck - own if stuck - own != self.stuck - own else self.stuck

    def _unsettled(self, own: set[int]) -> set[int]:
        """The null columns of which no direction that leaves the own ones alone says yet that they can move."""
        free = self.null - self.stuck - own
        for still, moved in self.certificates:
            if not free:
                break
            if own <= still:
                free -= moved
        return free

    def _held_with(self, own: set[int]) -> set[int]:
        """Null columns held with the own ones by one sum after the other: whatever is left of it cannot but grow."""
        fixed = self.stuck | own
        waiting = [number for column in own for number in self.touching.get(column, ())]
        while waiting:
            row = self.relations[waiting.pop()]
            left = [column for column in row if column not in fixed]
            if len(left) == 1 or (
                self.null.issuperset(left) and len({row[column] * self.way[column] > 0 for column in left}) == 1
            ):
                fixed.update(left)
                waiting += [number for column in left for number in self.touching[column]]
        return (fixed & self.null) - own

    def _solve_without(self, own: set[int]) -> set[int]:
        for column in own:
            self.program.bound(self.place[column], 0.0, 0.0)
        stuck = self._solve()
        for column in own:
            self.program.bound(self.place[column], *self._bounds(column))
        return stuck


class _Spans:
    """The tableau of one component, its stuck columns known: what follows from what."""

    def __init__(self, relations: list[dict[int, int]], stuck: set[int], prime: int) -> None:
        self.prime = prime
        free = ({c: a for c, a in row.items() if c not in stuck} for row in relations)
        tableau = Tableau(sorted((r for r in free if r), key=lambda row: (len(row), min(row))), prime=prime)
        self.rows, self.users = tableau.rows, tableau.users
        self.columns = {column for row in relations for column in row}

    def _row(self, column: int) -> dict[int, int]:
        return self.rows.get(column, {column: 1})

    def determined(self, targets: Collection[int]) -> set[int]:
        return {column for column in targets if not self._row(column)}

    def follow_from(self, own: Collection[int], targets: Collection[int]) -> set[int]:
        """The targets that are combinations of the own columns and of what is published."""
        basis: list[tuple[int, dict[int, int]]] = []
        reach: set[int] = set()
        for column in sorted(own):
            row = self._reduced(self._row(column), basis)
            if row:
                basis.append((min(row), row))
                reach |= set(row)
        touched = {user for column in reach for user in self.users.get(column, ())} | reach
        return {
            column
            for column in touched.intersection(targets)
            if not self._reduced(self._row(column), basis) and self._row(column)
        }

    def make_up(self, target: int, columns: Sequence[int]) -> Iterator[tuple[int, int]]:
        """Pairs of the columns of which the target is a combination, and of neither alone.

        Once the target is taken away from each, the two are in proportion.
        """
        aimed = self._row(target)
        pivot = min(aimed)
        lead = pow(aimed[pivot], -1, self.prime)
        alike: dict[tuple[tuple[int, int], ...], int] = {}
        for column in columns:
            row = self._row(column)
            rest = self._reduced(row, [(pivot, {c: a * lead % self.prime for c, a in aimed.items()})])
            if not rest:
                continue
            unit = pow(rest[min(rest)], -1, self.prime)
            other = alike.setdefault(tuple(sorted((c, a * unit % self.prime) for c, a in rest.items())), column)
            if other != column and self._differ(row, self._row(other)):
                yield other, column

    def _differ(self, one: dict[int, int], other: dict[int, int]) -> bool:
        """Neither is a multiple of the other."""
        ratio = {a * pow(other[c], -1, self.prime) % self.prime for c, a in one.items() if c in other}
        return one.keys() != other.keys() or len(ratio) > 1

    def _reduced(self, row: dict[int, int], basis: list[tuple[int, dict[int, int]]]) -> dict[int, int]:
        row = dict(row)
        for pivot, other in basis:
            if pivot in row:
                factor = row[pivot] * pow(other[pivot], -1, self.prime) % self.prime
                for column, weight in other.items():
                    value = (row.get(column, 0) - factor * weight) % self.prime
                    if value:
                        row[column] = value
                    else:
                        row.pop(column, None)
        return row


def _spans(relations: list[dict[int, int]], stuck: set[int]) -> list[_Spans]:
    return [_Spans(relations, stuck, prime) for prime in (PRIME, SECOND_PRIME)]


def exact_disclosures(system: System, hidden: Collection[int]) -> list[Weakness]:
    """Margin 0: hidden columns that somebody can recompute exactly.

    Everybody must miss every hidden column; a lone holder every protected one that is not its own; two of them together
    those that are `kept_from_pairs`.
    """
    hidden = set(hidden)
    targets = (hidden - system.latent) | (hidden & system.primary)
    weak = []
    for part in components(system.restricted(hidden)):
        columns = {c for row in part for c in row}
        signs = _Signs(system, part)
        spans = _spans(part, signs.stuck)
        inside = targets & columns
        open_to_all = (inside & signs.stuck).union(*(s.determined(inside - signs.stuck) for s in spans))
        weak += [Weakness(c, 0) for c in sorted(open_to_all)]
        secrets = (system.primary & columns) - open_to_all
        owners = sorted({system.owners[c] for c in columns} - {None}, key=str)
        owned = {owner: system.holdings[owner] & columns for owner in owners}
        has_program = signs.zeros and len(signs.columns) <= LARGEST_SIGN_PROGRAM
        if has_program:
            signs.prepare(list(owned.values()))
        for owner, own in owned.items():
            others = secrets - own
            stuck = signs.stuck_for(own) if has_program else signs.stuck
            mine = spans if stuck is signs.stuck else _spans(part, stuck)
            known = (others & stuck).union(*(s.follow_from(own - stuck, others - stuck) for s in mine))
            if stuck is not signs.stuck:
                known = known.union(*(s.determined(others - stuck) for s in mine))
            weak += [Weakness(c, 0, owner) for c in sorted(known)]
        weak += _for_pairs(system, spans[0], owned, (inside & system.kept_from_pairs) - open_to_all - signs.stuck)
    return weak


def _for_pairs(
    system: System, spans: _Spans, owned: Mapping[Hashable, Collection[int]], secrets: Collection[int]
) -> list[Weakness]:
    """The secrets that two lone holders find together, and none of them alone: by what they share with nobody else,
    or by one column of each."""
    weak = []
    columns = {c for own in owned.values() for c in own}
    for pair, known in list(system.holdings.items()):
        if isinstance(pair, Pair):
            found = spans.follow_from(known & spans.columns, set(secrets) - known)
            weak += [Weakness(c, 0, pair) for c in sorted(found)]
    found_already = {weakness.column for weakness in weak}
    for secret in sorted(set(secrets) - found_already - columns):
        for one, other in spans.make_up(secret, sorted(columns)):
            holders = system.owners[one], system.owners[other]
            if holders[0] != holders[1]:
                weak.append(Weakness(secret, 0, system.join(*holders)))
                break
    return weak
