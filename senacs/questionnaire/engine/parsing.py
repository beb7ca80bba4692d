"""Reading typed text as numbers, dates, choices and texts: lenient on form, never on meaning."""

import re
import unicodedata
from datetime import date
from decimal import Decimal

from senacs.lib import french
from senacs.lib.incoming import without_direction
from senacs.lib.text import search_key
from senacs.questionnaire.engine.errors import close_match
from senacs.questionnaire.engine.schema import Field, Kind

MAX_DIGITS = 12  # a thousand billion euros: more is a slip
EARLIEST_YEAR, LATEST_YEAR = 1850, 2100

_PLAIN = re.compile(r"[0-9]+(?:[.,][0-9]+)?")
_GROUPED = re.compile(r"[0-9]{1,3}(?: [0-9]{3})+(?:[.,][0-9]+)?")
_ENGLISH = re.compile(r"[0-9]{1,3}(?:,[0-9]{3})+\.[0-9]+|[0-9]{1,3}(?:,[0-9]{3}){2,}")
_DOTTED = re.compile(r"[0-9]{1,3}(?:\.[0-9]{3})+,[0-9]+|[0-9]{1,3}(?:\.[0-9]{3}){2,}")
_AMBIGUOUS = re.compile(r"[0-9]{1,3}[.,][0-9]{3}")
# Zero-width and direction marks, which copying from a page or from Windows' calculator leaves around a number.
_UNSEEN = frozenset("\u200b\u200c\u200d\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2060\u2066\u2067\u2068\u2069\ufeff")
_FRENCH_DATE = re.compile(r"([0-9]{1,2})[/.\- ]([0-9]{1,2})[/.\- ]([0-9]{2,4})")
_ISO_DATE = re.compile(r"([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})(?:[T ]00:00(?::00)?)?")


class InputError(ValueError):
    """What was typed cannot be this field's value; the message, in French, is for the person who typed."""


def squeezed(raw: str) -> str:
    """Every kind of space (no-break, narrow, ideographic, zero-width…) becomes one plain space, none at the ends."""
    return " ".join("".join(" " if _is_space(c) else c for c in raw).split())


def _is_space(character: str) -> bool:
    return character.isspace() or character in _UNSEEN or unicodedata.category(character) == "Zs"


def require_readable(word: str) -> None:
    """Raises InputError for what no cell of figures, dates or choices holds: control characters, a formula."""
    if not word.isprintable():
        raise InputError("Cette réponse contient un caractère invisible : saisissez-la à nouveau.")
    if word.startswith("="):
        raise InputError(f"« {word[:40]} » est une formule : saisissez son résultat.")


def parse_number(field: Field, raw: str) -> int | Decimal:
    """int for counts and whole euros, Decimal otherwise. InputError in French."""
    text = squeezed(raw)
    shown = text if len(text) <= 40 else f"{text[:40]}…"
    negative, text = _without_sign_and_unit(field, text)
    if len(text) > 40:
        raise InputError(f"« {shown} » est trop long pour un nombre.")
    number = _read(field, text, shown)
    if number >= 10**MAX_DIGITS:
        raise InputError(f"« {shown} » est trop grand : vérifiez le nombre de chiffres.")
    return _within_bounds(field, -number if negative else number, shown)


def _without_sign_and_unit(field: Field, text: str) -> tuple[bool, str]:
    lowered = text.lower()
    for unit in (field.unit.lower(), "€", "euros", "euro", "eur", "%"):
        applies = unit != "%" or field.kind is Kind.PERCENT
        if unit and applies and lowered.endswith(unit) and lowered[: -len(unit)].strip()[-1:].isdigit():
            text = text[: -len(unit)].strip()
            break
    if text[:1] in {"-", "\u2212", "\u2013"}:
        return True, text[1:].strip()
    return False, text.removeprefix("+").strip()


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
    if _GROUPED.fullmatch(text):
        return Decimal(text.replace(" ", "").replace(",", "."))
    if re.fullmatch(r"[0-9 .,]*[0-9][0-9 .,]*", text):
        raise InputError(f"« {shown} » : les espaces, points ou virgules ne sont pas à leur place. Exemple : 1 234,5.")
    raise InputError(f"« {shown} » n'est pas un nombre.")


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
            whole = french.number(number, 0)
            if field.kind is Kind.AMOUNT:
                raise InputError(f"Montant en euros entiers, sans centimes : arrondissez (par exemple {whole}).")
            raise InputError(f"« {shown} » : ce nombre doit être entier, sans décimale.")
        return int(number)
    if places > field.decimals:
        allowed = french.plural(field.decimals, "décimale") if field.decimals else "aucune décimale"
        raise InputError(f"« {shown} » : {allowed} au plus." if field.decimals else f"« {shown} » : {allowed} ici.")
    return number.quantize(Decimal(1)) if places <= 0 else number.normalize()


def parse_date(word: str) -> date:
    """« 31/12/2025 », « 31.12.2025 » or « 2025-12-31 ». InputError in French."""
    shown = word[:40]
    if match := _ISO_DATE.fullmatch(word):
        year, month, day = (int(part) for part in match.groups())
    elif match := _FRENCH_DATE.fullmatch(word):
        day, month, year = (int(part) for part in match.groups())
        if len(match[3]) < 4:
            raise InputError(f"« {shown} » : écrivez l'année avec quatre chiffres.")
    else:
        raise InputError(f"« {shown} » n'est pas une date. Écrivez-la ainsi : 31/12/2025.")
    if not EARLIEST_YEAR <= year <= LATEST_YEAR:
        raise InputError(f"« {shown} » : l'année doit être entre {EARLIEST_YEAR} et {LATEST_YEAR}.")
    try:
        return date(year, month, day)
    except ValueError:
        raise InputError(f"« {shown} » : ce jour n'existe pas.") from None


def parse_choice(field: Field, word: str) -> str:
    """An option's code, from its code or its label (capitals and accents do not count). InputError in French."""
    by_key = {search_key(option.label): option.code for option in field.options}
    by_key |= {option.code.lower(): option.code for option in field.options}
    code = by_key.get(word.lower()) or by_key.get(search_key(word))
    if code is None:
        known = [option.label for option in field.options]
        hint = close_match(word[:100], known) or (f"Choix possibles : {', '.join(known)}." if len(known) <= 8 else "")
        raise InputError(f"« {word[:40]} » ne fait pas partie des choix. {hint}".strip())
    return code


def parse_text(field: Field, raw: str) -> str:
    """Normalised text (NFC, plain line ends, no mark of direction), one line for « texte ». Too long: InputError."""
    text = unicodedata.normalize("NFC", without_direction(raw).replace("\r\n", "\n").replace("\r", "\n")).strip()
    if field.kind is Kind.TEXT:
        text = " ".join(text.split())
    # A lone surrogate (Cs), possible in JSON, is no text that a database can keep.
    if any(unicodedata.category(c) in {"Cc", "Cs"} and c not in "\n\t" for c in text):
        raise InputError("Ce texte contient des caractères invisibles : saisissez-le à nouveau.")
    if len(text) > field.max_length:
        over = len(text) - field.max_length
        raise InputError(
            f"Texte trop long : {french.plural(field.max_length, 'caractère')} au plus, "
            f"il y en a {french.number(over)} de trop."
        )
    return text
