"""Texts of the guide (CommonMark with tables) read into parts: safe HTML for a page, blocks for a printed document.

HTML written in a text is shown as text.
"""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from html.parser import HTMLParser

from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token
from markdown_it.utils import EnvType, OptionsDict

_CLASSES = {
    "paragraph_open": "govuk-body",
    "bullet_list_open": "govuk-list govuk-list--bullet",
    "ordered_list_open": "govuk-list govuk-list--number",
    "table_open": "govuk-table",
    "thead_open": "govuk-table__head",
    "tbody_open": "govuk-table__body",
    "tr_open": "govuk-table__row",
    "th_open": "govuk-table__header",
    "td_open": "govuk-table__cell",
    "blockquote_open": "govuk-inset-text",
    "link_open": "govuk-link",
}


# Our texts are typed with the keyboard's.
_APOSTROPHE = re.compile(r"(?<=\w)'(?=\w)")
_LEVELS = {f"h{level}": level for level in range(1, 7)}
_CHAPTER = re.compile(r"([a-z-]+)\.md(#[a-z0-9-]+)?")
_LEADS = re.compile(r"https?://|mailto:|/|#|[a-z-]+\.md(?:#|$)")


@dataclass(frozen=True, slots=True)
class GuidePart:
    """One heading and what stands under it, down to the next; `level` as in the text, the first is the title."""

    anchor: str
    title: str
    level: int
    tokens: tuple[Token, ...]

    @property
    def html(self) -> SafeString:
        return mark_safe(_parser().renderer.render(list(self.tokens), _parser().options, {}))  # noqa: S308 - no raw HTML

    @property
    def words(self) -> str:
        """What is read, without marks: for the search."""
        found = _Words()
        found.feed(self.html)
        return " ".join("".join(found.parts).split())


class _Words(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.parts: list[str] = []

    def handle_data(self, data: str) -> None:
        self.parts.append(data)

    def handle_endtag(self, tag: str) -> None:
        self.parts.append(" " if tag not in {"a", "strong", "em", "code"} else "")


@cache
def _parser() -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"html": False}).enable("table")
    parser.add_render_rule("table_open", _table)
    parser.add_render_rule("table_close", _table)
    return parser


def _table(renderer: RendererHTML, tokens: Sequence[Token], i: int, options: OptionsDict, env: EnvType) -> str:
    """A table wider than a phone is scrolled by itself."""
    tag = renderer.renderToken(tokens, i, options, env)
    if tokens[i].type == "table_close":
        return f"{tag}</div>"
    return f'<div class="sn-scroll" tabindex="0" role="region" aria-label="Tableau">{tag}'


def sections_of(text: str) -> tuple[GuidePart, ...]:
    """The parts of a text, anchors made from their headings. A text begins with its title."""
    tokens = _parser().parse(text)
    for line in tokens:
        for word in line.children or []:
            if word.type == "text":
                word.content = _APOSTROPHE.sub("’", word.content)
    starts = [i for i, token in enumerate(tokens) if token.type == "heading_open"]
    if not starts or starts[0] != 0:
        raise ValueError("a chapter begins with its title")
    found: list[GuidePart] = []
    for start, end in zip(starts, [*starts[1:], len(tokens)], strict=True):
        title = plain(tokens[start + 1].children or [])
        body = tokens[start + 3 : end]
        _dress(body)
        found.append(GuidePart(anchor_of(title), title, _LEVELS[tokens[start].tag], tuple(body)))
    return tuple(found)


def anchor_of(title: str) -> str:
    """« L’accord » gives « l-accord »."""
    spaced = unicodedata.normalize("NFKD", title.replace("’", " ").replace("'", " "))
    bare = spaced.encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", bare.lower()).strip("-")


def plain(inline: Sequence[Token]) -> str:
    """The words of a line."""
    return "".join(" " if one.type in {"softbreak", "hardbreak"} else one.content for one in inline)


def _dress(tokens: Sequence[Token]) -> None:
    """Classes of the site; links between texts lead to their pages, pictures to where they are served."""
    for token in tokens:
        if name := _CLASSES.get(token.type):
            token.attrSet("class", name)
        if token.type == "th_open":
            token.attrSet("scope", "col")
        if token.type in {"fence", "code_block"}:
            token.attrSet("class", "sn-code")
        if token.type == "image":
            token.attrSet("src", f"/guide/{token.attrGet('src')}")
            token.attrSet("class", "sn-picture")
            token.attrSet("loading", "lazy")
        if token.type == "link_open":
            token.attrSet("href", _address(str(token.attrGet("href"))))
        if token.children:
            token.children = _without_dead_links(token.children)
            _dress(token.children)


def _without_dead_links(inline: Sequence[Token]) -> list[Token]:
    """A file of the project that the site does not serve is left as its words."""
    kept: list[Token] = []
    is_dead = False
    for token in inline:
        if token.type == "link_open":
            is_dead = not _LEADS.match(str(token.attrGet("href")))
        if not (is_dead and token.type in {"link_open", "link_close"}):
            kept.append(token)
    return kept


def _address(link: str) -> str:
    """`controle.md#relancer` is a page of the guide."""
    if not (found := _CHAPTER.fullmatch(link)):
        return link
    return f"/guide/{found[1]}/{found[2] or ''}"
