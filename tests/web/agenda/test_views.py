"""The page of what waits, the number in the menu, the choice of the pace of letters."""

from datetime import timedelta

import pytest

from senacs.accounts.models import NoticePace, User
from senacs.accounts.notices import News, tell_plainly
from senacs.agenda.tick import run_tick
from senacs.campaigns.enums import Phase
from senacs.campaigns.models import Campaign
from senacs.collection.models import Response
from senacs.letters.models import OutgoingLetter
from senacs.lib import clock
from senacs.publication.charts import Area, build_basemap
from tests import factories
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


def test_follow_up_is_the_same_page_at_each_scale(cast: Cast, response: Response, sign_in) -> None:
    for name in ("correspondant_caf", "copil", "regional", "national", "comite_technique"):
        client = sign_in(cast.users()[name])
        html = client.get("/avancement/").content.decode()
        assert "non commencées" in html and "Avancement\u00a0:" in html.replace(" :", "\u00a0:")
        assert client.get("/avancement/avancement.xlsx").content[:2] == b"PK"
    assert sign_in(cast.copil).get("/avancement/?perimetre=france").status_code == 404
    assert sign_in(cast.responsable).get("/avancement/").status_code == 403
    named = sign_in(cast.correspondant_caf).get("/avancement/").content.decode()
    assert f'href="/suivi/{response.pk}/"' in named
    assert cast.structure.name not in sign_in(cast.copil).get("/avancement/").content.decode()


def test_a_map_where_there_are_several_departements(
    cast: Cast, campaign: Campaign, response: Response, sign_in, monkeypatch: pytest.MonkeyPatch
) -> None:
    square = {"type": "Polygon", "coordinates": [[[4.0, 44.0], [5.0, 44.0], [5.0, 45.0], [4.0, 45.0], [4.0, 44.0]]]}
    areas = [Area(one.departement_id, one.departement.name, square) for one in (cast.structure, cast.neighbour)]
    monkeypatch.setattr("senacs.web.agenda.follow_up.basemap", lambda region="": build_basemap(areas, width=520))
    client = sign_in(cast.national)
    title = "Part des structures qui ont envoyé leur réponse"
    assert title not in client.get("/avancement/").content.decode(), "one département is no map"
    factories.make_response(structure=cast.neighbour, campaign=campaign)
    html = client.get("/avancement/").content.decode()
    assert title in html and "<title" in html
    assert cast.structure.departement.name in html.split(title, 1)[1]


def test_passages_are_shown_to_the_national_team(cast: Cast, campaign: Campaign, sign_in) -> None:
    client = sign_in(cast.national)
    assert "Aucun passage encore" in client.get("/passages/").content.decode()
    assert "Elles ne partent plus" not in client.get("/passages/").content.decode()
    OutgoingLetter.objects.create(to="a@exemple.fr", subject="S", written_at=clock.now() - timedelta(hours=2))
    html = client.get("/passages/").content.decode()
    assert "Elles ne partent plus" in html and "À surveiller" in html and "Base de données" in html
    run_tick()
    html = client.get("/passages/").content.decode()
    assert "Dernier passage le" in html and "deux ans" in html
    assert sign_in(cast.copil).get("/passages/").status_code == 403


def test_what_would_prevent_the_opening_is_told_in_preparation(cast: Cast, sign_in) -> None:
    campaign = factories.make_campaign(phase=Phase.PREPARATION)
    html = sign_in(cast.national).get(f"/national/campagnes/{campaign.year}/").content.decode()
    assert "Ce qui empêcherait d’ouvrir la saisie." in html and "Aucune structure n’est invitée" in html
