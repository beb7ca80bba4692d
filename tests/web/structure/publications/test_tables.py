"""The automated tables: for the structure alone, with its own figures, even before any release."""

import io
from collections.abc import Callable
from typing import Any

import openpyxl
import pytest
from django.test import Client
from django.urls import reverse
from python_calamine import CalamineWorkbook

from senacs.accounts.models import User
from senacs.collection.models import Response
from senacs.publication.charts import Unit
from senacs.publication.fiches.composition import Standing
from senacs.publication.fiches.tables import NO_BANDS, FicheRow, FicheTable, tables_workbook
from senacs.structures.models import Structure
from tests.factories import Cast

NOTHING: Any = None
SignIn = Callable[[User], Client]


def test_structure_reads_its_tables(cast: Cast, response: Response, sign_in: SignIn) -> None:
    client = sign_in(cast.responsable)
    page = client.get(reverse("saisie_tables", args=[response.pk]))
    assert page.status_code == 200
    assert (
        reverse("saisie_tables", args=[response.pk])
        in client.get(reverse("saisie_dashboard", args=[response.pk])).content.decode()
    )
    book = CalamineWorkbook.from_filelike(io.BytesIO(client.get(f"/saisie/{response.pk}/tableaux.xlsx").content))
    assert book.sheet_names == ["Mes tableaux", "Lire ces tableaux"]


def test_tables_leave_as_numbers_that_read_as_on_the_page_and_prints_on_a4() -> None:
    standing = Standing(NOTHING, 2024, 66.66, Unit("%", 1), ())
    row = FicheRow("Ain", "19", "360 000 %", "", "", "au milieu", (19, 360_000.0, 490_000.0, 810_000.0))
    tables = [
        FicheTable(label, "", 2024, "66,7 %", standing, rows) for label, rows in (("Part", (row,)), ("Autre", ()))
    ]
    book = openpyxl.load_workbook(io.BytesIO(tables_workbook(Structure(name="Les Noyers", code="S-1"), tables)))
    sheet = book.worksheets[0]
    told, alone = ([cell.value for cell in line] for line in sheet.iter_rows(min_row=2, max_row=3))
    assert told == ["Part", 2024, 66.7, "Ain", 19, 360000, 490000, 810000, "au milieu"]
    assert alone[2:] == [66.7, None, None, None, None, None, NO_BANDS.replace(" :", "\u00a0:")]
    assert [sheet.cell(2, column).number_format for column in (3, 5, 6)] == [
        '#,##0.0"\u00a0%"', "#,##0", '#,##0"\u00a0%"',
    ]  # fmt: skip
    assert (sheet.page_setup.paperSize, sheet.page_setup.orientation, sheet.page_setup.fitToHeight) == (
        9,
        "landscape",
        0,
    )


@pytest.mark.parametrize("name", ["correspondant_caf", "correspondant_federal", "national", "copil", "stranger"])
def test_nobody_else_reads_them(cast: Cast, response: Response, sign_in: SignIn, name: str) -> None:
    client = sign_in(cast.users()[name])
    for route in ("saisie_tables", "saisie_tables_xlsx", "saisie_ledger"):
        assert client.get(reverse(route, args=[response.pk])).status_code in {403, 404}
