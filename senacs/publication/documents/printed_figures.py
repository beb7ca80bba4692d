"""Cells of a release as figures on paper: how they read, what they compare to, what sentence they make."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from senacs.lib import french
from senacs.observatory.definitions.statistics import PER_STRUCTURE
from senacs.observatory.releases.gaps import telling_gaps
from senacs.observatory.releases.reader import Cell, IndicatorInfo, ReleaseReader
from senacs.observatory.releases.series import Series
from senacs.publication.charts import SUPPRESSED, SUPPRESSED_SIGN, FormattedFigure, Unit, Value
from senacs.territories.queries import Territory

# The statistic by which territories of different size compare, by kind of indicator.
COMPARED = {"total": "mean", "distribution": "share"}
STATISTIC_WORDS = {
    "sum": "total",
    "mean": "en moyenne par structure",
    "median": "médiane",
    "share": "part des structures",
    "ratio": "part du total",
    "density": "pour 10 000 habitants",
}
KIND_WORDS = {"CS": ("centre social", "centres sociaux"), "EVS": ("espace de vie sociale", "espaces de vie sociale")}
_FRACTIONS = (
    (10.0, "une structure sur 10"),
    (20.0, "une structure sur 5"),
    (25.0, "un quart des structures"),
    (33.3, "un tiers des structures"),
    (40.0, "4 structures sur 10"),
    (50.0, "la moitié des structures"),
    (60.0, "6 structures sur 10"),
    (66.7, "deux tiers des structures"),
    (70.0, "7 structures sur 10"),
    (75.0, "trois quarts des structures"),
    (80.0, "8 structures sur 10"),
    (90.0, "9 structures sur 10"),
)
# Those of one structure: the verb that follows is singular.
_OF_ONE = frozenset({10.0, 20.0})


@dataclass(frozen=True, slots=True)
class PrintedFigure:
    """One cell, ready to print; written « s. » when suppressed, « – » when there is no figure.

    It is written when it is asked for in writing: a figure that only places a bar or a mark is not said to be printed.
    """

    unit: Unit
    value: Value
    n: int | None

    @property
    def written(self) -> FormattedFigure:
        return FormattedFigure(SUPPRESSED_SIGN) if self.value is SUPPRESSED else self.unit.abbreviated(self.value)

    @property
    def text(self) -> str:
        return str(self.written)

    @property
    def is_known(self) -> bool:
        return self.value is not None and self.value is not SUPPRESSED


@dataclass(frozen=True, slots=True)
class RaisedFigure:
    """A total estimated for all structures; `interval` is « entre 74,5 M€ et 89,3 M€ », '' where none is told.

    `band` is the same should the silent differ from the others.
    """

    written: FormattedFigure
    interval: str
    band: str = ""

    @property
    def text(self) -> str:
        return f"{self.written} ({self.interval})" if self.interval else str(self.written)

    @property
    def told(self) -> str:
        """What stands under the estimate: what it is, and how far the truth may lie from it."""
        words = ", ".join(part for part in ("estimation pour toutes les structures", self.interval) if part)
        return f"{words} ; {self.band} si les silencieuses diffèrent des autres" if self.band else words

    @property
    def told_briefly(self) -> str:
        """The same in a card, whose page says once of whom it is an estimate (`ESTIMATED`)."""
        words = f"estimé {self.interval}" if self.interval else "estimé"
        return f"{words}, {self.band} si les silencieuses diffèrent" if self.band else words


ESTIMATED = "Estimé : pour toutes les structures, qu’elles aient répondu ou non."
# Where the whole network is told first, and those who answered second.
RAISED_FIRST = ("france", "region")


def raised_figure(reader: ReleaseReader, indicator: IndicatorInfo, level: str, code: str) -> RaisedFigure | None:
    """The estimate of a territory; None where nothing is estimated or shown."""
    names = ("estimate", "low", "high", "band_low", "band_high")
    cells = (reader.cell(indicator.code, level, code, statistic=name) for name in names)
    value, low, high, band_low, band_high = (cell.value if cell is not None else None for cell in cells)
    if value is None:
        return None
    unit = unit_of(indicator, "sum", value)
    decimals = _decimals(unit, value, low, high)
    return RaisedFigure(
        unit.abbreviated(value, decimals),
        _between(Scale(unit, value, decimals), low, high),
        _between(Scale(unit, value, decimals), band_low, band_high),
    )


def bounds_of(
    reader: ReleaseReader, indicator: IndicatorInfo, place: Territory
) -> tuple[float, float | None, float | None] | None:
    """The estimate of a territory and the bounds of its interval; None where it is not estimated or not shown."""
    names = ("estimate", "low", "high")
    cells = (reader.cell(indicator.code, place.level, place.code, statistic=name) for name in names)
    value, low, high = (cell.value if cell is not None else None for cell in cells)
    return None if value is None else (value, low, high)


def _decimals(unit: Unit, value: float, *bounds: float | None) -> int:
    """As many decimals as tell an estimate from its bounds: « 1,81 Md€, entre 1,79 et 1,83 », never 1,8 three times."""
    # Plain numbers: what is tried here is not printed.
    told = [float(bound) for bound in (value, *bounds) if bound is not None]
    for decimals in (1, 2):
        if len({str(unit.abbreviated(one, decimals, beside=value)) for one in told}) == len(set(told)):
            return decimals
    return 3


@dataclass(frozen=True, slots=True)
class Scale:
    """How an estimate is written, and its bounds with it: unit, the size that chose « M » or « Md », decimals."""

    unit: Unit
    estimate: float
    decimals: int

    def bound(self, value: float) -> str:
        return self.unit.abbreviated(value, self.decimals, beside=self.estimate).without_word


def _between(scale: Scale, low: float | None, high: float | None) -> str:
    if low is None or high is None or low >= high:
        return ""
    return f"entre {scale.bound(low)} et {scale.bound(high)}"


def compared_statistic(indicator: IndicatorInfo) -> str:
    return COMPARED.get(indicator.kind, indicator.kind)


def kinds_told(statistic: str) -> tuple[str, ...]:
    """The kinds of structure that a statistic is told of: each apart for what one structure is like, else all ('')."""
    return tuple(KIND_WORDS) if statistic in PER_STRUCTURE else ("",)


def of_kind(label: str, kind: str) -> str:
    """« Budget moyen, centres sociaux »; the label alone for all structures."""
    return f"{label}, {KIND_WORDS[kind][1]}" if kind else label


def read_value(cell: Cell | None) -> Value:
    if cell is None:
        return None
    return SUPPRESSED if cell.is_suppressed else cell.value


def unit_of(indicator: IndicatorInfo, statistic: str, value: Value = None) -> Unit:
    """The unit in which a statistic of the indicator reads; means of counts get one decimal under 100."""
    if statistic == "share":
        return Unit("%", 0)
    if statistic == "count":
        return Unit("", 0)
    if statistic == "density":
        return Unit("", max(indicator.decimals, 1))
    size = abs(value) if isinstance(value, int | float) else None
    if statistic == "mean" and indicator.unit not in {"€", "%"} and size is not None and size < 100:
        return Unit(indicator.unit, max(indicator.decimals, 1))
    if statistic == "sum" and size is not None and size >= 1000:
        return Unit(indicator.unit, 0)
    return Unit(indicator.unit, indicator.decimals)


class TerritoryFigures:
    """The figures of one territory in one release, beside those of the wider ones, and the years that end with it."""

    def __init__(
        self,
        reader: ReleaseReader,
        territory: Territory,
        series: Series | None = None,
        areas: Sequence[Territory] = (),
    ) -> None:
        self.reader = reader
        self.territory = territory
        self.series = series
        self.areas = areas  # those of the map, which it is compared with

    def indicator(self, code: str) -> IndicatorInfo | None:
        return self.reader.indicators.get(code)

    def figure(
        self,
        indicator: IndicatorInfo,
        statistic: str = "",
        *,
        modality: str = "",
        of: Territory | None = None,
        kind: str = "",
    ) -> PrintedFigure:
        place = of or self.territory
        statistic = statistic or indicator.headline
        cell = self.reader.cell(
            indicator.code, place.level, place.code, statistic=statistic, modality=modality, kind=kind
        )
        value = read_value(cell)
        is_told = cell is not None and value is not SUPPRESSED and not indicator.is_of_register
        return PrintedFigure(unit_of(indicator, statistic, value), value, cell.n if cell and is_told else None)

    def told_reference(self, indicator: IndicatorInfo, modality: str = "") -> Value:
        """France's share, where the gap with it is no accident; None elsewhere."""
        place = self.territory
        if self.reference is None or (indicator.code, modality) not in telling_gaps(
            self.reader, place.level, place.code
        ):
            return None
        return self.figure(indicator, "share", modality=modality, of=self.reference).value

    @property
    def wider(self) -> Sequence[Territory]:
        """The territories that this one lies in, closest first; a région of one département is the same place."""
        return tuple(place for place in reversed(self.territory.parents) if place.name != self.territory.name)

    @property
    def reference(self) -> Territory | None:
        """France, unless this is France."""
        return self.territory.parents[0] if self.territory.parents else None


def in_words(percent: float) -> str:
    """A share of structures as people say it: « plus de 7 structures sur 10 »; percents between, as they are."""
    if percent >= 99.95:
        return "toutes les structures"
    if percent >= 97:
        return "presque toutes les structures"
    if percent < 7:
        return "très peu de structures" if percent > 0 else "aucune structure"
    nearest, words = min(_FRACTIONS, key=lambda pair: abs(pair[0] - percent))
    if abs(nearest - percent) < 0.75:
        return words
    if abs(nearest - percent) <= 3:
        return f"{'près' if percent < nearest else 'plus'} {'d’' if words.startswith('un') else 'de '}{words}"
    return f"{french.percent(percent)} des structures"


def is_one_in_words(percent: float) -> bool:
    """Whether `in_words` speaks of one structure (« une structure sur 5 », « aucune structure »): a singular verb."""
    nearest, _ = min(_FRACTIONS, key=lambda pair: abs(pair[0] - percent))
    return percent <= 0 or (percent >= 7 and nearest in _OF_ONE and abs(nearest - percent) <= 3)


def gap(value: Value, reference: Value) -> str:
    """« 4 points de plus qu’en France »; empty where one of the two is unknown. Small gaps are never told."""
    if not isinstance(value, int | float) or not isinstance(reference, int | float):
        return ""
    points = int(french.rounded(value, 0) - french.rounded(reference, 0))
    return f"{french.plural(abs(points), 'point')} {'de plus' if points > 0 else 'de moins'} qu’en France"


def share_sentence(label: str, value: Value, reference: Value = None) -> str:
    """One share told: « Accueil de loisirs : plus de 7 structures sur 10 (72 %), 4 points de plus qu’en France. »"""
    if not isinstance(value, int | float):
        return ""
    words = in_words(value)
    shown = "" if words.startswith(french.percent(value)) else f" ({french.percent(value)})"
    compared = gap(value, reference)
    return f"{label} : {words}{shown}{f', {compared}' if compared else ''}."


def parts_sentence(parts: Iterable[tuple[str, Value, Value]]) -> str:
    """What a chart of shares says first: its highest bar, then the largest gap with France.

    The third of each part is France's figure where the gap with it may be told (`releases.gaps`), else None.
    """
    known = [(label, v, r) for label, v, r in parts if isinstance(v, int | float)]
    if not known:
        return ""
    top = max(known, key=lambda part: part[1])
    sentence = share_sentence(*top)
    gaps = [(label, v, r) for label, v, r in known if label != top[0] and isinstance(r, int | float)]
    if gaps:
        label, value, reference = max(gaps, key=lambda part: abs(part[1] - part[2]))
        sentence += f" Écart le plus marqué : {french.inside(label)} ({gap(value, reference)})."
    return sentence


def ranking_sentence(parts: Iterable[tuple[str, Value]]) -> str:
    """« D’abord Caf (41 %), puis Commune (28 %) et État (9 %). »"""
    known = sorted(((v, label) for label, v in parts if isinstance(v, int | float) and v > 0), reverse=True)
    if not known:
        return ""
    first = f"D’abord : {known[0][1]} ({french.percent(known[0][0])})"
    rest = [f"{label} ({french.percent(v)})" for v, label in known[1:3]]
    return f"{first}{', puis ' + french.joined(rest) if rest else ''}."
