"""A deck as a PDF 16:9."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from senacs.lib.pdf import rendering
from senacs.publication.decks.slides import Slide, slides_of
from senacs.publication.decks.wording import compared_lines

TEMPLATE = "publication/typst/deck.typ"


def deck_pdf(document: Mapping[str, Any], *, at: datetime) -> bytes:
    """The PDF/UA-1 of the slides of a document. Raises PdfError."""
    data = {
        "slides": [_printable(slide) for slide in slides_of(document)],
        "footer": document["footer"],
        "edition": document["edition"],
        "demo": document["demo"],
        "draft": bool(document.get("draft")),
    }
    title = f"{document['territory']}, {document['edition']} : diaporama"
    return rendering.render(TEMPLATE, data, title=title, keywords=["SENACS"], at=at)


def _printable(slide: Slide) -> Slide:
    if slide["kind"] != "figures":
        return slide
    return {**slide, "cards": [{**card, "lines": list(compared_lines(card))} for card in slide["cards"]]}
