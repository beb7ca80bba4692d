"""Numbers that are numbers, texts that databases keep, marks of direction."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from senacs.lib.incoming import GREATEST, cleaned, is_keepable, whole_number, without_controls, without_direction


@pytest.mark.parametrize("text", ["0", "7", "007", "123456789", str(GREATEST)])
def test_numbers(text: str) -> None:
    assert whole_number(text) == int(text)


@pytest.mark.parametrize(
    "text",
    ["", " 7", "7\n", "-7", "+7", "1_000", "²", "1²", "\uff17", "\u0667", "7.0", "1e3", "9" * 5000, str(GREATEST + 1)],
)
def test_no_numbers(text: str) -> None:
    assert whole_number(text) is None


@given(st.text(max_size=40))
def test_a_number_always_fits_a_column(text: str) -> None:
    number = whole_number(text)
    assert number is None or 0 <= number <= GREATEST


@pytest.mark.parametrize("text", ["a\x00", "\ud800", "\udfffb"])
def test_what_no_database_keeps(text: str) -> None:
    assert not is_keepable(text)
    assert is_keepable(without_controls(text))


def test_direction_marks_are_dropped_and_letters_stay() -> None:
    assert without_direction("fac\u202etxt.exe\u202c \u2066été\u2069 \u200fשלום") == "factxt.exe été שלום"
    assert without_direction("l’été — « 1\u202f234 »") == "l’été — « 1\u202f234 »"


def test_documents_are_cleaned_to_their_keys() -> None:
    document = {"cl\u202ec": ["\u2066un\u2069", 2, None, {"x": "\u200e"}]}
    assert cleaned(document) == {"clc": ["un", 2, None, {"x": ""}]}
