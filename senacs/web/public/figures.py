"""Cells of a release as a web page shows them: figures as text, key figures beside those of the wider territories."""

from dataclasses import dataclass

from senacs.observatory.releases.reader import Cell, IndicatorInfo, ReleaseReader, kept_with_reader
from senacs.publication.charts import FormattedFigure
from senacs.publication.documents.printed_figures import STATISTIC_WORDS, compared_statistic, unit_of
from senacs.territories.queries import Territory
from senacs.web.public.estimates import raised_text

SHOWN = 12  # key figures: whole rows of two, three and four cards
SUPPRESSED_TEXT = "masqué (secret statistique)"


@dataclass(frozen=True, slots=True)
class Shown:
    """A figure as it is written. `n`: structures that it rests on; `note`: why it is hidden or missing."""

    written: FormattedFigure
    n: int | None = None
    note: str = ""
    is_suppressed: bool = False

    @property
    def number(self) -> str:
        """The figure in large type, with the signs that belong to it: « 12,5 M€ », « 72 % », « 1,2 M »."""
        return self.written.without_word

    @property
    def unit(self) -> str:
        """The unit told in full letters, which goes under the figure; empty for € and %."""
        return self.written.word

    @property
    def text(self) -> str:
        return str(self.written)


@dataclass(frozen=True, slots=True)
class KeyFigure:
    """`shown` is the headline; `compared` tells the figure that compares, (place, figure), without saying it twice."""

    code: str
    place: str
    label: str
    definition: str
    shown: Shown
    statistic: str
    compared: tuple[tuple[str, Shown], ...]
    # The total raised to all structures, with its margin; empty where nothing is estimated.
    raised: str = ""


def places_of(territory: Territory) -> tuple[Territory, ...]:
    """The territory, then those it lies in, closest first; a région of one département is the same place."""
    return (territory, *(place for place in reversed(territory.parents) if place.name != territory.name))


def show(cell: Cell | None, indicator: IndicatorInfo) -> Shown:
    """« 1 234 ETP », « masqué (secret statistique) », or « – » where nobody answered."""
    if cell is None:
        return Shown(FormattedFigure("–"), note="aucune réponse")
    if cell.is_suppressed:
        return Shown(FormattedFigure(SUPPRESSED_TEXT), note=cell.reason, is_suppressed=True)
    return Shown(unit_of(indicator, cell.statistic, cell.value).abbreviated(cell.value), cell.n)


@kept_with_reader(300)
def key_figures(reader: ReleaseReader, territory: Territory) -> tuple[KeyFigure, ...]:
    """The first key indicators that have a cell here; kept in memory by release and territory."""
    found = []
    for indicator in reader.indicators.values():
        cell = reader.cell(indicator.code, territory.level, territory.code)
        if indicator.is_key and indicator.kind != "distribution" and cell is not None:
            statistic = compared_statistic(indicator)
            compared = compare(reader, indicator, territory)
            found.append(
                KeyFigure(
                    code=indicator.code,
                    place=territory.name,
                    label=indicator.label,
                    definition=indicator.definition,
                    shown=show(cell, indicator),
                    statistic=STATISTIC_WORDS.get(statistic, ""),
                    compared=compared[1:] if statistic == indicator.headline else compared,
                    raised=raised_text(reader, indicator, territory),
                )
            )
    return tuple(found[:SHOWN])


def compare(reader: ReleaseReader, indicator: IndicatorInfo, territory: Territory) -> tuple[tuple[str, Shown], ...]:
    """The figure by which territories of different size compare, of each place, closest first."""
    statistic = compared_statistic(indicator)
    return tuple(
        (place.name, show(reader.cell(indicator.code, place.level, place.code, statistic=statistic), indicator))
        for place in places_of(territory)
    )
