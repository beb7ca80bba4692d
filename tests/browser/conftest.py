"""Browser tests: Debian's Chromium through Playwright, on a live server with the site's built assets."""

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from senacs.accounts.models import User
from tests import factories

CHROMIUM = shutil.which("chromium") or "/usr/bin/chromium"
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
AXE = Path(__file__).resolve().parents[2] / "node_modules/axe-core/axe.min.js"
WIDTHS = (1280, 390)

# The machine may be busy with other tests.
expect.set_options(timeout=10_000)

Visit = Callable[[User], Page]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "tests/browser" in str(item.path):
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    # Playwright's synchronous API runs an event loop in this thread; Django would refuse the database there.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield chromium
        chromium.close()
    del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.fixture
def context(browser: Browser, live_server: object) -> Iterator[BrowserContext]:
    """One visitor: own cookies, own storage."""
    opened = browser.new_context(
        base_url=str(live_server), locale="fr-FR", viewport={"width": 1280, "height": 900}, reduced_motion="reduce"
    )
    opened.set_default_timeout(20_000)
    yield opened
    opened.close()


@pytest.fixture
def new_context(browser: Browser, live_server: object) -> Iterator[Callable[..., BrowserContext]]:
    """As many visitors as the test needs."""
    opened: list[BrowserContext] = []

    def make(**options: object) -> BrowserContext:
        visitor = browser.new_context(base_url=str(live_server), locale="fr-FR", **options)  # type: ignore[arg-type]
        visitor.set_default_timeout(20_000)
        opened.append(visitor)
        return visitor

    yield make
    for visitor in opened:
        visitor.close()


@pytest.fixture
def errors(context: BrowserContext) -> list[str]:
    """What the browser complains of: scripts that fail, content that the policy forbids."""
    said: list[str] = []
    context.on("weberror", lambda error: said.append(str(error.error)))
    context.on("console", lambda message: said.append(message.text) if message.type == "error" else None)
    return said


def sign_in(context: BrowserContext, user: User, address: str) -> None:
    """The session of somebody who accepted the charter, without going through the form."""
    factories.accept_charte(user)
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    session = client.cookies[settings.SESSION_COOKIE_NAME].value
    context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": address}])


@pytest.fixture
def visit(context: BrowserContext, live_server: object) -> Visit:
    """Signs somebody in and gives a page."""

    def as_user(user: User) -> Page:
        sign_in(context, user, str(live_server))
        return context.new_page()

    return as_user


def axe_violations(page: Page) -> list[str]:
    """What axe-core finds on the page as it stands, one line a violation."""
    page.evaluate(AXE.read_text())
    found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
    return [
        f"{violation['id']}: {node['html'][:200]}" for violation in found["violations"] for node in violation["nodes"]
    ]


def assert_accessible(page: Page, url: str) -> None:
    """axe finds nothing on the page, wide and narrow, and nothing makes a phone scroll sideways."""
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 844})
        page.goto(url)
        assert axe_violations(page) == [], f"{url} at {width} px"
        assert page.evaluate("document.documentElement.scrollWidth") <= width, f"{url} overflows {width} px"
