"""Passkeys as people use them: Chromium’s virtual authenticator on the served site; rescue codes when it is lost."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.conf import settings
from playwright.sync_api import Page, expect

from senacs.accounts.enums import Role, Side
from senacs.accounts.models import Invitation, User
from tests import factories, served
from tests.browser.conftest import assert_accessible, axe_violations
from tests.factories import Cast

NewContext = Callable[..., Any]
WHY = "Elle remplace Paul Noir, parti à la retraite."
pytestmark = pytest.mark.slow


@pytest.fixture
def site_variables() -> dict[str, str]:
    """The second factor is asked for, as everywhere but in a demonstration."""
    return {"SENACS_SECOND_FACTOR": "obligatoire"}


@pytest.fixture
def people(transactional_db: None) -> Cast:
    people = factories.make_cast()
    for user in people.users().values():
        factories.accept_charte(user)
    return people


@pytest.fixture
def site(live_server: served.Site) -> str:
    """By its name: a passkey belongs to a name, never to an address in figures."""
    return f"http://localhost:{live_server.port}"


@pytest.fixture
def page(people: Cast, new_context: NewContext) -> Page:
    """A computer whose owner is recognised by a finger each time that it is asked."""
    page: Page = new_context(viewport={"width": 1280, "height": 900}).new_page()
    devtools = page.context.new_cdp_session(page)
    devtools.send("WebAuthn.enable")
    finger = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    devtools.send("WebAuthn.addVirtualAuthenticator", {"options": finger})
    return page


def type_password(page: Page, site: str, user: User) -> None:
    page.goto(f"{site}/compte/login/")
    page.get_by_label("Courriel").fill(user.email)
    page.get_by_label("Mot de passe", exact=True).fill(factories.PASSWORD)
    page.get_by_role("button", name="Se connecter", exact=True).click()


def sign_out(page: Page) -> None:
    page.context.clear_cookies()


def add_passkey(page: Page, *, without_password: bool) -> list[str]:
    """From « Protéger votre compte »; gives the rescue codes that are shown once it is done."""
    page.get_by_role("button", name="Ajouter une clé d’accès").click()
    page.get_by_label("Nom de cette clé").fill("ordinateur du bureau")
    page.get_by_label("Me connecter sans mot de passe").set_checked(without_password)
    page.locator("#mfa_webauthn_add").click()
    expect(page.get_by_role("heading", name="Codes de secours")).to_be_visible()
    return page.locator(".sn-codes code").all_inner_texts()


def test_enrolled_then_alone_opens_the_account(people: Cast, page: Page, site: str) -> None:
    type_password(page, site, people.national)
    page.wait_for_url("**/compte/securite/")
    assert axe_violations(page) == []
    codes = add_passkey(page, without_password=True)
    assert axe_violations(page) == []
    assert len(codes) == 10
    assert_accessible(page, f"{site}/compte/2fa/webauthn/add/")
    assert_accessible(page, f"{site}/compte/2fa/webauthn/")
    assert_accessible(page, f"{site}/compte/2fa/")
    page.goto(f"{site}/compte/2fa/webauthn/")
    expect(page.get_by_role("row", name="ordinateur du bureau")).to_contain_text("sans mot de passe")
    page.get_by_role("link", name="Renommer").click()
    page.get_by_label("Nom de cette clé").fill("téléphone")
    page.get_by_role("button", name="Enregistrer").click()
    expect(page.get_by_role("row", name="téléphone")).to_be_visible()
    page.get_by_role("link", name="Retirer").click()
    assert axe_violations(page) == []

    sign_out(page)
    page.goto(f"{site}/compte/login/")
    page.get_by_role("button", name="Utiliser une clé d’accès").click()
    page.wait_for_url("**/national/")
    page.goto(f"{site}/compte/appareils/")
    expect(page.get_by_text("Cet appareil")).to_be_visible()
    assert_accessible(page, f"{site}/compte/appareils/")

    # Fresh, as the key has just been shown: the act is not asked for again.
    colleague = factories.make_user("fcsf@exemple.fr")
    factories.make_mandate(colleague, Role.NATIONAL, side=Side.FEDERATION)
    assert_accessible(page, f"{site}/national/equipe/")
    propose(page, site)
    expect(page.get_by_text("la proposition attend une autre personne")).to_be_visible()
    assert Invitation.objects.get().awaits_confirmation


def propose(page: Page, site: str) -> None:
    page.goto(f"{site}/national/equipe/")
    page.get_by_label("Prénom").fill("Anne")
    page.get_by_label("Nom", exact=True).fill("Roux")
    page.get_by_label("Courriel professionnel").fill("anne.roux@exemple.fr")
    page.get_by_label("Au titre de").select_option("caf")
    page.get_by_label("Motif", exact=True).fill(WHY)
    page.get_by_role("button", name="Proposer").click()


def test_second_after_the_password_and_fresh_proof(people: Cast, page: Page, site: str, visit: Any) -> None:
    type_password(page, site, people.correspondant_caf)
    add_passkey(page, without_password=False)
    sign_out(page)
    type_password(page, site, people.correspondant_caf)
    expect(page.get_by_role("heading", name="Second facteur")).to_be_visible()
    assert axe_violations(page) == []
    page.get_by_role("button", name="Utiliser ma clé d’accès").click()
    page.wait_for_url("**/suivi/")

    let_time_pass(page, people.correspondant_caf)
    page.goto(f"{site}/compte/adresse/")
    page.get_by_label(re.compile("adresse", re.IGNORECASE)).fill("nouvelle@exemple.fr")
    page.get_by_role("main").get_by_role("button").first.click()
    expect(page.get_by_role("heading", name="Confirmez que c’est bien vous")).to_be_visible()
    assert axe_violations(page) == []
    page.get_by_role("button", name="Utiliser ma clé d’accès").click()
    expect(page.get_by_text("Une lettre est partie à nouvelle@exemple.fr")).to_be_visible()


def let_time_pass(page: Page, user: User) -> None:
    """The session of this browser, three hours later."""
    from senacs.accounts.sessions import SessionStore

    key = next(cookie["value"] for cookie in page.context.cookies() if cookie["name"] == settings.SESSION_COOKIE_NAME)
    session = SessionStore(key)
    methods = session["account_authentication_methods"]
    session["account_authentication_methods"] = [method | {"at": method["at"] - 3 * 3600} for method in methods]
    session.save()


def test_rescue_code_serves_once_then_the_national_team(
    people: Cast, page: Page, new_context: NewContext, site: str
) -> None:
    """The key is lost with the computer: a rescue code opens, once; without any left, the national team does."""
    person = people.correspondant_caf
    type_password(page, site, person)
    code = add_passkey(page, without_password=True)[0]
    other = new_context().new_page()
    for is_right in (True, False):
        type_password(other, site, person)
        other.get_by_label("Code").fill(code)
        other.get_by_role("button", name="Se connecter", exact=True).click()
        if is_right:
            other.wait_for_url("**/suivi/")
            sign_out(other)
    expect(other.get_by_text("Code incorrect").or_(other.locator(".govuk-error-message")).first).to_be_visible()

    factories.set_up_second_factor(people.national)
    helper = new_context().new_page()
    type_password(helper, site, people.national)
    helper.get_by_label("Code").fill(factories.totp_code())
    helper.get_by_role("button", name="Se connecter", exact=True).click()
    helper.wait_for_url("**/national/")
    assert_accessible(helper, f"{site}/national/comptes/?q=caf")
    helper.get_by_role("link", name=person.get_full_name()).click()
    assert_accessible(helper, helper.url)
    helper.get_by_label("Motif").fill("Ordinateur volé, reconnue à la voix au numéro du bureau.")
    helper.get_by_role("button", name="Remettre à zéro").click()
    expect(helper.get_by_text("une lettre le dit à")).to_be_visible()
    assert not Authenticator.objects.filter(user=person).exists()
    page.goto(f"{site}/suivi/")
    expect(page.get_by_role("heading", name="Se connecter")).to_be_visible()
    type_password(other, site, person)
    other.wait_for_url("**/compte/securite/")
