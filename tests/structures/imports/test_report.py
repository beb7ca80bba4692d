"""The report file."""

import csv
from io import StringIO

from senacs.structures.imports.report import HEADER, ImportOutcome, ImportResult, RowOutcome, to_csv


def test_report_has_a_line_for_each_row() -> None:
    rows = [
        RowOutcome(2, "Été ; « Horizon »", ImportOutcome.CREATED, "S-000001", "", ("un", "deux")),
        RowOutcome(3, "=1+1", ImportOutcome.REFUSED, reason="nom manquant"),
    ]
    read = list(csv.reader(StringIO(to_csv(rows)), delimiter=";"))
    assert read == [
        list(HEADER),
        ["2", "Été ; « Horizon »", "créée", "S-000001", "", "un | deux"],
        ["3", "'=1+1", "refusée", "", "nom manquant", ""],
    ]


def test_summary_agrees_in_number() -> None:
    rows = [
        RowOutcome(n, "a", outcome) for n, outcome in enumerate([ImportOutcome.UPDATED] * 2 + [ImportOutcome.REFUSED])
    ]
    assert ImportResult(tuple(rows), is_written=False).summary() == "2\u00a0mises à jour et 1\u00a0refusée"
