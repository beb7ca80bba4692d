"""Part of the attack: cells that are shown although a rule of the specification hides them. Rules are written again."""

from collections.abc import Sequence
from fractions import Fraction

from senacs.disclosure.attacker.readers_view import Key, View
from senacs.disclosure.tables import Cell, Rules, Table
from senacs.lib import french


def exposed_cells(view: View, tables: Sequence[Table], rules: Rules, *, counts: bool) -> list[tuple[Key, str]]:
    """Rows of the tables that the reader sees and that a rule forbids, each with the reason in French."""
    found: dict[Key, str] = {}
    for table in tables:
        for cell in table.cells:
            coordinates = dict(zip(table.dimensions, cell.key, strict=True))
            key = tuple(coordinates.get(d.name, d.total) for d in view.dimensions)
            reason = _risk(cell, rules, counts=counts) if key in view.shown else ""
            if reason:
                found[key] = reason
    return sorted(found.items())


def find_primaries(view: View, tables: Sequence[Table], rules: Rules, *, counts: bool) -> None:
    """Of the hidden cells that nothing is said of, those that a rule hides are primary: the true tables tell."""
    given: set[Key] = set()
    for table in tables:
        for cell in table.cells:
            coordinates = dict(zip(table.dimensions, cell.key, strict=True))
            key = tuple(coordinates.get(d.name, d.total) for d in view.dimensions)
            given.add(key)
            if key in view.unsaid and _risk(cell, rules, counts=counts):
                view.primary.add(key)
    if counts:  # totals that no row gave
        view.primary |= {
            key for key in view.unsaid - given if _risk(Cell(key, int(view.truth[key])), rules, counts=True)
        }


def _risk(cell: Cell, rules: Rules, *, counts: bool) -> str:
    """In French, the rule that hides the cell by itself; "" when none does."""
    people = cell.n
    if cell.holders is not None:
        people = len(cell.holders) if people is None else min(people, len(cell.holders))
    elif cell.holder_count is not None:
        people = cell.holder_count
    if people == 0 or (people is None and not cell.value):
        return "" if rules.zero_published else "cellule vide"
    if people is not None:
        people -= cell.waived
        if people <= 0:
            return ""
        if rules.threshold is not None and people < rules.threshold:
            return french.plural(people, "contributeur")
    total = abs(cell.value or Fraction(0))
    if counts or not total or any(x is None for x in cell.largest):
        return ""
    shares = sorted((abs(x) for x in cell.largest if x is not None), reverse=True)
    for size, limit in rules.dominance:
        if size <= len(shares) and sum(shares[:size]) > total * Fraction(str(limit)) / 100:
            return f"dominance ({size}, {limit:g} %)"
    if rules.p_percent is None or len(shares) < 2:
        return ""
    close = total - shares[0] - shares[1] < shares[0] * Fraction(str(rules.p_percent)) / 100
    return f"règle p % ({rules.p_percent:g})" if close else ""
