"""Dates as an iCalendar object (RFC 5545): whole days alone, so no time zones; lines folded by octets, text escaped."""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

from django.conf import settings

from senacs.accounts.keys import public_address
from senacs.agenda.calendars import CalendarDate
from senacs.lib import clock

# RFC 5545, 3.1: a line is at most 75 octets, its end apart.
LONGEST = 75
_DAY = timedelta(days=1)
_ESCAPED = str.maketrans({"\\": "\\\\", ";": "\\;", ",": "\\,", "\n": "\\n", "\r": None})


def icalendar(dates: Iterable[CalendarDate], *, name: str) -> bytes:
    """The whole object; readers come again every six hours. An address of this site follows each date."""
    return "".join(f"{line}\r\n" for text in _lines(dates, name) for line in _folded(text)).encode()


def _lines(dates: Iterable[CalendarDate], name: str) -> Iterator[str]:
    stamp = _instant(clock.now())
    host = urlsplit(settings.PUBLIC_URL).hostname or "senacs"
    yield from ("BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//SENACS//Calendrier//FR", "CALSCALE:GREGORIAN")
    yield from ("METHOD:PUBLISH", f"X-WR-CALNAME:{_text(name)}", f"NAME:{_text(name)}")
    yield from ("REFRESH-INTERVAL;VALUE=DURATION:PT6H", "X-PUBLISHED-TTL:PT6H")
    for one in dates:
        yield from ("BEGIN:VEVENT", f"UID:{one.key}@{host}", f"DTSTAMP:{stamp}")
        # The end of a whole day is the day after, not included.
        yield from (f"DTSTART;VALUE=DATE:{one.day:%Y%m%d}", f"DTEND;VALUE=DATE:{one.day + _DAY:%Y%m%d}")
        address = public_address(one.url)
        yield from (f"SUMMARY:{_text(one.title)}", f"DESCRIPTION:{_text(' '.join([one.note, address]).strip())}")
        yield from (f"URL:{address}", "TRANSP:TRANSPARENT", "END:VEVENT")
    yield "END:VCALENDAR"


def _instant(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y%m%dT%H%M%SZ}"


def _text(value: str) -> str:
    return value.translate(_ESCAPED)


def _folded(text: str) -> Iterator[str]:
    """Never in the middle of a character; each line after the first begins with a space, which counts."""
    line, size = "", 0
    for character in text:
        length = len(character.encode())
        if size + length > LONGEST:
            yield line
            line, size = " ", 1
        line, size = line + character, size + length
    yield line
