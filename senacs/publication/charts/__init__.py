"""Charts and maps as SVG, the same for web and PDF: pure functions, no Django, a table beside each drawing."""

from senacs.publication.charts.atlas import AtlasArea, atlas_map, legend_of
from senacs.publication.charts.bars import Bar, BarSeries, grouped_bars, horizontal_bars, stacked_shares
from senacs.publication.charts.basemap import Area, Basemap, build_basemap, build_window
from senacs.publication.charts.chart import (
    NO_DATA_LEGEND,
    SUPPRESSED,
    SUPPRESSED_LEGEND,
    SUPPRESSED_SIGN,
    Chart,
    Columns,
    FormattedFigure,
    Unit,
    Value,
)
from senacs.publication.charts.classes import Cut, MapClasses, classes_of
from senacs.publication.charts.dots import EstimateDot, PairOfDots, dumbbells, intervals
from senacs.publication.charts.lines import Break, LineSeries, Point, TimeAxis, lines
from senacs.publication.charts.maps import MapText, choropleth, locator, proportional_symbols
from senacs.publication.charts.points import PlaceMark, place_map
from senacs.publication.charts.spreads import Band, Quantiles, pyramid, quantile_strip
from senacs.publication.charts.svg import titled
from senacs.publication.charts.units import hundred, tens

__all__ = [
    "NO_DATA_LEGEND",
    "SUPPRESSED",
    "SUPPRESSED_LEGEND",
    "SUPPRESSED_SIGN",
    "Area",
    "AtlasArea",
    "Band",
    "Bar",
    "BarSeries",
    "Basemap",
    "Break",
    "Chart",
    "Columns",
    "Cut",
    "EstimateDot",
    "FormattedFigure",
    "LineSeries",
    "MapClasses",
    "MapText",
    "PairOfDots",
    "PlaceMark",
    "Point",
    "Quantiles",
    "TimeAxis",
    "Unit",
    "Value",
    "atlas_map",
    "build_basemap",
    "build_window",
    "choropleth",
    "classes_of",
    "dumbbells",
    "grouped_bars",
    "horizontal_bars",
    "hundred",
    "intervals",
    "legend_of",
    "lines",
    "locator",
    "place_map",
    "proportional_symbols",
    "pyramid",
    "quantile_strip",
    "stacked_shares",
    "tens",
    "titled",
]
