"""Dots: two figures a line and what lies between them, or an estimate within its interval."""

from collections.abc import Sequence
from dataclasses import dataclass

from senacs.publication.charts import palette, svg
from senacs.publication.charts.bars import WIDTH
from senacs.publication.charts.chart import (
    SUPPRESSED,
    Chart,
    ChartFigures,
    ChartWords,
    Columns,
    Ruler,
    Unit,
    Value,
    drawn,
    extremes,
    nice_ticks,
    number,
)

_LINE = 42.0  # from a line to the next: its label, then its dots
_RADIUS = 5.5


@dataclass(frozen=True, slots=True)
class PairOfDots:
    """One line: the same figure here and elsewhere, or for one group and another."""

    label: str
    one: Value
    other: Value


def dumbbells(
    title: str,
    pairs: Sequence[PairOfDots],
    *,
    prefix: str,
    labels: tuple[str, str],
    unit: Unit = Unit("%", 0),  # noqa: B008 - frozen
) -> Chart:
    """Two dots a line joined by a bar, the first one darker and told; `labels` name the two."""
    rows = tuple((pair.label, unit.full(pair.one), unit.full(pair.other)) for pair in pairs)
    values = [value for pair in pairs for value in (pair.one, pair.other)]
    figures = ChartFigures("bars", unit, tuple((pair.one, pair.other) for pair in pairs))
    told = [
        (f"{pair.label}, {name}", v) for pair in pairs for name, v in zip(labels, (pair.one, pair.other), strict=True)
    ]
    said = ChartWords(title, extremes(told, unit), ("Indicateur", *labels), rows, figures)
    if not drawn(values):
        return svg.nothing_to_draw(said, prefix=prefix, width=WIDTH, masked=SUPPRESSED in values)
    # Of the two, only the first is written beside its dot.
    room = max(svg.text_width(unit.short(pair.one)) for pair in pairs) + 2 * _RADIUS
    ruler = _ruler(values, unit, room)
    out: list[str] = []
    y = 0.0
    for pair in pairs:
        out.append(svg.label((0, y + 12), svg.fit(pair.label, WIDTH)))
        out.append(svg.line(room, y + 26, WIDTH - room, y + 26))
        one, other = (number(unit.rounded(value)) for value in (pair.one, pair.other))
        if one is not None and other is not None:
            out.append(svg.line(ruler.at(one), y + 26, ruler.at(other), y + 26, palette.MUTED, ' stroke-width="2.5"'))
        if other is not None:
            out.append(_dot(ruler.at(other), y + 26, palette.SEQUENCE[1]))
        if one is not None:
            out.append(_dot(ruler.at(one), y + 26, palette.ACCENT))
            out.append(_beside(ruler.at(one), y + 30.5, unit.short(pair.one), is_right=other is None or one >= other))
        elif pair.one is SUPPRESSED:
            out.append(svg.label((0, y + 30.5), unit.short(pair.one), fill=palette.MUTED))
        y += _LINE
    entries = [(palette.ACCENT, labels[0]), (palette.SEQUENCE[1], labels[1])]
    drawing, taken = svg.legend(entries, y=y, width=WIDTH)
    return svg.figure([*out, drawing], said, prefix=prefix, size=(WIDTH, y + taken), has_figures=True)


@dataclass(frozen=True, slots=True)
class EstimateDot:
    """One line: an estimate and the bounds of its interval."""

    label: str
    value: Value
    low: Value
    high: Value
    is_highlighted: bool = False


def intervals(
    title: str,
    dots: Sequence[EstimateDot],
    *,
    prefix: str,
    unit: Unit = Unit(),  # noqa: B008 - frozen
    columns: Columns = Columns("Territoire", "Estimation"),  # noqa: B008 - frozen
) -> Chart:
    """A dot and its interval a line, on one scale that starts from the least bound; the figure stands beside."""
    rows = tuple((dot.label, unit.full(dot.value), unit.full(dot.low), unit.full(dot.high)) for dot in dots)
    values = [value for dot in dots for value in (dot.value, dot.low, dot.high)]
    figures = ChartFigures("bars", unit, tuple((dot.value,) for dot in dots))
    heads = (columns.line, columns.value, "Borne basse", "Borne haute")
    said = ChartWords(title, extremes([(dot.label, dot.value) for dot in dots], unit), heads, rows, figures)
    if not drawn([dot.value for dot in dots]):
        masked = any(dot.value is SUPPRESSED for dot in dots)
        return svg.nothing_to_draw(said, prefix=prefix, width=WIDTH, masked=masked)
    room = 2 * _RADIUS
    ruler = _ruler(values, unit, room)
    out: list[str] = []
    y = 0.0
    for dot in dots:
        colour = palette.ACCENT if dot.is_highlighted else palette.MAIN
        shown = svg.fit(dot.label, WIDTH - 90)
        out.append(svg.label((0, y + 12), shown, weight=600 if dot.is_highlighted else 0))
        out.append(svg.label((WIDTH, y + 12), unit.short(dot.value), anchor="end", weight=600))
        out.append(svg.line(room, y + 26, WIDTH - room, y + 26))
        value, low, high = (number(unit.rounded(v)) for v in (dot.value, dot.low, dot.high))
        if low is not None and high is not None and high > low:
            out.append(svg.line(ruler.at(low), y + 26, ruler.at(high), y + 26, colour, ' stroke-width="3"'))
            out += [
                svg.line(ruler.at(x), y + 21, ruler.at(x), y + 31, colour, ' stroke-width="2"') for x in (low, high)
            ]
        if value is not None:
            out.append(_dot(ruler.at(value), y + 26, colour))
        y += _LINE
    return svg.figure(out, said, prefix=prefix, size=(WIDTH, y), has_figures=True)


def _ruler(values: Sequence[Value], unit: Unit, room: float) -> Ruler:
    """The scale over the figures as they are printed, `room` being left at each end. It writes none of them."""
    plain = drawn([unit.rounded(value) for value in values])
    ticks = nice_ticks(min(plain), max(plain))
    length = (WIDTH - 2 * room) / ((ticks[-1] - ticks[0]) or 1)
    return Ruler(room - ticks[0] * length, length)


def _dot(x: float, y: float, fill: str) -> str:
    return f'<circle cx="{svg.num(x)}" cy="{svg.num(y)}" r="{_RADIUS}" fill="{fill}" stroke="#fff" stroke-width="1.2"/>'


def _beside(x: float, y: float, words: str, *, is_right: bool) -> str:
    away = _RADIUS + 4
    at = (x + away, y) if is_right else (x - away, y)
    return svg.label(at, words, anchor="" if is_right else "end", weight=600)
