"""The three copies of the answers say the same, and nothing typed becomes a formula."""

import io
import json
import zipfile
from datetime import date

import pytest
from pypdf import PdfReader
from python_calamine import CalamineWorkbook

from senacs.campaigns.models import Campaign
from senacs.collection import exports
from senacs.collection.models import Response
from senacs.collection.services import save_values
from tests import factories
from tests.factories import Cast


@pytest.fixture
def filled(cast: Cast, campaign: Campaign) -> Response:
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


def test_checksum_depends_on_the_answers_alone(filled: Response, cast: Cast) -> None:
    before = exports.checksum(filled)
    filled.values["benevoles"]["provenance"] = "declaree"
    assert exports.checksum(filled) == before
    filled.values["benevoles"]["valeur"] = 1
    assert exports.checksum(filled) != before


def test_json_holds_what_is_stored_and_the_totals(filled: Response, cast: Cast) -> None:
    document = json.loads(exports.as_json(filled))
    assert document["structure"] == {"code": cast.structure.code, "nom": "Centre social du Plan"}
    assert (document["annee"], document["annee_des_donnees"]) == (2026, 2025)
    assert document["reponses"]["etp_total"] == {"etat": "valeur", "valeur": "12.5", "provenance": "declaree"}
    assert document["reponses"]["benevoles"] == {"etat": "valeur", "valeur": 0, "provenance": "saisie_caf"}
    assert document["reponses"]["budget_autres"]["etat"] == "non_concerne"
    assert document["calculs"]["budget_detail"] == 60000
    # Hidden by « clas = non »: not asked, so not told.
    assert "clas_enfants" not in document["reponses"]


def test_xlsx_holds_typed_cells_and_no_formula(filled: Response) -> None:
    content = exports.as_xlsx(filled)
    rows = CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_name("Réponses").to_python()
    header = next(row for row in rows if row[0] == "Rubrique")
    by_code = {row[1]: dict(zip(header, row, strict=True)) for row in rows[rows.index(header) + 1 :]}
    assert by_code["salaries_total"]["Réponse"] == 1234
    assert by_code["etp_total"]["Réponse"] == 12.5
    assert by_code["benevoles"]["Réponse"] == 0
    assert by_code["benevoles"]["Provenance"] == "Saisie par la Caf"
    assert by_code["budget_autres"]["Réponse"] == "Non concerné"
    assert by_code["budget_total"]["État"] == "Sans réponse"
    assert by_code["budget_detail"]["État"] == "Calculé"
    assert by_code["ouverture"]["Réponse"] == date(2024, 9, 1)
    assert by_code["commentaire"]["Réponse"] == '=HYPERLINK("http://exemple.fr")'
    assert "clas_enfants" not in by_code
    assert b"<f>" not in zipfile.ZipFile(io.BytesIO(content)).read("xl/worksheets/sheet1.xml")


def test_pdf_tells_questions_answers_and_who_entered(filled: Response) -> None:
    content = exports.as_pdf(filled)
    text = " ".join(" ".join(page.extract_text() for page in PdfReader(io.BytesIO(content)).pages).split())
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
        exports.checksum(filled)[:16],
    ):
        assert expected in text.replace("\u202f", " ").replace("\xa0", " "), expected
    assert "Enfants accompagnés" not in text


def test_copies_are_made_of_an_empty_response_too(response: Response) -> None:
    assert json.loads(exports.as_json(response))["reponses"] == {}
    assert exports.as_xlsx(response).startswith(b"PK")
    assert exports.as_pdf(response).startswith(b"%PDF")
    assert exports.filename(response, "pdf") == f"senacs-2026-{response.structure.code}.pdf"
