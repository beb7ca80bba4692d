"""Which of two years is wrong: the years before tell, and a value far from its peers needs them all."""

import numpy as np
import polars as pl
import pytest

from senacs.review.editing.earlier_years import accused
from senacs.review.editing.outliers import DOUBTS

NAN = float("nan")


def is_accused(value: float, previous: float, *earlier: float, kind: str = "ratio", fence: float = 0.3) -> bool:
    row = {"row": 0, "code": "x", "kind": kind, "value": value, "previous": previous}
    doubts = pl.DataFrame([row | {"expected": NAN, "distance": 3.0, "fence": fence}], schema=DOUBTS)
    return bool(accused(doubts, [np.array([year]) for year in earlier])[0])


@pytest.mark.parametrize("earlier", [(104,), (104, NAN), (NAN, 90), (104, 90), (90, 4)])
def test_last_year_is_wrong_where_an_earlier_one_confirms_this_year(earlier):
    assert is_accused(100, 1000, *earlier)


@pytest.mark.parametrize("earlier", [(), (NAN, NAN), (1040,), (NAN, 980), (100, 980), (980, 100), (4, 7)])
def test_this_year_stays_doubtful_where_last_year_is_confirmed_or_nothing_tells(earlier):
    assert not is_accused(100, 1000, *earlier)


def test_far_from_its_peers_all_the_earlier_years_must_confirm():
    assert not is_accused(100, 10, 98, fence=1.5)
    assert not is_accused(100, 10, 98, 40, fence=1.5)
    assert is_accused(100, 10, 98, 105, fence=1.5)


def test_nothing_after_one_year_of_something_is_ordinary():
    assert is_accused(0, 50, 0, 0, kind="vanished", fence=NAN)
    assert is_accused(0, 50, 0, kind="vanished", fence=NAN)
    assert not is_accused(0, 50, 48, 0, kind="vanished", fence=NAN)
    assert not is_accused(0, 50, 30, kind="vanished", fence=NAN)


def test_who_was_always_large_is_not_doubted_for_it():
    assert is_accused(900, NAN, 880, 870, kind="fence", fence=2.0)
    assert not is_accused(900, NAN, 880, kind="fence", fence=2.0)
    assert not is_accused(900, NAN, 880, 300, kind="fence", fence=2.0)
    assert not is_accused(900, NAN, 90, 85, kind="fence", fence=2.0)
