"""The same workbook as LibreOffice saves it: OpenDocument 1.3, with the calcext mark of errors and repeated cells."""

import io
import zipfile
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from xml.sax.saxutils import escape, quoteattr

import openpyxl

MIME = "application/vnd.oasis.opendocument.spreadsheet"
_SPACES = {
    "office": "urn:oasis:names:tc:opendocument:xmlns:office:1.0",
    "table": "urn:oasis:names:tc:opendocument:xmlns:table:1.0",
    "text": "urn:oasis:names:tc:opendocument:xmlns:text:1.0",
    "calcext": "urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0",
}
Place = tuple[str, int, int]  # sheet, row and column from 1

ERROR = (
    '<table:table-cell table:formula="of:=NA()" office:value-type="string" office:string-value="" '
    'calcext:value-type="error"><text:p>#N/A</text:p></table:table-cell>'
)


def formula(result: float) -> str:
    return (
        f'<table:table-cell table:formula="of:=[.A1]*1" office:value-type="float" office:value="{result}">'
        f"<text:p>{result}</text:p></table:table-cell>"
    )


def percentage(value: float) -> str:
    return (
        f'<table:table-cell office:value-type="percentage" office:value="{value}">'
        f"<text:p>{value:.0%}</text:p></table:table-cell>"
    )


def as_ods(content: bytes, cells: Mapping[Place, str]) -> bytes:
    """An XLSX as ODS; `cells` holds the XML of some of its cells."""
    book = openpyxl.load_workbook(io.BytesIO(content), data_only=True)
    tables = []
    for sheet in book.worksheets:
        rows = []
        for row in range(1, (sheet.max_row or 1) + 1):
            line = [
                cells.get((sheet.title, row, column)) or _cell(sheet.cell(row, column).value)
                for column in range(1, (sheet.max_column or 1) + 1)
            ]
            rest = '<table:table-cell table:number-columns-repeated="16000"/>'
            rows.append(f"<table:table-row>{_repeated(line)}{rest}</table:table-row>")
        rows.append('<table:table-row table:number-rows-repeated="1048000"><table:table-cell/></table:table-row>')
        tables.append(f"<table:table table:name={quoteattr(sheet.title)}>{''.join(rows)}</table:table>")
    spaces = " ".join(f'xmlns:{prefix}="{uri}"' for prefix, uri in _SPACES.items())
    document = (
        f'<?xml version="1.0" encoding="UTF-8"?><office:document-content {spaces} office:version="1.3">'
        f"<office:body><office:spreadsheet>{''.join(tables)}</office:spreadsheet></office:body>"
        "</office:document-content>"
    )
    output = io.BytesIO()
    with zipfile.ZipFile(output, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", MIME, zipfile.ZIP_STORED)
        archive.writestr("content.xml", document)
        archive.writestr(
            "META-INF/manifest.xml",
            '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0">'
            f'<manifest:file-entry manifest:full-path="/" manifest:media-type="{MIME}"/></manifest:manifest>',
        )
    return output.getvalue()


def _cell(value: Any) -> str:
    if value is None:
        return "<table:table-cell/>"
    if isinstance(value, datetime):
        return f'<table:table-cell office:value-type="date" office:date-value="{value:%Y-%m-%d}"/>'
    if isinstance(value, int | float) and not isinstance(value, bool):
        return (
            f'<table:table-cell office:value-type="float" office:value="{value}"><text:p>{value}</text:p>'
            "</table:table-cell>"
        )
    return f'<table:table-cell office:value-type="string"><text:p>{escape(str(value))}</text:p></table:table-cell>'


def _repeated(line: list[str]) -> str:
    """Neighbours that are alike are written once."""
    written: list[tuple[str, int]] = []
    for cell in line:
        if written and written[-1][0] == cell:
            written[-1] = (cell, written[-1][1] + 1)
        else:
            written.append((cell, 1))
    return "".join(
        cell
        if times == 1
        else cell.replace("<table:table-cell", f'<table:table-cell table:number-columns-repeated="{times}"', 1)
        for cell, times in written
    )
