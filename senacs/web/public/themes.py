"""The themes of a territory: a page each, with its charts and the table that compares the places."""

from collections.abc import Iterator
from dataclasses import dataclass

from senacs.observatory.definitions.indicators import THEMES
from senacs.observatory.releases.gaps import telling_gaps
from senacs.observatory.releases.reader import Cell, IndicatorInfo, ReleaseReader, kept_with_reader
from senacs.publication.charts import Bar, Chart, Columns, Unit, Value, horizontal_bars
from senacs.publication.documents.printed_figures import (
    STATISTIC_WORDS,
    compared_statistic,
    kinds_told,
    of_kind,
    parts_sentence,
    read_value,
)
from senacs.territories.queries import Territory
from senacs.web.public.figures import Shown, compare, show


@dataclass(frozen=True, slots=True)
class ThemeRow:
    """One indicator: its total here if it has one, then the comparable figure of each place, this one first."""

    label: str
    definition: str
    statistic: str
    total: Shown | None
    compared: tuple[tuple[str, Shown], ...]


@dataclass(frozen=True, slots=True)
class Theme:
    """`lead` is the sentence that says the most telling figures; empty where too few are known."""

    code: str
    title: str
    rows: tuple[ThemeRow, ...]
    charts: tuple[Chart, ...]
    lead: str


@dataclass(frozen=True, slots=True)
class ThemeLink:
    """What the overview says of a theme before it is opened."""

    code: str
    title: str
    indicators: int
    lead: str


@kept_with_reader(300)
def theme_links(reader: ReleaseReader, territory: Territory) -> tuple[ThemeLink, ...]:
    """The themes of which the release says something here, in order; kept in memory by release and territory."""
    found = []
    for code, title in THEMES.items():
        present = _present(reader, code, territory)
        if present:
            found.append(ThemeLink(code, title, len(present), _lead(reader, present, territory)))
    return tuple(found)


@kept_with_reader(600)
def find_theme(reader: ReleaseReader, territory: Territory, code: str) -> Theme | None:
    """One theme with its charts and rows, kept in memory; None where the release says nothing of it here."""
    found = _theme(reader, code, THEMES[code], territory) if code in THEMES else None
    return found if found and (found.rows or found.charts) else None


def _present(reader: ReleaseReader, theme: str, territory: Territory) -> list[IndicatorInfo]:
    return [i for i in reader.indicators.values() if i.theme == theme and _has_cell(reader, i, territory)]


def _lead(reader: ReleaseReader, present: list[IndicatorInfo], territory: Territory) -> str:
    """The highest share and the one that differs most from France."""
    wider = territory.parents[0] if territory.parents else None

    def value(indicator: IndicatorInfo, place: Territory | None) -> Value:
        return read_value(reader.cell(indicator.code, place.level, place.code)) if place else None

    telling = telling_gaps(reader, territory.level, territory.code)
    shares = [
        (i.label, value(i, territory), value(i, wider) if (i.code, "") in telling else None)
        for i in present
        if i.kind == "share"
    ]
    return parts_sentence(shares)


def _theme(reader: ReleaseReader, code: str, title: str, territory: Territory) -> Theme:
    present = _present(reader, code, territory)
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
    rows = tuple(row for i in present if i.kind != "distribution" for row in _rows(reader, i, territory))
    return Theme(
        code, title, rows, tuple(chart for chart in charts if chart.has_figures), _lead(reader, present, territory)
    )


def _has_cell(reader: ReleaseReader, indicator: IndicatorInfo, territory: Territory) -> bool:
    modality = next(iter(indicator.modalities), "")
    return any(
        reader.cell(indicator.code, territory.level, territory.code, modality=modality, kind=kind) is not None
        for kind in kinds_told(indicator.headline)
    )


def _rows(reader: ReleaseReader, indicator: IndicatorInfo, territory: Territory) -> Iterator[ThemeRow]:
    """One row, or one a kind of structure for what a structure is like."""
    statistic = compared_statistic(indicator)
    kinds = kinds_told(statistic)
    if "sum" in indicator.statistics and not any(_sum(reader, indicator, territory, kind) for kind in kinds):
        # Kinds of structure are told apart where there are enough of each: elsewhere the total is all that there is.
        kinds = ("",)
    for kind in kinds:
        total = None
        if "sum" in indicator.statistics:
            total = show(_sum(reader, indicator, territory, kind), indicator)
        yield ThemeRow(
            label=of_kind(indicator.label, kind),
            definition=indicator.definition,
            statistic=STATISTIC_WORDS.get(statistic, ""),
            total=total,
            compared=compare(reader, indicator, territory, kind),
        )


def _sum(reader: ReleaseReader, indicator: IndicatorInfo, territory: Territory, kind: str) -> Cell | None:
    return reader.cell(indicator.code, territory.level, territory.code, statistic="sum", kind=kind)


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
        columns=Columns(header, territory.name),
    )
