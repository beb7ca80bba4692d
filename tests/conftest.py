"""Fixtures shared by all tests, and guards against order left to chance and writes on GET."""

import gc
import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import hypothesis
import pytest
from django.db import connection
from django.db.models import OrderBy
from django.db.models.functions import Random
from django.db.models.sql.compiler import SQLCompiler
from django.test import Client

from senacs.accounts.models import User
from tests import factories, postgresql

# Examples are drawn anew on a developer's machine, and are always the same where a failure blocks others.
hypothesis.settings.register_profile("ci", derandomize=True, deadline=None)
# Nowhere does a deadline hold: a busy machine would fail what is right.
hypothesis.settings.register_profile("here", deadline=None)
hypothesis.settings.load_profile("ci" if os.environ.get("CI") else "here")

# Pages made of published files and of the register, and documents: nothing in them asks the database in a way of its
# own. PostgreSQL serves each of their addresses in the walk.
_OF_FILES = ("tests/web/public/", "tests/web/test_one_value.py", "tests/web/tables/", "tests/publication/documents/")
# What a test asks for when it reads or writes the session's database.
_ON_THE_DATABASE = {"db", "transactional_db", "live_server"}


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """The longest first, so that no process waits at the end for the other; on PostgreSQL, what it changes.

    The rest has run the same way on SQLite. Tests marked `postgresql` bring that server to either session, so they too
    run once; those marked `once` are cases that no database changes, of tests whose other cases one does.
    """
    slow = {item.path for item in items if item.get_closest_marker("slow")}
    items.sort(key=lambda item: item.path not in slow)
    if os.environ.get("SENACS_TEST_DATABASE") != "postgresql":
        return

    def is_changed(item: pytest.Item) -> bool:
        if item.get_closest_marker("postgresql") or item.get_closest_marker("once"):
            return False
        if item.nodeid.startswith(_OF_FILES):
            return False
        return bool(item.get_closest_marker("django_db") or _ON_THE_DATABASE & set(getattr(item, "fixturenames", ())))

    config.hook.pytest_deselected(items=[item for item in items if not is_changed(item)])
    items[:] = [item for item in items if is_changed(item)]


def pytest_collection_finish() -> None:
    """What is loaded by now stays to the end: looked through again and again for garbage, it costs a twentieth."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)


# Writes that a GET may make: sessions live, the ledger and the tokens record who read.
WRITTEN_ON_GET = (
    "django_session",
    "accounts_accessentry",
    "accounts_accessentry_structures",
    "audit_auditline",  # the line of that access, and its seal
    "audit_audithead",
    "observatory_disclosure",  # that somebody read the tables of a candidate
    "publication_sharevisit",
    "collection_apitoken",  # when a token last served
    "usersessions_usersession",  # which devices are in use, « Mes appareils »
    "mfa_authenticator",  # that rescue codes were shown
)
_WRITE = re.compile(r'^\s*(?:INSERT(?: OR IGNORE)? INTO|UPDATE|DELETE FROM)\s+"?(\w+)"?', re.IGNORECASE)


@pytest.fixture(autouse=True, scope="session")
def shuffled_unordered_queries() -> Iterator[None]:
    """A query without an order comes back in a random one, so that nobody relies on the database's habit."""
    # After Adam Johnson, « Test Django with random order querysets », as les-emplois does.
    ordered_by = SQLCompiler._order_by_pairs

    def order_by_pairs(self: SQLCompiler) -> Iterator[Any]:
        has_order = False
        for pair in ordered_by(self):
            has_order = True
            yield pair
        query = self.query
        if not (has_order or query.distinct or query.group_by is not None or query.combinator or query.subquery):
            yield OrderBy(Random()), False

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(SQLCompiler, "_order_by_pairs", order_by_pairs)
        yield


@pytest.fixture(autouse=True)
def no_writes_on_get(monkeypatch: pytest.MonkeyPatch) -> None:
    """A page that is only read changes nothing."""
    request = Client.request

    def refuse_writes(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        written = _WRITE.match(sql)
        if written and written[1] not in WRITTEN_ON_GET:
            pytest.fail(f"a GET wrote to the database: {sql[:200]}")
        return execute(sql, params, many, context)

    def guarded(self: Client, **environ: Any) -> Any:
        if environ.get("REQUEST_METHOD") not in {"GET", "HEAD"}:
            return request(self, **environ)
        with connection.execute_wrapper(refuse_writes):
            return request(self, **environ)

    monkeypatch.setattr(Client, "request", guarded)


@pytest.fixture(autouse=True)
def nothing_is_a_moment_late(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pages that many share are made each time."""
    monkeypatch.setattr("senacs.web.agenda.moments.SECONDS", 0.0)


@pytest.fixture(autouse=True)
def force_login_is_a_real_one(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever a test signs in has just typed a password, on a device that is noted, and has the second factor that
    their roles ask for.

    Tests of these two doors take them away again (`factories.forget_second_factor`, `factories.let_time_pass`).
    """
    force_login = Client.force_login

    def as_people_do(self: Client, user: User, backend: str | None = None) -> None:
        factories.set_up_second_factor(user)
        force_login(self, user, backend)
        factories.prove_identity(self, user)
        factories.notice_device(self)

    monkeypatch.setattr(Client, "force_login", as_people_do)


@pytest.fixture(scope="session")
def postgresql_url() -> str:
    """The address of a PostgreSQL server, for tests that need one whatever the session's database is."""
    return postgresql.shared_url()


@pytest.fixture
def cast(db: None) -> factories.Cast:
    """The standing cast: one structure, its people, its correspondents, and everyone who must not see it."""
    return factories.make_cast()


@pytest.fixture
def campaign(db: None) -> Any:
    """A campaign open for entry on the tiny questionnaire."""
    return factories.make_campaign()


@pytest.fixture
def response(cast: factories.Cast, campaign: Any) -> Any:
    """The empty response of the cast's structure to the open campaign."""
    return factories.make_response(structure=cast.structure, campaign=campaign)


@pytest.fixture
def sign_in(client: Client) -> Callable[[User], Client]:
    """Signs a user in, charter accepted, and gives the client back."""

    def as_user(user: User) -> Client:
        factories.accept_charte(user)
        client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
        return client

    return as_user


@pytest.fixture
def fixtures_dir() -> Path:
    return factories.FIXTURES
