"""Small charts of what changed over the published campaigns: a territory beside France."""

from senacs.observatory.releases.reader import IndicatorInfo, ReleaseReader, kept_with_reader
from senacs.observatory.releases.series import Series
from senacs.publication.charts import Chart
from senacs.publication.documents.evolutions import evolution_chart, figures_of, is_drawn
from senacs.publication.documents.printed_figures import STATISTIC_WORDS, compared_statistic, kinds_told, of_kind
from senacs.territories.queries import Territory

SHOWN = 6
_SIZE = 340.0, 160.0


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
    if not is_drawn(figures_of(indicator, series, territory, kind)):
        return None
    words = STATISTIC_WORDS.get(statistic, "")
    return evolution_chart(
        of_kind(f"{indicator.label}, {words}" if words else indicator.label, kind),
        indicator,
        series,
        [(place.name, figures_of(indicator, series, place, kind)) for place in (territory, *territory.parents[:1])],
        prefix=f"evolution-{indicator.code.replace('_', '-')}{kind.lower() and f'-{kind.lower()}'}",
        size=_SIZE,
    )
