"""The door by which every workbook leaves: each cell of its own type, no text ever a formula, a link or a number."""

import re
import textwrap
from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import xlsxwriter

from senacs.lib.french import spaced

# The house's colours, as in assets/scss and typst/house.typ.
NAVY, PALE = "#12466E", "#EAF2F6"
LONGEST_NAME = 31
_A4 = 9
_LINE_POINTS, _MOST_POINTS = 15, 400  # no spreadsheet shows a row above 409 points
_WIDE_FROM = 6  # the last column from which a sheet is printed in landscape
# A name cut after one of these would wait for its end.
_LITTLE = frozenset("à au aux d’ de des du en et l’ la le les ou par pour sur un une".split())
_OPTIONS = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}


def workbook(target: Any) -> Any:
    """A workbook of XlsxWriter on a path or a binary file; what is merged or written without a type stays text."""
    return xlsxwriter.Workbook(target, _OPTIONS)


def put(sheet: Any, row: int, column: int, value: str | bool | int | float | Decimal | date | None, style: Any) -> None:
    """One cell: a text as text whatever it begins with, a number as a number, a date as a date."""
    if value is None or value == "":
        sheet.write_blank(row, column, None, style)
    elif isinstance(value, str):
        sheet.write_string(row, column, value, style)
    elif isinstance(value, bool):
        sheet.write_boolean(row, column, value, style)
    elif isinstance(value, datetime):
        sheet.write_datetime(row, column, value, style)
    elif isinstance(value, date):
        sheet.write_datetime(row, column, datetime(value.year, value.month, value.day), style)  # noqa: DTZ001
    else:
        sheet.write_number(row, column, value, style)


def words(sheet: Any, row: int, column: int, text: str, style: Any = None) -> None:
    """A cell of ours that is only read: a title, a label, a sentence, with the spaces that nothing breaks.

    What a machine or a person compares (a code, an answer, a column of open data) is `put`, as it is.
    """
    sheet.write_string(row, column, spaced(text), style)


def sheet_name(title: str) -> str:
    """The title within what spreadsheets allow (31 characters, no []:*?/\\'), cut at the end of a word."""
    text = " ".join(re.sub(r"[\[\]:*?/\\']", " ", title).split())
    if len(text) <= LONGEST_NAME:
        return text
    cut = text[: LONGEST_NAME + 1].rsplit(" ", 1)[0] if " " in text[: LONGEST_NAME + 1] else text[:LONGEST_NAME]
    words = cut.split()
    while len(words) > 1 and words[-1].lower().rstrip(",;–-") in _LITTLE:
        words.pop()
    return " ".join(words).rstrip(" ,;–-")


def for_paper(sheet: Any, *, last_row: int, last_column: int, head_rows: int, footer: str) -> None:
    """A4, every column on the page, the row of titles (`head_rows`, from 0) on each one, the page's number below."""
    sheet.print_area(0, 0, last_row, last_column)
    sheet.set_paper(_A4)
    if last_column >= _WIDE_FROM:
        sheet.set_landscape()
    sheet.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.6)
    sheet.fit_to_pages(1, 0)
    if head_rows:
        sheet.repeat_rows(0, head_rows)
    sheet.set_footer(f"&L{footer.replace('&', '&&')}&RPage &P sur &N")


def height(cells: Iterable[tuple[str, float]]) -> float:
    """Points that the texts of a row need, each with the width of its column: spreadsheets do not all measure wrapped
    text when they open."""
    lines = max(
        (sum(len(textwrap.wrap(part, int(width * 1.15))) or 1 for part in text.split("\n")) for text, width in cells),
        default=1,
    )
    return min(max(lines, 1) * _LINE_POINTS, _MOST_POINTS)
