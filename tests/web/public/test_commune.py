"""A commune in ten seconds: who serves it, how it is covered, where figures begin, and why not lower."""

import pytest
from django.test import Client

from senacs.observatory.models import Release
from senacs.observatory.releases.gaps import telling_gaps
from senacs.observatory.releases.reader import reader_for
from senacs.territories.models import Commune
from senacs.territories.queries import get_territory
from senacs.web.public.glance import telling_sentences
from tests import factories
from tests.web.public.test_views import text_of


def place(code: str, name: str, latitude: float | None, longitude: float | None) -> Commune:
    factories.make_commune(code, name)
    Commune.objects.filter(pk=code).update(latitude=latitude, longitude=longitude)
    return Commune.objects.get(pk=code)


def test_commune_without_structure_says_the_nearest_one(client: Client, db: None) -> None:
    place("26001", "Aouste", 44.70, 5.05)
    factories.make_structure(name="Espace de Crest", commune=place("26108", "Crest", 44.73, 5.02))
    response = client.get("/territoires/commune/26001/")
    text = text_of(response).replace("&nbsp;", " ")
    assert "Aucune structure agréée n’a son siège dans la commune." in text
    assert "La plus proche est à environ 4 km, à Crest." in text
    assert 'aria-label="Crest' in response.content.decode()


def test_commune_of_unknown_position_says_so(client: Client, db: None) -> None:
    place("26001", "Aouste", None, None)
    assert "La position de cette commune n’est pas connue" in text_of(client.get("/territoires/commune/26001/"))


def test_commune_leads_to_the_smallest_territory_that_is_told(client: Client, published: Release) -> None:
    text = text_of(client.get("/territoires/commune/69001/"))
    assert "une commune compte trop peu de structures" in text
    assert "Département 69 : le plus petit territoire dont des chiffres sont publiés" in text
    assert f"publication {published.name}, http://testserver/territoires/commune/69001/, consulté le" in text


def test_sentences_are_the_gaps_that_the_test_holds(published: Release) -> None:
    reader = reader_for(published)
    for code in reader.territories("region"):
        region = get_territory("region", code)
        assert region is not None
        told = telling_sentences(reader, region)
        held = {indicator for indicator, _ in telling_gaps(reader, "region", code)}
        assert len(told) == min(3, len(held))
        assert all("qu’en France" in sentence for sentence in told)
    france = get_territory("france", "FR")
    assert france is not None and telling_sentences(reader, france) == ()


def test_structures_of_a_commune_are_listed(client: Client, db: None) -> None:
    factories.make_structure(name="Le Plan", commune=place("26362", "Valence", 44.93, 4.89))
    assert "Le Plan" in text_of(client.get("/territoires/commune/26362/structures/"))


@pytest.mark.parametrize("path", ["", "chiffres.csv", "gouvernance/"])
def test_unknown_commune_and_figures_of_a_commune_are_404(client: Client, published: Release, path: str) -> None:
    code = "00000" if not path else "69001"
    assert client.get(f"/territoires/commune/{code}/{path}").status_code == 404
