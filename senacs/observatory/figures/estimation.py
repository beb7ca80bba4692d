"""Totals raised to the register: what the structures that did not answer probably add, and how sure that is.

A silent structure with a value of last year is predicted by the ratio of its stratum, one without by the mean of its
stratum; the total of a territory is what was declared plus what is predicted. The variance is that of the prediction
under a common mean or ratio by stratum (Valliant, Dorfman and Royall, Finite Population Sampling and Inference, 2000,
ch. 2), which for a whole stratum is Cochran's (Sampling Techniques, 1977, eq. 5.6 and, with residuals, 6.4).
"""

from collections.abc import Callable, Collection, Hashable, Iterable, Sequence
from dataclasses import dataclass
from math import sqrt
from statistics import NormalDist, variance

Stratum = tuple[Hashable, ...]

# Strata with fewer respondents are replaced by wider ones (statistics.md §5).
LEAST_DONORS = 3
# Fewer respondents in a territory give a total without interval.
INTERVAL_FROM = 10
CONFIDENCE = 0.95


@dataclass(frozen=True, slots=True)
class SurveyUnit:
    """A structure of the register. y: what it declared, None when it did not; x: the same last year, if known.

    means: strata in which a mean may be looked for, ratios: the same for a ratio, from the narrowest to the widest.
    """

    structure: str
    territories: tuple[str, ...]
    means: tuple[Stratum, ...]
    ratios: tuple[Stratum, ...]
    y: float | None
    x: float | None


@dataclass(frozen=True, slots=True)
class Donors:
    """The respondents of one stratum: their number, the mean (or ratio) they give, the variance s² around it."""

    count: int
    rate: float
    spread: float


@dataclass(frozen=True, slots=True)
class Prediction:
    """The value of one silent structure; from_last_year: by a ratio on its own value of N-1."""

    structure: str
    territories: tuple[str, ...]
    value: float
    stratum: Stratum
    donors: Donors
    from_last_year: bool


@dataclass(frozen=True, slots=True)
class Estimate:
    """A raised total. low and high are None under INTERVAL_FROM respondents; cv and imputed are percents of value."""

    value: float
    low: float | None
    high: float | None
    declared: float
    respondents: int
    expected: int
    cv: float
    imputed: float


def mean_donors(units: Iterable[SurveyUnit]) -> dict[Stratum, Donors]:
    """Mean and variance s² = Σ (y − ȳ)² / (m − 1) of each stratum, from LEAST_DONORS respondents."""
    found: dict[Stratum, list[float]] = {}
    for unit in units:
        if unit.y is not None:
            for stratum in unit.means:
                found.setdefault(stratum, []).append(unit.y)
    return {
        stratum: Donors(len(values), sum(values) / len(values), variance(values))
        for stratum, values in found.items()
        if len(values) >= LEAST_DONORS
    }


def ratio_donors(units: Iterable[SurveyUnit]) -> dict[Stratum, Donors]:
    """r = Σ y / Σ x and s² = Σ (y − r x)² / (m − 1) of each stratum, over those who declared both years."""
    found: dict[Stratum, list[tuple[float, float]]] = {}
    for unit in units:
        if unit.y is not None and unit.x is not None:
            for stratum in unit.ratios:
                found.setdefault(stratum, []).append((unit.y, unit.x))
    donors = {}
    for stratum, pairs in found.items():
        base = sum(x for _, x in pairs)
        if len(pairs) >= LEAST_DONORS and base > 0:
            ratio = sum(y for y, _ in pairs) / base
            residuals = sum((y - ratio * x) ** 2 for y, x in pairs)
            donors[stratum] = Donors(len(pairs), ratio, residuals / (len(pairs) - 1))
    return donors


def predict(
    units: Collection[SurveyUnit], *, may_use: Callable[[Stratum], bool] = lambda stratum: True
) -> tuple[Prediction, ...]:
    """One prediction for each silent unit, in their order; `may_use` refuses the strata of means that are secret.

    A unit none of whose strata has enough respondents stays without prediction: nothing can be raised then.
    """
    ratios, means = ratio_donors(units), mean_donors(units)
    found = []
    for unit in units:
        if unit.y is not None:
            continue
        by_ratio = next((s for s in unit.ratios if s in ratios), None) if unit.x is not None else None
        by_mean = next((s for s in unit.means if s in means and may_use(s)), None)
        if by_ratio is not None and unit.x is not None:
            donors = ratios[by_ratio]
            value = donors.rate * unit.x
            found.append(Prediction(unit.structure, unit.territories, value, ("ratio", *by_ratio), donors, True))
        elif by_mean is not None:
            donors = means[by_mean]
            found.append(Prediction(unit.structure, unit.territories, donors.rate, by_mean, donors, False))
    return tuple(found)


def raise_total(units: Sequence[SurveyUnit], predictions: Sequence[Prediction], territory: str) -> Estimate | None:
    """The total of one territory with its interval; None when nobody answers or somebody cannot be predicted.

    V = Σ_h s_h² (M_h + M_h² / m_h), M_h silent structures of the territory and m_h respondents of the stratum h. For a
    whole stratum M_h = N_h − m_h and each term is N_h² (1 − m_h / N_h) s_h² / m_h. The quantile is Student's, with the
    degrees of freedom of Satterthwaite, V² / Σ V_h² / (m_h − 1) (Cochran, eq. 5.16).
    What was declared is never undercut.
    """
    here = [unit for unit in units if territory in unit.territories]
    declared = [unit.y for unit in here if unit.y is not None]
    silent: dict[Stratum, list[Prediction]] = {}
    for prediction in predictions:
        if territory in prediction.territories:
            silent.setdefault(prediction.stratum, []).append(prediction)
    missing = sum(map(len, silent.values()))
    if not declared or len(declared) + missing < len(here):
        return None
    added = sum(p.value for group in silent.values() for p in group)
    value = sum(declared) + added
    terms = [(_term(len(group), group[0].donors), group[0].donors.count) for group in silent.values()]
    total_variance = sum(term for term, _ in terms)
    error = sqrt(total_variance)
    low = high = None
    if len(declared) >= INTERVAL_FROM:
        half = 0.0
        if total_variance:
            # As shares of V: squares of tiny variances would vanish.
            freedom = 1 / sum((term / total_variance) ** 2 / (count - 1) for term, count in terms)
            half = student_quantile((1 + CONFIDENCE) / 2, freedom) * error
        low, high = max(value - half, min(sum(declared), value)), value + half
    return Estimate(
        value=value,
        low=low,
        high=high,
        declared=sum(declared),
        respondents=len(declared),
        expected=len(here),
        cv=100 * error / abs(value) if value else 0.0,
        imputed=100 * added / value if value else 0.0,
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
