"""The spaces that French does not break, put once into each page as it leaves, whoever wrote the words.

Templates, messages, data and what people typed are written with the space of keyboards. Only what is read is touched:
never a tag and its attributes, a script, a style, a field that is typed in, a choice, nor anything quoted as code.
"""

import re
from collections.abc import Callable, Iterator

from django.http import HttpRequest, HttpResponse

from senacs.lib.french import GROUPED, NBSP, THIN, UNITS, space_before

_BLANK = " \t\r\n"
# Each begins with the characters that are looked for, and looks around once they are found: pages are full of blanks.
_MARK = re.compile(rf"[:;?!»](?<=[{_BLANK}].)[;?!]*(?![\w/=])")
_OPENING = re.compile(rf"«[{_BLANK}]+")
# A number may end an element that its unit follows: `<strong>26</strong> ans`.
_NUMBER = re.compile(rf"[0-9](?:</\w+>)*[{_BLANK}]+(?=(?:{UNITS})(?![\w’]))")
_LEFT_ALONE = re.compile(r"<(script|style|textarea|option|pre|code|kbd|samp)\b.*?</\1\s*>|<!--.*?-->", re.DOTALL)

GetResponse = Callable[[HttpRequest], HttpResponse]


def typeset(page: str) -> str:
    """The same HTML, its visible words spaced as French wants."""
    pieces: list[str] = []
    done = 0
    for apart in _LEFT_ALONE.finditer(page):
        pieces += (_typeset_between(page[done : apart.start()]), apart.group())
        done = apart.end()
    return "".join((*pieces, _typeset_between(page[done:])))


def _typeset_between(markup: str) -> str:
    pieces: list[str] = []
    opened = closed = -1  # where the last « < » and the last « > » stood
    read = done = 0
    for start, end, space in sorted(_loose(markup)):
        opened, closed = max(opened, markup.rfind("<", read, start)), max(closed, markup.rfind(">", read, start))
        read = start
        # Inside a tag, it is a value of an attribute, or what stands between two. One gap may be found twice: « » » ».
        if opened <= closed and start >= done:
            pieces += (markup[done:start], space)
            done = end
    return "".join((*pieces, markup[done:]))


def _loose(markup: str) -> Iterator[tuple[int, int, str]]:
    """The blanks that a line may be cut at, and what should stand there."""
    for found in _MARK.finditer(markup):
        start = end = found.start()
        while start and markup[start - 1] in _BLANK:
            start -= 1
        yield start, end, space_before(markup[end])
    for pattern in (_OPENING, _NUMBER):
        for found in pattern.finditer(markup):
            yield found.start() + len(found.group().rstrip(_BLANK)), found.end(), NBSP
    for found in GROUPED.finditer(markup):
        for place, character in enumerate(found.group(), found.start()):
            if character == " ":
                yield place, place + 1, THIN


class TypographyMiddleware:
    """Every page and every piece of page; files that are downloaded stay as they were made."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        is_page = response.get("Content-Type", "").startswith("text/html")
        if is_page and not response.streaming and "Content-Disposition" not in response:
            response.content = typeset(response.content.decode(response.charset)).encode(response.charset)
        return response
