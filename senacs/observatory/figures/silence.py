"""What silence itself tells: those who come back against the steady, those who seldom answer against the others.

Two factors correct what respondents lend (methods and measures: docs/estimation-et-silence.md), each brought to 1 as
far as chance explains its distance (Efron and Morris, Journal of the American Statistical Association 68, 1973):
- the return: who was silent and is back grew otherwise than those who always answered, so much for each year missed;
- the reluctance: who answers seldom is smaller, or larger, than who always does, and who never answered further still
  (« continuum of resistance »: Lin and Schaeffer, Public Opinion Quarterly 59, 1995; the continuum is the lasting
  inclination of a random-effects probit, as in Heckman, « Heterogeneity and State Dependence », 1981).
"""

from collections import Counter
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from math import inf, log, sqrt
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

from senacs.observatory.figures.donors import Donors, Growths, far_from
from senacs.observatory.figures.survey_units import SurveyUnit

# Fewer who answer now and did not always tell of no reluctance, nor fewer who are back of a return.
LEAST_RELUCTANT, LEAST_RETURNED = 10, 10
# How lasting an inclination may be, and where its normal curve is summed.
LASTING = tuple(step / 20 for step in range(20))
_NORMAL = NormalDist()
_NODES = tuple(step / 5 for step in range(-20, 21))
_WEIGHTS = tuple(_NORMAL.pdf(node) / 5 for node in _NODES)
# Newton's steps of the curve: at the most, at the least, and as far as a logarithm goes.
ROUNDS, SETTLED, FARTHEST = 30, 1e-8, 20.0
# How sure each factor must be: at how many times its variance its distance to 1 is worth nothing.
SURE_RELUCTANCE, SURE_RETURN = 2.0, 1.0
# From this part of zeros among the answers on, no growth tells of return.
FEW_ZEROS = 0.05


# Years answered of those asked, this one among them.
Record = tuple[int, int]
Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Factor:
    """A correction and the variance of its reading; 1 and 0 where nothing is told."""

    ratio: float = 1.0
    error: float = 0.0


NO_CORRECTION = Factor()


@dataclass(frozen=True, slots=True)
class Silence:
    """`returning` applies once for each year since the last answer, `reluctance` to who is predicted by a mean.

    The latter is told by kind and record: who was asked once and is silent tells less than who was asked five times.
    """

    returning: Factor = NO_CORRECTION
    reluctance: Mapping[tuple[Hashable, Record], Factor] = field(default_factory=dict)
    span: int = 0

    def of_unheard(self, unit: SurveyUnit) -> Factor:
        return self.reluctance.get((unit.kind, record_of(unit, self.span)), NO_CORRECTION)


def read_silence(
    units: Sequence[SurveyUnit], known: Growths, mean_of: Callable[[SurveyUnit], Donors | None]
) -> Silence:
    """`mean_of`: what the strata of a structure predict of it, whatever it declared."""
    answers = [unit for unit in units if unit.y is not None]
    zeros = sum(unit.y == 0 for unit in answers)
    has_growth = zeros < FEW_ZEROS * len(answers)
    span = max((gap for unit in units for gap, _ in unit.years), default=0)
    return Silence(_returning(answers, known) if has_growth else NO_CORRECTION, _reluctance(units, mean_of, span), span)


def record_of(unit: SurveyUnit, span: int) -> Record:
    """Years answered of those asked, this one among them; `span`: years before that anybody answered."""
    asked = span if unit.asked is None else max(unit.asked, len(unit.years))
    return len(unit.years) + (unit.y is not None), asked + 1


def _returning(answers: Sequence[SurveyUnit], known: Growths) -> Factor:
    """φ − 1 = Σ w (g − 1) e / Σ w (g − 1)²: e, how much more than the steady those who are back grew."""
    back: list[tuple[float, int, float]] = []
    for unit in answers:
        last = unit.last_answer
        if last is None or last[0] < 2 or any(gap < last[0] for gap, _ in unit.years) or not last[1]:
            continue
        growth = known.of(unit, *last)
        if growth is not None and growth[1].rate > 0:
            expected = growth[1].rate * last[1]
            back.append((expected, last[0] - 1, (unit.y or 0.0) / expected))
    if len(back) < LEAST_RETURNED:
        return NO_CORRECTION
    middle, limit = far_from([ratio for _, _, ratio in back])
    clipped = [(w, missed, min(max(ratio, middle - limit), middle + limit) - 1) for w, missed, ratio in back]
    whole = sum(w * missed**2 for w, missed, _ in clipped)
    slope = sum(w * missed * e for w, missed, e in clipped) / whole
    error = sum((w * missed * (e - slope * missed)) ** 2 for w, missed, e in clipped) / whole**2
    return shrunk(1 + slope, error, SURE_RETURN)


def _reluctance(
    units: Sequence[SurveyUnit], mean_of: Callable[[SurveyUnit], Donors | None], span: int
) -> dict[tuple[Hashable, Record], Factor]:
    """By kind and record of the silent, what they are to the others of their strata; who is not told of lacks.

    y over its prediction, among those who answer now and were asked before, grows or shrinks by a constant factor with
    the inclination to answer; the curve is read where the silent stand.
    """
    told: dict[Hashable, list[tuple[Record, float]]] = {}
    records: dict[Hashable, Counter[Record]] = {}
    for unit in units:
        record = record_of(unit, span)
        records.setdefault(unit.kind, Counter())[record] += 1
        mean = mean_of(unit)
        if unit.y is not None and record[1] > 1 and mean is not None and mean.rate > 0:
            told.setdefault(unit.kind, []).append((record, unit.y / mean.rate))
    found = {}
    for kind, pairs in told.items():
        if sum(answered < asked for (answered, asked), _ in pairs) < LEAST_RELUCTANT:
            continue
        scores = inclinations(records[kind])
        silent = {record_of(unit, span) for unit in units if unit.y is None and unit.kind == kind}
        points = [(scores[record], ratio) for record, ratio in pairs]
        for record, reading in _read_at(points, {record: scores[record] for record in silent}).items():
            found[kind, record] = shrunk(*reading, SURE_RELUCTANCE)
    return found


def inclinations(records: Mapping[Record, int]) -> dict[Record, float]:
    """What each record of answers tells of a lasting inclination to answer, a standard normal.

    A year is answered when inclination and the hazard of the year pass a threshold together; how lasting it is, is
    the most likely of LASTING given the records of all.
    """
    told = sum(answered * count for (answered, _), count in records.items())
    asked = sum(years * count for (_, years), count in records.items())
    share = min(max(told / asked, 0.01), 0.99)
    threshold = NormalDist().inv_cdf(1 - share)
    best, found = -inf, dict.fromkeys(records, 0.0)
    for lasting in LASTING:
        answers = [1 - _NORMAL.cdf((threshold - sqrt(lasting) * s) / sqrt(1 - lasting)) for s in _NODES]
        weights = {
            (k, n): [w * p**k * (1 - p) ** (n - k) for w, p in zip(_WEIGHTS, answers, strict=True)] for k, n in records
        }
        sums = {record: max(sum(weight), 1e-300) for record, weight in weights.items()}
        likelihood = sum(count * log(sums[record]) for record, count in records.items())
        if likelihood > best:
            best = likelihood
            found = {
                record: sum(w * s for w, s in zip(weight, _NODES, strict=True)) / sums[record]
                for record, weight in weights.items()
            }
    return found


def _read_at(
    points: Sequence[tuple[float, float]], wanted: Mapping[Record, float]
) -> dict[Record, tuple[float, float]]:
    """exp(a + b·z) and its variance at each score wanted, fitted to the ratios (log link, variance as the mean).

    Nothing where they tell of no curve: one score only, or nothing but zeros.
    """
    z, y = (np.array(column) for column in zip(*points, strict=True))
    mean = y.mean()
    if mean <= 0 or np.ptp(z) == 0:
        return {}
    design = np.column_stack([np.ones_like(z), z])
    y = y / mean
    fitted = np.zeros(2)
    for _ in range(ROUNDS):
        means = _exponential(design @ fitted)
        step = np.linalg.solve(design.T @ (design * means[:, None]), design.T @ (y - means))
        fitted = fitted + np.clip(step, -1, 1)
        if np.abs(step).max() < SETTLED:
            break
    means = _exponential(design @ fitted)
    bread = np.linalg.inv(design.T @ (design * means[:, None]))
    # The variance that the residuals themselves show: ratios of amounts scatter more for the larger ones.
    spread = bread @ (design.T @ (design * ((y - means) ** 2)[:, None])) @ bread
    found = {}
    for record, score in wanted.items():
        there = np.array([1.0, score])
        ratio = float(_exponential(there @ fitted))
        found[record] = ratio, float(ratio**2 * (there @ spread @ there))
    return found


def _exponential(logarithm: Floats) -> Floats:
    return np.asarray(np.exp(np.clip(logarithm, -FARTHEST, FARTHEST)))


def shrunk(ratio: float, error: float, sure: float) -> Factor:
    """A ratio, never negative, brought to 1 as far as chance explains its distance, and its variance likewise.

    The positive part of James and Stein; what is left of the variance is that of a posterior of the same shrinkage.
    """
    distance = ratio - 1
    weight = max(0.0, 1 - sure * error / distance**2) if distance else 0.0
    return Factor(max(1 + weight * distance, 0.0), weight * error)
