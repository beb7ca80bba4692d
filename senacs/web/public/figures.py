"""Cells of a release as a web page shows them: figures as text, key figures beside those of the wider territories."""

from dataclasses import dataclass
from typing import NamedTuple

from senacs.lib import french
from senacs.observatory.releases.reader import Cell, IndicatorInfo, ReleaseReader, kept_with_reader
from senacs.publication.charts import FormattedFigure
from senacs.publication.documents.comparisons import told_of
from senacs.publication.documents.printed_figures import (
    KIND_WORDS,
    RAISED_FIRST,
    STATISTIC_WORDS,
    compared_statistic,
    kinds_told,
    of_kind,
    raised_figure,
    unit_of,
)
from senacs.territories.queries import Territory

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
class Compared:
    """The figure by which a place compares; `is_own`: it is of the page's territory; `kind`: of which structures."""

    kind: str
    name: str
    shown: Shown
    is_own: bool


@dataclass(frozen=True, slots=True)
class KeyFigure:
    """`shown` is the headline; `compared` tells the figures that compare, without saying any twice."""

    code: str
    label: str
    definition: str
    shown: Shown
    statistic: str
    compared: tuple[Compared, ...]
    # How far the truth may lie; what is said of the estimate for all structures, and of what was declared.
    interval: str = ""
    raised: str = ""
    declared: str = ""
    # Comparisons of means that chance hardly gives, in words.
    told: tuple[str, ...] = ()

    @property
    def compared_kinds(self) -> tuple[str, ...]:
        """The kinds of structures that are told apart, in their order; one empty where they are not."""
        return tuple(dict.fromkeys(one.kind for one in self.compared))

    @property
    def compared_places(self) -> tuple[tuple[str, bool, tuple[Shown, ...]], ...]:
        """Each place with whether it is the page's own, and its figure of each kind."""
        names = dict.fromkeys((one.name, one.is_own) for one in self.compared)
        return tuple(
            (name, is_own, tuple(one.shown for one in self.compared if one.name == name)) for name, is_own in names
        )


def places_of(territory: Territory) -> tuple[Territory, ...]:
    """The territory, then those it lies in, closest first; a région of one département is the same place."""
    return (territory, *(place for place in reversed(territory.parents) if place.name != territory.name))


def show(cell: Cell | None, indicator: IndicatorInfo) -> Shown:
    """« 1 234 ETP », « masqué (secret statistique) », or « – » where nobody answered."""
    if cell is None:
        return Shown(FormattedFigure("–"), note="aucune réponse")
    if cell.is_suppressed:
        return Shown(FormattedFigure(SUPPRESSED_TEXT), note=cell.reason, is_suppressed=True)
    respondents = None if indicator.is_of_register else cell.n
    return Shown(unit_of(indicator, cell.statistic, cell.value).abbreviated(cell.value), respondents)


@kept_with_reader(300)
def key_figures(reader: ReleaseReader, territory: Territory) -> tuple[KeyFigure, ...]:
    """The first key indicators that have a cell here; kept in memory by release and territory."""
    found = []
    for indicator in reader.indicators.values():
        if not indicator.is_key or indicator.kind == "distribution":
            continue
        for kind in kinds_told(indicator.headline):
            cell = reader.cell(indicator.code, territory.level, territory.code, kind=kind)
            if cell is not None:
                found.append(_key_figure(reader, indicator, territory, cell, kind))
    return tuple(found[:SHOWN])


def _key_figure(
    reader: ReleaseReader, indicator: IndicatorInfo, territory: Territory, cell: Cell, kind: str
) -> KeyFigure:
    statistic = compared_statistic(indicator)
    kinds = [kind] if kind else kinds_told(statistic)
    compared = [
        Compared(KIND_WORDS[one][1] if one and not kind else "", name, shown, place == 0)
        for one in kinds
        for place, (name, shown) in enumerate(compare(reader, indicator, territory, one))
    ]
    head = headline(reader, indicator, territory, cell)
    return KeyFigure(
        code=indicator.code,
        label=of_kind(indicator.label, kind),
        definition=indicator.definition,
        shown=head.shown,
        statistic=STATISTIC_WORDS.get(statistic, ""),
        compared=tuple(c for c in compared if not c.is_own or statistic != indicator.headline),
        interval=head.interval,
        raised=head.raised,
        declared=head.declared,
        told=told_of(reader, indicator, territory) if not kind else (),
    )


class Headline(NamedTuple):
    """The figure in large type, its interval, what is said of the estimate, and of the sum that respondents make."""

    shown: Shown
    interval: str = ""
    raised: str = ""
    declared: str = ""


def headline(reader: ReleaseReader, indicator: IndicatorInfo, territory: Territory, cell: Cell) -> Headline:
    """France and régions tell the whole network first; elsewhere what was declared stands first."""
    shown = show(cell, indicator)
    raised = raised_figure(reader, indicator, territory.level, territory.code) if cell.statistic == "sum" else None
    if raised is None:
        return Headline(shown)
    if territory.level not in RAISED_FIRST:
        return Headline(shown, "", f"estimation pour toutes les structures : {raised.text}")
    declared = f"somme des {french.plural(shown.n, 'répondant')} : {shown.number}" if shown.n is not None else ""
    return Headline(Shown(raised.written), raised.interval, raised.told, declared)


def compare(
    reader: ReleaseReader, indicator: IndicatorInfo, territory: Territory, kind: str = ""
) -> tuple[tuple[str, Shown], ...]:
    """The figure by which territories of different size compare, of each place, closest first."""
    statistic = compared_statistic(indicator)
    return tuple(
        (
            place.name,
            show(reader.cell(indicator.code, place.level, place.code, statistic=statistic, kind=kind), indicator),
        )
        for place in places_of(territory)
    )
