"""Text made comparable: capitals, accents, punctuation and usual abbreviations do not count."""

import re
import unicodedata

_SAINT = re.compile(r"\b(st|ste)\b")


def without_accents(text: str) -> str:
    decomposed = unicodedata.normalize("NFKD", text.replace("œ", "oe").replace("Œ", "OE").replace("æ", "ae"))
    return "".join(c for c in decomposed if not unicodedata.combining(c))


def search_key(text: str) -> str:
    """« ST-ÉTIENNE » and « Saint Etienne » give the same key: lower case, words apart, st/ste spelt out."""
    words = re.sub(r"[^a-z0-9]+", " ", without_accents(text).lower()).strip()
    return _SAINT.sub(lambda m: "saint" if m[1] == "st" else "sainte", words)
