"""The public site as it is installed: a database role that cannot read answers, a folder without microdata."""

import html
import os
import re
import shutil
import subprocess
from contextlib import closing
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as delivered
from django.core.management import CommandError, call_command
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.test import override_settings
from django.urls import get_resolver, resolve

from config import urls_public
from senacs.observatory.models import Release
from senacs.web import public_role
from tests import factories, postgresql, served
from tests.observatory.conftest import make_survey
from tests.walk.routes import walk
from tests.web.public.conftest import draw_outlines, folders, publish

# Roles are of the whole server, which processes of the tests share.
ROLE = f"public_essai_{os.environ.get('PYTEST_XDIST_WORKER', 'seul')}"
# What no link leads to: asked by monitors, robots and programs, or of what the small world does not hold.
ASKED = (
    "/", "/robots.txt", "/sitemap.xml", "/.well-known/security.txt", "/sante", "/pret", "/catalogue.jsonld",
    "/recherche/?q=ville", "/territoires/commune/26001/", "/atlas/integrer/", "/api/v1/", "/api/v1/openapi.json",
    "/api/v1/publications", "/api/v1/indicateurs", "/api/v1/territoires", "/api/v1/structures",
    "/api/v1/chiffres?indicateur=etp_total", "/tableau/", "/couverture/france/FR/communes.csv",
    "/tableau/senacs.csv?indicateur=etp_total&niveau=departement", "/territoires/departement/26/image.png",
)  # fmt: skip
NOT_HERE = {"edition", "edition_file", "edition_pdf"}  # no signed edition in the small world: 404 by the same tables
SECRET = re.compile(r"password|collection_|accounts_user|_mandate")
needs_postgresql = pytest.mark.skipif(connection.vendor != "postgresql", reason="the role is PostgreSQL's")


def sql(statement: str, role: str = "") -> "subprocess.CompletedProcess[str]":
    """What psql answers, as `role` or as the owner."""
    where = connection.settings_dict
    user = role or where["USER"]
    call = [postgresql.binary("psql"), "-X", "-A", "-t", "-h", where["HOST"], "-U", user, "-d", where["NAME"]]
    return subprocess.run([*call, "-c", statement], capture_output=True, text=True, check=False)


@pytest.fixture
def installed(transactional_db: None) -> Any:
    """The database of the tests as `senacs install` leaves one: where it was made in one go, what tells it is added."""
    recorder = MigrationRecorder(connection)
    if is_added := not recorder.has_table():
        recorder.ensure_schema()
        with override_settings(MIGRATION_MODULES={}):
            for app, name in MigrationLoader(connection).graph.nodes:
                recorder.record_applied(app, name)
    yield
    if is_added:
        with connection.schema_editor() as editor:
            editor.delete_model(recorder.Migration)


@pytest.fixture
def role(installed: None) -> Any:
    assert sql(f"CREATE ROLE {ROLE} LOGIN").returncode == 0
    yield ROLE
    assert sql(f"DROP OWNED BY {ROLE}; DROP ROLE {ROLE}").returncode == 0


@pytest.fixture
def site(role: str, settings: Any, tmp_path: Path) -> Any:
    """Served by the role alone, on a copy of the releases beside which nothing else lies."""
    folders(settings, tmp_path / "whole")
    release = publish(make_survey())
    draw_outlines()
    factories.make_structures(1, commune=factories.make_commune("26002", "Autre ville"))
    call_command("public_role", role, verbosity=0)
    public = tmp_path / "public"
    shutil.copytree(Path(settings.RELEASES_DIR), public / "data" / "releases")
    url = served.address_of(connection.settings_dict | {"USER": role})
    running = served.start(public, url, "--workers", "1", SENACS_SITE="public", SENACS_DATA=str(public / "data"))
    try:
        yield running, release
    finally:
        running.stop()


@pytest.mark.slow
@needs_postgresql
def test_every_public_page_is_served_by_a_role_that_reads_no_answer(site: tuple[served.Site, Release]) -> None:
    running, _ = site
    routes = {str(pattern.name) for _, pattern in walk(get_resolver(urls_public.__name__))}
    reached: dict[str, int] = {}
    todo, wrong, asked = list(ASKED), [], set()
    with closing(HTTPConnection("127.0.0.1", running.port, timeout=60)) as line:
        while todo:
            address = todo.pop(0).partition("#")[0]
            name = route_of(address)
            # Two addresses of each kind, one with a query at most: a link a page would be followed for ever.
            if address in asked or name is None or reached.get(name, 0) >= 3:
                continue
            asked.add(address)
            # A cookie of the whole site, which the role could not look up.
            line.request("GET", address, headers={"Cookie": "sessionid=abcdefghijklmnop", "Accept": "text/html"})
            answer = line.getresponse()
            content = answer.read()
            if answer.status == 200:
                reached[name] = reached.get(name, 0) + 1
            elif answer.status != 404 or name not in NOT_HERE:
                wrong.append((address, answer.status))
            if answer.headers["Content-Type"].startswith("text/html"):
                todo += [html.unescape(link) for link in re.findall(r'(?:href|src)="(/[^"]*)"', content.decode())]
        line.request("GET", "/compte/login/")
        assert line.getresponse().status == 404
    assert wrong == []
    assert routes - reached.keys() == NOT_HERE
    assert sorted(path.name for path in (running.folder / "data").iterdir()) == ["releases"]
    assert "ERROR" not in running.log and "permission denied" not in running.log


def route_of(address: str) -> str | None:
    try:
        return resolve(address.partition("?")[0], urls_public.__name__).url_name
    except Exception as absent:
        if type(absent).__name__ == "Resolver404":
            return None
        raise


@needs_postgresql
def test_role_reads_public_tables_and_writes_none(role: str) -> None:
    assert sql(f"GRANT ALL ON collection_response TO {role}").returncode == 0  # taken back
    call_command("public_role", role, verbosity=0)
    called = sql("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").stdout.split()
    assert len(called) > 80 and any(SECRET.search(name) for name in called)
    rights = "INSERT, UPDATE, DELETE, TRUNCATE, REFERENCES, TRIGGER"
    asked = f"SELECT tablename, has_table_privilege('{role}', quote_ident(tablename), 'SELECT'), "
    asked += f"has_table_privilege('{role}', quote_ident(tablename), '{rights}') "
    rows = [row.split("|") for row in sql(f"{asked} FROM pg_tables WHERE schemaname = 'public'").stdout.split()]
    assert sorted(name for name, reads, _ in rows if reads == "t") == public_role.tables()
    assert [name for name, _, writes in rows if writes == "t"] == []
    assert not any(SECRET.search(name) for name in public_role.tables())
    # Asked by the role itself: what the catalogue says is what the server does.
    assert sql("SELECT count(*) FROM structures_structure", role).stdout.strip() == "0"
    for table in ("collection_response", "collection_revision", "accounts_user", "django_session"):
        assert "permission denied" in sql(f"TABLE {table}", role).stderr, table
    assert "permission denied" in sql("CREATE TABLE mine (n int)", role).stderr
    # Roles that would hold nobody back are refused.
    with pytest.raises(CommandError, match="n’existe pas"):
        call_command("public_role", "absent")
    with pytest.raises(CommandError, match="administre le serveur"):
        call_command("public_role", connection.settings_dict["USER"])
    assert sql(f"GRANT pg_read_all_data TO {role}").returncode == 0
    with pytest.raises(CommandError, match="d’un autre rôle"):
        call_command("public_role", role)


@pytest.mark.skipif(connection.vendor != "sqlite", reason="said of the other database")
@pytest.mark.django_db
def test_embedded_database_has_no_roles() -> None:
    with pytest.raises(CommandError, match="demande PostgreSQL"):
        call_command("public_role", ROLE)


def test_unit_of_the_public_site_sees_no_microdata() -> None:
    unit = (Path(delivered.BASE_DIR) / "deploy" / "senacs-public.service").read_text(encoding="utf-8")
    kept = "/var/lib/senacs"
    assert f"TemporaryFileSystem={kept}:ro" in unit and "EnvironmentFile=/etc/senacs-public.env" in unit
    bound = re.findall(r"^Bind(?:ReadOnly)?Paths=(\S+)$", unit, re.MULTILINE)
    assert sorted(os.path.relpath(path, kept) for path in bound) == ["media/editions/published", "releases"]
    assert "ReadWritePaths" not in unit
