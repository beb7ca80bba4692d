"""Linked tables made one system: totals completed and checked, common cells identified, additivity written down."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction

from senacs.disclosure.system import System
from senacs.disclosure.tables import Cell, Dimension, SpecificationError, Table
from senacs.lib import french

Key = tuple[str, ...]


@dataclass
class LinkedTables:
    """cells: every cell once, by its key over all `dimensions` (total where its table has not the dimension).

    relations: (total, parts) among those keys; origin: for each table, the keys of its rows in order, those that were
    computed last, as (local key, global key, computed); rounded: for each table, the largest gap between a total and
    the sum of its parts, which rounding explains (`doubt`, by cell).
    """

    dimensions: tuple[Dimension, ...]
    cells: dict[Key, Cell] = field(default_factory=dict)
    relations: list[tuple[Key, tuple[Key, ...]]] = field(default_factory=list)
    origin: dict[str, list[tuple[Key, Key, bool]]] = field(default_factory=dict)
    axes: dict[str, tuple[str, ...]] = field(default_factory=dict)
    counts: bool = False
    doubt: dict[Key, Fraction] = field(default_factory=dict)
    rounded: dict[str, Fraction] = field(default_factory=dict)


def amount(cell: Cell, counts: bool) -> Fraction:
    """What the table publishes for the cell: its value, or its frequency in a table of counts."""
    if counts:
        return Fraction(cell.n or 0)
    assert cell.value is not None
    return cell.value


def decimals(value: Fraction) -> int:
    """Decimals that the value was written with (at most 12)."""
    digits = 0
    while digits < 12 and (value * 10**digits).denominator != 1:
        digits += 1
    return digits


def describe(dimensions: Sequence[str], key: Key) -> str:
    return " × ".join(f"{name} = {code}" for name, code in zip(dimensions, key, strict=True))


def trees(dimension: Dimension, used: set[str]) -> list[dict[str, list[str]]]:
    """Parent -> children for each hierarchy of the dimension, its roots under the total when they cover every leaf."""
    if not dimension.hierarchies:
        codes = sorted(used - {dimension.total})
        return [{dimension.total: codes}] if codes else []
    every = [hierarchy.children() for hierarchy in dimension.hierarchies]
    nodes = {code for tree in every for parent, children in tree.items() for code in (parent, *children)}
    inner = {parent for tree in every for parent in tree}
    leaves = nodes - inner - {dimension.total}
    for tree, hierarchy in zip(every, dimension.hierarchies, strict=True):
        _refuse_cycles(dimension, hierarchy.parents)
        if dimension.total in tree:
            continue
        own = {code for parent, children in tree.items() for code in (parent, *children)}
        if leaves <= own:
            tree[dimension.total] = sorted(own - set(hierarchy.parents))
    unknown = sorted(used - nodes - {dimension.total})
    if unknown:
        shown = ", ".join(f"« {code} »" for code in unknown[:5])
        raise SpecificationError(
            f"Dimension « {dimension.name} » : {shown} {'est absent' if len(unknown) == 1 else 'sont absents'} "
            "de la hiérarchie."
        )
    return every


def _refuse_cycles(dimension: Dimension, parents: Mapping[str, str]) -> None:
    for start in sorted(parents):
        seen, code = {start}, start
        while code in parents:
            code = parents[code]
            if code in seen:
                raise SpecificationError(
                    f"Dimension « {dimension.name} » : la hiérarchie revient sur elle-même en « {code} »."
                )
            seen.add(code)


def merged(key: Key, parts: Sequence[Cell], counts: bool) -> Cell:
    """The total of the parts; its contributors are known as far as theirs are."""
    n = sum(c.n for c in parts if c.n is not None) if all(c.n is not None for c in parts) else None
    full = [c for c in parts if c.n != 0]
    holders = None
    if full and all(c.holders is not None for c in full):
        holders = frozenset(h for c in full for h in c.holders or ())
    width = max((len(c.largest) for c in parts), default=0)
    return Cell(
        key=key,
        n=n,
        value=None if counts else sum((amount(c, counts) for c in parts), Fraction(0)),
        largest=_largest(full, holders, width),
        holders=holders,
        holder_count=full[0].holder_count if len(full) == 1 else None,
        waived=sum(c.waived for c in parts),
    )


def _largest(parts: Sequence[Cell], holders: frozenset[str] | None, width: int) -> tuple[Fraction | None, ...]:
    """The largest contributions of the union, as long as they are certain."""
    if not width:
        return ()
    if len(parts) == 1:
        return parts[0].largest
    if holders is not None and len(holders) == 1 and all(p.value is not None for p in parts):
        return (sum((p.value for p in parts if p.value is not None), Fraction(0)), *[Fraction(0)] * (width - 1))
    if any(not p.largest or p.largest[0] is None for p in parts):
        return (None,) * width
    known = sorted(((x for p in parts for x in p.largest if x is not None)), key=lambda x: -abs(x))
    # A second contribution left out by one part may be larger than what the others show: unknown from there on.
    hidden = [abs(p.largest[-1]) for p in parts if p.largest[-1] is not None and (p.n is None or p.n > len(p.largest))]
    partial = [abs(x) for p in parts if None in p.largest and (p.n is None or p.n > 1) for x in p.largest if x]
    floor = max([*hidden, *partial], default=Fraction(0))
    certain: list[Fraction | None] = []
    for x in known[:width]:
        certain.append(x if abs(x) >= floor or not certain else None)
    return tuple(certain + [None] * (width - len(certain)))


def _informed(cell: Cell, found: Cell) -> Cell:
    """The cell, its unknown contributors as `found` has them."""
    return replace(
        cell,
        holders=cell.holders if cell.holders is not None or cell.holder_count is not None else found.holders,
        largest=tuple(a if a is not None else b for a, b in zip(cell.largest, found.largest, strict=False)),
    )


class _Completion:
    """The totals of one table: computed where they are missing, checked where they are given.

    First every combination that has a part, axis after axis, then the figures: a total that lacks may be the sum of
    totals that lack too. `doubt`: how far a figure may be from the true one because it, or its parts, were rounded.
    """

    def __init__(self, table: Table, every: Mapping[str, list[dict[str, list[str]]]], counts: bool) -> None:
        self.table = table
        self.counts = counts
        self.cells: dict[Key, Cell] = {}
        for cell in table.cells:
            if cell.key in self.cells:
                raise SpecificationError(f"{table.name} : la cellule {self._name(cell.key)} apparaît deux fois.")
            self.cells[cell.key] = cell
        digits = max((decimals(amount(c, counts)) for c in table.cells), default=0)
        unit = Fraction(0) if counts else Fraction(1, 2 * 10**digits)
        self.doubt: dict[Key, Fraction] = dict.fromkeys(self.cells, unit)
        present: set[Key] = set(self.cells)
        before = 0
        while len(present) > before:  # again: a grouping may be made of what another hierarchy has just added
            before = len(present)
            for axis, name in enumerate(table.dimensions):
                for tree in every[name]:
                    self._enlarge(present, axis, tree)
        self.parts: dict[Key, list[tuple[Key, ...]]] = {}
        for axis, name in enumerate(table.dimensions):
            for tree in every[name]:
                self._add_up(present, axis, tree)
        self.settled: set[Key] = set()
        for key in sorted(present):
            self._compute(key)
        self.relations = [(total, parts) for total, lines in self.parts.items() for parts in lines]
        for total, parts in self.relations:
            self._check_contributors(total, parts)
        self.rounded = max((self._check(total, parts) for total, parts in self.relations), default=Fraction(0))

    def _name(self, key: Key) -> str:
        return describe(self.table.dimensions, key)

    @staticmethod
    def _enlarge(present: set[Key], axis: int, tree: Mapping[str, list[str]]) -> None:
        parent_of = {child: parent for parent, children in tree.items() for child in children}
        for key in list(present):
            code = key[axis]
            while code in parent_of:
                code = parent_of[code]
                above = (*key[:axis], code, *key[axis + 1 :])
                if above in present:
                    break
                present.add(above)

    def _add_up(self, present: set[Key], axis: int, tree: Mapping[str, list[str]]) -> None:
        for key in sorted(present):
            children = tree.get(key[axis], ())
            parts = tuple(part for c in children if (part := (*key[:axis], c, *key[axis + 1 :])) in present)
            if parts:
                self.parts.setdefault(key, []).append(parts)

    def _compute(self, key: Key) -> Cell:
        """The cell with what its parts say of it: the figures that no row gives, the contributors that a row omits."""
        if key in self.settled:
            return self.cells[key]
        self.settled.add(key)
        for line in self.parts.get(key, ()):
            parts = [self._compute(part) for part in line]
            cell = self.cells.get(key)
            if cell is None:
                self.cells[key] = merged(key, parts, self.counts)
                self.doubt[key] = sum((self.doubt[part.key] for part in parts), Fraction(0))
            elif None in cell.largest or (cell.holders is None and any(part.holders is not None for part in parts)):
                self.cells[key] = _informed(cell, merged(key, parts, self.counts))
        return self.cells[key]

    def _check(self, total: Key, parts: tuple[Key, ...]) -> Fraction:
        """The gap between a total and its parts, as long as rounding explains it."""
        given = amount(self.cells[total], self.counts)
        summed = sum((amount(self.cells[part], self.counts) for part in parts), Fraction(0))
        gap = abs(given - summed)
        if not gap or gap <= abs(given) * Fraction(1, 10**9):
            return Fraction(0)
        if gap > self.doubt[total] + sum(self.doubt[part] for part in parts):
            raise SpecificationError(
                f"{self._where(total)} : la cellule {self._name(total)} vaut {_plain(given)}, "
                f"mais la somme de ses parties est {_plain(summed)}."
            )
        return gap

    def _where(self, key: Key) -> str:
        return self.table.where(self.cells[key])

    def _check_contributors(self, total: Key, parts: tuple[Key, ...]) -> None:
        """Contributors of a total may be in several of its parts; there are no others, and no larger one is in one."""
        cell, below = self.cells[total], [self.cells[part] for part in parts]
        if cell.line is None:
            return
        counts = [part.n for part in below if part.n is not None]
        if cell.n is not None and len(counts) == len(below) and not max(counts) <= cell.n <= sum(counts):
            raise SpecificationError(
                f"{self.table.file or self.table.name}, ligne {cell.line} : la cellule {self._name(total)} a "
                f"{french.plural(cell.n, 'contributeur')}, ses parties de {max(counts)} à {sum(counts)}."
            )
        first = cell.largest[0] if cell.largest else None
        tops = [part.largest[0] for part in below if part.largest and part.largest[0] is not None]
        if first is None or not tops or any(amount(part, self.counts) < 0 for part in below):
            return
        if max(tops) > first + Fraction(1, 2 * 10 ** decimals(first)):
            raise SpecificationError(
                f"{self.table.file or self.table.name}, ligne {cell.line} : la plus grande contribution de la cellule "
                f"{self._name(total)} est {_plain(first)}, et celle d’une de ses parties {_plain(max(tops))}."
            )


def _plain(value: Fraction) -> str:
    return str(value.numerator) if value.denominator == 1 else f"{float(value):.12g}".replace(".", ",")


def link(tables: Sequence[Table], dimensions: Sequence[Dimension], *, counts: bool) -> LinkedTables:
    """Completes each table, then identifies the cells that several tables show.

    Raises SpecificationError: duplicate cell, code outside the hierarchy, total that is not the sum of its parts, two
    tables that differ on a common cell.
    """
    declared = {dimension.name: dimension for dimension in dimensions}
    used: dict[str, set[str]] = {}
    for table in tables:
        for axis, name in enumerate(table.dimensions):
            if name not in declared:
                raise SpecificationError(f"{table.name} : la dimension « {name} » n’est pas décrite.")
            used.setdefault(name, set()).update(cell.key[axis] for cell in table.cells)
    every = {name: trees(declared[name], codes) for name, codes in used.items()}
    linked = LinkedTables(tuple(d for d in dimensions if d.name in used), counts=counts)
    seen: set[tuple[Key, tuple[Key, ...]]] = set()
    for table in tables:
        completion = _Completion(table, every, counts)
        place = {name: axis for axis, name in enumerate(table.dimensions)}

        def everywhere(key: Key, place: Mapping[str, int] = place) -> Key:
            return tuple(key[place[d.name]] if d.name in place else d.total for d in linked.dimensions)

        linked.axes[table.name] = table.dimensions
        linked.rounded[table.name] = completion.rounded
        given = {cell.key for cell in table.cells}
        order = [cell.key for cell in table.cells] + sorted(set(completion.cells) - given)
        linked.origin[table.name] = [(key, everywhere(key), key not in given) for key in order]
        for key in order:
            _merge_common(linked, everywhere(key), completion.cells[key], table, completion.doubt[key])
        for total, parts in completion.relations:
            row = everywhere(total), tuple(sorted(everywhere(part) for part in parts))
            if row not in seen:
                seen.add(row)
                linked.relations.append(row)
    return linked


def _merge_common(linked: LinkedTables, key: Key, cell: Cell, table: Table, doubt: Fraction) -> None:
    before = linked.cells.get(key)
    if before is None:
        linked.cells[key] = replace(cell, key=key)
        linked.doubt[key] = doubt
        return
    mine, theirs = amount(cell, linked.counts), amount(before, linked.counts)
    gap = abs(mine - theirs)
    if gap > doubt + linked.doubt[key] and gap > abs(theirs) * Fraction(1, 10**9):
        names = [d.name for d in linked.dimensions]
        raise SpecificationError(
            f"{table.where(cell)} : la cellule {describe(names, key)} vaut {_plain(mine)}, et {_plain(theirs)} "
            "dans une autre table : des tables liées portent les mêmes totaux."
        )
    linked.cells[key] = replace(
        before,
        n=before.n if before.n is not None else cell.n,
        largest=before.largest if any(x is not None for x in before.largest) else cell.largest,
        holders=before.holders if before.holders is not None else cell.holders,
        holder_count=before.holder_count if before.holder_count is not None else cell.holder_count,
        waived=max(before.waived, cell.waived),
    )


def contributors(cell: Cell) -> int | None:
    """Contributors of a cell, holders counted once when they are known."""
    if cell.holders is not None:
        return min(len(cell.holders), cell.n) if cell.n is not None else len(cell.holders)
    return cell.holder_count if cell.holder_count is not None else cell.n


def build_system(linked: LinkedTables) -> tuple[System, dict[Key, int]]:
    """One column per cell; lone contributors are followed from each total to its parts."""
    system = System()
    column: dict[Key, int] = {}
    lone: dict[Key, Key] = {key: key for key, cell in linked.cells.items() if contributors(cell) == 1}

    def root(key: Key) -> Key:
        while lone[key] != key:
            lone[key] = lone[lone[key]]
            key = lone[key]
        return key

    for total, parts in linked.relations:
        if total in lone:
            for part in parts:
                if part in lone:
                    first, second = sorted((root(total), root(part)))
                    lone[second] = first
    for key in sorted(linked.cells):
        cell = linked.cells[key]
        owner: object | None = None
        if key in lone:
            named = linked.cells[key].holders
            owner = ("", next(iter(named))) if named else root(key)
        column[key] = system.add(float(amount(cell, linked.counts)), cell.n or contributors(cell) or 0, owner)
    for total, parts in linked.relations:
        row = {column[part]: -1 for part in parts}
        row[column[total]] = row.get(column[total], 0) + 1
        system.relations.append(row)
    return system, column
