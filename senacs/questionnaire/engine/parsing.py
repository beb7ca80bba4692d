"""Reading typed text as dates, choices and texts: lenient on form, never on meaning."""

import re
import unicodedata
from datetime import date

from senacs.lib import french
from senacs.lib.incoming import without_direction
from senacs.lib.text import search_key, without_accents
from senacs.questionnaire.engine.errors import close_match
from senacs.questionnaire.engine.schema import Field, Kind
from senacs.questionnaire.engine.words import InputError

EARLIEST_YEAR, LATEST_YEAR = 1850, 2100

_FRENCH_DATE = re.compile(r"([0-9]{1,2})[/.\- ]([0-9]{1,2})[/.\- ]([0-9]{2,4})")
_ISO_DATE = re.compile(r"([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})(?:[T ]00:00(?::00)?)?")


# What spreadsheets, in English and in French, write in a cell whose formula failed.
_ERRORS = {
    "#n/a": "la valeur cherchée n’a pas été trouvée",
    "#ref!": "la formule cite une cellule supprimée",
    "#div/0!": "la formule divise par zéro",
    "#value!": "la formule calcule sur un texte",
    "#valeur!": "la formule calcule sur un texte",
    "#name?": "la formule cite un nom inconnu",
    "#nom?": "la formule cite un nom inconnu",
    "#num!": "ce calcul est impossible",
    "#nombre!": "ce calcul est impossible",
    "#null!": "les plages de la formule ne se coupent pas",
    "#nul!": "les plages de la formule ne se coupent pas",
    "#spill!": "le résultat n’a pas la place de s’afficher",
    "#epars!": "le résultat n’a pas la place de s’afficher",
    "#calc!": "ce calcul est impossible",
    "#calcul!": "ce calcul est impossible",
    "#field!": "le champ cité n’existe pas",
    "#champ!": "le champ cité n’existe pas",
    "#getting_data": "le calcul n’était pas fini",
    "#chargement_donnees": "le calcul n’était pas fini",
}
_NUMBERED_ERROR = re.compile(r"err ?: ?[0-9]{3}")


def refuse_error(word: str) -> None:
    """Raises InputError for what a spreadsheet shows in a cell whose formula failed (« #N/A », « #REF! »)."""
    key = without_accents(word).lower().replace(" ", "")
    if key in _ERRORS or _NUMBERED_ERROR.fullmatch(key):
        reason = _ERRORS.get(key, "la formule ne peut pas être calculée")
        raise InputError(f"« {word} » est une erreur du tableur ({reason}) : écrivez la valeur.")


def require_readable(word: str) -> None:
    """Raises InputError for what no cell of figures, dates or choices holds: control characters, a formula."""
    if not word.isprintable():
        raise InputError("Cette réponse contient un caractère invisible : saisissez-la à nouveau.")
    if word.startswith("="):
        raise InputError(f"« {word[:40]} » est une formule : saisissez son résultat.")


def parse_date(word: str) -> date:
    """« 31/12/2025 », « 31.12.2025 » or « 2025-12-31 ». InputError in French."""
    shown = word[:40]
    if match := _ISO_DATE.fullmatch(word):
        year, month, day = (int(part) for part in match.groups())
    elif match := _FRENCH_DATE.fullmatch(word):
        day, month, year = (int(part) for part in match.groups())
        if len(match[3]) < 4:
            raise InputError(f"« {shown} » : écrivez l’année avec quatre chiffres.")
    else:
        raise InputError(f"« {shown} » n’est pas une date. Écrivez-la ainsi : 31/12/2025.")
    if not EARLIEST_YEAR <= year <= LATEST_YEAR:
        raise InputError(f"« {shown} » : l’année doit être entre {EARLIEST_YEAR} et {LATEST_YEAR}.")
    try:
        return date(year, month, day)
    except ValueError:
        raise InputError(f"« {shown} » : ce jour n’existe pas.") from None


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
