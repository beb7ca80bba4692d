"""The automated tables: for the structure alone, with its own figures, even before any release."""

import io
from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse
from python_calamine import CalamineWorkbook

from senacs.accounts.models import User
from senacs.collection.models import Response
from tests.factories import Cast

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


@pytest.mark.parametrize("name", ["correspondant_caf", "correspondant_federal", "national", "copil", "stranger"])
def test_nobody_else_reads_them(cast: Cast, response: Response, sign_in: SignIn, name: str) -> None:
    client = sign_in(cast.users()[name])
    for route in ("saisie_tables", "saisie_tables_xlsx", "saisie_ledger"):
        assert client.get(reverse(route, args=[response.pk])).status_code in {403, 404}
