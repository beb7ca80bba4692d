"""Maps of places: a mark a commune, its size by how many structures it has, each a link with its name."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from senacs.lib import french
from senacs.publication.charts import palette, svg
from senacs.publication.charts.basemap import Window
from senacs.publication.charts.chart import Chart, ChartWords

_KM_A_DEGREE = 111.2
_STEPS = (1, 2, 5, 10, 20, 50, 100, 200)  # kilometres of the scale


@dataclass(frozen=True, slots=True)
class PlaceMark:
    """`first` and `second`: how many of each kind stand there; `href`: where the mark leads; `code`: of its commune.
    With none of either kind, a cross.
    """

    name: str
    longitude: float
    latitude: float
    first: int
    second: int
    href: str = ""
    code: str = ""

    @property
    def count(self) -> int:
        return self.first + self.second


def place_map(
    title: str,
    window: Window,
    marks: Sequence[PlaceMark],
    *,
    prefix: str,
    kinds: tuple[tuple[str, str], tuple[str, str]],
    highlight: str = "",
) -> Chart:
    """Discs on the outlines: plain where the first kind stands, with a white heart where only the second does.

    `kinds`: each in singular and plural; `highlight`: the area that is shaded.
    """
    shapes = "".join(
        f'<path d="{s.path}" fill="{"#f6f8f9" if s.code != highlight else "#e4eef2"}"/>' for s in window.shapes
    )
    body = [
        svg.rect(0, 0, window.width, window.height, palette.PAPER, f' stroke="{palette.RULE}"'),
        f'<g stroke="#9aa7b1" stroke-width=".8" stroke-linejoin="round">{shapes}</g>',
    ]
    served = [mark for mark in marks if mark.count]
    inside = [(mark, window.place(mark.longitude, mark.latitude)) for mark in marks]
    inside = [(m, at) for m, at in inside if 0 <= at[0] <= window.width and 0 <= at[1] <= window.height]
    for mark, (x, y) in sorted(inside, key=lambda pair: -pair[0].count):
        body.append(_linked(mark, _disc(x, y, mark), kinds) if mark.count else _cross(x, y))
    body.append(_scale(window))
    legend, taken = svg.legend(
        [(palette.ACCENT, kinds[0][1].capitalize()), (palette.SEQUENCE[1], f"{kinds[1][1].capitalize()} seulement")],
        y=window.height + 8,
        width=window.width,
        outline=True,
    )
    rows = tuple(
        (mark.name, french.number(mark.first), french.number(mark.second))
        for mark in sorted(served, key=lambda mark: mark.name)
    )
    total = sum(mark.count for mark in served)
    return svg.figure(
        [*body, legend],
        ChartWords(
            title,
            f"{french.plural(total, 'structure')} dans {french.plural(len(served), 'commune')}.",
            ("Commune", kinds[0][1].capitalize(), kinds[1][1].capitalize()),
            rows,
        ),
        prefix=prefix,
        size=(window.width, window.height + 8 + taken),
        has_figures=bool(served),
        is_linked=any(mark.href for mark in marks),
    )


def _cross(x: float, y: float) -> str:
    arms = f"M{svg.num(x - 7)} {svg.num(y)}h14M{svg.num(x)} {svg.num(y - 7)}v14"
    return (
        f'<path d="{arms}" stroke="#fff" stroke-width="5" pointer-events="none"/>'
        f'<path d="{arms}" stroke="{palette.MARK}" stroke-width="2.4" pointer-events="none"/>'
    )


def _disc(x: float, y: float, mark: PlaceMark) -> str:
    radius = 4.5 + 1.8 * math.sqrt(mark.count - 1)
    fill = palette.ACCENT if mark.first else palette.SEQUENCE[1]
    edge = "#fff" if mark.first else palette.ACCENT
    return (
        f'<circle cx="{svg.num(x)}" cy="{svg.num(y)}" r="{svg.num(radius)}" fill="{fill}" fill-opacity=".88" '
        f'stroke="{edge}" stroke-width="1.2"/>'
    )


def _linked(mark: PlaceMark, drawing: str, kinds: tuple[tuple[str, str], tuple[str, str]]) -> str:
    counts = [
        french.plural(count, *words) for count, words in ((mark.first, kinds[0]), (mark.second, kinds[1])) if count
    ]
    words = svg.escape(f"{mark.name} : {french.joined(counts)}")
    titled = f"<title>{words}</title>{drawing}"
    return f'<a href="{svg.escape(mark.href)}" aria-label="{words}">{titled}</a>' if mark.href else f"<g>{titled}</g>"


def _scale(window: Window) -> str:
    """A bar of a round number of kilometres, about a quarter of the width."""
    unit = abs(window.place(0.0, 0.0)[1] - window.place(0.0, 1.0)[1]) / _KM_A_DEGREE
    km = max((step for step in _STEPS if step * unit <= window.width / 3), default=_STEPS[0])
    left, top, long = 8.0, window.height - 10, km * unit
    line = svg.line(left, top, left + long, top, palette.INK, ' stroke-width="2"')
    return line + svg.label((left, top - 5), f"{km}{french.NBSP}km", size=svg.SMALL)
