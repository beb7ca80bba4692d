"""Figures of a local plaquette are worked out outside the request; the page tells how it goes and what came of it."""

from collections.abc import Callable
from types import SimpleNamespace

import pytest
from django.test import Client

from senacs.accounts.models import User
from senacs.lib import clock
from senacs.publication.editions import local_measures
from senacs.publication.models import LocalFigures, LocalMeasure
from tests.publication.local import Locality, agree, begin

SignIn = Callable[[User], Client]


def test_measure_leaves_the_request_and_its_result_is_on_the_page(
    locality: Locality, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    edition = begin(locality)
    agree(edition, locality, 12)
    client = sign_in(locality.caf)
    asked: list[int] = []
    monkeypatch.setattr("senacs.publication.tasks.measure", SimpleNamespace(enqueue=asked.append))
    assert client.post(f"/copil/{edition.pk}/chiffres/").status_code == 302
    assert not LocalFigures.objects.exists() and len(asked) == 1
    page = client.get(f"/copil/{edition.pk}/").content.decode()
    assert "en cours de calcul" in page and "Calculer les chiffres" not in page
    waiting = client.get(f"/copil/{edition.pk}/chiffres/avancement/")
    assert "HX-Refresh" not in waiting.headers
    local_measures.run_measure(asked[0])
    assert client.get(f"/copil/{edition.pk}/chiffres/avancement/").headers["HX-Refresh"] == "true"
    page = client.get(f"/copil/{edition.pk}/").content.decode()
    assert "12\u00a0structures" in page and "masqué" in page and "Recalculer les chiffres" in page


def test_refusal_is_told_on_the_page(locality: Locality, sign_in: SignIn) -> None:
    edition = begin(locality)
    now = clock.now()
    LocalMeasure.objects.create(
        group=edition.group, asked_at=now, asked_by=locality.caf, ended_at=now, refusal="Un accord a changé."
    )
    page = sign_in(locality.caf).get(f"/copil/{edition.pk}/").content.decode()
    assert "n’a pas abouti" in page and "Un accord a changé." in page
