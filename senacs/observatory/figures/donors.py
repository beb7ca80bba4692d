"""What respondents lend to the silent: means and growths of their strata, each leaning on the wider one.

A mean of few structures is brought to that of the wider stratum as far as chance explains their distance (empirical
Bayes: the variance between strata by moments); a growth leans on the wider one as if the wider one gave it
PSEUDO_DONORS more structures. Donors whose growth is out of all proportion lend none (Hidiroglou and Berthelot, Survey
Methodology 12, 1986, for the distance to the median growth).
"""

from bisect import bisect_right
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import inf, log
from statistics import median, quantiles, variance

from senacs.observatory.figures.survey_units import Stratum, SurveyUnit

# Strata with fewer respondents are replaced by wider ones (statistics.md §5).
LEAST_DONORS = 3
PSEUDO_DONORS = 15
# Growths further than this many median absolute deviations lend nothing, from so many known growths on.
FAR_MADS, MAD_FLOOR, GROWTHS_FROM = 4.0, 0.08, 12
# Growths are told by thirds of size from so many donors of a kind on.
THIRDS_FROM = 36


@dataclass(frozen=True, slots=True)
class Donors:
    """The respondents of one stratum: their number, the mean (or ratio) they give, the variance s² around it.

    count: that of as many structures as would give the rate with the same variance, where it leans on a wider stratum.
    """

    count: float
    rate: float
    spread: float


def mean_donors(
    units: Iterable[SurveyUnit], may_use: Callable[[Stratum], bool] = lambda stratum: True
) -> dict[Stratum, Donors]:
    """By stratum of means, from LEAST_DONORS respondents, those that `may_use` allows."""
    values: dict[Stratum, list[float]] = {}
    wider: dict[Stratum, Stratum | None] = {}
    depth: dict[Stratum, int] = {}
    for unit in units:
        for place, stratum in enumerate(unit.means):
            parents = unit.means[place + 1 :]
            wider.setdefault(stratum, next((s for s in parents if may_use(s)), None))
            depth.setdefault(stratum, len(parents))
            if unit.y is not None:
                values.setdefault(stratum, []).append(unit.y)
    plain = {
        stratum: Donors(len(known), sum(known) / len(known), variance(known))
        for stratum, known in values.items()
        if len(known) >= LEAST_DONORS and may_use(stratum)
    }
    between = _variance_between(plain, wider, depth)
    found: dict[Stratum, Donors] = {}
    for stratum in sorted(plain, key=lambda s: depth[s]):
        parent = found.get(wider[stratum] or ())
        own = plain[stratum]
        family = between.get((depth[stratum], stratum[-1]))
        found[stratum] = own if parent is None or family is None else _leaning(own, parent, *family)
    return found


def _variance_between(
    plain: Mapping[Stratum, Donors], wider: Mapping[Stratum, Stratum | None], depth: Mapping[Stratum, int]
) -> dict[tuple[int, Hashable], tuple[float, float]]:
    """By depth and kind, the variance of the strata around the wider one beyond that of sampling (by moments), and
    that of structures within them.
    """
    families: dict[tuple[int, Hashable], list[tuple[Donors, Donors, Stratum]]] = {}
    for stratum, own in plain.items():
        parent = wider[stratum]
        if parent in plain and parent is not None:
            families.setdefault((depth[stratum], stratum[-1]), []).append((own, plain[parent], parent))
    found = {}
    for family, members in families.items():
        weights: dict[Stratum, list[float]] = {}
        for own, _, parent in members:
            weights.setdefault(parent, []).append(own.count)
        freedom = sum(len(counts) - 1 for counts in weights.values())
        whole = sum(sum(counts) - sum(c * c for c in counts) / sum(counts) for counts in weights.values())
        if freedom < 1 or whole <= 0:
            continue
        distance = sum(own.count * (own.rate - parent.rate) ** 2 for own, parent, _ in members)
        within = sum((own.count - 1) * own.spread for own, _, _ in members) / sum(o.count - 1 for o, _, _ in members)
        found[family] = max(0.0, (distance - freedom * within) / whole), within
    return found


def _leaning(own: Donors, parent: Donors, between: float, within: float) -> Donors:
    """The mean of a stratum brought to that of the wider one as far as chance explains their distance."""
    error = within / own.count
    weight = between / (between + error) if between + error > 0 else 0.0
    spread = weight * own.spread + (1 - weight) * parent.spread
    uncertain = weight**2 * own.spread / own.count + (1 - weight) ** 2 * parent.spread / parent.count
    count = spread / uncertain if uncertain > 0 else own.count + parent.count
    return Donors(max(count, float(LEAST_DONORS)), weight * own.rate + (1 - weight) * parent.rate, spread)


@dataclass(frozen=True)
class Growths:
    """What those who answered became since each earlier year, by stratum; and of those who had nothing then."""

    ratios: Mapping[Stratum, Donors]
    zeros: Mapping[Stratum, Donors]
    thirds: Mapping[tuple[Hashable, int], tuple[float, ...]]

    def strata(self, unit: SurveyUnit, gap: int, x: float) -> list[Stratum]:
        """From the narrowest: those of its third of size then, and those of its kind."""
        return _strata(unit, gap, x, self.thirds)

    def of(self, unit: SurveyUnit, gap: int, x: float) -> tuple[Stratum, Donors] | None:
        """The growth of the narrowest stratum known; where it had nothing, the mean of what those became."""
        name, known = ("ratio", self.ratios) if x else ("zero", self.zeros)
        for stratum in self.strata(unit, gap, x):
            if stratum in known:
                return (name, *stratum), known[stratum]
        return None


def growths(units: Sequence[SurveyUnit]) -> Growths:
    """Growths over each number of years, of those who answered every year between.

    r = Σ y / Σ x and s² = Σ (y − r x)² / (m − 1) over the donors; see PSEUDO_DONORS for how r leans on the wider one.
    """
    thirds, far = _thirds(units), _far(units)
    pairs: dict[Stratum, list[tuple[float, float]]] = {}
    gapped: dict[Stratum, list[tuple[float, float]]] = {}
    wider: dict[Stratum, Stratum | None] = {}
    for unit in units:
        if unit.y is None:
            continue
        answered = {gap for gap, _ in unit.years}
        for gap, x in unit.years:
            middle, limit = far.get((unit.kind, gap), (0.0, inf))
            if x > 0 and unit.y > 0 and abs(log(unit.y / x) - middle) > limit:
                continue
            strata = _strata(unit, gap, x, thirds)
            steady = answered.issuperset(range(1, gap))
            for place, stratum in enumerate(strata):
                wider.setdefault(stratum, strata[place + 1] if place + 1 < len(strata) else None)
                (pairs if steady else gapped).setdefault(stratum, []).append((unit.y, x))
    for stratum, known in gapped.items():
        if len(pairs.get(stratum, ())) < LEAST_DONORS:
            pairs.setdefault(stratum, []).extend(known)
    ratios: dict[Stratum, Donors] = {}
    zeros: dict[Stratum, Donors] = {}
    for stratum in sorted(pairs, key=len):
        usual = [(y, x) for y, x in pairs[stratum] if x > 0]
        base = sum(x for _, x in usual)
        parent = ratios.get(wider[stratum] or ())
        if len(usual) >= LEAST_DONORS and base > 0:
            ratios[stratum] = _growth(usual, base, parent)
        values = [y for y, x in pairs[stratum] if x == 0]
        if len(values) >= LEAST_DONORS:
            zeros[stratum] = Donors(len(values), sum(values) / len(values), variance(values))
    return Growths(ratios, zeros, thirds)


def _strata(
    unit: SurveyUnit, gap: int, x: float, thirds: Mapping[tuple[Hashable, int], tuple[float, ...]]
) -> list[Stratum]:
    plain = [(*stratum, gap) for stratum in unit.ratios]
    cuts = thirds.get((unit.kind, gap))
    if cuts is None or not x:
        return plain
    third = bisect_right(cuts, x)
    return [*((*stratum, third, gap) for stratum in unit.ratios), plain[-1]]


def _thirds(units: Iterable[SurveyUnit]) -> dict[tuple[Hashable, int], tuple[float, ...]]:
    sizes: dict[tuple[Hashable, int], list[float]] = {}
    for unit in units:
        if unit.y is not None:
            for gap, x in unit.years:
                if x > 0:
                    sizes.setdefault((unit.kind, gap), []).append(x)
    return {key: tuple(quantiles(known, n=3)) for key, known in sizes.items() if len(known) >= THIRDS_FROM}


def _growth(usual: Sequence[tuple[float, float]], base: float, parent: Donors | None) -> Donors:
    told = sum(y for y, _ in usual)
    count = float(len(usual))
    if parent is not None:
        lent = PSEUDO_DONORS * base / count
        told, base, count = told + lent * parent.rate, base + lent, count + PSEUDO_DONORS
    ratio = told / base
    residuals = sum((y - ratio * x) ** 2 for y, x in usual) / (len(usual) - 1)
    return Donors(count, ratio, residuals)


def _far(units: Iterable[SurveyUnit]) -> dict[tuple[Hashable, int], tuple[float, float]]:
    """By kind and gap, where growths lie and how far is too far; nothing is too far where few are known."""
    known: dict[tuple[Hashable, int], list[float]] = {}
    for unit in units:
        if unit.y:
            for gap, x in unit.years:
                if x > 0 and unit.y > 0:
                    known.setdefault((unit.kind, gap), []).append(log(unit.y / x))
    return {key: far_from(values) for key, values in known.items() if len(values) >= GROWTHS_FROM}


def far_from(values: Sequence[float]) -> tuple[float, float]:
    """The median, and the distance to it beyond which a value is out of all proportion."""
    middle = median(values)
    return middle, FAR_MADS * max(median(abs(value - middle) for value in values), MAD_FLOOR)
