"""Row headers of the tables of a PDF: the first cell of each body row names the row.

typst 0.15 tags the cells of `table.header` only; its `pdf.header-cell` waits behind a feature that the Python binding
does not turn on. Every table of our documents has its labels in the first column: their cells become TH with the scope
of their row (ISO 32000-2, 14.8.5.7), and data cells find both headers by scope, no longer by a list of column headers.
"""

import itertools
import re
from collections.abc import Iterator

_START = re.compile(rb"startxref\s+(\d+)\s+%%EOF\s*$")
_BODY = re.compile(rb"/S/TBody\b.*?/K\[([^\]]*)\]", re.DOTALL)
_ROW = re.compile(rb"/S/TR\b.*?/K\[(\d+) 0 R", re.DOTALL)
_REFERENCE = re.compile(rb"(\d+) 0 R")
_HEADERS = re.compile(rb"<</O/Table/Headers\[[^\]]*\]>>")
_OF_ROW = b"<</O/Table/Scope/Row>>"


class UnreadablePdf(ValueError):
    """A file whose cross-reference table is not the plain one that typst writes."""


def name_rows(content: bytes) -> bytes:
    """`content` with its row headers tagged; a file without tables comes back as it is. Raises UnreadablePdf."""
    if b"/S/TBody" not in content:
        return content
    offsets, end = _cross_references(content)
    bounds = sorted([*offsets.values(), end])
    following = dict(itertools.pairwise(bounds))
    objects = {number: content[at : following[at]] for number, at in offsets.items()}
    elements = {number: body for number, body in objects.items() if b"/StructElem" in body[:60]}
    names = set(_first_cells(elements))
    for number, body in elements.items():
        if number in names:
            objects[number] = _named(body)
        elif b"/S/TD" in body:
            objects[number] = _HEADERS.sub(b"", body)
    return _written(content, objects, offsets, end)


def _cross_references(content: bytes) -> tuple[dict[int, int], int]:
    """Offset of each object, and where the cross-reference table starts."""
    found = _START.search(content)
    if found is None:
        raise UnreadablePdf("no startxref")
    end = int(found[1])
    lines = content[end : found.start()].split(b"\n")
    if lines[0].strip() != b"xref" or not lines[1].startswith(b"0 "):
        raise UnreadablePdf("no plain cross-reference table")
    entries = lines[2 : 2 + int(lines[1].split()[1])]
    return {n: int(line[:10]) for n, line in enumerate(entries) if line[17:18] == b"n"}, end


def _first_cells(elements: dict[int, bytes]) -> Iterator[int]:
    for body in elements.values():
        if rows := _BODY.search(body):
            for row in _REFERENCE.findall(rows[1]):
                if cell := _ROW.search(elements[int(row)]):
                    yield int(cell[1])


def _named(cell: bytes) -> bytes:
    header = cell.replace(b"/S/TD", b"/S/TH", 1)
    if _HEADERS.search(header):
        return _HEADERS.sub(_OF_ROW, header)
    if b"/A[" in header:
        return header.replace(b"/A[", b"/A[" + _OF_ROW, 1)
    return header.replace(b"/S/TH", b"/S/TH/A[" + _OF_ROW + b"]", 1)


def _written(content: bytes, objects: dict[int, bytes], offsets: dict[int, int], end: int) -> bytes:
    """The objects in their order, then the table of where they now stand and the trailer."""
    ordered = sorted(offsets, key=offsets.__getitem__)
    parts, moved = [content[: offsets[ordered[0]]]], dict[int, int]()
    at = len(parts[0])
    for number in ordered:
        moved[number] = at
        parts.append(objects[number])
        at += len(objects[number])
    table, trailer = content[end:].split(b"trailer", 1)
    lines = table.split(b"\n")
    for number, offset in moved.items():
        lines[2 + number] = b"%010d" % offset + lines[2 + number][10:]
    return b"".join([*parts, b"\n".join(lines), b"trailer", _START.sub(b"startxref\n%d\n%%%%EOF" % at, trailer)])
