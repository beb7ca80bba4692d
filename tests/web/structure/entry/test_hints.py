"""Where to look first: asked by the page while one types, and shown before the sending."""

from collections.abc import Callable

from django.test import Client

from senacs.accounts.models import User
from senacs.collection.models import Response
from senacs.lib import clock
from senacs.review.enums import FlagOrigin, FlagSeverity, FlagState
from senacs.review.models import Flag
from tests import factories

SignIn = Callable[[User], Client]
TEN_TIMES = {"salaries_total": 5, "etp_total": "3.5", "budget_total": 1_000_000, "clas": False}
TEN_TIMES |= {"budget_caf": 60_000, "budget_autres": 40_000}


def test_page_learns_which_cell_is_probably_wrong(cast: factories.Cast, sign_in: SignIn) -> None:
    response = factories.make_response(structure=cast.structure, values=TEN_TIMES)
    (hint,) = sign_in(cast.responsable).get(f"/saisie/{response.pk}/pistes/").json()["hints"]
    assert hint["rules"] == ["BUDGET_DETAIL"]
    assert "un zéro de trop" in hint["text"]
    assert hint["proposed"] == {"budget_total": "100000"}
    (field,) = hint["fields"]
    assert field["url"].endswith("#champ-budget_total")


def test_nothing_is_told_when_all_agrees(cast: factories.Cast, sign_in: SignIn) -> None:
    response = factories.make_response(structure=cast.structure, values={"salaries_total": 5, "etp_total": "3.5"})
    assert sign_in(cast.responsable).get(f"/saisie/{response.pk}/pistes/").json() == {"hints": []}


def test_stranger_learns_nothing(cast: factories.Cast, response: Response, sign_in: SignIn) -> None:
    assert sign_in(cast.stranger).get(f"/saisie/{response.pk}/pistes/").status_code == 404


def test_hints_and_questions_are_read_before_the_sending(cast: factories.Cast, sign_in: SignIn) -> None:
    response = factories.make_response(structure=cast.structure, values=TEN_TIMES)
    flag = Flag.objects.create(
        response=response,
        rule_code="ATYPIQUE:budget_total",
        origin=FlagOrigin.ATYPICAL,
        severity=FlagSeverity.TO_JUSTIFY,
        fields=["budget_total"],
        message="Le budget a été multiplié par 10 : confirmez ou corrigez.",
        details={"value": 1_000_000.0},
        raised_at=clock.now(),
        updated_at=clock.now(),
    )
    client, url = sign_in(cast.responsable), f"/saisie/{response.pk}/verifier/"
    html = client.get(url).content.decode()
    assert "un zéro de trop" in html
    assert "multiplié par 10\u00a0: confirmez" in html
    assert "1\u00a0valeur à confirmer" in html
    client.post(url, {"action": "expliquer", "j-ATYPIQUE:budget_total": "Fusion de deux centres."})
    flag.refresh_from_db()
    assert (flag.state, flag.justification) == (FlagState.JUSTIFIED, "Fusion de deux centres.")
    assert "multiplié par 10" not in client.get(url).content.decode()
