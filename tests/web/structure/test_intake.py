"""Pages of what is not typed: workbook, software, entries of others, participation."""

import re
from io import BytesIO

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from senacs.collection.enums import ProposalState
from senacs.collection.models import Absence, ApiToken, Response
from senacs.collection.on_behalf import contested_codes
from senacs.collection.participation import ask_more_time
from senacs.collection.proposals import propose_values
from senacs.collection.services import save_values
from senacs.collection.tokens import create_token, recognise
from senacs.collection.workbook import layout
from tests.factories import Cast

pytestmark = pytest.mark.django_db


def test_workbook_goes_down_and_up_and_is_seen_before_it_is_written(sign_in, cast: Cast, response: Response) -> None:
    client = sign_in(cast.responsable)
    book = openpyxl.load_workbook(BytesIO(client.get(reverse("saisie_workbook", args=[response.pk])).content))
    for sheet in book.worksheets:
        for row in sheet.iter_rows(min_row=layout.FIRST_ROW + 1):
            if row[layout.CODE].value == "salaries_total":
                row[layout.VALUE].value = 12
            if row[layout.CODE].value == "etp_total":
                row[layout.VALUE].value = "beaucoup"
    content = BytesIO()
    book.save(content)
    upload = SimpleUploadedFile("rempli.xlsx", content.getvalue())
    reply = client.post(reverse("saisie_workbook_send", args=[response.pk]), {"file": upload})
    page = client.get(reply.headers["Location"]).content.decode()
    assert "Rien n’est encore enregistré" in page
    assert "« beaucoup » n’est pas un nombre" in page
    response.refresh_from_db()
    assert response.values == {}
    assert client.post(reply.headers["Location"], follow=True).status_code == 200
    response.refresh_from_db()
    assert response.values["salaries_total"]["valeur"] == 12
    assert "a été appliqué" in client.get(reply.headers["Location"]).content.decode()


def test_wrong_file_is_refused_at_its_field(sign_in, cast: Cast, response: Response) -> None:
    url = reverse("saisie_workbook_send", args=[response.pk])
    reply = sign_in(cast.responsable).post(url, {"file": SimpleUploadedFile("x.xlsx", b"nom;valeur")})
    assert reply.status_code == 422
    assert "pas un classeur XLSX" in reply.content.decode()


def test_token_is_shown_once_and_withdrawn(sign_in, cast: Cast, response: Response) -> None:
    client = sign_in(cast.responsable)
    url = reverse("saisie_tokens", args=[response.pk])
    assert "senacs_" in client.post(url, {"label": "juin"}).content.decode()
    token = ApiToken.objects.get()
    page = client.get(url).content.decode()
    assert "juin" in page
    assert page.count("senacs_") == 1  # its first characters only
    client.post(reverse("saisie_token_revoke", args=[response.pk, token.pk]))
    token.refresh_from_db()
    assert not token.is_active


def test_the_page_says_until_when_a_token_serves_when_it_did_and_why_it_ended(
    sign_in, cast: Cast, response: Response
) -> None:
    _, secret = create_token(structure=cast.structure, label="juin", by=cast.responsable)
    url = reverse("saisie_tokens", args=[response.pk])
    page = sign_in(cast.suppleant).get(url).content.decode()
    assert "jusqu’au" in page
    never = re.compile(r'data-label="Dernier appel">\s*jamais')
    assert never.search(page)
    recognise(secret)
    assert not never.search(sign_in(cast.suppleant).get(url).content.decode())
    cast.responsable.mandates.get().delete()
    assert "n’est plus responsable de la saisie" in sign_in(cast.suppleant).get(url).content.decode()


def test_deputy_sees_tokens_without_managing_them(sign_in, cast: Cast, response: Response) -> None:
    client = sign_in(cast.suppleant)
    url = reverse("saisie_tokens", args=[response.pk])
    assert "Seul le responsable" in client.get(url).content.decode()
    assert client.post(url, {"label": "juin"}).status_code == 403


def test_proposals_are_accepted_one_by_one_or_refused_together(sign_in, cast: Cast, response: Response) -> None:
    token, _ = create_token(structure=cast.structure, label="juin", by=cast.responsable)
    propose_values(response=response, token=token, values={"salaries_total": 12, "etp_total": 7.5, "clas": True})
    client = sign_in(cast.suppleant)
    url = reverse("saisie_proposals", args=[response.pk])
    assert "7,5\u00a0ETP" in client.get(url).content.decode()
    client.post(url, {"accepter": response.proposals.get(code="etp_total").pk})
    client.post(url, {"refuser": "*"})
    states = dict(response.proposals.values_list("code", "state"))
    assert states == {
        "salaries_total": ProposalState.REFUSED,
        "etp_total": ProposalState.ACCEPTED,
        "clas": ProposalState.REFUSED,
    }
    response.refresh_from_db()
    assert response.values.keys() == {"etp_total"}


def test_correspondent_enters_on_behalf_and_the_structure_judges(sign_in, cast: Cast, response: Response) -> None:
    url = reverse("saisie_section", args=[response.pk, "finances"])
    client = sign_in(cast.correspondant_caf)
    assert "Saisie pour le compte de" in client.get(url).content.decode()
    typed = {"seen": 0, "present": "budget_total budget_caf", "v-budget_total": "200000", "v-budget_caf": "50000"}
    assert client.post(url, typed).status_code == 302
    response.refresh_from_db()
    assert response.values["budget_total"]["provenance"] == "saisie_caf"
    client = sign_in(cast.responsable)
    page = reverse("saisie_on_behalf", args=[response.pk])
    assert "2\u00a0valeurs attendent" in client.get(page).content.decode()
    client.post(page, {"code": "budget_total", "action": "contester", "motif": "C’est 180 000 €."})
    client.post(page, {"action": "accepter"})
    assert contested_codes(response) == ["budget_total"]
    told = client.get(page).content.decode()
    assert "C’est 180 000 €." in told
    dashboard = client.get(reverse("saisie_dashboard", args=[response.pk])).content.decode()
    assert "1\u00a0contestée" in dashboard
    client = sign_in(cast.correspondant_caf)
    assert "valeur contestée" in client.get(reverse("suivi_response", args=[response.pk])).content.decode()


@pytest.mark.parametrize(("name", "status"), [("national", 403), ("preparation", 404)])
def test_others_do_not_enter(sign_in, cast: Cast, response: Response, name: str, status: int) -> None:
    url = reverse("saisie_section", args=[response.pk, "finances"])
    assert sign_in(cast.users()[name]).post(url, {"seen": 0, "present": ""}).status_code == status


@pytest.mark.parametrize("name", ["correspondant_caf", "national"])
@pytest.mark.parametrize("page", ["saisie_tokens", "saisie_proposals", "saisie_on_behalf", "saisie_participation"])
def test_pages_of_the_structure_are_its_own(sign_in, cast: Cast, response: Response, page: str, name: str) -> None:
    assert sign_in(cast.users()[name]).get(reverse(page, args=[response.pk])).status_code == 403


def test_structure_declines_and_comes_back(sign_in, cast: Cast, response: Response) -> None:
    client = sign_in(cast.responsable)
    url = reverse("saisie_participation", args=[response.pk])
    assert client.post(url, {"action": "declined"}).status_code == 422
    client.post(url, {"action": "declined", "declined-reason": "no_time"})
    assert Absence.objects.get().reason == "no_time"
    assert "Pas le temps" in client.get(url).content.decode()
    client.post(url, {"action": "participer"})
    assert not Absence.objects.exists()


def test_more_time_is_asked_then_granted_by_the_correspondent(sign_in, cast: Cast, response: Response) -> None:
    until = response.campaign.review_ends_on.isoformat()
    client = sign_in(cast.responsable)
    url = reverse("saisie_participation", args=[response.pk])
    assert client.post(url, {"action": "delai", "until": "2026-02-31", "reason": "x"}).status_code == 422
    client.post(url, {"action": "delai", "until": until, "reason": "Comptes pas clos."})
    asked = response.extension_requests.get()
    client = sign_in(cast.correspondant_federal)
    page = client.get(reverse("suivi_response", args=[response.pk])).content.decode()
    assert "Comptes pas clos." in page
    client.post(reverse("suivi_extension", args=[response.pk, asked.pk]), {"act": "accorder", "until": until})
    response.refresh_from_db()
    assert response.extended_until == response.campaign.review_ends_on


def test_national_team_grants_no_time(sign_in, cast: Cast, response: Response) -> None:
    asked = ask_more_time(
        response=response, until=response.campaign.review_ends_on, reason="Absence.", by=cast.responsable
    )
    url = reverse("suivi_extension", args=[response.pk, asked.pk])
    assert sign_in(cast.national).post(url, {"act": "accorder"}).status_code == 403


def test_workbook_of_a_stranger_is_not_found(sign_in, cast: Cast, response: Response) -> None:
    save_values(response=response, inputs={"salaries_total": "12"}, by=cast.responsable)
    assert sign_in(cast.stranger).get(reverse("saisie_workbook", args=[response.pk])).status_code == 404
