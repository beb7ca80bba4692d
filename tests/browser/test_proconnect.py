"""ProConnect against a real OpenID provider started on the loopback: attach, sign in with one or two factors, leave."""

import os
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from allauth.socialaccount.models import SocialAccount, SocialToken
from django.conf import settings as django_settings
from playwright.sync_api import Page, expect

from senacs.accounts.models import User
from senacs.accounts.sessions import SessionStore
from tests import factories, served
from tests.browser.conftest import axe_violations
from tests.factories import Cast

Visit = Callable[[User], Page]
PROVIDER = Path(__file__).with_name("openid_provider.mjs")
NODE = Path(django_settings.BASE_DIR) / ".venv/bin/node"
pytestmark = pytest.mark.slow


@dataclass
class Provider:
    url: str
    process: "subprocess.Popen[str]"

    def serves(self, site: served.Site) -> None:
        """The provider and the site know each other's address: the site is told first, by its variables."""
        assert self.process.stdin is not None and self.process.stdout is not None
        self.process.stdin.write(f"{site}\n")
        self.process.stdin.flush()
        assert self.process.stdout.readline().strip() == "ready"


@pytest.fixture(scope="module")
def provider() -> Iterator[Provider]:
    """Node's `oidc-provider`, a certified implementation, set as ProConnect is (openid_provider.mjs)."""
    started = subprocess.Popen(
        [str(NODE if NODE.exists() else "node"), str(PROVIDER)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        env=os.environ | {"NODE_NO_WARNINGS": "1"},
    )
    with started:
        assert started.stdout is not None
        port = started.stdout.readline().strip()
        assert port, "`make setup` installs the provider (npm, oidc-provider)"
        yield Provider(f"http://127.0.0.1:{port}", started)
        started.terminate()


@pytest.fixture
def site_variables(provider: Provider) -> dict[str, str]:
    """The second factor is asked for, as everywhere but in a demonstration."""
    return {
        "SENACS_OIDC_URL": provider.url,
        "SENACS_OIDC_CLIENT_ID": "senacs",
        "SENACS_OIDC_SECRET": "secret-of-the-test-provider-only",
        "SENACS_SECOND_FACTOR": "obligatoire",
    }


@pytest.fixture
def proconnect(provider: Provider, live_server: served.Site) -> str:
    provider.serves(live_server)
    return provider.url


@pytest.fixture
def people(transactional_db: None) -> Cast:
    people = factories.make_cast()
    for user in people.users().values():
        factories.accept_charte(user)
    return people


def attach(user: User, sub: str) -> None:
    SocialAccount.objects.create(user=user, provider="proconnect", uid=sub)


def go_to_proconnect(page: Page) -> None:
    page.goto("/compte/login/")
    page.get_by_role("button", name="Se connecter avec ProConnect").click()


def sign_in_there(page: Page, sub: str, *, two_factors: bool) -> None:
    page.get_by_label("Identifiant").fill(sub)
    if two_factors:
        page.get_by_label("Second facteur").check()
    page.get_by_role("button", name="Continuer").click()


def test_identity_is_attached_by_its_owner_and_signs_in(people: Cast, visit: Visit, proconnect: str) -> None:
    page = visit(people.national)
    page.goto("/compte/")
    page.get_by_role("button", name="Rattacher").click()
    sign_in_there(page, "claire.roy", two_factors=True)
    expect(page.get_by_text("claire.roy@agents.example")).to_be_visible()
    assert axe_violations(page) == []
    attached = SocialAccount.objects.get()
    assert (attached.user, attached.uid) == (people.national, "claire.roy")
    assert not SocialToken.objects.exists(), "no token of the provider is kept in the database"

    page.context.clear_cookies()
    go_to_proconnect(page)
    sign_in_there(page, "claire.roy", two_factors=True)
    page.wait_for_url("**/national/")


def test_one_factor_there_still_owes_one_here(people: Cast, new_context: Any, proconnect: str) -> None:
    attach(people.copil, "jean.petit")
    factories.set_up_second_factor(people.copil)
    page = new_context().new_page()
    go_to_proconnect(page)
    sign_in_there(page, "jean.petit", two_factors=False)
    expect(page.get_by_role("heading", name="Second facteur")).to_be_visible()
    page.get_by_label("Code").fill(factories.totp_code())
    page.get_by_role("button", name="Se connecter", exact=True).click()
    page.wait_for_url("**/espace/")


def test_two_factors_there_are_two_factors_here(people: Cast, new_context: Any, proconnect: str) -> None:
    attach(people.correspondant_caf, "anne.blanc")
    page = new_context().new_page()
    go_to_proconnect(page)
    sign_in_there(page, "anne.blanc", two_factors=True)
    page.wait_for_url("**/suivi/")

    page = new_context().new_page()
    go_to_proconnect(page)
    sign_in_there(page, "anne.blanc", two_factors=False)
    page.wait_for_url("**/compte/securite/")


def test_leaving_ends_the_session_there_too(people: Cast, new_context: Any, proconnect: str, live_server: Any) -> None:
    attach(people.responsable, "lea.noir")
    page = new_context().new_page()
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text) if message.type == "error" else None)
    go_to_proconnect(page)
    sign_in_there(page, "lea.noir", two_factors=False)
    page.wait_for_url("**/saisie/**")
    cookies = {cookie["name"] for cookie in page.context.cookies(proconnect)}
    assert "_session" in cookies

    page.get_by_role("button", name="Se déconnecter").first.click()
    page.get_by_role("button", name="Terminer").click()
    page.wait_for_url(f"{live_server}/?state=*")
    expect(page.get_by_role("link", name="Se connecter")).to_be_visible()
    assert said == [], "the content security policy lets the browser go there"
    go_to_proconnect(page)
    expect(page.get_by_label("Identifiant")).to_be_visible()


def test_unknown_identity_opens_nothing(people: Cast, new_context: Any, proconnect: str) -> None:
    """Not even where the address that ProConnect tells is that of an account."""
    User.objects.filter(pk=people.national.pk).update(email="claire.roy@agents.example")
    page = new_context().new_page()
    go_to_proconnect(page)
    sign_in_there(page, "claire.roy", two_factors=True)
    expect(page.get_by_text("Cette identité n’y est pas encore rattachée")).to_be_visible()
    page.goto("/national/")
    assert urlsplit(page.url).path == "/compte/login/"
    assert not SocialAccount.objects.exists()


def test_answer_to_another_request_is_refused(people: Cast, new_context: Any, proconnect: str) -> None:
    attach(people.national, "claire.roy")
    page = new_context().new_page()
    go_to_proconnect(page)
    key = next(c["value"] for c in page.context.cookies() if c["name"] == django_settings.SESSION_COOKIE_NAME)
    session = SessionStore(key)
    session["proconnect_nonce"] = "celui d’une autre demande"
    session.save()
    sign_in_there(page, "claire.roy", two_factors=True)
    expect(page.get_by_role("heading", name="n’a pas abouti")).to_be_visible()
    page.goto("/national/")
    assert urlsplit(page.url).path == "/compte/login/"
