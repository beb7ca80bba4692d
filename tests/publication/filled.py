"""How far down each page of a document is written: half-empty ones are seen to."""

import io
from collections.abc import Sequence

import pypdf

_FOOT = 60.0  # points from the edge: the running footer is under it
_HEAD = 57.0
_STRAIGHT = 1e-6


def fill_of(document: bytes) -> list[float]:
    """For each page after the cover, from 0 to 1, how much of its height lies over its last line of text."""
    found = []
    for page in list(pypdf.PdfReader(io.BytesIO(document)).pages)[1:]:
        feet: list[float] = []

        def note(text: str, cm: Sequence[float], tm: Sequence[float], *_: object, feet: list[float] = feet) -> None:
            y = tm[4] * cm[1] + tm[5] * cm[3] + cm[5]
            # What is aslant is the mark of a working document, as low on an empty page as on a full one.
            if text.strip() and y > _FOOT and abs(cm[1]) < _STRAIGHT and abs(tm[1]) < _STRAIGHT:
                feet.append(y)

        page.extract_text(visitor_text=note)
        height = float(page.mediabox.height)
        found.append((height - _HEAD - min(feet, default=height - _HEAD)) / (height - _HEAD - _FOOT))
    return found
