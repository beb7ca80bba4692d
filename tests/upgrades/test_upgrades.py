"""An installation of each version published so far, brought to this one: what it holds is what it held."""

import json
import lzma
import re
import sqlite3
import subprocess
import sys
import tarfile
from contextlib import closing
from pathlib import Path

import pytest
from django.conf import settings

from tests import postgresql, served

HERE = Path(__file__).parent
VERSIONS = sorted(path.parent.name for path in HERE.glob("*/facts.json"))
SQLITE, POSTGRESQL = "sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)


def load(version: str, engine: str, folder: Path) -> str:
    """The database of that version, loaded as its own tools do; its address."""
    text = lzma.decompress((HERE / version / f"{engine}.sql.xz").read_bytes())
    if engine == "postgresql":
        address = postgresql.create(durable=False)
        quiet = [postgresql.binary("psql"), "--quiet", "--set=ON_ERROR_STOP=1", f"--dbname={address}"]
        subprocess.run(quiet, input=text, check=True, stdout=subprocess.DEVNULL, timeout=120)
        return address
    path = folder / "senacs.sqlite3"
    with closing(sqlite3.connect(path)) as database:
        # Django gives each connection this function, which constraints call.
        database.create_function("REGEXP", 2, lambda pattern, text: bool(re.search(pattern, str(text))))
        database.executescript(text.decode())
    return f"sqlite://{path}"


def call(environment: dict[str, str], *command: str) -> str:
    done = subprocess.run(
        command, cwd=settings.BASE_DIR, env=environment, capture_output=True, text=True, check=False, timeout=300
    )
    assert done.returncode == 0, done.stdout[-1500:] + done.stderr[-3000:]
    return done.stdout


@pytest.mark.slow
@pytest.mark.parametrize("engine", [SQLITE, POSTGRESQL])
@pytest.mark.parametrize("version", VERSIONS)
def test_an_installation_comes_to_this_version_whole(version: str, engine: str, tmp_path: Path) -> None:
    address = load(version, engine, tmp_path)
    with tarfile.open(HERE / version / "releases.tar.xz") as archive:
        archive.extractall(tmp_path, filter="data")
    environment = served.environment(tmp_path, address, SENACS_DEMO="1", SENACS_SECOND_FACTOR="propose")
    call(environment, *served.command("migrate", "--verbosity", "0"))
    now = json.loads(call(environment, sys.executable, "-m", "tests.upgrades.facts"))
    before = json.loads((HERE / version / "facts.json").read_text(encoding="utf-8"))
    assert now == before
    assert "toutes sont possibles" in call(environment, *served.command("check_answers"))
    assert "chaîne intacte" in call(environment, *served.command("check_audit"))


def test_there_is_an_installation_to_upgrade_from() -> None:
    assert "0.1.0" in VERSIONS
    for version in VERSIONS:
        size = sum(path.stat().st_size for path in (HERE / version).iterdir())
        assert size < 1_500_000, "a dump is kept for ever in every clone"
