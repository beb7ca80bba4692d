"""The little Markdown that our own texts use (the charter), as safe HTML: headings, lists, bold, footnotes."""

import re

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

_HEADING = re.compile(r"(#{1,4}) +(.+)")
_FOOTNOTE = re.compile(r"\[\^(\w+)\]: *(.+)", re.DOTALL)
_BOLD = re.compile(r"\*\*(.+?)\*\*", re.DOTALL)
_MARK = re.compile(r"\[\^(\w+)\]")
_SIZES = {2: "l", 3: "m", 4: "s"}


def to_html(text: str) -> SafeString:
    """Everything is escaped before any tag is written. The title (« # ») is left out: the page has its own."""
    blocks = re.split(r"\n\s*\n", text.replace("\r\n", "\n").strip())
    return mark_safe("\n".join(_block(block.strip()) for block in blocks))  # noqa: S308 - escaped in _inline


def _block(block: str) -> str:
    if heading := _HEADING.fullmatch(block):
        level = len(heading[1])
        if level == 1:
            return ""
        return f'<h{level} class="govuk-heading-{_SIZES[level]}">{_inline(heading[2])}</h{level}>'
    if note := _FOOTNOTE.fullmatch(block):
        return (
            f'<p class="govuk-body-s" id="note-{escape(note[1])}"><sup>{escape(note[1])}</sup> {_inline(note[2])}</p>'
        )
    if block.startswith("- "):
        items = "".join(f"<li>{_inline(item)}</li>" for item in re.split(r"(?:^|\n)- ", block)[1:])
        return f'<ul class="govuk-list govuk-list--bullet">{items}</ul>'
    return f'<p class="govuk-body">{_inline(block)}</p>'


def _inline(text: str) -> str:
    marked = _BOLD.sub(r"<strong>\1</strong>", str(escape(" ".join(text.split()))))
    return _MARK.sub(r'<sup><a class="govuk-link" href="#note-\1" aria-label="Note \1">\1</a></sup>', marked)
