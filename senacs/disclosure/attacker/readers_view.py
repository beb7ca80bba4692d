"""What a reader of protected tables has before him: true cells, what is shown of them, which sums bind them.

Part of the attack: it shares with the protection the reading of files only.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property

from senacs.disclosure.tables import Cell, Dimension, KnownCell, SpecificationError, Table

Key = tuple[str, ...]
Family = tuple[str, tuple[str, ...]]
# A row of a table to be attacked: coordinates, whether a rule hid it (None: the file does not say), what is published
# (None: hidden).
ShownRow = tuple[Mapping[str, str], bool | None, Fraction | None]


@dataclass
class View:
    """True cells by key over all dimensions, what is shown of them, which are primary.

    lone: cells of one contributor, and its name; empty: cells without contributors; asked: cells that a table lists
    (others are totals that nobody wrote, with no secret of their own unless they are primary); sums: (total, parts);
    whole: every figure is a whole number.
    """

    dimensions: tuple[Dimension, ...]
    truth: dict[Key, Fraction] = field(default_factory=dict)
    shown: dict[Key, Fraction] = field(default_factory=dict)
    primary: set[Key] = field(default_factory=set)
    # Hidden, and nothing tells by which rule.
    unsaid: set[Key] = field(default_factory=set)
    lone: dict[Key, str] = field(default_factory=dict)
    holders: set[str] = field(default_factory=set)  # names in `lone` that the tables give
    empty: set[Key] = field(default_factory=set)
    asked: set[Key] | None = None
    # What a hidden cell cannot be under, or above, whatever is published; 0 and nothing where nothing is said.
    low: dict[Key, float] = field(default_factory=dict)
    high: dict[Key, float] = field(default_factory=dict)
    whole: bool = False
    sums: list[tuple[Key, tuple[Key, ...]]] = field(default_factory=list)

    @cached_property
    def bindings(self) -> dict[Key, list[int]]:
        """The sums of which each cell is a term."""
        found: dict[Key, list[int]] = {}
        for number, (total, parts) in enumerate(self.sums):
            for key in (total, *parts):
                found.setdefault(key, []).append(number)
        return found


def build_view(
    tables: Sequence[Table],
    dimensions: Sequence[Dimension],
    published: Sequence[Sequence[ShownRow]],
    already_published: Sequence[KnownCell],
    *,
    counts: bool,
    empty_known: bool,
) -> View:
    """tables: the true ones; published: rows of what is attacked, for each table.

    empty_known: cells without contributors are known to be empty (they are published as such). Raises
    SpecificationError when what is published is not what the tables say.
    """
    view = View(tuple(d for d in dimensions if any(d.name in table.dimensions for table in tables)))
    view.asked = set()
    weight: dict[Key, int] = {}
    for table in tables:
        for cell in table.cells:
            key = _everywhere(view, dict(zip(table.dimensions, cell.key, strict=True)))
            view.truth[key] = Fraction(cell.n or 0) if counts or cell.value is None else cell.value
            weight[key] = 1
            _describe(view, key, cell)
    view.asked |= set(view.truth)
    _add_up(view, weight, counts)
    if empty_known:
        view.shown |= dict.fromkeys(view.empty, Fraction(0))
    for rows in published:
        for coordinates, primary, figure in rows:
            key = _everywhere(view, coordinates)
            if key not in view.truth:
                if figure:
                    raise SpecificationError(f"La cellule {_name(key)} est publiée, les tables d’origine ne l’ont pas.")
                continue
            view.asked.add(key)
            if figure is not None:
                view.shown[key] = figure
            elif primary:
                view.primary.add(key)
            elif primary is None:
                view.unsaid.add(key)
    for known in already_published:
        if all(any(d.name == name for d in view.dimensions) for name in known.coordinates):
            key = _everywhere(view, known.coordinates)
            if key in view.truth and abs(view.truth[key] - known.value) <= abs(known.value) * Fraction(1, 10**9):
                view.shown[key] = known.value
    for key, figure in view.shown.items():
        if abs(figure - view.truth[key]) > max(abs(figure) * Fraction(1, 10**6), Fraction(weight[key] + 1, 2)):
            raise SpecificationError(
                f"La cellule {_name(key)} est publiée avec {float(figure):g}, la table d’origine dit "
                f"{float(view.truth[key]):g}."
            )
    return view


def know(view: View, *, counts: bool, empty_known: bool, negative: bool) -> None:
    """What the reader knows of hidden cells besides the figures: signs, that empty cells are shown, whole numbers."""
    view.whole = all(value.denominator == 1 for value in view.truth.values()) and not any(
        view.truth[total] != sum(view.truth[part] for part in parts) for total, parts in view.sums
    )
    hidden = view.truth.keys() - view.shown.keys()
    if negative and not counts:
        view.low = dict.fromkeys(hidden, float("-inf"))
    elif counts and empty_known:
        low = {key: 0.0 if key in view.empty else 1.0 for key in view.truth}
        raised = True
        while raised:  # a total is at least what its parts are
            raised = False
            for total, parts in view.sums:
                least = sum(low[part] for part in parts)
                if least > low[total]:
                    low[total], raised = least, True
        view.low = {key: low[key] for key in hidden}


def _everywhere(view: View, coordinates: Mapping[str, str]) -> Key:
    return tuple(coordinates.get(d.name, d.total) for d in view.dimensions)


def _name(key: Key) -> str:
    return " × ".join(key)


def _describe(view: View, key: Key, cell: Cell) -> None:
    if cell.holders is not None and len(cell.holders) == 1:
        view.lone[key] = f"détenteur {next(iter(cell.holders))}"
        view.holders.add(view.lone[key])
    elif cell.n == 1 or cell.holder_count == 1:
        view.lone.setdefault(key, "")
    if cell.n == 0 or (cell.n is None and cell.value == 0):
        view.empty.add(key)


def _families(dimension: Dimension, codes: Collection[str]) -> list[Family]:
    """(parent, children) of every hierarchy of the dimension."""
    if not dimension.hierarchies:
        return [(dimension.total, tuple(sorted(set(codes) - {dimension.total})))]
    families: list[Family] = []
    everything = {code for h in dimension.hierarchies for pair in h.parents.items() for code in pair}
    inner = {parent for h in dimension.hierarchies for parent in h.parents.values()}
    unknown = sorted(set(codes) - everything - {dimension.total})
    if unknown:
        raise SpecificationError(f"Dimension « {dimension.name} » : « {unknown[0]} » est absent de la hiérarchie.")
    for hierarchy in dimension.hierarchies:
        groups: dict[str, set[str]] = {}
        for child, parent in hierarchy.parents.items():
            groups.setdefault(parent, set()).add(child)
        inside = set(hierarchy.parents) | set(groups)
        if dimension.total not in groups and everything - inner - {dimension.total} <= inside:
            groups[dimension.total] = inside - set(hierarchy.parents)
        _refuse_loops(dimension, groups)
        families += [(parent, tuple(sorted(children))) for parent, children in sorted(groups.items())]
    return families


def _refuse_loops(dimension: Dimension, groups: Mapping[str, set[str]]) -> None:
    waiting = set(groups)
    while waiting:
        ready = {parent for parent in waiting if not groups[parent] & waiting}
        if not ready:
            raise SpecificationError(
                f"Dimension « {dimension.name} » : la hiérarchie revient sur elle-même en « {min(waiting)} »."
            )
        waiting -= ready


def _add_up(view: View, weight: dict[Key, int], counts: bool) -> None:
    """Completes the true totals that no table gave, and writes down every sum that holds."""
    groups: list[dict[str, list[tuple[str, ...]]]] = []
    above: list[dict[str, set[str]]] = []
    for axis, dimension in enumerate(view.dimensions):
        groups.append({})
        above.append({})
        for parent, children in _families(dimension, {key[axis] for key in view.truth}):
            groups[axis].setdefault(parent, []).append(children)
            for child in children:
                above[axis].setdefault(child, set()).add(parent)
    present, fresh = set(view.truth), list(view.truth)
    while fresh:
        key = fresh.pop()
        for axis, code in enumerate(key):
            for parent in above[axis].get(code, ()):
                total = (*key[:axis], parent, *key[axis + 1 :])
                if total not in present:
                    present.add(total)
                    fresh.append(total)
    below: dict[Key, list[tuple[Key, ...]]] = {}
    for key in present:
        for axis, code in enumerate(key):
            for children in groups[axis].get(code, ()):
                line = ((*key[:axis], child, *key[axis + 1 :]) for child in children)
                if parts := tuple(part for part in line if part in present):
                    below.setdefault(key, []).append(parts)
    order = _lowest_first(present - set(view.truth), below)
    for key in order:
        _complete(view, key, below[key][0], weight)
    for total in sorted(below):
        for parts in sorted(below[total]):
            view.sums.append((total, parts))
            _check(view, total, parts, weight, counts)
    _name_lone_contributors(view)


def _lowest_first(missing: set[Key], below: Mapping[Key, Sequence[tuple[Key, ...]]]) -> list[Key]:
    order: list[Key] = []
    done: set[Key] = set()
    for start in sorted(missing):
        stack = [start]
        while stack:
            key = stack[-1]
            waiting = [part for part in below[key][0] if part in missing and part not in done]
            if waiting and key not in done:
                stack += waiting
                continue
            stack.pop()
            if key not in done:
                done.add(key)
                order.append(key)
    return order


def _complete(view: View, key: Key, parts: tuple[Key, ...], weight: dict[Key, int]) -> None:
    view.truth[key] = sum((view.truth[part] for part in parts), Fraction(0))
    weight[key] = sum(weight[part] for part in parts)
    people = [part for part in parts if part not in view.empty]
    names = {view.lone.get(part) for part in people}
    if len(names) == 1 and None not in names and (len(people) == 1 or "" not in names):
        view.lone[key] = view.lone[people[0]]
    if not people:
        view.empty.add(key)


def _check(view: View, total: Key, parts: tuple[Key, ...], weight: Mapping[Key, int], counts: bool) -> None:
    gap = abs(view.truth[total] - sum((view.truth[part] for part in parts), Fraction(0)))
    rounding = Fraction(0) if counts else Fraction(weight[total] + sum(weight[part] for part in parts), 2)
    if gap > max(abs(view.truth[total]) * Fraction(1, 10**6), rounding):
        raise SpecificationError(
            f"La cellule {_name(total)} des tables d’origine n’est pas la somme de ses parties (écart {float(gap):g})."
        )


def _name_lone_contributors(view: View) -> None:
    """The lone contributor of a total is that of its parts: one name for all the cells that are one person's."""
    group: dict[Key, set[Key]] = {key: {key} for key in view.lone}
    for total, parts in view.sums:
        for part in parts:
            if total in group and part in group and group[part] is not group[total]:
                joined = group[total] | group[part]
                for key in joined:
                    group[key] = joined
    for key, same in group.items():
        named = sorted(view.lone[k] for k in same if view.lone[k] in view.holders)
        view.lone[key] = named[0] if named else f"contributeur de {_name(min(same))}"


def connected_parts(
    sums: Iterable[tuple[Key, tuple[Key, ...]]], hidden: Collection[Key]
) -> list[tuple[list[Key], list[tuple[Key, tuple[Key, ...]]]]]:
    """The hidden cells in groups that no sum ties together, with the sums of each."""
    hidden, listed = set(hidden), list(sums)
    neighbours: dict[Key, list[int]] = {}
    for number, (total, parts) in enumerate(listed):
        for key in (total, *parts):
            if key in hidden:
                neighbours.setdefault(key, []).append(number)
    groups, seen = [], set()
    for start in sorted(neighbours):
        if start in seen:
            continue
        stack, keys, numbers = [start], [], set()
        seen.add(start)
        while stack:
            key = stack.pop()
            keys.append(key)
            for number in neighbours[key]:
                if number not in numbers:
                    numbers.add(number)
                    total, parts = listed[number]
                    fresh = [k for k in (total, *parts) if k in hidden and k not in seen]
                    seen.update(fresh)
                    stack += fresh
        groups.append((sorted(keys), [listed[number] for number in sorted(numbers)]))
    return groups
