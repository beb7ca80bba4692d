"""Small charts of what changed over the published campaigns: a territory beside France."""

from collections.abc import Sequence

from senacs.observatory.releases.reader import IndicatorInfo, ReleaseReader, kept_with_reader
from senacs.observatory.releases.series import Series, YearFigure
from senacs.publication.charts import SUPPRESSED, Break, Chart, LineSeries, Point, Unit, Value, lines
from senacs.publication.documents.printed_figures import (
    STATISTIC_WORDS,
    compared_statistic,
    kinds_told,
    of_kind,
    unit_of,
)
from senacs.territories.queries import Territory

SHOWN = 6
_HEIGHT = 160.0
_WIDTH = 340.0
_SIGN = 3  # letters: a unit told in full would hide the lines


@kept_with_reader(600)
def trend_charts(reader: ReleaseReader, series: Series, territory: Territory, theme: str = "") -> tuple[Chart, ...]:
    """Charts of the key indicators (of one theme, then of its other ones), where two years at least are known."""
    candidates = [i for i in reader.indicators.values() if i.kind != "distribution" and theme in {"", i.theme}]
    wanted = [i for i in candidates if i.is_key]
    if theme:
        wanted += [i for i in candidates if not i.is_key]
    found: list[Chart] = []
    asked = [(i, kind) for i in wanted for kind in kinds_told(compared_statistic(i))]
    for indicator, kind in asked if len(series.years) > 1 else ():
        chart = _chart(indicator, series, territory, kind)
        # The mean of a total and an indicator that is this mean draw the same lines.
        if chart is not None and chart.rows not in [other.rows for other in found]:
            found.append(chart)
        if len(found) == SHOWN:
            break
    return tuple(found)


def _chart(indicator: IndicatorInfo, series: Series, territory: Territory, kind: str) -> Chart | None:
    statistic = compared_statistic(indicator)

    def points_of(place: Territory) -> tuple[YearFigure, ...]:
        return series.points(indicator.code, statistic, place.level, place.code, kind)

    points = points_of(territory)
    known = [p.value for p in points if p.value is not None]
    if len(known) < 2:
        return None
    wider = territory.parents[:1]
    drawn = [_line(territory, points)]
    drawn += [_line(place, points_of(place)) for place in wider]
    words = STATISTIC_WORDS.get(statistic, "")
    unit = unit_of(indicator, statistic, max(known))
    return lines(
        of_kind(f"{indicator.label}, {words}" if words else indicator.label, kind),
        [str(year) for year in series.years],
        drawn,
        prefix=f"evolution-{indicator.code.replace('_', '-')}{kind.lower() and f'-{kind.lower()}'}",
        unit=Unit(unit.name if len(unit.name) <= _SIGN else "", unit.decimals),
        breaks=[Break(str(p.year), p.break_note or "définition changée") for p in points if p.is_redefined],
        width=_WIDTH,
        height=_HEIGHT,
    )


def _line(place: Territory, figures: Sequence[YearFigure]) -> LineSeries:
    values: list[Value] = [SUPPRESSED if figure.is_suppressed else figure.value for figure in figures]
    return LineSeries(place.name, [Point(value) for value in values])
