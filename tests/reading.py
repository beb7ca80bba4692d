"""Reading a page as a browser does: the layout of a template's lines is nothing that a test should notice."""

import re
from html.parser import HTMLParser
from typing import Any

from django.http import HttpResponse

# Not the no-break spaces, which people see.
_BLANK = re.compile(r"[ \t\r\n]+")
_BLOCKS = "|".join("dd div dt fieldset form h[1-6] header label li ol option p section table td th tr ul".split())
_BESIDE_A_BLOCK = re.compile(rf"(</?(?:{_BLOCKS})(?: [^>]*)?>) | (?=</?(?:{_BLOCKS})\b)")


def flat(page: HttpResponse | str) -> str:
    """The HTML on one line: blanks are one space, and none beside a block, where none shows."""
    html = page if isinstance(page, str) else page.content.decode()
    return _BESIDE_A_BLOCK.sub(r"\1", _BLANK.sub(" ", html))


class Words(HTMLParser):
    """The texts that a browser shows, and the tags with their attributes."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.texts: list[str] = []
        self.tags: list[tuple[str, Any]] = []
        self.within: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        self.tags.append((tag, attrs))
        if tag in {"script", "style", "textarea", "option", "pre", "code", "kbd", "samp"}:
            self.within.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if self.within and self.within[-1] == tag:
            self.within.pop()

    def handle_data(self, data: str) -> None:
        if not self.within:
            self.texts.append(" ".join(data.replace("\r", " ").replace("\n", " ").split(" ")))
