"""Every letter has its title, an example of each variable, and reads as sound French; one is sent as an essay."""

import pytest
from django.test import Client

from senacs.letters.mail import Letter
from senacs.letters.models import OutgoingLetter
from senacs.letters.previews import _document, faults_of, letter_model, letter_models
from tests import factories
from tests.factories import Cast

MODELS = {model.key: model for model in letter_models()}


def test_titles_are_those_of_the_letters() -> None:
    assert set(_document()["titres"]) == set(MODELS) and len(MODELS) >= 37


@pytest.mark.parametrize("key", sorted(MODELS))
def test_a_letter_reads_well(key: str) -> None:
    model = MODELS[key]
    assert model.variables and model.faults == []
    shown = model.preview()
    assert shown.body.startswith("Bonjour") and shown.body.rstrip().splitlines()[-1]


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ("Bonjour, c'est l'heure.", "apostrophe"),
        ('Bonjour, la "réponse".', "guillemets"),
        ("Bonjour,  deux espaces.", "deux espaces"),
        ("Bonjour...", "trois points"),
        ("Bonjour! Ça va.", "signe double"),
        ("Bonjour , vous.", "devant un signe"),
        ("Bonjour {{ user }}.", "gabarit"),
        ("Bonjour, ton mandat finit.", "tutoiement"),
        ("Bonjour, click ici.", "anglais"),
        ("", "vide"),
    ],
)
def test_what_is_not_sound_is_told(body: str, told: str) -> None:
    assert any(told in fault for fault in faults_of(Letter("a@exemple.fr", "Objet", body)))


def test_what_is_sound_is_not() -> None:
    body = "Bonjour Camille,\n\nVotre réponse est arrivée ; merci ! Lisez-la : https://a.fr/x?y=1;z\n\na@b.fr"
    assert faults_of(Letter("a@exemple.fr", "Votre réponse", body)) == []


def test_the_team_reads_each_and_sends_one_to_itself(client: Client, cast: Cast) -> None:
    client.force_login(cast.national)
    factories.prove_identity(client, cast.national)
    page = client.get("/national/lettres/modeles/").content.decode()
    assert all(f"/national/lettres/modeles/{key}/" in page for key in MODELS)
    relance = "/national/lettres/modeles/campaigns-relance/"
    assert "Centre social du Plan" in client.get(relance).content.decode()
    assert client.post(relance).status_code == 302
    assert [(one.to, one.subject[:8]) for one in OutgoingLetter.objects.all()] == [(cast.national.email, "Essai : ")]
    assert client.get("/national/lettres/modeles/inconnue/").status_code == 404
    assert letter_model("inconnue") is None
