"""Whether a gap is one that chance would seldom give: the test behind every comparison put in words.

A territory's share is compared with that of everybody else, kind by kind, so that a territory of many centres sociaux
is not told apart for being one (Mantel and Haenszel, « Statistical Aspects of the Analysis of Data from Retrospective
Studies of Disease », Journal of the National Cancer Institute 22, 1959), and the many tests of a page are judged
together (Benjamini and Hochberg, « Controlling the False Discovery Rate », Journal of the Royal Statistical Society B
57, 1995). Means of amounts are compared on the logarithm of one more, where a few large structures do not make the
test, within one kind (Welch, « The Generalization of Student’s Problem when Several Different Population Variances are
Involved », Biometrika 34, 1947); what the same structures became, on the differences of the same logarithm.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

# Of the gaps told on a page, the part that chance gives at the most.
FALSE_PART = 0.05
LEAST_RESPONDENTS = 30
LEAST_POINTS = 5
# A mean that differs by less than this part of the other is not told apart, however sure it is.
LEAST_PART = 0.1


@dataclass(frozen=True, slots=True)
class Stratum:
    """One kind of structure: `yes` among `count` respondents here, `all_yes` among `all_count` with everybody else."""

    yes: int
    count: int
    all_yes: int
    all_count: int


def chance_of_gap(strata: Sequence[Stratum]) -> float:
    """The probability that chance alone gives so large a gap, on either side: 1 where nothing can be told.

    z = (|Σ (a − nM/N)| − ½) / √Σ n(N−n)M(N−M) / (N²(N−1)), with a = `yes`, n = `count`, M = `all_yes`, N = `all_count`.
    """
    excess = variance = 0.0
    for s in strata:
        if s.all_count > 1:
            excess += s.yes - s.count * s.all_yes / s.all_count
            spread = s.count * (s.all_count - s.count) * s.all_yes * (s.all_count - s.all_yes)
            variance += spread / (s.all_count**2 * (s.all_count - 1))
    if variance <= 0:
        return 1.0
    z = max(abs(excess) - 0.5, 0.0) / math.sqrt(variance)
    return math.erfc(z / math.sqrt(2))


@dataclass(frozen=True, slots=True)
class Spread:
    """Of the values of one group: their number, mean and variance (over n − 1)."""

    count: int
    mean: float
    variance: float


def chance_of_difference(one: Spread, other: Spread) -> float:
    """Welch’s test of two means: 1 where nothing can be told."""
    if min(one.count, other.count) < 2:
        return 1.0
    parts = one.variance / one.count, other.variance / other.count
    if not sum(parts):
        return 1.0
    freedom = sum(parts) ** 2 / (parts[0] ** 2 / (one.count - 1) + parts[1] ** 2 / (other.count - 1))
    return _beyond((one.mean - other.mean) / math.sqrt(sum(parts)), freedom)


def chance_of_change(changes: Spread) -> float:
    """Student’s test that differences are none on the mean: 1 where nothing can be told."""
    if changes.count < 2 or not changes.variance:
        return 1.0
    return _beyond(changes.mean / math.sqrt(changes.variance / changes.count), changes.count - 1)


def _beyond(t: float, freedom: float) -> float:
    """The probability of a Student's t so far on either side (Wallace, Annals of Mathematical Statistics 30, 1959).

    Within 2 % of the tables from 10 degrees of freedom for probabilities over one in ten thousand.
    """
    z = (8 * freedom + 1) / (8 * freedom + 3) * math.sqrt(freedom * math.log1p(t * t / freedom))
    return math.erfc(z / math.sqrt(2))


def told_together(chances: Sequence[float], false_part: float = FALSE_PART) -> list[bool]:
    """Which of the tests of a page hold when at most `false_part` of those that are told may be due to chance."""
    ranked = sorted(range(len(chances)), key=chances.__getitem__)
    last = max((rank for rank, i in enumerate(ranked, 1) if chances[i] <= false_part * rank / len(chances)), default=0)
    held = set(ranked[:last])
    return [i in held for i in range(len(chances))]
