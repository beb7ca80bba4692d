"""JSON that strangers send: an object says each thing once."""

from typing import Any


class RepeatedKey(ValueError):
    """An object holds the same key twice: which of the two is meant, nobody can tell."""


def without_repeats(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """`object_pairs_hook` of json.loads. Raises RepeatedKey with the key."""
    found = dict(pairs)
    if len(found) != len(pairs):
        keys = [key for key, _ in pairs]
        raise RepeatedKey(next(key for key in keys if keys.count(key) > 1))
    return found
