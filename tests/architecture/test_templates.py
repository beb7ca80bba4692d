"""Templates are read by people: one element a line, and lines that fit beside each other."""

import re
from pathlib import Path

from django.conf import settings

WIDTH = 120
PRODUCT = Path(settings.BASE_DIR) / "senacs"
TEMPLATES = sorted(path for path in PRODUCT.rglob("*.html") if {"templates", "jinja2"} & set(path.parts))


def test_no_line_of_a_template_is_wider_than_a_screen() -> None:
    assert len(TEMPLATES) > 100
    wide = [
        f"{path.relative_to(PRODUCT)}:{number}"
        for path in TEMPLATES
        for number, line in enumerate(path.read_text().splitlines(), start=1)
        if len(line) > WIDTH
    ]
    assert not wide, f"over {WIDTH} characters: {', '.join(wide)} (make format, then shorten what is left)"


_INCLUDE = re.compile(r"""\{%-?\s*include\s+["']([^"']+)["']""")


BY_NAME = {str(path).partition("/templates/")[2]: path for path in TEMPLATES if "/templates/" in str(path)}


def includes(path: Path) -> set[str]:
    """Names of the templates that one includes, through as many others as it takes."""
    found: set[str] = set()
    waiting = set(_INCLUDE.findall(path.read_text()))
    while waiting:
        name = waiting.pop()
        found.add(name)
        if name in BY_NAME:
            waiting |= set(_INCLUDE.findall(BY_NAME[name].read_text())) - found
    return found


def test_a_page_that_asks_again_loads_what_asks() -> None:
    """Attributes of htmx do nothing, without a word, on a page that does not load it: three pages stood still so."""
    asking = {name for name, path in BY_NAME.items() if "hx-get" in path.read_text()}
    # A page, or the piece of a tag, which loads what it needs wherever it stands.
    whole = [p for p in TEMPLATES if "{% extends" in p.read_text() or BY_NAME.get("senacs_ui/travail.html") == p]
    concerned = [p for p in whole if "hx-get" in p.read_text() or includes(p) & asking]
    # A page may hold two pieces that ask; none is nowhere.
    assert len(asking) >= 3 and asking <= {name for page in concerned for name in includes(page)}
    assert [str(p.relative_to(PRODUCT)) for p in concerned if "htmx-2.min.js" not in p.read_text()] == []
