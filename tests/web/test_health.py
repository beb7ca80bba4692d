"""The health page, and what people read when the database does not answer."""

from typing import Any

import pytest
from django.db import OperationalError
from django.test import Client

from senacs.operation import health as probes
from senacs.operation.models import Heartbeat
from senacs.operation.workers import beat


@pytest.fixture
def away(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every query fails as it does when PostgreSQL is stopped."""

    def fail(*args: Any, **kwargs: Any) -> None:
        raise OperationalError("connection failed: connection refused")

    monkeypatch.setattr("django.db.backends.utils.CursorWrapper.execute", fail)


@pytest.fixture
def visitor() -> Client:
    return Client(raise_request_exception=False)


@pytest.mark.django_db
def test_health_for_a_monitor(client: Client) -> None:
    told = client.get("/sante").json()
    assert (told["etat"], told["sondes"]["base"]["etat"], told["sondes"]["travaux"]["etat"]) == (
        "degrade",
        "bien",
        "degrade",
    )
    beat(worker="moi")
    answer = client.get("/sante")
    assert (answer.status_code, answer.json()["etat"]) == (200, "bien")
    host = Heartbeat.objects.get().host
    assert host not in answer.content.decode()


@pytest.mark.django_db
def test_health_for_people(client: Client) -> None:
    answer = client.get("/sante", headers={"accept": "text/html"})
    assert "Le service fonctionne, en partie" in answer.content.decode()


@pytest.mark.django_db
def test_health_without_the_database(visitor: Client, away: None) -> None:
    answer = visitor.get("/sante")
    assert (answer.status_code, answer.json()["etat"]) == (503, "panne")
    page = visitor.get("/sante", headers={"accept": "text/html"})
    assert page.status_code == 503 and "momentanément indisponible" in page.content.decode()


@pytest.mark.django_db
@pytest.mark.parametrize("url", ["/", "/saisie/", "/structures/", "/compte/login/", "/charte/"])
def test_page_without_the_database_is_a_sentence(visitor: Client, away: None, url: str) -> None:
    visitor.cookies["sessionid"] = "a" * 32
    answer = visitor.get(url)
    assert answer.status_code == 503
    assert "La base de données ne répond pas" in answer.content.decode()
    assert answer.headers["Retry-After"] == "30"


@pytest.mark.django_db
def test_script_without_the_database_reads_json(visitor: Client, away: None) -> None:
    visitor.cookies["sessionid"] = "a" * 32
    answer = visitor.get("/saisie/", headers={"accept": "application/json"})
    assert (answer.status_code, set(answer.json())) == (503, {"detail", "erreurs"})


@pytest.mark.django_db
def test_missing_table_stays_a_fault_of_ours(visitor: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*args: Any, **kwargs: Any) -> None:
        raise OperationalError("no such table: django_session")

    monkeypatch.setattr("django.db.backends.utils.CursorWrapper.execute", fail)
    visitor.cookies["sessionid"] = "a" * 32
    assert visitor.get("/saisie/").status_code == 500


def test_probe_added_is_examined() -> None:
    found = probes.ProbeFinding("disque", "Disque", probes.Health.DOWN, "Plein.")
    findings = probes.examine([lambda: found])
    assert (findings, probes.worst(findings)) == ([found], probes.Health.DOWN)
