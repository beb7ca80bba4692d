"""Blocks of figures: cards of key figures, and chapters with their drawings."""

from collections.abc import Sequence

from senacs.lib import french
from senacs.observatory.definitions.indicators import THEMES
from senacs.observatory.releases.reader import IndicatorInfo
from senacs.publication.documents import drawings
from senacs.publication.documents import printed_figures as f
from senacs.publication.documents.comparisons import told_of
from senacs.publication.documents.making import Making, Printed
from senacs.publication.trames import TrameBlock
from senacs.territories.queries import Territory

CARDS = 12
NO_THEME = "Cette publication n’a pas de chiffres sur ce thème : l’enquête de cette année-là ne l’abordait pas."


def key_figures(making: Making, block: TrameBlock) -> Printed:
    key = [i for i in making.reader.indicators.values() if i.is_key and i.kind != "distribution"]
    cards = [card for i in key if (card := _card(making, i))][:CARDS]
    return {"cards": cards, "notice": _notice(making, cards) or making.whose, "source": _source(making, cards)}


def chapter(making: Making, block: TrameBlock) -> Printed | None:
    cards = [card for code in block.figures if (i := making.figures.indicator(code)) and (card := _card(making, i))][:4]
    drawn = [
        found for visual in block.visuals if (found := drawings.draw(visual, making.figures, prefix=making.prefix()))
    ]
    if not cards and not drawn:
        # A note without its theme says why; a plaquette does without one chapter.
        empty = {"cards": [], "visuals": [], "notice": NO_THEME, "source": "", "theme": THEMES[block.theme]}
        return empty if block.theme == making.trame.theme else None
    shown = [d for d in drawn if d.chart.has_figures]
    return {
        "cards": cards,
        "visuals": [_visual(making, d) for d in shown],
        "notice": _chapter_notice(making, any(d.is_known for d in shown) or any(c["known"] for c in cards)),
        "source": _source(making, cards, [n for d in shown for n in d.respondents] + [c["n"] for c in cards if c["n"]]),
        "theme": THEMES[block.theme],
    }


def _source(making: Making, cards: Sequence[Printed], respondents: Sequence[int] = ()) -> str:
    source = making.source(respondents)
    return f"{source} {f.ESTIMATED}" if any(card["raised"] for card in cards) else source


def _visual(making: Making, drawn: drawings.Drawn) -> Printed:
    return {
        "title": drawn.chart.title,
        "reading": drawn.reading,
        "note": drawn.note,
        **making.drawing(drawn.chart, is_in_annex=True),
    }


def _card(making: Making, indicator: IndicatorInfo) -> Printed | None:
    told = [(kind, making.figures.figure(indicator, kind=kind)) for kind in f.kinds_told(indicator.headline)]
    told = [(kind, figure) for kind, figure in told if figure.value is not None]
    if not told:
        return None
    (kind, headline), *others = told
    value, raised = headline.written, _raised(making, indicator)
    details = [f"{f.KIND_WORDS[kind][1]} : {_bare(figure, indicator)}" for kind, figure in others]
    if raised is not None:
        value = raised.written
        details.append(raised.told_briefly)
        if headline.is_known:
            details.append(f"somme des répondantes : {_bare(headline, indicator)}")
    statistic = f.compared_statistic(indicator)
    if statistic != indicator.headline and (mine := _compared(making, indicator, statistic, making.territory)):
        details.append(f"{f.STATISTIC_WORDS[statistic]} : {mine}")
    for place in making.figures.wider:
        if theirs := _compared(making, indicator, statistic, place):
            details.append(f"{place.name} : {theirs}")
    details += told_of(making.reader, indicator, making.territory)
    # « 96 453 personnes »: the number is set large, its unit beside it.
    return {
        "value": value.number,
        "unit": value.unit,
        "label": f.of_kind(indicator.label, kind),
        "details": details,
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


def _compared(making: Making, indicator: IndicatorInfo, statistic: str, place: Territory) -> str:
    """« 685 k€ (CS), 103 k€ (EVS) », or one figure for all structures; '' where there is none."""
    told = [
        (kind, making.figures.figure(indicator, statistic, of=place, kind=kind)) for kind in f.kinds_told(statistic)
    ]
    known = [(kind, _bare(figure, indicator)) for kind, figure in told if figure.value is not None]
    return ", ".join(f"{text} ({kind})" if kind else text for kind, text in known)


def _notice(making: Making, cards: Sequence[Printed]) -> str:
    return "" if any(card["known"] for card in cards) else _all_suppressed(making)


def _chapter_notice(making: Making, is_known: bool) -> str:
    if is_known:
        return ""
    wider = french.joined([place.name for place in making.figures.wider])
    return f"{making.territory.name} : chiffres masqués (secret statistique). Repères : {wider}."


def _all_suppressed(making: Making) -> str:
    wider = french.joined([place.name for place in making.figures.wider])
    beside = f" Les repères publiés ({wider}) restent donnés à côté." if wider else ""
    return (
        f"{making.territory.name} : trop peu de structures ont répondu pour que ces chiffres soient publiés sans "
        f"dévoiler la réponse de l’une d’elles. Ils sont masqués (secret statistique).{beside}"
    )


def _bare(figure: f.PrintedFigure, indicator: IndicatorInfo) -> str:
    """The figure without a unit in words, which the card has already given."""
    return figure.written.without_word if len(indicator.unit) > 3 else figure.text
