"""The spaces that French does not break, put once into each page as it leaves, whoever wrote the words.

Templates, messages, data and what people typed are written with the space of keyboards. Only what is read is touched:
never a tag and its attributes, a script, a style, a field that is typed in, a choice, nor anything quoted as code.
"""

import re
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from senacs.lib.french import NBSP, UNITS, space_before

# From the first blank of a run alone: a long one is read once.
_BLANK = r"(?<![ \t\r\n])[ \t\r\n]+"
# A number may end an element that its unit follows: `<strong>26</strong> ans`.
_LOOSE = re.compile(
    rf"{_BLANK}(?=[:»](?![\w/=])|[;?!]+(?![\w/=]))|(?<=«)[ \t\r\n]+"
    rf"|(?<=\d)(?P<closed>(?:</\w+>)*){_BLANK}(?=(?:{UNITS})(?![\w’]))"
)
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
    opened = closed = -1  # where the last « < » and the last « > » stood
    read = 0

    def held(found: re.Match[str]) -> str:
        nonlocal opened, closed, read
        start = found.start()
        opened = max(opened, markup.rfind("<", read, start))
        closed = max(closed, markup.rfind(">", read, start))
        read = start
        # Inside a tag, it is a value of an attribute, or what stands between two.
        if opened > closed:
            return found.group()
        if found["closed"] is not None:
            return found["closed"] + NBSP
        return space_before(markup[found.end() : found.end() + 1])

    return _LOOSE.sub(held, markup)


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
