"""SVG source: escaping, text that fits, the figure around a drawing. Sizes are units of the viewBox."""

import re
from functools import lru_cache
from xml.sax.saxutils import escape as xml_escape

from senacs.publication.charts import palette
from senacs.publication.charts.chart import (
    NO_DATA_LEGEND,
    SUPPRESSED_LEGEND,
    Chart,
    ChartWords,
)

FONT = "Inter, 'Helvetica Neue', Arial, sans-serif"
SIZE = 13  # at 320 px a drawing 360 wide shows it at 11.5 px; on 80 mm of paper at 8.2 pt
SMALL = 12
Position = tuple[float, float]  # x, y
_INVALID = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
_NARROW, _WIDE = frozenset("iljtfr.,:;'’|!()[] \u00a0\u202fI1-"), frozenset("mwMWŒœ%@&—–")


def escape(text: str) -> str:
    """Text fit for XML content and attributes; characters that XML forbids are dropped."""
    return xml_escape(_INVALID.sub("", text), {'"': "&quot;"})


def num(value: float) -> str:
    """A coordinate, at most one decimal."""
    text = f"{value:.1f}"
    return text[:-2] if text.endswith(".0") else text


@lru_cache(maxsize=4096)
def text_width(text: str, size: float = SIZE) -> float:
    """Width of `text` in Inter, estimated a little on the wide side."""
    units = 0.0
    for c in text:
        if c in _NARROW:
            units += 0.34
        elif c in _WIDE:
            units += 0.9
        elif c.isupper():
            units += 0.72
        else:
            units += 0.6
    return units * size


def fit(text: str, width: float, size: float = SIZE) -> str:
    """`text`, cut with « … » if it is wider than `width`."""
    text = " ".join(text.split())
    if text_width(text, size) <= width:
        return text
    low, high = 0, len(text)
    while low < high:
        middle = (low + high + 1) // 2
        if text_width(text[:middle] + "…", size) <= width:
            low = middle
        else:
            high = middle - 1
    return text[:low].rstrip() + "…"


def wrap(text: str, width: float, lines: int = 2, size: float = SIZE) -> list[str]:
    """`text` on at most `lines` lines no wider than `width`; the last one is cut with « … » when needed."""
    words = text.split()
    done: list[str] = []
    while words and len(done) < lines - 1:
        line = [words.pop(0)]
        while words and text_width(" ".join([*line, words[0]]), size) <= width:
            line.append(words.pop(0))
        done.append(fit(" ".join(line), width, size))
    if words:
        done.append(fit(" ".join(words), width, size))
    return done or [""]


def label(
    at: Position, words: str, *, size: float = SIZE, anchor: str = "", weight: int = 0, fill: str = palette.INK
) -> str:
    """A line of text whose baseline starts (or ends, or centres) at `at`."""
    x, y = at
    attributes = f' text-anchor="{anchor}"' if anchor else ""
    if weight:
        attributes += f' font-weight="{weight}"'
    if fill != palette.INK:
        attributes += f' fill="{fill}"'
    if size != SIZE:
        attributes += f' font-size="{num(size)}"'
    return f'<text x="{num(x)}" y="{num(y)}"{attributes}>{escape(words)}</text>'


def rect(x: float, y: float, width: float, height: float, fill: str, extra: str = "") -> str:
    return f'<rect x="{num(x)}" y="{num(y)}" width="{num(max(width, 0))}" height="{num(height)}" fill="{fill}"{extra}/>'


def line(x1: float, y1: float, x2: float, y2: float, stroke: str = palette.RULE, extra: str = "") -> str:
    return f'<path d="M{num(x1)} {num(y1)}L{num(x2)} {num(y2)}" stroke="{stroke}" fill="none"{extra}/>'


def hatch(prefix: str) -> str:
    """The fill of masked figures; `defs` must be drawn once in the figure."""
    return f"url(#{prefix}-s)"


def defs(prefix: str) -> str:
    return (
        f'<defs><pattern id="{prefix}-s" width="5" height="5" patternUnits="userSpaceOnUse" '
        'patternTransform="rotate(45)"><rect width="5" height="5" fill="#fff"/>'
        '<path d="M1 0V5" stroke="#6b7780" stroke-width="1.6"/></pattern></defs>'
    )


def legend(
    entries: list[tuple[str, str]], *, y: float, width: float, x: float = 0, outline: bool = False
) -> tuple[str, float]:
    """Swatches (fill, words) in rows; the drawing and the height that it takes."""
    out, left, top = [], x, y
    for fill, words in entries:
        shown = fit(words, width - 20 - x, SMALL)
        needed = 20 + text_width(shown, SMALL) + 14
        if left > x and left + needed - 14 > width:
            left, top = x, top + 19
        stroke = f' stroke="{palette.MUTED}" stroke-width=".7"' if outline or fill.startswith("url") else ""
        out.append(rect(left, top + 1, 13, 12, fill, stroke))
        out.append(label((left + 19, top + 11.5), shown, size=SMALL, fill=palette.MUTED))
        left += needed
    return "".join(out), (top - y + 19) if entries else 0


def absence_legend(prefix: str, *, masked: bool, missing: bool) -> list[tuple[str, str]]:
    entries = []
    if masked:
        entries.append((hatch(prefix), SUPPRESSED_LEGEND))
    if missing:
        entries.append((palette.NO_DATA, NO_DATA_LEGEND))
    return entries


def figure(
    body: list[str],
    words: ChartWords,
    *,
    prefix: str,
    size: tuple[float, float],
    has_figures: bool,
    is_linked: bool = False,
) -> Chart:
    """The chart around a drawing: accessible name and description, viewBox only. `prefix` makes its ids unique;
    `size`: its width and height.

    `is_linked`: parts of it are links, which an image would hide from those who do not see it.
    """
    if not re.fullmatch(r"[A-Za-z][\w-]*", prefix):
        raise ValueError(f"« {prefix} » cannot start the ids of a chart")
    width, height = size
    inner = "".join(body)
    pattern = defs(prefix) if f"#{prefix}-s" in inner else ""
    role = "group" if is_linked else "img"
    svg = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {num(width)} {num(height)}" role="{role}" '
        f'aria-labelledby="{prefix}-t {prefix}-d" font-family="{FONT}" font-size="{SIZE}" fill="{palette.INK}">'
        f'<title id="{prefix}-t">{escape(words.title)}</title><desc id="{prefix}-d">{escape(words.description)}</desc>'
        f"{pattern}{inner}</svg>"
    )
    return Chart(svg, words.title, words.description, words.headers, words.rows, has_figures, words.figures)


def titled(chart: Chart) -> str:
    """The drawing as a file of its own: its title written over it, for where no page says it."""
    found = re.search(r'viewBox="0 0 ([\d.]+) ([\d.]+)"', chart.svg)
    if found is None:
        raise ValueError("a drawing without its measures")
    width, height = float(found[1]), float(found[2])
    lines = wrap(chart.title, width, 2, 17)
    room = 24.0 * len(lines) + 8
    words = "".join(label((0, 18 + 24 * i), line_, size=17, weight=700) for i, line_ in enumerate(lines))
    head, _, body = chart.svg.partition("</desc>")
    head = head.replace(found[0], f'viewBox="0 0 {num(width)} {num(height + room)}"', 1)
    return f'{head}</desc>{words}<g transform="translate(0 {num(room)})">{body.removesuffix("</svg>")}</g></svg>'


def nothing_to_draw(said: ChartWords, *, prefix: str, width: float, masked: bool) -> Chart:
    """A quiet box that says why there is no drawing."""
    words = "Chiffres masqués (secret statistique)" if masked else "Aucune donnée disponible"
    fill = hatch(prefix) if masked else palette.NO_DATA
    body = [
        rect(0.5, 0.5, width - 1, 63, "#f6f8f9", f' stroke="{palette.RULE}"'),
        rect(12, 24, 22, 16, fill, f' stroke="{palette.MUTED}" stroke-width=".7"'),
        label((44, 36.5), fit(words, width - 56), fill=palette.MUTED),
    ]
    return figure(
        body,
        said,
        prefix=prefix,
        size=(width, 64),
        has_figures=False,
    )
