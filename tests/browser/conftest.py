"""Browser tests: Debian's Chromium through Playwright, on the real `senacs serve` over the test database."""

import json
import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as project
from django.contrib.auth.hashers import PBKDF2PasswordHasher
from django.db import connection
from django.test import Client
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from senacs.accounts.models import User
from tests import factories, served

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
expect.set_options(timeout=30_000)

Visit = Callable[[User], Page]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "tests/browser" in str(item.path):
            item.add_marker(pytest.mark.browser)
            # One file, one process: the site of a file's tests is started once.
            item.add_marker(pytest.mark.xdist_group(item.path.stem))


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    # Playwright's synchronous API runs an event loop in this thread; Django would refuse the database there.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield chromium
        chromium.close()
    del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


class QuickPBKDF2(PBKDF2PasswordHasher):
    """What the product's own settings verify, without the time that it takes."""

    iterations = 1


Changed = dict[str, Any]
Sites = Callable[[Changed, dict[str, str]], served.Site]
# What the fixtures of a test may change for the site too, before they ask for it.
FOLDERS = {"RELEASES_DIR": "releases", "MICRODATA_DIR": "microdata", "MEDIA_ROOT": "media"}
SHARED = (*FOLDERS, "DATA_DIR", "DEMO")


def _shared() -> Changed:
    return {name: str(value) if isinstance(value := getattr(project, name), Path) else value for name in SHARED}


@pytest.fixture(scope="session")
def usual() -> Changed:
    return _shared()


@pytest.fixture(scope="session")
def sites(django_db_setup: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sites]:
    """`senacs serve` on the test database: one at a time, since its worker takes whatever task stands there."""
    running: dict[str, served.Site] = {}

    def of(changed: Changed, variables: dict[str, str]) -> served.Site:
        key = json.dumps([changed, variables], sort_keys=True)
        if key not in running:
            while running:
                running.popitem()[1].stop()
            more = {
                "DJANGO_SETTINGS_MODULE": "tests.browser.site_settings",
                "SENACS_SITE_SETTINGS": json.dumps(changed),
            }
            running[key] = served.start(
                tmp_path_factory.mktemp("site"),
                served.address_of(connection.settings_dict),
                **((more if changed else {}) | variables),
            )
        return running[key]

    yield of
    for site in running.values():
        site.stop()


@pytest.fixture
def site_variables() -> dict[str, str]:
    """What the person who runs the site sets in its environment; a file of tests may have its own."""
    return {}


@pytest.fixture
def live_server(
    request: pytest.FixtureRequest,
    transactional_db: None,
    settings: Any,
    usual: Changed,
    sites: Sites,
    site_variables: dict[str, str],
) -> Iterator[served.Site]:
    """The site as people run it: granian's processes and the background work, on the product's own settings.

    It goes on from test to test, and the test shares its folders. Another takes its place for the tests marked
    `survey`, which take the tests' tiny survey for the delivered data, and for a test whose fixtures changed settings
    before asking.
    """
    changed = {name: value for name, value in _shared().items() if value != usual[name]}
    if request.node.get_closest_marker("survey"):
        changed["DATA_DIR"] = str(factories.FIXTURES / "observatory")
    site = sites(changed, site_variables)
    given = {name: site.folder / folder for name, folder in FOLDERS.items()}
    for name, value in (given | changed).items():
        setattr(settings, name, Path(value) if name != "DEMO" else value)
    agreed = _shared()
    site.news()
    yield site
    print(site.news())  # noqa: T201 - shown with the test that fails
    assert _shared() == agreed, "a fixture changed these settings after the site had started: let it come before"
    for folder in given.values():
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(autouse=True)
def passwords_that_the_site_checks(settings: Any) -> None:
    settings.PASSWORD_HASHERS = ["tests.browser.conftest.QuickPBKDF2"]


@pytest.fixture(autouse=True)
def _live_server_helper() -> None:
    """pytest-django's own server of this name is not used here."""


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
    client.force_login(user, backend=project.AUTHENTICATION_BACKENDS[0])
    session = client.cookies[project.SESSION_COOKIE_NAME].value
    context.add_cookies([{"name": project.SESSION_COOKIE_NAME, "value": session, "url": address}])


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
