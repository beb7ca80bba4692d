"""Cards of key figures: one figure told large, and beside it, in a table, what it compares to."""

from collections.abc import Sequence

from senacs.observatory.releases.reader import IndicatorInfo
from senacs.publication.documents import printed_figures as f
from senacs.publication.documents.comparisons import told_of
from senacs.publication.documents.making import Making, Printed
from senacs.territories.queries import Territory


def card(making: Making, indicator: IndicatorInfo) -> Printed | None:
    """{value, unit, label, notes, compared, n, known, raised}; None where the release holds nothing of it."""
    told = [(kind, making.figures.figure(indicator, kind=kind)) for kind in f.kinds_told(indicator.headline)]
    told = [(kind, figure) for kind, figure in told if figure.value is not None]
    if not told:
        return None
    kind, headline = told[0]
    raised = _raised(making, indicator)
    value = headline.written if raised is None else raised.written
    notes = [] if raised is None else [raised.told_briefly]
    if raised is not None and headline.is_known:
        notes.append(f"somme des répondantes : {_bare(headline, indicator)}")
    # « 96 453 personnes »: the number is set large, its unit beside it.
    return {
        "value": value.number,
        "unit": value.unit,
        "label": f.of_kind(indicator.label, kind),
        "notes": [*notes, *told_of(making.reader, indicator, making.territory)],
        "compared": _compared(making, indicator),
        "n": headline.n,
        "known": headline.is_known or raised is not None,
        "raised": raised is not None,
    }


def _raised(making: Making, indicator: IndicatorInfo) -> f.RaisedFigure | None:
    """The estimate that is told before what was declared, for France and the régions."""
    place = making.territory
    if indicator.headline != "sum" or place.level not in f.RAISED_FIRST:
        return None
    return f.raised_figure(making.reader, indicator, place.level, place.code)


def _compared(making: Making, indicator: IndicatorInfo) -> Printed:
    """{title, headers, rows: [{place, figures, mine}]}: the territory and the wider ones, a column a kind of structure.

    The figure that the card tells large has no row of its own; the territory has one where it is told by kind, or by
    another statistic than the large one.
    """
    statistic = f.compared_statistic(indicator)
    kinds = f.kinds_told(statistic)
    is_other = statistic != indicator.headline
    mine = (making.territory,) if is_other or len(kinds) > 1 else ()
    rows = [
        {"place": place.name, "figures": figures, "mine": place == making.territory}
        for place in (*mine, *making.figures.wider)
        if (figures := _row(making, indicator, statistic, place, kinds))
    ]
    title = f.STATISTIC_WORDS[statistic] if is_other else ""
    return {
        "title": ", ".join(part for part in (title, "en €" if indicator.unit == "€" else "") if part),
        "headers": [kind for kind in kinds if kind],
        "rows": rows,
    }


def _row(making: Making, indicator: IndicatorInfo, statistic: str, place: Territory, kinds: Sequence[str]) -> list[str]:
    """The figures of a place, kind by kind; empty where the release holds none of them."""
    shown = [making.figures.figure(indicator, statistic, of=place, kind=kind) for kind in kinds]
    return [_bare(figure, indicator) for figure in shown] if any(figure.value is not None for figure in shown) else []


def _bare(figure: f.PrintedFigure, indicator: IndicatorInfo) -> str:
    """The figure without its unit, which the card has already given; « % » stays."""
    written = figure.written
    if indicator.unit == "€" and written.sign == "€":
        return written.number
    return written.without_word if len(indicator.unit) > 2 else str(written)
