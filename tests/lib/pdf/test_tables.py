"""Tables of the documents: each cell has the header of its column and the header of its row."""

import io
import re

import page
import pypdf
import pytest

from senacs.lib.pdf import rendering, tables
from tests.lib.pdf.test_rendering import render

GRID = {"title": "Salariés", "headers": ["Fonction", "Personnes", "ETP"], "kind": "grid"}
ROWS = [[f"Fonction {i}", str(i), f"{i},5"] for i in range(70)]


def elements(content: bytes, kind: str) -> list[dict[str, object]]:
    """The structure elements of one kind, in reading order."""
    found: list[dict[str, object]] = []

    def walk(node: object) -> None:
        node = node.get_object() if isinstance(node, pypdf.generic.IndirectObject) else node
        if isinstance(node, list):
            for child in node:
                walk(child)
        elif isinstance(node, dict):
            if node.get("/S") == kind:
                found.append(node)
            walk(node.get("/K"))

    walk(pypdf.PdfReader(io.BytesIO(content)).trailer["/Root"]["/StructTreeRoot"]["/K"])
    return found


def scope(cell: dict[str, object]) -> list[object]:
    attributes = cell.get("/A") or []
    assert isinstance(attributes, list)
    return [entry["/Scope"] for entry in attributes if entry.get("/O") == "/Table" and "/Scope" in entry]


def test_rows_and_columns_are_named() -> None:
    content = render(sections=[{"title": "C. Emplois", "blocks": [GRID | {"rows": ROWS}]}])
    headers = elements(content, "/TH")
    assert [scope(cell) for cell in headers] == [["/Column"]] * 3 + [["/Row"]] * 70
    cells = elements(content, "/TD")
    assert len(cells) == 140
    assert not any("/Headers" in entry for cell in cells for entry in cell.get("/A") or [])  # type: ignore[attr-defined]
    assert len(pypdf.PdfReader(io.BytesIO(content)).pages) > 1
    assert page.is_pdf_compliant_bytes(content, profile=page.ValidationProfile.PDF_UA_1)


def test_every_object_is_where_the_table_says() -> None:
    content = render(sections=[{"title": "C. Emplois", "blocks": [GRID | {"rows": ROWS[:3]}]}])
    offsets, end = tables._cross_references(content)
    assert all(content[at:].startswith(b"%d 0 obj" % number) for number, at in offsets.items())
    assert content[end:].startswith(b"xref\n")
    assert tables._START.search(content)
    assert rendering.page_count(content) == 1


def test_a_document_without_tables_is_left_alone() -> None:
    plain = render()
    assert tables.name_rows(plain) == plain


def test_another_kind_of_file_is_refused() -> None:
    with pytest.raises(tables.UnreadablePdf):
        tables.name_rows(b"%PDF-1.7 /S/TBody")
    with pytest.raises(tables.UnreadablePdf):
        tables.name_rows(b"%PDF-1.7 /S/TBody\nstream\nstartxref\n18\n%%EOF")


# Where French may cut these words (Petit Robert); English patterns would cut elsewhere: « intergén-éra- ».
CUTS = ("in-ter-gé-né-ra-tion-nel", "ac-com-pa-gne-ment", "ap-pren-tis-sage", "pa-ren-ta-li-té", "bé-né-vo-lat")


def test_words_are_cut_as_in_french() -> None:
    words = [cut.replace("-", "") for cut in CUTS]
    grid = GRID | {"headers": ["Mot", "Un nombre de personnes " * 4], "rows": [[word, "1 " * 72] for word in words * 2]}
    reader = pypdf.PdfReader(io.BytesIO(render(sections=[{"title": "A", "blocks": [grid]}])))
    text = "".join(p.extract_text() for p in reader.pages)
    found = {cut.replace("\n", "") for cut in re.findall(r"(?:\w+[-\u00ad\u2010]\n)+\w+", text)}
    pieces = {tuple(re.split(r"[-\u00ad\u2010]", cut)) for cut in found}
    assert len(pieces) >= 3, text
    for cut in pieces:
        syllables = next(c for c in CUTS if c.replace("-", "") == "".join(cut)).split("-")
        allowed = {len("".join(syllables[:n])) for n in range(1, len(syllables))}
        at = 0
        for piece in cut[:-1]:
            at += len(piece)
            assert at in allowed, cut
