"""Dashboard, sections, sending: what a structure sees, and what others may not."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from senacs.accounts.models import User
from senacs.accounts.services import open_reading
from senacs.collection import copies
from senacs.collection.enums import ResponseState
from senacs.collection.models import Response
from senacs.collection.queries import compiled_of, environment
from senacs.collection.services import save_values
from senacs.lib import clock
from senacs.questionnaire.engine.schema import Field, Kind
from senacs.review.services import return_response, submit_response
from senacs.web.structure.dashboard import days_left
from tests import factories
from tests.reading import flat

SignIn = Callable[[User], Client]
COMPLETE = {
    "salaries_total": 5,
    "etp_total": "3.5",
    "budget_total": 1000,
    "budget_caf": 600,
    "budget_autres": 400,
    "clas": False,
}


ANSWERS = {Kind.YES_NO: "non", Kind.DATE: "01/09/2024", Kind.TEXT: "rien", Kind.LONG_TEXT: "rien"} | {
    kind: "0" for kind in Kind if kind.is_numeric
}


def page(client: Client, url: str) -> str:
    reply = client.get(url)
    assert reply.status_code == 200, reply.status_code
    return flat(reply)


def test_home_goes_straight_to_the_only_structure(cast: factories.Cast, response: Response, sign_in: SignIn) -> None:
    reply = sign_in(cast.responsable).get("/saisie/")
    assert reply.url == f"/saisie/{response.pk}/"


def test_home_lists_several_structures(cast: factories.Cast, response: Response, sign_in: SignIn) -> None:
    factories.make_mandate(cast.responsable, "suppleant", structure=cast.neighbour)  # type: ignore[arg-type]
    factories.make_response(structure=cast.neighbour, campaign=response.campaign)
    html = page(sign_in(cast.responsable), "/saisie/")
    assert cast.structure.name in html
    assert cast.neighbour.name in html


def test_home_says_when_nothing_is_asked(cast: factories.Cast, sign_in: SignIn) -> None:
    assert "Aucune enquête n’est ouverte" in page(sign_in(cast.responsable), "/saisie/")


def test_dashboard_tells_what_is_next_and_whom_to_call(
    cast: factories.Cast, response: Response, sign_in: SignIn
) -> None:
    html = page(sign_in(cast.responsable), f"/saisie/{response.pk}/")
    assert "Commencer la saisie" in html
    assert cast.correspondant_caf.email in html
    assert cast.correspondant_federal.email in html
    assert "60\u00a0jours" in html


@pytest.mark.parametrize(("offset", "left"), [(0, 0), (3, 3), (-2, -2)])
def test_days_left_count_the_closing_day(offset: int, left: int) -> None:
    assert days_left(clock.today() + timedelta(days=offset)) == left


def test_section_shows_last_year_beside_each_field(cast: factories.Cast, response: Response, sign_in: SignIn) -> None:
    former = factories.make_campaign(version=factories.make_questionnaire("minimal_2025"), year=2025)
    factories.make_response(
        structure=cast.structure,
        campaign=former,
        values={"salaries_total": 12, "benevoles_actifs": 30},
        state=ResponseState.VALIDATED,
    )
    html = page(sign_in(cast.responsable), f"/saisie/{response.pk}/rubrique/emplois/")
    assert "<strong>12\u00a0personnes</strong>" in html
    assert "<strong>30\u00a0personnes</strong>" in html
    assert "Tout reprendre de 2024" in html
    assert "1\u00a0réponse dure d’une année" in html
    assert html.count("Pareil en 2025") == 1


def test_section_hides_what_is_not_asked_but_keeps_its_value(
    cast: factories.Cast, campaign: Any, sign_in: SignIn
) -> None:
    response = factories.make_response(
        structure=cast.structure, campaign=campaign, values={"clas": False, "clas_enfants": 17}
    )
    html = page(sign_in(cast.responsable), f"/saisie/{response.pk}/rubrique/activites/")
    assert 'id="q-clas_enfants" data-question="clas_enfants" hidden' in html
    assert 'name="v-clas_enfants" type="text" inputmode="numeric" value="17"' in html


def test_unknown_section_is_not_found(cast: factories.Cast, response: Response, sign_in: SignIn) -> None:
    assert sign_in(cast.responsable).get(f"/saisie/{response.pk}/rubrique/rien/").status_code == 404


def test_national_team_reads_and_does_not_write(cast: factories.Cast, response: Response, sign_in: SignIn) -> None:
    open_reading(structure=cast.structure, purpose="Aider la directrice, qui appelle à l’aide.", by=cast.national)
    html = page(sign_in(cast.national), f"/saisie/{response.pk}/rubrique/emplois/")
    assert "Lecture seule" in html
    assert "data-entry" not in html


@pytest.mark.parametrize("path", ["", "preparation/", "rubrique/emplois/", "verifier/", "reponses/", "copie.json"])
def test_strangers_see_nothing(cast: factories.Cast, response: Response, sign_in: SignIn, path: str) -> None:
    assert sign_in(cast.stranger).get(f"/saisie/{response.pk}/{path}").status_code == 404


def test_review_lists_what_stands_in_the_way(cast: factories.Cast, campaign: Any, sign_in: SignIn) -> None:
    response = factories.make_response(
        structure=cast.structure, campaign=campaign, values={"salaries_total": 2, "etp_total": "3"}
    )
    html = page(sign_in(cast.responsable), f"/saisie/{response.pk}/verifier/")
    assert "2\u00a0réponses obligatoires à donner, 1\u00a0contradiction à corriger" in html
    assert "#champ-budget_total" in html


def test_nothing_is_said_complete_while_answers_stay_empty(
    cast: factories.Cast, campaign: Any, sign_in: SignIn
) -> None:
    response = factories.make_response(structure=cast.structure, campaign=campaign, values=COMPLETE)
    client, url = sign_in(cast.responsable), f"/saisie/{response.pk}/verifier/"
    compiled = compiled_of(response)

    def left() -> list[Field]:
        waiting = compiled.asked(*environment(response)).values()
        return [compiled.questionnaire.fields[code] for one in waiting for code in one.waiting]

    html = page(client, url)
    assert "Tout est complet" not in html
    assert f"{len(left())}\u00a0réponses non obligatoires restent vides" in html
    while fields := left():
        given = {one.code: ANSWERS.get(one.kind) or one.options[0].code for one in fields}
        response = save_values(response=response, inputs=given, by=cast.responsable).response
    html = page(client, url)
    assert "Tout est complet" in html
    assert "restent vides" not in html


def test_sending_incomplete_answers_says_what_is_missing(
    cast: factories.Cast, response: Response, sign_in: SignIn
) -> None:
    reply = sign_in(cast.responsable).post(f"/saisie/{response.pk}/verifier/", {"action": "envoyer"})
    assert reply.status_code == 409
    assert "réponses obligatoires" in reply.content.decode()
    response.refresh_from_db()
    assert response.state == ResponseState.DRAFT


def test_explanations_are_kept_then_the_response_goes(cast: factories.Cast, campaign: Any, sign_in: SignIn) -> None:
    response = factories.make_response(
        structure=cast.structure, campaign=campaign, values={**COMPLETE, "budget_autres": 300}
    )
    client = sign_in(cast.responsable)
    url = f"/saisie/{response.pk}/verifier/"
    assert client.post(url, {"action": "expliquer", "j-BUDGET_DETAIL": "Écart d’arrondi."}).status_code == 302
    assert "<q>Écart d’arrondi.</q>" in page(client, url)
    reply = client.post(url, {"action": "envoyer"})
    assert reply.url == f"/saisie/{response.pk}/envoyee/"
    receipt = page(client, reply.url)
    response.refresh_from_db()
    assert copies.checksum(response) in receipt
    assert "Lecture seule" in page(client, f"/saisie/{response.pk}/rubrique/emplois/")


def test_returned_response_shows_why_on_top(cast: factories.Cast, campaign: Any, sign_in: SignIn) -> None:
    response = factories.make_response(structure=cast.structure, campaign=campaign, values=COMPLETE)
    submit_response(response=response, by=cast.responsable)
    return_response(response=response, by=cast.correspondant_caf, reason="Le budget semble amputé.")
    client = sign_in(cast.responsable)
    for path in ("", "rubrique/finances/"):
        html = page(client, f"/saisie/{response.pk}/{path}")
        assert "Votre réponse vous a été retournée" in html
        assert "Le budget semble amputé." in html


@pytest.mark.parametrize(
    ("kind", "content_type", "magic"),
    [("pdf", "application/pdf", b"%PDF"), ("xlsx", "spreadsheetml", b"PK"), ("json", "application/json", b"{")],
)
def test_copies_can_be_kept(
    cast: factories.Cast, campaign: Any, sign_in: SignIn, kind: str, content_type: str, magic: bytes
) -> None:
    response = factories.make_response(structure=cast.structure, campaign=campaign, values=COMPLETE)
    reply = sign_in(cast.responsable).get(f"/saisie/{response.pk}/copie.{kind}")
    assert content_type in reply.headers["Content-Type"]
    assert reply.headers["Content-Disposition"].endswith(f'centre-social-du-plan.{kind}"')
    assert reply.content.startswith(magic)


def test_section_costs_the_same_queries_empty_or_full(
    cast: factories.Cast, campaign: Any, sign_in: SignIn, django_assert_max_num_queries: Any
) -> None:
    response = factories.make_response(structure=cast.structure, campaign=campaign, values=COMPLETE)
    client = sign_in(cast.responsable)
    for section in ("emplois", "activites"):
        with django_assert_max_num_queries(10):
            page(client, f"/saisie/{response.pk}/rubrique/{section}/")
