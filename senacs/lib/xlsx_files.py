"""The door by which every workbook leaves: each cell of its own type, no text ever a formula, a link or a number."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

import xlsxwriter

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
