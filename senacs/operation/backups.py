"""Everything that must be kept, in one file: the database of an instant, releases, microdata, documents.

A backup is written while the site runs: the database first, then the files, none of which a signed act changes. Its
manifest tells each file with its sum, so that what is restored is what was saved.
"""

import hashlib
import io
import json
import tarfile
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import IO, Any

import pyrage
from django.conf import settings
from django.db import connection

from senacs.lib import clock
from senacs.lib.refusals import Refused
from senacs.operation import databases

FORMAT = 1
MANIFEST, DATABASE = "manifest.json", "database"
SUFFIX, SEALED = ".tar.gz", ".age"
_CHUNK = 1 << 20


@dataclass(frozen=True, slots=True)
class BackupReport:
    """What a backup holds: rows of the database, files."""

    made_at: str
    engine: str
    rows: int
    files: int


def kept_folders() -> dict[str, Path]:
    """The folders of what cannot be built again, by their name in a backup."""
    return {
        "releases": Path(settings.RELEASES_DIR),
        "microdata": Path(settings.MICRODATA_DIR),
        "media": Path(settings.MEDIA_ROOT),
    }


def newest_backup(folder: Path) -> Path | None:
    found = sorted(_backups(folder), key=lambda path: path.name)
    return found[-1] if found else None


def make_backup(*, folder: Path, recipients: Sequence[str] = (), keep: int = 0) -> Path:
    """Writes a backup in `folder`, sealed for `recipients` (public keys of age) if there are any; gives its path.

    `keep`: how many of the newest stay, 0 for all. Raises Refused; nothing half-written is left.
    """
    keys = _recipients(recipients)
    folder.mkdir(parents=True, exist_ok=True)
    name = f"senacs-{clock.now():%Y%m%d-%H%M%S}{SUFFIX}{SEALED if keys else ''}"
    with tempfile.TemporaryDirectory(prefix=".sauvegarde-", dir=folder) as workshop:
        archive = Path(workshop) / "archive"
        _write(archive, Path(workshop) / "dump")
        if keys:
            sealed = Path(workshop) / "sealed"
            pyrage.encrypt_file(str(archive), str(sealed), keys)
            archive = sealed
        archive.chmod(0o600)
        target = archive.rename(folder / name)
    if keep:
        for old in sorted(_backups(folder), key=lambda path: path.name)[:-keep]:
            old.unlink()
    return target


def check_backup(path: Path, *, identity: Path | None = None) -> BackupReport:
    """Reads the whole of a backup: each file against its sum, the dump from end to end. Raises Refused."""
    with tempfile.TemporaryDirectory() as workshop, _opened(path, identity) as archive:
        manifest = _extract(archive, Path(workshop))
        wrong = databases.look_at(Path(workshop) / DATABASE, manifest["engine"])
        if wrong:
            raise Refused(f"La base de données de cette sauvegarde est abîmée : {wrong}")
        return _report(manifest)


def restore_backup(path: Path, *, identity: Path | None = None) -> BackupReport:
    """Puts a backup into the empty database and the empty folders of these settings, and compares. Raises Refused."""
    for name, folder in kept_folders().items():
        if folder.exists() and any(folder.iterdir()):
            raise Refused(f"Le dossier « {name} » n’est pas vide : {folder}. Une sauvegarde se restaure à neuf.")
    settings.KEPT_DIR.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=settings.KEPT_DIR) as workshop, _opened(path, identity) as archive:
        manifest = _extract(archive, Path(workshop))
        if manifest["engine"] != connection.vendor:
            raise Refused(f"Cette sauvegarde est de {manifest['engine']}, et DATABASE_URL mène à {connection.vendor}.")
        rows = databases.load(Path(workshop) / DATABASE)
        if rows != manifest["rows"]:
            differ = sorted(set(rows.items()) ^ set(manifest["rows"].items()))[:3]
            raise Refused(f"La base restaurée n’est pas celle qui fut sauvée : {differ}")
        for name, folder in kept_folders().items():
            saved = Path(workshop) / name
            if saved.exists():
                folder.parent.mkdir(parents=True, exist_ok=True)
                if folder.exists():
                    folder.rmdir()
                saved.rename(folder)
        return _report(manifest)


def _backups(folder: Path) -> Iterator[Path]:
    for path in folder.glob(f"senacs-*{SUFFIX}*"):
        if path.name.endswith((SUFFIX, SUFFIX + SEALED)):
            yield path


def _write(archive: Path, dump: Path) -> None:
    rows = databases.dump(dump)
    sums: dict[str, str] = {}
    with tarfile.open(archive, "w:gz", compresslevel=5) as tar:
        _add(tar, dump, DATABASE, sums)
        dump.unlink()
        for name, folder in kept_folders().items():
            # A file of a construction under way may go while it is listed: no signed act rests on it.
            for path in sorted(p for p in folder.rglob("*") if p.is_file() and not _is_under_way(p, folder)):
                _add(tar, path, f"{name}/{path.relative_to(folder).as_posix()}", sums)
        manifest = {
            "format": FORMAT,
            "senacs": version("senacs"),
            "made_at": clock.now().isoformat(timespec="seconds"),
            "engine": connection.vendor,
            "rows": rows,
            "sums": sums,
        }
        content = json.dumps(manifest, ensure_ascii=False, indent=1, sort_keys=True).encode()
        told = tarfile.TarInfo(MANIFEST)
        told.size = len(content)
        tar.addfile(told, io.BytesIO(content))


def _is_under_way(path: Path, folder: Path) -> bool:
    return any(part.startswith(".") for part in path.relative_to(folder).parts)


def _add(tar: tarfile.TarFile, path: Path, name: str, sums: dict[str, str]) -> None:
    with path.open("rb") as content:
        sums[name] = _sum(content)
        content.seek(0)
        member = tar.gettarinfo(arcname=name, fileobj=content)
        member.uid = member.gid = 0
        member.uname = member.gname = ""
        tar.addfile(member, content)


def _sum(content: IO[bytes]) -> str:
    read = hashlib.sha256()
    while block := content.read(_CHUNK):
        read.update(block)
    return read.hexdigest()


@contextmanager
def _opened(path: Path, identity: Path | None) -> Iterator[tarfile.TarFile]:
    if not path.is_file():
        raise Refused(f"Pas de sauvegarde à cet endroit : {path}")
    with tempfile.TemporaryDirectory() as workshop:
        plain = path
        if path.name.endswith(SEALED):
            if identity is None:
                raise Refused("Cette sauvegarde est chiffrée : donnez le fichier de la clé, avec --cle.")
            plain = Path(workshop) / "archive"
            try:
                pyrage.decrypt_file(str(path), str(plain), _identities(identity))
            except pyrage.DecryptError as error:
                raise Refused("Cette clé n’ouvre pas la sauvegarde, ou le fichier est abîmé.") from error
        try:
            with tarfile.open(plain, "r:gz") as archive:
                yield archive
        except (tarfile.TarError, EOFError, OSError) as error:
            raise Refused(f"Ce fichier n’est pas une sauvegarde entière : {error}") from error


def _extract(archive: tarfile.TarFile, target: Path) -> dict[str, Any]:
    """Every file of the archive, each compared with the manifest, which must tell them all."""
    archive.extractall(target, filter="data")
    # To the very end: a file cut after its last member lacks what proves that it is whole.
    while archive.fileobj is not None and archive.fileobj.read(_CHUNK):
        continue
    try:
        manifest: dict[str, Any] = json.loads((target / MANIFEST).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise Refused("Ce fichier n’est pas une sauvegarde entière : son inventaire manque.") from error
    if manifest.get("format") != FORMAT:
        raise Refused(f"Cette sauvegarde est d’un autre format ({manifest.get('format')}).")
    found = {p.relative_to(target).as_posix() for p in target.rglob("*") if p.is_file()} - {MANIFEST}
    if found != set(manifest["sums"]):
        raise Refused(f"La sauvegarde n’a pas les fichiers qu’elle dit : {sorted(found ^ set(manifest['sums']))[:3]}")
    for name, expected in manifest["sums"].items():
        with (target / name).open("rb") as content:
            if _sum(content) != expected:
                raise Refused(f"Un fichier de la sauvegarde est abîmé : {name}")
    return manifest


def _report(manifest: dict[str, Any]) -> BackupReport:
    return BackupReport(
        made_at=manifest["made_at"],
        engine=manifest["engine"],
        rows=sum(manifest["rows"].values()),
        files=len(manifest["sums"]) - 1,
    )


def _recipients(given: Sequence[str]) -> list[pyrage.x25519.Recipient]:
    try:
        return [pyrage.x25519.Recipient.from_str(key.strip()) for key in given]
    except pyrage.RecipientError as error:
        raise Refused("Une clé publique d’age commence par « age1 » : celle-ci n’en est pas une.") from error


def _identities(path: Path) -> list[pyrage.x25519.Identity]:
    """The secret keys of a file of `age-keygen`, whose remarks begin by #."""
    try:
        lines = [line.strip() for line in path.read_text(encoding="utf-8").splitlines()]
        return [pyrage.x25519.Identity.from_str(line) for line in lines if line and not line.startswith("#")]
    except (OSError, UnicodeDecodeError, pyrage.IdentityError) as error:
        raise Refused(f"{path} n’est pas un fichier de clés d’age.") from error
