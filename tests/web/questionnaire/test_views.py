"""« Ce qui change » for everyone signed in, and the preparation of a version by the comité technique alone."""

from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from senacs.questionnaire.engine.loader import from_document, load_directory
from senacs.questionnaire.models import QuestionnaireVersion
from senacs.questionnaire.queries import changes_of
from senacs.questionnaire.xlsform.columns import SURVEY
from senacs.questionnaire.xlsform.sheets import sheets_of
from senacs.questionnaire.xlsform.writer import write_workbook
from tests.factories import QUESTIONNAIRES, Cast, make_campaign, make_questionnaire, make_response
from tests.reading import flat

pytestmark = pytest.mark.django_db


@pytest.fixture
def version(db: None) -> QuestionnaireVersion:
    make_questionnaire("minimal_2025")
    return make_questionnaire("minimal")


def workbook(name: str = "minimal", **changes: object) -> SimpleUploadedFile:
    content = BytesIO()
    document = load_directory(QUESTIONNAIRES / name).document | changes
    write_workbook(from_document(document), content)
    return SimpleUploadedFile("brouillon.xlsx", content.getvalue())


@pytest.mark.parametrize("name", ["responsable", "correspondant_caf", "copil", "comite_technique", "nobody"])
def test_changes_are_read_by_everyone_signed_in(sign_in, cast: Cast, version: QuestionnaireVersion, name: str) -> None:
    page = sign_in(cast.users()[name]).get(reverse("questionnaire_changes", args=[version.code]))
    assert page.status_code == 200
    assert "questions redéfinies" in page.content.decode()
    assert "L’unité passe de « aucun » à « ETP »." in page.content.decode()


def test_first_version_has_nothing_to_compare(sign_in, cast: Cast) -> None:
    version = make_questionnaire("minimal_2025")
    page = sign_in(cast.responsable).get(reverse("questionnaire_changes", args=[version.code]))
    assert "rien à comparer" in page.content.decode()


def test_workbook_of_a_version_can_be_taken(sign_in, cast: Cast, version: QuestionnaireVersion) -> None:
    reply = sign_in(cast.responsable).get(reverse("questionnaire_workbook", args=[version.code, version.code]))
    assert reply.content.startswith(b"PK")
    other = sign_in(cast.responsable).get(reverse("questionnaire_workbook", args=[version.code, "autre"]))
    assert other.status_code == 404


@pytest.mark.parametrize("name", ["national", "responsable", "copil"])
def test_preparation_belongs_to_the_comite_technique(
    sign_in, cast: Cast, version: QuestionnaireVersion, name: str
) -> None:
    client = sign_in(cast.users()[name])
    for url in (
        reverse("national_questionnaires"),
        reverse("national_questionnaire", args=[version.code]),
        reverse("national_questionnaire_preview", args=[version.code, "cs"]),
    ):
        assert client.get(url).status_code == 403


def test_draft_is_imported_from_its_workbook(sign_in, cast: Cast) -> None:
    client = sign_in(cast.comite_technique)
    reply = client.post(reverse("national_questionnaires"), {"file": workbook(code="brouillon", title="Un brouillon")})
    assert reply.headers["Location"] == reverse("national_questionnaire", args=["brouillon"])
    page = client.get(reply.headers["Location"]).content.decode()
    assert "Un brouillon" in page
    assert "la règle" not in page


def test_bad_workbook_is_told_by_sheet_row_and_reason(sign_in, cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    bad = BytesIO()
    questionnaire = load_directory(QUESTIONNAIRES / "minimal")

    def broken(*arguments: object) -> object:
        found = sheets_of(questionnaire)
        next(row for row in found[SURVEY] if row.get("name") == "etp_total").cells["senacs_decimals"] = "deux"
        return found

    monkeypatch.setattr("senacs.questionnaire.xlsform.writer.sheets_of", broken)
    write_workbook(questionnaire, bad)
    reply = sign_in(cast.comite_technique).post(
        reverse("national_questionnaires"), {"file": SimpleUploadedFile("faux.xlsx", bad.getvalue())}
    )
    page = flat(reply)
    assert reply.status_code == 422
    assert "« deux » n’est pas un nombre entier" in page
    row = next(row.number for row in sheets_of(questionnaire)["survey"] if row.get("name") == "etp_total")
    assert f">{row}</td>" in page
    assert not QuestionnaireVersion.objects.exists()


def test_file_that_is_no_workbook_is_refused(sign_in, cast: Cast) -> None:
    reply = sign_in(cast.comite_technique).post(
        reverse("national_questionnaires"), {"file": SimpleUploadedFile("q.xlsx", b"code;label")}
    )
    assert reply.status_code == 422
    assert "pas un classeur XLSX" in reply.content.decode()


def test_decision_is_recorded_and_shown_to_everyone(sign_in, cast: Cast, version: QuestionnaireVersion) -> None:
    client = sign_in(cast.comite_technique)
    url = reverse("national_questionnaire_decide", args=[version.code])
    assert client.post(url, {"question": "etp_total", "effect": "break"}).status_code == 422
    client.post(url, {"question": "etp_total", "effect": "break", "text": "Unité précisée."})
    changes = changes_of(version)
    assert changes is not None
    assert "etp_total" not in {change.question.code for change in changes.awaited}
    page = client.get(reverse("questionnaire_changes", args=[version.code])).content.decode()
    assert "Unité précisée." in page


def test_preview_shows_what_each_kind_is_asked_and_no_real_answer(
    sign_in, cast: Cast, version: QuestionnaireVersion
) -> None:
    before = make_questionnaire("minimal_2025")
    make_response(
        structure=cast.structure,
        campaign=make_campaign(version=before),
        values={"budget_total": 734159},
        state="validated",
    )
    client = sign_in(cast.comite_technique)
    pages = {
        kind: client.get(reverse("national_questionnaire_preview", args=[version.code, kind])).content.decode()
        for kind in ("cs", "evs")
    }
    assert "Projet de l’EVS" in pages["evs"]
    assert "Projet de l’EVS" not in pages["cs"]
    assert "734" not in pages["cs"]
    assert client.get(reverse("national_questionnaire_preview", args=[version.code, "x"])).status_code == 404
