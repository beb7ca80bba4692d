"""Each indicator has its page: definition, question, formula in words, years, breaks, quality."""

import pytest
from django.test import Client

from senacs.observatory.models import Release
from senacs.observatory.releases.reader import reader_for
from senacs.observatory.releases.series import YearFigure
from senacs.web.public.definitions import definition_of

pytestmark = pytest.mark.django_db


class Cut:
    """Two years whose second does not follow the first."""

    years = (2024, 2025)

    def points(self, *_: str) -> tuple[YearFigure, ...]:
        return YearFigure(2024, 8.0, False, False), YearFigure(2025, None, True, True, "Compté au 31 décembre")


def test_every_indicator_of_the_release_has_its_page(client: Client, published: Release) -> None:
    reader = reader_for(published)
    method = client.get("/methode/").content.decode()
    for code, indicator in reader.indicators.items():
        address = f"/methode/indicateurs/{code}/"
        assert address in method
        page = client.get(address).content.decode()
        assert indicator.definition.split(".")[0].replace("'", "&#x27;") in page
        assert reader.methodology["asked"][code]["formula"].split("\u00a0")[0] in page
        assert "Ce qui est demandé" in page
        assert "Aucune rupture entre les années publiées." in page
        assert "par le secret statistique" in page
    assert client.get("/methode/indicateurs/inconnu/").status_code == 404


def test_a_page_tells_the_years_the_secrets_and_what_was_decided(published: Release) -> None:
    reader = reader_for(published)
    page = definition_of(reader, Cut(), "etp_total")  # type: ignore[arg-type]
    assert page is not None
    assert [line.year for line in page.years] == [2024, 2025]
    assert [line.note for line in page.breaks] == ["Compté au 31 décembre"]
    assert page.years[1].figures == ("s.", "s.")
    assert page.columns == (
        "Centres sociaux, en moyenne par structure",
        "Espaces de vie sociale, en moyenne par structure",
    )
    cells = reader.cells_of("etp_total")
    assert page.shown == cells.filter(cells["status"] == "published").height


def test_before_any_release_there_is_no_indicator(client: Client) -> None:
    assert client.get("/methode/indicateurs/etp_total/").status_code == 404
