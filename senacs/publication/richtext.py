"""Texts that people write in publications: paragraphs, bold, italics and lists, and nothing else.

Kept as typed: « **gras** », « *italique* », lines that begin with « - » make a list, a blank line ends a paragraph.
Read into plain data, which a template prints and a typesetter sets: no markup of a reader's ever reaches a page.
"""

import re
import unicodedata
from bisect import bisect_left
from collections.abc import Iterator
from typing import TypedDict

from senacs.lib.refusals import Refused


class Span(TypedDict):
    text: str
    bold: bool
    italic: bool


class RichBlock(TypedDict):
    """`kind`: « paragraphe » (one item) or « liste » (one item an entry)."""

    kind: str
    items: list[list[Span]]


LONGEST = 4000
_ENTRY = re.compile(r"^[-•–]\s+")
# What only a release may say: amounts, percents, counts in the thousands. Years are words like others. Each run of
# digits is read once: what may follow an amount may also be missing, so that nothing is taken back.
_AMOUNT = re.compile(
    r"\d[\d\s.,]*(%|€|euros?\b|pour cent\b|M€|k€|millions?\b|milliers?\b|ETP\b)?",
    re.IGNORECASE,
)
_THOUSANDS = re.compile(r"\b\d{1,3}+(?:[ \u00a0\u202f.]\d{3})+\b|\b(?!(?:1[89]|20|21)\d\d\b)\d{4,}+\b")


def clean(source: str, *, longest: int = LONGEST) -> str:
    """The text as it is kept: composed, one kind of line end, no control characters. Refused beyond `longest`."""
    text = unicodedata.normalize("NFC", source.replace("\r\n", "\n").replace("\r", "\n"))
    text = "".join(c for c in text if c in "\n\t" or unicodedata.category(c) not in {"Cc", "Cf", "Cs", "Co", "Cn"})
    text = re.sub(r"\n{3,}", "\n\n", text).strip()
    if len(text) > longest:
        raise Refused(f"Ce texte fait {len(text)} caractères ; il en faut au plus {longest}.")
    return text


def typed_figures(source: str) -> list[str]:
    """The figures written by hand: in a publication they come from the release, never from the keyboard."""
    amounts = [found for found in _AMOUNT.finditer(source) if found[1]]
    found = sorted([*amounts, *_THOUSANDS.finditer(source)], key=lambda figure: (figure.start(), -figure.end()))
    kept: list[re.Match[str]] = []
    for figure in found:
        if not kept or figure.start() >= kept[-1].end():
            kept.append(figure)
    return [figure.group().strip() for figure in kept]


def parse(source: str) -> list[RichBlock]:
    """The blocks of a text; an empty text has none."""
    blocks: list[RichBlock] = []
    for part in re.split(r"\n\s*\n", source.strip()):
        lines = [line.strip() for line in part.split("\n") if line.strip()]
        for is_list, run in _runs(lines):
            if is_list:
                items = [list(_spans(_ENTRY.sub("", line))) for line in run]
                blocks.append({"kind": "liste", "items": items})
            else:
                blocks.append({"kind": "paragraphe", "items": [list(_spans(" ".join(run)))]})
    return blocks


def plain(source: str) -> str:
    """The words alone."""
    return " ".join("".join(span["text"] for span in item) for block in parse(source) for item in block["items"])


def _runs(lines: list[str]) -> Iterator[tuple[bool, list[str]]]:
    run: list[str] = []
    for line in lines:
        is_entry = bool(_ENTRY.match(line))
        if run and is_entry != bool(_ENTRY.match(run[0])):
            yield not is_entry, run
            run = []
        run.append(line)
    if run:
        yield bool(_ENTRY.match(run[0])), run


def _spans(text: str, *, bold: bool = False, italic: bool = False) -> Iterator[Span]:
    at = 0
    for start, end, width in _marked(text):
        if start > at:
            yield {"text": text[at:start], "bold": bold, "italic": italic}
        is_bold = width == 2
        yield from _spans(text[start + width : end - width], bold=bold or is_bold, italic=italic or not is_bold)
        at = end
    if at < len(text):
        yield {"text": text[at:], "bold": bold, "italic": italic}


def _marked(text: str) -> Iterator[tuple[int, int, int]]:
    """Start, end and width of the marks of each passage: one opens before a letter, the next after a letter closes.

    Where marks may close is found once, so that a thousand that open and close nothing cost a thousand looks.
    """
    ends = {
        2: [at for at in range(1, len(text) - 1) if text.startswith("**", at) and not text[at - 1].isspace()],
        1: [at for at in range(1, len(text)) if text[at] == "*" and not text[at - 1].isspace()],
    }
    at = text.find("*")
    while at >= 0:
        for width in (2, 1) if text.startswith("**", at) else (1,):
            inside = at + width
            rank = bisect_left(ends[width], inside + 1)
            if inside < len(text) and not text[inside].isspace() and rank < len(ends[width]):
                end = ends[width][rank] + width
                yield at, end, width
                at = end - 1
                break
        at = text.find("*", at + 1)
