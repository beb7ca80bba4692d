"""The training ground in the browser."""

from collections.abc import Callable

from django.test import Client

from senacs.accounts.models import User
from tests import real_year
from tests.factories import Cast
from tests.reading import flat

SignIn = Callable[[User], Client]


def test_an_exercise_is_answered_and_corrected(cast: Cast, sign_in: SignIn) -> None:
    client = sign_in(cast.correspondant_caf)
    real_year.make_version(real_year.questionnaire())
    page = "/formation/exercice/benevoles-occasionnels/"
    assert "Correction" not in flat(client.get(page))
    typed = {"benevoles_reguliers": "12", "benevoles_occasionnels": "20", "benevoles_heures_reguliers": "960"}
    shown = flat(client.post(page, typed | {"benevoles_heures_occasionnels": "20"}, follow=True))
    assert "Pas tout à fait" in shown and "« 20 », à revoir" in shown and "20 × 4 = 80 heures" in shown
    assert "C’est cela" in flat(client.post(page, typed | {"benevoles_heures_occasionnels": "80 h"}, follow=True))
    assert "1 sur 9" in flat(client.get("/formation/"))
    control = "/formation/exercice/colonnes-inversees/"
    assert "Doute : " in flat(client.get(control))
    assert "C’est cela" in flat(client.post(control, {"decision": "demander"}, follow=True))
    assert "Retournée à la structure" in flat(client.get("/formation/"))
    assert "0 sur 9" in flat(client.post("/formation/recommencer/", follow=True))


def test_it_waits_for_a_questionnaire(cast: Cast, sign_in: SignIn) -> None:
    client = sign_in(cast.responsable)
    assert "pas encore chargé" in flat(client.get("/formation/"))
    assert client.get("/formation/exercice/qui-appeler/").status_code == 404
    assert sign_in(cast.copil).get("/formation/").status_code == 403
