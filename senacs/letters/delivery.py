"""Letters handed to the mail server: one attempt at a time for each, told as sent once the server has taken it."""

import logging
import smtplib
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.db import connection, transaction

from senacs.letters import states
from senacs.letters.enums import LetterState
from senacs.letters.models import SEALED_FOR, OutgoingLetter
from senacs.letters.smtp import StagedBackend
from senacs.lib import clock, sealing
from senacs.lib.french import spaced

logger = logging.getLogger(__name__)
_SMTP = "django.core.mail.backends.smtp.EmailBackend"
# One, four, sixteen minutes… six hours at most: about a day in all.
_FIRST_WAIT, _LONGEST_WAIT = timedelta(minutes=1), timedelta(hours=6)
MOST_ATTEMPTS = 8
# Far beyond the timeouts of one sending (settings.EMAIL_TIMEOUT at each step): whoever had it is dead.
LONGEST_SENDING = timedelta(minutes=10)
# Before the server is tried again when it does not answer at all.
PAUSE = timedelta(minutes=1)
_PERMANENT = 500


class _Away(Exception):
    """No server answers: nothing was attempted."""


def deliver_due() -> datetime | None:
    """Sends what is due, letter by letter; gives when to come again, None when nothing waits.

    Any number of workers may run it: a letter is claimed before it is sent. One whose worker died meanwhile is told as
    doubtful and never sent a second time by itself.
    """
    doubt_forgotten()
    post = _post()
    try:
        while _is_due():
            _open(post)
            letter = claim()
            if letter is not None:
                _send(letter, post)
    except _Away as away:
        logger.warning("mail server away: %s", away)
        return clock.now() + PAUSE
    finally:
        _close(post)
    waiting = OutgoingLetter.objects.filter(state=LetterState.WAITING).order_by("next_at")
    return waiting.values_list("next_at", flat=True).first()


def doubt_forgotten() -> int:
    """Letters whose sending nobody ended."""
    dead = OutgoingLetter.objects.filter(state=LetterState.SENDING, claimed_at__lt=clock.now() - LONGEST_SENDING)
    found = list(dead.order_by("pk"))
    for letter in found:
        states.apply(letter, "doubt", answer="L’envoi a été coupé : le serveur l’a peut-être prise.")
    return len(found)


def claim() -> OutgoingLetter | None:
    """The next letter that is due, taken by this process alone."""
    with transaction.atomic():
        due = OutgoingLetter.objects.filter(state=LetterState.WAITING, next_at__lte=clock.now())
        if connection.features.has_select_for_update_skip_locked:
            due = due.select_for_update(skip_locked=True)
        letter = due.order_by("next_at", "pk").first()
        return None if letter is None else states.apply(letter, "begin")


def _is_due() -> bool:
    return OutgoingLetter.objects.filter(state=LetterState.WAITING, next_at__lte=clock.now()).exists()


def _post() -> BaseEmailBackend:
    return StagedBackend() if settings.EMAIL_BACKEND == _SMTP else get_connection()


def _open(post: BaseEmailBackend) -> None:
    try:
        post.open()
    except (OSError, smtplib.SMTPException) as error:
        raise _Away(str(error)) from error


def _close(post: BaseEmailBackend) -> None:
    try:
        post.close()
    except (OSError, smtplib.SMTPException) as error:
        # Everything that it took, it has said so before.
        logger.info("mail server closed badly: %s", error)


def _send(letter: OutgoingLetter, post: BaseEmailBackend) -> None:
    """One attempt, and what became of it."""
    try:
        _message(letter, post).send()
    except smtplib.SMTPRecipientsRefused as refusal:
        code, said = next(iter(refusal.recipients.values()))
        _answered(letter, code, said)
    except smtplib.SMTPDataError as refusal:
        _answered(letter, refusal.smtp_code, refusal.smtp_error)
    except smtplib.SMTPResponseException as refusal:
        # The sender, or the account of this site: no fault of the address.
        _postpone(letter, _words(refusal.smtp_code, refusal.smtp_error))
    except (smtplib.SMTPException, OSError) as error:
        _broken(letter, post, error)
    except (ValueError, sealing.SealLostError) as error:
        states.apply(letter, "refuse", answer=f"Cette lettre ne peut pas partir : {error}")
    else:
        states.apply(letter, "take")


def _message(letter: OutgoingLetter, post: BaseEmailBackend) -> EmailMessage:
    # The same at each attempt: a server, or a reader, that receives it twice can tell.
    identity = f"<lettre-{letter.pk}-{letter.written_at:%Y%m%d%H%M%S}@{urlsplit(settings.PUBLIC_URL).hostname}>"
    body = sealing.unseal(letter.sealed_body, purpose=SEALED_FOR)
    subject, headers = spaced(letter.subject), {"Message-ID": identity}
    return EmailMessage(subject, spaced(body), to=[letter.to], connection=post, headers=headers)


def _answered(letter: OutgoingLetter, code: int, said: bytes | str) -> None:
    if code >= _PERMANENT:
        states.apply(letter, "refuse", answer=_words(code, said))
    else:
        _postpone(letter, _words(code, said))


def _broken(letter: OutgoingLetter, post: BaseEmailBackend, error: Exception) -> None:
    """The connection broke: after the message had left, nobody knows; before, it is tried again."""
    left = isinstance(post, StagedBackend) and post.message_left
    if isinstance(post, StagedBackend):
        post.drop()
    if left:
        states.apply(letter, "doubt", answer=f"Coupée pendant l’envoi : le serveur l’a peut-être prise. {error}")
    else:
        _postpone(letter, str(error) or type(error).__name__)


def _postpone(letter: OutgoingLetter, answer: str) -> None:
    if letter.attempts >= MOST_ATTEMPTS:
        states.apply(letter, "abandon", answer=answer)
        return
    wait = min(_FIRST_WAIT * 4 ** (letter.attempts - 1), _LONGEST_WAIT)
    states.apply(letter, "postpone", answer=answer, next_at=clock.now() + wait)


def _words(code: int, said: bytes | str) -> str:
    text = said.decode("utf-8", errors="replace") if isinstance(said, bytes) else str(said)
    return f"{code} {' '.join(text.split())}"
