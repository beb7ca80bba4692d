"""CSV: no text that a spreadsheet takes for a formula, numbers as they are."""

import csv
from decimal import Decimal
from io import StringIO
from typing import Any

import pytest

from senacs.lib.csv_files import as_given, csv_text, inert

STARTS = ["=", "+", "-", "@", "\t", "\r", "\n", "|", "%", "＝", "＋", "－", "＠", " =", "\u00a0@"]


@pytest.mark.parametrize("start", STARTS)
def test_text_that_begins_like_a_formula_is_quoted(start: str) -> None:
    assert inert(f"{start}cmd|' /C calc'!A0") == f"'{start}cmd|' /C calc'!A0"


@pytest.mark.parametrize(
    "text", ["L'été = espace", "", " ", "12", "-12", "-12,5", "+3.25", "-1e-07", "a\n=1", "été", "'=1"]
)
def test_other_text_and_plain_numbers_are_left_alone(text: str) -> None:
    assert inert(text) == text


@pytest.mark.parametrize("value", [-1, -1.5, Decimal("-2.50"), None, True])
def test_what_is_no_text_is_left_alone(value: Any) -> None:
    assert inert(value) is value


def test_lines_come_back_as_they_were_but_for_the_quote() -> None:
    rows = [["code", "a;b"], ["=1", "x\r\ny"], [-3, '"']]
    read = list(csv.reader(StringIO(csv_text(rows, delimiter=";", line_end="\r\n"), newline=""), delimiter=";"))
    assert read == [["code", "a;b"], ["'=1", "x\r\ny"], ["-3", '"']]
    assert as_given([["-15 ans", "="]]) == "-15 ans,=\n"
