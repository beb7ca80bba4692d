"""« Le secret de mes chiffres »: the responsable decides, the suppléant reads, nobody else opens the page."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from senacs.accounts.models import User
from senacs.collection.models import Response
from senacs.observatory.models import SecrecyWaiver
from tests.factories import Cast
from tests.reading import flat

SignIn = Callable[[User], Client]


def test_responsable_waives_and_takes_it_back(cast: Cast, response: Response, sign_in: SignIn) -> None:
    client, url = sign_in(cast.responsable), reverse("saisie_secrecy", args=[response.pk])
    assert url in client.get(reverse("saisie_dashboard", args=[response.pk])).content.decode()
    assert "Je renonce au secret pour mes chiffres" in client.get(url).content.decode()
    assert client.post(url, {"action": "renoncer"}).headers["Location"] == url
    waiver = SecrecyWaiver.objects.get()
    assert (waiver.structure, waiver.given_by, waiver.withdrawn_at) == (response.structure, cast.responsable, None)
    assert "Votre structure a renoncé" in client.get(url).content.decode()
    client.post(url, {"action": "reprendre"})
    waiver.refresh_from_db()
    assert waiver.withdrawn_by == cast.responsable
    page = flat(client.get(url))
    assert "Les chiffres de votre structure sont protégés" in page and "Ce qui a été décidé" in page


def test_suppleant_reads_but_does_not_decide(cast: Cast, response: Response, sign_in: SignIn) -> None:
    client, url = sign_in(cast.suppleant), reverse("saisie_secrecy", args=[response.pk])
    page = client.get(url).content.decode()
    assert "Seule la personne responsable" in page and 'value="renoncer"' not in page
    client.post(url, {"action": "renoncer"})
    assert not SecrecyWaiver.objects.exists()


@pytest.mark.parametrize("name", ["correspondant_caf", "correspondant_federal", "national", "copil", "stranger"])
def test_nobody_else_opens_it(cast: Cast, response: Response, sign_in: SignIn, name: str) -> None:
    client = sign_in(cast.users()[name])
    assert client.get(reverse("saisie_secrecy", args=[response.pk])).status_code in {403, 404}
