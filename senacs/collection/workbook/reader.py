"""A workbook sent back: is it ours, of this structure and year, and which of its cells were touched."""

from pathlib import Path
from typing import Any

from senacs.collection.models import Response
from senacs.collection.queries import compiled_of
from senacs.collection.services import CLEAR, read_value
from senacs.collection.workbook import layout
from senacs.lib.refusals import Refused
from senacs.lib.workbooks import Sheet, WorkbookError, read_xlsx
from senacs.questionnaire.engine.values import InputError

MAX_BYTES = 10 * 1024 * 1024
_COLUMN = chr(65 + layout.VALUE)
_KEPT_HEADERS = (layout.CODE, layout.VALUE, layout.REVISION, layout.SEEN)


def touched_cells(path: Path, response: Response, *, name: str) -> dict[str, dict[str, Any]]:
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
        sheet = sheets.get(part.name)
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


def _check_stamp(sheet: Sheet | None, response: Response) -> None:
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


def _read_sheet(sheet: Sheet, found: dict[str, dict[str, Any]], places: dict[str, str]) -> None:
    """Adds the touched cells to `found`; `places` holds where each code was met."""
    heads = sheet.rows[layout.FIRST_ROW - 1] if len(sheet.rows) >= layout.FIRST_ROW else ()
    if any(len(heads) <= column or heads[column] != layout.HEADERS[column] for column in _KEPT_HEADERS):
        raise Refused(
            f"Dans la feuille « {sheet.name} », des colonnes ont changé de place : "
            "reprenez le classeur que SENACS a donné et remplissez sa colonne « Réponse »."
        )
    for number, row in enumerate(sheet.rows[layout.FIRST_ROW :], layout.FIRST_ROW + 1):
        if len(row) <= layout.SEEN or not row[layout.CODE].strip():
            continue
        code, raw, seen = (_text(row[column]) for column in (layout.CODE, layout.VALUE, layout.SEEN))
        place = f"{_COLUMN}{number}"
        cell = f"{sheet.name}, {place}"
        is_formula = place in sheet.formulas
        problem = "Cette cellule contient une formule : écrivez son résultat." if is_formula else ""
        if code in places:
            problem = f"Cette question figure deux fois dans le classeur : {places[code]} et {cell}."
        elif not is_formula and (raw == seen or _same_number(raw, seen)):
            places[code] = cell
            continue
        places.setdefault(code, cell)
        revision = row[layout.REVISION].strip()
        found[code] = {
            "raw": raw,
            "revision": int(revision) if revision.isdecimal() and len(revision) < 10 else 0,
            "cell": cell,
            "problem": problem,
            "is_formula": is_formula,
        }


def _text(cell: str) -> str:
    # Escaped in a cell, a NUL reaches us; no database keeps it. What stands for it is refused as unreadable.
    return cell.strip().replace("\x00", "\x01")


def _same_number(one: str, other: str) -> bool:
    try:
        return float(one) == float(other)
    except ValueError:
        return False
