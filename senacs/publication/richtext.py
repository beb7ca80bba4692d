"""Texts that people write in publications: paragraphs, bold, italics and lists, and nothing else.

Kept as typed: « **gras** », « *italique* », lines that begin with « - » make a list, a blank line ends a paragraph.
Read into plain data, which a template prints and a typesetter sets: no markup of a reader's ever reaches a page.
"""

import re
import unicodedata
from collections.abc import Iterator
from typing import TypedDict

from senacs.lib.refusals import Refused


class Span(TypedDict):
    text: str
    bold: bool
    italic: bool


class Block(TypedDict):
    """`kind`: « paragraphe » (one item) or « liste » (one item an entry)."""

    kind: str
    items: list[list[Span]]


LONGEST = 4000
_MARK = re.compile(r"(\*\*|\*)(?=\S)(.+?)(?<=\S)\1", re.DOTALL)
_ENTRY = re.compile(r"^[-•–]\s+")
# What only a release may say: amounts, percents, counts in the thousands. Years are words like others.
_FIGURE = re.compile(
    r"\d[\d\s.,]*(?:%|€|euros?\b|pour cent\b|M€|k€|millions?\b|milliers?\b|ETP\b)|\b\d{1,3}(?:[ \u00a0\u202f.]\d{3})+\b"
    r"|\b(?!(?:1[89]|20|21)\d\d\b)\d{4,}\b",
    re.IGNORECASE,
)


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
    return [found.group().strip() for found in _FIGURE.finditer(source)]


def parse(source: str) -> list[Block]:
    """The blocks of a text; an empty text has none."""
    blocks: list[Block] = []
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
    for found in _MARK.finditer(text):
        if found.start() > at:
            yield {"text": text[at : found.start()], "bold": bold, "italic": italic}
        is_bold = found.group(1) == "**"
        yield from _spans(found.group(2), bold=bold or is_bold, italic=italic or not is_bold)
        at = found.end()
    if at < len(text):
        yield {"text": text[at:], "bold": bold, "italic": italic}
