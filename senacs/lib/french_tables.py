"""Tables for people: CSV that French spreadsheets open (BOM, « ; », decimal comma), XLSX with a sheet of method."""

import io
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from senacs.lib import csv_files, xlsx_files

Cell = str | int | float | Decimal | None
CSV_TYPE = "text/csv; charset=utf-8"
XLSX_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_WIDEST = 60  # characters
_BOM = "\ufeff"


@dataclass(frozen=True, slots=True)
class PeopleTable:
    """`method`: what each figure means, where it comes from, how to cite it, as (subject, text)."""

    title: str
    headers: tuple[str, ...]
    rows: Sequence[Sequence[Cell]]
    method: Sequence[tuple[str, str]] = ()


def as_csv(table: PeopleTable) -> bytes:
    """One row of headers, then the rows; method and title are left to the name of the file."""
    rows: list[list[Any]] = [list(table.headers), *([_written(cell) for cell in row] for row in table.rows)]
    return (_BOM + csv_files.csv_text(rows, delimiter=";", line_end="\r\n")).encode()


def _written(cell: Cell) -> str | None:
    if isinstance(cell, float):
        return f"{Decimal(f'{cell:.10g}'):f}".replace(".", ",")
    if isinstance(cell, int | Decimal):
        return str(cell).replace(".", ",")
    return cell


def as_xlsx(table: PeopleTable) -> bytes:
    """The table on a sheet, numbers as numbers, and the method on another."""
    target = io.BytesIO()
    book = xlsx_files.workbook(target)
    head = book.add_format({"bold": True, "bg_color": xlsx_files.PALE, "text_wrap": True, "valign": "top"})
    plain, wrapped = book.add_format(), book.add_format({"text_wrap": True, "valign": "top"})
    title = book.add_format({"bold": True, "font_size": 14, "font_color": xlsx_files.NAVY})
    sheet = book.add_worksheet("Chiffres")
    xlsx_files.words(sheet, 0, 0, table.title, title)
    for column, header in enumerate(table.headers):
        xlsx_files.put(sheet, 2, column, header, head)
        longest = max([len(header) // 2, *(len(str(row[column] or "")) for row in table.rows[:200])], default=8)
        sheet.set_column(column, column, min(max(longest + 2, 10), _WIDEST))
    for index, row in enumerate(table.rows, start=3):
        for column, cell in enumerate(row):
            xlsx_files.put(sheet, index, column, cell, plain)
    sheet.freeze_panes(3, 1)
    if table.rows:
        sheet.autofilter(2, 0, 2 + len(table.rows), len(table.headers) - 1)
    method = book.add_worksheet("Méthode")
    method.set_column(0, 0, 28)
    method.set_column(1, 1, 90)
    xlsx_files.put(method, 0, 0, "Méthode et source", title)
    for index, (subject, text) in enumerate(table.method, start=2):
        xlsx_files.words(method, index, 0, subject, head)
        xlsx_files.words(method, index, 1, text, wrapped)
    book.close()
    return target.getvalue()
