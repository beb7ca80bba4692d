"""JSON that strangers send: an object says each thing once, a text is one that both databases keep."""

import json
from typing import Any

from senacs.lib.incoming import cleaned


class RepeatedKey(ValueError):
    """An object holds the same key twice: which of the two is meant, nobody can tell."""


def read_json(body: bytes) -> Any:
    """The document, its texts without marks of direction. Raises RepeatedKey, ValueError: unreadable, too deep."""
    try:
        return cleaned(json.loads(body, object_pairs_hook=without_repeats))
    except RecursionError as error:
        raise ValueError("too deep") from error


def without_repeats(pairs: list[tuple[str, Any]]) -> dict[str, object]:
    """`object_pairs_hook` of json.loads. Raises RepeatedKey with the key."""
    found = dict(pairs)
    if len(found) != len(pairs):
        keys = [key for key, _ in pairs]
        raise RepeatedKey(next(key for key in keys if keys.count(key) > 1))
    return found
