"""The outbox against a real mail server: taken, refused, postponed, doubtful; each letter once."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction

from senacs.letters import delivery, states
from senacs.letters.delivery import LONGEST_SENDING, MOST_ATTEMPTS, claim, deliver_due
from senacs.letters.enums import LetterState
from senacs.letters.mail import Letter, send_on_commit
from senacs.letters.models import OutgoingLetter
from senacs.letters.queries import letter_counts, refused_addresses, troubled_letters
from senacs.lib import clock
from senacs.lib.refusals import Refused
from tests.letters.conftest import Server

pytestmark = pytest.mark.django_db
NAMES = ("anne", "bruno", "chloe", "driss", "elsa")


def put(*names: str, body: str = "Bonjour.\n") -> None:
    send_on_commit([Letter(f"{name}@exemple.fr", f"Objet pour {name}", body) for name in names])


def state(name: str) -> LetterState:
    return LetterState(OutgoingLetter.objects.get(to=f"{name}@exemple.fr").state)


def later(**more: float) -> Any:
    return clock.frozen(clock.now() + timedelta(**more))


def test_letters_are_taken_over_one_connection_and_keep_no_text(server: Server) -> None:
    put(*NAMES, body="Votre clé : secrete-123\n")
    assert not OutgoingLetter.objects.filter(sealed_body__contains="secrete").exists(), "sealed where it rests"
    assert deliver_due() is None
    assert server.addresses == [f"{name}@exemple.fr" for name in NAMES]
    assert "secrete-123" in server.taken[0][1].get_payload()
    assert letter_counts()[LetterState.SENT] == 5
    assert set(OutgoingLetter.objects.values_list("sealed_body", flat=True)) == {""}
    deliver_due()
    assert len(server.taken) == 5


def test_one_refused_address_stops_nobody_else_and_is_shown(server: Server) -> None:
    server.refuse = lambda address: "550 5.1.1 Boîte inconnue".encode().decode() if "bruno" in address else ""
    put(*NAMES)
    assert deliver_due() is None
    assert state("bruno") == LetterState.REFUSED and len(server.taken) == 4
    assert refused_addresses(["bruno@exemple.fr", "anne@exemple.fr"]) == {
        "bruno@exemple.fr": OutgoingLetter.objects.get(to="bruno@exemple.fr").answer
    }
    assert "550" in OutgoingLetter.objects.get(to="bruno@exemple.fr").answer
    with later(days=2):
        deliver_due()
    assert len(server.taken) == 4, "what is refused for good is not tried again by itself"


def test_a_refusal_for_now_is_tried_again_after_a_growing_wait(server: Server) -> None:
    server.refuse = lambda address: "450 4.2.1 plus tard"
    put("anne")
    waits = []
    now = clock.now()
    for attempt in range(1, MOST_ATTEMPTS):
        with clock.frozen(now):
            again = deliver_due()
        assert again is not None and state("anne") == LetterState.WAITING
        assert OutgoingLetter.objects.get().attempts == attempt
        waits.append(again - now)
        now = again
    assert waits == sorted(waits) and waits[0] == timedelta(minutes=1) and waits[-1] == timedelta(hours=6)
    with clock.frozen(now):
        assert deliver_due() is None
    assert state("anne") == LetterState.ABANDONED
    assert [letter.answer for letter in troubled_letters()] == ["450 4.2.1 plus tard"]


def test_before_its_time_a_postponed_letter_stays(server: Server) -> None:
    server.refuse = lambda address: "450 plus tard"
    put("anne")
    deliver_due()
    server.refuse = lambda address: ""
    deliver_due()
    assert not server.taken
    with later(minutes=2):
        deliver_due()
    assert state("anne") == LetterState.SENT


def test_refused_after_the_text_is_refused(server: Server) -> None:
    server.refuse_data = lambda address: "554 5.7.1 contenu refusé" if "anne" in address else ""
    put("anne", "bruno")
    deliver_due()
    assert (state("anne"), state("bruno")) == (LetterState.REFUSED, LetterState.SENT)


def test_dropped_before_the_text_is_tried_again_after_it_is_doubtful(server: Server) -> None:
    server.drop = lambda address: {"anne": "before", "bruno": "after"}.get(address.split("@")[0], "")
    put("anne", "bruno", "chloe")
    deliver_due()
    assert state("anne") == LetterState.WAITING, "nothing had left"
    assert state("bruno") == LetterState.DOUBTFUL, "the server had it"
    assert state("chloe") == LetterState.SENT, "a new connection goes on"
    server.drop = lambda address: ""
    with later(hours=1):
        deliver_due()
    assert sorted(server.addresses) == ["anne@exemple.fr", "bruno@exemple.fr", "chloe@exemple.fr"]


def test_a_server_that_says_nothing_leaves_a_doubt(server: Server, settings: Any) -> None:
    settings.EMAIL_TIMEOUT, server.delay = 0.3, 1.0
    put("anne")
    deliver_due()
    assert state("anne") == LetterState.DOUBTFUL


def test_no_server_at_all_counts_no_attempt(server: Server, settings: Any) -> None:
    put(*NAMES)
    port, settings.EMAIL_PORT = settings.EMAIL_PORT, 9
    again = deliver_due()
    assert again is not None and letter_counts()[LetterState.WAITING] == 5
    assert set(OutgoingLetter.objects.values_list("attempts", flat=True)) == {0}
    settings.EMAIL_PORT = port
    assert deliver_due() is None
    assert len(server.taken) == 5


class Killed(BaseException):
    """What no handler of errors catches, as a kill."""


@pytest.mark.parametrize("moment", ["before", "after"])
@pytest.mark.parametrize("at", [0, 2, 4])
def test_a_kill_sends_each_once_or_says_so(
    server: Server, monkeypatch: pytest.MonkeyPatch, moment: str, at: int
) -> None:
    put(*NAMES)
    send, met = delivery._send, []

    def dying(letter: OutgoingLetter, post: Any) -> None:
        met.append(letter.to)
        if moment == "after":
            delivery._message(letter, post).send() if len(met) == at + 1 else send(letter, post)
        if len(met) == at + 1:
            raise Killed
        if moment == "before":
            send(letter, post)

    monkeypatch.setattr(delivery, "_send", dying)
    with pytest.raises(Killed):
        deliver_due()
    monkeypatch.setattr(delivery, "_send", send)
    deliver_due()
    assert state(NAMES[at]) == LetterState.SENDING, "its worker may be alive still"
    with clock.frozen(clock.now() + LONGEST_SENDING + timedelta(seconds=1)):
        deliver_due()
    counts = letter_counts()
    assert (counts[LetterState.SENT], counts[LetterState.DOUBTFUL]) == (4, 1)
    assert len(server.addresses) == len(set(server.addresses)) == (5 if moment == "after" else 4)


def test_a_claimed_letter_is_claimed_by_nobody_else(server: Server) -> None:
    put("anne")
    letter = claim()
    assert letter is not None and claim() is None
    with pytest.raises(Refused):
        states.apply(OutgoingLetter.objects.get(), "begin")


def test_what_is_rolled_back_is_never_written(server: Server) -> None:
    with pytest.raises(Killed), transaction.atomic():
        put("anne")
        raise Killed
    assert not OutgoingLetter.objects.exists()


def test_a_letter_leaves_after_the_act_is_committed(
    server: Server, django_capture_on_commit_callbacks: Callable[..., Any]
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        put("anne")
        assert not server.taken
    assert server.addresses == ["anne@exemple.fr"]


@pytest.mark.parametrize("address", ["anne@exemple.fr\nBcc: tous@exemple.fr", "é\u0000@exemple.fr"])
def test_an_address_that_no_server_reads_is_refused_here(server: Server, address: str) -> None:
    if "\x00" in address:
        address = "sans arobase"
    OutgoingLetter.objects.create(to=address, subject="Objet", sealed_body="illisible")
    deliver_due()
    assert OutgoingLetter.objects.get().state == LetterState.REFUSED
    assert not server.taken


def test_sent_again_by_hand_it_starts_anew(server: Server) -> None:
    server.refuse = lambda address: "550 inconnue"
    put("anne")
    deliver_due()
    server.refuse = lambda address: ""
    refused = OutgoingLetter.objects.get()
    again = states.apply(refused, "send_again")
    assert (again.attempts, again.answer) == (0, refused.answer) and "550" in again.answer
    assert again.next_at is not None and again.next_at <= clock.now()
    deliver_due()
    assert (state("anne"), server.addresses) == (LetterState.SENT, ["anne@exemple.fr"])
    with pytest.raises(Refused):
        states.apply(OutgoingLetter.objects.get(), "send_again")


def test_what_a_server_answers_at_length_is_kept_in_three_hundred_characters(server: Server) -> None:
    put("anne")
    states.apply(OutgoingLetter.objects.get(), "begin")
    states.apply(OutgoingLetter.objects.get(), "refuse", answer="x" * 400)
    assert len(OutgoingLetter.objects.get().answer) == 300
