"""The words of disclosure control: tables, cells, hierarchies, rules, and what protection answers."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction

from senacs.disclosure.fates import Status


class SpecificationError(ValueError):
    """What was asked cannot be read or makes no sense; the message is in French and names the file or the cell."""


@dataclass(frozen=True)
class Rules:
    """Primary rules.

    threshold: a cell of 1 to threshold - 1 contributors is hidden (None: no such rule).
    dominance: pairs (n, k): hidden when its n largest contributions exceed k % of the total (Handbook on SDC, 4.2.2).
    p_percent: hidden when the total less the two largest contributions is under p % of the largest one.
    zero_published: a cell without contributors is shown, as everybody knows that it is empty.
    extremes: hide a count equal to 0 or to the number of respondents (sensitive yes/no questions); each_side: and one
    where fewer holders than that say yes, or anything else.
    coalition: holders who may put their answers together (`protect_contributors` only, with a threshold).
    """

    threshold: int | None = 5
    dominance: tuple[tuple[int, float], ...] = ((1, 85.0),)
    p_percent: float | None = None
    zero_published: bool = True
    extremes: bool = False
    each_side: int = 1
    coalition: int = 0


@dataclass(frozen=True)
class Hierarchy:
    """One tree over the codes of a dimension: child -> parent. A root that is not `total` hangs under it when the
    roots together hold every leaf; otherwise (a grouping that covers a part only) it adds to nothing."""

    parents: Mapping[str, str]

    def children(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        for child, parent in self.parents.items():
            found.setdefault(parent, []).append(child)
        return {parent: sorted(children) for parent, children in sorted(found.items())}


@dataclass(frozen=True)
class Dimension:
    """A classification shared by the tables; without hierarchy every code is flat under `total`."""

    name: str
    total: str = "Total"
    hierarchies: tuple[Hierarchy, ...] = ()


@dataclass(frozen=True)
class Cell:
    """One cell: `key` has one code per dimension of its table.

    n: contributors (None: unknown); value: exact (None in a table of counts: n is what is published);
    largest: largest contributions, descending, None where unknown; holders: names of all who hold a contributor,
    when known; holder_count: their number when only that is known; waived: how many of them agreed to be shown.
    """

    key: tuple[str, ...]
    n: int | None = None
    value: Fraction | None = None
    largest: tuple[Fraction | None, ...] = ()
    holders: frozenset[str] | None = None
    holder_count: int | None = None
    waived: int = 0
    # The row of a file that it comes from.
    line: int | None = field(default=None, compare=False)


@dataclass(frozen=True)
class Table:
    """file, figure: where it was read, and the column of what it publishes; messages say them."""

    name: str
    dimensions: tuple[str, ...]
    cells: tuple[Cell, ...]
    file: str = field(default="", compare=False)
    figure: str = field(default="", compare=False)

    def where(self, cell: Cell) -> str:
        """« file, ligne 3, colonne « ca » » as far as they are known."""
        told = [self.file or self.name]
        if cell.line is not None:
            told += [f"ligne {cell.line}", f"colonne « {self.figure} »"]
        return ", ".join(told)


@dataclass(frozen=True)
class KnownCell:
    """A cell that readers know already; coordinates: {dimension: code}, the other dimensions at their total."""

    coordinates: Mapping[str, str]
    value: Fraction
    n: int | None = None


@dataclass(frozen=True)
class ProtectedCell:
    key: tuple[str, ...]
    status: Status
    reason: str
    n: int | None
    value: Fraction | None
    computed: bool = False


@dataclass(frozen=True)
class ProtectedTable:
    name: str
    dimensions: tuple[str, ...]
    cells: tuple[ProtectedCell, ...]


@dataclass(frozen=True)
class Protection:
    """What `protect` answers. `failures`: in French, each cell whose protection could not be reached, and why."""

    tables: tuple[ProtectedTable, ...]
    failures: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
