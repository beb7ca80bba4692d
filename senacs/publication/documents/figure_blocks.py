"""Blocks of figures: cards of key figures, and chapters with their drawings."""

from collections.abc import Sequence

from senacs.lib import french
from senacs.observatory.definitions.indicators import THEMES
from senacs.publication.charts import Chart
from senacs.publication.charts.chart import number
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
        "visuals": [_visual(making, d) for d in shown],
        "notice": _chapter_notice(making, any(d.is_known for d in shown) or any(c["known"] for c in cards)),
        "source": _source(making, cards, [n for d in shown for n in d.respondents] + [c["n"] for c in cards if c["n"]]),
        "theme": THEMES[block.theme],
    }


def _source(making: Making, cards: Sequence[Printed], respondents: Sequence[int] = ()) -> str:
    source = making.source(respondents)
    return f"{source} {f.ESTIMATED}" if any(one["raised"] for one in cards) else source


def _visual(making: Making, drawn: drawings.Drawn) -> Printed:
    return {
        "title": drawn.chart.title,
        "reading": drawn.reading,
        "note": drawn.note,
        **making.drawing(drawn.chart, is_in_annex=True),
        "figures": _figures(drawn.chart),
    }


def _figures(chart: Chart) -> Printed | None:
    """The figures of a drawing as they print, for slides: {form, unit, headers, rows: [{label, values,
    words}]}; a value is None where it is masked or missing, and its words say which."""
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
