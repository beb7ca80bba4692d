"""Spreads: where one figure stands among the others, and who the public is by age."""

from collections.abc import Sequence
from dataclasses import dataclass

from senacs.publication.charts import palette, svg
from senacs.publication.charts.bars import WIDTH
from senacs.publication.charts.chart import (
    SUPPRESSED,
    Chart,
    ChartFigures,
    ChartWords,
    Ruler,
    Unit,
    Value,
    drawn,
    extremes,
    number,
)


@dataclass(frozen=True, slots=True)
class Quantiles:
    """First decile, quartiles and median, last decile; deciles may be absent (they need more respondents)."""

    q1: Value
    median: Value
    q3: Value
    d1: Value = None
    d9: Value = None


def quantile_strip(
    title: str,
    quantiles: Quantiles,
    *,
    prefix: str,
    marker: tuple[str, Value] | None = None,
    unit: Unit = Unit(),  # noqa: B008 - frozen
    has_caption: bool = True,
) -> Chart:
    """A strip from D1 to D9, its middle half darker, the median as a line, `marker` (label, value) as a pointer.

    A marker beyond the strip is drawn at its edge with an arrow, so that one extreme does not flatten the rest.
    """
    named = [
        ("1er décile", quantiles.d1),
        ("1er quartile", quantiles.q1),
        ("Médiane", quantiles.median),
        ("3e quartile", quantiles.q3),
        ("9e décile", quantiles.d9),
    ]
    shown = [(name, value) for name, value in named if value is not None]
    table = shown + ([marker] if marker else [])
    headers = ("Repère", "Valeur")
    rows = tuple((name, unit.full(value)) for name, value in table)
    said = ChartWords(title, extremes(table, unit), headers, rows)
    q1, median, q3 = number(quantiles.q1), number(quantiles.median), number(quantiles.q3)
    if q1 is None or median is None or q3 is None:
        masked = any(value is SUPPRESSED for _, value in named)
        return svg.nothing_to_draw(said, prefix=prefix, width=WIDTH, masked=masked)
    d1, d9 = number(quantiles.d1), number(quantiles.d9)
    low, high = (q1 if d1 is None else d1), (q3 if d9 is None else d9)
    margin = 0.06 * ((high - low) or abs(high) or 1)
    low, high = low - margin, high + margin
    left, right = 12.0, WIDTH - 12.0

    def at(value: float) -> float:
        return left + (min(max(value, low), high) - low) / (high - low) * (right - left)

    y = 34.0
    out = [svg.line(left, y + 11, right, y + 11, palette.RULE)]
    if d1 is not None and d9 is not None:
        out.append(svg.rect(at(d1), y, at(d9) - at(d1), 22, palette.SEQUENCE[0]))
    out.append(svg.rect(at(q1), y, at(q3) - at(q1), 22, palette.SEQUENCE[1]))
    out.append(svg.line(at(median), y - 3, at(median), y + 25, palette.ACCENT, ' stroke-width="2.5"'))
    out.append(_scale_labels([(at(v), unit.short(v)) for v in (q1, median, q3)], y + 38))
    if has_caption:
        caption = "La moitié des structures se situe dans la zone foncée"
        out.append(svg.label((WIDTH / 2, y + 56), caption, size=svg.SMALL, anchor="middle", fill=palette.MUTED))
    if marker and (plain := number(marker[1])) is not None:
        x = at(plain)
        out.append(f'<path d="M{svg.num(x)} {svg.num(y - 1)}l-7 -11h14z" fill="{palette.MARK}"/>')
        arrow = "← " if plain < low else ""
        end = " →" if plain > high else ""
        shown_marker = svg.fit(f"{arrow}{marker[0]} : {unit.short(plain)}{end}", WIDTH)
        half = svg.text_width(shown_marker) / 2
        middle = min(max(x, half), WIDTH - half)
        out.append(svg.label((middle, 14), shown_marker, anchor="middle", weight=600, fill=palette.MARK))
    return svg.figure(
        out,
        said,
        prefix=prefix,
        size=(WIDTH, 96 if has_caption else 80),
        has_figures=True,
    )


def _scale_labels(labels: list[tuple[float, str]], y: float) -> str:
    """Labels under a scale, pushed apart where they would touch; the middle one stays the nearest to its place."""
    (x0, t0), (x1, t1), (x2, t2) = labels
    half0, half1, half2 = (svg.text_width(t, svg.SMALL) / 2 for t in (t0, t1, t2))
    x1 = min(max(x1, half0 * 2 + half1 + 8), WIDTH - half2 * 2 - half1 - 8)
    x0 = max(min(x0, x1 - half1 - half0 - 8), half0)
    x2 = min(max(x2, x1 + half1 + half2 + 8), WIDTH - half2)
    placed = [(x0, t0, 0), (x1, t1, 600), (x2, t2, 0)]
    return "".join(svg.label((x, y), t, size=svg.SMALL, anchor="middle", weight=w) for x, t, w in placed)


@dataclass(frozen=True, slots=True)
class Band:
    """One age band: the figures of the two sides (women and men, a territory and France…)."""

    label: str
    left: Value
    right: Value


def pyramid(
    title: str,
    bands: Sequence[Band],
    *,
    prefix: str,
    left_label: str,
    right_label: str,
    unit: Unit = Unit("%", 0),  # noqa: B008 - frozen
) -> Chart:
    """A population pyramid, bands given from the youngest, which is drawn at the bottom. Negatives count as zero."""
    headers = ("Âge", left_label, right_label)
    rows = tuple((band.label, unit.full(band.left), unit.full(band.right)) for band in bands)
    labelled = [(f"{b.label}, {side}", v) for b in bands for side, v in ((left_label, b.left), (right_label, b.right))]
    figures = tuple((band.left, band.right) for band in bands)
    said = ChartWords(title, extremes(labelled, unit), headers, rows, ChartFigures("pyramid", unit, figures))
    values = [value for _, value in labelled]
    if not drawn(values):
        masked = SUPPRESSED in values
        return svg.nothing_to_draw(said, prefix=prefix, width=WIDTH, masked=masked)
    middle = max(svg.text_width(svg.fit(b.label, 110, svg.SMALL), svg.SMALL) for b in bands) + 14
    room = max(svg.text_width(unit.short(v), svg.SMALL) for v in values) + 6
    side = (WIDTH - middle) / 2
    scale = (side - room) / (max(*drawn(values), 0.0) or 1)
    left_edge, right_edge = side, side + middle
    out = [
        svg.label((left_edge, 13), svg.fit(left_label, side), anchor="end", weight=600, fill=palette.ACCENT),
        svg.label((right_edge, 13), svg.fit(right_label, side), weight=600, fill=palette.CATEGORIES[2]),
    ]
    y = 22.0
    for band in reversed(bands):
        shown = svg.fit(band.label, middle - 8, svg.SMALL)
        out.append(svg.label((WIDTH / 2, y + 13), shown, size=svg.SMALL, anchor="middle"))
        for value, is_left in ((band.left, True), (band.right, False)):
            ruler = Ruler(left_edge, -scale) if is_left else Ruler(right_edge, scale)
            out.append(_side(value, unit, prefix, ruler, y))
        y += 23
    entries = svg.absence_legend(prefix, masked=SUPPRESSED in values, missing=None in values)
    legend, taken = svg.legend(entries, y=y + 4, width=WIDTH)
    return svg.figure(
        [*out, legend],
        said,
        prefix=prefix,
        size=(WIDTH, y + 4 + taken),
        has_figures=True,
    )


def _side(value: Value, unit: Unit, prefix: str, ruler: Ruler, y: float) -> str:
    is_left, edge = ruler.length < 0, ruler.zero
    plain = number(value)
    if plain is None:
        length, fill = 30.0, (svg.hatch(prefix) if value is SUPPRESSED else palette.NO_DATA)
    else:
        length, fill = (
            max(plain, 0.0) * abs(ruler.length),
            (palette.CATEGORIES[0] if is_left else palette.CATEGORIES[1]),
        )
    bar = svg.rect(edge - length if is_left else edge, y, length, 18, fill)
    x = edge - length - 5 if is_left else edge + length + 5
    return bar + svg.label((x, y + 13), unit.short(value), size=svg.SMALL, anchor="end" if is_left else "")
