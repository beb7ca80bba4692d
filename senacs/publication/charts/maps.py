"""Maps: choropleth and proportional symbols on a basemap."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from senacs.lib.text import without_accents
from senacs.publication.charts import palette, svg
from senacs.publication.charts.basemap import Basemap, Shape
from senacs.publication.charts.chart import (
    SUPPRESSED,
    Chart,
    ChartWords,
    Unit,
    Value,
    drawn,
    extremes,
    nice_ticks,
    number,
)

MOST_CLASSES = 5
MOST_PRINTED = 14  # figures on the map itself: with more areas they would cover each other
LARGEST_DISC = 26.0


@dataclass(frozen=True, slots=True)
class MapText:
    """Title and heads of a map's table; `source` is written under the drawing where no page tells it."""

    title: str
    area_header: str = "Territoire"
    value_header: str = "Valeur"
    source: str = ""


def class_bounds(values: Sequence[float], classes: int = 5) -> list[float]:
    """Upper bounds of at most `classes` classes of about as many units each, rounded to 2 significant digits."""
    ordered = sorted(values)
    if not ordered:
        return []
    bounds: list[float] = []
    for k in range(1, classes):
        raw = ordered[min(math.ceil(len(ordered) * k / classes) - 1, len(ordered) - 1)]
        rounded = _round2(raw)
        if ordered[0] <= rounded < ordered[-1] and (not bounds or rounded > bounds[-1]):
            bounds.append(rounded)
    return [*bounds, ordered[-1]]


def _round2(value: float) -> float:
    if value == 0:
        return 0.0
    digits = 1 - math.floor(math.log10(abs(value)))
    return round(value, digits)


def choropleth(
    text: MapText,
    basemap: Basemap,
    values: Mapping[str, Value],
    *,
    prefix: str,
    unit: Unit = Unit(),  # noqa: B008 - frozen
    highlight: str = "",
) -> Chart:
    """Areas shaded in at most 5 steps, darker for more; figures printed on the map when it has few areas.

    `values` by area code (absent: non disponible); `highlight` outlines one area. Paths carry `data-code` for pages
    that link them.
    """
    headers = (text.area_header, text.value_header)
    # Colours and legend follow the figures that are printed.
    values = {code: unit.rounded(value) for code, value in values.items()}
    rows = tuple((s.name, unit.full(values.get(s.code))) for s in _by_name(basemap))
    labelled = [(shape.name, values.get(shape.code)) for shape in basemap.shapes]
    said = ChartWords(text.title, extremes(labelled, unit), headers, rows)
    shown = [value for _, value in labelled]
    # A class of one area each would only repeat the figures.
    bounds = class_bounds(drawn(shown), min(MOST_CLASSES, max(3, len(shown) // 3)))
    colours = palette.sequence(len(bounds))
    prints = len(basemap.shapes) <= MOST_PRINTED
    out, marks, texts = [], [], []
    for shape in basemap.shapes:
        value = values.get(shape.code)
        plain = number(value)
        if plain is not None:
            fill = colours[next(i for i, bound in enumerate(bounds) if plain <= bound)]
        else:
            fill = svg.hatch(prefix) if value is SUPPRESSED else palette.NO_DATA
        out.append(
            f'<path d="{shape.path}" fill="{fill}" data-code="{svg.escape(shape.code)}">'
            f"<title>{svg.escape(f'{shape.name} : {unit.full(value)}')}</title></path>"
        )
        if shape.code == highlight:
            marks.append(f'<path d="{shape.path}" fill="none" stroke="{palette.MARK}" stroke-width="2.6"/>')
        if prints:
            texts.append(_value_on(shape.centre, unit.short(value), fill, bold=shape.code == highlight))
    body = [
        f'<g stroke="#fff" stroke-width=".8" stroke-linejoin="round">{"".join(out)}</g>',
        *marks,
        *texts,
        *drawn_insets(basemap),
    ]
    entries = _class_legend(drawn(shown), bounds, colours, unit)
    entries += svg.absence_legend(
        prefix, masked=SUPPRESSED in shown, missing=any(v is not SUPPRESSED and number(v) is None for v in shown)
    )
    legend, taken = svg.legend(entries, y=basemap.height + 8, width=basemap.width, outline=True)
    return svg.figure(
        [*body, legend],
        said,
        prefix=prefix,
        size=(basemap.width, basemap.height + 8 + taken),
        has_figures=bool(bounds),
    )


def proportional_symbols(
    text: MapText,
    basemap: Basemap,
    values: Mapping[str, Value],
    *,
    prefix: str,
    unit: Unit = Unit(),  # noqa: B008 - frozen
    highlight: str = "",
) -> Chart:
    """A disc on each area, its surface proportional to the figure; masked figures are a hatched disc of fixed size.

    Negative figures have no surface and are left to the table.
    """
    headers = (text.area_header, text.value_header)
    rows = tuple((s.name, unit.full(values.get(s.code))) for s in _by_name(basemap))
    labelled = [(shape.name, values.get(shape.code)) for shape in basemap.shapes]
    said = ChartWords(text.title, extremes(labelled, unit), headers, rows)
    shown = [value for _, value in labelled]
    top = max([plain for plain in drawn(shown) if plain > 0], default=0.0)
    outlines = "".join(
        f'<path d="{s.path}" fill="{palette.SEQUENCE[1] if s.code == highlight else "#eef1f3"}"'
        f' data-code="{svg.escape(s.code)}"/>'
        for s in basemap.shapes
    )
    discs = []
    # Largest first, so that no small disc is hidden.
    for shape in sorted(basemap.shapes, key=lambda s: -(number(values.get(s.code)) or 0)):
        value = values.get(shape.code)
        plain = number(value)
        name = f"<title>{svg.escape(f'{shape.name} : {unit.full(value)}')}</title>"
        x, y = shape.centre
        if plain is not None and plain > 0:
            radius = max(LARGEST_DISC * math.sqrt(plain / top), 1.2)
            discs.append(_disc(x, y, radius, palette.MAIN, name))
        elif value is SUPPRESSED:
            discs.append(_disc(x, y, 5, svg.hatch(prefix), name))
    body = [
        f'<g stroke="#9aa7b1" stroke-width=".7" stroke-linejoin="round">{outlines}</g>',
        f'<g stroke="#fff" stroke-width="1">{"".join(discs)}</g>',
        *drawn_insets(basemap),
    ]
    height = basemap.height + 8
    if top > 0:
        body.append(_size_legend(top, unit, height))
        height += 2 * LARGEST_DISC + 12
    entries = svg.absence_legend(prefix, masked=SUPPRESSED in shown, missing=False)
    legend, taken = svg.legend(entries, y=height, width=basemap.width)
    return svg.figure(
        [*body, legend],
        said,
        prefix=prefix,
        size=(basemap.width, height + taken),
        has_figures=top > 0,
    )


def locator(title: str, basemap: Basemap, *, prefix: str, highlight: str, description: str = "") -> Chart:
    """A small map without figures that shows where one area lies."""
    shapes = "".join(
        f'<path d="{s.path}" fill="{palette.MARK if s.code == highlight else palette.SEQUENCE[1]}"/>'
        for s in basemap.shapes
    )
    name = next((s.name for s in basemap.shapes if s.code == highlight), "")
    words = description or f"{name} est mis en évidence parmi {len(basemap.shapes)} territoires."
    return svg.figure(
        [f'<g stroke="#fff" stroke-width="1.2" stroke-linejoin="round">{shapes}</g>', *drawn_insets(basemap)],
        ChartWords(title, words, ("Territoire",), tuple((s.name,) for s in _by_name(basemap))),
        prefix=prefix,
        size=(basemap.width, max(basemap.height, 1)),
        has_figures=bool(basemap.shapes),
    )


def _by_name(basemap: Basemap) -> list[Shape]:
    return sorted(basemap.shapes, key=lambda shape: without_accents(shape.name))


def _value_on(centre: tuple[float, float], words: str, fill: str, *, bold: bool) -> str:
    x, y = centre
    weight = 800 if bold else 600
    if fill.startswith("#"):
        ink = palette.ink_on(fill)
        return svg.label((x, y + 4), words, size=svg.SMALL, anchor="middle", weight=weight, fill=ink)
    # On a hatched area words need paper behind them.
    width = svg.text_width(words, svg.SMALL) + 4
    paper = svg.rect(x - width / 2, y - 7, width, 14, palette.PAPER)
    return paper + svg.label((x, y + 4), words, size=svg.SMALL, anchor="middle", weight=weight)


def drawn_insets(basemap: Basemap) -> list[str]:
    """The frames of what is drawn apart, with their names."""
    out = []
    for inset in basemap.insets:
        frame = svg.rect(inset.left, inset.top, inset.width, inset.height, "none", f' stroke="{palette.RULE}"')
        name = svg.fit(inset.name, inset.width + 2, 11)
        x = inset.left + inset.width / 2
        out.append(frame + svg.label((x, inset.top + inset.height + 12), name, size=11, anchor="middle"))
    return out


def _class_legend(
    values: Sequence[float], bounds: Sequence[float], colours: Sequence[str], unit: Unit
) -> list[tuple[str, str]]:
    if not bounds:
        return []
    low = min(values)
    entries = []
    for i, (bound, colour) in enumerate(zip(bounds, colours, strict=True)):
        if i == 0:
            first, last = unit.short(low), unit.short(bound)
            words = first if first == last else f"{first} à {last}"
        else:
            words = f"plus de {unit.short(bounds[i - 1])} à {unit.short(bound)}"
        entries.append((colour, words))
    return entries


def _disc(x: float, y: float, radius: float, fill: str, name: str) -> str:
    return (
        f'<circle cx="{svg.num(x)}" cy="{svg.num(y)}" r="{svg.num(radius)}" fill="{fill}" '
        f'fill-opacity=".82">{name}</circle>'
    )


def _size_legend(top: float, unit: Unit, y: float) -> str:
    """Three nested discs of round figures."""
    largest = LARGEST_DISC
    ticks = [tick for tick in nice_ticks(0, top, 4) if 0 < tick <= top] or [top]
    chosen = sorted({ticks[0], ticks[len(ticks) // 2], ticks[-1]})
    out, base = [], y + 2 * largest
    text_y = y - 12.0
    for tick in reversed(chosen):
        radius = largest * math.sqrt(tick / top)
        at = base - 2 * radius
        out.append(
            f'<circle cx="{svg.num(largest + 1)}" cy="{svg.num(base - radius)}" r="{svg.num(radius)}" fill="none" '
            f'stroke="{palette.MUTED}"/>'
        )
        text_y = max(at + 4, text_y + 15)
        out.append(svg.line(largest + 1, at, 2 * largest + 10, text_y - 4, palette.MUTED, ' stroke-dasharray="2 2"'))
        out.append(svg.label((2 * largest + 14, text_y), unit.short(tick), size=svg.SMALL, fill=palette.MUTED))
    return "".join(out)
