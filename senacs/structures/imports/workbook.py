"""Child process that opens a workbook within bounds of memory and time, and prints its cells as JSON.

A spreadsheet of a few kilobytes may claim 17 billion cells, and the reader aborts instead of raising: hence a process
of its own, which may die alone.
"""

import datetime
import json
import resource
import sys

import python_calamine

MEMORY = 1536 * 1024 * 1024
SECONDS = 60
MAX_ROWS = 60_000
MAX_COLUMNS = 300


def cell_text(value: object) -> str:
    """A cell as it would be typed: whole numbers without « .0 », dates as ISO."""
    if isinstance(value, bool):
        return "oui" if value else "non"
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    if isinstance(value, datetime.datetime):
        return value.date().isoformat()
    if isinstance(value, datetime.date):
        return value.isoformat()
    return str(value)


def read_sheets(path: str) -> list[dict[str, object]]:
    """Visible sheets with their name and rows of texts; a sheet beyond the bounds comes with `too_big` instead."""
    book = python_calamine.CalamineWorkbook.from_path(path)
    sheets: list[dict[str, object]] = []
    for meta in book.sheets_metadata:
        if meta.visible != python_calamine.SheetVisibleEnum.Visible:
            continue
        sheet = book.get_sheet_by_name(meta.name)
        if sheet.total_height > MAX_ROWS or sheet.total_width > MAX_COLUMNS:
            sheets.append({"name": meta.name, "too_big": True})
            continue
        rows = [[cell_text(value) for value in row] for row in sheet.to_python(skip_empty_area=False)]
        sheets.append({"name": meta.name, "rows": rows})
    return sheets


def main() -> int:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    try:
        sheets = read_sheets(sys.argv[1])
    except (python_calamine.CalamineError, MemoryError, OSError, ValueError) as error:
        sys.stderr.write(type(error).__name__)
        return 3
    json.dump(sheets, sys.stdout)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
