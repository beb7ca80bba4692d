"""Characters of what is typed, before any meaning: spaces of every kind, invisible marks; and how it is refused."""

import unicodedata

# Zero-width and direction marks, which copying from a page or from Windows' calculator leaves around a number.
_UNSEEN = frozenset("\u200b\u200c\u200d\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2060\u2066\u2067\u2068\u2069\ufeff")


class InputError(ValueError):
    """What was typed cannot be this field's value; the message, in French, is for the person who typed."""


def squeezed(raw: str) -> str:
    """Every kind of space (no-break, narrow, ideographic, zero-width…) becomes one plain space, none at the ends."""
    return " ".join("".join(" " if _is_space(c) else c for c in raw).split())


def _is_space(character: str) -> bool:
    return character.isspace() or character in _UNSEEN or unicodedata.category(character) == "Zs"
