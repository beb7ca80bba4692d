"""The mailbox to which letters come back, read over IMAP: each message once, and marked as seen."""

import imaplib
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import unquote, urlsplit

from django.conf import settings

from senacs.letters.bounces import note_returned, read_report
from senacs.letters.models import OutgoingLetter

logger = logging.getLogger(__name__)
# Messages of one passage; the next one goes on.
MOST_READ = 200
# What is larger is no report.
LARGEST = 2_000_000
_TIMEOUT = 30


class MailboxError(OSError):
    """The mailbox could not be read; what was read before is kept."""


def read_mailbox() -> list[OutgoingLetter]:
    """The letters that new messages say came back. Nothing where no mailbox is set. Raises MailboxError."""
    if not settings.BOUNCES_URL:
        return []
    returned: list[OutgoingLetter] = []
    with _opened(settings.BOUNCES_URL) as mailbox:
        for number in _unseen(mailbox)[:MOST_READ]:
            content = _message(mailbox, number)
            found = (note_returned(one) for one in read_report(content))
            returned += [letter for letter in found if letter is not None]
            # Only now: a passage that dies before reads the same message again, which changes nothing.
            mailbox.uid("STORE", number, "+FLAGS.SILENT", r"(\Seen)")
    return returned


@contextmanager
def _opened(url: str) -> Iterator[imaplib.IMAP4]:
    """`imaps://account:password@server/folder`; `imap://` goes in clear, for a server on the same machine."""
    parts = urlsplit(url)
    host, is_sealed = parts.hostname or "localhost", parts.scheme == "imaps"
    try:
        if is_sealed:
            mailbox: imaplib.IMAP4 = imaplib.IMAP4_SSL(host, parts.port or 993, timeout=_TIMEOUT)
        else:
            mailbox = imaplib.IMAP4(host, parts.port or 143, timeout=_TIMEOUT)
        try:
            mailbox.login(unquote(parts.username or ""), unquote(parts.password or ""))
            folder = unquote(parts.path.strip("/")) or "INBOX"
            answer, said = mailbox.select(f'"{folder}"')
            if answer != "OK":
                raise MailboxError(f"La boîte « {folder} » ne s’ouvre pas : {said}")
            yield mailbox
        finally:
            mailbox.shutdown()
    except imaplib.IMAP4.error as error:
        raise MailboxError(f"La boîte des retours ne se lit pas : {error}") from error


def _unseen(mailbox: imaplib.IMAP4) -> list[str]:
    answer, found = mailbox.uid("SEARCH", f"UNSEEN SMALLER {LARGEST}")
    if answer != "OK":
        raise MailboxError(f"La boîte des retours ne se cherche pas : {found}")
    return (found[0] or b"").decode("ascii").split()


def _message(mailbox: imaplib.IMAP4, number: str) -> bytes:
    answer, found = mailbox.uid("FETCH", number, "(BODY.PEEK[])")
    if answer != "OK":
        raise MailboxError(f"Le message {number} ne se lit pas : {found}")
    return next((part[1] for part in found if isinstance(part, tuple)), b"")
