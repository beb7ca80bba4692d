"""« Lecture motivée » in the browser: the purpose asked before any page, each page and copy told to the structure."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from senacs.accounts.models import AccessEntry, User
from senacs.collection.models import Response
from tests import factories
from tests.factories import Cast
from tests.reading import flat

SignIn = Callable[[User], Client]
WHY = "La directrice demande de l’aide pour son budget."
PAGES = ["saisie_dashboard", "saisie_preparation", "saisie_answers", "saisie_review", "saisie_hints", "suivi_response"]


@pytest.fixture
def drafted(cast: Cast, campaign) -> Response:
    return factories.make_response(structure=cast.structure, campaign=campaign, values={"salaries_total": 7})


def addresses(response: Response) -> list[str]:
    found = [reverse(name, args=[response.pk]) for name in PAGES]
    found += [reverse("saisie_copy", args=[response.pk, kind]) for kind in ("pdf", "xlsx", "json")]
    found.append(reverse("saisie_section", args=[response.pk, "emplois"]))
    found.append(reverse("saisie_workbook", args=[response.pk]))
    found += [reverse(name, args=[response.pk, "salaries_total"]) for name in ("suivi_cell", "suivi_history")]
    return found


def test_every_page_and_copy_leads_to_the_purpose_first(cast: Cast, drafted: Response, sign_in: SignIn) -> None:
    client = sign_in(cast.national)
    asked = reverse("national_reading", args=[cast.structure.pk])
    for address in addresses(drafted):
        reply = client.get(address)
        assert (reply.status_code, reply.headers.get("Location", "")[: len(asked)]) == (302, asked), address
    assert not AccessEntry.objects.exists()
    assert "Pourquoi lisez-vous ces réponses" in client.get(reply.headers["Location"]).content.decode()


def test_once_said_every_page_opens_and_the_structure_reads_it(cast: Cast, drafted: Response, sign_in: SignIn) -> None:
    client = sign_in(cast.national)
    asked, wanted = reverse("national_reading", args=[cast.structure.pk]), addresses(drafted)
    assert client.post(asked, {"purpose": "voir", "next": wanted[0]}).status_code == 422
    assert client.post(asked, {"purpose": WHY, "next": wanted[0]}).headers["Location"] == wanted[0]
    for number, address in enumerate(wanted, start=1):
        assert client.get(address).status_code == 200, address
        assert AccessEntry.objects.filter(action="page").count() == number, address
    page = client.get(wanted[0]).content.decode()
    assert "Lecture motivée" in page and WHY in page
    assert "Copie des réponses (pdf)" in client.get(reverse("national_readings")).content.decode()

    ledger = flat(sign_in(cast.responsable).get(reverse("saisie_ledger", args=[drafted.pk])))
    assert WHY in ledger and "Lecture : Copie des réponses (pdf)" in ledger and "Historique de" in ledger


def test_reading_never_writes_nor_leads_to_another_site(cast: Cast, drafted: Response, sign_in: SignIn) -> None:
    client = sign_in(cast.national)
    asked = reverse("national_reading", args=[cast.structure.pk])
    elsewhere = {"purpose": WHY, "next": "https://ailleurs.example/"}
    assert client.post(asked, elsewhere).headers["Location"] == reverse("national_readings")
    section = reverse("saisie_section", args=[drafted.pk, "emplois"])
    assert client.post(section, {"seen": 1, "v-salaries_total": "9"}).status_code == 403
    assert client.post(reverse("suivi_act", args=[drafted.pk, "valider"])).status_code == 403
    assert Response.objects.get(pk=drafted.pk).values == drafted.values


@pytest.mark.parametrize("name", ["correspondant_caf", "copil", "preparation", "comite_technique", "responsable"])
def test_form_is_for_the_national_team(cast: Cast, sign_in: SignIn, name: str) -> None:
    client = sign_in(cast.users()[name])
    for address in (reverse("national_reading", args=[cast.structure.pk]), reverse("national_readings")):
        assert client.get(address).status_code == 403
    assert client.post(reverse("national_reading", args=[cast.structure.pk]), {"purpose": WHY}).status_code == 403
    assert not AccessEntry.objects.exists()


def test_list_of_the_national_team_tells_no_answer(cast: Cast, drafted: Response, sign_in: SignIn) -> None:
    page = sign_in(cast.national).get(reverse("suivi")).content.decode()
    assert cast.structure.name in page and "Demandes en cours" not in page
    assert sign_in(cast.national).get(reverse("suivi_queries")).status_code == 403
