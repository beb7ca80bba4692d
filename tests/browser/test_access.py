"""Pages of published and aggregated figures, and of who reads what, in a real browser: axe, wide and narrow."""

from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from senacs.accounts.enums import Role, Side
from senacs.accounts.models import User
from senacs.collection.models import Response
from senacs.observatory import services
from senacs.observatory.models import Release
from senacs.observatory.releases.build import run_build
from senacs.structures.models import Structure
from tests import factories
from tests.browser.conftest import assert_accessible
from tests.observatory.conftest import make_survey

pytestmark = pytest.mark.survey


@pytest.fixture
def published(live_server: object) -> Release:
    release = factories.checked(run_build(services.create_release(campaign=make_survey(), by=None).pk))
    for side in Side:
        user = factories.make_user()
        factories.make_mandate(user, Role.NATIONAL, side=side)
        services.sign_release(release=release, side=side, by=user, seal=release.seal)
    return services.publish_release(release=release, by=None)


def test_pages_of_a_territory_are_accessible(published: Release, context: BrowserContext) -> None:
    page = context.new_page()
    for url in ("/", "/territoires/departement/69/", "/territoires/departement/69/finances/"):
        assert_accessible(page, url)
    assert_accessible(page, "/territoires/france/FR/structures/")
    # A reader opens a crossing from its theme, and reads why a figure is hidden.
    page.goto("/territoires/departement/62/finances/")
    page.get_by_role("link", name="Mode de gestion", exact=True).click()
    expect(page.get_by_role("heading", name="Par mode de gestion")).to_be_visible()
    expect(page.locator("main")).to_contain_text("secret statistique")
    assert_accessible(page, "/territoires/departement/62/finances/?par=gestion")


def test_person_in_charge_extracts_and_the_structure_reads_it(
    published: Release, visit: Callable[[User], Page]
) -> None:
    structure = Structure.objects.filter(departement="69", responses__isnull=False).order_by("pk").first()
    assert structure is not None
    person = factories.make_user("statisticien@exemple.fr")
    for side in Side:
        factories.make_mandate(person, Role.PREPARATION, side=side, departement=structure.departement)
    page = visit(person)
    assert_accessible(page, "/tables/69/?rubrique=emplois")
    assert_accessible(page, "/tables/69/donnees/")
    page.get_by_label("À quoi l’extraction va-t-elle servir ?").fill("Préparer la réunion d’analyse de décembre.")
    with page.expect_download() as download:
        page.get_by_role("button", name="Extraire").click()
    assert download.value.suggested_filename.endswith(".xlsx")

    director = factories.make_user("direction@exemple.fr")
    factories.make_mandate(director, Role.RESPONSABLE, structure=structure)
    response = Response.objects.get(structure=structure)
    own = visit(director)
    assert_accessible(own, f"/saisie/{response.pk}/acces/")
    expect(own.locator("main")).to_contain_text("Préparer la réunion d’analyse de décembre.")
    assert_accessible(own, f"/saisie/{response.pk}/tableaux/")
    assert_accessible(own, f"/saisie/{response.pk}/secret/")


def test_copil_names_in_the_browser(published: Release, visit: Callable[[User], Page]) -> None:
    member = factories.make_user("copil-caf@exemple.fr")
    departement = Structure.objects.filter(departement="69").first().departement  # type: ignore[union-attr]
    factories.make_mandate(member, Role.COPIL, side=Side.CAF, departement=departement)
    page = visit(member)
    assert_accessible(page, "/tables/69/preparation/")
    assert_accessible(page, "/tables/territoire/region/84/?rubrique=emplois")
    assert_accessible(page, "/tables/69/regroupements/")
    page.get_by_label("Nom du regroupement").fill("Ville et alentour")
    page.get_by_role("checkbox").first.check()
    page.get_by_role("button", name="Compter les structures").click()
    expect(page.get_by_role("status")).to_contain_text("37 structures dans les communes cochées")
    page.get_by_role("button", name="Tracer le regroupement").click()
    expect(page.get_by_role("link", name="Ville et alentour")).to_be_visible()
    assert_accessible(page, "/tables/69/regroupements/")
