"""Keeps an installation of this version, small, for the upgrades to come.

`python -m tests.upgrades.record FOLDER VERSION`, with DJANGO_SETTINGS_MODULE=config.settings, takes the SQLite database
and the releases of FOLDER (`senacs build_demo --structures 24 --years 2` with SENACS_VAR=FOLDER), leaves out the
communes that nobody names, and writes under the version's name what both engines load again, with what it holds
(`facts`). Done once a version, when it is published.
"""

import json
import lzma
import shutil
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

from tests import postgresql, served

HERE = Path(__file__).parent
# Rows that only say what the world is like, and that nothing else of the installation names.
UNNAMED = (
    "DELETE FROM territories_postalcode",
    "DELETE FROM territories_formercommune",
    "DELETE FROM territories_boundary",
    """DELETE FROM territories_commune WHERE code NOT IN (SELECT commune_id FROM structures_structure
       WHERE commune_id IS NOT NULL UNION SELECT commune_id FROM structures_site WHERE commune_id IS NOT NULL)""",
    "UPDATE territories_commune SET parent_id = NULL WHERE parent_id NOT IN (SELECT code FROM territories_commune)",
    "DELETE FROM territories_epci WHERE code NOT IN (SELECT epci_id FROM territories_commune WHERE epci_id NOT NULL)",
    "DELETE FROM django_session",
    "VACUUM",
)
# The same rows, read from one engine and written by the other.
COPY = """
import django
django.setup()
from django.apps import apps
from django.core.management import call_command
from django.core.management.color import no_style
from django.db import connection, connections
from config.environment import sqlite
import sys
both = {"default": {}, "former": sqlite(sys.argv[1])}
connections.settings["former"] = connections.configure_settings(both)["former"]
call_command("migrate", verbosity=0)
with connection.cursor() as cursor:
    cursor.execute("SET session_replication_role = replica")
    for model in apps.get_models(include_auto_created=True):
        if model._meta.managed and not model._meta.proxy:
            cursor.execute(f'DELETE FROM "{model._meta.db_table}"')
    for model in apps.get_models(include_auto_created=True):
        if model._meta.managed and not model._meta.proxy:
            model._base_manager.bulk_create(model._base_manager.using("former").order_by("pk"), batch_size=500)
    for sql in connection.ops.sequence_reset_sql(no_style(), apps.get_models(include_auto_created=True)):
        cursor.execute(sql)
"""


def main(folder: Path, version: str) -> None:
    kept = HERE / version
    kept.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as workshop:
        small = Path(workshop) / "senacs.sqlite3"
        shutil.copyfile(folder / "senacs.sqlite3", small)
        subprocess.run(["sqlite3", str(small), "PRAGMA foreign_keys=OFF", *UNNAMED], check=True)
        broken = subprocess.run(["sqlite3", str(small), "PRAGMA foreign_key_check"], capture_output=True, check=True)
        assert not broken.stdout, broken.stdout[:500]
        text = subprocess.run(["sqlite3", str(small), ".dump"], capture_output=True, check=True).stdout
        (kept / "sqlite.sql.xz").write_bytes(lzma.compress(text, preset=9))

        url = postgresql.create(durable=False)
        own = served.environment(Path(workshop) / "var", url)
        subprocess.run([sys.executable, "-c", COPY, str(small)], env=own, check=True)
        dump = ["pg_dump", "--no-owner", "--no-privileges", f"--dbname={url}"]
        text = subprocess.run(dump, capture_output=True, check=True).stdout
        (kept / "postgresql.sql.xz").write_bytes(lzma.compress(text, preset=9))

        with tarfile.open(kept / "releases.tar.xz", "w:xz", preset=9) as archive:
            archive.add(folder / "releases", "releases")
        own = served.environment(Path(workshop) / "var", f"sqlite://{small}", SENACS_DATA=str(folder))
        told = subprocess.run(
            [sys.executable, "-m", "tests.upgrades.facts"], env=own, capture_output=True, check=True, cwd=Path.cwd()
        ).stdout
        (kept / "facts.json").write_text(json.dumps(json.loads(told), ensure_ascii=False, indent=1, sort_keys=True))


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])
