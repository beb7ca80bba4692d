"""Templates are read by people: one element a line, and lines that fit beside each other."""

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
