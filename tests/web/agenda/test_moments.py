"""What many read at once: made once a moment, anew after it, apart for each key; own structures are never shared."""

import threading
from collections.abc import Callable

import pytest
from django.test import Client

from senacs.campaigns.models import Campaign
from senacs.collection.enums import ResponseState
from senacs.web.agenda import moments
from senacs.web.agenda.moments import MOST_KEPT, Moments
from tests import factories
from tests.factories import Cast


@pytest.fixture
def clock_of() -> list[float]:
    return [100.0]


@pytest.fixture
def kept(clock_of: list[float], monkeypatch: pytest.MonkeyPatch) -> Moments[int]:
    monkeypatch.setattr(moments, "SECONDS", 2.0)
    return Moments(now=lambda: clock_of[0])


def counting() -> tuple[list[int], Callable[[], int]]:
    made: list[int] = []

    def make() -> int:
        made.append(len(made))
        return made[-1]

    return made, make


def test_a_value_lasts_a_moment_and_each_key_has_its_own(kept: Moments[int], clock_of: list[float]) -> None:
    made, make = counting()
    assert [kept.of("a", make), kept.of("a", make), kept.of("b", make)] == [0, 0, 1]
    clock_of[0] += 1.9
    assert kept.of("a", make) == 0
    clock_of[0] += 0.2
    assert kept.of("a", make) == 2 and made == [0, 1, 2]


def test_those_who_ask_together_have_it_made_once(kept: Moments[int]) -> None:
    made, make = counting()
    ready = threading.Barrier(8)

    def ask() -> None:
        ready.wait()
        kept.of("a", make)

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert made == [0]


def test_others_read_the_one_before_while_it_is_made(kept: Moments[int], clock_of: list[float]) -> None:
    kept.of("a", lambda: 1)
    clock_of[0] += 3
    read: list[int] = []

    def slow() -> int:
        other = threading.Thread(target=lambda: read.append(kept.of("a", lambda: 3)))
        other.start()
        other.join(5)
        return 2

    assert kept.of("a", slow) == 2 and read == [1]
    assert kept.of("a", lambda: 4) == 2


def test_a_failure_is_kept_by_nobody(kept: Moments[int]) -> None:
    def fail() -> int:
        raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        kept.of("a", fail)
    assert kept.of("a", lambda: 7) == 7


def test_the_oldest_leave(kept: Moments[int]) -> None:
    for number in range(MOST_KEPT + 1):
        kept.of(number, lambda: 0)
    assert kept.of(0, lambda: 1) == 1 and kept.of(MOST_KEPT, lambda: 1) == 0


def test_own_structures_are_made_for_each_and_france_once(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(moments, "SECONDS", 60.0)
    campaign = factories.make_campaign()
    first = factories.make_response(structure=cast.structure, campaign=campaign)

    def rates(user: object) -> str:
        client = Client()
        client.force_login(user)  # type: ignore[arg-type]
        factories.prove_identity(client, user)  # type: ignore[arg-type]
        return client.get("/avancement/").content.decode()

    pages = {name: rates(cast.users()[name]) for name in ("correspondant_caf", "stranger", "national")}
    assert cast.structure.name in pages["correspondant_caf"] and cast.structure.name not in pages["stranger"]
    type(first).objects.filter(pk=first.pk).update(state=ResponseState.SUBMITTED, submitted_at="2026-06-01T08:00Z",
                                                   submitted_by=cast.responsable)  # fmt: skip
    assert "100" in rates(cast.correspondant_caf), "one's own are those of now"
    assert "100" not in rates(cast.national), "France is that of a moment ago"
    assert Campaign.objects.count() == 1
