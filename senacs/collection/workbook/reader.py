"""A workbook sent back: is it ours, of this structure and year, and which of its cells were touched."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from senacs.collection.models import Response
from senacs.collection.queries import compiled_of
from senacs.collection.services import CLEAR, read_value
from senacs.collection.workbook import layout
from senacs.lib.refusals import Refused
from senacs.lib.text import search_key
from senacs.lib.workbook_marks import column_letters
from senacs.lib.workbooks import WorkbookError, WorkbookSheet, read_xlsx
from senacs.questionnaire.engine.parsing import refuse_error
from senacs.questionnaire.engine.words import InputError, squeezed

MAX_BYTES = 10 * 1024 * 1024
# Titles stand above the headers; rows may have been added among them.
LAST_HEADER_ROW = 20
_KEPT_HEADERS = (layout.CODE, layout.VALUE, layout.REVISION, layout.SEEN)


def touched_cells(path: Path, response: Response, *, name: str) -> dict[str, dict[str, object]]:
    """What each touched cell says, by field code: raw text, revision seen, place, and the problem in French if any.

    Raises Refused for a file that is not the workbook of this response: nothing of it is read further.
    """
    try:
        sheets = {sheet.name: sheet for sheet in read_xlsx(path, name=name, heaviest=MAX_BYTES)}
    except WorkbookError as error:
        raise Refused(str(error)) from error
    _check_stamp(sheets.get(layout.STAMP_SHEET), response)
    compiled = compiled_of(response)
    found: dict[str, dict[str, Any]] = {}
    places: dict[str, str] = {}
    for part in layout.layout_of(response):
        sheet = sheets.get(part.name) or sheets.get(layout.former_sheet_name(part.section))
        if sheet is None:
            raise Refused(f"Il manque la feuille « {part.name} » : gardez toutes les feuilles, et leur nom.")
        _read_sheet(sheet, found, places)
    fields = compiled.questionnaire.fields
    # A total that the spreadsheet calculated again is no entry.
    found = {
        code: cell
        for code, cell in found.items()
        if not (code in fields and fields[code].is_computed and cell["is_formula"])
    }
    for code, cell in found.items():
        if not cell["problem"]:
            try:
                read_value(compiled, code, cell["raw"] or CLEAR)
            except InputError as error:
                cell["problem"] = str(error)
    return found


def _check_stamp(sheet: WorkbookSheet | None, response: Response) -> None:
    stamp = {row[0]: row[1] for row in sheet.rows if len(row) > 1} if sheet else {}
    if stamp.get("format") != layout.FORMAT:
        raise Refused("Ce classeur ne vient pas de SENACS : téléchargez celui de votre réponse, puis remplissez-le.")
    campaign = response.campaign
    if stamp.get("annee") != str(campaign.year):
        raise Refused(
            f"Ce classeur est celui de l’enquête {stamp.get('annee')} ; la saisie en cours est {campaign.year}."
        )
    if stamp.get("structure") != response.structure.code:
        raise Refused(f"Ce classeur est celui d’une autre structure ({stamp.get('structure')}).")
    if stamp.get("empreinte") != campaign.version.checksum:
        raise Refused("Le questionnaire a changé depuis ce classeur : téléchargez-le de nouveau.")


@dataclass(frozen=True, slots=True)
class _Heads:
    """Where a sheet's headers stand, by the column of `layout`: one may have been moved, or others put in between."""

    row: int
    columns: Mapping[int, int]

    @property
    def last(self) -> int:
        return max(self.columns.values())


def _heads_of(sheet: WorkbookSheet) -> _Heads:
    wanted = {search_key(layout.HEADERS[column]): column for column in _KEPT_HEADERS}
    for number, row in enumerate(sheet.rows[:LAST_HEADER_ROW]):
        places: dict[int, list[int]] = {}
        for place, text in enumerate(row):
            if (column := wanted.get(search_key(text))) is not None:
                places.setdefault(column, []).append(place)
        if layout.CODE not in places:
            continue
        for column in _KEPT_HEADERS:
            found = places.get(column, [])
            if len(found) != 1:
                how = "a disparu" if not found else "figure plusieurs fois"
                raise Refused(
                    f"Dans la feuille « {sheet.name} », la colonne « {layout.HEADERS[column]} » {how} : "
                    "reprenez le classeur que SENACS a donné et remplissez sa colonne « Réponse »."
                )
        return _Heads(number, {column: found[0] for column, found in places.items()})
    raise Refused(
        f"Dans la feuille « {sheet.name} », la ligne de titres a disparu : "
        "reprenez le classeur que SENACS a donné et remplissez sa colonne « Réponse »."
    )


def _read_sheet(sheet: WorkbookSheet, found: dict[str, dict[str, object]], places: dict[str, str]) -> None:
    """Adds the touched cells to `found`; `places` holds where each code was met."""
    heads = _heads_of(sheet)
    letters = column_letters(heads.columns[layout.VALUE])
    for number, cells in enumerate(sheet.rows[heads.row + 1 :], heads.row + 2):
        row = (*cells, *[""] * (heads.last + 1 - len(cells)))
        code, raw, seen, revision = (
            _text(row[heads.columns[column]]) for column in (layout.CODE, layout.VALUE, layout.SEEN, layout.REVISION)
        )
        if not code:
            continue
        place = f"{letters}{number}"
        cell = f"{sheet.name}, {place}"
        is_formula = place in sheet.formulas
        problem = ""
        if place in sheet.uncalculated:
            problem = (
                "Cette cellule contient une formule qui n’a pas été calculée : "
                "ouvrez le classeur dans un tableur et enregistrez-le, ou écrivez son résultat."
            )
        if code in places:
            problem = f"Cette question figure deux fois dans le classeur : {places[code]} et {cell}."
        elif not problem and place not in sheet.errors and (raw == seen or _same_number(raw, seen)):
            places[code] = cell
            continue
        places.setdefault(code, cell)
        found[code] = {
            "raw": raw,
            "revision": int(revision) if revision.isdecimal() and len(revision) < 10 else 0,
            "cell": cell,
            "problem": problem or _error(sheet.errors.get(place, "")),
            "is_formula": is_formula,
        }


def _error(shown: str) -> str:
    """Why a cell in error is refused, whatever its question."""
    if not shown:
        return ""
    try:
        refuse_error(squeezed(shown))
    except InputError as error:
        return str(error)
    return f"Cette cellule est en erreur dans le tableur (« {shown[:20]} ») : écrivez la valeur."


def _text(cell: str) -> str:
    # Escaped in a cell, a NUL reaches us; no database keeps it. What stands for it is refused as unreadable.
    return cell.strip().replace("\x00", "\x01")


def _same_number(one: str, other: str) -> bool:
    try:
        return float(one) == float(other)
    except ValueError:
        return False
