"""Reading a page as a browser does: the layout of a template's lines is nothing that a test should notice."""

import re

from django.http import HttpResponse

# Not the no-break spaces, which people see.
_BLANK = re.compile(r"[ \t\r\n]+")
_BLOCKS = "|".join("dd div dt fieldset form h[1-6] header label li ol option p section table td th tr ul".split())
_BESIDE_A_BLOCK = re.compile(rf"(</?(?:{_BLOCKS})(?: [^>]*)?>) | (?=</?(?:{_BLOCKS})\b)")


def flat(page: HttpResponse | str) -> str:
    """The HTML on one line: blanks are one space, and none beside a block, where none shows."""
    html = page if isinstance(page, str) else page.content.decode()
    return _BESIDE_A_BLOCK.sub(r"\1", _BLANK.sub(" ", html))
