"""Totals raised to the register: what the structures that did not answer probably add, and how sure that is.

A silent structure that answered in one of the last four years is predicted from its latest answer by the growth since
of those like it (figures.donors), one never heard by the mean of its stratum; an earlier answer that the structure's
other years contradict predicts nothing. What silence itself tells corrects both (figures.silence). The total of a
territory is what was declared plus what is predicted. The variance is that of the prediction under a common mean or
ratio by stratum (Valliant, Dorfman and Royall, Finite Population Sampling and Inference, 2000, ch. 2), which for a
whole stratum is Cochran's (Sampling Techniques, 1977, eq. 5.6 and, with residuals, 6.4), plus that of the corrections.

An interval supposes that the silent are as predicted. The band around it does not (pattern mixtures: Little, Journal
of the American Statistical Association 88, 1993): it lets those once heard differ by a twentieth from what is predicted
of them, and those never heard by a tenth, or by a third of what the corrections
tell where that is more.
"""

from collections.abc import Callable, Collection, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import sqrt
from statistics import NormalDist

from senacs.observatory.figures.donors import Donors, Growths, growths, mean_donors
from senacs.observatory.figures.silence import NO_CORRECTION, Factor, Silence, read_silence
from senacs.observatory.figures.survey_units import Stratum, SurveyUnit

# Fewer respondents in a territory give a total without interval.
INTERVAL_FROM = 10
CONFIDENCE = 0.95
# What the silent may differ by from what is predicted of them, at the least: once heard, never heard.
SEEN_APART, NEVER_APART = 0.05, 0.10
# The part of a correction that they may differ by.
UNSURE = 1 / 3


@dataclass(frozen=True, slots=True)
class Prediction:
    """The value of one silent structure, corrected; from_past: from its own answer of `gap` years before."""

    structure: str
    territories: tuple[str, ...]
    value: float
    stratum: Stratum
    donors: Donors
    from_past: bool
    gap: int = 0
    correction: Factor = NO_CORRECTION


@dataclass(frozen=True, slots=True)
class Estimate:
    """A raised total. low and high are None under INTERVAL_FROM respondents; cv and imputed are percents of value.

    band_low and band_high: where the total lies should the silent differ from the others.
    """

    value: float
    low: float | None
    high: float | None
    declared: float
    respondents: int
    expected: int
    cv: float
    imputed: float
    band_low: float | None = None
    band_high: float | None = None


def predict(
    units: Collection[SurveyUnit], *, may_use: Callable[[Stratum], bool] = lambda stratum: True
) -> tuple[Prediction, ...]:
    """One prediction for each silent unit, in their order; `may_use` refuses the strata of means that are secret.

    A unit none of whose strata has enough respondents stays without prediction: nothing can be raised then.
    """
    every = list(units)
    known, means = growths(every), mean_donors(every, may_use)

    def mean_of(unit: SurveyUnit) -> Donors | None:
        return next((means[stratum] for stratum in unit.means if stratum in means), None)

    silence = read_silence(every, known, mean_of)
    found = [_predicted(unit, known, means, silence) for unit in every if unit.y is None]
    return tuple(prediction for prediction in found if prediction is not None)


def _predicted(
    unit: SurveyUnit, known: Growths, means: Mapping[Stratum, Donors], silence: Silence
) -> Prediction | None:
    last = unit.last_answer
    own = known.of(unit, *last) if last else None
    if last is not None and own is not None:
        (gap, x), (stratum, donors) = last, own
        factor = silence.returning if x else NO_CORRECTION
        value = donors.rate * x * factor.ratio**gap if x else donors.rate
        return Prediction(unit.structure, unit.territories, value, stratum, donors, True, gap, factor)
    by_mean = next((stratum for stratum in unit.means if stratum in means), None)
    if by_mean is None:
        return None
    donors, factor = means[by_mean], silence.of_unheard(unit)
    return Prediction(
        unit.structure, unit.territories, donors.rate * factor.ratio, by_mean, donors, False, correction=factor
    )


def raise_total(units: Sequence[SurveyUnit], predictions: Sequence[Prediction], territory: str) -> Estimate | None:
    """The total of one territory with its interval; None when nobody answers or somebody cannot be predicted.

    V = Σ_h s_h² (M_h + M_h² / m_h), M_h silent structures of the territory and m_h respondents of the stratum h, and
    what the corrections are not sure of. For a whole stratum M_h = N_h − m_h and each term is
    N_h² (1 − m_h / N_h) s_h² / m_h. The quantile is Student's, with the degrees of freedom of Satterthwaite,
    V² / Σ V_h² / (m_h − 1) (Cochran, eq. 5.16). What was declared is never undercut.
    """
    here = [unit for unit in units if territory in unit.territories]
    declared = [unit.y for unit in here if unit.y is not None]
    rows = [p for p in predictions if territory in p.territories]
    silent: dict[Stratum, list[Prediction]] = {}
    for prediction in rows:
        silent.setdefault(prediction.stratum, []).append(prediction)
    if not declared or len(declared) + len(rows) < len(here):
        return None
    added = sum(p.value for p in rows)
    value = sum(declared) + added
    terms = [(_term(len(group), group[0].donors), group[0].donors.count) for group in silent.values()]
    sampling = sum(term for term, _ in terms)
    total_variance = sampling + _correction_variance(rows)
    error = sqrt(total_variance)
    low = high = band_low = band_high = None
    if len(declared) >= INTERVAL_FROM:
        half = 0.0
        if sampling:
            # As shares of V: squares of tiny variances would vanish.
            freedom = 1 / sum((term / sampling) ** 2 / (count - 1) for term, count in terms)
            half = student_quantile((1 + CONFIDENCE) / 2, freedom) * error
        floor = min(sum(declared), value)
        low, high = max(value - half, floor), value + half
        apart = _apart(rows)
        band_low, band_high = max(value - half - apart, floor), value + half + apart
    return Estimate(
        value=value,
        low=low,
        high=high,
        declared=sum(declared),
        respondents=len(declared),
        expected=len(here),
        cv=100 * error / abs(value) if value else 0.0,
        imputed=100 * added / value if value else 0.0,
        band_low=band_low,
        band_high=band_high,
    )


def _correction_variance(predictions: Iterable[Prediction]) -> float:
    """(Σ ŷ g se(φ))² + Σ_k (Σ m̂ se(ρ))²: an error of a correction is made on all of a kind at once."""
    together: dict[Hashable, float] = {}
    for row in predictions:
        wrong = row.value * row.gap if row.from_past else row.donors.rate
        key = "returning" if row.from_past else ("unheard", row.stratum[-1])
        together[key] = together.get(key, 0.0) + abs(wrong) * sqrt(row.correction.error)
    return sum(error**2 for error in together.values())


def _apart(predictions: Iterable[Prediction]) -> float:
    """By how much the silent may differ together from what is predicted of them; kinds differ each on its own side."""
    return sum(
        max(SEEN_APART if row.from_past else NEVER_APART, abs(row.correction.ratio - 1) * UNSURE) * abs(row.value)
        for row in predictions
    )


def _term(silent: int, donors: Donors) -> float:
    return donors.spread * (silent + silent**2 / donors.count)


def student_quantile(probability: float, freedom: float) -> float:
    """Quantile of Student's t by its expansion around the normal one (Abramowitz and Stegun 1964, 26.7.5).

    Within 0,1 % of the tables from 5 degrees of freedom for the usual levels.
    """
    z = NormalDist().inv_cdf(probability)
    terms = (
        (z**3 + z) / 4,
        (5 * z**5 + 16 * z**3 + 3 * z) / 96,
        (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / 384,
        (79 * z**9 + 776 * z**7 + 1482 * z**5 - 1920 * z**3 - 945 * z) / 92160,
    )
    return z + sum(term / freedom ** (power + 1) for power, term in enumerate(terms))
