"""Charts for the typesetter: several in one drawing, and their words apart.

typst shapes the words of an SVG ten times slower than its own: shapes go as an image, words are placed upon it.
"""

import re
from collections.abc import Sequence
from html import unescape
from typing import TypedDict

from senacs.publication.charts import palette, svg
from senacs.publication.charts.chart import Chart

_TEXT = re.compile(r"<text ([^>]*)>([^<]*)</text>")
_ATTRIBUTE = re.compile(r'([\w-]+)="([^"]*)"')
_NAMES = re.compile(r"<title .*?</desc>", re.DOTALL)
_FRAME = re.compile(r'<svg [^>]*viewBox="0 0 ([\d.]+) ([\d.]+)"[^>]*>(.*)</svg>', re.DOTALL)


class Word(TypedDict):
    """One label, in units of the drawing; `anchor` is « start », « middle » or « end »."""

    x: float
    y: float
    size: float
    weight: int
    anchor: str
    fill: str
    text: str


class DrawnSheet(TypedDict):
    """Shapes as SVG without any text, what is written upon them, and the size of the whole."""

    svg: str
    words: list[Word]
    width: float
    height: float


def sheet(charts: Sequence[Chart], *, gap: float = 28.0) -> DrawnSheet:
    """Charts set side by side, tops aligned; their ids must differ. ValueError for a drawing that is not ours."""
    out, words, x, height = [], list[Word](), 0.0, 0.0
    for chart in charts:
        frame = _FRAME.fullmatch(chart.svg)
        if frame is None:
            raise ValueError(f"« {chart.title} » is no drawing of ours")
        words += [_word(found[1], found[2], x) for found in _TEXT.finditer(frame[3])]
        out.append(f'<g transform="translate({svg.num(x)} 0)">{_NAMES.sub("", _TEXT.sub("", frame[3]))}</g>')
        x += float(frame[1]) + gap
        height = max(height, float(frame[2]))
    width = x - gap
    drawn = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {svg.num(width)} {svg.num(height)}" '
        f'fill="{palette.INK}">{"".join(out)}</svg>'
    )
    return {"svg": drawn, "words": words, "width": width, "height": height}


def _word(attributes: str, text: str, dx: float) -> Word:
    given = dict(_ATTRIBUTE.findall(attributes))
    return {
        "x": float(given["x"]) + dx,
        "y": float(given["y"]),
        "size": float(given.get("font-size", svg.SIZE)),
        "weight": int(given.get("font-weight", 400)),
        "anchor": given.get("text-anchor", "start"),
        "fill": given.get("fill", palette.INK),
        "text": unescape(text),
    }
