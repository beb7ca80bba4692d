"""PDF documents: typst templates of the product rendered to tagged PDF/UA-1 bytes.

Whatever people typed travels as JSON beside the template, never inside its code, so no text can become a command.
"""

import json
import logging
import re
import struct
import unicodedata
from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import cache
from pathlib import Path

import fontpkg_inter
import typst

from senacs.lib import clock
from senacs.lib.french import spaced
from senacs.lib.pdf.tables import name_rows

TEMPLATES = Path(__file__).resolve().parents[2]  # templates import each other below senacs/, nothing above
AUTHOR = "SENACS"
FONTS = typst.Fonts(
    include_system_fonts=False,
    include_embedded_fonts=False,
    font_paths=[str(fontpkg_inter.ROOT / "files")],
)
# Shown for a character that the font cannot draw; PDF/UA forbids text without a glyph.
UNDRAWABLE = "□"
_PAGES = re.compile(rb"/Type\s*/Page(?!s)\b")

logger = logging.getLogger(__name__)


class PdfError(RuntimeError):
    """A template that does not compile: a fault of the product, with typst's own diagnostic."""


def render(
    template: str,
    data: Mapping[str, object],
    *,
    title: str,
    author: str = AUTHOR,
    keywords: Sequence[str] = (),
    at: datetime | None = None,
) -> bytes:
    """The PDF/UA-1 made by `template` (path below senacs/, such as « lib/typst/answers.typ ») from `data`.

    `data` is anything JSON can carry; images are SVG source in a string. `at` dates the document (the present by
    default): same data and same date give the same bytes. Raises PdfError.
    """
    moment = at or clock.now()
    document = {"title": title, "author": author, "keywords": list(keywords)}
    payload = json.dumps(_drawable({"document": document, "data": data}), ensure_ascii=False)
    try:
        content, warnings = typst.compile_with_warnings(
            str(TEMPLATES / template),
            root=str(TEMPLATES),
            font_paths=FONTS,
            ignore_system_fonts=True,
            format="pdf",
            pdf_standards=["ua-1"],
            sys_inputs={"payload": payload},
            timestamp=int(moment.timestamp()),
        )
    except typst.TypstError as error:
        raise PdfError(f"{template}: {error.diagnostic or error.message}") from error
    for warning in warnings:
        logger.warning("%s: %s", template, warning.message)
    return name_rows(content)


def render_pages(template: str, data: Mapping[str, object], *, title: str, ppi: float = 72.0) -> list[bytes]:
    """The pages of the same document as PNG, for a preview. Raises PdfError."""
    document = {"title": title, "author": AUTHOR, "keywords": []}
    payload = json.dumps(_drawable({"document": document, "data": data}), ensure_ascii=False)
    try:
        pages = typst.compile(
            str(TEMPLATES / template),
            root=str(TEMPLATES),
            font_paths=FONTS,
            ignore_system_fonts=True,
            format="png",
            ppi=ppi,
            sys_inputs={"payload": payload},
        )
    except typst.TypstError as error:
        raise PdfError(f"{template}: {error.diagnostic or error.message}") from error
    return pages if isinstance(pages, list) else [pages]


def page_count(content: bytes) -> int:
    """Number of pages of a PDF that `render` made (typst writes page objects in clear)."""
    return len(_PAGES.findall(content))


def drawable(text: str) -> str:
    """`text` composed (NFC), without control characters, what the font cannot draw replaced by □."""
    if text.isascii() and text.isprintable():
        return text
    known = _drawn_characters()
    return "".join(
        c if c in known or c in "\n\u202f\u00ad" else _replacement(c) for c in unicodedata.normalize("NFC", text)
    )


def _replacement(character: str) -> str:
    if character == "\t" or unicodedata.category(character).startswith("Z"):
        return " "
    # Controls, joiners, variation selectors and lone surrogates draw nothing by themselves.
    return "" if unicodedata.category(character) in {"Cc", "Cf", "Cs", "Mn", "Me"} else UNDRAWABLE


def _drawable(value: object) -> object:
    if isinstance(value, str):
        # A drawing is code; its own words are set by who draws it.
        return drawable(value if value.startswith("<svg") else spaced(value))
    if isinstance(value, Mapping):
        return {str(key): _drawable(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_drawable(item) for item in value]
    return value


@cache
def _drawn_characters() -> frozenset[str]:
    """Characters that both Inter files draw, read from their `cmap` (OpenType, format 4 and 12 subtables)."""
    faces = [_cmap(path.read_bytes()) for path in sorted((fontpkg_inter.ROOT / "files").glob("*.ttf"))]
    return frozenset(chr(code) for code in frozenset.intersection(*faces) if code >= 0x20 and not 0x7F <= code < 0xA0)


def _cmap(font: bytes) -> frozenset[int]:
    tables = {
        font[at : at + 4]: struct.unpack_from(">I", font, at + 8)[0]
        for at in range(12, 12 + 16 * struct.unpack_from(">H", font, 4)[0], 16)
    }
    start = tables[b"cmap"]
    codes: set[int] = set()
    for index in range(struct.unpack_from(">H", font, start + 2)[0]):
        offset = start + struct.unpack_from(">I", font, start + 8 + 8 * index)[0]
        table_format = struct.unpack_from(">H", font, offset)[0]
        if table_format == 12:
            for group in range(struct.unpack_from(">I", font, offset + 12)[0]):
                first, last, _ = struct.unpack_from(">3I", font, offset + 16 + 12 * group)
                codes.update(range(first, last + 1))
        elif table_format == 4:
            count = struct.unpack_from(">H", font, offset + 6)[0] // 2
            ends = struct.unpack_from(f">{count}H", font, offset + 14)
            starts = struct.unpack_from(f">{count}H", font, offset + 16 + 2 * count)
            for first, last in zip(starts, ends, strict=True):
                codes.update(range(first, min(last, 0xFFFE) + 1))
    return frozenset(codes)
