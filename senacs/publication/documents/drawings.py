"""The drawings of a trame: each takes figures of one territory and gives a chart, its sentence and its source."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from senacs.lib import french
from senacs.observatory.releases.reader import IndicatorInfo
from senacs.publication.charts import (
    SUPPRESSED,
    Band,
    Bar,
    BarSeries,
    Chart,
    Columns,
    EstimateDot,
    PairOfDots,
    Unit,
    Value,
    dumbbells,
    horizontal_bars,
    hundred,
    intervals,
    pyramid,
    stacked_shares,
)
from senacs.publication.documents import printed_figures as f
from senacs.publication.documents.evolutions import evolution_chart, evolution_in_words, figures_of, is_drawn
from senacs.publication.trames import Visual
from senacs.territories.queries import Territory

LEAST_COMPARED, MOST_COMPARED = 3, 20  # areas on one scale
MOST_BARS = 9  # more would not be read; the annex says what the chart shows


@dataclass(frozen=True, slots=True)
class Drawn:
    """A chart ready to be laid out. `respondents` are the n of the figures that it shows for the territory."""

    chart: Chart
    reading: str
    respondents: tuple[int, ...]
    note: str = ""

    @property
    def is_known(self) -> bool:
        """Whether at least one figure of the territory itself is shown."""
        return bool(self.respondents)


def draw(visual: Visual, figures: f.TerritoryFigures, *, prefix: str) -> Drawn | None:
    """The drawing, None when the release holds nothing of it for this territory.

    Where every figure of the territory is masked, the closest wider territory but France is drawn in its place, and
    named: a page of hatching would tell nothing.
    """
    drawn = _build(visual, figures, prefix)
    if drawn is None or drawn.is_known or visual.kind == "comparaison":
        return drawn
    for place in figures.wider[:-1]:
        instead = _build(
            replace(visual, title=f"{visual.title} ({place.name})"),
            f.TerritoryFigures(figures.reader, place, figures.series),
            prefix,
        )
        if instead and instead.is_known:
            note = f"{figures.territory.name} : chiffres masqués (secret statistique)."
            return replace(instead, respondents=(), note=f"{note} {instead.note}".strip())
    return drawn


def _build(visual: Visual, figures: f.TerritoryFigures, prefix: str) -> Drawn | None:
    builders = {
        "parts": _parts,
        "modalites": _modalities,
        "composition": _composition,
        "comparaison": _comparison,
        "ages": _ages,
        "evolution": _evolution,
        "haltere": _dumbbells,
        "cent": _hundred,
        "intervalles": _intervals,
    }
    return builders[visual.kind](visual, figures, prefix)


def _known(figures: f.TerritoryFigures, codes: Sequence[str]) -> list[IndicatorInfo]:
    return [indicator for code in codes if (indicator := figures.indicator(code))]


def _has_cells(shown: Sequence[f.PrintedFigure]) -> bool:
    return any(figure.value is not None for figure in shown)


def _parts(visual: Visual, figures: f.TerritoryFigures, prefix: str) -> Drawn | None:
    indicators = _known(figures, visual.indicators)
    return _bars(visual, figures, [_share(figures, i, _label(visual, i)) for i in indicators], prefix)


def _dumbbells(visual: Visual, figures: f.TerritoryFigures, prefix: str) -> Drawn | None:
    """Shares here and in France, in the order of the trame; bars where there is no wider territory."""
    if figures.reference is None:
        return _parts(visual, figures, prefix)
    shares = [_share(figures, i, _label(visual, i)) for i in _known(figures, visual.indicators)]
    known = [share for share in shares if share.figure.value is not None]
    if not known:
        return None
    chart = dumbbells(
        visual.title,
        [PairOfDots(share.label, share.figure.value, share.reference) for share in known],
        prefix=prefix,
        labels=(figures.territory.name, figures.reference.name),
    )
    reading = f.parts_sentence([(share.label, share.figure.value, share.told) for share in known])
    return Drawn(chart, reading, _respondents(share.figure for share in known))


def _hundred(visual: Visual, figures: f.TerritoryFigures, prefix: str) -> Drawn | None:
    """Shares of a whole as a hundred squares, the largest first."""
    indicators = _known(figures, visual.indicators)
    here = [figures.figure(i) for i in indicators]
    if not _has_cells(here):
        return None
    parts = list(zip([_label(visual, i) for i in indicators], _shares(here, indicators), strict=True))
    parts.sort(key=lambda part: -part[1] if isinstance(part[1], int | float) else 1.0)
    chart = hundred(visual.title, parts, prefix=prefix)
    return Drawn(chart, f.ranking_sentence(parts), _respondents(here), _masked_whole([value for _, value in parts]))


def _intervals(visual: Visual, figures: f.TerritoryFigures, prefix: str) -> Drawn | None:
    """The estimates of the areas of the map with their intervals, largest first; None for fewer than three of them."""
    for indicator in _known(figures, visual.indicators):
        found = [
            EstimateDot(area.name, *values, is_highlighted=area.code == figures.territory.code)
            for area in figures.areas
            if (values := f.bounds_of(figures.reader, indicator, area))
        ]
        if not LEAST_COMPARED <= len(found) <= MOST_COMPARED:
            return None
        found.sort(key=lambda dot: (-float(dot.value), dot.label))  # type: ignore[arg-type]
        unit = f.unit_of(indicator, "sum", found[0].value)
        chart = intervals(visual.title, found, prefix=prefix, unit=unit)
        note = "Estimé pour toutes les structures ; le trait est l’intervalle à 95\u00a0%."
        return Drawn(chart, "", (), note)
    return None


def _modalities(visual: Visual, figures: f.TerritoryFigures, prefix: str) -> Drawn | None:
    for indicator in _known(figures, visual.indicators):
        labelled = [_share(figures, indicator, label, code) for code, label in indicator.modalities.items()]
        return _bars(visual, figures, labelled, prefix)
    return None


@dataclass(frozen=True, slots=True)
class _Share:
    """A bar: its figure, France's beside it, and France's again where words may tell the gap."""

    label: str
    figure: f.PrintedFigure
    reference: Value
    told: Value


def _share(figures: f.TerritoryFigures, indicator: IndicatorInfo, label: str, modality: str = "") -> _Share:
    figure = figures.figure(indicator, "share", modality=modality)
    reference = _reference(figures, indicator, "share", modality)
    return _Share(label, figure, reference, figures.told_reference(indicator, modality))


def _bars(visual: Visual, figures: f.TerritoryFigures, shares: list[_Share], prefix: str) -> Drawn | None:
    known = [share for share in shares if share.figure.value is not None]
    if not known:
        return None
    # The most frequent first; what is masked keeps its place at the end.
    known.sort(key=lambda share: -share.figure.value if isinstance(share.figure.value, int | float) else 1.0)
    shown = known[:MOST_BARS]
    chart = horizontal_bars(
        visual.title,
        [Bar(share.label, share.figure.value, share.reference) for share in shown],
        prefix=prefix,
        unit=Unit("%", 0),
        reference_label=_reference_name(figures),
        columns=Columns("Indicateur", figures.territory.name),
    )
    reading = f.parts_sentence([(share.label, share.figure.value, share.told) for share in known])
    note = f"Les {MOST_BARS} plus fréquents sur {len(known)}." if len(known) > len(shown) else ""
    return Drawn(chart, reading, _respondents(share.figure for share in shown), note)


def _composition(visual: Visual, figures: f.TerritoryFigures, prefix: str) -> Drawn | None:
    """Shares of a whole: ratios as they are, totals brought to percents of their sum when all of them are known."""
    indicators = _known(figures, visual.indicators)
    here = [figures.figure(i) for i in indicators]
    if not _has_cells(here):
        return None
    places = [figures.territory, *([figures.reference] if figures.reference else [])]
    bars = [
        BarSeries(place.name, _shares([figures.figure(i, of=place) for i in indicators], indicators))
        for place in places
    ]
    labels = [_label(visual, i) for i in indicators]
    chart = stacked_shares(visual.title, labels, bars, prefix=prefix)
    reading = f.ranking_sentence(zip(labels, bars[0].values, strict=True))
    return Drawn(chart, reading, _respondents(here), _masked_whole(bars[0].values))


def _shares(shown: list[f.PrintedFigure], indicators: list[IndicatorInfo]) -> list[Value]:
    values = [figure.value for figure in shown]
    if all(indicator.unit == "%" for indicator in indicators):
        return values
    known = [value for value in values if isinstance(value, int | float)]
    if SUPPRESSED in values or not sum(known):
        # Without one of its parts the whole is unknown, and so is every share.
        return [SUPPRESSED if SUPPRESSED in values else None for _ in values]
    return [100 * value / sum(known) if isinstance(value, int | float) else None for value in values]


def _comparison(visual: Visual, figures: f.TerritoryFigures, prefix: str) -> Drawn | None:
    for indicator in _known(figures, visual.indicators):
        statistic = f.compared_statistic(indicator)
        lines = [
            (kind, place, figures.figure(indicator, statistic, of=place, kind=kind))
            for kind in f.kinds_told(statistic)
            for place in (figures.territory, *figures.wider)
        ]
        if not figures.wider or not _has_cells([figure for _, _, figure in lines]):
            return None
        unit = f.unit_of(indicator, statistic, next((figure.value for _, _, figure in lines if figure.is_known), None))
        chart = horizontal_bars(
            visual.title,
            [
                Bar(f.of_kind(place.name, kind), figure.value, is_highlighted=place == figures.territory)
                for kind, place, figure in lines
                if figure.value is not None
            ],
            prefix=prefix,
            unit=unit,
            columns=Columns("Territoire", f.STATISTIC_WORDS.get(statistic, "")),
        )
        mine = [figure for _, place, figure in lines if place == figures.territory]
        return Drawn(chart, _comparison_sentence(figures, lines, unit), _respondents(mine))
    return None


def _comparison_sentence(
    figures: f.TerritoryFigures, lines: Sequence[tuple[str, Territory, f.PrintedFigure]], unit: Unit
) -> str:
    """« Centres sociaux : Ain 45,7 ETP par structure ; France 30,1 ETP. », kind by kind; no word on their gap."""
    sentences = []
    for kind in dict.fromkeys(kind for kind, _, _ in lines):
        told = {place: figure.value for k, place, figure in lines if k == kind}
        here, reference = told[figures.territory], told[figures.wider[-1]]
        if not isinstance(here, int | float) or not isinstance(reference, int | float):
            continue
        both = f"{figures.territory.name} {unit.full(here)} par structure, France {unit.full(reference)}"
        words = f.KIND_WORDS[kind][1] if kind else ""
        sentences.append(f"{words[:1].upper()}{words[1:]} : {both}." if words else f"{both}.")
    return " ".join(sentences)


def _ages(visual: Visual, figures: f.TerritoryFigures, prefix: str) -> Drawn | None:
    indicators = _known(figures, visual.indicators)
    here = [figures.figure(i) for i in indicators]
    if not _has_cells(here) or figures.reference is None:
        return None
    labels = [_label(visual, i) for i in indicators]
    mine = _shares(here, indicators)
    theirs = _shares([figures.figure(i, of=figures.reference) for i in indicators], indicators)
    chart = pyramid(
        visual.title,
        [Band(label, left, right) for label, left, right in zip(labels, mine, theirs, strict=True)],
        prefix=prefix,
        left_label=figures.territory.name,
        right_label=figures.reference.name,
    )
    known = [(value, label) for label, value in zip(labels, mine, strict=True) if isinstance(value, int | float)]
    reading = ""
    if known:
        share, label = max(known)
        reading = f"La tranche la plus nombreuse : {label} ({french.percent(share)} des participants)."
    return Drawn(chart, reading, _respondents(here), _masked_whole(mine))


def _evolution(visual: Visual, figures: f.TerritoryFigures, prefix: str) -> Drawn | None:
    """The years published, a line for each kind of structure; None where no two of them are known."""
    series = figures.series
    for indicator in _known(figures, visual.indicators):
        if series is None:
            return None
        statistic = f.compared_statistic(indicator)
        told = [
            (kind, points)
            for kind in f.kinds_told(statistic)
            if is_drawn(points := figures_of(indicator, series, figures.territory, kind))
        ]
        if not told:
            return None
        drawn = [(f.KIND_WORDS[kind][1].capitalize() if kind else figures.territory.name, p) for kind, p in told]
        chart = evolution_chart(visual.title, indicator, series, drawn, prefix=prefix)
        largest = max(p.value for _, points in told for p in points if p.value is not None)
        shown = [figures.figure(indicator, statistic, kind=kind) for kind, _ in told]
        reading = evolution_in_words(figures.territory, told, f.unit_of(indicator, statistic, largest))
        return Drawn(chart, reading, _respondents(shown))
    return None


def _label(visual: Visual, indicator: IndicatorInfo) -> str:
    return visual.labels.get(indicator.code, indicator.label)


def _masked_whole(shares: Sequence[Value]) -> str:
    masked = bool(shares) and all(share is SUPPRESSED for share in shares)
    return "Une partie au moins est masquée : les parts du total ne peuvent être données." if masked else ""


def _reference(figures: f.TerritoryFigures, indicator: IndicatorInfo, statistic: str, modality: str = "") -> Value:
    if figures.reference is None:
        return None
    return figures.figure(indicator, statistic, modality=modality, of=figures.reference).value


def _reference_name(figures: f.TerritoryFigures) -> str:
    return figures.reference.name if figures.reference else ""


def _respondents(shown: Iterable[f.PrintedFigure]) -> tuple[int, ...]:
    return tuple(figure.n for figure in shown if figure.n is not None)
