"""Sign-in, charter and the pages of a person, in a real browser."""

import pytest
from playwright.sync_api import BrowserContext, expect

from tests import factories
from tests.browser.conftest import Visit, assert_accessible

OPEN_PAGES = (
    "/compte/login/",
    "/compte/password/reset/",
    "/compte/signup/",
    "/charte/",
    "/accessibilite/",
    "/a-propos/",
)
OWN_PAGES = (
    "/compte/",
    "/compte/password/change/",
    "/compte/2fa/",
    "/compte/logout/",
    "/espace/",
    "/charte/accepter/",
)


@pytest.fixture
def cast(transactional_db: None) -> factories.Cast:
    return factories.make_cast()


def test_somebody_signs_in_accepts_the_charter_and_arrives(
    cast: factories.Cast, context: BrowserContext, errors: list[str]
) -> None:
    factories.make_charte()
    page = context.new_page()
    page.goto("/compte/login/")
    page.get_by_label("Courriel").fill(cast.responsable.email)
    page.get_by_label("Mot de passe", exact=True).fill(factories.PASSWORD)
    page.get_by_role("button", name="Se connecter", exact=True).click()
    expect(page.get_by_role("heading", name="Avant de commencer : la charte")).to_be_visible()
    page.get_by_role("button", name="Accepter et continuer").click()
    expect(page.locator(".govuk-error-summary")).to_contain_text("Cochez la case")
    page.get_by_label("J’ai lu la charte").check()
    page.get_by_role("button", name="Accepter et continuer").click()
    page.wait_for_url("**/saisie/")
    page.get_by_role("button", name="Se déconnecter").click()
    expect(page.get_by_role("link", name="Se connecter")).to_be_visible()
    assert [said for said in errors if "404" not in said] == []


def test_one_click_fills_a_demonstration_login(cast: factories.Cast, context: BrowserContext) -> None:
    page = context.new_page()
    page.goto("/compte/login/")
    page.get_by_role("button", name=cast.correspondant_caf.email).click()
    expect(page.get_by_label("Courriel")).to_have_value(cast.correspondant_caf.email)


def test_pages_open_to_everyone_are_accessible(cast: factories.Cast, context: BrowserContext) -> None:
    factories.make_charte()
    page = context.new_page()
    for url in (
        "/compte/login/",
        "/compte/password/reset/",
        "/compte/signup/",
        "/charte/",
        "/accessibilite/",
        "/a-propos/",
    ):
        assert_accessible(page, url)


def test_pages_of_a_person_are_accessible(cast: factories.Cast, visit: Visit) -> None:
    page = visit(cast.responsable)
    for url in (
        "/compte/",
        "/compte/password/change/",
        "/compte/2fa/",
        "/compte/logout/",
        "/espace/",
        "/charte/accepter/",
    ):
        assert_accessible(page, url)
