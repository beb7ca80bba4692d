"""A backup holds all that must be kept, sealed if asked; what is restored is what was saved, or is refused."""

import hashlib
import io
import json
import subprocess
import tarfile
from pathlib import Path
from typing import Any

import pyrage
import pytest
from django.conf import settings as delivered

from senacs.lib.refusals import Refused
from senacs.operation.backups import check_backup, newest_backup
from tests import postgresql, served

pytestmark = pytest.mark.slow
BOTH = ("sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql))


class Installation:
    """An installation of its own: a database with the tables of the background work, and files to keep."""

    def __init__(self, folder: Path, engine: str) -> None:
        self.kept = folder / "data"
        self.kept.mkdir(parents=True)
        self.database = (
            f"sqlite://{self.kept}/senacs.sqlite3" if engine == "sqlite" else postgresql.create(durable=False)
        )
        self.folder = folder

    def call(self, *arguments: str) -> "subprocess.CompletedProcess[str]":
        variables = served.environment(self.folder / "var", self.database, SENACS_DATA=str(self.kept))
        command = served.command(*arguments) if arguments[0] != "-m" else [served.command()[0], *arguments]
        return subprocess.run(
            command, cwd=delivered.BASE_DIR, env=variables, capture_output=True, text=True, check=False
        )

    def fill(self) -> None:
        assert self.call("-m", "tests.operation.tables").returncode == 0
        for name, content in FILES.items():
            path = self.kept / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)

    def files(self) -> dict[str, bytes]:
        found = (p for p in self.kept.rglob("*") if p.is_file() and "sqlite3" not in p.name)
        return {p.relative_to(self.kept).as_posix(): p.read_bytes() for p in found}


FILES = {
    "releases/2025-1/cells.parquet": b"\x00signed" * 1000,
    "media/editions/été.pdf": b"%PDF",
    "microdata/2025-1/responses.parquet": b"",
}
UNDER_WAY = "releases/.2026-1.3/cells.parquet"


@pytest.mark.parametrize("engine", BOTH)
def test_what_is_restored_is_what_was_saved(tmp_path: Path, engine: str) -> None:
    old, new = Installation(tmp_path / "old", engine), Installation(tmp_path / "new", engine)
    old.fill()
    (old.kept / UNDER_WAY).parent.mkdir()
    (old.kept / UNDER_WAY).write_bytes(b"half")
    secret = pyrage.x25519.Identity.generate()
    key = tmp_path / "key.txt"
    key.write_text(f"# created today\n{secret}\n")
    made = old.call("backup", str(tmp_path / "backups"), "--pour", str(secret.to_public()), "--cle", str(key))
    assert made.returncode == 0, made.stderr
    (backup,) = (tmp_path / "backups").iterdir()
    assert "Relue :" in made.stdout and backup.name.endswith(".tar.gz.age") and backup.stat().st_mode & 0o077 == 0
    assert b"signed" not in backup.read_bytes()
    assert "chiffrée" in new.call("restore", str(backup)).stderr
    done = new.call("restore", str(backup), "--cle", str(key))
    assert done.returncode == 0, done.stderr
    assert new.files() == FILES
    # Twice is refused: nothing that lives is overwritten.
    again = new.call("restore", str(backup), "--cle", str(key))
    assert again.returncode == 1 and "n’est pas vide" in again.stderr
    told = new.call("doctor").stdout
    assert "Il reste" in told and "DATABASE_URL" not in told.split("Base de données")[1].splitlines()[0]


@pytest.fixture(scope="module")
def backup(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("saved")
    installation = Installation(folder / "old", "sqlite")
    installation.fill()
    done = installation.call("backup", str(folder / "backups"))
    assert done.returncode == 0, done.stderr
    return next((folder / "backups").iterdir())


def members(path: Path) -> dict[str, bytes]:
    with tarfile.open(path) as archive:
        return {m.name: archive.extractfile(m).read() for m in archive.getmembers()}  # type: ignore[union-attr]


def written(path: Path, content: dict[str, bytes]) -> Path:
    with tarfile.open(path, "w:gz") as archive:
        for name, octets in content.items():
            told = tarfile.TarInfo(name)
            told.size = len(octets)
            archive.addfile(told, io.BytesIO(octets))
    return path


def check(path: Path) -> str:
    """What the reading of a backup says against it."""
    with pytest.raises(Refused) as refusal:
        check_backup(path)
    return refusal.value.message


def test_a_backup_tells_its_rows_and_its_files(backup: Path) -> None:
    content = members(backup)
    manifest: dict[str, Any] = json.loads(content["manifest.json"])
    assert set(manifest["sums"]) == {"database", *FILES} and manifest["engine"] == "sqlite"
    assert manifest["rows"]["operation_heartbeat"] == 0 and manifest["rows"]["django_migrations"] > 0


def test_damage_anywhere_is_told(backup: Path, tmp_path: Path) -> None:
    content, told = members(backup), tmp_path / "senacs-20260101-000000.tar.gz"
    flipped = bytes([content["releases/2025-1/cells.parquet"][0] ^ 1]) + content["releases/2025-1/cells.parquet"][1:]
    assert "abîmé" in check(written(told, content | {"releases/2025-1/cells.parquet": flipped}))
    lost = {name: octets for name, octets in content.items() if not name.startswith("media/")}
    assert "pas les fichiers" in check(written(told, lost))
    assert "pas les fichiers" in check(written(told, content | {"media/more.pdf": b"x"}))
    assert "inventaire" in check(written(told, {k: v for k, v in content.items() if k != "manifest.json"}))
    whole = backup.read_bytes()
    for cut in (0, 10, len(whole) // 2, len(whole) - 20):
        told.write_bytes(whole[:cut])
        assert "pas une sauvegarde entière" in check(told)
    assert "Pas de sauvegarde" in check(tmp_path / "absent.tar.gz")


def test_a_damaged_database_is_told_though_its_sum_is_right(backup: Path, tmp_path: Path) -> None:
    content = members(backup)
    base = bytearray(content["database"])
    base[4096:8192] = b"\x55" * 4096
    manifest = json.loads(content["manifest.json"])
    manifest["sums"]["database"] = hashlib.sha256(base).hexdigest()
    forged = content | {"database": bytes(base), "manifest.json": json.dumps(manifest).encode()}
    assert "base de données" in check(written(tmp_path / "senacs-1.tar.gz", forged))


def test_a_name_that_climbs_out_is_refused(backup: Path, tmp_path: Path) -> None:
    content = members(backup) | {"../../escaped": b"x"}
    assert check(written(tmp_path / "senacs-2.tar.gz", content))
    assert not (tmp_path.parent / "escaped").exists()


def test_the_newest_stay(tmp_path: Path) -> None:
    for day in range(1, 6):
        (tmp_path / f"senacs-2026010{day}-000000.tar.gz").write_bytes(b"x")
    (tmp_path / "notes.txt").write_text("kept")
    newest = newest_backup(tmp_path)
    assert newest is not None and newest.name == "senacs-20260105-000000.tar.gz"
    assert newest_backup(tmp_path / "absent") is None
