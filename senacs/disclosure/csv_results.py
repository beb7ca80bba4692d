"""Writes protected tables as they can be published: the rows and columns that came, without what must not be seen."""

from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path

from senacs.disclosure.csv_sheets import CsvSheet, is_blank
from senacs.disclosure.csv_tables import HIDDEN
from senacs.disclosure.fates import Status
from senacs.disclosure.linked_tables import decimals
from senacs.disclosure.specification import Specification
from senacs.disclosure.tables import ProtectedCell, ProtectedTable
from senacs.lib import french
from senacs.lib.csv_files import as_given


def plain(value: Fraction) -> str:
    if value.denominator == 1:
        return str(value.numerator)
    digits = decimals(value)
    whole = abs(value.numerator * 10**digits) // value.denominator
    text = str(whole).rjust(digits + 1, "0")
    return f"{'-' if value < 0 else ''}{text[:-digits]}.{text[-digits:]}".rstrip("0").rstrip(".")


# What public tables say of every cell that they hide.
CONFIDENTIAL = "secret statistique"


def write_table(
    specification: Specification, table: ProtectedTable, sheet: CsvSheet, folder: Path, *, reasons: bool = False
) -> Path:
    """`folder`/<name of the file>, see `lines_of`; reasons: with the rule of each cell, for who holds the data."""
    folder.mkdir(parents=True, exist_ok=True)
    target = folder / sheet.path.name
    lines = lines_of(specification, table, sheet, reasons=reasons)
    # « -15 ans » and « - » are codes that the next program looks for as they were given.
    target.write_text(as_given(lines, delimiter=sheet.separator), encoding="utf-8", newline="")
    return target


def lines_of(
    specification: Specification, table: ProtectedTable, sheet: CsvSheet, *, reasons: bool = False
) -> list[list[str]]:
    """The header, then the rows: same columns and order, totals computed at the end, then `status` and `reason`.

    The published figure is empty in a hidden cell; columns about single contributors are empty everywhere. In a table
    of values the frequency stays: numbers of contributors are published as such, and rules are on values. One word
    for all hidden cells: the rule that hides one speaks of its contributors; in a table of counts a status would too
    (a primary total of two cells that are not empty is 2 when the threshold is 3), and is one word as well.
    """
    gone = {"status", "reason", *specification.ignored}
    kept = [name for name in sheet.header if name not in gone]
    lines = [[*kept, "status", "reason"]]
    for position, cell in enumerate(table.cells):
        given = dict(zip(sheet.header, sheet.rows[position], strict=True)) if not cell.computed else {}
        row = [_shown(specification, table, cell, name, given) for name in kept]
        if reasons or cell.status == Status.PUBLISHED:
            lines.append([*row, cell.status.value, cell.reason])
        else:
            lines.append([*row, HIDDEN if specification.counts else cell.status.value, CONFIDENTIAL])
    return lines


def _shown(
    specification: Specification,
    table: ProtectedTable,
    cell: ProtectedCell,
    name: str,
    given: dict[str, str],
) -> str:
    """Where an empty cell is a secret, the numbers of contributors of hidden cells are one too."""
    secret = {specification.published}
    if not specification.rules.zero_published:
        secret.add(specification.frequency or "")
    if name in specification.private_columns or (name in secret and cell.status != Status.PUBLISHED):
        return ""
    if not cell.computed and not (name == specification.value and is_blank(given[name])):
        return given[name]
    if name in table.dimensions:
        return cell.key[table.dimensions.index(name)]
    if name == specification.value and cell.value is not None:
        return plain(cell.value)
    if name == specification.frequency and cell.n is not None:
        return str(cell.n)
    return ""


def summary(table: ProtectedTable, counts: bool) -> str:
    """One line: cells, primaries, complementary, share of the value that is hidden."""
    by_status = {status: [c for c in table.cells if c.status == status] for status in Status}
    hidden = _total([*by_status[Status.PRIMARY], *by_status[Status.COMPLEMENTARY]], counts)
    share = 100 * hidden / everything if (everything := _total(table.cells, counts)) else Fraction(0)
    computed = sum(cell.computed for cell in table.cells)
    added = f" (dont {french.plural(computed, 'total calculé', 'totaux calculés')})" if computed else ""
    return (
        f"{table.name} : {french.plural(len(table.cells), 'cellule')}{added}, "
        f"{french.plural(len(by_status[Status.PRIMARY]), 'masquée')} d’office, "
        f"{french.plural(len(by_status[Status.COMPLEMENTARY]), 'masquée')} pour protéger, "
        f"{french.percent(float(share), 1)} de la somme des cellules."
    )


def _total(cells: Sequence[ProtectedCell], counts: bool) -> Fraction:
    return sum((abs(Fraction(c.n or 0) if counts else c.value or Fraction(0)) for c in cells), Fraction(0))
