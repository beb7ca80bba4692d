"""Copies that a structure keeps, and the checksum of its receipt."""

import io
import zipfile
from datetime import date
from typing import Any

import openpyxl
import pytest
import python_calamine
from pypdf import PdfReader

from senacs.collection import copies
from senacs.collection.enums import ResponseState
from senacs.collection.models import Response
from senacs.collection.services import save_values
from senacs.structures.enums import StructureKind
from tests import factories, real_year


@pytest.fixture
def filled(cast: factories.Cast, campaign: Any) -> Response:
    response = factories.make_response(
        structure=cast.structure,
        campaign=campaign,
        values={
            "salaries_total": 1234,
            "etp_total": "12.5",
            "personnes_animation": 3,
            "budget_caf": 60000,
            "budget_autres": None,
            "clas": False,
            "clas_enfants": 9,
            "ouverture": "2024-09-01",
            "commentaire": '=HYPERLINK("http://exemple.fr")',
        },
    )
    return save_values(response=response, inputs={"benevoles": "0"}, by=cast.correspondant_caf).response


def real_response(kind: StructureKind) -> Response:
    """The whole of a typical structure's answers to the real questionnaire."""
    year = real_year.make_real_year(kind)
    sheet = real_year.sheet_of(kind)
    values = {code: real_year.as_stored(year.fields[code], value) for code, value in sheet.items()}
    campaign = year.response.campaign
    year.response.delete()
    return factories.make_response(structure=year.cast.structure, campaign=campaign, values=values)


WIDTHS = ((1, 62), (2, 30), (3, 14))


def text_of(content: bytes) -> str:
    text = " ".join(page.extract_text() for page in PdfReader(io.BytesIO(content)).pages)
    return " ".join(text.replace("\u202f", " ").replace("\xa0", " ").split())


def test_checksum_changes_with_an_answer_only(cast: factories.Cast, campaign: Any) -> None:
    response = factories.make_response(structure=cast.structure, campaign=campaign, values={"salaries_total": 5})
    first = copies.checksum(response)
    response.values["salaries_total"]["revision"] = 7
    response.state = ResponseState.SUBMITTED
    assert copies.checksum(response) == first
    response.values["salaries_total"]["valeur"] = 6
    assert copies.checksum(response) != first


def test_document_keeps_zero_blank_and_not_concerned_apart(cast: factories.Cast, response: Response) -> None:
    saved = save_values(response=response, inputs={"salaries_total": "0", "benevoles": "nc"}, by=cast.responsable)
    answers = {row["code"]: row for row in copies.as_document(saved.response)["reponses"]}
    assert (answers["salaries_total"]["etat"], answers["salaries_total"]["valeur"]) == ("valeur", 0)
    assert (answers["benevoles"]["etat"], answers["benevoles"]["texte"]) == ("non_concerne", "Non concerné")
    assert answers["etp_total"]["etat"] is None
    assert "clas_enfants" not in answers


def sheets_of(content: bytes) -> dict[str, list[list[Any]]]:
    book = python_calamine.load_workbook(io.BytesIO(content))
    return {name: book.get_sheet_by_name(name).to_python() for name in book.sheet_names}


def test_workbook_holds_numbers_dates_and_texts_as_such_and_no_formula(filled: Response) -> None:
    content = copies.as_xlsx(filled)
    rows = {row[0]: row for rows in sheets_of(content).values() for row in rows}
    assert rows["Salariés (personnes physiques)"][1:4] == [1234, "personnes", "Renseigné"]
    assert rows["Équivalents temps plein"][1] == 12.5
    assert rows["Date d’ouverture"][1] == date(2024, 9, 1)
    assert rows["Bénévoles"][1:4] == [0, "personnes", "Saisie par la Caf"]
    assert rows["Commentaire"][1] == '=HYPERLINK("http://exemple.fr")'
    assert not any("accompagnés" in str(label) for label in rows)
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        written = [archive.read(name) for name in archive.namelist() if "worksheets/" in name]
    assert not any(b"<f>" in sheet for sheet in written)


def test_workbook_prints_whole_columns_on_a4_with_its_titles_on_each_page(filled: Response) -> None:
    with zipfile.ZipFile(io.BytesIO(copies.as_xlsx(filled))) as archive:
        sheets = [archive.read(name) for name in sorted(archive.namelist()) if "worksheets/sheet" in name]
        book = archive.read("xl/workbook.xml").decode()
    for sheet in sheets:
        assert b'<pageSetup paperSize="9"' in sheet
        assert b'fitToHeight="0"' in sheet
        assert b"Page &amp;P sur &amp;N" in sheet
    assert book.count("_xlnm.Print_Area") == len(sheets)
    assert book.count("_xlnm.Print_Titles") == len(sheets) - 1


@pytest.mark.django_db
@pytest.mark.once
def test_rows_of_the_workbook_are_as_high_as_their_texts() -> None:
    """LibreOffice keeps the height that a file gives, and draws the rest over the row below."""
    book = openpyxl.load_workbook(io.BytesIO(copies.as_xlsx(real_response(StructureKind.EVS))))
    rows = [(sheet, row) for sheet in book.worksheets[1:] for row in range(3, sheet.max_row + 1)]
    needed = {
        (sheet.title, row): max(len(str(sheet.cell(row, column).value or "")) / width for column, width in WIDTHS)
        for sheet, row in rows
    }
    long = [place for place, lines in needed.items() if lines > 1.15]
    assert len(long) > 5
    for sheet, row in rows:
        height = sheet.row_dimensions[row].height or 15
        assert height >= 15 * min(needed[sheet.title, row] / 1.15, 20)


def test_pdf_tells_questions_answers_and_who_entered(filled: Response) -> None:
    content = copies.as_pdf(filled)
    text = text_of(content)
    for expected in (
        "Réponses de Centre social du Plan",
        "Données de démonstration",
        "1 234 personnes",
        "12,5 ETP",
        "60 000 €",
        "Non concerné",
        "Sans réponse",
        "Saisie par la Caf",
        "Emplois par catégorie",
    ):
        assert expected in text, expected
    assert copies.checksum(filled) in text.replace(" ", "")
    assert "Enfants accompagnés" not in text


@pytest.mark.parametrize("kind", [StructureKind.CENTRE_SOCIAL, StructureKind.EVS])
@pytest.mark.django_db
def test_pdf_of_a_whole_response_holds_in_eight_pages(kind: StructureKind) -> None:
    content = copies.as_pdf(real_response(kind))
    assert len(PdfReader(io.BytesIO(content)).pages) <= 8
    text = text_of(content)
    assert "Bénévoles par âge" in text
    assert "Axes du projet social en cours, axe 1" in text


@pytest.mark.django_db
def test_pdf_leaves_out_what_is_not_asked() -> None:
    response = real_response(StructureKind.EVS)
    assert "Prestation de service ACF" not in text_of(copies.as_pdf(response))


def test_copies_are_made_of_an_empty_response_too(response: Response) -> None:
    assert not any(row["etat"] for row in copies.as_document(response)["reponses"])
    assert copies.as_xlsx(response).startswith(b"PK")
    assert copies.as_pdf(response).startswith(b"%PDF")
