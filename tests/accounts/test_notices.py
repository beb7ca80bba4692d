"""Telling people: once each, at once or in the letter of the day, never the author; a clock starts when it has left."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.core import mail

from senacs.accounts.models import Notice, NoticePace
from senacs.accounts.notices import News, choose_pace, clock_start, send_digests, tell_plainly
from senacs.letters.models import OutgoingLetter
from senacs.lib import clock
from tests.factories import Cast

PARIS = ZoneInfo("Europe/Paris")
MONDAY_NOON = datetime(2026, 11, 30, 12, tzinfo=PARIS)
TUESDAY_8 = datetime(2026, 12, 1, 8, tzinfo=PARIS)


def say(people, what: str = "une réponse est contestée", **more):
    return tell_plainly(people, News(f"SENACS : {what}", "C’est dit.", "La lire", "/suivi/1/", None, **more))


@pytest.fixture
def daily(cast: Cast):
    choose_pace(user=cast.correspondant_caf, pace=NoticePace.DAILY)
    return cast.correspondant_caf


def test_each_is_told_once_and_the_author_never(cast: Cast, django_capture_on_commit_callbacks) -> None:
    people = [cast.responsable, cast.suppleant, cast.responsable]
    with django_capture_on_commit_callbacks(execute=True):
        tell_plainly(people, News("S", "T", "Lire", "/p/", cast.suppleant))
    assert [letter.to for letter in mail.outbox] == [[cast.responsable.email]]
    assert mail.outbox[0].body.endswith(f"{cast.suppleant.email}\n") and "/p/" in mail.outbox[0].body


def test_closed_accounts_are_not_written_to(cast: Cast) -> None:
    cast.responsable.is_active = False
    assert say([cast.responsable]) == []


def test_the_day_is_told_in_one_letter_the_next_morning(daily, django_capture_on_commit_callbacks) -> None:
    with clock.frozen(MONDAY_NOON):
        say([daily])
        say([daily], "un accord est attendu")
        assert send_digests() == 0, "the same day"
    assert not OutgoingLetter.objects.exists()
    with clock.frozen(TUESDAY_8 - timedelta(hours=2)):
        assert send_digests() == 0, "before the hour"
    with clock.frozen(TUESDAY_8), django_capture_on_commit_callbacks(execute=True):
        assert send_digests() == 1
        assert send_digests() == 0, "twice"
    (letter,) = mail.outbox
    assert letter.subject == "SENACS\u00a0: 2\u00a0nouvelles depuis hier"
    assert letter.body.index("contestée") < letter.body.index("accord est attendu")
    assert "/compte/lettres/" in letter.body


def test_what_can_wait_goes_with_the_digest_of_everyone(cast: Cast) -> None:
    with clock.frozen(MONDAY_NOON):
        say([cast.correspondant_federal], can_wait=True)
    with clock.frozen(TUESDAY_8):
        assert send_digests() == 1


def test_a_missed_morning_is_caught_up(daily) -> None:
    with clock.frozen(MONDAY_NOON):
        say([daily])
    with clock.frozen(TUESDAY_8 + timedelta(days=4)):
        assert send_digests() == 1
    assert not Notice.objects.waiting().exists()


def test_a_digest_to_a_closed_account_is_dropped(daily) -> None:
    with clock.frozen(MONDAY_NOON):
        say([daily])
    daily.is_active = False
    daily.save()
    with clock.frozen(TUESDAY_8):
        send_digests()
        assert send_digests() == 0
    assert not OutgoingLetter.objects.exists()


def test_clock_starts_when_the_server_has_taken_the_first_letter(cast: Cast, django_capture_on_commit_callbacks):
    say([cast.correspondant_caf], key="approval-1")
    assert clock_start("approval-1") is None, "written, and not gone"
    with django_capture_on_commit_callbacks(execute=True):
        say([cast.correspondant_federal], key="approval-1")
    sent = OutgoingLetter.objects.order_by("sent_at").values_list("sent_at", flat=True)
    assert clock_start("approval-1") == sent[0]
    assert clock_start("approval-2") is None
