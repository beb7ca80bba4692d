"""Files to take away: French for people, described for machines, read here by programs that are not ours."""

import io
import json
from datetime import date
from pathlib import Path

import pytest
from django.test import Client
from frictionless import Dialect, Resource, Schema
from frictionless.formats import CsvControl
from openpyxl import load_workbook

from senacs.observatory.models import Release
from senacs.observatory.releases.reader import reader_for
from senacs.territories.models import Commune
from tests import factories


@pytest.fixture
def register(db: None) -> None:
    valence = factories.make_commune("26362", "Valence")
    Commune.objects.filter(pk=valence.pk).update(latitude=44.933, longitude=4.892)
    factories.make_structure(
        code="S1", name="Le Plan ; « L’Été »", siret="12345678900011", postal_code="01000",
        commune=Commune.objects.get(pk="26362"), first_agrement_on=date(1998, 3, 1),
    )  # fmt: skip
    factories.make_structure(code="S2", name="=cmd", kind="EVS", commune=factories.make_commune("59350", "Lille"))
    closed = factories.make_structure(code="S3", name="Fermée")
    type(closed).objects.filter(pk=closed.pk).update(closed_on=date(2025, 1, 1))


def test_register_is_valid_for_its_own_schema(client: Client, register: None, tmp_path: Path) -> None:
    (tmp_path / "registre.csv").write_bytes(client.get("/structures/registre.csv").content)
    schema = Schema.from_descriptor(client.get("/structures/schema.json").json())
    dialect = Dialect(controls=[CsvControl(delimiter=";")])
    resource = Resource(
        path="registre.csv", basepath=str(tmp_path), encoding="utf-8-sig", schema=schema, dialect=dialect
    )
    report = resource.validate()
    assert report.valid, report.flatten(["message"])
    rows = {row["code"]: row for row in resource.read_rows()}
    assert set(rows) == {"S1", "S2"}
    assert (rows["S1"]["code_postal"], float(rows["S1"]["latitude"])) == ("01000", 44.933)
    assert rows["S1"]["premier_agrement"] == date(1998, 3, 1)
    assert rows["S2"]["nom"] == "'=cmd" and rows["S2"]["latitude"] is None


def test_register_follows_the_filters_of_the_page(client: Client, register: None) -> None:
    page = client.get("/structures/", {"kind": "EVS"}).content.decode()
    assert 'href="/structures/registre.xlsx?kind=EVS"' in page
    lines = client.get("/structures/registre.csv", {"kind": "EVS"}).content.decode("utf-8-sig").splitlines()
    assert [line.split(";")[0] for line in lines] == ["code", "S2"]


def test_workbook_keeps_codes_as_texts(client: Client, register: None) -> None:
    sheet = load_workbook(io.BytesIO(client.get("/structures/registre.xlsx").content))["Chiffres"]
    row = next(row for row in sheet.iter_rows(min_row=4) if row[0].value == "S1")
    assert row[4].value == "01000" and row[14].value == "12345678900011" and row[19].value == 44.933


def test_geojson_has_a_point_or_none(client: Client, register: None) -> None:
    response = client.get("/structures/registre.geojson")
    features = {f["id"]: f for f in json.loads(response.content)["features"]}
    assert response["Content-Type"] == "application/geo+json"
    assert features["S1"]["geometry"] == {"type": "Point", "coordinates": [4.892, 44.933]}
    assert features["S2"]["geometry"] is None
    assert features["S1"]["properties"]["nom"] == "Le Plan ; « L’Été »"


def test_territory_opens_in_a_french_spreadsheet(client: Client, published: Release) -> None:
    content = client.get("/territoires/departement/69/tableau.csv").content
    assert content.startswith(b"\xef\xbb\xbf")
    lines = content.decode("utf-8-sig").splitlines()
    frame = reader_for(published).territory_frame("departement", "69")
    assert len(lines) == len(frame) + 1
    book = load_workbook(io.BytesIO(client.get("/territoires/departement/69/tableau.xlsx").content))
    headers = [cell.value for cell in book["Chiffres"][3]]
    value, why = headers.index("Valeur"), headers.index("Si masqué")
    rows = list(book["Chiffres"].iter_rows(min_row=4, values_only=True))
    assert len(rows) == len(frame)
    assert all((row[value] is None) == bool(row[why]) or row[value] is not None for row in rows)
    hidden = frame.filter(frame["status"] != "published")
    assert sum(row[value] is None for row in rows) == len(hidden)
    assert all(isinstance(row[value], int | float) for row in rows if row[value] is not None)
    assert any("publication" in str(row[1]) for row in book["Méthode"].iter_rows(values_only=True))


@pytest.mark.parametrize("path", ["departement/00", "commune/69001", "canton/1"])
def test_territory_without_figures_is_404(client: Client, published: Release, path: str) -> None:
    for ending in ("csv", "xlsx"):
        assert client.get(f"/territoires/{path}/tableau.{ending}").status_code == 404
