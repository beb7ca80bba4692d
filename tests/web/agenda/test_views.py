"""The page of what waits, the number in the menu, the choice of the pace of letters."""

import pytest

from senacs.accounts.models import NoticePace, User
from senacs.accounts.notices import News, tell_plainly
from senacs.campaigns.models import Campaign
from senacs.collection.models import Response
from tests.factories import Cast


def test_page_leads_to_the_place_of_each_act(cast: Cast, response: Response, sign_in) -> None:
    html = sign_in(cast.responsable).get("/attente/").content.decode()
    assert "1\u00a0chose à faire" in html
    assert f'href="/saisie/{response.pk}/"' in html
    assert "Ce qui attend l’autre" not in html
    pair = sign_in(cast.correspondant_caf).get("/attente/").content.decode()
    assert "Rien ne vous attend" in pair and "Ce qui attend les structures" in pair


@pytest.mark.parametrize("name", ["copil", "preparation", "regional", "comite_technique", "national", "nobody"])
def test_every_role_has_its_page(name: str, cast: Cast, campaign: Campaign, sign_in) -> None:
    client = sign_in(cast.users()[name])
    assert client.get("/attente/").status_code == 200
    assert client.get("/attente/nombre/").status_code == 200


def test_menu_asks_for_the_number_apart(cast: Cast, response: Response, sign_in) -> None:
    client = sign_in(cast.responsable)
    assert 'data-count="/attente/nombre/"' in client.get("/compte/").content.decode()
    counted = client.get("/attente/nombre/")
    assert counted.json() == {"count": 1, "told": "1\u00a0chose à faire"}
    assert counted.headers["Cache-Control"] == "private, max-age=30"
    assert sign_in(cast.stranger).get("/attente/nombre/").json()["count"] == 0


def test_pace_is_chosen_and_what_was_told_is_listed(cast: Cast, sign_in) -> None:
    client = sign_in(cast.correspondant_caf)
    assert client.post("/compte/lettres/", {"pace": "toujours"}).status_code == 422
    assert client.post("/compte/lettres/", {"pace": NoticePace.DAILY}).status_code == 302
    person = User.objects.get(pk=cast.correspondant_caf.pk)
    tell_plainly([person], News("Contestée", "Dit.", "La lire", "/suivi/1/", None))
    html = client.get("/compte/lettres/").content.decode()
    assert 'href="/suivi/1/">Contestée</a>' in html and "dans la prochaine lettre du" in html
    assert "Une lettre par jour" in client.get("/compte/").content.decode()
