"""Letters written with the act that they tell: rows of the outbox, in the same transaction, sent by the worker."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db import transaction
from django.template.loader import render_to_string

from senacs.letters.models import SEALED_FOR, OutgoingLetter
from senacs.letters.tasks import deliver
from senacs.lib import sealing

BATCH = 500


@dataclass(frozen=True, slots=True)
class Letter:
    """One plain-text message to one address."""

    to: str
    subject: str
    body: str


def write(template: str, context: Mapping[str, Any], *, to: str) -> Letter:
    """The letter that a template gives: its first line is the subject, the rest the body."""
    text = render_to_string(template, {"site": settings.PUBLIC_URL.rstrip("/"), **context})
    subject, _, body = text.strip().partition("\n")
    return Letter(to=to, subject=subject.strip(), body=body.strip() + "\n")


def send_on_commit(letters: Sequence[Letter]) -> list[OutgoingLetter]:
    """Puts letters in the outbox with what the transaction writes, never if it is rolled back; they leave after it.

    Gives their rows, in order.
    """
    if not letters:
        return []
    rows = [
        OutgoingLetter(
            to=letter.to,
            subject=letter.subject[:300],
            sealed_body=sealing.seal(letter.body, purpose=SEALED_FOR),
        )
        for letter in letters
    ]
    written = OutgoingLetter.objects.bulk_create(rows, batch_size=BATCH)
    transaction.on_commit(deliver.enqueue)
    return written
