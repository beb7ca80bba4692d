"""The whole guide as one tagged PDF: the blocks that its template lays out, pictures within."""

import base64
import json
import struct
from collections.abc import Iterator, Sequence
from functools import lru_cache
from importlib.metadata import version
from typing import TypedDict

from markdown_it.token import Token

from senacs.lib.pdf.rendering import render
from senacs.web.guide.chapters import CHAPTERS, IMAGES, Chapter
from senacs.web.guide.frequent import AnsweredQuestion

TITLE = "Guide d’utilisation de SENACS"
Block = dict[str, object]


class PrintedSpan(TypedDict):
    """Words of a line with how they are set."""

    text: str
    bold: bool
    italic: bool
    code: bool


def guide_pdf(answered: Sequence[AnsweredQuestion]) -> bytes:
    """Every chapter with its pictures, then what the comité technique answered; made again when one of them changes."""
    return _made(json.dumps([_chapter(chapter) for chapter in CHAPTERS] + _frequent(answered)))


@lru_cache(maxsize=2)
def _made(chapters: str) -> bytes:
    data = {"title": TITLE, "chapters": json.loads(chapters), "footer": f"{TITLE}, version {version('senacs')}"}
    return render("web/typst/guide.typ", data, title=TITLE)


def _chapter(chapter: Chapter) -> Block:
    shift = chapter.shift
    blocks: list[Block] = []
    for i, section in enumerate(chapter.sections):
        if i:
            blocks.append({"kind": "heading", "level": section.level + shift, "text": section.title})
        blocks += _blocks(iter(section.tokens))
    return {"title": chapter.title, "blocks": blocks}


def _frequent(answered: Sequence[AnsweredQuestion]) -> list[Block]:
    if not answered:
        return []
    blocks: list[Block] = []
    for one in answered:
        blocks.append({"kind": "heading", "level": 2, "text": one.place})
        blocks.append({"kind": "par", "spans": [_span(one.text, bold=True)]})
        blocks.append({"kind": "par", "spans": [_span(one.answer)]})
    return [{"title": "Les réponses du comité technique", "blocks": blocks}]


def _blocks(tokens: Iterator[Token], until: str = "") -> list[Block]:
    """Down to the token that closes them."""
    found: list[Block] = []
    for token in tokens:
        if token.type == until:
            break
        if token.type == "inline":
            found += _inline(token.children or [])
        elif token.type in {"bullet_list_open", "ordered_list_open"}:
            closing = token.type.replace("open", "close")
            found.append({"kind": "list", "ordered": token.type[0] == "o", "items": _items(tokens, closing)})
        elif token.type == "table_open":
            found.append(_table(tokens))
        elif token.type in {"fence", "code_block"}:
            found.append({"kind": "code", "text": token.content.rstrip("\n")})
    return found


def _items(tokens: Iterator[Token], until: str) -> list[list[Block]]:
    items = []
    for token in tokens:
        if token.type == until:
            break
        if token.type == "list_item_open":
            items.append(_blocks(tokens, "list_item_close"))
    return items


def _table(tokens: Iterator[Token]) -> Block:
    rows: list[list[list[PrintedSpan]]] = []
    for token in tokens:
        if token.type == "table_close":
            break
        if token.type == "tr_open":
            rows.append([])
        elif token.type == "inline":
            rows[-1].append(_spans(token.children or []))
    return {"kind": "table", "columns": len(rows[0]), "header": rows[0], "rows": rows[1:]}


def _inline(children: Sequence[Token]) -> Iterator[Block]:
    """A line of words, or pictures."""
    pictures = [one for one in children if one.type == "image"]
    yield from (_picture(str(one.attrGet("src")), one.content) for one in pictures)
    if len(pictures) < len(children):
        yield {"kind": "par", "spans": _spans(children)}


def _picture(source: str, description: str) -> Block:
    """Within a drawing, since the template reads no file; its width and height in points of a screen."""
    content = (IMAGES / source.rsplit("/", 1)[-1]).read_bytes()
    width, height = struct.unpack(">II", content[16:24])
    encoded = base64.b64encode(content).decode()
    drawing = (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}">'
        f'<image width="{width}" height="{height}" href="data:image/png;base64,{encoded}"/></svg>'
    )
    return {"kind": "picture", "svg": drawing, "alt": description}


def _spans(children: Sequence[Token]) -> list[PrintedSpan]:
    spans: list[PrintedSpan] = []
    bold = italic = False
    for one in children:
        if one.type in {"strong_open", "strong_close"}:
            bold = one.type == "strong_open"
        elif one.type in {"em_open", "em_close"}:
            italic = one.type == "em_open"
        elif one.type in {"softbreak", "hardbreak"}:
            spans.append(_span(" "))
        elif one.content and one.type != "image":
            spans.append(_span(one.content, bold=bold, italic=italic, code=one.type == "code_inline"))
    return spans


def _span(text: str, *, bold: bool = False, italic: bool = False, code: bool = False) -> PrintedSpan:
    return {"text": text, "bold": bold, "italic": italic, "code": code}
