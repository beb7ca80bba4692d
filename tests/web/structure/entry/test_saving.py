"""The two ways of saving: one entry of the browser's queue, and the plain form of a section."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pytest_django import DjangoAssertNumQueries

from senacs.accounts.models import User
from senacs.accounts.services import remove_deputy
from senacs.collection.enums import ResponseState
from senacs.collection.models import Response
from senacs.collection.services import save_values
from senacs.web.structure.entry.saving import BadPayload, read_autosave
from senacs.web.structure.entry.views import NOT_THEIRS
from tests import factories

SignIn = Callable[[User], Client]


def send(client: Client, response: Response, values: dict[str, Any], **more: Any) -> tuple[int, dict[str, Any]]:
    body = {"key": "k1", "values": values, "expected": {}, **more}
    reply = client.post(f"/saisie/{response.pk}/valeurs/", json.dumps(body), content_type="application/json")
    return reply.status_code, reply.json()


def test_autosave_tells_what_follows_from_a_value(cast: factories.Cast, response: Response, sign_in: SignIn) -> None:
    client = sign_in(cast.responsable)
    status, told = send(client, response, {"personnes_animation": "3", "clas": "oui", "budget_total": "-5"})
    assert status == 200
    assert told["saved"]["personnes_animation"] == {"raw": "3", "text": "3", "revision": 1, "provenance": ""}
    assert told["computed"]["personnes_ensemble"] == "3"
    assert told["visible"] == {"clas_enfants": True}
    assert told["refused"] == {"budget_total": "Ce nombre ne peut pas être négatif."}
    assert told["progress"]["emplois"]["answered"] == 1


def test_autosave_says_which_checks_appear_and_which_vanish(
    cast: factories.Cast, response: Response, sign_in: SignIn
) -> None:
    client = sign_in(cast.responsable)
    _, told = send(client, response, {"salaries_total": "2", "etp_total": "3"})
    assert told["checks"]["ETP_SALARIES"]["severity"] == "blocking"
    assert told["checks"]["ETP_SALARIES"]["questions"] == ["etp_total", "salaries_total"]
    _, told = send(client, response, {"etp_total": "1"}, key="k2")
    assert told["checks"] == {"ETP_SALARIES": None}


def test_autosave_sent_twice_is_saved_once(cast: factories.Cast, response: Response, sign_in: SignIn) -> None:
    client = sign_in(cast.responsable)
    first = send(client, response, {"salaries_total": "2"})
    assert send(client, response, {"salaries_total": "2"}) == first
    response.refresh_from_db()
    assert (response.revision, response.revisions.count()) == (1, 1)


def test_figures_of_the_year_are_carried_over_one_at_a_time(
    cast: factories.Cast, response: Response, sign_in: SignIn
) -> None:
    client = sign_in(cast.responsable)
    _, told = send(client, response, {"salaries_total": "8", "budget_total": "500"}, carried=True)
    assert told["saved"] == {}
    assert told["refused"].keys() == {"salaries_total", "budget_total"}
    assert "un chiffre à la fois" in told["refused"]["budget_total"]
    _, told = send(client, response, {"salaries_total": "8"}, key="k2", carried=True)
    assert told["saved"]["salaries_total"]["provenance"] == "comme l’an dernier, confirmé"
    # Typed, and not carried over, as many as one likes.
    _, told = send(client, response, {"salaries_total": "8", "budget_total": "500"}, key="k3")
    assert told["refused"] == {}


def test_autosave_conflict_names_the_other_and_keeps_their_value(
    cast: factories.Cast, response: Response, sign_in: SignIn
) -> None:
    save_values(response=response, inputs={"salaries_total": "8"}, by=cast.suppleant)
    client = sign_in(cast.responsable)
    _, told = send(client, response, {"salaries_total": "9"}, expected={"salaries_total": 0})
    assert told["conflicts"]["salaries_total"]["by"] == cast.suppleant.get_full_name()
    assert told["conflicts"]["salaries_total"]["raw"] == "8"
    assert told["saved"] == {}


def test_autosave_of_a_sent_response_is_refused(cast: factories.Cast, campaign: Any, sign_in: SignIn) -> None:
    sent = factories.make_response(
        structure=cast.structure, campaign=campaign, state=ResponseState.SUBMITTED, by=cast.responsable
    )
    status, told = send(sign_in(cast.responsable), sent, {"salaries_total": "9"})
    assert (status, "envoyée" in told["message"]) == (409, True)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b"{}",
        b'{"key": "k", "values": {}}',
        b'{"key": "", "values": {"a": "1"}}',
        b'{"key": "k", "values": {"a": 1}}',
        b'{"key": "k", "values": {"a": ["x", 2]}}',
        b'{"key": "k", "values": {"a": "1"}, "expected": {"a": true}}',
        b'{"key": "k", "values": {"a": "1"}, "expected": []}',
        b"[" * 100_000,
    ],
)
def test_unreadable_bodies_are_refused(body: bytes) -> None:
    with pytest.raises(BadPayload):
        read_autosave(body)


def post_section(client: Client, response: Response, section: str, **data: Any) -> Any:
    return client.post(f"/saisie/{response.pk}/rubrique/{section}/", {"seen": response.revision, **data})


def test_plain_form_saves_what_changed_and_goes_on(cast: factories.Cast, response: Response, sign_in: SignIn) -> None:
    reply = post_section(
        sign_in(cast.responsable),
        response,
        "emplois",
        **{"present": "salaries_total etp_total", "v-salaries_total": "5", "v-etp_total": "3,5", "action": "suivant"},
    )
    assert reply.status_code == 302
    assert reply.url == f"/saisie/{response.pk}/rubrique/finances/"
    response.refresh_from_db()
    assert response.values["etp_total"]["valeur"] == "3.5"
    assert response.revision == 1


def test_plain_form_keeps_what_was_typed_and_refused(cast: factories.Cast, response: Response, sign_in: SignIn) -> None:
    reply = post_section(
        sign_in(cast.responsable), response, "emplois", **{"present": "salaries_total", "v-salaries_total": "douze"}
    )
    assert reply.status_code == 422
    assert 'value="douze"' in reply.content.decode()


def test_plain_form_leaves_alone_what_another_changed_meanwhile(
    cast: factories.Cast, response: Response, sign_in: SignIn
) -> None:
    client = sign_in(cast.responsable)
    save_values(response=response, inputs={"salaries_total": "8"}, by=cast.suppleant)
    shown_before = {"seen": 0, "present": "salaries_total etp_total", "v-salaries_total": "", "v-etp_total": "4"}
    reply = post_section(client, response, "emplois", **shown_before)
    assert reply.status_code == 302
    response.refresh_from_db()
    assert (response.values["salaries_total"]["valeur"], response.values["etp_total"]["valeur"]) == (8, "4")


def test_plain_form_shows_a_conflict(cast: factories.Cast, response: Response, sign_in: SignIn) -> None:
    client = sign_in(cast.responsable)
    save_values(response=response, inputs={"salaries_total": "8"}, by=cast.suppleant)
    reply = post_section(
        client, response, "emplois", **{"seen": 0, "present": "salaries_total", "v-salaries_total": "9"}
    )
    assert reply.status_code == 422
    assert "Quelqu’un d’autre a changé cette réponse" in reply.content.decode()
    response.refresh_from_db()
    assert response.values["salaries_total"]["valeur"] == 8


def test_plain_buttons_take_over_and_clear(cast: factories.Cast, response: Response, sign_in: SignIn) -> None:
    former = factories.make_campaign(version=factories.make_questionnaire("minimal_2025"), year=2025)
    factories.make_response(
        structure=cast.structure, campaign=former, values={"salaries_total": 12}, state=ResponseState.VALIDATED
    )
    client = sign_in(cast.responsable)
    reply = post_section(client, response, "emplois", reprendre="salaries_total")
    assert reply.url.endswith("#champ-salaries_total")
    response.refresh_from_db()
    assert response.values["salaries_total"]["valeur"] == 12
    assert response.values["salaries_total"]["provenance"] == "reprise"
    post_section(client, response, "emplois", effacer="salaries_total")
    response.refresh_from_db()
    assert "salaries_total" not in response.values


@pytest.mark.parametrize(("who", "status"), [("national", 403), ("stranger", 404), ("nobody", 404)])
def test_others_cannot_write(cast: factories.Cast, response: Response, sign_in: SignIn, who: str, status: int) -> None:
    client = sign_in(getattr(cast, who))
    reply = client.post(f"/saisie/{response.pk}/valeurs/", b"{}", content_type="application/json")
    assert reply.status_code == status
    assert post_section(client, response, "emplois", present="salaries_total").status_code == status


def test_a_deputy_who_was_removed_is_told_so_on_the_page_left_open(
    cast: factories.Cast, response: Response, sign_in: SignIn
) -> None:
    client = sign_in(cast.suppleant)
    send(client, response, {"salaries_total": "2"})
    deputy = cast.structure.mandates.get(user=cast.suppleant)
    remove_deputy(mandate=deputy, by=cast.responsable)
    assert send(client, response, {"salaries_total": "3"}, key="k9") == (404, {"message": NOT_THEIRS})
    response.refresh_from_db()
    assert response.values["salaries_total"]["valeur"] == 2


def test_autosave_costs_the_same_queries_whatever_is_saved(
    cast: factories.Cast,
    response: Response,
    sign_in: SignIn,
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    client = sign_in(cast.responsable)
    with django_assert_max_num_queries(12):
        send(client, response, {"salaries_total": "2"})
    many = {"salaries_total": "3", "etp_total": "2", "benevoles": "9", "budget_total": "10", "clas": "oui"}
    with django_assert_max_num_queries(12):
        send(client, response, many, key="k2")


def test_autosave_asks_seven_queries_and_at_most_two_more_for_what_it_says(
    cast: factories.Cast, response: Response, sign_in: SignIn
) -> None:
    client = sign_in(cast.responsable)

    def queries(key: str, values: dict[str, str]) -> int:
        with CaptureQueriesContext(connection) as captured:
            assert send(client, response, values, key=key)[0] == 200
        return sum("SAVEPOINT" not in query["sql"] for query in captured)

    queries("first", {"budget_caf": "9"})  # compiles what is read again and again
    assert queries("a", {"salaries_total": "5"}) <= 8  # a rule about last year reads it
    assert queries("b", {"budget_caf": "10"}) <= 7  # session, person, charter, response, mandates, history, row
    assert queries("c", {"etp_total": "7"}) <= 9  # a failing rule asks for its explanation
