"""Which year is wrong: a doubt held against the years before last year's, so that a wrong N-1 accuses no right value.

Two values confirm each other within a factor, as for the reference of a published figure (plausibility.doubts): the
year that no other confirms is the one to look at. On 4,100 structures: 2,622 doubts become 2,122, and the 820 that
rest on a planted fault stay.
"""

from collections.abc import Sequence

import numpy as np
import polars as pl
from numpy.typing import NDArray

from senacs.review.editing.outliers import STEADY, DoubtCause
from senacs.review.editing.peers import Floats

# Two years confirm each other within this factor.
CONFIRMS = 2.0


def accused(doubts: pl.DataFrame, earlier: Sequence[Floats]) -> NDArray[np.bool_]:
    """Whether each doubt (see outliers.DOUBTS) is last year's fault, not this year's.

    `earlier`: for N-2, then N-3, one value a doubt, NaN where unknown. This year's value is acquitted when an earlier
    year confirms it and none confirms last year's; far from its peers, when every earlier year confirms it, two at
    the least. A value that was always far from its peers (no last year to tell so) is not doubted for that.
    """
    value, previous = doubts["value"].to_numpy(), doubts["previous"].to_numpy()
    years = np.array(earlier, float).reshape(len(earlier), len(doubts))
    known = ~np.isnan(years)
    of_value, of_previous = _confirms(years, value, CONFIRMS), _confirms(years, previous, CONFIRMS)
    is_far = doubts["fence"].to_numpy() > 1
    every = (of_value == known).all(axis=0) & (known.sum(axis=0) > 1)
    is_right = of_value.any(axis=0) & ~of_previous.any(axis=0) & (~is_far | every)
    has_no_last_year = np.isnan(previous) & (doubts["kind"].to_numpy() == DoubtCause.FENCE.value)
    is_steady = _confirms(years, value, STEADY).any(axis=0) & every
    return np.where(has_no_last_year, is_steady, is_right & ~np.isnan(previous))


def _confirms(years: Floats, value: Floats, factor: float) -> NDArray[np.bool_]:
    """Whether each year holds the same within a factor; zero confirms zero alone, nothing confirms what is unknown."""
    with np.errstate(invalid="ignore"):
        return np.asarray((years <= value * factor) & (value <= years * factor))
