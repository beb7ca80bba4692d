"""Slips of the keyboard: what was meant."""

import pytest

from senacs.lib.french import NBSP
from senacs.review.editing.slips import Slip, meant, slip_towards, times


def undone(value: float, slip: Slip, step: float = 1.0) -> list[float]:
    return [guess.value for guess in meant(value, step=step) if guess.slip is slip]


def test_zeros_too_many_or_too_few_are_undone():
    assert undone(6_338_170, Slip.TIMES_10) == [633_817]
    assert undone(633, Slip.OVER_1000) == [633_000]
    assert undone(45, Slip.TIMES_10, step=0.25) == [4.5]


def test_neighbouring_digits_are_exchanged_back():
    assert undone(137, Slip.DIGITS) == [317, 173]
    assert undone(-5, Slip.SIGN) == [5]
    assert list(meant(0)) == []


@pytest.mark.parametrize(
    ("value", "expected", "slip"),
    [
        (6_400_000, 633_817, Slip.TIMES_10),
        (640, 633_817, Slip.OVER_1000),
        (137_000, 317_000, None),
        (633_817, 640_000, None),
        (500, 0, None),
    ],
)
def test_slip_is_believed_only_near_what_was_expected(value, expected, slip):
    found = slip_towards(value, expected)
    assert (found.slip if found else None) == slip


@pytest.mark.parametrize(
    ("ratio", "told"),
    [
        (10, "été multiplié par 10"),
        (2, "doublé"),
        (2.6, "été multiplié par 2,6"),
        (1.4, f"augmenté de 40{NBSP}%"),
        (0.6, f"baissé de 40{NBSP}%"),
        (0.1, "été divisé par 10"),
    ],
)
def test_change_is_told_in_words(ratio, told):
    assert times(ratio) == told
