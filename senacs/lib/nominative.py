"""No nominative data (guide 2.3): what in a free text looks like a person, and the numbers that are refused."""

import re
from collections.abc import Collection, Iterator

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
_TITLES = r"(?i:MM?\.|Mr\.?|Mmes?\.?|Mlles?\.?|Messieurs|Monsieur|Mesdames|Madame|Mademoiselle|Drs?\.?|Docteur|Maître)"
_TITLE = re.compile(_TITLES)
_AND = r"(?:[\s ]+et[\s ]+" + _TITLES + ")?"
_NAME = re.compile(rf"(?<!\w){_TITLES}{_AND}[\s ]+(?:(?:de|du|des|le|la)[\s ]+|d’|d')?[A-ZÀ-ÖØ-Þ][\w’'-]+")
_STREET = re.compile(
    r"(?<![\w,.])[0-9]{1,4}(?:[\s ]?(?:bis|ter|quater|[A-D]))?,?[\s ]+"
    r"(?:rue|av\.|avenue|bd\.?|boulevard|allée|allee|impasse|chemin|place|square|quai|cours|route|passage|sente|sentier"
    r"|montée|résidence|lotissement|faubourg|esplanade|promenade)[\s ]+"
    r"(?:(?:de la|de l’|de l'|des|du|de|d’|d'|la|le|les)[\s ]*)?[\w’'-]+",
    re.IGNORECASE,
)
_WORD = r"[A-ZÀ-ÖØ-Þ][\w’'-]++"
# « Jean Dupont » or « DUPONT Jean »: says nothing alone (« Croix Rouge »), a person beside a way to reach them.
_TWO_NAMES = re.compile(rf"(?<![\w.’'-]){_WORD}[\s ]{_WORD}(?![\w’'-])")
BESIDE = 60
_ORGANISED = frozenset(
    "centre centres social sociaux espace maison association collectif ville mairie commune caf ccas rue place avenue "
    "boulevard allee impasse chemin quartier residence ecole college lycee restos secours croix conseil departement "
    "region union federation le la les un une des du nos notre tel telephone courriel mail pole club comite salle "
    "foyer mission mjc ehpad saint sainte grand grande petit petite".split()
)
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


def findings(text: str, *, known: Collection[str] = ()) -> list[str]:
    """What looks nominative, as French words with the excerpt: « l’adresse a@b.fr », « le nom Mme Martin ».

    `known` are addresses and telephones that may stand there (the author's own), however they are spaced.
    """
    own = {_unspaced(way) for way in known}
    return [f"{what} « {excerpt} »" for what, excerpt in _scan(text) if _unspaced(excerpt) not in own]


def _unspaced(way: str) -> str:
    return re.sub(r"[\s.\-]", "", way).lower()


def _scan(text: str) -> Iterator[tuple[str, str]]:
    for match in _EMAIL.finditer(text):
        yield "l’adresse de courriel", match[0]
    for match in _PHONE.finditer(text):
        yield "le numéro de téléphone", match[0].strip()
    for match in _NIR.finditer(text):
        if _has_valid_key(match):
            yield "le numéro de sécurité sociale", match[0]
    for match in _STREET.finditer(text):
        yield "l’adresse", match[0]
    for match in _NAME.finditer(text):
        last_word = match[0].split()[-1]
        if without_accents(last_word).lower() not in _OFFICES:
            yield "le nom", match[0]
    yield from (("le nom", name) for name in _names_beside_a_way(text))


def _names_beside_a_way(text: str) -> Iterator[str]:
    """Two capitalised names within reach of a telephone, an e-mail or a street, but those of bodies and places."""
    ways = [match.span() for pattern in (_EMAIL, _PHONE, _STREET) for match in pattern.finditer(text)]
    if not ways:
        return
    for match in _TWO_NAMES.finditer(text):
        words = {without_accents(word).lower() for word in re.split(r"[\s ’'-]", match[0])}
        is_within = any(start <= match.start() < end for start, end in ways)
        is_near = any(match.start() - BESIDE <= end and start <= match.end() + BESIDE for start, end in ways)
        if is_near and not is_within and not words & _ORGANISED and not _NAME.search(text[: match.end()][-80:]):
            yield match[0]


def masked(text: str) -> list[str]:
    """The same findings, said without telling what they say: « le nom Mme M… », « le numéro de téléphone 06… »."""
    return [f"{what} « {_hidden(what, excerpt)} »" for what, excerpt in _scan(text)]


def _hidden(what: str, excerpt: str) -> str:
    if what != "le nom":
        return f"{excerpt[:2]}…"
    return " ".join(word if _TITLE.fullmatch(word) or word == "et" else f"{word[0]}…" for word in excerpt.split())


def reproach(text: str) -> str:
    """What the control says of a stored text; empty when nothing looks nominative. The excerpts are not told whole."""
    found = masked(text)
    if not found:
        return ""
    return (
        f"Ce texte semble désigner une personne : {joined(found)}. Retirez ce qui permet de la reconnaître, "
        "ou dites pourquoi ce n’est pas une donnée personnelle."
    )


def warning(text: str) -> str:
    """What to tell the author of a free text; empty when nothing looks nominative."""
    found = findings(text)
    if not found:
        return ""
    return f"Ce texte semble désigner une personne : {joined(found)}. Retirez ce qui permet de la reconnaître."
