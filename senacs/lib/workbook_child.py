"""Child process that opens a workbook within bounds of memory and time, and prints its cells as JSON.

A spreadsheet of a few kilobytes may claim 17 billion cells, and the reader aborts instead of raising: hence a process
of its own, which may die alone. Formulas are never evaluated: the value that the file holds is read, and told as such.
"""

import datetime
import json
import resource
import sys
import zipfile
from dataclasses import astuple
from decimal import Decimal
from pathlib import Path
from xml.etree import ElementTree

import python_calamine

from senacs.lib.workbook_marks import Marks, marks_of, place_of

MEMORY = 1536 * 1024 * 1024
SECONDS = 60
MAX_ROWS = 60_000
MAX_COLUMNS = 300


def cell_text(value: object) -> str:
    """A cell as it would be typed: whole numbers without « .0 », dates as ISO, times and durations as « 7:30 »."""
    if isinstance(value, bool):
        return "oui" if value else "non"
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    if isinstance(value, datetime.time):
        value = datetime.timedelta(hours=value.hour, minutes=value.minute, seconds=value.second)
    if isinstance(value, datetime.timedelta):
        minutes, seconds = divmod(round(value.total_seconds()), 60)
        return f"{minutes // 60}:{minutes % 60:02}" + (f":{seconds:02}" if seconds else "")
    if isinstance(value, datetime.datetime):
        return value.date().isoformat()
    if isinstance(value, datetime.date):
        return value.isoformat()
    # Fifteen digits, as spreadsheets show: 0.1 + 0.2 is 0.3.
    text = str(float(f"{value:.15g}")) if isinstance(value, float) else str(value)
    # « 1.125 » typed could mean one thousand; a number cannot, and a last zero says so to who reads it as text.
    return f"{text}0" if isinstance(value, float) and len(text.partition(".")[2]) == 3 else text


def percent_text(value: object) -> str:
    """« 45 % » for 0.45 that the spreadsheet shows so."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return cell_text(value)
    shown = format((Decimal(f"{value:.15g}") * 100).normalize(), "f")
    return f"{shown}0 %" if len(shown.partition(".")[2]) == 3 else f"{shown} %"


def read_sheets(path: str) -> list[dict[str, object]]:
    """Sheets with their name, visibility, rows of texts, cells with a formula, and errors by cell.

    An error reads as what the spreadsheet shows (« #N/A »), never as nothing. A sheet beyond the bounds comes with
    `too_big` instead of rows.
    """
    with Path(path).open("rb") as file:
        book = python_calamine.CalamineWorkbook.from_filelike(file)
    marks = marks_of(path)
    sheets: list[dict[str, object]] = []
    for meta in book.sheets_metadata:
        sheet = book.get_sheet_by_name(meta.name)
        mark = marks.get(meta.name, Marks())
        known: dict[str, object] = {
            "name": meta.name,
            "visible": meta.visible == python_calamine.SheetVisibleEnum.Visible,
            "formulas": mark.formulas,
            "uncalculated": mark.uncalculated,
            "errors": mark.errors,
            "hidden": mark.hidden,
            "merged": [astuple(area) for area in mark.merged],
        }
        if sheet.total_height > MAX_ROWS or sheet.total_width > MAX_COLUMNS:
            sheets.append({**known, "too_big": True})
            continue
        values = sheet.to_python(skip_empty_area=False)
        rows = [[cell_text(value) for value in row] for row in values]
        for reference in mark.percents:
            row, column = place_of(reference)
            if row < len(rows) and column < len(rows[row]):
                rows[row][column] = percent_text(values[row][column])
        _write_errors(rows, mark.errors)
        sheets.append({**known, "rows": rows})
    return sheets


def _write_errors(rows: list[list[str]], errors: dict[str, str]) -> None:
    for reference, shown in errors.items():
        row, column = place_of(reference)
        if row >= MAX_ROWS or column >= MAX_COLUMNS:
            continue
        while len(rows) <= row:
            rows.append([])
        rows[row] += [""] * (column + 1 - len(rows[row]))
        rows[row][column] = shown


def main() -> int:
    # What entities, compression or dimensions may blow up to is bounded here, for every parser below.
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    try:
        sheets = read_sheets(sys.argv[1])
    except (
        python_calamine.CalamineError,
        ElementTree.ParseError,
        zipfile.BadZipFile,
        KeyError,
        MemoryError,
        NotImplementedError,
        OSError,
        RuntimeError,
        ValueError,
    ) as error:
        sys.stderr.write(type(error).__name__)
        return 3
    json.dump(sheets, sys.stdout)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
