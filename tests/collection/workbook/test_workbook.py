"""The workbook of a response: down, filled by program, up; nothing is written before it is seen; bad files say why."""

import io
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from openpyxl.formula import Tokenizer

from senacs.collection.enums import Provenance
from senacs.collection.models import Response, WorkbookUpload
from senacs.collection.services import save_values
from senacs.collection.workbook import layout
from senacs.collection.workbook.services import UploadOutcome, apply_workbook, differences, receive_workbook
from senacs.collection.workbook.writer import as_workbook
from senacs.lib.refusals import NotAllowed, Refused
from tests.factories import Cast, make_campaign, make_questionnaire, make_response, sign

pytestmark = pytest.mark.django_db


def rows_of(content: bytes) -> dict[str, tuple[Any, Any]]:
    """By field code: the sheet and the row where it stands."""
    book = openpyxl.load_workbook(io.BytesIO(content))
    found = {}
    for sheet in book.worksheets:
        for row in sheet.iter_rows(min_row=layout.FIRST_ROW + 1):
            if sheet.sheet_state == "visible" and len(row) > layout.SEEN and row[layout.CODE].value:
                found[row[layout.CODE].value] = (sheet, row)
    return found


def filled(response: Response, tmp_path: Path, values: Mapping[str, Any], *, content: bytes = b"") -> Path:
    """The workbook of a response with some answers typed in."""
    rows = rows_of(content or as_workbook(response))
    for code, value in values.items():
        rows[code][1][layout.VALUE].value = value
    path = tmp_path / "renvoi.xlsx"
    next(iter(rows.values()))[0].parent.save(path)
    return path


def receive(response: Response, path: Path, cast: Cast) -> WorkbookUpload:
    return receive_workbook(response=response, path=path, name=path.name, by=cast.responsable)


def outcomes(response: Response, path: Path, cast: Cast) -> dict[str, UploadOutcome]:
    return {d.code: d.outcome for d in differences(receive(response, path, cast), response)}


def test_untouched_workbook_changes_nothing(response: Response, cast: Cast, tmp_path: Path) -> None:
    save_values(
        response=response, inputs={"salaries_total": "12", "etp_total": "7,25", "clas": "oui"}, by=cast.responsable
    )
    response.refresh_from_db()
    assert receive(response, filled(response, tmp_path, {}), cast).cells == {}


def test_workbook_is_prefilled_with_last_year_beside(response: Response, cast: Cast) -> None:
    before = make_campaign(version=make_questionnaire("minimal_2025"))
    make_response(structure=cast.structure, campaign=before, values={"salaries_total": 10}, state="validated")
    save_values(response=response, inputs={"salaries_total": "12", "statut": "association"}, by=cast.responsable)
    response.refresh_from_db()
    rows = rows_of(as_workbook(response))
    assert [rows["salaries_total"][1][column].value for column in (layout.VALUE, layout.BEFORE)] == [12, 10]
    assert rows["statut"][1][layout.VALUE].value == "Association"
    sheet, row = rows["salaries_total"]
    assert sheet.protection.sheet
    assert not row[layout.VALUE].protection.locked
    assert row[layout.LABEL].protection.locked
    assert sheet.column_dimensions["A"].hidden
    assert "projet_evs" not in rows


def test_first_sheet_says_how_and_counts_what_is_filled(response: Response, cast: Cast) -> None:
    save_values(response=response, inputs={"salaries_total": "12", "ouverture": "31/12/2020"}, by=cast.responsable)
    response.refresh_from_db()
    content = as_workbook(response)
    book = openpyxl.load_workbook(io.BytesIO(content))
    assert book.sheetnames[0] == layout.COVER_SHEET
    told = " ".join(str(cell.value) for row in book.worksheets[0].iter_rows() for cell in row if cell.value)
    assert "À renvoyer avant le" in told
    assert cast.correspondant_caf.email in told
    counted = openpyxl.load_workbook(io.BytesIO(content), data_only=True).worksheets[0]
    rows = {row[1].value: (row[2].value, row[3].value) for row in counted.iter_rows() if row[2].value is not None}
    assert rows["C. Emplois (10 min environ)"] == (1, 7)
    opened = rows_of(content)["ouverture"][1][layout.VALUE]
    assert (opened.value.date().isoformat(), opened.number_format) == ("2020-12-31", "dd/mm/yyyy")


def test_question_not_asked_counts_for_nothing_in_the_formulas(response: Response) -> None:
    row = rows_of(as_workbook(response))["clas_enfants"][1]
    assert row[layout.ASKED].value.startswith("=IF(")
    assert row[layout.COUNTED].value == f'=IF(AND(J{row[0].row}>0,C{row[0].row}<>""),C{row[0].row},"")'


def test_formulas_of_the_workbook_are_well_formed(response: Response) -> None:
    rows = rows_of(as_workbook(response))
    formulas = [cell.value for _, row in rows.values() for cell in row if str(cell.value).startswith("=")]
    assert any("ISNUMBER" in formula for formula in formulas)
    for formula in formulas:
        depth = 0
        for token in Tokenizer(formula).items:
            depth += {"OPEN": 1, "CLOSE": -1}.get(token.subtype, 0)
            assert depth >= 0, formula
        assert depth == 0, formula
    assert "ETP pour" in rows["etp_total"][1][layout.CHECK].value
    assert rows["personnes_ensemble"][1][layout.VALUE].value.startswith("=IF(AND(")


def test_filled_workbook_is_compared_then_written_as_imported(response: Response, cast: Cast, tmp_path: Path) -> None:
    save_values(response=response, inputs={"salaries_total": "12", "budget_caf": "5"}, by=cast.responsable)
    response.refresh_from_db()
    typed = {
        "salaries_total": 13,
        "budget_caf": None,
        "etp_total": "7,5",
        "clas": "Oui",
        "themes": "Famille ; Seniors",
        "statut": "Non concerné",
    }
    upload = receive(response, filled(response, tmp_path, typed), cast)
    found = {d.code: (d.outcome, d.before, d.after) for d in differences(upload, response)}
    assert found["salaries_total"] == (UploadOutcome.CHANGED, "12\u00a0personnes", "13\u00a0personnes")
    assert found["budget_caf"][0] is UploadOutcome.CLEARED
    assert found["etp_total"] == (UploadOutcome.NEW, "sans réponse", "7,5\u00a0ETP")
    assert found["themes"][2] == "Famille, Seniors"
    response.refresh_from_db()
    assert response.revision == 1
    result = apply_workbook(upload=upload, by=cast.responsable)
    assert (result.refused, result.conflicts) == ({}, {})
    response.refresh_from_db()
    assert response.values["salaries_total"]["valeur"] == 13
    assert response.values["salaries_total"]["provenance"] == Provenance.IMPORTED
    assert "budget_caf" not in response.values
    assert response.values["statut"]["etat"] == "non_concerne"
    apply_workbook(upload=upload, by=cast.responsable)
    response.refresh_from_db()
    assert response.revision == 2


@pytest.mark.parametrize(
    ("code", "value", "reason"),
    [
        ("salaries_total", -3, "négatif"),
        ("salaries_total", "douze", "pas un nombre"),
        ("salaries_total", "=6*2", "formule"),
        ("etp_total", 7.125, "2\u00a0décimales au plus"),
        ("budget_total", "1e400", "scientifique"),
        ("statut", "Coopérative", "ne fait pas partie des choix"),
        ("ouverture", "31/02/2025", "n’existe pas"),
        ("commentaire", "x" * 300, "trop long"),
    ],
)
def test_bad_cell_is_refused_at_its_place(
    response: Response, cast: Cast, tmp_path: Path, code: str, value: object, reason: str
) -> None:
    upload = receive(response, filled(response, tmp_path, {code: value, "clas": "Oui"}), cast)
    found = {d.code: d for d in differences(upload, response)}
    assert found[code].outcome is UploadOutcome.REFUSED
    assert reason in found[code].message
    sheet, row = rows_of(as_workbook(response))[code]
    assert found[code].cell == f"{sheet.title}, C{row[0].row}"
    apply_workbook(upload=upload, by=cast.responsable)
    response.refresh_from_db()
    assert response.values.keys() == {"clas"}


def test_field_changed_online_meanwhile_is_a_conflict_and_untouched_cells_are_not(
    response: Response, cast: Cast, tmp_path: Path
) -> None:
    content = as_workbook(response)
    save_values(response=response, inputs={"salaries_total": "20", "etp_total": "8"}, by=cast.suppleant)
    response.refresh_from_db()
    path = filled(response, tmp_path, {"salaries_total": 13}, content=content)
    upload = receive(response, path, cast)
    assert {d.code: d.outcome for d in differences(upload, response)} == {"salaries_total": UploadOutcome.CONFLICT}
    apply_workbook(upload=upload, by=cast.responsable)
    response.refresh_from_db()
    assert response.values["salaries_total"]["valeur"] == 20
    again = receive(response, path, cast)
    apply_workbook(upload=again, by=cast.responsable, overwrite=["salaries_total"])
    response.refresh_from_db()
    assert response.values["salaries_total"]["valeur"] == 13


def test_workbook_of_another_structure_year_or_version_is_refused(
    response: Response, cast: Cast, tmp_path: Path
) -> None:
    theirs = make_response(structure=cast.neighbour, campaign=response.campaign)
    with pytest.raises(Refused, match="autre structure"):
        receive(response, filled(theirs, tmp_path, {}), cast)
    before = make_campaign(version=make_questionnaire("minimal_2025"))
    past = make_response(structure=cast.structure, campaign=before)
    with pytest.raises(Refused, match="enquête 2025"):
        receive(response, filled(past, tmp_path, {}), cast)
    path = filled(response, tmp_path, {})
    response.campaign.version.checksum = "0" * 64
    response.campaign.version.save(update_fields=["checksum"])
    with pytest.raises(Refused, match="questionnaire a changé"):
        receive(response, path, cast)


def test_hostile_files_are_refused(response: Response, cast: Cast, tmp_path: Path) -> None:
    path = tmp_path / "renvoi.xlsx"
    path.write_bytes(b"code;valeur")
    with pytest.raises(Refused, match="pas un classeur XLSX"):
        receive(response, path, cast)
    with path.open("wb") as file:
        file.truncate(60 * 1024 * 1024)
    with pytest.raises(Refused, match="dépasse 10\u00a0Mo"):
        receive(response, path, cast)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "")
        archive.writestr("xl/workbook.xml", "")
        for index in range(4):
            archive.writestr(f"xl/worksheets/sheet{index}.xml", bytes(50 * 1024 * 1024))
    with pytest.raises(Refused, match="200\u00a0Mo une fois ouvert"):
        receive(response, path, cast)
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("[Content_Types].xml", "application/vnd.ms-excel.sheet.macroEnabled.main+xml")
        archive.writestr("xl/workbook.xml", "")
    with pytest.raises(Refused, match="macros"):
        receive(response, path, cast)
    openpyxl.Workbook().save(path)
    with pytest.raises(Refused, match="ne vient pas de SENACS"):
        receive(response, path, cast)


def test_closed_response_and_other_people_are_refused(response: Response, cast: Cast, tmp_path: Path) -> None:
    path = filled(response, tmp_path, {"clas": "Oui"})
    for name in ("correspondant_caf", "neighbour_responsable", "national"):
        with pytest.raises(NotAllowed):
            receive_workbook(response=response, path=path, name="x.xlsx", by=cast.users()[name])
    upload = receive(response, path, cast)
    sign(response, "submitted", by=cast.responsable)
    with pytest.raises(Refused, match="ne peut plus la changer"):
        receive(response, path, cast)
    with pytest.raises(Refused, match="envoyée"):
        apply_workbook(upload=upload, by=cast.responsable)
