"""Unit charts: a hundred squares, or ten figures a line, counted rather than measured."""

from collections.abc import Sequence

from senacs.publication.charts import palette, svg
from senacs.publication.charts.bars import WIDTH
from senacs.publication.charts.chart import (
    SUPPRESSED,
    Chart,
    ChartFigures,
    ChartWords,
    Columns,
    Unit,
    Value,
    drawn,
    extremes,
    number,
)

_SIDE, _CELL = 17.0, 20.0  # of a square, and from one to the next
_RADIUS, _STEP = 7.0, 19.0  # of a dot, and from one to the next
_FIGURE = 36.0  # the widest share, « 100 % »
_PERCENT = Unit("%", 0)
PART = Columns("Part")


def hundred(title: str, parts: Sequence[tuple[str, Value]], *, prefix: str, columns: Columns = PART) -> Chart:
    """A hundred squares, one in a hundred each, coloured part by part; what no part fills is left pale, or hatched.

    `parts`: label and share in percents, in the order in which they are drawn. Shares beyond a hundred are not drawn.
    """
    values = [value for _, value in parts]
    rows = tuple((label, _PERCENT.full(value)) for label, value in parts)
    figures = ChartFigures("bars", _PERCENT, tuple((value,) for value in values))
    said = ChartWords(title, extremes(list(parts), _PERCENT), (columns.line, columns.value), rows, figures)
    if not any(plain > 0 for plain in drawn(values)):
        return svg.nothing_to_draw(said, prefix=prefix, width=WIDTH, masked=SUPPRESSED in values)
    fills = [palette.category(i) for i, value in enumerate(values) for _ in range(_squares(value))][:100]
    rest = svg.hatch(prefix) if SUPPRESSED in values else palette.NO_DATA
    fills += [rest] * (100 - len(fills))
    edge = f' stroke="{palette.MUTED}" stroke-width=".4"'
    out = [
        svg.rect((i % 10) * _CELL, (i // 10) * _CELL, _SIDE, _SIDE, fill, edge if fill == rest else "")
        for i, fill in enumerate(fills)
    ]
    # Beside the squares, what each colour is and its figure.
    left, y = 10 * _CELL + 12, 0.0
    for i, (label, value) in enumerate(parts):
        out.append(svg.rect(left, y + 2, 13, 12, palette.category(i)))
        out.append(svg.label((left + 19, y + 12), _PERCENT.short(value), size=svg.SMALL, weight=600))
        lines = svg.wrap(label, WIDTH - left - 19 - _FIGURE, 3, svg.SMALL)
        places = ((left + 19 + _FIGURE, y + 12 + 15 * n) for n in range(len(lines)))
        out += [svg.label(place, shown, size=svg.SMALL) for place, shown in zip(places, lines, strict=True)]
        y += 15 * len(lines) + 6
    return svg.figure(out, said, prefix=prefix, size=(WIDTH, max(10 * _CELL, y)), has_figures=True)


def _squares(value: Value) -> int:
    rounded = number(_PERCENT.rounded(value))
    return int(min(max(rounded, 0), 100)) if rounded is not None else 0


def tens(title: str, lines: Sequence[tuple[str, Value]], *, prefix: str, columns: Columns = Columns()) -> Chart:  # noqa: B008 - frozen
    """Ten dots a line, filled up to a share in percents: « 7 sur 10 » seen; its figure stands at the end."""
    values = [value for _, value in lines]
    rows = tuple((label, _PERCENT.full(value)) for label, value in lines)
    figures = ChartFigures("bars", _PERCENT, tuple((value,) for value in values))
    said = ChartWords(title, extremes(list(lines), _PERCENT), (columns.line, columns.value), rows, figures)
    if not drawn(values):
        return svg.nothing_to_draw(said, prefix=prefix, width=WIDTH, masked=SUPPRESSED in values)
    out: list[str] = []
    y = 0.0
    for label, value in lines:
        for shown in svg.wrap(label, WIDTH, 2):
            out.append(svg.label((0, y + 12), shown))
            y += 16
        out.append(_ten(value, y + 2, f"{prefix}-c{len(out)}", prefix))
        out.append(svg.label((10 * _STEP + 8, y + 14), _PERCENT.short(value), weight=600))
        y += 27
    return svg.figure(out, said, prefix=prefix, size=(WIDTH, y), has_figures=True)


def _ten(value: Value, y: float, clip: str, prefix: str) -> str:
    dots = "".join(
        f'<circle cx="{svg.num(_RADIUS + i * _STEP)}" cy="{svg.num(y + _RADIUS)}" r="{svg.num(_RADIUS)}"/>'
        for i in range(10)
    )
    plain = number(_PERCENT.rounded(value))
    if plain is None:
        fill = svg.hatch(prefix) if value is SUPPRESSED else palette.NO_DATA
        return f'<g fill="{fill}" stroke="{palette.MUTED}" stroke-width=".7">{dots}</g>'
    tenths = min(max(plain, 0.0), 100.0) / 10
    # Whole dots, then the part of the next one.
    filled = int(tenths) * _STEP + (tenths - int(tenths)) * 2 * _RADIUS
    cut = f'<clipPath id="{clip}">{svg.rect(0, y, filled, 2 * _RADIUS, "#000")}</clipPath>'
    return (
        f'{cut}<g fill="{palette.SEQUENCE[0]}">{dots}</g><g fill="{palette.MAIN}" clip-path="url(#{clip})">{dots}</g>'
    )
