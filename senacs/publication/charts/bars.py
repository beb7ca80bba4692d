"""Bars: horizontal, grouped by year, stacked shares."""

from collections.abc import Sequence
from dataclasses import dataclass

from senacs.lib import french
from senacs.publication.charts import palette, svg
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

WIDTH = 360.0
HEIGHT = 210.0  # of columns
MASKED_LENGTH = 44.0


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar; `reference` is the same figure elsewhere (the national one), drawn as a mark on the bar."""

    label: str
    value: Value
    reference: Value = None
    is_highlighted: bool = False


def horizontal_bars(
    title: str,
    bars: Sequence[Bar],
    *,
    prefix: str,
    unit: Unit = Unit(),  # noqa: B008 - frozen
    reference_label: str = "",
    columns: Columns = Columns(),  # noqa: B008 - frozen
) -> Chart:
    """One bar a line, its label above it, its figure at its end. Negative figures go to the left of zero."""
    has_reference = bool(reference_label) and any(bar.reference is not None for bar in bars)
    headers = (columns.line, columns.value, *((reference_label,) if has_reference else ()))
    rows = tuple(
        (bar.label, unit.full(bar.value), *((unit.full(bar.reference),) if has_reference else ())) for bar in bars
    )
    figures = tuple((bar.value, *((bar.reference,) if has_reference else ())) for bar in bars)
    words = extremes([(bar.label, bar.value) for bar in bars], unit)
    said = ChartWords(title, words, headers, rows, ChartFigures("bars", unit, figures))
    values = drawn([bar.value for bar in bars])
    references = drawn([bar.reference for bar in bars]) if has_reference else []
    if not values and not references:
        masked = any(bar.value is SUPPRESSED for bar in bars)
        return svg.nothing_to_draw(said, prefix=prefix, width=WIDTH, masked=masked)
    scale_values = values + references
    low, high = min(0.0, *scale_values), max(0.0, *scale_values)
    # The figure stands at the end of its bar: room is kept for the widest on each side.
    room = max(svg.text_width(unit.short(bar.value)) for bar in bars) + 10
    left = room if low < 0 else 0.0
    scale = (WIDTH - left - room) / ((high - low) or 1)
    ruler = Ruler(left - low * scale, scale)
    out, y = [], 0.0
    for bar in bars:
        for shown in svg.wrap(bar.label, WIDTH, 2):
            out.append(svg.label((0, y + 12), shown, weight=600 if bar.is_highlighted else 0))
            y += 16
        mark = number(bar.reference) if has_reference else None
        at = None if mark is None else ruler.at(mark)
        out.append(_bar(bar, unit, prefix, ruler, y=y + 1, mark=at))
        out.append(svg.line(ruler.zero, y - 1, ruler.zero, y + 18, palette.MUTED))
        if at is not None:
            out.append(svg.line(at, y - 1.5, at, y + 18.5, palette.PAPER, ' stroke-width="4.4"'))
            out.append(svg.line(at, y - 1.5, at, y + 18.5, palette.MARK, ' stroke-width="2.2"'))
        y += 26
    if has_reference:
        out.append(svg.line(2, y, 2, y + 14, palette.MARK, ' stroke-width="2.2"'))
        out.append(svg.label((12, y + 11.5), svg.fit(reference_label, WIDTH - 12), size=svg.SMALL, fill=palette.MUTED))
        y += 19
    absent = svg.absence_legend(
        prefix,
        masked=any(bar.value is SUPPRESSED for bar in bars),
        missing=any(number(bar.value) is None and bar.value is not SUPPRESSED for bar in bars),
    )
    drawing, taken = svg.legend(absent, y=y, width=WIDTH)
    return svg.figure(
        [*out, drawing],
        said,
        prefix=prefix,
        size=(WIDTH, y + taken),
        has_figures=True,
    )


def _bar(bar: Bar, unit: Unit, prefix: str, ruler: Ruler, *, y: float, mark: float | None) -> str:
    zero = ruler.zero
    plain = number(bar.value)
    if plain is None:
        fill = svg.hatch(prefix) if bar.value is SUPPRESSED else palette.NO_DATA
        edge = f' stroke="{palette.MUTED}" stroke-width=".7"'
        return svg.rect(zero, y, MASKED_LENGTH, 15, fill, edge) + svg.label(
            (_clear_of(mark, zero + MASKED_LENGTH + 6, unit.full(bar.value)), y + 12),
            unit.full(bar.value),
            fill=palette.MUTED,
        )
    fill = palette.ACCENT if bar.is_highlighted else palette.MAIN
    length = plain * ruler.length
    shown = unit.short(plain)
    if length < 0:
        return svg.rect(zero + length, y, -length, 15, fill) + svg.label(
            (zero + length - 6, y + 12), shown, anchor="end", weight=600
        )
    x = _clear_of(mark, zero + length + 6, shown)
    return svg.rect(zero, y, length, 15, fill) + svg.label((x, y + 12), shown, weight=600)


def _clear_of(mark: float | None, x: float, words: str) -> float:
    """Where words meant for x stand so that the reference mark does not cross them."""
    if mark is None or not x - 6 < mark < x + svg.text_width(words) + 2:
        return x
    return mark + 7


@dataclass(frozen=True, slots=True)
class BarSeries:
    """One value for each group (or x) of the chart."""

    label: str
    values: Sequence[Value]


def grouped_bars(
    title: str,
    groups: Sequence[str],
    series: Sequence[BarSeries],
    *,
    prefix: str,
    unit: Unit = Unit(),  # noqa: B008 - frozen
    group_header: str = "Année",
) -> Chart:
    """Columns side by side in each group (a year); the legend stands above. Raises ValueError on ragged series."""
    _check_lengths(groups, series)
    headers = (group_header, *(s.label for s in series))
    rows = tuple((group, *(unit.full(s.values[i]) for s in series)) for i, group in enumerate(groups))
    labelled = [(f"{s.label}, {group}", value) for s in series for group, value in zip(groups, s.values, strict=True)]
    said = ChartWords(title, extremes(labelled, unit), headers, rows)
    values = [value for _, value in labelled]
    plain = drawn(values)
    if not plain:
        return svg.nothing_to_draw(said, prefix=prefix, width=WIDTH, masked=SUPPRESSED in values)
    entries = [(palette.category(i), s.label) for i, s in enumerate(series)] if len(series) > 1 else []
    entries += svg.absence_legend(prefix, masked=SUPPRESSED in values, missing=None in values)
    top_drawing, taken = svg.legend(entries, y=0, width=WIDTH)
    ticks = nice_ticks(min(0.0, *plain), max(0.0, *plain))
    left = max(svg.text_width(unit.short(tick), svg.SMALL) for tick in ticks) + 8
    top, bottom = taken + 18, taken + HEIGHT - 24
    scale = (bottom - top) / (ticks[-1] - ticks[0])
    out = [top_drawing]
    for tick in ticks:
        y = bottom - (tick - ticks[0]) * scale
        out.append(svg.line(left, y, WIDTH, y, palette.MUTED if tick == 0 else palette.RULE))
        out.append(svg.label((left - 6, y + 4), unit.short(tick), size=svg.SMALL, anchor="end", fill=palette.MUTED))
    zero = bottom + ticks[0] * scale
    step = (WIDTH - left) / len(groups)
    thick = min(step * 0.78 / len(series), 46.0)
    shows_figures = all(svg.text_width(unit.short(v), svg.SMALL) <= thick + 6 for v in plain)
    for g, group in enumerate(groups):
        middle = left + step * (g + 0.5)
        for i, s in enumerate(series):
            x = middle + (i - len(series) / 2) * thick
            value = s.values[g]
            figure_y = number(value)
            if figure_y is None:
                fill = svg.hatch(prefix) if value is SUPPRESSED else palette.NO_DATA
                out.append(svg.rect(x + 0.5, zero - 22, thick - 1, 22, fill))
                continue
            end = zero - figure_y * scale
            out.append(svg.rect(x + 0.5, min(end, zero), thick - 1, abs(end - zero), palette.category(i)))
            if shows_figures:
                y = end - 4 if figure_y >= 0 else end + 12
                out.append(
                    svg.label((x + thick / 2, y), unit.short(value), size=svg.SMALL, anchor="middle", weight=600)
                )
        if step >= 26 or g % 2 == 0:
            shown = svg.fit(group, step if step >= 26 else 2 * step, svg.SMALL)
            out.append(svg.label((middle, taken + HEIGHT - 6), shown, size=svg.SMALL, anchor="middle"))
    return svg.figure(
        out,
        said,
        prefix=prefix,
        size=(WIDTH, taken + HEIGHT),
        has_figures=True,
    )


def stacked_shares(
    title: str,
    parts: Sequence[str],
    bars: Sequence[BarSeries],
    *,
    prefix: str,
    decimals: int = 0,
    part_header: str = "Part",
) -> Chart:
    """Bars of 100 % cut in parts; values are shares in percent, what is left of a bar with masked parts is hatched.

    A bar whose known shares exceed 100 is brought back to 100. Raises ValueError when a bar misses a part.
    """
    _check_lengths(parts, bars)
    unit = Unit("%", decimals)
    headers = (part_header, *(bar.label for bar in bars))
    rows = tuple((part, *(unit.full(bar.values[i]) for bar in bars)) for i, part in enumerate(parts))
    values = [value for bar in bars for value in bar.values]
    words = " ".join(
        f"{bar.label} : {french.joined([f'{p} {unit.full(v)}' for p, v in zip(parts, bar.values, strict=True)])}."
        for bar in bars
    )
    figures = tuple(tuple(bar.values[i] for bar in bars) for i in range(len(parts)))
    words = words or "Aucune donnée disponible."
    said = ChartWords(title, words, headers, rows, ChartFigures("stacked", unit, figures))
    if not any(plain > 0 for plain in drawn(values)):
        return svg.nothing_to_draw(said, prefix=prefix, width=WIDTH, masked=SUPPRESSED in values)
    out, y = [], 0.0
    for bar in bars:
        if bar.label:
            for shown in svg.wrap(bar.label, WIDTH, 2):
                out.append(svg.label((0, y + 12), shown))
                y += 16
        out.append(_shares(bar, unit, prefix, y=y + 1))
        y += 34
    entries = [(palette.category(i), part) for i, part in enumerate(parts)]
    entries += svg.absence_legend(prefix, masked=SUPPRESSED in values, missing=None in values)
    drawing, taken = svg.legend(entries, y=y, width=WIDTH)
    return svg.figure(
        [*out, drawing],
        said,
        prefix=prefix,
        size=(WIDTH, y + taken),
        has_figures=True,
    )


def _shares(bar: BarSeries, unit: Unit, prefix: str, *, y: float) -> str:
    shares = [max(number(value) or 0.0, 0.0) for value in bar.values]
    total = sum(shares)
    scale = WIDTH / max(total, 100.0)
    out, x = [], 0.0
    for i, share in enumerate(shares):
        length = share * scale
        if length <= 0:
            continue
        colour = palette.category(i)
        out.append(svg.rect(x, y, length, 24, colour, ' stroke="#fff"'))
        shown = unit.short(bar.values[i])
        if svg.text_width(shown, svg.SMALL) + 6 <= length:
            ink = palette.ink_on(colour)
            out.append(
                svg.label((x + length / 2, y + 16.5), shown, size=svg.SMALL, anchor="middle", weight=600, fill=ink)
            )
        x += length
    if WIDTH - x > 1.5:
        fill = svg.hatch(prefix) if SUPPRESSED in bar.values else palette.NO_DATA
        out.append(svg.rect(x, y, WIDTH - x, 24, fill, f' stroke="{palette.MUTED}" stroke-width=".7"'))
    return "".join(out)


def _check_lengths(names: Sequence[str], series: Sequence[BarSeries]) -> None:
    for one in series:
        if len(one.values) != len(names):
            raise ValueError(f"{one.label!r}: {len(one.values)} values for {len(names)} names")
