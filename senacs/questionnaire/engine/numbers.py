"""Reading of typed numbers: cents, hours and minutes, « k€ »; what is not as it was written is told, never silent."""

import re
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from senacs.lib import french
from senacs.lib.text import search_key
from senacs.questionnaire.engine.schema import Field, Kind
from senacs.questionnaire.engine.unread import about, is_date, why_no_number
from senacs.questionnaire.engine.words import InputError, squeezed

MAX_DIGITS = 12  # a thousand billion euros: more is a slip
QUARTERS = 4  # hours are kept to the quarter
_LONGEST = 40

_PLAIN = re.compile(r"[0-9]+(?:[.,][0-9]+)?")
_GROUPED = re.compile(r"[0-9]{1,3}(?: [0-9]{3})+(?:[.,][0-9]+)?")
_SWISS = re.compile(r"[0-9]{1,3}(?:['’][0-9]{3})+(?:[.,][0-9]+)?")
_NO_UNITS = re.compile(r"[.,][0-9]{1,2}")
# « 1 234,- » and « 1 234,— »: no cents.
_NO_CENTS = re.compile(r"([0-9])[.,] ?[-–—](?= ?(?:€|eur|$))")
_ENGLISH = re.compile(r"[0-9]{1,3}(?:,[0-9]{3})+\.[0-9]+|[0-9]{1,3}(?:,[0-9]{3}){2,}")
_DOTTED = re.compile(r"[0-9]{1,3}(?:\.[0-9]{3})+,[0-9]+|[0-9]{1,3}(?:\.[0-9]{3}){2,}")
_AMBIGUOUS = re.compile(r"[0-9]{1,3}[.,][0-9]{3}")
_CLOCK = re.compile(r"[0-9]+[.,][0-5][0-9]")
_WHOLE = r"(?P<hours>[0-9]+|[0-9]{1,3}(?: [0-9]{3})+)"
_HOUR = r"(?:h|heures?|hrs?)"
_MINUTE = r"(?:min(?:utes?)?|mn|['’])"
# « 7 heures et demie », « 7h½ », « 7½ »
_HALF = re.compile(rf"{_WHOLE} ?(?:{_HOUR})? ?(?:½|et demie?)")
_HOURS_MINUTES = re.compile(rf"{_WHOLE} ?{_HOUR} ?(?P<minutes>[0-9]{{1,2}})(?P<said> ?{_MINUTE})?")
_COLON = re.compile(r"(?P<hours>[0-9]+) ?: ?(?P<minutes>[0-9]{1,2})(?::(?P<seconds>[0-9]{2}))?")
_MINUTES = re.compile(rf"(?P<minutes>[0-9]+) ?{_MINUTE}")
_DURATION = re.compile(rf"[0-9 ]+ ?(?:{_HOUR} ?[0-9]* ?{_MINUTE}?|:[0-9]+(?::[0-9]+)?|{_MINUTE})")
_EURO_CENTS = re.compile(r"([0-9]) ?€ ?([0-9]{2})")
_EURO = r"(?:€|eur|euros?)"
_THOUSANDS = re.compile(rf"(?P<number>.*[0-9]) ?k ?{_EURO}?")
_MILLIONS = re.compile(rf"(?P<number>.*[0-9]) ?(?:m ?{_EURO}|millions?(?: d['’]euros)?)")
_EUROS = re.compile(rf"(?P<number>.*[0-9]) ?{_EURO}|{_EURO} ?(?P<after>[0-9].*)")
_PERCENT = re.compile(r"(?P<number>.*[0-9]) ?(?:%|pour ?cent|p\. ?100)")
# Hyphens and dashes that mails, PDFs and word processors put for a minus sign.
_SIGNS = frozenset("-\u2010\u2011\u2012\u2013\u2014\u2212\ufe63\uff0d")
_WORD = re.compile(r"(?P<number>.*[0-9]) ?(?P<word>[^\W\d_]{2,}\.?)")


@dataclass(frozen=True, slots=True)
class Read:
    """`number`: int for counts and whole euros, Decimal otherwise. `is_told`: not what the characters say as such.

    `hint`, which follows the note, says what to write if something else was meant.
    """

    number: int | Decimal
    is_told: bool = False
    hint: str = ""


def read_number(field: Field, raw: str) -> Read:
    """What a person wrote, as the number that the field keeps. InputError in French, with what to write."""
    text = squeezed(raw)
    shown = text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"
    is_negative, text = _without_sign(text)
    if len(text) > _LONGEST + len(field.unit):
        raise InputError(f"« {shown} » est trop long pour un nombre.")
    exact, is_told = _exact(field, text, shown)
    if exact >= 10**MAX_DIGITS:
        raise InputError(f"« {shown} » est trop grand : vérifiez le nombre de chiffres.")
    exact = -exact if is_negative else exact
    kept = _rounded(field, exact)
    number = _within_bounds(field, kept, shown)
    hint = _clock_hint(field, kept, text) if field.is_hours and kept != exact else ""
    return Read(number, is_told or kept != exact, hint)


def _clock_hint(field: Field, kept: Decimal, text: str) -> str:
    """The rounded hours on the clock, where the note does not say them so, and how to write the minutes meant."""
    hint = "" if field.is_clock or kept == int(kept) else f", soit {in_hours(kept)}"
    if _CLOCK.fullmatch(text):
        clock = re.sub("[.,]", "h", text)
        hint += f" ; pour {clock.replace('h', ' h ')}, écrivez {clock}"
    return hint


def in_hours(number: int | Decimal) -> str:
    """« 7 h 15 », « 7 h »: a number of hours on the clock."""
    minutes = int((abs(Decimal(number)) * 60).quantize(Decimal(1), ROUND_HALF_UP))
    text = french.number(minutes // 60) + f"{french.NBSP}h"
    sign = french.MINUS if number < 0 else ""
    return sign + (f"{text}{french.NBSP}{minutes % 60:02}" if minutes % 60 else text)


def _without_sign(text: str) -> tuple[bool, str]:
    if text[:1] in _SIGNS:
        return True, text[1:].strip()
    return False, text.removeprefix("+").strip()


def _exact(field: Field, text: str, shown: str) -> tuple[Decimal, bool]:
    """The number before any rounding, and whether it is told in another form than it was written."""
    lowered = text.lower()
    if field.is_hours and (hours := _hours(lowered, shown)) is not None:
        return hours, True
    factor = 1
    if field.is_money:
        lowered = _EURO_CENTS.sub(r"\1,\2", _NO_CENTS.sub(r"\1", lowered))
        if match := _THOUSANDS.fullmatch(lowered):
            lowered, factor = match["number"], 1_000
        elif match := _MILLIONS.fullmatch(lowered):
            lowered, factor = match["number"], 1_000_000
        elif match := _EUROS.fullmatch(lowered):
            lowered = match["number"] or match["after"]
    else:
        lowered = _without_unit(field, lowered)
    if factor != 1 and _AMBIGUOUS.fullmatch(lowered) and not lowered.startswith("0"):
        raise InputError(f"« {shown} » peut se lire de deux façons : écrivez le montant en euros, par exemple 45 000.")
    return _read(field, lowered, shown) * factor, factor != 1


def _without_unit(field: Field, text: str) -> str:
    """Without a unit that says what the field counts already: its own, « % » of a percentage, a word of its label."""
    if field.kind is Kind.PERCENT and (match := _PERCENT.fullmatch(text)):
        return match["number"]
    unit = field.unit.lower()
    if unit and text.endswith(unit) and text[: -len(unit)].rstrip()[-1:].isdigit():
        return text[: -len(unit)].rstrip()
    if field.is_hours and (match := re.fullmatch(rf"(.*[0-9]) ?{_HOUR}", text)):
        return match[1]
    if match := _WORD.fullmatch(text):
        known = {_stem(word) for word in search_key(f"{field.caption} {field.unit}").split()}
        if _stem(search_key(match["word"])) in known:
            return match["number"]
    return text


def _stem(word: str) -> str:
    return word.strip(".,").removesuffix("s")


def _hours(text: str, shown: str) -> Decimal | None:
    """Hours and minutes as they are said (« 7h30 », « 7:30 », « 450 min »); None when it is a plain number."""
    if half := _HALF.fullmatch(text):
        return Decimal(half["hours"].replace(" ", "")) + Decimal("0.5")
    match = _HOURS_MINUTES.fullmatch(text) or _COLON.fullmatch(text)
    if match is None:
        alone = _MINUTES.fullmatch(text)
        return Decimal(alone["minutes"]) / 60 if alone else None
    hours, minutes, parts = Decimal(match["hours"].replace(" ", "")), match["minutes"], match.groupdict()
    if len(minutes) == 1 and not parts.get("said"):
        raise InputError(f"« {shown} » : écrivez les minutes avec deux chiffres, par exemple 7h05 ou 7h50.")
    seconds = int(parts.get("seconds") or 0)
    if int(minutes) > 59 or seconds > 59:
        raise InputError(f"« {shown} » : les minutes vont de 0 à 59. Sept heures et demie s’écrivent 7h30 ou 7,5.")
    return hours + Decimal(int(minutes) * 60 + seconds) / 3600


def _read(field: Field, text: str, shown: str) -> Decimal:
    if any(c.isdigit() and c not in "0123456789" for c in text):
        raise InputError(f"« {shown} » : écrivez le nombre avec les chiffres 0 à 9.")
    if re.fullmatch(r"[0-9.,]+ ?[eE] ?[+-]?[0-9]+", text):
        raise InputError(f"« {shown} » est une notation scientifique : écrivez le nombre en entier.")
    if _ENGLISH.fullmatch(text):
        return Decimal(text.replace(",", ""))
    if _DOTTED.fullmatch(text):
        return Decimal(text.replace(".", "").replace(",", "."))
    if _PLAIN.fullmatch(text):
        # « 1,234 » or « 1.000 » in a count: one or one thousand? Only the person knows.
        if _AMBIGUOUS.fullmatch(text) and field.decimals < 3 and not text.startswith("0"):
            grouped = french.number(int(re.sub("[.,]", "", text)))
            raise InputError(f"« {shown} » peut se lire de deux façons : pour des milliers, écrivez « {grouped} ».")
        return Decimal(text.replace(",", "."))
    if _GROUPED.fullmatch(text) or _SWISS.fullmatch(text) or _NO_UNITS.fullmatch(text):
        return Decimal(re.sub("[ '’]", "", text).replace(",", "."))
    if is_date(text):
        raise InputError(f"« {shown} » est une date : écrivez {_wanted(field)}.")
    if re.fullmatch(r"[0-9 .,]*[0-9][0-9 .,]*", text):
        raise InputError(f"« {shown} » : les espaces, points ou virgules ne sont pas à leur place. Exemple : 1 234,5.")
    raise InputError(_unreadable(field, text, shown))


def _wanted(field: Field) -> str:
    if field.is_money:
        return "le montant en euros, par exemple 45 000"
    return "le nombre d’heures, par exemple 7,5 ou 7h30" if field.is_hours else "le nombre seul, par exemple 1 234"


def _unreadable(field: Field, text: str, shown: str) -> str:
    """Why a text is no number here, and what to write instead."""
    wanted = _wanted(field)
    if _PERCENT.fullmatch(text):
        return f"« {shown} » est un pourcentage : écrivez {wanted}."
    if _THOUSANDS.fullmatch(text) or _MILLIONS.fullmatch(text) or _EUROS.fullmatch(text):
        return f"« {shown} » est un montant : écrivez {wanted}."
    if _DURATION.fullmatch(text) and not field.is_hours:
        return f"« {shown} » est une durée : écrivez {wanted}."
    if re.fullmatch(r"\([^0-9)]*[0-9][^)]*\)|[0-9][0-9 .,]*[-\u2212]", text):
        return f"« {shown} » : un nombre négatif s’écrit avec un signe moins, par exemple −1 234."
    if (estimate := about(text)) and _is_readable(field, estimate):
        return f"« {shown} » : écrivez {estimate} si c’est votre meilleure estimation."
    return why_no_number(shown, wanted, can_be_not_concerned=field.allows_not_concerned) or (
        f"« {shown} » n’est pas un nombre : écrivez {wanted}."
    )


def _is_readable(field: Field, text: str) -> bool:
    try:
        read_number(field, text)
    except InputError:
        return False
    return True


def _rounded(field: Field, number: Decimal) -> Decimal:
    """Whole euros, hours to the quarter; half away from zero."""
    if field.kind is Kind.AMOUNT:
        return number.quantize(Decimal(1), ROUND_HALF_UP)
    if field.is_hours and field.kind is Kind.DECIMAL:
        return (number * QUARTERS).quantize(Decimal(1), ROUND_HALF_UP) / QUARTERS
    return number


def _within_bounds(field: Field, number: Decimal, shown: str) -> int | Decimal:
    if field.minimum is not None and number < field.minimum:
        if field.minimum == 0:
            raise InputError("Ce nombre ne peut pas être négatif.")
        raise InputError(f"Ce nombre doit être au moins {french.number(field.minimum)}.")
    if field.maximum is not None and number > field.maximum:
        raise InputError(f"Ce nombre doit être au plus {french.number(field.maximum)}.")
    places = -int(str(number.normalize().as_tuple().exponent))
    if field.kind in {Kind.INTEGER, Kind.AMOUNT}:
        if places > 0:
            raise InputError(f"« {shown} » : ce nombre doit être entier, sans décimale.")
        return int(number)
    if places > field.decimals:
        allowed = french.plural(field.decimals, "décimale") if field.decimals else "aucune décimale"
        raise InputError(f"« {shown} » : {allowed} au plus." if field.decimals else f"« {shown} » : {allowed} ici.")
    return number.quantize(Decimal(1)) if places <= 0 else number.normalize()
