"""Draws docs/img/packages.svg from the imports: who uses whom, package by package. Run by « make picture »."""

from html import escape
from pathlib import Path

import grimp

ORDER = (
    "web demo agenda exchange publication enquiries observatory review collection campaigns training questionnaire "
    "register jobs accounts structures territories disclosure operation letters audit lib"
).split()
OUT = Path(__file__).parent / "img" / "packages.svg"
STEP, LEFT, TOP = 34, 120, 100


def arrows() -> set[tuple[str, str]]:
    """(who imports, what it imports). How many times is not told: the picture would change at every commit."""
    graph = grimp.build_graph("senacs", cache_dir=None)
    found: set[tuple[str, str]] = set()
    for module in graph.modules:
        for imported in graph.find_modules_directly_imported_by(module):
            pair = tuple(name.split(".")[1] for name in (module, imported) if name.count("."))
            if len(pair) == 2 and pair[0] != pair[1]:
                found.add((pair[0], pair[1]))
    return found


def drawing() -> str:
    """One row a package, a column for each that it imports; nothing stands under the diagonal: none imports up."""
    size = STEP * len(ORDER)
    width, height = LEFT + size + 20, TOP + size + 20
    out = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" font-family="sans-serif" '
        'font-size="13"><title>Imports between the packages of SENACS</title>',
        f'<rect width="{width}" height="{height}" fill="#fff"/>',
    ]
    for i, name in enumerate(ORDER):
        middle = i * STEP + STEP / 2
        x, y = LEFT + middle, TOP + middle
        out.append(f'<text x="{LEFT - 10}" y="{y + 4}" text-anchor="end">{escape(name)}</text>')
        out.append(f'<text transform="translate({x + 4} {TOP - 10}) rotate(-60)">{escape(name)}</text>')
        out.append(f'<path d="M{LEFT} {y}H{LEFT + size}M{x} {TOP}V{TOP + size}" stroke="#e3e8ee"/>')
        out.append(f'<rect x="{x - 5}" y="{y - 5}" width="10" height="10" fill="#b9c4d0"/>')
    for who, what in sorted(arrows()):
        x, y = (LEFT + ORDER.index(what) * STEP + STEP / 2, TOP + ORDER.index(who) * STEP + STEP / 2)
        title = f"{who} imports {what}"
        out.append(f'<circle cx="{x}" cy="{y}" r="8" fill="#12466e"><title>{title}</title></circle>')
    return "\n".join([*out, "</svg>", ""])


if __name__ == "__main__":
    OUT.write_text(drawing(), encoding="utf-8")
