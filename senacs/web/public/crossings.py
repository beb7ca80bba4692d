"""A theme crossed by one dimension (type, gestion, QPV, size…): indicators × modalities, secrets told in words."""

from collections.abc import Iterable
from dataclasses import dataclass
from string import ascii_lowercase

from senacs.lib.french import joined
from senacs.observatory.definitions.statistics import PER_STRUCTURE
from senacs.observatory.releases.reader import Cell, IndicatorInfo, ReleaseReader, in_order, kept_with_reader
from senacs.publication.charts import FormattedFigure
from senacs.publication.documents.printed_figures import STATISTIC_WORDS, compared_statistic
from senacs.territories.queries import Territory
from senacs.web.public.figures import Shown, show

# What one structure is like is told of each kind, not of all of them together.
_NO_OBJECT = Shown(FormattedFigure("sans objet"))


@dataclass(frozen=True, slots=True)
class CrossingChoice:
    code: str
    label: str
    is_key: bool  # for key indicators only

    @property
    def words(self) -> str:
        """The label within a sentence."""
        return self.label[:1].lower() + self.label[1:]


@dataclass(frozen=True, slots=True)
class CrossedCell:
    """`mark`: the letter of the reason under the table, '' where the figure is shown."""

    header: str
    shown: Shown
    mark: str = ""


@dataclass(frozen=True, slots=True)
class CrossedRow:
    label: str
    statistic: str
    cells: tuple[CrossedCell, ...]


@dataclass(frozen=True, slots=True)
class Crossing:
    """headers: the modalities, « Ensemble » first; reasons: (letter, why cells so marked are hidden)."""

    dimension: CrossingChoice
    headers: tuple[str, ...]
    rows: tuple[CrossedRow, ...]
    reasons: tuple[tuple[str, str], ...]


def dimensions_of(reader: ReleaseReader, territory: Territory, theme: str = "") -> tuple[CrossingChoice, ...]:
    """What a theme (or any) is crossed by there, one dimension at a time, in the order of the release's plan."""
    plan = reader.methodology["plan"]
    told = [code for code, indicator in reader.indicators.items() if theme in {"", indicator.theme}]
    present = reader.crossed_by(territory.level, territory.code, told)
    return tuple(
        CrossingChoice(table["by"][0], plan["dimensions"][table["by"][0]]["label"], table.get("indicators") == "key")
        for table in plan.get("tables", ())
        if table["level"] == territory.level and len(table["by"]) == 1 and table["by"][0] in present
    )


def in_words(dimensions: Iterable[CrossingChoice]) -> str:
    """« type de structure, mode de gestion et taille »."""
    return joined([dimension.words for dimension in dimensions])


@kept_with_reader(600)
def crossing_of(reader: ReleaseReader, territory: Territory, theme: str, dimension: CrossingChoice) -> Crossing:
    """Kept in memory by release, territory, theme and dimension."""
    modalities = in_order(reader.methodology["plan"]["dimensions"][dimension.code])
    crossed = reader.crossings(territory.level, territory.code, dimension.code)
    lines = []
    for indicator in reader.indicators.values():
        for label, statistic, modality in _lines(indicator) if indicator.theme == theme else ():
            parts = [crossed.get((indicator.code, statistic, modality, code)) for code in modalities]
            if any(parts):
                whole = reader.cell(
                    indicator.code, territory.level, territory.code, statistic=statistic, modality=modality
                )
                lines.append((label, statistic, [whole, *parts], indicator))
    headers = ("Ensemble", *modalities.values())
    present = [n for n in range(len(headers)) if any(cells[n] for _, _, cells, _ in lines)]
    reasons = sorted({cell.reason for _, _, cells, _ in lines for cell in cells if cell and cell.is_suppressed})
    marks = dict(zip(reasons, ascii_lowercase, strict=False))
    rows = tuple(
        CrossedRow(
            label,
            STATISTIC_WORDS.get(statistic, ""),
            tuple(
                CrossedCell(headers[n], _NO_OBJECT)
                if n == 0 and statistic in PER_STRUCTURE
                else _cell(headers[n], cells[n], indicator, marks)
                for n in present
            ),
        )
        for label, statistic, cells, indicator in lines
    )
    return Crossing(dimension, tuple(headers[n] for n in present), rows, tuple((m, r) for r, m in marks.items()))


def _lines(indicator: IndicatorInfo) -> list[tuple[str, str, str]]:
    """(label, statistic, modality) of the lines that tell an indicator."""
    if indicator.kind == "distribution":
        return [(f"{indicator.label} : {label}", "share", code) for code, label in indicator.modalities.items()]
    statistics = dict.fromkeys([*(["sum"] if "sum" in indicator.statistics else []), compared_statistic(indicator)])
    return [(indicator.label, statistic, "") for statistic in statistics]


def _cell(header: str, cell: Cell | None, indicator: IndicatorInfo, marks: dict[str, str]) -> CrossedCell:
    shown = show(cell, indicator)
    return CrossedCell(header, shown, marks.get(shown.note, "") if shown.is_suppressed else "")
