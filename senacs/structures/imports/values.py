"""Reads one cell: what it means, and what to tell about it. An optional cell never refuses a row.

Every reader takes the text as typed (not blank) and returns the value, None or "" when it has none, and a warning in
French or "".
"""

import re
from datetime import date, timedelta

from django.core.exceptions import ValidationError
from django.core.validators import EmailValidator, URLValidator

from senacs.lib.incoming import whole_number
from senacs.lib.links import web_address
from senacs.lib.text import search_key
from senacs.structures.enums import Gestion, PriorityGeography, StructureKind, TerritorySize, TerritoryType

LA_POSTE = "356000000"
SPREADSHEET_EPOCH = date(1899, 12, 30)
FIRST_YEAR = 1900
MAX_POPULATION = 20_000_000

_KIND_WORDS = (
    (StructureKind.EVS, r"\b(evs|e v s|espaces? (de )?vie sociale|centre (de )?vie sociale)\b"),
    (
        StructureKind.CENTRE_SOCIAL,
        r"\b(csx?|c s|csc|c s c|cscs|c s x|centres? (social|sociaux)|(centre|ctre|ctr) soc\w*"
        r"|(centre|espace) socio ?cult\w*|espace social commun)\b",
    ),
)  # fmt: skip


def kind(text: str) -> StructureKind | None:
    """The type named by a « type » cell; None when it is not recognised."""
    return kind_from_name(text)


def kind_from_name(name: str) -> StructureKind | None:
    """The type that a name tells, None when it tells none or both."""
    key = search_key(name)
    found = {value for value, pattern in _KIND_WORDS if re.search(pattern, key)}
    return found.pop() if len(found) == 1 else None


def siret(text: str) -> tuple[str, str]:
    """14 digits or ""; the check digit is told, not demanded: registers hold numbers that never had one."""
    if re.search(r"\d[eE]\+?\d", text):
        return "", f"SIRET « {text} » tronqué par le tableur, laissé vide"
    digits = re.sub(r"[\s\u00a0\u202f.\-]", "", text)
    if not digits.isdecimal() or not digits.isascii():
        return "", f"SIRET « {text} » illisible, laissé vide"
    if len(digits) != 14:
        return "", f"SIRET « {text} » à {len(digits)} chiffres au lieu de 14, laissé vide"
    if len(set(digits)) == 1:
        return "", f"SIRET « {text} » fictif, laissé vide"
    if not digits.startswith(LA_POSTE) and luhn(digits) % 10:
        return digits, f"SIRET {digits} : la clé de contrôle ne correspond pas"
    return digits, ""


def luhn(digits: str) -> int:
    """Luhn's sum, a multiple of 10 for a valid number."""
    doubled = (int(d) * (2 if rank % 2 else 1) for rank, d in enumerate(reversed(digits)))
    return sum(value - 9 if value > 9 else value for value in doubled)


def phone(text: str) -> tuple[str, str]:
    """« 04 74 57 12 00 »; a number without its first 0 gets it back. A second number on the cell is left out."""
    first = re.split(r"[/;,]|\bou\b", text)[0]
    number = phone_number(first)
    if number:
        return number, "" if phone_number(text) else f"téléphone « {text} » : premier numéro retenu"
    return "", f"téléphone « {text} » illisible, laissé vide"


def phone_number(text: str) -> str:
    """A French number of ten digits, spaced in pairs; "" for anything else."""
    if re.search(r"[^\d\s\u00a0\u202f.+()\-]", text):
        return ""
    digits = re.sub(r"\D", "", text.replace("(0)", ""))
    if text.strip().startswith("+33") or (digits.startswith("0033") and len(digits) == 13):
        digits = "0" + digits.removeprefix("00").removeprefix("33")
    if len(digits) == 9 and not digits.startswith("0"):
        digits = "0" + digits
    if len(digits) != 10 or not digits.startswith("0"):
        return ""
    return " ".join(digits[i : i + 2] for i in range(0, 10, 2))


def website(text: str) -> tuple[str, str]:
    """An http(s) address; the scheme is added where it is missing."""
    compact = re.sub(r"\s", "", text)
    address = compact if re.match(r"https?://", compact, re.IGNORECASE) else f"http://{compact.lstrip('/')}"
    try:
        URLValidator(schemes=["http", "https"])(address)
    except ValidationError:
        return "", f"site internet « {text} » illisible, laissé vide"
    if len(address) > 200 or not web_address(address):
        return "", f"site internet « {text} » illisible, laissé vide"
    return address, ""


def website_phone(text: str) -> str:
    """The telephone number that was typed in the website's place; "" when there is none."""
    return phone_number(re.sub(r"^(https?://|t[ée]l[.: ]*)", "", text.strip(), flags=re.IGNORECASE).rstrip("/"))


def email(text: str) -> tuple[str, str]:
    """The first address of the cell, in lower case."""
    parts = [part for part in re.split(r"[;,\s/]+", text.strip().removeprefix("mailto:").lower()) if part]
    for part in parts:
        try:
            EmailValidator()(part)
        except ValidationError:
            continue
        return part, "" if len(parts) == 1 else f"courriel « {text} » : première adresse retenue"
    return "", f"courriel « {text} » illisible, laissé vide"


def day(text: str) -> tuple[date | None, str]:
    """A date typed as jj/mm/aaaa, as ISO, or as a spreadsheet's serial number (days since 30/12/1899)."""
    stripped = text.strip()
    refused = (None, f"date « {text} » illisible, laissée vide (jj/mm/aaaa attendu)")
    if re.fullmatch(r"\d{5}", stripped):
        return SPREADSHEET_EPOCH + timedelta(days=int(stripped)), ""
    if iso := re.match(r"(\d{4})-(\d{1,2})-(\d{1,2})(?:[T ].*)?$", stripped):
        year, month, number = map(int, iso.groups())
    elif typed := re.match(r"(\d{1,2})[/.\- ](\d{1,2})[/.\- ](\d{4}|\d{2})(?: .*)?$", stripped):
        number, month, year = map(int, typed.groups())
        if year < 100:
            # Agréments begin in the 1970s and may start next year: the window of dates that can be meant.
            year += 2000 if year < 60 else 1900
    else:
        return refused
    if year < FIRST_YEAR:
        return refused
    try:
        return date(year, month, number), ""
    except ValueError:
        return refused


def population(text: str) -> tuple[int | None, str]:
    """Inhabitants, a whole number above 0: a 0 is a blank that a form has filled."""
    compact = re.sub(r"(hab(itants?)?\.?|[\s\u00a0\u202f])", "", text, flags=re.IGNORECASE)
    if re.fullmatch(r"\d{1,3}([.,]\d{3})+", compact):
        compact = re.sub(r"[.,]", "", compact)
    number = whole_number(compact)
    if number is not None and 0 < number <= MAX_POPULATION:
        return number, ""
    return None, f"population « {text} » illisible, laissée vide"


def yes_no(text: str) -> tuple[bool | None, str]:
    key = search_key(text)
    if key in {"oui", "o", "vrai", "true", "1", "x", "yes"} or key.startswith("oui "):
        return True, ""
    if key in {"non", "n", "faux", "false", "0", "no"} or key.startswith("non "):
        return False, ""
    return None, f"« {text} » n’est ni oui ni non, laissé vide"


def gestion(text: str) -> tuple[str, str]:
    return _by_words(
        text,
        "mode de gestion",
        (
            (Gestion.AUTRE, r"\b(autres?|delegation|dsp)\b"),
            (Gestion.ASSOCIATIF, r"\b(asso\w*)\b"),
            (Gestion.CAF, r"\bcaf\b"),
            (
                Gestion.COLLECTIVITE,
                r"\b(collectivites?|commun\w*|municip\w*|mairie|ville|ccas|cias|intercommun\w*|epci|regie|publique?)\b",
            ),
        ),
    )


def territory_type(text: str) -> tuple[str, str]:
    return _by_words(
        text, "type de territoire", ((TerritoryType.URBAIN, r"\burbaine?\b"), (TerritoryType.RURAL, r"\brurale?\b"))
    )


def territory_size(text: str) -> tuple[str, str]:
    return _by_words(
        text,
        "taille du territoire",
        (
            (TerritorySize.INTERCOMMUNALITE, r"\b(intercommun\w*|epci|communaute)\b"),
            (TerritorySize.PLUSIEURS_QUARTIERS, r"\b(plusieurs quartiers|quartiers)\b"),
            (TerritorySize.QUARTIER, r"\bquartier\b"),
            (TerritorySize.PLUSIEURS_COMMUNES, r"\b(plusieurs communes|communes)\b"),
            (TerritorySize.COMMUNE, r"\b(commune|ville)\b"),
        ),
    )


def priority_geography(text: str) -> tuple[str, str]:
    return _by_words(
        text,
        "géographie prioritaire",
        (
            (PriorityGeography.AUCUNE, r"\b(pas concerne|non concerne|non|aucune?)\b"),
            (PriorityGeography.VEILLE, r"\bveille\b"),
            (PriorityGeography.QPV, r"\b(qpv|prioritaires?|oui)\b"),
        ),
    )


def other_federation(text: str) -> tuple[str, str]:
    """The name of another federation; « Fédération des centres sociaux » is none (domain.md §1.2)."""
    key = search_key(text)
    if key in {"non", "n", "aucune", "neant", "0", "faux"}:
        return "", ""
    if re.search(r"\b(centres sociaux|fcsf)\b", key):
        return "", f"« {text} » n’est pas une autre fédération, laissé vide"
    return text[:150], ""


def _by_words(text: str, label: str, patterns: tuple[tuple[str, str], ...]) -> tuple[str, str]:
    key = search_key(text)
    for value, pattern in patterns:
        if re.search(pattern, key):
            return str(value), ""
    return "", f"{label} « {text} » non reconnu, laissé vide"
