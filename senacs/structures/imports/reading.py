"""Opens lists of structures as they come (CSV of any usual encoding and separator, XLSX, ODS) and gives their cells."""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from io import StringIO
from pathlib import Path

from senacs.lib.french import joined
from senacs.lib.workbooks import OLE_SIGNATURE, WorkbookError, WorkbookSheet, read_workbook
from senacs.structures.imports.repairs import likeliest, repaired_row, unmerged, without_mark

MAX_BYTES = 30 * 1024 * 1024
MAX_ROWS = 60_000
MAX_COLUMNS = 300
MAX_CELL = 100_000  # characters
SEPARATORS = ";,\t|"
SAMPLE_LINES = 20
SAMPLE_WIDTH = 5_000


class ReadingError(Exception):
    """The file cannot be read; the message is French and says what to do."""


@dataclass(frozen=True)
class FileRow:
    """`line` is the line of the file where the row starts (CSV) or its number in the sheet, from 1.

    `notes` say in French what was mended or is to be looked at in this row.
    """

    line: int
    cells: tuple[str, ...]
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class FileTable:
    """A sheet, or the whole of a CSV file; `name` is empty for the latter. Empty rows are left out."""

    name: str
    rows: tuple[FileRow, ...]
    # Of the whole: a rare encoding, sheets left aside.
    notes: tuple[str, ...] = ()


def read_tables(path: Path) -> list[FileTable]:
    """The tables of a file, at least one row in all.

    Raises ReadingError for what is missing, empty, too big, binary, protected or broken.
    """
    if not path.is_file():
        raise ReadingError(f"Le fichier {path} n’existe pas.")
    size = path.stat().st_size
    if size == 0:
        raise ReadingError(f"Le fichier {path.name} est vide.")
    if size > MAX_BYTES:
        raise ReadingError(
            f"Le fichier {path.name} pèse {size // 1024 // 1024}\u00a0Mo, "
            f"au-delà des {MAX_BYTES // 1024 // 1024}\u00a0Mo acceptés."
        )
    with path.open("rb") as file:
        start = file.read(8)
    if start.startswith(b"PK"):
        tables = _read_workbook(path)
    elif start.startswith(OLE_SIGNATURE):
        raise ReadingError(
            f"{path.name} est un classeur protégé par mot de passe ou de l’ancien format XLS : "
            "enregistrez-le sans mot de passe au format XLSX, ODS ou CSV."
        )
    else:
        text, note = decode(path.read_bytes(), path.name)
        tables = [FileTable("", tuple(_mended(row) for row in _csv_rows(text)), (note,) if note else ())]
    if not any(table.rows for table in tables):
        raise ReadingError(f"Le fichier {path.name} ne contient aucune ligne.")
    return tables


def decode(content: bytes, name: str = "le fichier") -> tuple[str, str]:
    """Text in UTF-8 or UTF-16 (with or without BOM), else Windows-1252 (of which Latin-1 is a part), or older ones.

    With a sentence when the encoding is a rare one. Raises ReadingError for what is no text.
    """
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return _strictly(content, "utf-16", name), ""
    if encoding := without_mark(content):
        return _strictly(content, encoding, name), "Fichier lu en UTF-16, sans sa marque."
    if b"\x00" in content:
        raise ReadingError(f"{name} n’est pas un fichier texte : un CSV, un XLSX ou un ODS est attendu.")
    try:
        return content.decode("utf-8-sig"), ""
    except UnicodeDecodeError:
        pass
    try:
        text, rare = likeliest(content)
    except UnicodeDecodeError as error:
        raise _illegible(name) from error
    return text, f"Fichier lu en {rare} : relisez les accents." if rare else ""


def _illegible(name: str) -> ReadingError:
    return ReadingError(f"Les caractères de {name} sont illisibles : enregistrez-le en « CSV UTF-8 » ou en XLSX.")


def _strictly(content: bytes, encoding: str, name: str) -> str:
    try:
        return content.decode(encoding)
    except UnicodeDecodeError as error:
        raise _illegible(name) from error


def separator(text: str) -> str:
    """The separator that gives the most columns on the most of the first lines."""
    lines = [line[:SAMPLE_WIDTH] for line in text.splitlines()[:SAMPLE_LINES] if line.strip()]

    def agreement(candidate: str) -> tuple[int, int]:
        widths = [len(row) for row in csv.reader(lines, delimiter=candidate)]
        return sum(width > 1 for width in widths), max(widths, default=0)

    return max(SEPARATORS, key=agreement)


def _csv_rows(text: str) -> Iterator[FileRow]:
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    first, _, rest = text.partition("\n")
    shift = 0
    if first.strip().strip('"').lower().startswith("sep=") and len(first.strip().strip('"')) == len("sep=") + 1:
        delimiter, text, shift = first.strip().strip('"')[-1], rest, 1
    else:
        delimiter = separator(text)
    strict = _is_strict(text, delimiter)
    reader = csv.reader(StringIO(text, newline=""), delimiter=delimiter, strict=strict)
    line = 1
    try:
        for count, cells in enumerate(reader):
            if count > MAX_ROWS:
                raise ReadingError(f"Le fichier dépasse {MAX_ROWS} lignes.")
            if len(cells) > MAX_COLUMNS:
                raise ReadingError(f"Ligne {line + shift} : plus de {MAX_COLUMNS} colonnes.")
            # csv has a limit of its own, but for the whole process, and libraries raise it.
            if any(len(cell) > MAX_CELL for cell in cells):
                raise ReadingError(f"Ligne {line + shift} : une cellule est démesurée.")
            if any(cell.strip() for cell in cells):
                yield FileRow(line + shift, tuple(cells))
            line = reader.line_num + 1
    except csv.Error as error:
        raise ReadingError(
            f"Ligne {line + shift} : un guillemet ouvert n’est pas refermé, ou une cellule est démesurée."
        ) from error


def _is_strict(text: str, delimiter: str) -> bool:
    """Whether quotes are used by the rule everywhere; an unclosed one at the end must be told, a stray one is borne."""
    try:
        for _ in csv.reader(StringIO(text, newline=""), delimiter=delimiter, strict=True):
            pass
    except csv.Error as error:
        return "unexpected end" in str(error)
    return True


def _read_workbook(path: Path) -> list[FileTable]:
    try:
        sheets = read_workbook(path)
    except WorkbookError as error:
        raise ReadingError(str(error)) from error
    hidden = [sheet.name for sheet in sheets if not sheet.is_visible and sheet.rows]
    note = f"Feuilles masquées, non lues : {joined([f'« {name} »' for name in hidden])}." if hidden else ""
    return [_table(sheet, note) for sheet in sheets if sheet.is_visible]


def _table(sheet: WorkbookSheet, note: str) -> FileTable:
    """The rows that hold something, those that a filter hides too: they are of the list, and told."""
    rows, merged = unmerged(sheet.rows, sheet.merged)
    kept = []
    for number, cells in enumerate(rows, 1):
        if any(cell.strip() for cell in cells):
            is_hidden = number in sheet.hidden
            told = [
                *merged.get(number, ()),
                *(["ligne masquée dans le classeur, lue comme les autres"] if is_hidden else []),
            ]
            kept.append(_mended(FileRow(number, tuple(cells), tuple(told)), is_sheet=True))
    return FileTable(sheet.name, tuple(kept), (note,) if note else ())


def _mended(row: FileRow, *, is_sheet: bool = False) -> FileRow:
    cells, notes = repaired_row(row.cells, line=row.line, is_sheet=is_sheet)
    return FileRow(row.line, cells, (*row.notes, *notes))
