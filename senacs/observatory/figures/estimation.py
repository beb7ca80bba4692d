"""Totals raised to the register: what the structures that did not answer probably add, and how sure that is.

A silent structure that answered in one of the last four years is predicted from its latest answer by the growth of its
stratum since, one never heard by the mean of its stratum; an earlier answer that the structure's other years contradict
predicts nothing, and donors whose growth is out of all proportion lend none (Hidiroglou and Berthelot, Survey
Methodology 12, 1986, for the distance to the median growth). The total of a territory is what was declared plus what is
predicted. The variance is that of the prediction
under a common mean or ratio by stratum (Valliant, Dorfman and Royall, Finite Population Sampling and Inference, 2000,
ch. 2), which for a whole stratum is Cochran's (Sampling Techniques, 1977, eq. 5.6 and, with residuals, 6.4).

An interval supposes that the silent are like the others. The band around it does not (pattern mixtures: Little, Journal
of the American Statistical Association 88, 1993): it lets those once heard differ by a twentieth from what is predicted
of them, and those never heard by a tenth, or by as much as reluctance tells where it tells more. Reluctance is read in
those who answer now and did not always before (« continuum of resistance »: Lin and Schaeffer, Public Opinion
Quarterly 59, 1995), shrunk to none where it is not sure (Efron and Morris, Journal of the American Statistical
Association 68, 1973).
"""

from collections.abc import Callable, Collection, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import log, sqrt
from statistics import NormalDist, median, variance

Stratum = tuple[Hashable, ...]

# Strata with fewer respondents are replaced by wider ones (statistics.md §5).
LEAST_DONORS = 3
# Two years confirm each other within this factor, as for a doubtful value (plausibility.doubts).
CONFIRMS = 2.0
# Growths further than this many median absolute deviations lend nothing, from so many known growths on.
FAR_MADS, MAD_FLOOR, GROWTHS_FROM = 4.0, 0.08, 12
# Fewer respondents in a territory give a total without interval.
INTERVAL_FROM = 10
CONFIDENCE = 0.95
# What the silent may differ by from what is predicted of them, at the least: once heard, never heard.
SEEN_APART, NEVER_APART = 0.05, 0.10
# Reluctance is read one year's silence below those who never answered: a quarter of the four years known.
BELOW_ZERO, LEAST_RELUCTANT, SURE = -0.25, 10, 2.0


@dataclass(frozen=True, slots=True)
class SurveyUnit:
    """A structure of the register. y: what it declared, None when it did not; x: the same last year, if known.

    means: strata in which a mean may be looked for, ratios: the same for a ratio, from the narrowest to the widest.
    earlier: what it declared longer ago, as (years before, value).
    """

    structure: str
    territories: tuple[str, ...]
    means: tuple[Stratum, ...]
    ratios: tuple[Stratum, ...]
    y: float | None
    x: float | None
    earlier: tuple[tuple[int, float], ...] = ()

    @property
    def years(self) -> tuple[tuple[int, float], ...]:
        """Each year with an answer before this one, the latest first."""
        return self.earlier if self.x is None else ((1, self.x), *self.earlier)

    @property
    def last_answer(self) -> tuple[int, float] | None:
        """The latest earlier answer that another year confirms, or the only one; None where they contradict."""
        if len(self.years) == 1:
            return self.years[0]
        for gap, value in self.years:
            others = [other for other_gap, other in self.years if other_gap != gap]
            if any(value / CONFIRMS <= other <= value * CONFIRMS for other in others):
                return gap, value
        return None


@dataclass(frozen=True, slots=True)
class Donors:
    """The respondents of one stratum: their number, the mean (or ratio) they give, the variance s² around it."""

    count: int
    rate: float
    spread: float


@dataclass(frozen=True, slots=True)
class Prediction:
    """The value of one silent structure; from_past: from its own answer of an earlier year."""

    structure: str
    territories: tuple[str, ...]
    value: float
    stratum: Stratum
    donors: Donors
    from_past: bool


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
    """r = Σ y / Σ x and s² = Σ (y − r x)² / (m − 1) of each stratum and gap, over those who declared both years.

    A stratum is that of `SurveyUnit.ratios` with the years between at its end.
    """
    donors = {}
    for stratum, pairs in _pairs(units).items():
        usual = _usual([(y, x) for y, x in pairs if x > 0])
        base = sum(x for _, x in usual)
        if len(usual) >= LEAST_DONORS and base > 0:
            ratio = sum(y for y, _ in usual) / base
            residuals = sum((y - ratio * x) ** 2 for y, x in usual)
            donors[stratum] = Donors(len(usual), ratio, residuals / (len(usual) - 1))
    return donors


def zero_donors(units: Iterable[SurveyUnit]) -> dict[Stratum, Donors]:
    """The mean and the variance of y of those who declared nothing then: no ratio grows from zero."""
    found = {}
    for stratum, pairs in _pairs(units).items():
        values = [y for y, x in pairs if x == 0]
        if len(values) >= LEAST_DONORS:
            found[stratum] = Donors(len(values), sum(values) / len(values), variance(values))
    return found


def _pairs(units: Iterable[SurveyUnit]) -> dict[Stratum, list[tuple[float, float]]]:
    found: dict[Stratum, list[tuple[float, float]]] = {}
    for unit in units:
        if unit.y is not None:
            for gap, x in unit.years:
                for stratum in unit.ratios:
                    found.setdefault((*stratum, gap), []).append((unit.y, x))
    return found


def _usual(pairs: list[tuple[float, float]]) -> list[tuple[float, float]]:
    """The pairs but for those whose growth is far from the median one; all of them where few are known."""
    growths = [log(y / x) for y, x in pairs if y > 0]
    if len(growths) < GROWTHS_FROM:
        return pairs
    middle = median(growths)
    limit = FAR_MADS * max(median(abs(growth - middle) for growth in growths), MAD_FLOOR)
    return [(y, x) for y, x in pairs if y <= 0 or abs(log(y / x) - middle) <= limit]


def predict(
    units: Collection[SurveyUnit], *, may_use: Callable[[Stratum], bool] = lambda stratum: True
) -> tuple[Prediction, ...]:
    """One prediction for each silent unit, in their order; `may_use` refuses the strata of means that are secret.

    A unit none of whose strata has enough respondents stays without prediction: nothing can be raised then.
    """
    ratios, zeros, means = ratio_donors(units), zero_donors(units), mean_donors(units)
    found = []
    for unit in units:
        if unit.y is not None:
            continue
        own = _from_past(unit, ratios, zeros)
        by_mean = next((s for s in unit.means if s in means and may_use(s)), None)
        if own is not None:
            found.append(own)
        elif by_mean is not None:
            donors = means[by_mean]
            found.append(Prediction(unit.structure, unit.territories, donors.rate, by_mean, donors, False))
    return tuple(found)


def _from_past(
    unit: SurveyUnit, ratios: Mapping[Stratum, Donors], zeros: Mapping[Stratum, Donors]
) -> Prediction | None:
    last = unit.last_answer
    if last is None:
        return None
    gap, x = last
    name, donors_of = ("ratio", ratios) if x else ("zero", zeros)
    stratum = next(((*s, gap) for s in unit.ratios if (*s, gap) in donors_of), None)
    if stratum is None:
        return None
    donors = donors_of[stratum]
    value = donors.rate * x if x else donors.rate
    return Prediction(unit.structure, unit.territories, value, (name, *stratum), donors, True)


def reluctance(units: Iterable[SurveyUnit]) -> dict[Hashable, float]:
    """By kind, what those who never answer are to the mean of those who do: 1 where nothing sure tells otherwise.

    Among respondents of which some earlier years are missing, y over the mean of their kind is regressed on the share
    of years that they answered; the line is read below zero.
    """
    found: dict[Hashable, float] = {}
    by_kind: dict[Hashable, list[tuple[float, float]]] = {}
    known = [unit for unit in units if unit.y is not None]
    span = max((gap for unit in known for gap, _ in unit.years), default=0)
    for unit in known:
        if unit.years and unit.y is not None:
            by_kind.setdefault(unit.ratios[-1][0], []).append((len(unit.years) / span, unit.y))
    for kind, pairs in by_kind.items():
        mean = sum(y for _, y in pairs) / len(pairs)
        some = [(share, y / mean) for share, y in pairs if share < 1] if mean > 0 else []
        if len(some) >= LEAST_RELUCTANT and len({share for share, _ in some}) > 1:
            found[kind] = _shrunk(*_read_below_zero(some))
    return found


def _read_below_zero(points: Sequence[tuple[float, float]]) -> tuple[float, float]:
    """The regression line at BELOW_ZERO, and the variance of that reading."""
    count = len(points)
    middle = sum(x for x, _ in points) / count
    mean = sum(y for _, y in points) / count
    spread = sum((x - middle) ** 2 for x, _ in points)
    slope = sum((x - middle) * (y - mean) for x, y in points) / spread
    residual = sum((y - mean - slope * (x - middle)) ** 2 for x, y in points) / (count - 2)
    away = BELOW_ZERO - middle
    return mean + slope * away, residual * (1 / count + away**2 / spread)


def _shrunk(ratio: float, error: float) -> float:
    """A ratio brought to 1 as far as chance explains its distance (positive part of James and Stein)."""
    distance = ratio - 1
    return 1 + distance * max(0.0, 1 - SURE * error / distance**2) if distance else 1.0


def raise_total(
    units: Sequence[SurveyUnit],
    predictions: Sequence[Prediction],
    territory: str,
    reluctant: Mapping[Hashable, float] | None = None,
) -> Estimate | None:
    """The total of one territory with its interval; None when nobody answers or somebody cannot be predicted.

    V = Σ_h s_h² (M_h + M_h² / m_h), M_h silent structures of the territory and m_h respondents of the stratum h. For a
    whole stratum M_h = N_h − m_h and each term is N_h² (1 − m_h / N_h) s_h² / m_h. The quantile is Student's, with the
    degrees of freedom of Satterthwaite, V² / Σ V_h² / (m_h − 1) (Cochran, eq. 5.16).
    What was declared is never undercut. `reluctant`: see `reluctance`.
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
    low = high = band_low = band_high = None
    if len(declared) >= INTERVAL_FROM:
        half = 0.0
        if total_variance:
            # As shares of V: squares of tiny variances would vanish.
            freedom = 1 / sum((term / total_variance) ** 2 / (count - 1) for term, count in terms)
            half = student_quantile((1 + CONFIDENCE) / 2, freedom) * error
        floor = min(sum(declared), value)
        low, high = max(value - half, floor), value + half
        apart = _apart([p for group in silent.values() for p in group], reluctant or {})
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


def _apart(predictions: Iterable[Prediction], reluctant: Mapping[Hashable, float]) -> float:
    """By how much the silent may differ together from what is predicted of them; kinds differ each on its own side."""
    total = 0.0
    for prediction in predictions:
        if prediction.from_past:
            part = SEEN_APART
        else:
            part = max(NEVER_APART, abs(reluctant.get(prediction.stratum[-1], 1.0) - 1))
        total += part * abs(prediction.value)
    return total


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
