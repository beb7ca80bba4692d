"""The page of coverage and its files: figures of the register, criteria that move, what is not known said so."""

import io

import pytest
from django.test import Client
from openpyxl import load_workbook

from senacs.territories.models import Commune, Departement
from tests import factories
from tests.structures.test_coverage import at
from tests.web.public.test_views import text_of

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def land() -> None:
    served = at("26001", "Servie", 44.90, 4.90, 3000)
    at("26002", "Voisine", 44.99, 4.90, 800)
    at("26003", "Lointaine", 45.90, 4.90, 12_000)
    at("26004", "Sans chiffre", 44.95, 4.90, None)
    factories.make_structure(commune=served, kind="EVS")
    Departement.objects.filter(pk="26").update(population=15_800)


def test_page_tells_who_is_served_and_who_is_not(client: Client) -> None:
    text = text_of(client.get("/couverture/departement/26/"))
    for words in (
        "habitants de 2 communes sans structure", "12 800", "2 intercommunalités sans structure",
        "Lointaine : 12 000 habitants", "1 commune dont la population n’est pas publiée",
        "La liste des quartiers prioritaires (QPV) n’est pas chargée", "Servie, 111 km",
    ):  # fmt: skip
        assert words in text.replace("\u202f", " ").replace("\xa0", " "), words
    assert "Sans chiffre :" not in text


def test_kind_and_threshold_of_the_address_are_kept(client: Client) -> None:
    page = client.get("/couverture/departement/26/", {"type": "CS", "habitants": "10000", "poids_population": "5"})
    text = text_of(page).replace("\u202f", " ").replace("\xa0", " ")
    assert "1 commune sans structure, de 10 000 habitants au moins" in text
    assert ">Voisine</a>" not in page.content.decode()
    assert "type=CS&amp;habitants=10000&amp;poids_population=5" in page.content.decode()
    france = client.get("/couverture/", {"annee": "1789", "type": "x", "habitants": "-3", "poids_qpv": "99"})
    assert france.status_code == 200 and "Communes d’au moins" in text_of(france)


def test_files_hold_every_commune_and_the_ranks(client: Client) -> None:
    lines = client.get("/couverture/departement/26/communes.csv").content.decode("utf-8-sig").splitlines()
    assert len(lines) == 1 + Commune.objects.count()
    states = {line.split(";")[0]: line.split(";")[7] for line in lines[1:]}
    assert states == {
        "26001": "avec structure", "26002": "sans structure", "26003": "sans structure",
        "26004": "population non publiée",
    }  # fmt: skip
    book = load_workbook(io.BytesIO(client.get("/couverture/departement/26/candidates.xlsx").content))
    ranks = [[cell.value for cell in row][:4] for row in book["Chiffres"].iter_rows(min_row=4)]
    assert [(row[0], row[3]) for row in ranks] == [(1, "Lointaine"), (2, "Voisine")]
    assert "poids" in " ".join(str(row[1].value) for row in book["Méthode"].iter_rows())


@pytest.mark.parametrize(
    "path",
    ["commune/26001/", "departement/99/", "departement/26/quartiers.csv", "departement/26/x.csv",
     "departement/26/communes.pdf"],
)  # fmt: skip
def test_what_does_not_exist_is_404(client: Client, path: str) -> None:
    assert client.get(f"/couverture/{path}").status_code == 404


def test_page_asks_a_few_queries_however_many_communes(
    client: Client, django_assert_max_num_queries: pytest.FixtureRequest
) -> None:
    with django_assert_max_num_queries(25):  # type: ignore[operator]
        client.get("/couverture/departement/26/")
