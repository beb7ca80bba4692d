"""Everything published, as one linear system: columns, relations whose sum is zero, who holds what.

A worked system, for whoever knows the method and not these words. A département publishes its volunteers (12) and
hides those of its centres sociaux (5) and of its espaces de vie sociale (7); one holder runs a centre with 3 of them.
Columns 0, 1, 2 are these three cells; columns 3 and 4 are latent: the holder's centre, all the other centres.

    relation     {0: 1, 1: -1, 2: -1}           total = centres + espaces
    relation     {1: 1, 3: -1, 4: -1}           centres = the holder's centre + the other centres
    direction    {1: +1, 2: -1, 4: +1}          keeps both relations and moves hidden columns only
    certificate  that direction, kept: it proves that cells 1 and 2 may be otherwise than they are

A hidden cell that no direction moves is disclosed. Without column 4 the holder, who knows column 3, would know cell 1
by the second relation, hence cell 2 by the first: nothing moves any more for that reader (`exact_audit` says so).
"""

from collections.abc import Hashable, Iterable
from dataclasses import dataclass, field
from math import inf


@dataclass(frozen=True)
class Pair:
    """Two holders who put their answers together."""

    one: Hashable
    other: Hashable


@dataclass
class System:
    """Everything published, as one linear system.

    A column is a cell of the publication or a latent group of contributors (an atom that no cell shows by itself);
    a relation is a sparse integer row whose sum is zero (total - parts). A published cell is a column that the
    reader knows. All lists are indexed by column. lower, upper: what the reader knows of a hidden column without any
    figure: nothing is negative, no more « oui » than answers, no empty cell that is not told. whole: and that figures
    are whole numbers; each_side: what rules hide must then be able to move by one both up and down, where there is room
    (that there is one « oui » or none is as telling as their number).
    """

    values: list[float] = field(default_factory=list)
    sizes: list[int] = field(default_factory=list)
    owners: list[Hashable | None] = field(default_factory=list)
    primary: set[int] = field(default_factory=set)
    latent: set[int] = field(default_factory=set)
    known: set[int] = field(default_factory=set)
    relations: list[dict[int, int]] = field(default_factory=list)
    # Columns that a holder knows entirely, when it holds several: {holder: columns}; a reader may be two of them, who
    # put their answers together (`Pair`).
    holdings: dict[Hashable, set[int]] = field(default_factory=dict)
    # Secrets that lone holders must not find by two either.
    kept_from_pairs: set[int] = field(default_factory=set)
    lower: list[float] = field(default_factory=list)
    upper: list[float] = field(default_factory=list)
    whole: bool = False
    each_side: bool = False

    def add(
        self, value: float, size: int, owner: Hashable | None = None, *, lower: float = 0.0, upper: float = inf
    ) -> int:
        self.values.append(value)
        self.sizes.append(size)
        self.owners.append(owner)
        self.lower.append(lower)
        self.upper.append(upper)
        if owner is not None:
            self.holdings.setdefault(owner, set()).add(len(self.values) - 1)
        return len(self.values) - 1

    def join(self, one: Hashable, other: Hashable, shared: Iterable[int] = ()) -> Pair:
        """The two as one reader, who knows what each does and what they share with nobody else."""
        pair = Pair(*sorted((one, other), key=str))
        known = self.holdings.get(one, set()) | self.holdings.get(other, set())
        self.holdings.setdefault(pair, set()).update(known, shared)
        return pair

    def room(self, column: int, side: int) -> float:
        """How far the column may go up (side 1) or down (-1) within what everybody knows of it."""
        value = self.values[column]
        return max(self.upper[column] - value if side > 0 else value - self.lower[column], 0.0)

    def candidates(self) -> list[int]:
        decided = self.primary | self.latent | self.known
        return [c for c in range(len(self.values)) if c not in decided]

    def restricted(self, hidden: Iterable[int]) -> list[dict[int, int]]:
        """The relations that bind the hidden columns once all others are known."""
        kept = set(hidden)
        rows = ({c: a for c, a in row.items() if c in kept} for row in self.relations)
        return [row for row in rows if row]
