"""Series over the years: lines with breaks of definition and confidence intervals."""

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from senacs.publication.charts import palette, svg
from senacs.publication.charts.bars import WIDTH
from senacs.publication.charts.chart import (
    SUPPRESSED,
    Chart,
    ChartFigures,
    ChartWords,
    Unit,
    Value,
    drawn,
    extremes,
    nice_ticks,
    number,
)

Place = Callable[[int, float], tuple[float, float]]  # index of the year and value → position
# From a point to the foot of its figure, over it or under it, and from a figure to the next.
OVER, UNDER, STEP = 9.0, 18.0, 14.0
TALL = 160.0  # a drawing under this height has two graduations only
NOTE_LINES = 4  # of a change of definition: a decision is told in a sentence or two
DASHES = ("", "6 3", "2 3", "9 3 2 3")


@dataclass(frozen=True, slots=True)
class Point:
    """One year; `low` and `high` bound the 95 % interval of an estimate."""

    value: Value
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True, slots=True)
class LineSeries:
    label: str
    points: Sequence[Point]


@dataclass(frozen=True, slots=True)
class Break:
    """The definition changed between `x` and the year before: the line is cut there and the reason told."""

    x: str
    note: str


@dataclass(frozen=True, slots=True)
class TimeAxis:
    """The steps from left to right (years, weeks), what they are called, and where the definition changed."""

    steps: Sequence[str]
    breaks: Sequence[Break] = ()
    header: str = "Année"


@dataclass(frozen=True, slots=True)
class PlotArea:
    """What all lines of a drawing stand on: their steps, those where they are cut, the places, the lowest ordinate."""

    xs: Sequence[str]
    cuts: set[str]
    place: Place
    bottom: float


def lines(
    title: str,
    axis: TimeAxis,
    series: Sequence[LineSeries],
    *,
    prefix: str,
    unit: Unit = Unit(),  # noqa: B008 - frozen
    size: tuple[float, float] = (WIDTH, 220.0),
) -> Chart:
    """A line a series, told apart by colour, dash and marker; missing years leave a gap. ValueError if ragged."""
    xs, breaks = axis.steps, axis.breaks
    width, height = size
    for one in series:
        if len(one.points) != len(xs):
            raise ValueError(f"{one.label!r}: {len(one.points)} points for {len(xs)} years")
    has_interval = any(p.low is not None and p.high is not None for s in series for p in s.points)
    beside = ("Intervalle à 95\u00a0%",) if has_interval else ()
    headers = (axis.header, *(header for s in series for header in (s.label, *beside)))
    rows = tuple(
        (x, *(cell for s in series for cell in _cells(s.points[i], unit, has_interval))) for i, x in enumerate(xs)
    )
    labelled = [(f"{s.label}, {x}", p.value) for s in series for x, p in zip(xs, s.points, strict=True)]
    words = " ".join([extremes(labelled, unit), *(f"Rupture de série en {b.x} : {b.note}." for b in breaks)])
    # A line that is cut is not drawn again by who would draw it across the cut.
    points = tuple(tuple(s.points[i].value for s in series) for i in range(len(xs)))
    figures = None if breaks else ChartFigures("lines", unit, points)
    said = ChartWords(title, words, headers, rows, figures)
    values = [value for _, value in labelled]
    plain = drawn(values)
    if not plain:
        masked = SUPPRESSED in values
        return svg.nothing_to_draw(said, prefix=prefix, width=width, masked=masked)
    bounds = drawn([b for s in series for p in s.points for b in (p.low, p.high)])
    everything = plain + bounds
    ticks = nice_ticks(
        min(0.0, *everything),
        max(0.0, *everything),
        count=4 if height >= TALL else 2,
    )
    entries = [(palette.category(i), s.label) for i, s in enumerate(series)] if len(series) > 1 else []
    if SUPPRESSED in values:
        entries.append((svg.hatch(prefix), "masqué (secret statistique)"))
    legend, taken = svg.legend(entries, y=0, width=width)
    left = max(svg.text_width(unit.short(tick), svg.SMALL) for tick in ticks) + 10
    top, bottom = taken + 20, taken + height - 26
    scale = (bottom - top) / (ticks[-1] - ticks[0])
    step = (width - left - 34) / max(len(xs) - 1, 1)

    def place(i: int, value: float) -> tuple[float, float]:
        return left + 14 + i * step, bottom - (value - ticks[0]) * scale

    out = [legend]
    for tick in ticks:
        y = place(0, tick)[1]
        out.append(svg.line(left, y, width, y, palette.MUTED if tick == 0 else palette.RULE))
        out.append(svg.label((left - 6, y + 4), unit.short(tick), size=svg.SMALL, anchor="end", fill=palette.MUTED))
    cuts = {b.x for b in breaks}
    area = PlotArea(xs, cuts, place, bottom)
    for i, x in enumerate(xs):
        at = place(i, ticks[0])[0]
        if x in cuts and i:
            cut = at - step / 2
            out.append(svg.line(cut, top - 8, cut, bottom, palette.MARK, ' stroke-dasharray="3 3"'))
        shown = svg.fit(x, max(step, 30), svg.SMALL)
        if step >= 30 or i % 2 == 0:
            out.append(svg.label((at, taken + height - 8), shown, size=svg.SMALL, anchor="middle"))
    for i, one in enumerate(series):
        out.append(_line(one, i, area, prefix=prefix))
    out.extend(_figures(series, place, unit=unit, bottom=bottom))
    total = taken + height
    for one_break in breaks:
        for shown in svg.wrap(f"Rupture en {one_break.x} : {one_break.note}", width, NOTE_LINES, svg.SMALL):
            out.append(svg.label((0, total + 10), shown, size=svg.SMALL, fill=palette.MARK))
            total += 16
    return svg.figure(
        out,
        said,
        prefix=prefix,
        size=(width, total),
        has_figures=True,
    )


def _cells(point: Point, unit: Unit, has_interval: bool) -> tuple[str, ...]:
    if not has_interval:
        return (unit.full(point.value),)
    if point.low is None or point.high is None or number(point.value) is None:
        return unit.full(point.value), "–"
    return unit.full(point.value), f"{unit.full(point.low)} à {unit.full(point.high)}"


def _line(series: LineSeries, index: int, area: PlotArea, *, prefix: str) -> str:
    place = area.place
    colour = palette.category(index)
    runs: list[list[int]] = [[]]
    for i, point in enumerate(series.points):
        if number(point.value) is None:
            runs.append([])
            continue
        if area.xs[i] in area.cuts:
            runs.append([])
        runs[-1].append(i)
    out: list[str] = []
    for i, point in enumerate(series.points):
        if point.value is SUPPRESSED:
            x = place(i, 0)[0]
            out.append(svg.rect(x - 6, area.bottom - 12, 12, 12, svg.hatch(prefix)))
    for run in filter(None, runs):
        out.append(_interval([(i, series.points[i]) for i in run], place, colour))
        coordinates = [place(i, _plain(series.points[i].value)) for i in run]
        path = "L".join(f"{svg.num(x)} {svg.num(y)}" for x, y in coordinates)
        dash = DASHES[index % len(DASHES)]
        dashes = f' stroke-dasharray="{dash}"' if dash else ""
        out.append(f'<path d="M{path}" fill="none" stroke="{colour}" stroke-width="2.4"{dashes}/>')
        out.extend(_marker(x, y, index, colour) for x, y in coordinates)
    return "".join(out)


def _figures(series: Sequence[LineSeries], place: Place, *, unit: Unit, bottom: float) -> Iterator[str]:
    """The first and the last figure of each line, one under the other in the order of their points.

    Two printed over each other tell neither: those of one place are stacked, half over the points, half under.
    """
    columns: dict[int, list[tuple[float, str]]] = {}
    for one in series:
        known = [i for i, point in enumerate(one.points) if number(point.value) is not None]
        for i in {known[0], known[-1]} if known else ():
            y = place(i, _plain(one.points[i].value))[1]
            columns.setdefault(i, []).append((y, unit.short(one.points[i].value)))
    last = len(series[0].points) - 1
    for i, found in columns.items():
        # The first figure starts at its point, clear of the graduations; the last one ends at it.
        anchor = "end" if i == last and i else "" if last and not i else "middle"
        x = place(i, 0)[0] + {"end": 14, "": -4}.get(anchor, 0)
        for foot, shown in _stacked(sorted(found), bottom):
            yield svg.label((x, foot), shown, size=svg.SMALL, anchor=anchor, weight=600)


def _stacked(found: Sequence[tuple[float, str]], bottom: float) -> Iterator[tuple[float, str]]:
    """The foot of each figure, from the heights of their points, the highest first."""
    half = (len(found) + 1) // 2
    under = list(found[half:])
    if under and under[-1][0] + UNDER + STEP * (len(under) - 1) >= bottom:
        half, under = len(found), []  # no room over the axis
    foot = math.inf
    for place in reversed(range(half)):
        foot = min(found[place][0] - OVER, foot - STEP)
        for y, _ in reversed(found[:place]):
            if foot - STEP < y:  # the point of another would be covered
                foot = min(foot, y - OVER)
        yield foot, found[place][1]
    foot = -math.inf
    for place in range(len(found) - len(under), len(found)):
        foot = max(found[place][0] + UNDER, foot + STEP)
        for y, _ in found[place + 1 :]:
            if y < foot + OVER / 2:
                foot = max(foot, y + UNDER)
        yield foot, found[place][1]


def _plain(value: Value) -> float:
    plain = number(value)
    assert plain is not None
    return plain


def _interval(points: list[tuple[int, Point]], place: Place, colour: str) -> str:
    bounded = [(i, p.low, p.high) for i, p in points if p.low is not None and p.high is not None]
    if not bounded:
        return ""
    if len(bounded) == 1:
        i, low, high = bounded[0]
        x, top = place(i, high)
        return svg.line(x, top, x, place(i, low)[1], colour, ' stroke-width="6" stroke-opacity=".25"')
    upper = [place(i, high) for i, _, high in bounded]
    lower = [place(i, low) for i, low, _ in reversed(bounded)]
    path = "L".join(f"{svg.num(x)} {svg.num(y)}" for x, y in [*upper, *lower])
    return f'<path d="M{path}Z" fill="{colour}" fill-opacity=".18"/>'


def _marker(x: float, y: float, index: int, colour: str) -> str:
    edge = f'fill="{colour}" stroke="#fff" stroke-width="1.2"'
    shape = index % 3
    if shape == 0:
        return f'<circle cx="{svg.num(x)}" cy="{svg.num(y)}" r="4" {edge}/>'
    if shape == 1:
        return f'<rect x="{svg.num(x - 3.6)}" y="{svg.num(y - 3.6)}" width="7.2" height="7.2" {edge}/>'
    return f'<path d="M{svg.num(x)} {svg.num(y - 5)}l5 9h-10z" {edge}/>'
