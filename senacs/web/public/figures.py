"""Cells of a release as a web page shows them: key figures, tables by theme, charts with their table."""

from dataclasses import dataclass
from functools import lru_cache

from senacs.lib.french import NBSP
from senacs.observatory.indicators import THEMES
from senacs.observatory.queries import Cell, IndicatorInfo, ReleaseReader
from senacs.publication.charts import Bar, Chart, Unit, Value, horizontal_bars
from senacs.publication.figures import STATISTIC_WORDS, compared_statistic, read_value, unit_of
from senacs.territories.queries import Territory
from senacs.web.public.estimates import raised_text

SUPPRESSED_TEXT = "masqué (secret statistique)"


@dataclass(frozen=True, slots=True)
class Shown:
    """A figure as text. `n`: structures that it rests on; `note`: why it is hidden or missing."""

    text: str
    n: int | None = None
    note: str = ""
    is_suppressed: bool = False

    @property
    def wrapping(self) -> str:
        """The same text in large type, where the unit may go to the next line."""
        return self.text.replace(NBSP, " ")


@dataclass(frozen=True, slots=True)
class KeyFigure:
    """`shown` is the headline; `compared` tells the same by structure here and elsewhere, (place, figure)."""

    code: str
    label: str
    definition: str
    shown: Shown
    statistic: str
    compared: tuple[tuple[str, Shown], ...]
    # The total raised to all structures, with its margin; empty where nothing is estimated.
    raised: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """One indicator: its total here if it has one, then the comparable figure of each place, this one first."""

    label: str
    definition: str
    statistic: str
    total: Shown | None
    compared: tuple[tuple[str, Shown], ...]


@dataclass(frozen=True, slots=True)
class Theme:
    code: str
    title: str
    rows: tuple[Row, ...]
    charts: tuple[Chart, ...]


def places_of(territory: Territory) -> tuple[Territory, ...]:
    """The territory, then those it lies in, closest first."""
    return (territory, *reversed(territory.parents))


def show(cell: Cell | None, indicator: IndicatorInfo) -> Shown:
    """« 1 234 ETP », « masqué (secret statistique) », or « – » where nobody answered."""
    if cell is None:
        return Shown("–", note="aucune réponse")
    if cell.is_suppressed:
        return Shown(SUPPRESSED_TEXT, note=cell.reason, is_suppressed=True)
    return Shown(unit_of(indicator, cell.statistic, cell.value).short(cell.value), cell.n)


@lru_cache(maxsize=300)
def key_figures(reader: ReleaseReader, territory: Territory) -> tuple[KeyFigure, ...]:
    """The key indicators that have a cell here; kept in memory by release and territory."""
    found = []
    for indicator in reader.indicators.values():
        cell = reader.cell(indicator.code, territory.level, territory.code)
        if indicator.is_key and indicator.kind != "distribution" and cell is not None:
            statistic = compared_statistic(indicator)
            found.append(
                KeyFigure(
                    code=indicator.code,
                    label=indicator.label,
                    definition=indicator.definition,
                    shown=show(cell, indicator),
                    statistic=STATISTIC_WORDS.get(statistic, ""),
                    compared=_compared(reader, indicator, territory),
                    raised=raised_text(reader, indicator, territory),
                )
            )
    return tuple(found)


def _compared(reader: ReleaseReader, indicator: IndicatorInfo, territory: Territory) -> tuple[tuple[str, Shown], ...]:
    statistic = compared_statistic(indicator)
    return tuple(
        (place.name, show(reader.cell(indicator.code, place.level, place.code, statistic=statistic), indicator))
        for place in places_of(territory)
    )


@lru_cache(maxsize=300)
def themes(reader: ReleaseReader, territory: Territory) -> tuple[Theme, ...]:
    """Everything that the release says of a territory, beside the wider ones; kept in memory."""
    found = (_theme(reader, code, title, territory) for code, title in THEMES.items())
    return tuple(theme for theme in found if theme.rows or theme.charts)


def _theme(reader: ReleaseReader, code: str, title: str, territory: Territory) -> Theme:
    present = [i for i in reader.indicators.values() if i.theme == code and _has_cell(reader, i, territory)]
    charts = []
    shares = [(i.label, i, "") for i in present if i.kind == "share"]
    if len(shares) > 1:
        heading = f"{title} : part des structures concernées"
        charts.append(_bars(reader, heading, shares, territory, f"{code}-parts", "Indicateur"))
    for indicator in present:
        if indicator.kind == "distribution":
            modalities = [(label, indicator, modality) for modality, label in indicator.modalities.items()]
            prefix = indicator.code.replace("_", "-")
            charts.append(_bars(reader, indicator.label, modalities, territory, prefix, "Réponse"))
    rows = tuple(_row(reader, i, territory) for i in present if i.kind != "distribution")
    return Theme(code, title, rows, tuple(charts))


def _has_cell(reader: ReleaseReader, indicator: IndicatorInfo, territory: Territory) -> bool:
    modality = next(iter(indicator.modalities), "")
    return reader.cell(indicator.code, territory.level, territory.code, modality=modality) is not None


def _row(reader: ReleaseReader, indicator: IndicatorInfo, territory: Territory) -> Row:
    total = None
    if "sum" in indicator.statistics:
        total = show(reader.cell(indicator.code, territory.level, territory.code, statistic="sum"), indicator)
    statistic = compared_statistic(indicator)
    return Row(
        label=indicator.label,
        definition=indicator.definition,
        statistic=STATISTIC_WORDS.get(statistic, ""),
        total=total,
        compared=_compared(reader, indicator, territory),
    )


def _bars(
    reader: ReleaseReader,
    title: str,
    lines: list[tuple[str, IndicatorInfo, str]],
    territory: Territory,
    prefix: str,
    header: str,
) -> Chart:
    """Shares of structures, each (label, indicator, modality), with the mark of France when this is not France."""

    def value(indicator: IndicatorInfo, modality: str, place: Territory) -> Value:
        return read_value(reader.cell(indicator.code, place.level, place.code, statistic="share", modality=modality))

    wider = territory.parents[0] if territory.parents else None
    return horizontal_bars(
        title,
        [
            Bar(label, value(indicator, modality, territory), value(indicator, modality, wider) if wider else None)
            for label, indicator, modality in lines
        ],
        prefix=prefix,
        unit=Unit("%", 0),
        reference_label=wider.name if wider else "",
        label_header=header,
        value_header=territory.name,
    )
