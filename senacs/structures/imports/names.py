"""Names of structures made comparable: abbreviations spelt out, generic words set apart, near misses measured."""

import re
from functools import lru_cache

from senacs.lib.slips import SHORT, distance, is_slip
from senacs.lib.text import search_key

_EXPANSIONS = {
    "ctre": "centre", "ctr": "centre", "cte": "centre", "cent": "centre", "soc": "social", "sociale": "social",
    "sociaux": "social", "sociales": "social", "assoc": "association", "asso": "association", "ass": "association",
    "csx": "centre social", "cs": "centre social", "csc": "centre socioculturel", "cscs": "centre socioculturel",
    "evs": "espace vie social", "cvs": "centre vie social", "mjc": "maison jeunes culture", "mpt": "maison tous",
    "mdq": "maison quartier", "qtier": "quartier", "quart": "quartier", "socio": "socio", "cult": "culturel",
    "culturelle": "culturel", "socioculturelle": "socioculturel", "munic": "municipal", "municipale": "municipal",
    "interco": "intercommunal", "intercommunale": "intercommunal",
}  # fmt: skip
_STOP = frozenset("a au aux d de des du en et l la le les ls pour sur".split())
_GENERIC = frozenset(
    "association centre social socioculturel culturel espace vie maison quartier municipal intercommunal animation"
    " local familial famille familles rural commun structure".split()
)
_DOTTED = re.compile(r"\b(?:[a-z]\.){2,}(?:[a-z]\b)?", re.IGNORECASE)
_MARK = re.compile(r"^(?:\d+|[a-z]|i{1,3}|iv|vi{0,3}|ix)$")


@lru_cache(maxsize=20_000)
def name_key(name: str) -> str:
    """« CTRE SOCIAL DE L'EST » and « Centre social de l'Est » give the same key, and only such spellings do."""
    dotted = _DOTTED.sub(lambda m: m[0].replace(".", "") + " ", name)
    words = " ".join(_EXPANSIONS.get(word, word) for word in search_key(dotted).split())
    words = " ".join(word for word in words.split() if word not in _STOP)
    return words.replace("socio culturel", "socioculturel").replace("social culturel", "socioculturel")


@lru_cache(maxsize=20_000)
def core(name: str, commune: str = "") -> tuple[str, ...]:
    """The words that tell a structure from another: without generic ones, nor the commune's unless only it remains."""
    words = [word for word in name_key(name).split() if word not in _GENERIC]
    place = set(name_key(commune).split())
    return tuple(word for word in words if word not in place) or tuple(words)


def is_near(first: tuple[str, ...], second: tuple[str, ...]) -> bool:
    """Whether two cores are probably one structure: the same words, or one of them a slip away.

    Numbers, single letters and Roman numerals tell places apart (« Quartier 1 », « Quartier 2 »): they must agree.
    """
    if sorted(first) == sorted(second):
        return True
    if _marks(first) != _marks(second):
        return False
    left, right = list(first), list(second)
    for word in first:
        if word in right:
            left.remove(word)
            right.remove(word)
    if len(left) == len(right) == 1:
        return is_slip(left[0], right[0])
    joined = "".join(first), "".join(second)
    return min(map(len, joined)) > SHORT and distance(*joined, limit=1) <= 1


def _marks(words: tuple[str, ...]) -> list[str]:
    return sorted(word for word in words if _MARK.match(word))
