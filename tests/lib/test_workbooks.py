"""Workbooks from strangers: hidden sheets, formulas told and not evaluated, macros and broken files refused."""

import zipfile
from pathlib import Path

import pytest
import xlsxwriter

from senacs.lib.workbooks import WorkbookError, read_workbook, refuse_macros


def test_sheets_come_with_their_formulas_and_visibility(tmp_path: Path) -> None:
    path = tmp_path / "classeur.xlsx"
    book = xlsxwriter.Workbook(str(path))
    sheet = book.add_worksheet("Réponses")
    sheet.write_row(0, 0, ["a", 2, 3.5])
    sheet.write_formula(1, 2, "=B1*2", None, 4)
    book.add_worksheet("Codes").very_hidden()
    book.close()
    shown, hidden = read_workbook(path)
    assert (shown.name, shown.is_visible, shown.formulas) == ("Réponses", True, frozenset({"C2"}))
    assert shown.rows == (("a", "2", "3.5"), ("", "", "4"))
    assert (hidden.name, hidden.is_visible) == ("Codes", False)


def test_macro_workbook_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "classeur.xlsm"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("[Content_Types].xml", b"application/vnd.ms-excel.sheet.macroEnabled.main+xml")
        archive.writestr("xl/workbook.xml", b"<workbook/>")
    with pytest.raises(WorkbookError, match="contient des macros"):
        refuse_macros(path, "classeur.xlsm")


@pytest.mark.parametrize(
    ("content", "message"),
    [(b"nom;ville", "pas un classeur"), (b"\xd0\xcf\x11\xe0\xa1", "mot de passe"), (b"PK\x03\x04 cut", "endommagé")],
)
def test_what_is_no_workbook_is_refused(tmp_path: Path, content: bytes, message: str) -> None:
    path = tmp_path / "fichier.xlsx"
    path.write_bytes(content)
    with pytest.raises(WorkbookError, match=message):
        refuse_macros(path, path.name)
