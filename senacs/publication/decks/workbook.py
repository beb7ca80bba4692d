"""The figures of every drawing of a document, as a workbook: a sheet a chapter, a table a drawing."""

import io
from collections.abc import Mapping
from typing import Any

from senacs.lib import xlsx_files

_WIDE, _NARROW = 46, 20


def figures_workbook(document: Mapping[str, Any]) -> bytes:
    """Numbers as numbers; what is masked or missing as the signs that the document prints."""
    out = io.BytesIO()
    book = xlsx_files.workbook(out)
    styles = _Styles(book)
    chapters = [block for block in document["blocks"] if block["kind"] == "chapitre" and _drawn(block)]
    for block in chapters:
        _sheet(book, styles, block, document)
    if not chapters:
        sheet = book.add_worksheet("Chiffres")
        xlsx_files.words(sheet, 0, 0, "Ce document n’a pas de graphique.")
    book.close()
    return out.getvalue()


class _Styles:
    def __init__(self, book: Any) -> None:
        self._book = book
        self.title = book.add_format({"bold": True, "font_color": xlsx_files.NAVY, "font_size": 13})
        self.subtitle = book.add_format({"bold": True, "font_color": xlsx_files.NAVY})
        self.head = book.add_format({"bold": True, "bg_color": xlsx_files.PALE, "text_wrap": True})
        self.text = book.add_format({"text_wrap": True})
        self._numbers: dict[str, Any] = {}

    def number(self, figures: Mapping[str, Any]) -> Any:
        """The format of a unit, made once."""
        digits = "." + "0" * figures["decimals"] if figures["decimals"] else ""
        sign = {"%": '\\ "%"', "€": '\\ "€"'}.get(figures["unit"], "")
        code = f"#,##0{digits}{sign}"
        if code not in self._numbers:
            self._numbers[code] = self._book.add_format({"num_format": code, "align": "right"})
        return self._numbers[code]


def _drawn(block: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    return [visual for visual in block["visuals"] if visual["figures"]]


def _sheet(book: Any, styles: _Styles, block: Mapping[str, Any], document: Mapping[str, Any]) -> None:
    sheet = book.add_worksheet(xlsx_files.sheet_name(block["title"]))
    sheet.set_column(0, 0, _WIDE)
    sheet.set_column(1, 12, _NARROW)
    xlsx_files.words(sheet, 0, 0, block["title"], styles.title)
    xlsx_files.words(sheet, 1, 0, f"{document['territory']}. {block['source']}")
    row, widest = 3, 1
    for visual in _drawn(block):
        figures = visual["figures"]
        unit = f" ({figures['unit']})" if figures["unit"] else ""
        xlsx_files.words(sheet, row, 0, f"{visual['title']}{unit}", styles.subtitle)
        for column, name in enumerate(["", *figures["series"]]):
            xlsx_files.words(sheet, row + 1, column, name, styles.head)
        row += 2
        for line in figures["rows"]:
            xlsx_files.words(sheet, row, 0, line["label"], styles.text)
            for column, (value, words) in enumerate(zip(line["values"], line["words"], strict=False), 1):
                xlsx_files.put(sheet, row, column, words if value is None else value, styles.number(figures))
            row += 1
        widest = max(widest, len(figures["series"]))
        row += 1
    xlsx_files.for_paper(sheet, last_row=row, last_column=widest, head_rows=0, footer=document["footer"])
