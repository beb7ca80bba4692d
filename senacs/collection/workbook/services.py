"""A workbook sent back in two steps: read and compared, then applied once a person has seen what changes."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from django.db import transaction

from senacs.accounts.models import User
from senacs.accounts.permissions import can_enter
from senacs.collection.documents import read_entry, same_answer, write_entry
from senacs.collection.enums import Provenance
from senacs.collection.models import Response, WorkbookUpload
from senacs.collection.queries import compiled_of
from senacs.collection.services import CLEAR, Input, SaveResult, Sending, reading_of, save_values
from senacs.collection.states import lock
from senacs.collection.workbook.reader import touched_cells
from senacs.lib import clock
from senacs.lib.refusals import NotAllowed, Refused
from senacs.questionnaire.engine.values import InputError, Reading, format_value


class UploadOutcome(StrEnum):
    NEW = "new"
    CHANGED = "changed"
    CLEARED = "cleared"
    CONFLICT = "conflict"
    UNCHANGED = "unchanged"
    REFUSED = "refused"


WRITTEN = frozenset({UploadOutcome.NEW, UploadOutcome.CHANGED, UploadOutcome.CLEARED})


@dataclass(frozen=True, slots=True)
class Difference:
    """One touched cell against the response as it stands."""

    code: str
    label: str
    section: str
    cell: str
    outcome: UploadOutcome
    before: str
    after: str
    message: str = ""


@transaction.atomic
def receive_workbook(*, response: Response, path: Path, name: str, by: User) -> WorkbookUpload:
    """Reads a workbook and keeps what it says, without writing any of it. Raises Refused or NotAllowed."""
    response = lock(response)
    if not can_enter(by, response.structure):
        raise NotAllowed("Seule la structure renvoie son classeur.")
    if not response.is_editable:
        raise Refused("Cette réponse est envoyée, ou la saisie est close : un classeur ne peut plus la changer.")
    cells = touched_cells(path, response, name=name)
    return WorkbookUpload.objects.create(response=response, name=name[:200], cells=cells, at=clock.now(), by=by)


def differences(upload: WorkbookUpload, response: Response) -> list[Difference]:
    """What applying the workbook would do now, in the order of the questionnaire."""
    compiled = compiled_of(response)
    sections = {section.code: f"{section.letter}. {section.title}" for section in compiled.questionnaire.sections}
    fields = compiled.questionnaire.fields
    found = [
        Difference(code, code[:80], "", cell["cell"], UploadOutcome.REFUSED, "–", cell["raw"][:200], cell["problem"])
        for code, cell in upload.cells.items()
        if code not in fields
    ]
    for code, field in fields.items():
        cell = upload.cells.get(code)
        if cell is None:
            continue
        stored = response.values.get(code)
        before = format_value(field, read_entry(field, stored)) if stored else "sans réponse"
        outcome, after, message = UploadOutcome.REFUSED, cell["raw"][:200], cell["problem"]
        if not message:
            try:
                reading = reading_of(compiled, code, cell["raw"] or CLEAR)
            except InputError as error:
                message = str(error)
            else:
                value, message = reading.value, _understood(cell, reading)
                entry = (
                    write_entry(field, value, provenance=Provenance.IMPORTED, revision=0) if value is not None else None
                )
                after = format_value(field, value) if value is not None else "sans réponse"
                if same_answer(stored, entry):
                    outcome = UploadOutcome.UNCHANGED
                elif cell["revision"] != (stored["revision"] if stored else 0):
                    outcome = UploadOutcome.CONFLICT
                    message = "Cette réponse a changé en ligne depuis le téléchargement du classeur."
                elif entry is None:
                    outcome = UploadOutcome.CLEARED
                else:
                    outcome = UploadOutcome.CHANGED if stored else UploadOutcome.NEW
        found.append(
            Difference(code, field.label, sections[field.section], cell["cell"], outcome, before, after, message)
        )
    return found


def _understood(cell: Mapping[str, Any], reading: Reading) -> str:
    """What a cell was understood as, when it is not what it says; that its value is the result of a formula."""
    told = f"« {cell['raw'][:60]} » : {reading.note}." if reading.note else ""
    if not cell.get("is_formula"):  # absent from workbooks received before formulas were told
        return told
    result = "Résultat de la formule de cette cellule" if reading.value is not None else "Formule au résultat vide"
    return f"{result} ; {told}" if told else f"{result}."


@transaction.atomic
def apply_workbook(*, upload: WorkbookUpload, by: User, overwrite: Iterable[str] = ()) -> SaveResult:
    """Writes what the workbook changes; a field changed online meanwhile only if its code is in `overwrite`.

    Applied twice, it writes once.
    """
    response = lock(upload.response)
    if not can_enter(by, response.structure):
        raise NotAllowed("Seule la structure applique son classeur.")
    chosen = set(overwrite)
    inputs: dict[str, Input] = {}
    expected: dict[str, int] = {}
    for difference in differences(upload, response):
        cell = upload.cells[difference.code]
        forced = difference.outcome is UploadOutcome.CONFLICT and difference.code in chosen
        if difference.outcome in WRITTEN or forced:
            inputs[difference.code] = cell["raw"] or CLEAR
            if not forced:
                expected[difference.code] = cell["revision"]
    result = save_values(
        response=response, inputs=inputs, by=by, provenance=Provenance.IMPORTED,
        reason=f"Classeur « {upload.name} »", sending=Sending(expected, f"classeur-{upload.pk}"),
    )  # fmt: skip
    if upload.applied_at is None:
        WorkbookUpload.objects.filter(pk=upload.pk).update(applied_at=clock.now())
    return result
