"""Whether a gap is one that chance would seldom give: the test behind every comparison put in words.

A territory's share is compared with that of everybody else, kind by kind, so that a territory of many centres sociaux
is not told apart for being one (Mantel and Haenszel, « Statistical Aspects of the Analysis of Data from Retrospective
Studies of Disease », Journal of the National Cancer Institute 22, 1959), and the many tests of a page are judged
together (Benjamini and Hochberg, « Controlling the False Discovery Rate », Journal of the Royal Statistical Society B
57, 1995).
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

# Of the gaps told on a page, the part that chance gives at the most.
FALSE_PART = 0.05
LEAST_RESPONDENTS = 30
LEAST_POINTS = 5


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


def told_together(chances: Sequence[float], false_part: float = FALSE_PART) -> list[bool]:
    """Which of the tests of a page hold when at most `false_part` of those that are told may be due to chance."""
    ranked = sorted(range(len(chances)), key=chances.__getitem__)
    last = max((rank for rank, i in enumerate(ranked, 1) if chances[i] <= false_part * rank / len(chances)), default=0)
    held = set(ranked[:last])
    return [i in held for i in range(len(chances))]
