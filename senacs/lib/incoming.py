"""What strangers send, made safe to keep and to show: numbers that are numbers, text without hidden marks."""

import re
from typing import Any

# No database of ours holds a greater identifier.
GREATEST = 2**63 - 1
_NUMBER = re.compile(r"[0-9]{1,19}")
# Marks that turn the direction of what follows: a name could be shown backwards, an extension hidden.
_DIRECTION = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
# What PostgreSQL keeps in no text (NUL), and what is no character at all (half of a pair).
_UNKEEPABLE = re.compile("[\x00\ud800-\udfff]")
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")


def whole_number(text: str) -> int | None:
    """The number that is written with the digits 0 to 9 alone and that a database can hold; None otherwise.

    `str.isdigit` and `int` are laxer: « ² » is a digit that is no number, five thousand digits are refused late.
    """
    if not _NUMBER.fullmatch(text):
        return None
    number = int(text)
    return number if number <= GREATEST else None


def is_keepable(text: str) -> bool:
    """Whether both databases can keep the text."""
    return not _UNKEEPABLE.search(text)


def without_direction(text: str) -> str:
    """The text without the marks that turn its direction."""
    return text if text.isascii() else _DIRECTION.sub("", text)


def without_controls(text: str) -> str:
    """The text without control characters (line ends and tabs stay), nor marks of direction."""
    return _CONTROL.sub("", without_direction(text))


def cleaned(document: Any) -> Any:
    """A JSON document whose texts, keys included, hold no mark of direction."""
    if isinstance(document, str):
        return without_direction(document)
    if isinstance(document, list):
        return [cleaned(item) for item in document]
    if isinstance(document, dict):
        return {without_direction(key): cleaned(value) for key, value in document.items()}
    return document
