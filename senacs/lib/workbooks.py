"""Opens workbooks that strangers send (XLSX, ODS): bounded, in a process of their own, formulas never evaluated."""

import json
import lzma
import os
import struct
import subprocess
import sys
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from senacs.lib import workbook_child
from senacs.lib.incoming import without_direction
from senacs.lib.workbook_child import MAX_COLUMNS, MAX_ROWS
from senacs.lib.workbook_marks import MergedCells

MAX_UNPACKED_BYTES = 150 * 1024 * 1024
CHILD_TIMEOUT_SECONDS = 90
OLE_SIGNATURE = b"\xd0\xcf\x11\xe0"
# What the readers of archives raise, one byte damaged here or there; the file itself was opened before.
DAMAGES = (
    zipfile.BadZipFile,
    zipfile.LargeZipFile,
    zlib.error,
    lzma.LZMAError,
    struct.error,
    ArithmeticError,
    EOFError,
    LookupError,
    OSError,
    RuntimeError,
    ValueError,
)


class WorkbookError(Exception):
    """The workbook cannot be read; the message is French and says what to do."""


@dataclass(frozen=True, slots=True)
class WorkbookSheet:
    """`rows` holds the texts of the cells from A1 on; `formulas` the references (« B12 ») of those with a formula.

    `uncalculated`: those of which the file holds no result. `errors`: what the cells in error show (« #N/A »).
    """

    name: str
    rows: tuple[tuple[str, ...], ...]
    is_visible: bool
    formulas: frozenset[str]
    uncalculated: frozenset[str] = frozenset()
    errors: Mapping[str, str] = field(default_factory=dict)
    # Numbers from 1 of rows that the spreadsheet does not show, and areas merged into one cell.
    hidden: frozenset[int] = frozenset()
    merged: tuple[MergedCells, ...] = ()


def read_xlsx(path: Path, *, name: str, heaviest: int) -> list[WorkbookSheet]:
    """The sheets of an XLSX that somebody has sent: at most `heaviest` bytes, without macros; see read_workbook."""
    if path.stat().st_size > heaviest:
        raise WorkbookError(f"{name} dépasse {heaviest // 1024 // 1024}\u00a0Mo : ce n’est pas le classeur attendu.")
    refuse_macros(path, name)
    return read_workbook(path, name=name)


def read_workbook(path: Path, *, name: str = "") -> list[WorkbookSheet]:
    """Every sheet, hidden ones included, of a workbook whose bytes are on disk; `name` is the one to tell.

    Raises WorkbookError for what is broken, protected, boundless, or no workbook.
    """
    name = name or path.name
    check_archive(path, name)
    try:
        done = subprocess.run(  # noqa: S603 - our own module, on a path given as one argument
            [sys.executable, "-m", workbook_child.__name__, str(path.resolve())],
            capture_output=True,
            timeout=CHILD_TIMEOUT_SECONDS,
            check=False,
            env=os.environ | {"RUST_BACKTRACE": "0"},
            cwd=Path(__file__).resolve().parents[2],
        )
    except subprocess.TimeoutExpired as error:
        raise WorkbookError(f"{name} est trop long à ouvrir : enregistrez-le en CSV.") from error
    if done.returncode != 0:
        raise WorkbookError(
            f"{name} ne s’ouvre pas : classeur endommagé, protégé, ou dont une feuille s’étend démesurément. "
            "Copiez les lignes utiles dans un nouveau classeur, ou enregistrez la feuille en CSV."
        )
    return [_sheet(entry, name) for entry in json.loads(done.stdout)]


def _sheet(entry: dict[str, Any], name: str) -> WorkbookSheet:
    rows = entry.get("rows")
    if not isinstance(rows, list) and entry["visible"]:
        raise WorkbookError(
            f"{name} : la feuille « {entry['name']} » dépasse {MAX_ROWS} lignes ou {MAX_COLUMNS} colonnes. "
            "Supprimez les lignes et colonnes vides qui la prolongent."
        )
    cells = tuple(tuple(map(without_direction, row)) for row in rows or ())
    return WorkbookSheet(
        without_direction(str(entry["name"])),
        cells,
        bool(entry["visible"]),
        frozenset(entry["formulas"]),
        frozenset(entry["uncalculated"]),
        {place: without_direction(shown) for place, shown in entry["errors"].items()},
        frozenset(entry["hidden"]),
        tuple(MergedCells(*area) for area in entry["merged"]),
    )


@contextmanager
def opened_archive(path: Path, name: str) -> Iterator[zipfile.ZipFile]:
    """The archive that every office file is; what is damaged anywhere, even while it is read, raises WorkbookError."""
    with path.open("rb") as file:
        try:
            with zipfile.ZipFile(file) as archive:
                yield archive
        except DAMAGES as error:
            raise WorkbookError(
                f"{name} est un classeur endommagé ou protégé : ouvrez-le, enregistrez-le de nouveau "
                "sans mot de passe, puis renvoyez-le."
            ) from error


def check_archive(path: Path, name: str) -> None:
    """Refuses what would unpack beyond measure, by the sizes that the archive declares, before anything is opened."""
    with opened_archive(path, name) as archive:
        unpacked = sum(entry.file_size for entry in archive.infolist())
        names = set(archive.namelist())
    if unpacked > MAX_UNPACKED_BYTES:
        raise WorkbookError(
            f"{name} occuperait {unpacked // 1024 // 1024}\u00a0Mo une fois ouvert : "
            "retirez les images et les feuilles inutiles, ou enregistrez la liste en CSV."
        )
    if not names & {"xl/workbook.xml", "content.xml", "xl/workbook.bin"}:
        raise WorkbookError(f"{name} est une archive, pas un classeur XLSX ou ODS.")


def refuse_macros(path: Path, name: str) -> None:
    """Refuses a workbook that carries programs, or whose errors and formulas cannot be told. Raises WorkbookError."""
    with path.open("rb") as file:
        start = file.read(8)
    if start.startswith(OLE_SIGNATURE):
        raise WorkbookError(
            f"{name} est un classeur protégé par mot de passe ou de l’ancien format XLS : "
            "enregistrez-le sans mot de passe au format XLSX."
        )
    if not start.startswith(b"PK"):
        raise WorkbookError(f"{name} n’est pas un classeur XLSX ou ODS.")
    with opened_archive(path, name) as archive:
        names = archive.namelist()
        types = b""
        if "[Content_Types].xml" in names:
            # No further: the member may unpack to gigabytes.
            with archive.open("[Content_Types].xml") as member:
                types = member.read(200_000)
    has_programs = any(m.lower().endswith("vbaproject.bin") or m.startswith(("Basic/", "Scripts/")) for m in names)
    if b"macroEnabled" in types or has_programs:
        raise WorkbookError(f"{name} contient des macros : enregistrez-le au format XLSX, sans macro.")
    if "xl/workbook.bin" in names:
        raise WorkbookError(f"{name} est un classeur binaire (XLSB) : enregistrez-le au format XLSX.")
