"""Tables that a French spreadsheet opens: numbers are numbers, texts stay texts, the method goes along."""

import io
from decimal import Decimal

from openpyxl import load_workbook

from senacs.lib.french_tables import PeopleTable, as_csv, as_xlsx

TABLE = PeopleTable(
    "Bénévoles", ("Département", "Valeur", "Note"),
    [("Ain", 1234.5, ""), ("=SOMME(A1)", None, "masqué"), ("Drôme", 0, "1e-7 :"), ("Nord", 1e-7, Decimal("2.50"))],
    [("Source", "SENACS")],
)  # fmt: skip


def test_csv_has_bom_semicolons_and_decimal_commas() -> None:
    content = as_csv(TABLE)
    assert content.startswith("\ufeffDépartement;Valeur;Note\r\n".encode())
    lines = content.decode("utf-8-sig").splitlines()
    assert lines[1] == "Ain;1234,5;"
    assert lines[2] == "'=SOMME(A1);;masqué"
    assert lines[4] == "Nord;0,0000001;2,50"


def test_workbook_has_numbers_texts_and_the_method() -> None:
    book = load_workbook(io.BytesIO(as_xlsx(TABLE)))
    sheet = book["Chiffres"]
    assert sheet["B4"].value == 1234.5 and sheet["B5"].value is None and sheet["B6"].value == 0
    assert sheet["A5"].value == "=SOMME(A1)" and sheet["A5"].data_type == "s"
    assert [cell.value for cell in book["Méthode"][3]] == ["Source", "SENACS"]
