"""Series of a territory over the published years, the same on pages and in booklets, cut where a decision says so."""

from collections.abc import Sequence

from senacs.observatory.releases.reader import IndicatorInfo
from senacs.observatory.releases.series import Series, YearFigure
from senacs.publication.charts import SUPPRESSED, Break, Chart, LineSeries, Point, TimeAxis, Unit, Value, lines
from senacs.publication.documents.printed_figures import KIND_WORDS, compared_statistic, unit_of
from senacs.territories.queries import Territory

_SIGN = 3  # letters: a unit told in full would hide the lines
_UNTOLD = "définition changée"


def figures_of(indicator: IndicatorInfo, series: Series, place: Territory, kind: str) -> tuple[YearFigure, ...]:
    """The comparable figure of an indicator there, year after year."""
    return series.points(indicator.code, compared_statistic(indicator), place.level, place.code, kind)


def is_drawn(figures: Sequence[YearFigure]) -> bool:
    """A line needs two years."""
    return sum(figure.value is not None for figure in figures) > 1


def evolution_chart(
    title: str,
    indicator: IndicatorInfo,
    series: Series,
    drawn: Sequence[tuple[str, Sequence[YearFigure]]],
    *,
    prefix: str,
    size: tuple[float, float] = (360.0, 170.0),
) -> Chart:
    """A line for each (label, figures), and a cut where any of them does not follow the year before."""
    known = [figure.value for _, figures in drawn for figure in figures if figure.value is not None]
    unit = unit_of(indicator, compared_statistic(indicator), max(known, default=None))
    return lines(
        title,
        TimeAxis([str(year) for year in series.years], _breaks([figures for _, figures in drawn])),
        [_line(label, figures) for label, figures in drawn],
        prefix=prefix,
        unit=Unit(unit.name if len(unit.name) <= _SIGN else "", unit.decimals),
        size=size,
    )


def evolution_in_words(place: Territory, told: Sequence[tuple[str, Sequence[YearFigure]]], unit: Unit) -> str:
    """« Ain : centres sociaux, de 36 heures en 2023 à 41 heures en 2024. »; nothing across a change of definition."""
    sentences = []
    for kind, figures in told:
        # Nothing is said across the last cut, were its own year without a figure.
        cut = max((n for n, figure in enumerate(figures) if figure.is_redefined), default=0)
        known = [figure for figure in figures[cut:] if figure.value is not None]
        if len(known) > 1:
            words = KIND_WORDS[kind][1] if kind else "toutes les structures"
            first, last = known[0], known[-1]
            sentences.append(
                f"{words}, de {unit.full(first.value)} en {first.year} à {unit.full(last.value)} en {last.year}"
            )
    if sentences:
        return f"{place.name} : {' ; '.join(sentences)}."
    if any(figure.is_redefined for _, figures in told for figure in figures):
        return "La définition a changé : les années d’avant et d’après ne se comparent pas."
    return ""


def _breaks(drawn: Sequence[Sequence[YearFigure]]) -> list[Break]:
    told = {p.year: p.break_note or _UNTOLD for figures in drawn for p in figures if p.is_redefined}
    return [Break(str(year), note) for year, note in sorted(told.items())]


def _line(label: str, figures: Sequence[YearFigure]) -> LineSeries:
    values: list[Value] = [SUPPRESSED if figure.is_suppressed else figure.value for figure in figures]
    return LineSeries(label, [Point(value) for value in values])
