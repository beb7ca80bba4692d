"""The receipt of each sending: a PDF that never changes, its checksum in a letter, a link for ever."""

import hashlib
import re
from typing import Any

import pytest
from django.conf import settings
from django.core import mail
from django.test import Client

from senacs.collection.models import Response
from senacs.collection.services import save_values
from senacs.review.services import submit_response, take_back_response
from tests import factories
from tests.factories import Cast

COMPLETE = {
    "salaries_total": 5,
    "etp_total": "4.5",
    "budget_total": 100,
    "budget_caf": 60,
    "budget_autres": 40,
    "clas": False,
}


@pytest.fixture
def sent(cast: Cast, campaign: Any, django_capture_on_commit_callbacks: Any) -> Response:
    response = factories.make_response(structure=cast.structure, campaign=campaign, values=COMPLETE)
    with django_capture_on_commit_callbacks(execute=True):
        return submit_response(response=response, by=cast.responsable)


def test_each_sending_writes_to_the_structure_with_the_checksum_of_the_pdf_at_its_link(
    cast: Cast, sent: Response, client: Client
) -> None:
    receipt = sent.receipts.get()
    letters = [letter for letter in mail.outbox if "bien arrivée" in letter.subject]
    assert {letter.to[0] for letter in letters} == {cast.responsable.email, cast.suppleant.email}
    body = str(letters[0].body)
    assert receipt.pdf_checksum in body
    assert receipt.answers_checksum in body
    link = re.search(rf"{re.escape(settings.PUBLIC_URL.rstrip('/'))}(/\S+\.pdf)", body)
    assert link is not None
    client.force_login(cast.suppleant)
    reply = client.get(link[1])
    assert reply.headers["Content-Type"] == "application/pdf"
    assert hashlib.sha256(reply.content).hexdigest() == receipt.pdf_checksum


def test_another_sending_has_its_own_receipt_and_leaves_the_first_as_it_was(cast: Cast, sent: Response) -> None:
    before = sent.receipts.get()
    taken = take_back_response(response=sent, by=cast.responsable)
    save_values(response=taken, inputs={"benevoles": "7"}, by=cast.responsable)
    again = submit_response(response=Response.objects.get(pk=sent.pk), by=cast.suppleant)
    first, second = again.receipts.order_by("number")
    assert (first.number, second.number) == (1, 2)
    assert (first.pdf, first.pdf_checksum) == (before.pdf, before.pdf_checksum)
    assert (second.by, second.pdf_checksum == first.pdf_checksum) == (cast.suppleant, False)


def test_receipt_is_read_by_those_who_read_the_response(cast: Cast, sent: Response, client: Client) -> None:
    address = f"/saisie/{sent.pk}/envois/1.pdf"
    client.force_login(cast.stranger)
    assert client.get(address).status_code == 404
    client.force_login(cast.responsable)
    assert client.get(f"/saisie/{sent.pk}/envois/2.pdf").status_code == 404
    page = client.get(f"/saisie/{sent.pk}/envoyee/").content.decode()
    assert address in page
    assert sent.receipts.get().pdf_checksum in page
