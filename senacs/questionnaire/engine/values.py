"""Values of fields: reading what a person typed, writing JSON, showing French text.

A value is int, Decimal, bool, str, tuple of option codes, date, or NOT_CONCERNED. Unanswered is the absence of the key.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import Enum

from senacs.lib import french
from senacs.questionnaire.engine.numbers import in_hours, read_number
from senacs.questionnaire.engine.parsing import parse_choice, parse_date, parse_text, refuse_error, require_readable
from senacs.questionnaire.engine.schema import Field, Kind
from senacs.questionnaire.engine.words import InputError, squeezed

__all__ = [
    "NOT_CONCERNED",
    "Env",
    "InputError",
    "NotConcerned",
    "Reading",
    "Value",
    "format_value",
    "from_json",
    "parse_input",
    "read_input",
    "to_json",
]


class NotConcerned(Enum):
    """« Non concerné »: an answer, neither unanswered nor 0. One member, so that `is` holds after pickling."""

    NOT_CONCERNED = "non_concerne"

    def __repr__(self) -> str:
        return "NOT_CONCERNED"


NOT_CONCERNED = NotConcerned.NOT_CONCERNED
Value = int | Decimal | bool | str | tuple[str, ...] | date | NotConcerned
Env = Mapping[str, Value]
JsonValue = int | bool | str | list[str]

_YES = {"oui", "o", "vrai", "1", "true"}
_NO = {"non", "n", "faux", "0", "false"}
# As `NC_WORDS` of assets/js/paste.mjs; a test holds them together.
_NOT_CONCERNED = re.compile(r"n\.? ?c\.?|n/c|s\.o\.?|non concern[ée]e?s?|sans objet")


@dataclass(frozen=True, slots=True)
class Reading:
    """`note`: what was understood, to show wherever the value is not what was written (« noté 45 000 € »)."""

    value: Value | None
    note: str = ""


def read_input(field: Field, raw: str | Sequence[str]) -> Reading:
    """What a person typed or a file holds, as a value of `field`, None for a blank. InputError in French.

    The one reader of every door: form, workbook, API and other software, correction proposed in the control.
    """
    if isinstance(raw, str):
        word = squeezed(raw)
    else:
        word = squeezed(raw[0]) if len(raw) == 1 else ""
        if not any(squeezed(item) for item in raw):
            return Reading(None)
    if isinstance(raw, str) and not word:
        return Reading(None)
    refuse_error(word)
    is_free_text = field.kind in {Kind.TEXT, Kind.LONG_TEXT}
    if (
        _NOT_CONCERNED.fullmatch(word.lower())
        and not is_free_text
        and word.lower() not in {o.code for o in field.options}
    ):
        if not field.allows_not_concerned:
            raise InputError("« Non concerné » n’est pas possible ici : une réponse est attendue.")
        return Reading(NOT_CONCERNED)
    if field.kind is Kind.MULTIPLE:
        return Reading(_parse_multiple(field, raw))
    if not isinstance(raw, str):
        if len(raw) > 1:
            raise InputError("Une seule réponse est possible.")
        raw = raw[0]
    if not is_free_text:
        require_readable(word)
    if field.kind.is_numeric:
        return _number(field, raw)
    if field.kind is Kind.YES_NO:
        return Reading(_parse_yes_no(word))
    if field.kind is Kind.CHOICE:
        return Reading(parse_choice(field, word))
    if field.kind is Kind.DATE:
        return Reading(parse_date(word))
    return Reading(parse_text(field, raw))


def parse_input(field: Field, raw: str | Sequence[str]) -> Value | None:
    """The value that `read_input` understands."""
    return read_input(field, raw).value


def _number(field: Field, raw: str) -> Reading:
    read = read_number(field, raw)
    if not read.is_told:
        return Reading(read.number)
    return Reading(read.number, f"noté {format_value(field, read.number)}{read.hint}")


def _parse_yes_no(word: str) -> bool:
    if word.lower() in _YES:
        return True
    if word.lower() in _NO:
        return False
    raise InputError(f"Répondez par « Oui » ou « Non », pas « {word[:40]} ».")


def _parse_multiple(field: Field, raw: str | Sequence[str]) -> tuple[str, ...]:
    if isinstance(raw, str):
        raw = raw.replace("\n", ";").split(";")
    if len(raw) > 500:
        raise InputError("Trop de réponses.")
    words = [word for item in raw if (word := squeezed(item))]
    for word in words:
        require_readable(word)
    chosen = {parse_choice(field, word) for word in words}
    return tuple(option.code for option in field.options if option.code in chosen)


def to_json(field: Field, value: Value) -> JsonValue | None:
    """The JSON form: decimals as canonical strings (« 12.5 »), dates ISO, multiple choices as lists.

    NOT_CONCERNED has no JSON value of its own (its state says it) and gives None.
    """
    if value is NOT_CONCERNED:
        return None
    if isinstance(value, Decimal):
        return canonical(value)
    if field.kind in {Kind.DECIMAL, Kind.PERCENT} and isinstance(value, int):
        return str(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, tuple):
        return list(value)
    assert not isinstance(value, NotConcerned)
    return value


def from_json(field: Field, stored: object) -> Value:
    """The value whose `to_json` is `stored`; ValueError when the JSON is not of the field's kind."""
    match field.kind, stored:
        case ((Kind.INTEGER | Kind.AMOUNT), int()) if not isinstance(stored, bool):
            return stored
        # A total may be computed with decimals over whole cells.
        case ((Kind.INTEGER | Kind.AMOUNT | Kind.DECIMAL | Kind.PERCENT), str()):
            number = Decimal(stored)
            if number.is_finite():
                return number
        case ((Kind.DECIMAL | Kind.PERCENT), int()) if not isinstance(stored, bool):
            return Decimal(stored)
        case Kind.YES_NO, bool():
            return stored
        case ((Kind.CHOICE | Kind.TEXT | Kind.LONG_TEXT), str()):
            return stored
        case Kind.MULTIPLE, list() if all(isinstance(item, str) for item in stored):
            return tuple(stored)
        case Kind.DATE, str():
            return date.fromisoformat(stored)
    raise ValueError(f"{field.code}: {stored!r} is not a {field.kind.value}")


def canonical(number: Decimal) -> str:
    """« 12.5 », « 1200 »: no exponent, no trailing zero, no negative zero."""
    text = f"{number:f}"
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text in {"-0", ""} else text


def format_value(field: Field, value: Value | None) -> str:
    """French text with unit: « 1 234,5 ETP », « Oui », « Non concerné »; « non renseigné » for None."""
    if value is None:
        return "non renseigné"
    if value is NOT_CONCERNED:
        return "Non concerné"
    if isinstance(value, bool):
        return "Oui" if value else "Non"
    if isinstance(value, int | Decimal):
        return _format_number(field, value)
    if isinstance(value, date):
        return french.long_date(value)
    labels = {option.code: option.label for option in field.options}
    if isinstance(value, tuple):
        return ", ".join(labels.get(code, code) for code in value) or "aucun"
    return labels.get(str(value), str(value))


def _format_number(field: Field, value: int | Decimal) -> str:
    if field.is_clock:
        return in_hours(value)
    places = max(field.decimals, 2)
    digits = canonical(round(Decimal(value), places)).partition(".")[2]
    if field.kind is Kind.PERCENT:
        return french.percent(value, len(digits))
    if field.kind is Kind.AMOUNT and field.unit in {"", "€"}:
        return french.amount(value, len(digits))
    return french.with_unit(value, _unit_for(value, field.unit), len(digits))


def _unit_for(value: int | Decimal, unit: str) -> str:
    """« 1 heure », « 2 heures »: units are declared in the plural, French takes the singular below 2."""
    if not -2 < value < 2:
        return unit
    return " ".join(w[:-1] if w.endswith("s") and w not in {"mois", "fois", "repas"} else w for w in unit.split(" "))
