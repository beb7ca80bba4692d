"""What a typeset document says of the figures that were composed for it."""

import io
import re
from collections.abc import Iterator, Mapping, Sequence

from pypdf import PdfReader

from senacs.lib.printed_marks import Occurrence

_BLANK = re.compile(r"\s+")


def unprinted(made: bytes, document: Mapping[str, object], written: Sequence[Occurrence]) -> list[Occurrence]:
    """Writings of a composed document that neither the text of its PDF nor its drawings hold."""
    text = "".join(page.extract_text() for page in PdfReader(io.BytesIO(made)).pages)
    # A drawing has no text for who extracts it: its source stands for it, and what is read aloud in its place.
    held = _BLANK.sub("", text + " ".join(_drawings(document)))
    by_digits = {one.digits: one for one in written}
    return [one for digits, one in by_digits.items() if _BLANK.sub("", digits) not in held]


def _drawings(part: object, name: str = "") -> Iterator[str]:
    if isinstance(part, str):
        if name == "alt" or part.lstrip().startswith("<svg"):
            yield part
    elif isinstance(part, Mapping):
        for key, inner in part.items():
            yield from _drawings(inner, str(key))
    elif isinstance(part, list | tuple):
        for inner in part:
            yield from _drawings(inner)
