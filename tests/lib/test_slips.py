"""Edits from one word to another, counted no further than asked."""

import pytest

from senacs.lib.slips import distance


@pytest.mark.parametrize(
    ("first", "second", "limit", "expected"),
    [("abc", "abc", 2, 0), ("abc", "acb", 2, 1), ("abc", "ab", 2, 1), ("abc", "xyz", 2, 3), ("a", "abcdef", 2, 3)],
)
def test_distance(first: str, second: str, limit: int, expected: int) -> None:
    assert distance(first, second, limit=limit) == expected
