"""Letters that come back: reports read over IMAP from a real server, told beside the structure they concern."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from senacs.accounts.reach import unreached_of
from senacs.agenda.tick import run_tick
from senacs.campaigns.models import Campaign
from senacs.collection.models import Response
from senacs.letters.bounces import read_report
from senacs.letters.delivery import deliver_due
from senacs.letters.enums import LetterState
from senacs.letters.mail import Letter, send_on_commit
from senacs.letters.mailbox import MailboxError, read_mailbox
from senacs.letters.models import OutgoingLetter
from senacs.letters.queries import refused_addresses, refusing_domains, troubled_letters
from senacs.lib import clock
from tests.factories import Cast
from tests.letters.conftest import Server
from tests.letters.imap_server import Mailbox, served

pytestmark = pytest.mark.django_db


def report(
    identity: str,
    recipient: str,
    *,
    action: str = "failed",
    status: str = "5.1.1",
    said: str = "smtp; 550 5.1.1 User unknown",
    back: str = "message/rfc822",
) -> bytes:
    """As Postfix writes it; `back` is how much of the letter is given back."""
    return (
        "From: MAILER-DAEMON@mx.exemple.fr\r\nTo: senacs@exemple.fr\r\nSubject: Undelivered Mail\r\n"
        'MIME-Version: 1.0\r\nContent-Type: multipart/report; report-type=delivery-status; boundary="B"\r\n\r\n'
        "--B\r\nContent-Type: text/plain; charset=utf-8\r\n\r\nVotre lettre n'est pas arrivée.\r\n"
        "--B\r\nContent-Type: message/delivery-status\r\n\r\n"
        "Reporting-MTA: dns; mx.exemple.fr\r\nArrival-Date: Mon, 30 Nov 2026 10:00:00 +0100\r\n\r\n"
        f"Final-Recipient: rfc822; {recipient}\r\nAction: {action}\r\nStatus: {status}\r\n"
        f"Diagnostic-Code: {said}\r\n\r\n"
        f"--B\r\nContent-Type: {back}\r\n\r\n"
        f"From: senacs@exemple.fr\r\nTo: {recipient}\r\nMessage-ID: {identity}\r\nSubject: Objet\r\n\r\n"
        "--B--\r\n"
    ).encode()


@pytest.fixture
def sent(server: Server) -> dict[str, str]:
    """Letters that the server took: the identity that each had, by address."""
    send_on_commit([Letter(f"{name}@{host}", "Objet", "Bonjour.\n")
                    for name, host in (("anne", "exemple.fr"), ("bruno", "exemple.fr"), ("chloe", "plein.fr"),
                                       ("driss", "plein.fr"))])  # fmt: skip
    deliver_due()
    return {to: str(message["Message-ID"]) for to, message in server.taken}


def state(address: str) -> LetterState:
    return LetterState(OutgoingLetter.objects.get(to=address).state)


def read(settings: Any, *messages: bytes) -> tuple[list[OutgoingLetter], Mailbox]:
    box = Mailbox(list(messages))
    with served(box) as settings.BOUNCES_URL:
        return read_mailbox(), box


@pytest.mark.parametrize("back", ["message/rfc822", "text/rfc822-headers"])
def test_a_letter_comes_back_once(back: str, sent: dict[str, str], settings: Any) -> None:
    box = Mailbox(
        [b"Subject: Bonjour\r\n\r\nUne question.\r\n", report(sent["anne@exemple.fr"], "anne@exemple.fr", back=back)]
    )
    with served(box) as settings.BOUNCES_URL:
        assert [letter.to for letter in read_mailbox()] == ["anne@exemple.fr"]
        assert box.seen == {1, 2}
        assert read_mailbox() == []
    assert state("anne@exemple.fr") == LetterState.BOUNCED and state("bruno@exemple.fr") == LetterState.SENT
    assert refused_addresses(["anne@exemple.fr", "bruno@exemple.fr"]) == {
        "anne@exemple.fr": "5.1.1 550 5.1.1 User unknown"
    }
    assert [letter.to for letter in troubled_letters()] == ["anne@exemple.fr"]


@pytest.mark.parametrize("action", ["delayed", "delivered", "relayed", "expanded"])
def test_what_is_no_failure_changes_nothing(action: str, sent: dict[str, str], settings: Any) -> None:
    assert read(settings, report(sent["anne@exemple.fr"], "anne@exemple.fr", action=action))[0] == []
    assert state("anne@exemple.fr") == LetterState.SENT


def test_a_report_that_is_not_of_our_letter_is_believed_in_nothing(sent: dict[str, str], settings: Any) -> None:
    ours = sent["anne@exemple.fr"]
    number, stamp = ours.removeprefix("<lettre-").split("@")[0].split("-")
    told, box = read(
        settings,
        report(ours, "bruno@exemple.fr"),
        report(f"<lettre-{number}-20200101000000@senacs.fr>", "anne@exemple.fr"),
        report(f"<lettre-{int(number) + 900}-{stamp}@senacs.fr>", "anne@exemple.fr"),
        report("<autre@ailleurs.fr>", "anne@exemple.fr"),
        report(f"<lettre-{'9' * 18}-{stamp}@x>", "anne@exemple.fr"),
        b"\xff\xfe Content-Type: multipart/report\r\n",
    )
    assert told == [] and len(box.seen) == 6
    assert set(OutgoingLetter.objects.values_list("state", flat=True)) == {LetterState.SENT}


def test_a_late_report_is_left_aside(sent: dict[str, str], settings: Any) -> None:
    with clock.frozen(clock.now() + timedelta(days=31)):
        assert read(settings, report(sent["anne@exemple.fr"], "anne@exemple.fr"))[0] == []


def test_several_recipients_of_one_report(sent: dict[str, str]) -> None:
    one = report(sent["anne@exemple.fr"], "anne@exemple.fr").decode()
    more = (
        "Final-Recipient: rfc822; b@x.fr\r\nAction: failed\r\nStatus: 5.2.2\r\n\r\n--B\r\nContent-Type: message/rfc822"
    )
    two = one.replace("--B\r\nContent-Type: message/rfc822", more)
    assert [(r.recipient, r.answer.split(" ")[0]) for r in read_report(two.encode())] == [
        ("anne@exemple.fr", "5.1.1"), ("b@x.fr", "5.2.2"),
    ]  # fmt: skip


def test_a_network_that_breaks_keeps_what_was_read_and_goes_on(sent: dict[str, str], settings: Any) -> None:
    box = Mailbox([report(sent[to], to) for to in ("anne@exemple.fr", "bruno@exemple.fr")], breaks_after=1)
    with served(box) as settings.BOUNCES_URL:
        with pytest.raises(MailboxError):
            read_mailbox()
        assert state("anne@exemple.fr") == LetterState.BOUNCED
        box.breaks_after = 0
        assert [letter.to for letter in read_mailbox()] == ["bruno@exemple.fr"]


def test_passage_tells_what_came_back_and_what_prevented_it(sent: dict[str, str], settings: Any) -> None:
    box = Mailbox([report(sent["anne@exemple.fr"], "anne@exemple.fr")])
    with served(box) as settings.BOUNCES_URL:
        told = {job["job"]: job for job in run_tick().jobs}["Lettres revenues"]
        assert "anne@exemple.fr" in told["told"][0] and not told["failed"]
    with served(box) as address:
        settings.BOUNCES_URL = address.replace("mot%20de%20passe", "faux")
        refused = {job["job"]: job for job in run_tick().jobs}["Lettres revenues"]
        assert refused["failed"] and "boîte des retours" in refused["told"][0]


def test_no_mailbox_no_reading(settings: Any) -> None:
    settings.BOUNCES_URL = ""
    assert read_mailbox() == []


def test_a_domain_refuses_when_several_of_its_addresses_do(sent: dict[str, str], settings: Any) -> None:
    read(settings, report(sent["anne@exemple.fr"], "anne@exemple.fr"), report(sent["chloe@plein.fr"], "chloe@plein.fr"))
    asked = ["anne@exemple.fr", "chloe@plein.fr"]
    assert refusing_domains(asked) == set(), "one address is no domain, and Bruno was reached"
    read(settings, report(sent["driss@plein.fr"], "driss@plein.fr"))
    assert refusing_domains(asked) == {"plein.fr"}


def test_it_is_shown_beside_the_structure_with_who_else_to_write_to(
    cast: Cast, campaign: Campaign, response: Response, server: Server, settings: Any, sign_in
) -> None:
    send_on_commit([Letter(cast.responsable.email, "Objet", "Bonjour.\n")])
    deliver_due()
    read(settings, report(str(server.taken[-1][1]["Message-ID"]), cast.responsable.email))
    found = unreached_of([cast.structure, cast.neighbour])
    assert set(found) == {cast.structure.pk}
    assert list(found[cast.structure.pk].refused) == [cast.responsable.email]
    assert cast.suppleant.email in found[cast.structure.pk].others
    client = sign_in(cast.correspondant_caf)
    for page in ("/suivi/relances/", f"/suivi/{response.pk}/", f"/mandats/caf/{cast.structure.caf_id}/"):
        html = client.get(page).content.decode()
        assert f"{cast.responsable.email}</strong> ne reçoit pas nos lettres" in html, page
    assert cast.suppleant.email in client.get("/suivi/relances/").content.decode()


def test_a_letter_that_came_back_keeps_its_day_and_no_text(sent: dict[str, str], settings: Any) -> None:
    read(settings, report(sent["anne@exemple.fr"], "anne@exemple.fr"))
    letter = OutgoingLetter.objects.get(to="anne@exemple.fr")
    assert letter.sent_at is not None and letter.sealed_body == ""
    with pytest.raises(IntegrityError), transaction.atomic():
        OutgoingLetter.objects.filter(pk=letter.pk).update(sent_at=None)
