"""The atlas: its address is its state, each area a link, images and data of what is shown, a frame for other sites."""

import io
import re

import pytest
from django.http import QueryDict
from django.test import Client
from openpyxl import load_workbook

from senacs.observatory.models import Release
from senacs.observatory.releases.reader import reader_for
from senacs.territories.models import Departement
from senacs.web.incoming import Given
from senacs.web.public import atlas
from tests import factories
from tests.web.public.conftest import draw_outlines
from tests.web.public.test_views import text_of


@pytest.fixture
def outlines(db: None) -> None:
    draw_outlines()


def indicator(published: Release) -> str:
    reader = reader_for(published)
    return next(code for code, i in reader.indicators.items() if reader.table(code, level="departement"))


def state(**words: str) -> atlas.MapState:
    query = QueryDict(mutable=True)
    query.update(words)
    return atlas.state_of(Given(query))


def test_address_gives_the_state_back() -> None:
    first = state(
        indicateur="x:oui", niveau="region", type="EVS", annee="2024", classes="bornes", bornes="2,5 ; 1 ; 10"
    )
    assert first.typed == (1.0, 2.5, 10.0)
    assert atlas.state_of(Given(QueryDict(first.query))) == first


@pytest.mark.parametrize(
    "words",
    [{"niveau": "canton"}, {"classes": "x"}, {"nombre": "900"}, {"bornes": "a ; 1e999 ; --3 ; ٣"}, {"annee": "²"}],
)
def test_what_makes_no_sense_takes_its_default(client: Client, published: Release, outlines: None, words: dict) -> None:  # type: ignore[type-arg]
    assert client.get("/atlas/", words).status_code == 200
    assert state(**words).typed == ()


def test_figures_of_the_map_are_those_of_the_release(published: Release, outlines: None) -> None:
    reader = reader_for(published)
    code = next(c for c, i in reader.indicators.items() if i.kind == "share" and reader.table(c, level="departement"))
    found = atlas.mapped(state(indicateur=code), published)
    assert found is not None
    cells = {c.territory: c for c in reader.table(code, level="departement", statistic="share", modality="")}
    told = {row[0]: row[2] for row in found.table.rows}
    assert set(told) == set(cells)
    for territory, cell in cells.items():
        assert told[territory] is None if cell.value is None else told[territory] == pytest.approx(cell.value, abs=0.51)
    assert any(cell.is_suppressed for cell in cells.values())


def test_every_published_indicator_can_be_drawn(published: Release, outlines: None) -> None:
    reader = reader_for(published)
    for _, entries in atlas.choices(reader):
        for code, _ in entries:
            assert atlas.mapped(state(indicateur=code), published) is not None, code


def test_coverage_tells_no_data_from_no_structure(published: Release, outlines: None) -> None:
    factories.make_departement("01", "Vide")
    Departement.objects.filter(pk="62").update(population=None)
    found = atlas.mapped(state(indicateur="couverture"), None)
    assert found is not None
    told = {row[0]: (row[2], row[4]) for row in found.table.rows}
    assert told["01"] == (0.0, "0\xa0structure")
    assert told["62"] == (None, "population non publiée")


def test_page_draws_links_and_keeps_its_choices(client: Client, published: Release, outlines: None) -> None:
    page = client.get("/atlas/", {"indicateur": "couverture", "niveau": "region", "classes": "egales"})
    content = page.content.decode()
    assert 'href="/territoires/region/84/"' in content
    assert '<option value="egales" selected>' in content
    assert 'aria-label="Légende"' in page.content.decode()


def test_unknown_indicator_says_so_and_its_files_are_404(client: Client, published: Release, outlines: None) -> None:
    assert "Aucun chiffre de cet indicateur" in text_of(client.get("/atlas/", {"indicateur": "inconnu"}))
    for name in ("carte.svg", "carte.png", "chiffres.csv", "chiffres.xlsx", "integrer/"):
        assert client.get(f"/atlas/{name}", {"indicateur": "inconnu"}).status_code == 404
    assert client.get("/atlas/", {"publication": "1999-1"}).status_code == 404


def test_files_hold_what_is_shown(client: Client, published: Release, outlines: None) -> None:
    query = {"indicateur": "couverture"}
    lines = client.get("/atlas/chiffres.csv", query).content.decode("utf-8-sig").splitlines()
    assert lines[0].split(";")[:3] == ["Code", "Département", "Pour 10 000 habitants"]
    sheet = load_workbook(io.BytesIO(client.get("/atlas/chiffres.xlsx", query).content))["Chiffres"]
    written = {str(row[0].value): row[2].value for row in sheet.iter_rows(min_row=4)}
    assert written and all(
        float(line.split(";")[2].replace(",", ".")) == written[line.split(";")[0]] for line in lines[1:]
    )
    svg = client.get("/atlas/carte.svg", query)
    assert svg["Content-Type"] == "image/svg+xml" and "registre des structures agréées" in svg.content.decode()
    assert client.get("/atlas/carte.png", query).content.startswith(b"\x89PNG")


def test_only_the_embed_may_be_framed(client: Client, published: Release, outlines: None) -> None:
    embed = client.get("/atlas/integrer/", {"indicateur": "couverture"})
    assert "frame-ancestors *" in embed["Content-Security-Policy"] and "X-Frame-Options" not in embed
    page = client.get("/atlas/")
    assert "frame-ancestors 'none'" in page["Content-Security-Policy"] and page["X-Frame-Options"] == "DENY"


def test_fixed_and_moving_release(client: Client, published: Release, outlines: None) -> None:
    code = indicator(published)
    fixed = client.get("/atlas/integrer/", {"indicateur": code, "publication": published.name})
    assert f"publication {published.name}" in fixed.content.decode()
    moving = state(indicateur=code, annee=str(published.campaign.data_year))
    assert atlas.release_of(moving, [published]) == published
    assert atlas.release_of(state(annee="1990"), [published]) is None


def test_a_second_indicator_stands_beside_the_first(client: Client, published: Release, outlines: None) -> None:
    query = {"indicateur": indicator(published), "avec": "couverture", "classes": "bornes", "bornes": "3"}
    page = client.get("/atlas/", query).content.decode()
    titles = re.findall(r'data-atlas="([^"]*)"', page)
    assert len(titles) == 2 and titles[0] != titles[1]
    assert len(set(re.findall(r'<title id="([^"]*)"', page))) == 2  # names of one page are told apart
    assert "avec=couverture" in page  # what is taken away and shown elsewhere keeps the whole state
    alone = client.get("/atlas/", query | {"avec": "inconnu"}).content.decode()
    assert len(re.findall(r'data-atlas="', alone)) == 1
