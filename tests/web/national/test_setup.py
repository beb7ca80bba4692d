"""« Mise en route », lists of the register and campaigns, as the national team uses them."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as delivered
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from senacs.accounts.models import CharteVersion, User
from senacs.campaigns.enums import Phase
from senacs.campaigns.models import Campaign
from senacs.collection.enums import ResponseState
from senacs.jobs.models import BackgroundJob
from senacs.lib import clock
from senacs.questionnaire.models import QuestionnaireVersion
from senacs.register.models import RegisterImport
from senacs.structures.models import Caf, Structure
from senacs.territories.models import PostalCode
from tests import factories
from tests.factories import Cast
from tests.territories.package import write_package

SignIn = Callable[[User], Client]
LIST = "nom;type;code postal;commune\nCentre social du Lac;CS;26000;Valence\n"


def shown(client: Client, path: str) -> str:
    return " ".join(client.get(path).content.decode().split())


def test_each_part_is_loaded_by_its_button(
    cast: Cast, sign_in: SignIn, settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("senacs.register.services.PLACES", write_package(tmp_path / "package"))
    client = sign_in(cast.national)
    before = Caf.objects.count()
    reference = tmp_path / "data" / "reference"
    reference.mkdir(parents=True)
    (reference / "caf.csv").write_text("code;nom;departements;epci\n26;Caf de la Drôme;26;\n", encoding="utf-8")
    (reference / "federations.csv").write_text("code;nom;departements\nFED-26;Union;26\n", encoding="utf-8")
    charte = delivered.BASE_DIR / "data" / "reference" / "charte-1.md"
    (reference / "charte-2.md").write_text(charte.read_text(encoding="utf-8"), encoding="utf-8")
    settings.DATA_DIR = tmp_path / "data"
    client.post("/national/mise-en-route/territoires/")
    page = shown(client, "/national/mise-en-route/")
    assert "Chargement des territoires : en attente" in page
    again = client.post("/national/mise-en-route/territoires/", follow=True)
    assert "est déjà en cours" in again.content.decode()
    factories.do_jobs()
    assert "Chargement des territoires" not in shown(client, "/national/mise-en-route/")
    assert BackgroundJob.objects.get().told.startswith("Territoires chargés : ")
    for part, told in (
        ("institutions", "1 Caf"),
        ("questionnaire", "enregistré"),
    ):
        assert told in client.post(f"/national/mise-en-route/{part}/", follow=True).content.decode()
    assert Caf.objects.count() == before + 1
    assert QuestionnaireVersion.objects.get().code == "senacs-2026"
    # The new text binds at once, its publisher first of all.
    reply = client.post("/national/mise-en-route/charte/", follow=True)
    assert reply.redirect_chain[-1][0].startswith("/charte/accepter/")
    assert CharteVersion.objects.order_by("-number")[0].number == 2
    assert client.post("/national/mise-en-route/inconnu/").status_code in {302, 404}


def test_what_is_missing_is_said(cast: Cast, sign_in: SignIn, settings: Any, tmp_path: Path) -> None:
    settings.DATA_DIR = tmp_path
    reply = sign_in(cast.national).post("/national/mise-en-route/institutions/", follow=True)
    assert "caf.csv" in reply.content.decode()


@pytest.mark.parametrize("path", ["/national/mise-en-route/", "/national/registre/listes/", "/national/campagnes/"])
def test_pages_belong_to_the_national_team(cast: Cast, sign_in: SignIn, path: str) -> None:
    assert sign_in(cast.national).get(path).status_code == 200
    assert sign_in(cast.comite_technique).get(path).status_code == 403


def test_a_list_is_tried_then_applied(cast: Cast, sign_in: SignIn) -> None:
    PostalCode.objects.create(code="26000", commune=cast.structure.commune)
    client = sign_in(cast.national)
    reply = client.post("/national/registre/listes/", {"file": SimpleUploadedFile("liste.csv", LIST.encode())})
    received = RegisterImport.objects.get()
    path = f"/national/registre/listes/{received.pk}/"
    assert reply.headers["Location"] == path
    assert "Essai de la liste : en attente" in shown(client, path) and "Appliquer la liste" not in shown(client, path)
    factories.do_jobs()
    assert "Structures nouvelles" in shown(client, path) and "Rien n’est encore changé" in shown(client, path)
    assert not Structure.objects.filter(name="Centre social du Lac").exists()
    client.post(f"{path}appliquer/")
    factories.do_jobs()
    assert Structure.objects.filter(name="Centre social du Lac").exists()
    assert "Voici ce qu’elle a fait" in shown(client, path)
    assert "S-000001" in client.get(f"{path}rapport.csv").content.decode("utf-8-sig")
    told = client.get(f"{path}reparee.xlsx", follow=True).content.decode()
    assert "ne garde que son rapport" in told, "applied: its content is kept no more"
    client.post(f"{path}appliquer/")
    factories.do_jobs()
    assert "Cette liste est déjà appliquée" in shown(client, path)


def test_a_register_that_moved_is_tried_again_and_told(cast: Cast, sign_in: SignIn) -> None:
    PostalCode.objects.create(code="26000", commune=cast.structure.commune)
    client = sign_in(cast.national)
    client.post("/national/registre/listes/", {"file": SimpleUploadedFile("liste.csv", LIST.encode())})
    factories.do_jobs()
    path = f"/national/registre/listes/{RegisterImport.objects.get().pk}/"
    PostalCode.objects.all().delete()
    client.post(f"{path}appliquer/")
    factories.do_jobs()
    assert "Le registre a changé depuis cet essai" in shown(client, path)
    assert not Structure.objects.filter(name__endswith="du Lac").exists()
    client.post(f"{path}appliquer/")
    factories.do_jobs()
    assert "Voici ce qu’elle a fait" in shown(client, path) and "a changé depuis" not in shown(client, path)


def test_what_is_no_list_is_said_at_the_field(cast: Cast, sign_in: SignIn) -> None:
    client = sign_in(cast.national)
    for content in (b"couleur\nbleu\n", b"PK\x03\x04"):
        reply = client.post("/national/registre/listes/", {"file": SimpleUploadedFile("liste.xlsx", content)})
        assert reply.status_code == 422 and "error" in reply.content.decode()
    assert not RegisterImport.objects.exists()


def dates(**shift: int) -> dict[str, str]:
    days = {"opens_on": 0, "closes_on": 90, "review_ends_on": 150} | shift
    return {name: f"{clock.today() + timedelta(days=number):%Y-%m-%d}" for name, number in days.items()}


def test_a_campaign_is_prepared_from_the_one_before(cast: Cast, sign_in: SignIn) -> None:
    before = factories.make_campaign(version=factories.make_questionnaire("minimal_2025"), phase=Phase.DIFFUSION)
    factories.make_invited(cast.structure, before)
    version = factories.make_questionnaire()
    client = sign_in(cast.national)
    proposed = before.opens_on.replace(year=before.opens_on.year + 1)
    assert f'value="{proposed:%Y-%m-%d}"' in shown(client, "/national/campagnes/")
    wrong = client.post("/national/campagnes/", {"version": version.pk, **dates(closes_on=300)})
    assert wrong.status_code == 422 and "doivent se suivre" in wrong.content.decode()
    reply = client.post("/national/campagnes/", {"version": version.pk, **dates()})
    campaign = Campaign.objects.get(version=version)
    assert reply.headers["Location"] == f"/national/campagnes/{campaign.year}/"
    page = shown(client, f"/national/campagnes/{campaign.year}/")
    assert "Nouvelles depuis la campagne précédente : 1" in page and cast.neighbour.name in page
    client.post(f"/national/campagnes/{campaign.year}/liste/")
    factories.do_jobs()
    assert campaign.responses.count() == 2
    assert "La liste dit ce que dit le registre" in shown(client, f"/national/campagnes/{campaign.year}/")


def test_dates_are_moved_and_refused_when_they_do_not_follow(cast: Cast, campaign: Campaign, sign_in: SignIn) -> None:
    client, path = sign_in(cast.national), f"/national/campagnes/{campaign.year}/"
    closing = (campaign.closes_on - clock.today()).days
    assert client.post(path, dates(closes_on=closing, review_ends_on=170)).status_code == 302
    assert Campaign.objects.get().review_ends_on == clock.today() + timedelta(days=170)
    assert client.post(path, dates(closes_on=200)).status_code == 422
    assert client.post(path, dates() | {"opens_on": "bientôt"}).status_code == 422
    # Once the entry is open, a later closing is a delay granted to all, which is written to them.
    later = client.post(path, dates(closes_on=closing + 10, review_ends_on=170))
    assert later.status_code == 422 and "un délai accordé à toutes" in later.content.decode()
    assert Campaign.objects.get().review_ends_on == clock.today() + timedelta(days=170)


def test_one_approved_in_mid_campaign_is_invited_alone(cast: Cast, campaign: Campaign, sign_in: SignIn) -> None:
    factories.make_response(structure=cast.structure, campaign=campaign, state=ResponseState.DRAFT)
    client, path = sign_in(cast.national), f"/national/campagnes/{campaign.year}/"
    assert cast.neighbour.name in shown(client, path)
    client.post(f"{path}inviter/", {"structure": [str(cast.neighbour.pk)]})
    assert campaign.responses.filter(structure=cast.neighbour).exists()
    assert "Agréées depuis l’ouverture" not in shown(client, path)
