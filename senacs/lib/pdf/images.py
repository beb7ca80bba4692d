"""Images in pixels: a drawing as it is, and the card that stands for a page on other sites."""

from senacs.lib.pdf.rendering import render_pages

WIDTH = 700.0  # points: at 144 dots an inch, 1,400 pixels
_DOTS = 144.0


def png_of(svg: str, title: str) -> bytes:
    """The drawing on white, 1,400 pixels wide. Raises PdfError."""
    return render_pages("lib/typst/picture.typ", {"svg": svg, "width": WIDTH}, title=title, ppi=_DOTS)[0]


def card(*, title: str, figure: str, label: str, source: str) -> bytes:
    """A card of 1,200 × 630 pixels. Raises PdfError."""
    data = {"title": title, "figure": figure, "label": label, "source": source}
    return render_pages("lib/typst/card.typ", data, title=title)[0]
