"""A small drawing of a structure's own series: its values over the years, nobody else's."""

from collections.abc import Sequence
from html import escape

from django.utils.safestring import SafeString, mark_safe

from senacs.lib import french

WIDTH, HEIGHT, MARGIN = 120.0, 32.0, 4.0


def sparkline(label: str, points: Sequence[tuple[int, float | None]]) -> SafeString:
    """An SVG with its French description; empty with fewer than two known values."""
    known = [(year, value) for year, value in points if value is not None]
    if len(known) < 2:
        return SafeString("")
    first, last = points[0][0], points[-1][0]
    low, high = min([0.0, *(v for _, v in known)]), max(v for _, v in known)

    def place(year: int, value: float) -> tuple[float, float]:
        x = MARGIN + (WIDTH - 2 * MARGIN) * (year - first) / max(last - first, 1)
        y = HEIGHT - MARGIN - (HEIGHT - 2 * MARGIN) * (value - low) / ((high - low) or 1)
        return round(x, 1), round(y, 1)

    positions = [place(year, value) for year, value in known]
    path = " ".join(f"{x},{y}" for x, y in positions)
    x, y = positions[-1]
    told = escape(f"{label} : " + ", ".join(f"{french.number(value)} en {year}" for year, value in known))
    return mark_safe(  # noqa: S308 - numbers, and a label that is escaped
        f'<svg class="sn-sparkline" viewBox="0 0 {WIDTH:g} {HEIGHT:g}" width="{WIDTH:g}" height="{HEIGHT:g}"'
        ' role="img">'
        f"<title>{told}</title>"
        f'<polyline points="{path}" fill="none" stroke="currentColor" stroke-width="2"/>'
        f'<circle cx="{x}" cy="{y}" r="3" fill="currentColor"/></svg>'
    )
