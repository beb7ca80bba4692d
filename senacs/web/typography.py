"""The spaces that French does not break, put once into each page as it leaves, whoever wrote the words.

Templates, messages, data and what people typed are written with the space of keyboards. Only what is read is touched:
never a tag and its attributes, a script, a style, a field that is typed in, a choice, nor anything quoted as code.
"""

import re
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from senacs.lib.french import NBSP, UNITS, space_before

_BLANK = "[ \t\r\n]+"
# A number may end an element that its unit follows: `<strong>26</strong> ans`.
_LOOSE = re.compile(
    rf"{_BLANK}(?=[:»](?![\w/=])|[;?!]+(?![\w/=]))|(?<=«){_BLANK}"
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
    def held(found: re.Match[str]) -> str:
        start = found.start()
        # Inside a tag, it is a value of an attribute, or what stands between two.
        if markup.rfind("<", 0, start) > markup.rfind(">", 0, start):
            return found.group()
        mark = markup[found.end() : found.end() + 1]
        return f"{found['closed'] or ''}{space_before(mark) if found['closed'] is None else NBSP}"

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
