"""Letters that come back: reports of delivery (RFC 3464) read for what they say of a letter of ours."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from email import policy
from email.message import Message
from email.parser import BytesParser

from senacs.letters import states
from senacs.letters.enums import LetterState
from senacs.letters.models import OutgoingLetter
from senacs.lib import clock
from senacs.lib.refusals import Refused

# A report that comes later than this speaks of nothing that is still looked at.
LATEST = timedelta(days=30)
_OURS = re.compile(r"<lettre-(\d{1,18})-(\d{14})@[^<>\s]{1,255}>")


@dataclass(frozen=True, slots=True)
class ReturnedLetter:
    """What a report says of one recipient. `identity` is that of our letter, as its header had it."""

    identity: str
    recipient: str
    answer: str


def read_report(content: bytes) -> list[ReturnedLetter]:
    """Of a message, the recipients whom a letter of ours never reached; nothing for any other message.

    Delays, and deliveries that succeeded, are no failures. A report that quotes no letter of ours says nothing: anybody
    may write to a mailbox.
    """
    message = BytesParser(policy=policy.default).parsebytes(content)
    if message.get_content_type() != "multipart/report":
        return []
    identity = next(iter(_identities(message)), "")
    if not identity:
        return []
    return [
        ReturnedLetter(identity, recipient, answer)
        for part in message.walk()
        if part.get_content_type() == "message/delivery-status"
        for recipient, answer in _failures(part)
    ]


def _identities(message: Message) -> Iterator[str]:
    """Of the letter that the report gives back, whole or by its headers alone."""
    for part in message.walk():
        kind = part.get_content_type()
        if kind == "message/rfc822":
            for inner in part.iter_parts() if hasattr(part, "iter_parts") else ():
                yield from _own(str(inner.get("Message-ID", "")))
        elif kind == "text/rfc822-headers":
            payload = part.get_payload(decode=True)
            text = payload.decode("utf-8", "replace") if isinstance(payload, bytes) else ""
            for line in text.splitlines():
                if line.lower().startswith("message-id:"):
                    yield from _own(line)


def _own(text: str) -> Iterator[str]:
    if found := _OURS.search(text):
        yield found[0]


def _failures(part: Message) -> Iterator[tuple[str, str]]:
    """Blocks of fields: the first of the whole message, then one a recipient."""
    for block in part.get_payload():
        if not isinstance(block, Message) or str(block.get("Action", "")).strip().lower() != "failed":
            continue
        named = str(block.get("Original-Recipient") or block.get("Final-Recipient") or "")
        recipient = named.rpartition(";")[2].strip().strip("<>")
        said = str(block.get("Diagnostic-Code", "")).rpartition(";")[2]
        status = str(block.get("Status", "")).strip()
        if recipient:
            yield recipient, " ".join(f"{status} {said}".split())


def note_returned(found: ReturnedLetter) -> OutgoingLetter | None:
    """The letter comes back; None where the report speaks of none of ours, of another address, or too late."""
    ours = _OURS.fullmatch(found.identity)
    letter = OutgoingLetter.objects.filter(pk=ours[1]).first() if ours else None
    if ours is None or letter is None or letter.state != LetterState.SENT or letter.sent_at is None:
        return None
    is_same = f"{letter.written_at:%Y%m%d%H%M%S}" == ours[2] and letter.to.lower() == found.recipient.lower()
    if not is_same or clock.now() - letter.sent_at > LATEST:
        return None
    try:
        return states.apply(letter, "bounce", answer=found.answer or "Revenue, sans explication.")
    except Refused:  # another process read the same report
        return None
