"""Numbers, dates and plurals as a French reader writes them: `1 234,5`, `12 %`, `3 centres`.

Thousands take a narrow no-break space (U+202F), « % » and « € » follow a no-break space (U+00A0).
"""

import re
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from zoneinfo import ZoneInfo

from senacs.lib import printed_marks

THIN = "\u202f"
NBSP = "\u00a0"
MINUS = "\u2212"
ZONE = ZoneInfo("Europe/Paris")
MONTHS = "janvier février mars avril mai juin juillet août septembre octobre novembre décembre".split()

Number = int | float | Decimal


def rounded(value: Number, decimals: int | None = None) -> Decimal:
    """The value that is printed, half away from zero; None: two digits at the most. Sentences compare this one."""
    return Decimal(str(value)).quantize(Decimal(1).scaleb(-2 if decimals is None else -decimals), ROUND_HALF_UP)


def number(value: Number | None, decimals: int | None = None) -> str:
    """`value` with `decimals` digits (None: as few as needed, at most 2), half away from zero; « – » for None."""
    if value is None:
        return "–"
    shown = rounded(value, decimals)
    text = f"{abs(shown):f}"
    if decimals is None:
        text = text.rstrip("0").rstrip(".")
    whole, _, fraction = text.partition(".")
    grouped = f"{int(whole):,}".replace(",", THIN)
    sign = MINUS if shown < 0 else ""
    written = sign + grouped + (f",{fraction}" if fraction else "")
    printed_marks.tell(value, written)
    return written


def amount(value: Number | None, decimals: int = 0) -> str:
    """Euros: « 12 345 € »."""
    return "–" if value is None else f"{number(value, decimals)}{NBSP}€"


def percent(value: Number | None, decimals: int = 0) -> str:
    """`value` is already in percent: 12.3 gives « 12 % »."""
    return "–" if value is None else f"{number(value, decimals)}{NBSP}%"


def with_unit(value: Number | None, unit: str, decimals: int | None = None) -> str:
    """The number followed by its unit, which never wraps away from it."""
    text = number(value, decimals)
    return f"{text}{NBSP}{unit}" if unit and value is not None else text


def plural(count: Number, singular: str, plural_form: str | None = None) -> str:
    """« 1 centre », « 2 centres »; French takes the singular below 2 (0 and 1,5 included)."""
    word = singular if -2 < count < 2 else (plural_form or f"{singular}s")
    return f"{number(count)}{NBSP}{word}"


def long_date(day: date) -> str:
    """« 1er mars 2026 », « 22 novembre 2026 »; an instant is told in the project's zone."""
    if isinstance(day, datetime):
        day = (day.astimezone(ZONE) if day.tzinfo else day).date()
    first = "1er" if day.day == 1 else str(day.day)
    return f"{first}{NBSP}{MONTHS[day.month - 1]} {day.year}"


def moment(instant: datetime) -> str:
    """« 22 novembre 2026 à 9 h 05 », in the project's zone."""
    local = instant.astimezone(ZONE)
    return f"{long_date(local)} à {local.hour}{NBSP}h{NBSP}{local.minute:02d}"


def inside(label: str) -> str:
    """A label within a sentence: « Part des ETP » gives « part des ETP », « CLAS » stays."""
    return label if label[1:2].isupper() else label[:1].lower() + label[1:]


# Words that stay with the number before them, wherever the line is cut.
UNITS = "|".join(
    (
        "%|‰|€|[kM]€|[KMG]o|euros?|ETP|km|m²|pages?|points?|places?",
        "ans?|mois|semaines?|jours?|heures?|h|minutes?|min|secondes?",
    )
)
_LOOSE = re.compile(rf" (?=[:»](?![\w/=])|[;?!]+(?![\w/=]))|(?<=«) |(?<=\d) (?=(?:{UNITS})(?![\w’]))")


def space_before(mark: str) -> str:
    """What French wants there instead of a plain space: a narrow one before « ; ? ! », a whole one elsewhere."""
    return THIN if mark in {";", "?", "!"} else NBSP


# « 10 000 » typed with the space of keyboards; a year before another number (« 2025 100 ») is no such group.
GROUPED = re.compile(r"(?<![\w,.])[0-9]{1,3}(?: [0-9]{3})+(?![0-9])")


def spaced(text: str) -> str:
    """The same sentence with spaces that nothing breaks where French wants them: before « : ; ? ! », inside guillemets,
    between a number and its unit, within a number.
    """
    text = GROUPED.sub(lambda found: found.group().replace(" ", THIN), text)
    return _LOOSE.sub(lambda found: space_before(text[found.end() : found.end() + 1]), text)


_STRAIGHT = re.compile(r"(?<=\w)'(?=\w)")


def apostrophes(name: str) -> str:
    """« Val-d'Oise » as it is printed: « Val-d’Oise ». Files come with the apostrophe of keyboards."""
    return _STRAIGHT.sub("’", name)


def joined(items: list[str], last: str = "et") -> str:
    """« a, b et c »."""
    if len(items) < 2:
        return "".join(items)
    return f"{', '.join(items[:-1])} {last} {items[-1]}"
