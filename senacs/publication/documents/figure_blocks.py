"""Blocks of figures: cards of key figures, and chapters with their drawings."""

from collections.abc import Sequence

from senacs.lib import french
from senacs.observatory.definitions.indicators import THEMES
from senacs.publication.documents import drawings
from senacs.publication.documents import printed_figures as f
from senacs.publication.documents.cards import card
from senacs.publication.documents.making import Making, Printed
from senacs.publication.trames import TrameBlock

CARDS = 12
NO_THEME = "Cette publication n’a pas de chiffres sur ce thème : l’enquête de cette année-là ne l’abordait pas."


def key_figures(making: Making, block: TrameBlock) -> Printed:
    key = [i for i in making.reader.indicators.values() if i.is_key and i.kind != "distribution"]
    cards = [found for i in key if (found := card(making, i))][:CARDS]
    return {"cards": cards, "notice": _notice(making, cards) or making.whose, "source": _source(making, cards)}


def chapter(making: Making, block: TrameBlock) -> Printed | None:
    known = [i for code in block.figures if (i := making.figures.indicator(code))]
    cards = [told for i in known if (told := card(making, i))][:4]
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
        "visuals": [making.visual(d.chart, d.reading, d.note) for d in shown],
        "notice": _chapter_notice(making, any(d.is_known for d in shown) or any(c["known"] for c in cards)),
        "source": _source(making, cards, [n for d in shown for n in d.respondents] + [c["n"] for c in cards if c["n"]]),
        "theme": THEMES[block.theme],
    }


def _source(making: Making, cards: Sequence[Printed], respondents: Sequence[int] = ()) -> str:
    source = making.source(respondents)
    return f"{source} {f.ESTIMATED}" if any(one["raised"] for one in cards) else source


def _notice(making: Making, cards: Sequence[Printed]) -> str:
    return "" if any(one["known"] for one in cards) else _all_suppressed(making)


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
