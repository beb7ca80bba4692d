"""No nominative data (guide 2.3): what in a free text looks like a person, and the numbers that are refused."""

import re
import unicodedata
from collections.abc import Collection, Iterator

from senacs.lib.french import joined
from senacs.lib.text import without_accents

NIR_REFUSED = (
    "Ce texte contient un numéro de sécurité sociale : il n’a pas été enregistré. "
    "Aucune donnée nominative n’a sa place dans SENACS."
)

# « a@b.fr », and what is written to hide it from robots: « a (at) b.fr », « a @ b.fr ».
_AT = r"(?:@|\s@\s|\s?[(\[](?:at|@|arobase)[)\]]\s?|\sarobase\s)"
_EMAIL = re.compile(rf"(?<![\w.+-])[\w.+-]++{_AT}[\w-]++(?:\.[\w-]++)+")
# 0X or +33 X (and overseas), then four pairs, in any of the usual writings. 08 are services, nobody's telephone.
_GAP = r"(\s?[./·-]?\s?)"
_PHONE = re.compile(
    rf"(?<![\d,./-])(?:(?:\+|00)(?:33|262|590|594|596){_GAP}(?:\(0\)\s?)?|\(?0\s?)[1-79]\)?"
    rf"{_GAP}\d\d{_GAP}\d\d{_GAP}\d\d{_GAP}\d\d(?!\d|[\s.-]\d\d(?!\d))"
)
# Sex, year, month, département (2A and 2B in Corsica), commune, order, then the key; spaces between or none.
_S = r"[\s.\-]?"
_NIR = re.compile(
    rf"(?<!\d)([1-478]{_S}\d\d{_S}\d\d{_S})(\d\d|2[ab])({_S}\d{{3}}{_S}\d{{3}}){_S}(\d\d)(?!\d)", re.IGNORECASE
)
_CORSICA = {"2A": "19", "2B": "18"}  # decree 82-103, for the key

_HYPHENS = re.compile("[\u2010-\u2014\u2212]")

_CAPITAL = r"[A-ZÀ-ÖØ-ÞĀĆČĐĒĞĪİŁŃŌŒŘŚŞŠŪŸŹŻŽ]"
_WORD = rf"{_CAPITAL}[\w’'-]++"
_SHORT_TITLES = r"Mmes?\.?|Mlles?\.?|Mrs?\.?"
_TITLES = (
    rf"(?:(?i:MM?\.|{_SHORT_TITLES}|Messieurs|Monsieur|Mesdames|Madame|Mesdemoiselles|Mademoiselle|Drs?\.?"
    r"|Docteure?s?|Professeure?|Maître)|Me|Prs?\.?|Abbé|Sœur|Soeur)"
)
_TITLE = re.compile(_TITLES)
_AND = rf"(?:\s+et\s+{_TITLES})?"
_PARTICLES = r"(?:(?i:(?:de|du|des|le|la|van|von|den|der|da|dos|di|ben|bin|el|al|ould)\s+){1,3}|d’|d')?"
_NAME = re.compile(rf"(?<!\w){_TITLES}{_AND}\s+{_PARTICLES}{_WORD}")
# « M.Dubois », « M DUBOIS »: not « M.J.C. », not « 12 M Euros ».
_NAME_AFTER_M = re.compile(rf"(?<![\w.])(?<!\d\s)M(?:\.|\s){_CAPITAL}[\w’'-]{{2,}}")
# « Mme leblanc »: what follows a short title is a name, unless it is one of the words of `_NO_NAMES`.
_NAME_IN_SMALL = re.compile(
    rf"(?<![\w.])(?:(?i:{_SHORT_TITLES})|M\.)\s+(?:(?:van|von|ben|el|al|da|dos|di)\s+)?[a-zß-öø-ÿœ](?![’'])[\w’'-]{{2,}}"
)
# « Mme la présidente Durand », « Monsieur le Maire, Jean Petit »: an office, then who holds it.
_OFFICE_NAME = re.compile(
    rf"(?<!\w){_TITLES}\s+(?:(?:le|la|les)\s+|l’|l')[\w’'-]++(?:\s+adjointe?)?(?:\s+({_WORD})|,\s+({_WORD})\s+{_WORD})"
)

# A number, then a way. Words that count other things as well (« 12 places », « 20 cours de français ») need a name.
_NUMBER = r"(?<![\w,.])[0-9]{1,4}(?:\s?(?:bis|ter|quater|[A-Da-d]))?\s*,?\s+"
_OF = r"(?:(?:de la|de l’|de l'|des|du|de|d’|d'|la|le|les|l’|l')\s*)?"
_STREET = re.compile(
    rf"{_NUMBER}(?:(?i:rue|r\.|ruelle|av\.|avenue|bd\.?|boulevard|all[ée]e|impasse|imp\.|sente|sentier|lotissement"
    rf"|faubourg|fg\.?|hameau|chemin|esplanade)\s+(?i:{_OF})[\w’'-]+"
    rf"|(?i:place|pl\.|square|quai|cours|route|rte|passage|montée|résidence|promenade|cité|villa|mail|traverse|venelle|clos)"
    rf"\s+(?i:{_OF}){_CAPITAL}[\w’'-]+)"
)
# « en 2025 rue aux enfants »
_YEAR_NUMBER = re.compile(r"(?:19|20)[0-9]{2}\s+[a-zA-Z]")
# « Jean Dupont » or « DUPONT Jean »: says nothing alone (« Croix Rouge »), a person beside a way to reach them.
_TWO_NAMES = re.compile(rf"(?<![\w.’'-]){_WORD}\s{_WORD}(?![\w’'-])")
BESIDE = 60
_BODIES = frozenset(
    "centre centres social sociaux espace maison association collectif ville mairie commune caf ccas rue place avenue "
    "boulevard allee impasse chemin quartier residence ecole college lycee restos secours croix conseil departement "
    "region union federation tel telephone courriel mail pole club comite salle foyer mission mjc ehpad saint sainte "
    "grand grande petit petite gymnase stade bibliotheque mediatheque theatre cinema creche parc square hotel".split()
)
_ORGANISED = _BODIES | frozenset("le la les un une des du nos notre".split())
# « Monsieur le Maire », « Madame la Présidente » name an office, not a person; « Maître d’ouvrage » neither.
_OFFICES = frozenset(
    "maire maires adjoint adjointe adjoints prefet prefete sous vice depute deputee deputes senateur senatrice "
    "senateurs president presidente presidents directeur directrice directeurs conseiller conseillere conseillers elu "
    "elue elus secretaire tresorier tresoriere ministre recteur rectrice juge proviseur proviseure principal "
    "principale commissaire chef cheffe coordinateur coordinatrice general generale regional regionale departemental "
    "departementale municipal municipale delegue deleguee tout toutes tous x y z ouvrage oeuvre cure pasteur imam "
    "cpe".split()
)
# What may follow « Mme » or « M. » in small letters without naming anybody.
_NO_NAMES = _OFFICES | frozenset(
    "est ont sont etait avait qui que dont les des une avec pour par sur dans chez via aux ses son nos vos leur cette "
    "ces tel telle unetel unetelle machin bonjour vient peut veut fait dit nous vous ils elles elle lui mais donc car "
    "puis comme aussi tres bien plus pas".split()
)


def contains_nir(text: str) -> bool:
    """Whether a text holds a social security number whose key is right (97 minus the number modulo 97)."""
    return any(_has_valid_key(match) for match in _NIR.finditer(_plain(text)))


def _plain(text: str) -> str:
    """The same text with one writing of each digit and hyphen, and nothing unseen between them."""
    seen = "".join(c for c in unicodedata.normalize("NFKC", text) if unicodedata.category(c) != "Cf")
    return _HYPHENS.sub("-", seen)


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
    """One writing of a way to reach somebody: nine digits of a telephone, an address without spaces."""
    digits = re.sub(r"\D", "", way)
    return digits[-9:] if "@" not in way and len(digits) > 9 else re.sub(r"[\s.\-]", "", way).lower()


def _scan(raw: str) -> Iterator[tuple[str, str]]:
    text = _plain(raw)
    ways = []
    for what, match in _ways(text):
        ways.append(match.span())
        yield what, match[0].strip()
    for match in _NIR.finditer(text):
        if _has_valid_key(match):
            yield "le numéro de sécurité sociale", match[0]
    yield from (("le nom", name) for name in _titled(text))
    yield from (("le nom", name) for name in _names_beside(ways, text))


def _ways(text: str) -> Iterator[tuple[str, re.Match[str]]]:
    """How somebody can be reached: e-mail, telephone, street."""
    yield from (("l’adresse de courriel", match) for match in _EMAIL.finditer(text))
    yield from (("le numéro de téléphone", match) for match in _PHONE.finditer(text) if _is_phone(match))
    yield from (("l’adresse", match) for match in _STREET.finditer(text) if not _YEAR_NUMBER.match(match[0]))


def _is_phone(match: re.Match[str]) -> bool:
    """Pairs stand apart in one way: « 01/02/2025 10 » and « 01.02.03.2025 » are days."""
    gaps = [gap for gap in match.groups()[1:] if gap is not None]
    kinds = {gap.strip() or " " for gap in gaps if gap}
    if len(kinds) > 1:
        return False
    return kinds <= {" ", "-"} or bool(gaps[-1]) or sum(map(bool, gaps)) == 1


def _titled(text: str) -> Iterator[str]:
    """Names that a title announces, but those of offices."""
    for pattern in (_NAME, _NAME_AFTER_M):
        for match in pattern.finditer(text):
            if not _is_one_of(_OFFICES, match[0]):
                yield match[0]
    for match in _NAME_IN_SMALL.finditer(text):
        if not _is_one_of(_NO_NAMES, match[0]):
            yield match[0]
    for match in _OFFICE_NAME.finditer(text):
        name = match[1] or match[2]
        if not _is_one_of(_OFFICES | _ORGANISED, name) and not _TITLE.fullmatch(name):
            yield match[0]


def _is_one_of(words: Collection[str], said: str) -> bool:
    """Whether the last word said, taken apart at its hyphens, is made of these only."""
    last = re.sub(r"^[dl][’']", "", without_accents(re.split(r"[\s.]", said.strip("."))[-1]).lower())
    return all(part in words for part in last.split("-"))


def _names_beside(ways: list[tuple[int, int]], text: str) -> Iterator[str]:
    """Two capitalised names within reach of a telephone, an e-mail or a street, but those of bodies and places."""
    if not ways:
        return
    for match in _TWO_NAMES.finditer(text):
        before = re.split(r"[\s’']", without_accents(text[max(0, match.start() - 40) : match.start()]).lower().strip())
        words = {without_accents(word).lower() for word in re.split(r"[\s’'-]", match[0])}
        is_within = any(start <= match.start() < end for start, end in ways)
        is_near = any(match.start() - BESIDE <= end and start <= match.end() + BESIDE for start, end in ways)
        is_body = bool(words & _ORGANISED) or before[-1] in _BODIES
        if is_near and not is_within and not is_body and not _NAME.search(text[: match.end()][-80:]):
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
