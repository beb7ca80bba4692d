"""What is looked at on each page of a document once it is typeset: how full it is, and what leaves it or was cut.

Positions are read from the content of the pages (ISO 32000-1, 8.3 and 9.4): `cm` moves the drawing, `Tm` places words.
"""

import io
import re
from collections.abc import Iterator, Mapping
from typing import Any

import pypdf

from senacs.lib import french

FOOT, HEAD = 60.0, 57.0  # points from the edges: the running footer is under the one
LEAST_FILL = 0.3
_STRAIGHT = 1e-6
_CUT = re.compile(r">([^<>]*…)</text>")
_STEP = re.compile(
    rb"(-?[\d.]+) (-?[\d.]+) (-?[\d.]+) (-?[\d.]+) (-?[\d.]+) (-?[\d.]+) (cm|Tm)\b|(?<![\w/])(q|Q|TJ|Tj)(?!\w)"
)
Matrix = tuple[float, ...]


def fill_of(document: bytes) -> list[float]:
    """For each page after the cover, from 0 to 1, how much of its height lies over its last line of text."""
    pages = list(pypdf.PdfReader(io.BytesIO(document)).pages)[1:]
    return [_fill(page) for page in pages]


def faults_of(document: bytes, data: Mapping[str, Any]) -> list[str]:
    """What a person should look at, in French: nearly empty pages, words out of the page, words cut in a drawing.

    The last page is left to end where it ends.
    """
    faults = []
    pages = list(pypdf.PdfReader(io.BytesIO(document)).pages)
    for number, page in enumerate(pages[1:], 2):
        fill = _fill(page)
        if fill < LEAST_FILL and number < len(pages):
            faults.append(f"Page {number} : remplie à {french.percent(100 * fill)} seulement.")
        if any(not _is_inside(page, place) for place in _places(page)):
            faults.append(f"Page {number} : un texte sort de la page.")
    faults += [f"Dans un dessin, un texte est coupé : « {words} »." for words in sorted(set(_cut_words(data)))]
    return faults


def _fill(page: pypdf.PageObject) -> float:
    height = float(page.mediabox.height)
    lowest = min((y for _, y in _places(page) if y > FOOT), default=height - HEAD)
    return (height - HEAD - lowest) / (height - HEAD - FOOT)


def _is_inside(page: pypdf.PageObject, place: tuple[float, float]) -> bool:
    x, y = place
    return -1 <= x <= float(page.mediabox.width) + 1 and -1 <= y <= float(page.mediabox.height) + 1


def _places(page: pypdf.PageObject) -> Iterator[tuple[float, float]]:
    """Where each run of words begins, in points from the bottom left corner."""
    content = page.get_contents()
    now: Matrix = (1, 0, 0, 1, 0, 0)
    kept: list[Matrix] = []
    text: Matrix | None = None
    for step in _STEP.finditer(content.get_data() if content is not None else b""):
        name = step[7] or step[8]
        if name == b"q":
            kept.append(now)
        elif name == b"Q":
            now = kept.pop()
        elif name == b"cm":
            now = _times(_numbers(step), now)
        elif name == b"Tm":
            text = _numbers(step)
        elif text is not None:
            _, aslant, _, _, x, y = _times(text, now)
            # The mark of a working document is as low on an empty page as on a full one.
            if abs(aslant) < _STRAIGHT:
                yield x, y


def _numbers(step: "re.Match[bytes]") -> Matrix:
    return tuple(float(step[i]) for i in range(1, 7))


def _times(one: Matrix, other: Matrix) -> Matrix:
    a, b, c, d, e, f = one
    p, q, r, s, t, u = other
    return (a * p + b * r, a * q + b * s, c * p + d * r, c * q + d * s, e * p + f * r + t, e * q + f * s + u)


def _cut_words(data: Any) -> Iterator[str]:
    """The labels of drawings that end on « … », wherever a drawing is in the data."""
    if isinstance(data, str):
        if data.startswith("<svg"):
            yield from _CUT.findall(data)
    elif isinstance(data, Mapping):
        for value in data.values():
            yield from _cut_words(value)
    elif isinstance(data, list | tuple):
        for value in data:
            yield from _cut_words(value)
