"""Crossings and the smaller territories: what a reader without account finds below and across."""

import re
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from senacs.campaigns.models import InvitedStructure
from senacs.observatory import services
from senacs.observatory.answers.groupings import draw_grouping
from senacs.observatory.models import Release
from senacs.observatory.releases.build import run_build
from senacs.structures.models import Structure
from senacs.territories.models import Departement
from tests import factories
from tests.observatory.conftest import make_survey
from tests.web.public.test_views import text_of


@pytest.fixture
def grouped(db: None, settings: Any, tmp_path: Path) -> Release:
    """A release in which twelve structures of the Drôme are a grouping."""
    settings.DATA_DIR = factories.FIXTURES / "observatory"
    settings.RELEASES_DIR = tmp_path / "releases"
    settings.MICRODATA_DIR = tmp_path / "microdata"
    campaign = make_survey()
    departement = Departement.objects.get(pk="26")
    chosen = list(Structure.objects.filter(departement=departement).order_by("pk")[:12])
    commune = factories.make_commune("26002", "Bourg-lès-Valence", departement=departement)
    Structure.objects.filter(pk__in=[s.pk for s in chosen]).update(commune=commune)
    InvitedStructure.objects.filter(structure__in=chosen).update(commune_code="26002")
    draw_grouping(departement=departement, name="Vallée du Rhône", communes=["26002"], by=None)
    release = run_build(services.create_release(campaign=campaign, by=None).pk)
    Release.objects.filter(pk=release.pk).update(state="published", published_at="2026-10-01T08:00:00Z")
    return release


def test_theme_is_crossed_by_what_the_release_publishes(client: Client, published: Release) -> None:
    page = text_of(client.get("/territoires/departement/26/finances/"))
    assert "Croiser par type de structure et mode de gestion" in page
    # The two kinds stand apart without anybody having to ask.
    assert "Par type de structure" in page and "Centres sociaux" in page
    assert re.search(r"Budget total de fonctionnement en moyenne par structure sans objet [\d ,k€]+", page)
    managed = text_of(client.get("/territoires/departement/26/finances/?par=gestion"))
    assert "Par mode de gestion" in managed and "Collectivité locale" in managed
    assert client.get("/territoires/departement/26/finances/?par=qpv").status_code == 404
    assert "Chaque thème se lit aussi par type de structure et mode de gestion." in text_of(
        client.get("/territoires/departement/26/")
    )


def test_hidden_cells_say_why_in_words(client: Client, published: Release) -> None:
    page = text_of(client.get("/territoires/departement/62/finances/?par=kind"))
    assert "masqué (a)" in page
    assert "(a) secret statistique" in page


def test_grouping_has_its_page_from_the_departement_on(client: Client, grouped: Release) -> None:
    assert 'href="/territoires/groupement/26-1/"' in client.get("/territoires/departement/26/").content.decode()
    page = text_of(client.get("/territoires/groupement/26-1/"))
    assert "Vallée du Rhône" in page and "12 structures agréées" in page
    assert "(10 répondants)" in page and "Département 26" in page
    assert client.get("/territoires/groupement/26-1/chiffres.csv").content.count(b"groupement,26-1") == 4
    listed = client.get("/territoires/groupement/26-1/structures/").content.decode()
    assert listed.partition("<main")[2].partition("</main>")[0].count('href="/structures/S') == 12


@pytest.mark.parametrize("code", ["26-2", "26", "x"])
def test_grouping_of_no_release_is_404(client: Client, grouped: Release, code: str) -> None:
    assert client.get(f"/territoires/groupement/{code}/").status_code == 404


def test_epci_has_a_page_even_where_nothing_is_told(client: Client, grouped: Release) -> None:
    epci = Departement.objects.get(pk="69").communes.get().epci_id
    page = text_of(client.get(f"/territoires/epci/{epci}/"))
    assert "ne contient aucun chiffre pour ce territoire" in page
    assert "37 structures agréées" in page
