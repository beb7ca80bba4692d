"""A document in the making: its sources, and what all its blocks use (numbers of drawings, source, rates)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from senacs.lib import french
from senacs.observatory.releases.reader import ReleaseReader
from senacs.observatory.releases.series import Series
from senacs.publication.charts import (
    Basemap,
    Chart,
)
from senacs.publication.charts.chart import number
from senacs.publication.documents import printed_figures as f
from senacs.publication.documents.printed_register import Register
from senacs.publication.trames import Trame
from senacs.territories.queries import Territory

RESPONDENTS = ("structure répondante", "structures répondantes")

Printed = dict[str, Any]


@dataclass
class Making:
    """One document in the making: what its blocks are made from, and what they share.

    has_demo_data marks every page as fictitious.
    """

    trame: Trame
    reader: ReleaseReader
    territory: Territory
    register: Register
    basemap: Basemap
    map_source: str
    year: int
    data_year: int
    series: Series | None = None  # the years published before, and this release
    has_demo_data: bool = False
    address: Printed | None = None  # {url, svg}: the QR code of the territory's page
    whose: str = ""  # whose figures these are, when they are not those of every structure of the territory
    counted: int = 0  # how many those are
    named: Mapping[str, Mapping[str, float | None]] = field(default_factory=dict)  # structure → indicator → own figure
    logos: Sequence[Printed] = ()
    charts: int = 0  # numbered so far
    tables: list[Printed] = field(default_factory=list)  # of the drawings, for the annex

    def __post_init__(self) -> None:
        level = "region" if self.territory.level == "france" else "departement"
        areas = [Territory(level, area.code, area.name, None) for area in self.register.areas]
        self.figures = f.TerritoryFigures(self.reader, self.territory, self.series, areas)

    def prefix(self) -> str:
        self.charts += 1
        return f"g{self.charts}"

    def drawing(self, chart: Chart, *, is_in_annex: bool = False) -> Printed:
        if is_in_annex:
            self.tables.append({"title": chart.title, "headers": list(chart.headers), "rows": [*map(list, chart.rows)]})
        return {"svg": chart.svg, "alt": f"{chart.title}. {chart.description}"}

    def visual(self, chart: Chart, reading: str = "", note: str = "") -> Printed:
        """A drawing with its words and its figures, whose table goes to the annex."""
        drawn = self.drawing(chart, is_in_annex=True)
        return {"title": chart.title, "reading": reading, "note": note, **drawn, "figures": told_again(chart)}

    def rate(self, kind: str, place: Territory | None = None) -> float | None:
        place = place or self.territory
        rate = self.reader.response_rates.get((place.level, place.code, kind))
        return rate.percent if rate else None

    def source(self, respondents: Iterable[int] = ()) -> str:
        base = f"Source : SENACS {self.year}, données {self.data_year}"
        counts = list(respondents)
        if not counts:
            return f"{base}."
        if min(counts) == max(counts):
            return f"{base} ; {french.plural(counts[0], *RESPONDENTS)}."
        return f"{base} ; de {min(counts)} à {french.plural(max(counts), *RESPONDENTS)} selon la question."


def told_again(chart: Chart) -> Printed | None:
    """The figures of a drawing as they print, for slides: {form, unit, decimals, series, rows: [{label, values,
    words}]}; a value is None where it is masked or missing, and its words say which.
    """
    figures = chart.figures
    if figures is None:
        return None
    rows = [
        {"label": row[0], "values": [number(figures.unit.rounded(value)) for value in line], "words": list(row[1:])}
        for row, line in zip(chart.rows, figures.lines, strict=True)
    ]
    unit = figures.unit
    series = list(chart.headers[1 : 1 + len(figures.lines[0])]) if figures.lines else []
    return {"form": figures.form, "unit": unit.name, "decimals": unit.decimals, "series": series, "rows": rows}
