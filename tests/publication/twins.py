"""What a document says on screen and on paper, as text to compare: no spaces, no hyphens, no tags, no drawing."""

import io
import re
from html import unescape
from html.parser import HTMLParser

import pypdf

_NUMBER = re.compile(r"\d[\d\s]*(?:,\d+)?(?:\s?[%€‰])?|\d")
# What a progress bar holds is for browsers that draw none; the rows of a drawing name quartiles, which paper draws.
_UNSEEN = {"svg", "script", "style", "progress"}
_RANK = re.compile(r"\s*\d+er?\s")
_PRINTED = re.compile(r"\d[\d\u202f\u00a0]*(?:,\d+)?(?:[\u202f\u00a0]?[%€‰])?")
# The page number may be read before the words of its footer.
_FOOTER = re.compile(r"\d+ ?/ ?\d+\s*$|^\d+ ?/ ?\d+SENACS ")
_SIGNS = {"\u00ad": "", "\u2212": "−"}


class _Texts(HTMLParser):
    """The text nodes of a page, without those of its drawings and of what a reader does not see."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self._skipped = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._skipped += tag in _UNSEEN

    def handle_endtag(self, tag: str) -> None:
        self._skipped -= tag in _UNSEEN

    def handle_data(self, data: str) -> None:
        if not self._skipped and data.strip():
            self.found.append(data)


def squeezed(text: str) -> str:
    for sign, plain in _SIGNS.items():
        text = text.replace(sign, plain)
    return re.sub(r"\s|-", "", text)


def texts_of_page(html: str) -> list[str]:
    parser = _Texts()
    parser.feed(html)
    return [unescape(text) for text in parser.found]


def text_of_pdf(content: bytes) -> str:
    return squeezed("\n".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(content)).pages))


def figures_of(texts: list[str]) -> set[str]:
    """Every figure that is written, its spaces left out: « 1 234,5 % » gives « 1234,5% »."""
    return {squeezed(found) for text in texts for found in _NUMBER.findall(text)}


def absent_from(pdf: bytes, texts: list[str]) -> set[str]:
    """The figures, and the short texts that hold one (a cell, a card, a name), which the PDF does not say."""
    said = text_of_pdf(pdf)
    named = [text for text in texts if len(text) <= 40 and re.search(r"\d", text) and not _RANK.match(text)]
    wanted = figures_of(texts) | {squeezed(text).rstrip(".") for text in named}
    return {text for text in wanted if text not in said}


def figures_only_in(pdf: bytes, texts: list[str]) -> set[str]:
    """The figures that the PDF writes and the page does not, its footers (page numbers) left out."""
    pages = [page.extract_text() for page in pypdf.PdfReader(io.BytesIO(pdf)).pages]
    lines = [line for page in pages for line in page.splitlines() if not _FOOTER.search(line)]
    said = "|".join(squeezed(text) for text in texts)
    # A plain space parts two cells; those within a number are narrow or unbreakable.
    figures = {squeezed(found) for line in lines for found in _PRINTED.findall(line)}
    return {figure for figure in figures if figure not in said}
