"""What the cells of a workbook carry besides the value that a reader gives: formulas, errors, percentages.

Readers give an error as an empty cell and « 45 % » as 0.45: read back so, an answer would be lost or divided by a
hundred without a word. Both XLSX (ECMA-376 part 1, §18.3) and ODS (OpenDocument 1.3 part 3, §9.1, §19) are read.
"""

import posixpath
import re
import zipfile
from dataclasses import dataclass, field
from typing import IO
from xml.etree import ElementTree

_RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
# Built-in formats of numbers whose code is in no file (ECMA-376 part 1, §18.8.30).
_BUILT_IN_PERCENTS = frozenset({9, 10})
_LITERALS = re.compile(r'"[^"]*"|\\.|\[[^\]]*\]|_.|\*.')
_REFERENCE = re.compile(r"([A-Z]+)([0-9]+)")
_TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
_OFFICE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
_TEXT = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
_CALCEXT = "{urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0}"
# A cell or a row repeated beyond this is the empty rest of the sheet.
_MOST_REPEATED = 1000
_ODS_ERROR = re.compile(r"#[^\s].*[!?A]|Err:[0-9]{3}")


@dataclass(frozen=True, slots=True)
class MergedCells:
    """Rows and columns from 0, both ends included."""

    first_row: int
    first_column: int
    last_row: int
    last_column: int


@dataclass
class Marks:
    """By reference (« B12 »). `errors`: what the cell shows; `uncalculated`: formulas without a result in the file.

    `hidden`: numbers, from 1, of the rows that a filter or a hand hides.
    """

    formulas: list[str] = field(default_factory=list)
    uncalculated: list[str] = field(default_factory=list)
    errors: dict[str, str] = field(default_factory=dict)
    percents: list[str] = field(default_factory=list)
    hidden: list[int] = field(default_factory=list)
    merged: list[MergedCells] = field(default_factory=list)


def marks_of(path: str) -> dict[str, Marks]:
    """The marks of each sheet, by its name; none for other formats."""
    with zipfile.ZipFile(path) as archive:
        names = archive.namelist()
        if "xl/workbook.xml" in names:
            return _of_xlsx(archive)
        if "content.xml" in names:
            with archive.open("content.xml") as content:
                return _of_ods(content)
        return {}


def column_letters(number: int) -> str:
    """« A » for 0, « AA » for 26."""
    letters = ""
    number += 1
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def place_of(reference: str) -> tuple[int, int]:
    """Row and column, from 0, of « B12 »."""
    match = _REFERENCE.fullmatch(reference)
    if match is None:
        raise ValueError(reference)
    column = 0
    for letter in match[1]:
        column = column * 26 + ord(letter) - 64
    return int(match[2]) - 1, column - 1


# --- XLSX ---------------------------------------------------------------------------------------
def _of_xlsx(archive: zipfile.ZipFile) -> dict[str, Marks]:
    targets, percents = _targets(archive), _percent_styles(archive)
    found: dict[str, Marks] = {}
    for sheet in ElementTree.fromstring(archive.read("xl/workbook.xml")).iter():  # noqa: S314 - see workbook_child.main
        member = targets.get(sheet.get(_RELATION, ""))
        if sheet.tag.endswith("}sheet") and member in archive.namelist():
            with archive.open(member) as content:
                found[sheet.get("name", "")] = _of_xlsx_sheet(content, percents)
    return found


def _targets(archive: zipfile.ZipFile) -> dict[str, str]:
    """Member of the archive by relation identifier."""
    name = "xl/_rels/workbook.xml.rels"
    if name not in archive.namelist():
        return {}
    found = {}
    for relation in ElementTree.fromstring(archive.read(name)):  # noqa: S314 - see workbook_child.main
        target = relation.get("Target", "")
        place = target if target.startswith("/") else posixpath.normpath(posixpath.join("xl", target))
        found[relation.get("Id", "")] = place.lstrip("/")
    return found


def _percent_styles(archive: zipfile.ZipFile) -> frozenset[str]:
    """The numbers of the styles that show a value as a percentage."""
    if "xl/styles.xml" not in archive.namelist():
        return frozenset()
    root = ElementTree.fromstring(archive.read("xl/styles.xml"))  # noqa: S314 - see workbook_child.main
    codes = {
        element.get("numFmtId", ""): element.get("formatCode", "")
        for element in root.iter()
        if element.tag.endswith("}numFmt")
    }
    found = set()
    for parent in root:
        if not parent.tag.endswith("}cellXfs"):
            continue
        for number, style in enumerate(parent):
            fmt = style.get("numFmtId", "0")
            is_built_in = fmt.isdecimal() and int(fmt) in _BUILT_IN_PERCENTS
            if is_built_in or "%" in _LITERALS.sub("", codes.get(fmt, "")):
                found.add(str(number))
    return frozenset(found)


def _of_xlsx_sheet(content: IO[bytes], percents: frozenset[str]) -> Marks:
    marks = Marks()
    row = column = -1
    for event, element in ElementTree.iterparse(content, events=("start", "end")):  # noqa: S314
        tag = element.tag.rpartition("}")[2]
        if event == "start" and tag == "row":
            row, column = int(element.get("r", row + 2)) - 1, -1
            if element.get("hidden") in {"1", "true"}:
                marks.hidden.append(row + 1)
        elif event == "end" and tag == "row":
            element.clear()
        elif event == "end" and tag == "c":
            reference = element.get("r") or f"{column_letters(column + 1)}{row + 1}"
            column = place_of(reference)[1]
            _mark(marks, reference, element, percents)
        elif event == "end" and tag == "mergeCell":
            first, _, last = element.get("ref", "").partition(":")
            marks.merged.append(MergedCells(*place_of(first), *place_of(last or first)))
    return marks


def _mark(marks: Marks, reference: str, cell: ElementTree.Element, percents: frozenset[str]) -> None:
    parts = {part.tag.rpartition("}")[2]: part for part in cell}
    value = (parts["v"].text or "") if "v" in parts else ""
    kind = cell.get("t", "n")
    if "f" in parts:
        marks.formulas.append(reference)
        if not value and kind != "str":  # an empty text is a result
            marks.uncalculated.append(reference)
    if kind == "e":
        marks.errors[reference] = value or "#N/A"
    elif kind == "n" and value and cell.get("s", "0") in percents:
        marks.percents.append(reference)


# --- ODS ----------------------------------------------------------------------------------------
def _of_ods(content: IO[bytes]) -> dict[str, Marks]:
    found: dict[str, Marks] = {}
    marks, row, column = Marks(), 0, 0
    for event, element in ElementTree.iterparse(content, events=("start", "end")):  # noqa: S314
        if event == "start" and element.tag == f"{_TABLE}table":
            marks, row, column = Marks(), 0, 0
            found[element.get(f"{_TABLE}name", "")] = marks
        elif event == "end" and element.tag in {f"{_TABLE}table-cell", f"{_TABLE}covered-table-cell"}:
            repeated = int(element.get(f"{_TABLE}number-columns-repeated", "1"))
            for shift in range(repeated if repeated <= _MOST_REPEATED else 0):
                _mark_ods(marks, f"{column_letters(column + shift)}{row + 1}", element)
            _merge_ods(marks, row, column, element)
            column += repeated
        elif event == "end" and element.tag == f"{_TABLE}table-row":
            repeated = int(element.get(f"{_TABLE}number-rows-repeated", "1"))
            if element.get(f"{_TABLE}visibility") in {"collapse", "filter"} and repeated <= _MOST_REPEATED:
                marks.hidden += range(row + 1, row + repeated + 1)
            row, column = row + repeated, 0
            element.clear()
    return found


def _merge_ods(marks: Marks, row: int, column: int, cell: ElementTree.Element) -> None:
    high = int(cell.get(f"{_TABLE}number-rows-spanned", "1"))
    wide = int(cell.get(f"{_TABLE}number-columns-spanned", "1"))
    if high > 1 or wide > 1:
        marks.merged.append(MergedCells(row, column, row + high - 1, column + wide - 1))


def _mark_ods(marks: Marks, reference: str, cell: ElementTree.Element) -> None:
    kind = cell.get(f"{_OFFICE}value-type", "")
    shown = "".join(text for part in cell.iter(f"{_TEXT}p") for text in part.itertext()).strip()
    is_formula = cell.get(f"{_TABLE}formula") is not None
    if is_formula:
        marks.formulas.append(reference)
    is_said = cell.get(f"{_CALCEXT}value-type") == "error"
    if is_said or (is_formula and _ODS_ERROR.fullmatch(shown)):
        marks.errors[reference] = shown or "#N/A"
    elif is_formula and not kind:
        marks.uncalculated.append(reference)
    elif kind == "percentage":
        marks.percents.append(reference)
