"""Finds the present commune that a postcode and a name as typed lead to, or says why none does."""

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from senacs.lib.french import joined
from senacs.lib.slips import is_slip
from senacs.lib.text import search_key
from senacs.territories.models import Commune, FormerCommune, PostalCode

_ARRONDISSEMENT = re.compile(
    r"^(paris|lyon|marseille)(?: le)? 0?(\d{1,2}) ?(?:er|e|eme|ieme|nd|nde)?(?: arr\w*| ardt)?$"
)
_CEDEX = re.compile(r"(?<!\s)\s++cedex(?:\s+(\d{1,2}))?\b.*$")
_WORDS = {"s": "sur", "ss": "sous", "lez": "les", "gd": "grand", "gde": "grande", "mt": "mont", "nd": "notre dame"}
_ARTICLES = frozenset({"le", "la", "les", "l"})
_CITIES = {"paris": "75056", "lyon": "69123", "marseille": "13055"}
SHOWN = 5


@dataclass(frozen=True)
class CommunePlace:
    """A commune as the import needs it; `root` is the commune of an arrondissement, itself otherwise."""

    code: str
    name: str
    search_name: str
    departement: str
    epci: str | None
    root: str

    def __str__(self) -> str:
        return f"{self.name} ({self.code})"


@dataclass(frozen=True)
class Resolution:
    """`place` and `postal_code` when found, else `refusal` in French."""

    place: CommunePlace | None = None
    postal_code: str = ""
    warnings: tuple[str, ...] = ()
    refusal: str = ""


def read_postal_code(text: str) -> tuple[str, str]:
    """Five digits, with the 0 that a spreadsheet has eaten; "" when there are none. And a warning or ""."""
    compact = re.sub(r"^[Ff]\s*-\s*|[\s\u00a0\u202f]", "", text).removesuffix(".0").removesuffix(",0")
    if re.fullmatch(r"\d{5}", compact, re.ASCII):
        return compact, ""
    if re.fullmatch(r"\d{4}", compact, re.ASCII):
        return f"0{compact}", f"zéro initial du code postal rétabli (0{compact})"
    return "", ""


def split_place(text: str) -> tuple[str, str]:
    """« 69009 Lyon » → its postcode and its commune; either is empty when it is not there."""
    found = re.match(r"^\s*(\d{2}\s?\d{3}|\d{4})\b[\s,\-]*(.*)$", text) or re.match(
        r"^(.*?)(?<![\s,(])[\s,(]++(\d{5})\)?\s*$", text
    )
    if found is None:
        return "", text
    first, second = found.groups()
    return (first, second) if re.fullmatch(r"[\d\s]+", first) else (second, first)


class CommuneIndex:
    """Present communes by name, postcode and former name; built once an import, then only memory is read."""

    def __init__(
        self,
        places: Iterable[CommunePlace],
        postal_codes: Iterable[tuple[str, str]],
        formers: Iterable[tuple[str, str, str]],
    ) -> None:
        self.places = {place.code: place for place in places}
        self._by_name: defaultdict[str, list[CommunePlace]] = defaultdict(list)
        self._by_compact: defaultdict[str, list[CommunePlace]] = defaultdict(list)
        self._former_names: defaultdict[str, list[CommunePlace]] = defaultdict(list)
        self._former_codes: dict[str, CommunePlace] = {}
        self._by_postal_code: defaultdict[str, list[CommunePlace]] = defaultdict(list)
        self._postal_codes: defaultdict[str, set[str]] = defaultdict(set)
        for place in self.places.values():
            self._by_name[place.search_name].append(place)
            self._by_compact[place.search_name.replace(" ", "")].append(place)
        for code, commune in postal_codes:
            self._by_postal_code[code].append(self.places[commune])
            self._postal_codes[commune].add(code)
        for code, name, commune in formers:
            self._former_codes[code] = self.places[commune]
            if name and self.places[commune] not in self._former_names[name]:
                self._former_names[name].append(self.places[commune])

    @classmethod
    def load(cls) -> "CommuneIndex":
        """From the database, three queries."""
        columns = ("code", "name", "search_name", "departement_id", "epci_id", "parent_id")
        return cls(
            (
                CommunePlace(code, name, search_name, departement, epci, parent or code)
                for code, name, search_name, departement, epci, parent in Commune.objects.values_list(*columns)
            ),
            PostalCode.objects.values_list("code", "commune_id"),
            FormerCommune.objects.values_list("code", "search_name", "commune_id"),
        )

    def resolve(self, *, postal_code: str, name: str, code: str = "") -> Resolution:
        """The commune for a row: its INSEE code when there is one, else its name held against its postcode.

        A postcode that is none of the commune's (cedex, slip) is borne with a warning as long as the département is
        right; a name that fits several communes, or none, is refused with the candidates.
        """
        by_code = self._from_code(code)
        if by_code is not None:
            return self._with_code(by_code, postal_code, name)
        digits, warning = read_postal_code(postal_code)
        if not digits:
            return Resolution(refusal=f"code postal « {postal_code} » illisible : 5 chiffres attendus")
        warnings = (warning,) if warning else ()
        groups = self._named(name)
        if not groups:
            return self._unnamed(digits, name, warnings)
        # A present name before a former one, but the postcode before both: Béon in 01350 is Culoz-Béon, whatever the
        # Yonne calls Béon today.
        for named in groups:
            within = [place for place in named if digits in self._postal_codes[place.code]]
            if len(within) == 1:
                return Resolution(self._narrow(within[0], digits), digits, warnings)
            if within:
                return self._ambiguous(name, within)
        departements = self._departements(digits)
        for named in groups:
            nearby = [place for place in named if place.departement in departements]
            if len(nearby) == 1:
                told = f"code postal {digits} inconnu pour {nearby[0].name} (cedex ou erreur), conservé"
                return Resolution(nearby[0], digits, (*warnings, told))
            if nearby:
                return self._ambiguous(name, nearby)
        shortened = [
            p for p in self._by_postal_code.get(digits, ()) if p.search_name.startswith(f"{search_key(name)} ")
        ]
        if len(shortened) == 1:
            return Resolution(shortened[0], digits, (*warnings, f"commune « {name} » lue comme {shortened[0].name}"))
        return Resolution(refusal=self._elsewhere(digits, name, groups[0]))

    def _from_code(self, code: str) -> CommunePlace | None:
        compact = code.strip().upper()
        if re.fullmatch(r"\d{4}", compact):
            compact = f"0{compact}"
        return self.places.get(compact) or self._former_codes.get(compact)

    def _with_code(self, place: CommunePlace, postal_code: str, name: str) -> Resolution:
        """A code INSEE decides alone, but must not contradict the name: someone shifted a column otherwise."""
        digits, warning = read_postal_code(postal_code)
        named = {other.root for group in self._named(name) for other in group}
        if named and place.root not in named:
            return Resolution(refusal=f"le code INSEE désigne {place}, mais la commune saisie est « {name} »")
        own = sorted(self._postal_codes[place.code])
        if not digits and len(own) != 1:
            return Resolution(refusal=f"code postal « {postal_code} » illisible : 5 chiffres attendus")
        warnings = [warning] if warning else []
        if not digits:
            warnings.append(f"code postal complété d’après la commune ({own[0]})")
        return Resolution(self._narrow(place, digits or own[0]), digits or own[0], tuple(warnings))

    def _named(self, name: str) -> list[list[CommunePlace]]:
        """Communes that bear the name, spelling by spelling: those of today, then those that a former one joined."""
        key = city_of_delivery(search_key(name))
        if place := self._arrondissement(key):
            return [[place]]
        spellings = spellings_of(key)
        groups = [self._by_name.get(spelling, []) for spelling in spellings]
        groups += [self._former_names.get(spelling, []) for spelling in spellings]
        return [group for group in (*groups, self._by_compact.get(key.replace(" ", ""), [])) if group]

    def _arrondissement(self, key: str) -> CommunePlace | None:
        code, city = arrondissement_of(key)
        return self.places.get(code) or self.places.get(city)

    def _narrow(self, place: CommunePlace, postal_code: str) -> CommunePlace:
        """The arrondissement of Paris, Lyon or Marseille that alone has the postcode, for their commune."""
        if place.code not in _CITIES.values():
            return place
        inside = [p for p in self._by_postal_code[postal_code] if p.root == place.code and p.code != place.code]
        return inside[0] if len(inside) == 1 else place

    def _departements(self, postal_code: str) -> set[str]:
        """Where a postcode leads: exactly by the base, else by its first digits (20 is Corse, 97 and 98 have three)."""
        known = {place.departement for place in self._by_postal_code.get(postal_code, ())}
        if known:
            return known
        if postal_code.startswith("20"):
            return {"2A", "2B"}
        return {postal_code[:3]} if postal_code.startswith(("97", "98")) else {postal_code[:2]}

    def _unnamed(self, digits: str, name: str, warnings: tuple[str, ...]) -> Resolution:
        """No commune bears the name: a slip or a shortened name among those of the postcode, or a refusal."""
        around = [place for place in self._by_postal_code.get(digits, ()) if place.code not in _CITIES.values()]
        key = search_key(name)
        close = [place for place in around if _is_close(key, place.search_name)] if key else []
        if len(close) == 1:
            return Resolution(close[0], digits, (*warnings, f"commune « {name} » lue comme {close[0].name}"))
        if close:
            return self._ambiguous(name, close)
        if not around:
            return Resolution(refusal=f"commune « {name} » inconnue, et code postal {digits} inconnu")
        return Resolution(
            refusal=f"commune « {name} » inconnue ; le code postal {digits} désigne {_candidates(around)}"
        )

    def _ambiguous(self, name: str, places: list[CommunePlace]) -> Resolution:
        return Resolution(refusal=f"commune « {name} » ambiguë : {_candidates(places, last='ou')}")

    def _elsewhere(self, digits: str, name: str, named: list[CommunePlace]) -> str:
        around = self._by_postal_code.get(digits)
        here = f"désigne {_candidates(around)}" if around else "est inconnu"
        return f"« {name} » est {_candidates(named, last='ou')}, mais le code postal {digits} {here}"


def city_of_delivery(key: str) -> str:
    """« lyon cedex 03 » → « lyon 03 », « 26000 valence » → « valence »: the commune that a delivery name is of."""
    key = re.sub(r"^\d{5} | \d{5}$", "", key)
    cedex = _CEDEX.search(f"{key} ")
    if cedex:
        key = key[: cedex.start()]
        if cedex[1] and key in _CITIES:
            key = f"{key} {cedex[1]}"
    return key


def arrondissement_of(key: str) -> tuple[str, str]:
    """« lyon 9e arrondissement » → its code, and that of its commune; "" for any other name."""
    found = _ARRONDISSEMENT.match(key)
    if found is None:
        return "", ""
    city, number = found[1], int(found[2])
    base = {"paris": 75100, "lyon": 69380, "marseille": 13200}[city]
    return str(base + number), _CITIES[city]


def _candidates(places: list[CommunePlace], last: str = "et") -> str:
    names = [str(place) for place in sorted(places, key=lambda place: (place.search_name, place.code))]
    if len(names) > SHOWN:
        names = [*names[: SHOWN - 1], f"{len(names) - SHOWN + 1} autres"]
    return joined(names, last)


def spellings_of(key: str) -> list[str]:
    """The name as typed, with its abbreviations spelt out, its article put first or given back, without its number."""
    words = key.split()
    spelt = [_WORDS.get(word, word) for word in words]
    variants = [key, " ".join(spelt)]
    if len(spelt) > 1 and spelt[-1] in _ARTICLES:
        variants.append(" ".join([spelt[-1], *spelt[:-1]]))
    if len(spelt) > 1 and re.fullmatch(r"\d{1,3}|2[ab]", spelt[-1]):
        variants.append(" ".join(spelt[:-1]))
    variants += [" ".join([article, *spelt]) for article in ("le", "la", "les", "l")]
    return list(dict.fromkeys(variants))


def _is_close(typed: str, name: str) -> bool:
    if is_slip(typed.replace(" ", ""), name.replace(" ", "")):
        return True
    return len(typed) >= 4 and (name.startswith(f"{typed} ") or typed.startswith(f"{name} "))
