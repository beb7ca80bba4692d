"""Workbooks: a text is a text whatever it begins with, a number a number, a date a date."""

import io
from datetime import date
from decimal import Decimal

import openpyxl
import pytest

from senacs.lib.xlsx_files import LONGEST_NAME, height, put, sheet_name, workbook


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "http://exemple.fr", "12", "{=1}"])
def test_text_stays_text(text: str) -> None:
    out = io.BytesIO()
    with workbook(out) as book:
        sheet = book.add_worksheet("A")
        put(sheet, 0, 0, text, None)
        sheet.merge_range(1, 0, 1, 2, text)
    found = openpyxl.load_workbook(io.BytesIO(out.getvalue()))["A"]
    for place in ("A1", "A2"):
        assert (found[place].data_type, found[place].value, found[place].hyperlink) == ("s", text, None)


def test_others_keep_their_type() -> None:
    out = io.BytesIO()
    with workbook(out) as book:
        sheet = book.add_worksheet("A")
        day = book.add_format({"num_format": "dd/mm/yyyy"})
        for column, value in enumerate((3, Decimal("-2.5"), True, None, "")):
            put(sheet, 0, column, value, None)
        put(sheet, 0, 5, date(2026, 11, 30), day)
    found = openpyxl.load_workbook(io.BytesIO(out.getvalue()))["A"][1]
    assert [cell.value for cell in found[:4]] == [3, -2.5, True, None]
    assert found[5].value.date() == date(2026, 11, 30)


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("A. Identification et territoire", "A. Identification et territoire"),
        ("M1. Module : transition écologique", "M1. Module transition"),
        ("C. Salariés, équivalents temps plein et formation", "C. Salariés, équivalents temps"),
        ("F. Les activités et les services de l’année", "F. Les activités"),
        ("Tarifs [2025] : a/b?", "Tarifs 2025 a b"),
        ("Anticonstitutionnellementanticonstitutionnellement", "Anticonstitutionnellementantico"),
    ],
)
def test_sheet_name_is_cut_at_a_word(title: str, name: str) -> None:
    assert sheet_name(title) == name
    assert len(name) <= LONGEST_NAME


@pytest.mark.parametrize(
    ("cells", "lines"),
    [
        ([("", 10)], 1),
        ([("court", 10), ("un deux trois quatre cinq six", 10)], 4),
        ([("a\nb\n\nc", 40)], 4),
        ([("x" * 5000, 10)], 400 / 15),
    ],
)
def test_row_is_as_high_as_its_longest_text(cells: list[tuple[str, float]], lines: float) -> None:
    assert height(cells) == 15 * lines
