"""A workbook sent back: is it ours, of this structure and year, and which of its cells were touched."""

from pathlib import Path
from typing import Any

from senacs.collection.models import Response
from senacs.collection.queries import compiled_of
from senacs.collection.services import CLEAR, read_value
from senacs.collection.workbook import layout
from senacs.lib.refusals import Refused
from senacs.lib.workbooks import Sheet, WorkbookError, read_workbook, refuse_macros
from senacs.questionnaire.engine.values import InputError

MAX_BYTES = 10 * 1024 * 1024
_COLUMN = chr(65 + layout.VALUE)


def touched_cells(path: Path, response: Response, *, name: str) -> dict[str, dict[str, Any]]:
    """What each touched cell says, by field code: raw text, revision seen, place, and the problem in French if any.

    Raises Refused for a file that is not the workbook of this response: nothing of it is read further.
    """
    if path.stat().st_size > MAX_BYTES:
        raise Refused(
            f"Ce fichier dépasse {MAX_BYTES // 1024 // 1024} Mo : ce n’est pas le classeur que SENACS a donné."
        )
    try:
        refuse_macros(path, name)
        sheets = {sheet.name: sheet for sheet in read_workbook(path, name=name)}
    except WorkbookError as error:
        raise Refused(str(error)) from error
    _check_stamp(sheets.get(layout.STAMP_SHEET), response)
    compiled = compiled_of(response)
    found: dict[str, dict[str, Any]] = {}
    for section in compiled.questionnaire.sections:
        sheet = sheets.get(layout.sheet_name(section))
        if sheet is not None:
            _read_sheet(sheet, found)
    for code, cell in found.items():
        if not cell["problem"]:
            try:
                read_value(compiled, code, cell["raw"] or CLEAR)
            except InputError as error:
                cell["problem"] = str(error)
    return {
        code: cell
        for code, cell in found.items()
        if code in compiled.questionnaire.fields and not compiled.questionnaire.fields[code].is_computed
    }


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


def _read_sheet(sheet: Sheet, found: dict[str, dict[str, Any]]) -> None:
    for number, row in enumerate(sheet.rows, 1):
        if number <= layout.FIRST_ROW or len(row) <= layout.SEEN or not row[layout.CODE]:
            continue
        code, raw, seen = row[layout.CODE].strip(), row[layout.VALUE].strip(), row[layout.SEEN].strip()
        place = f"{_COLUMN}{number}"
        is_formula = place in sheet.formulas
        if code in found or (raw == seen and not is_formula) or (_same_number(raw, seen) and not is_formula):
            continue
        problem = "Cette cellule contient une formule : écrivez son résultat." if is_formula else ""
        revision = row[layout.REVISION].strip()
        found[code] = {
            "raw": raw,
            "revision": int(revision) if revision.isdecimal() else 0,
            "cell": f"{sheet.name}, {place}",
            "problem": problem,
        }


def _same_number(one: str, other: str) -> bool:
    try:
        return float(one) == float(other)
    except ValueError:
        return False
