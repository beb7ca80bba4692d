"""Child process that opens a workbook within bounds of memory and time, and prints its cells as JSON.

A spreadsheet of a few kilobytes may claim 17 billion cells, and the reader aborts instead of raising: hence a process
of its own, which may die alone. Formulas are never evaluated: the value that the file holds is read, and told as such.
"""

import datetime
import json
import posixpath
import resource
import sys
import zipfile
from typing import IO
from xml.etree import ElementTree

import python_calamine

MEMORY = 1536 * 1024 * 1024
SECONDS = 60
MAX_ROWS = 60_000
MAX_COLUMNS = 300
_RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"


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
    text = str(value)
    # « 1.125 » typed could mean one thousand; a number cannot, and a last zero says so to who reads it as text.
    return f"{text}0" if isinstance(value, float) and len(text.partition(".")[2]) == 3 else text


def read_sheets(path: str) -> list[dict[str, object]]:
    """Sheets with their name, visibility, rows of texts and cells with a formula.

    A sheet beyond the bounds comes with `too_big` instead of rows.
    """
    book = python_calamine.CalamineWorkbook.from_path(path)
    formulas = formula_cells(path)
    sheets: list[dict[str, object]] = []
    for meta in book.sheets_metadata:
        sheet = book.get_sheet_by_name(meta.name)
        known: dict[str, object] = {
            "name": meta.name,
            "visible": meta.visible == python_calamine.SheetVisibleEnum.Visible,
            "formulas": formulas.get(meta.name, []),
        }
        if sheet.total_height > MAX_ROWS or sheet.total_width > MAX_COLUMNS:
            sheets.append({**known, "too_big": True})
            continue
        rows = [[cell_text(value) for value in row] for row in sheet.to_python(skip_empty_area=False)]
        sheets.append({**known, "rows": rows})
    return sheets


def formula_cells(path: str) -> dict[str, list[str]]:
    """References of the cells that hold a formula (« B12 »), by sheet; XLSX only."""
    with zipfile.ZipFile(path) as archive:
        if "xl/workbook.xml" not in archive.namelist():
            return {}
        targets = _targets(archive)
        found: dict[str, list[str]] = {}
        for sheet in ElementTree.fromstring(archive.read("xl/workbook.xml")).iter():  # noqa: S314 - see main
            member = targets.get(sheet.get(_RELATION, ""))
            if sheet.tag.endswith("}sheet") and member in archive.namelist():
                with archive.open(member) as content:
                    found[sheet.get("name", "")] = _formulas(content)
        return found


def _targets(archive: zipfile.ZipFile) -> dict[str, str]:
    """Member of the archive by relation identifier."""
    name = "xl/_rels/workbook.xml.rels"
    if name not in archive.namelist():
        return {}
    relations = ElementTree.fromstring(archive.read(name))  # noqa: S314 - see main
    return {
        relation.get("Id", ""): posixpath.normpath(posixpath.join("xl", relation.get("Target", ""))).lstrip("/")
        for relation in relations
        if not relation.get("Target", "").startswith("/")
    } | {
        relation.get("Id", ""): relation.get("Target", "").lstrip("/")
        for relation in relations
        if relation.get("Target", "").startswith("/")
    }


def _formulas(content: IO[bytes]) -> list[str]:
    cells: list[str] = []
    reference = ""
    for event, element in ElementTree.iterparse(content, events=("start", "end")):  # noqa: S314
        if event == "start" and element.tag.endswith("}c"):
            reference = element.get("r", "")
        elif event == "start" and element.tag.endswith("}f"):
            cells.append(reference)
        elif event == "end" and element.tag.endswith("}row"):
            element.clear()
    return cells


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
