"""`protect`: tables in, protected tables and reasons out."""

from collections.abc import Callable, Hashable, Sequence
from fractions import Fraction
from math import inf

from senacs.disclosure.elimination import Tableau
from senacs.disclosure.exact_audit import Weakness
from senacs.disclosure.fates import PUBLISHED, SHELTER, Fate, Reason, Status, words
from senacs.disclosure.linked_tables import Key, LinkedTables, amount, build_system, contributors, describe, link
from senacs.disclosure.primary_rules import check_rules, primary_fate
from senacs.disclosure.suppression import Aim, Plan, make_plan
from senacs.disclosure.system import System
from senacs.disclosure.tables import (
    Dimension,
    KnownCell,
    ProtectedCell,
    ProtectedTable,
    Protection,
    Rules,
    SpecificationError,
    Table,
)
from senacs.lib import french

# Fewer columns are done before anybody wonders.
SMALL = 2_000
NEGATIVE_WARNING = (
    "Les valeurs peuvent être négatives : aucune borne n’est supposée connue du lecteur, les intervalles ne s’appuient "
    "que sur les égalités."
)


def protect(
    tables: Sequence[Table],
    dimensions: Sequence[Dimension],
    rules: Rules,
    *,
    margin: float = 0.0,
    insiders: bool = False,
    thorough: bool = True,
    already_published: Sequence[KnownCell] = (),
    counts: bool = False,
    negative: bool = False,
    progress: Callable[[str], object] = lambda step: None,
) -> Protection:
    """Protects linked tables together.

    dimensions: those of all tables; margin, insiders, thorough: see `suppression.Aim`; counts: the tables publish
    `n` itself; negative: values may be below zero, which readers then know; progress: told each step in French. What
    readers know besides the figures is modelled: signs, that empty cells are shown, that figures are whole numbers
    where all are. Totals that are missing are computed and come back after the rows
    of their table. Raises SpecificationError (French) on inconsistent input.
    """
    if margin < 0:
        raise SpecificationError("« margin » est un pourcentage positif ou nul.")
    linked = link(tables, dimensions, counts=counts)
    _check_signs(linked, negative=negative)
    width = min((len(c.largest) for c in linked.cells.values()), default=0)
    check_rules(rules, has_count=all(contributors(c) is not None for c in linked.cells.values()), largest=width)
    system, column = build_system(linked)
    fates = _apply_rules(linked, system, column, rules)
    failures, warnings = _apply_known(linked, system, column, rules, already_published, fates)
    _same_contributors(system)
    warnings += _bound(linked, system, column, rules, negative=negative)
    warnings += [
        f"{name} : des totaux s’écartent de la somme de leurs parties, au plus de {french.number(float(gap))} ; "
        "c’est ce que donnent des arrondis."
        for name, gap in sorted(linked.rounded.items())
        if gap
    ]
    if len(system.values) > SMALL:
        cells, risky = french.plural(len(system.values), "cellule"), french.plural(len(system.primary), "masquée")
        progress(f"{cells}, dont {risky} d’office ; recherche des cellules complémentaires…")
    plan = make_plan(system, Aim(margin, insiders, thorough), progress if len(system.values) > SMALL else None)
    failures += _failures(linked, column, plan)
    return Protection(_tables(linked, column, plan, fates), tuple(failures), tuple(warnings))


def _apply_rules(linked: LinkedTables, system: System, column: dict[Key, int], rules: Rules) -> dict[int, Fate]:
    fates = {}
    for key, cell in linked.cells.items():
        n, value = contributors(cell), amount(cell, linked.counts)
        if n == 0 and value != 0:
            names = [d.name for d in linked.dimensions]
            raise SpecificationError(f"La cellule {describe(names, key)} a une valeur mais aucun contributeur.")
        largest = () if linked.counts else cell.largest
        at_risk = None if n is None else max(n - cell.waived, 0)
        fate = primary_fate(rules, n=at_risk, value=value, largest=largest) if at_risk or not n else PUBLISHED
        if not fate.is_published:
            fates[column[key]] = fate
            system.primary.add(column[key])
        elif n == 0 or (n is None and value == 0):
            system.known.add(column[key])
    return fates


def _check_signs(linked: LinkedTables, *, negative: bool) -> None:
    if negative or linked.counts:
        return
    for name, rows in linked.origin.items():
        for _, key, _ in rows:
            cell = linked.cells[key]
            if cell.value is not None and cell.value < 0:
                where = describe([d.name for d in linked.dimensions], key)
                raise SpecificationError(
                    f"{name} : la cellule {where} est négative. Si des valeurs peuvent l’être, dites-le "
                    "(« negative: true ») : un lecteur le sait aussi."
                )


def _bound(linked: LinkedTables, system: System, column: dict[Key, int], rules: Rules, *, negative: bool) -> list[str]:
    """What readers know of a hidden cell without any figure; warnings."""
    amounts = [amount(cell, linked.counts) for cell in linked.cells.values()]
    system.whole = all(x.denominator == 1 for x in amounts) and not any(linked.rounded.values())
    if negative and not linked.counts:
        system.lower = [-inf] * len(system.values)
        return [NEGATIVE_WARNING]
    if not linked.counts:
        return []
    for key, cell in linked.cells.items():
        if cell.n and rules.zero_published:
            system.lower[column[key]] = 1.0
    # A total is at least what cells that are not empty make together, whatever is published.
    waiting = list(linked.relations)
    while waiting:
        before, waiting = waiting, []
        for total, parts in before:
            least = sum(system.lower[column[part]] for part in parts)
            if least > system.lower[column[total]]:
                system.lower[column[total]] = least
                waiting = list(linked.relations)
    return []


def _apply_known(
    linked: LinkedTables,
    system: System,
    column: dict[Key, int],
    rules: Rules,
    already_published: Sequence[KnownCell],
    fates: dict[int, Fate],
) -> tuple[list[str], list[str]]:
    """What earlier publications gave away: same figure, the reader has it; another one, the difference must not say
    what few contributors changed."""
    failures, warnings = [], []
    names = [d.name for d in linked.dimensions]
    totals = {d.name: d.total for d in linked.dimensions}
    for known in already_published:
        outside = [n for n, code in known.coordinates.items() if n not in totals]
        key = tuple(known.coordinates.get(name, totals[name]) for name in names)
        if outside or key not in linked.cells:
            shown = describe(list(known.coordinates), tuple(known.coordinates.values()))
            warnings.append(f"Cellule déjà publiée, absente des tables : {shown}.")
            continue
        cell, place = linked.cells[key], column[key]
        value = amount(cell, linked.counts)
        if abs(value - known.value) <= abs(value) * Fraction(1, 10**9):
            if place in system.primary:
                failures.append(
                    f"{describe(names, key)} : déjà publiée, ne peut plus être protégée ({words(fates.pop(place))})."
                )
                system.primary.discard(place)
            system.known.add(place)
            continue
        now = contributors(cell)
        moved = None if known.n is None or now is None else abs(now - known.n)
        enough = rules.threshold is None or (moved is not None and moved >= rules.threshold)
        if place not in system.primary and not enough:
            fates[place] = Fate(Status.PRIMARY, Reason.CHANGED, () if moved is None else (moved,))
            system.primary.add(place)
            system.known.discard(place)
    return failures, warnings


def _same_contributors(system: System) -> None:
    """Lone contributors whose cells are equal whatever the figures, given which cells are empty, are one person."""
    lone = [c for c, owner in enumerate(system.owners) if owner is not None]
    if not lone:
        return
    empty = {c for c in system.known if system.sizes[c] == 0}
    rows = Tableau(system.restricted(set(range(len(system.values))) - empty)).rows
    first: dict[frozenset[tuple[int, int]], Hashable] = {}
    for column in lone:
        owner = system.owners[column]
        same = first.setdefault(frozenset(rows.get(column, {column: 1}).items()), owner)
        if same != owner:
            for other in system.holdings.pop(owner):
                system.owners[other] = same
                system.holdings[same].add(other)
            first = {row: same if mine == owner else mine for row, mine in first.items()}


def explain(weakness: Weakness) -> str:
    if weakness.attacker is not None:
        return "un contributeur seul peut la recalculer à partir de sa propre valeur"
    if weakness.side:
        return f"l’intervalle reste trop étroit vers le {'haut' if weakness.side > 0 else 'bas'}"
    return "elle reste calculable exactement"


def _failures(linked: LinkedTables, column: dict[Key, int], plan: Plan) -> list[str]:
    names = [d.name for d in linked.dimensions]
    where = {place: key for key, place in column.items()}
    return [f"{describe(names, where[w.column])} : {explain(w)}." for w in plan.failures]


def _tables(
    linked: LinkedTables, column: dict[Key, int], plan: Plan, fates: dict[int, Fate]
) -> tuple[ProtectedTable, ...]:
    protected = []
    for name, rows in linked.origin.items():
        cells = []
        for local, key, computed in rows:
            place, cell = column[key], linked.cells[key]
            fate = fates.get(place, SHELTER) if place in plan.hidden else PUBLISHED
            cells.append(ProtectedCell(local, fate.status, words(fate), cell.n, cell.value, computed))
        protected.append(ProtectedTable(name, linked.axes[name], tuple(cells)))
    return tuple(protected)
