"""No nominative data (guide 2.3): what in a free text looks like a person, and the numbers that are refused."""

import re
from collections.abc import Iterator

from senacs.lib.french import joined
from senacs.lib.text import without_accents

NIR_REFUSED = (
    "Ce texte contient un numéro de sécurité sociale : il n’a pas été enregistré. "
    "Aucune donnée nominative n’a sa place dans SENACS."
)

_EMAIL = re.compile(r"(?<![\w.+-])[\w.+-]++@[\w-]++(?:\.[\w-]++)+")
# 0X or +33 X, then four pairs, in any of the usual writings.
_PHONE = re.compile(r"(?<![\d,.])(?:(?:\+|00)33[\s.\-]?(?:\(0\)[\s.\-]?)?|0)[1-9](?:[\s.\-]?\d{2}){4}(?!\d)")
# Sex, year, month, département (2A and 2B in Corsica), commune, order, then the key; spaces between or none.
_S = r"[\s.\-]?"
_NIR = re.compile(
    rf"(?<!\d)([1-478]{_S}\d\d{_S}\d\d{_S})(\d\d|2[ab])({_S}\d{{3}}{_S}\d{{3}}){_S}(\d\d)(?!\d)", re.IGNORECASE
)
_CORSICA = {"2A": "19", "2B": "18"}  # decree 82-103, for the key
_TITLES = r"(?i:MM?\.|Mr|Mmes?|Mlle|Monsieur|Madame|Mademoiselle|Dr|Docteur|Maître)"
_NAME = re.compile(rf"(?<!\w){_TITLES}[\s ]+(?:(?:de|du|des|le|la)[\s ]+|d’|d')?[A-ZÀ-ÖØ-Þ][\w’'-]+")
# « Monsieur le Maire », « Madame la Présidente » name an office, not a person.
_OFFICES = frozenset(
    "maire adjoint adjointe prefet prefete depute deputee senateur senatrice president presidente directeur "
    "directrice conseiller conseillere elu elue tout toutes tous x".split()
)


def contains_nir(text: str) -> bool:
    """Whether a text holds a social security number whose key is right (97 minus the number modulo 97)."""
    return any(_has_valid_key(match) for match in _NIR.finditer(text))


def _has_valid_key(match: re.Match[str]) -> bool:
    departement = match[2].upper()
    digits = re.sub(r"\D", "", match[1] + _CORSICA.get(departement, departement) + match[3])
    return 97 - int(digits) % 97 == int(match[4])


def findings(text: str) -> list[str]:
    """What looks nominative, as French words with the excerpt: « l’adresse a@b.fr », « le nom Mme Martin »."""
    return [f"{what} « {excerpt} »" for what, excerpt in _scan(text)]


def _scan(text: str) -> Iterator[tuple[str, str]]:
    for match in _EMAIL.finditer(text):
        yield "l’adresse de courriel", match[0]
    for match in _PHONE.finditer(text):
        yield "le numéro de téléphone", match[0].strip()
    for match in _NIR.finditer(text):
        if _has_valid_key(match):
            yield "le numéro de sécurité sociale", match[0]
    for match in _NAME.finditer(text):
        last_word = match[0].split()[-1]
        if without_accents(last_word).lower() not in _OFFICES:
            yield "le nom", match[0]


def warning(text: str) -> str:
    """What to tell the author of a free text; empty when nothing looks nominative."""
    found = findings(text)
    if not found:
        return ""
    return f"Ce texte semble désigner une personne : {joined(found)}. Retirez ce qui permet de la reconnaître."
