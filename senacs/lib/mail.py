"""Messages by e-mail, sent once what they announce is committed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.db import transaction
from django.template.loader import render_to_string


@dataclass(frozen=True, slots=True)
class Letter:
    """One plain-text message to one address."""

    to: str
    subject: str
    body: str


def write(template: str, context: Mapping[str, Any], *, to: str) -> Letter:
    """The letter that a template gives: its first line is the subject, the rest the body."""
    text = render_to_string(template, {"site": settings.PUBLIC_URL, **context})
    subject, _, body = text.strip().partition("\n")
    return Letter(to=to, subject=subject.strip(), body=body.strip() + "\n")


def send_on_commit(letters: Sequence[Letter]) -> None:
    """Sends over one connection after the transaction, never if it is rolled back."""
    if letters:
        transaction.on_commit(lambda: _send(letters))


def _send(letters: Sequence[Letter]) -> None:
    messages = [EmailMessage(letter.subject, letter.body, to=[letter.to]) for letter in letters]
    get_connection().send_messages(messages)
