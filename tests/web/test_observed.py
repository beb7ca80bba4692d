"""What the site tells of itself: every line of the log and every measure of a session, without what was typed."""

import json
import logging
import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.management import call_command
from django.db import IntegrityError, connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django_tasks_db.models import DBTaskResult

from senacs.accounts.models import Mandate, User
from senacs.accounts.services import open_reading
from senacs.collection.models import Response
from senacs.lib.log_lines import JsonLines, request_number
from senacs.operation.queue import TracedBackend
from tests import factories
from tests.factories import Cast
from tests.operation.tasks import work

NUMBER = "0f8fad5b-d9cb-469f-a165-70867728950e"
# Typed by somebody during the session below, each at another door.
SECRETS = {
    "password": "ornithorynque-violet-31",
    "wrong": "un-autre-mot-de-passe-77",
    "answer": "987654",
    "text": "Nous recevons Wilhelmine Praslin le jeudi",
    "query": "wilhelmine praslin",
    "name": "Wilhelmine",
    "surname": "Praslin-Vaucouleurs",
    "address": "wilhelmine.praslin@exemple.fr",
    "link": "Zk3fQmI4wJmT0b5a_pKq8sVnYx1LdRcU",
    "token": "senacs_api_4f1c0ffee4f1c0ffee",
    "stranger": "inconnue@exemple.org",
}


class Heard(logging.Handler):
    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.setFormatter(JsonLines())
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(self.format(record))

    def of(self, logger: str) -> list[dict[str, Any]]:
        return [told for told in map(json.loads, self.lines) if told["logger"] == logger]


@pytest.fixture
def heard() -> Iterator[Heard]:
    """All that is logged, at the level that says most, as it is written on the console."""
    handler, loggers = Heard(), [logging.getLogger(), logging.getLogger("django")]
    levels = [logger.level for logger in loggers]
    loggers[0].addHandler(handler)
    for logger in loggers:
        logger.setLevel(logging.DEBUG)
    yield handler
    loggers[0].removeHandler(handler)
    for logger, level in zip(loggers, levels, strict=True):
        logger.setLevel(level)


def test_a_session_leaves_none_of_what_was_typed(
    cast: Cast,
    response: Response,
    heard: Heard,
    monkeypatch: pytest.MonkeyPatch,
    django_capture_on_commit_callbacks: Any,
) -> None:
    person = cast.responsable
    person.email = SECRETS["address"]
    person.set_password(SECRETS["password"])
    person.save()
    factories.accept_charte(person)
    client = Client(raise_request_exception=False)
    # The queries of the database are told too.
    with django_capture_on_commit_callbacks(execute=True), CaptureQueriesContext(connection):
        client.post("/compte/login/", {"login": SECRETS["stranger"], "password": SECRETS["wrong"]})
        client.post("/compte/login/", {"login": SECRETS["address"], "password": SECRETS["wrong"]})
        signed = client.post("/compte/login/", {"login": SECRETS["address"], "password": SECRETS["password"]})
        assert signed.status_code == 302
        values = {"personnes_animation": SECRETS["answer"], "clas": SECRETS["text"], SECRETS["name"]: "1"}
        body = json.dumps({"key": SECRETS["link"], "values": values, "expected": {}})
        assert client.post(f"/saisie/{response.pk}/valeurs/", body, content_type="application/json").status_code == 200
        client.get("/structures/", {"q": SECRETS["query"]})
        client.get(f"/invitation/{SECRETS['link']}/")
        client.get(f"/nulle-part/{SECRETS['link']}/?x={SECRETS['query']}")
        client.get("/api/v1/reponse", headers={"Authorization": f"Bearer {SECRETS['token']}"})
        invited = {"first_name": SECRETS["name"], "last_name": SECRETS["surname"], "email": SECRETS["stranger"]}
        client.post(f"/saisie/equipe/{cast.structure.pk}/inviter/", invited)
        client.post("/compte/adresse/", {"new_email": SECRETS["stranger"]})
        client.get("/saisie/", headers={"Host": SECRETS["stranger"].replace("@", "."), "X-Request-ID": SECRETS["name"]})

        def fail(*_: object, **__: object) -> None:
            raise IntegrityError(f"duplicate key ({SECRETS['address']}), {SECRETS['text']}")

        monkeypatch.setattr("senacs.web.structure.views.standing_of", fail)
        failed = client.get(f"/saisie/{response.pk}/?x={SECRETS['query']}")
    assert failed.status_code == 500

    events = [line["event"] for line in heard.of("senacs.security")]
    assert {"sign_in_refused", "sign_in", "address_change_asked"} <= set(events)
    assert [line.get("account") for line in heard.of("senacs.security")][:3] == [None, person.pk, person.pk]
    (fault,) = [line for line in heard.of("django.request") if line["level"] == "ERROR"]
    assert fault["error"] == "IntegrityError" and fault["request"] == failed.headers["X-Request-ID"]
    routes = {line["route"] for line in heard.of("senacs.requests")}
    assert {"saisie/<number:pk>/valeurs/", "invitation/<word:key>/", "none"} <= routes
    measures = client.get("/metriques").content.decode()
    assert 'part="autosave"' in measures
    told = "\n".join(heard.lines) + measures
    assert len(heard.lines) > 100
    found = {
        name for name, secret in SECRETS.items() if secret.lower() in told.lower() or json.dumps(secret)[1:-1] in told
    }
    assert found == set()


def test_each_request_has_its_line_and_its_number(db: None, client: Client, heard: Heard) -> None:
    answer = client.get("/charte/?q=1", headers={"X-Request-ID": NUMBER})
    assert answer.headers["X-Request-ID"] == NUMBER
    (line,) = heard.of("senacs.requests")
    assert (line["request"], line["method"], line["route"], line["status"]) == (NUMBER, "GET", "charte/", 200)
    assert line["ms"] > 0 and set(line) == {"at", "level", "logger", "request", "method", "route", "status", "ms"}
    other = client.get("/charte/").headers["X-Request-ID"]
    assert re.fullmatch("[0-9a-f]{32}", other)
    assert client.generic("MOUCHARD", "/charte/").status_code == 405
    assert heard.of("senacs.requests")[-1]["method"] == "OTHER"
    assert request_number.get() == ""


@pytest.mark.django_db
def test_a_task_says_which_request_asked_for_it(heard: Heard) -> None:

    backend = TracedBackend("default", {"QUEUES": ["default"]})
    token = request_number.set(NUMBER)
    try:
        asked = backend.enqueue(work, ("/nowhere", 0.0), {})
    finally:
        request_number.reset(token)
    alone = backend.enqueue(work, ("/nowhere", 0.0), {})
    assert DBTaskResult.objects.get(pk=asked.id).args_kwargs["request"] == NUMBER
    assert "request" not in DBTaskResult.objects.get(pk=alone.id).args_kwargs


def test_security_tells_mandates(
    cast: Cast, heard: Heard, sign_in: Any, django_capture_on_commit_callbacks: Any
) -> None:
    client = sign_in(cast.responsable)
    with django_capture_on_commit_callbacks(execute=True):
        client.post(
            f"/saisie/equipe/{cast.structure.pk}/inviter/",
            {"first_name": "A", "last_name": "B", "email": "a.b@exemple.fr"},
        )
        mandate = Mandate.objects.get(user=cast.suppleant)
        client.post(f"/saisie/equipe/retirer/{mandate.pk}/")
    told = {(line["event"], line.get("account"), line.get("role")) for line in heard.of("senacs.security")}
    assert ("invited", None, "suppleant") in told and ("mandate_ended", cast.suppleant.pk, "suppleant") in told


def test_security_tells_who_reads_answers(
    cast: Cast, response: Response, heard: Heard, django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        open_reading(structure=cast.structure, purpose="Une demande de la Caf sur ce dossier.", by=cast.national)
    (act,) = [line for line in heard.of("senacs.security") if line["event"] == "act"]
    assert act["account"] == cast.national.pk and act["row"].startswith("accounts.AccessEntry:") and act["kind"]
    assert "demande" not in "\n".join(line for line in heard.lines if "senacs.security" in line)


@pytest.mark.parametrize(
    ("token", "more", "status"),
    [
        ("", {}, 200),
        ("", {"REMOTE_ADDR": "::1"}, 200),
        ("", {"REMOTE_ADDR": "203.0.113.7"}, 404),
        ("", {"REMOTE_ADDR": ""}, 404),
        ("", {"HTTP_X_FORWARDED_FOR": "203.0.113.7"}, 404),
        ("", {"HTTP_X_FORWARDED_PROTO": "https"}, 404),
        ("", {"HTTP_FORWARDED": "for=203.0.113.7"}, 404),
        ("", {"HTTP_VIA": "1.1 proxy"}, 404),
        ("j" * 30, {}, 404),
        ("j" * 30, {"HTTP_AUTHORIZATION": "Bearer é"}, 404),
        ("j" * 30, {"HTTP_AUTHORIZATION": f"Bearer {'j' * 30}", "REMOTE_ADDR": "203.0.113.7"}, 200),
    ],
)
def test_measures_are_for_the_monitor_alone(
    db: None, client: Client, settings: Any, token: str, more: dict[str, str], status: int
) -> None:
    settings.METRICS_TOKEN = token
    assert client.get("/metriques", **more).status_code == status


def test_no_role_reads_the_measures(cast: Cast, settings: Any, client: Client) -> None:
    settings.METRICS_TOKEN = "j" * 30
    for user in cast.users().values():
        client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
        assert client.get("/metriques").status_code == 404


def test_measures_tell_how_the_site_stands(cast: Cast, response: Response, client: Client) -> None:
    text = client.get("/metriques").content.decode()
    for expected in (
        "senacs_up 1.0",
        'senacs_responses{state="draft"} 1.0',
        'senacs_letters{state="refused"} 0.0',
        'senacs_releases{state="published"} 0.0',
        'senacs_queue_tasks{state="ready"} 0.0',
        "senacs_queue_oldest_seconds 0.0",
        "senacs_workers 0.0",
        "senacs_lock_waits 0.0",
    ):
        assert expected in text, text
    call_command("tick")
    assert "senacs_tick_age_seconds" in client.get("/metriques").content.decode()


def test_a_process_is_ready_once_it_can_answer(db: None, client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("senacs.operation.health.are_assets_built", lambda: True)
    assert (client.get("/pret").status_code, client.get("/pret").json()["pret"]) == (200, True)
    monkeypatch.setattr("senacs.operation.health.are_assets_built", lambda: False)
    answer = client.get("/pret")
    assert (answer.status_code, answer.json()["dit"]) == (503, "Les feuilles de style manquent.")


def test_who_is_slowed_down_is_told(cast: Cast, heard: Heard, client: Client) -> None:
    for _ in range(7):
        client.post("/compte/login/", {"login": cast.responsable.email, "password": "faux"})
    assert "slowed" in [line["event"] for line in heard.of("senacs.security")]
    assert User.objects.get(pk=cast.responsable.pk).email not in "\n".join(heard.lines)
