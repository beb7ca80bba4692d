"""Copies that a structure keeps, and the checksum of its receipt."""

import io
from typing import Any

import python_calamine

from senacs.collection import copies
from senacs.collection.enums import ResponseState
from senacs.collection.models import Response
from senacs.collection.services import save_values
from tests import factories


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


def test_workbook_holds_numbers_as_numbers(cast: factories.Cast, campaign: Any) -> None:
    response = factories.make_response(
        structure=cast.structure, campaign=campaign, values={"etp_total": "3.5", "commentaire": "=1+1"}
    )
    book = python_calamine.load_workbook(io.BytesIO(copies.as_xlsx(response)))
    rows = {row[5]: row for row in book.get_sheet_by_name("Réponses").to_python()}
    assert rows["etp_total"][2] == 3.5
    assert rows["commentaire"][2] == "=1+1"
    assert rows["salaries_total"][4] == "Sans réponse"
