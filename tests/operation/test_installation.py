"""From an empty folder and an empty database to a site that answers; and the words of what stands wrong."""

import re
import socketserver
import subprocess
from collections.abc import Callable
from contextlib import closing
from http.client import HTTPConnection
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from django.conf import settings as delivered
from django.core.management import get_commands

from config import environment
from senacs.lib import clock
from senacs.operation import diagnosis
from senacs.operation.health import Health
from tests import postgresql, served

DEPLOY = Path(delivered.BASE_DIR) / "deploy"
GUIDE = Path(delivered.BASE_DIR) / "docs" / "guide" / "exploitation.md"


@pytest.mark.slow
@pytest.mark.postgresql
def test_an_empty_machine_becomes_a_site(tmp_path: Path) -> None:
    variables = {
        **{name: value for name, value in served.environment(tmp_path / "unused", "").items() if name != "SENACS_DEMO"},
        "SENACS_VAR": str(tmp_path / "var"),
        "SENACS_DATA": str(tmp_path / "data"),
        "SENACS_SECRET_KEY": "k" * 60,
        "SENACS_DEMO": "0",
        "DATABASE_URL": postgresql.create(durable=False),
    }

    def call(*arguments: str) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(
            served.command(*arguments),
            cwd=delivered.BASE_DIR,
            env=variables,
            capture_output=True,
            text=True,
            check=False,
        )

    early = call("serve", "--port", str(served.free_port()))
    assert early.returncode == 1 and "« senacs install » les construit" in early.stderr
    assert "migration" in call("doctor").stdout
    done = call("install", "--compte", "anne@exemple.fr")
    assert done.returncode == 0, done.stderr
    assert "/invitation/" in done.stdout and "8/8 Feuilles de style" in done.stdout
    again = call("install")
    assert again.returncode == 0 and "déjà chargé, rien à faire" in again.stdout
    told = call("doctor").stdout
    assert "PostgreSQL, à jour." in told and "bien    Feuilles de style : Construites." in told

    site = served.start(tmp_path / "var", variables["DATABASE_URL"], "--workers", "1", **variables)
    try:
        with closing(HTTPConnection("127.0.0.1", site.port, timeout=60)) as line:
            for page, words in (("/", "SENACS"), ("/compte/login/", "Se connecter"), ("/methode/", "Méthode")):
                line.request("GET", page)
                answer = line.getresponse()
                assert answer.status == 200 and words in answer.read().decode(), page
    finally:
        site.stop()


def test_what_systemd_starts_exists() -> None:
    units = sorted(DEPLOY.glob("*.service"))
    assert len(units) == 4
    for unit in units:
        (command,) = re.findall(r"^ExecStart=\S+/senacs (\S+)", unit.read_text(encoding="utf-8"), re.MULTILINE)
        assert command in get_commands(), unit.name
    for timer in DEPLOY.glob("*.timer"):
        assert timer.with_suffix(".service") in units


def test_every_variable_of_the_example_is_described() -> None:
    described = (Path(delivered.BASE_DIR) / "docs" / "settings.md").read_text(encoding="utf-8")
    named = re.findall(r"^([A-Z_]+)=", (DEPLOY / "senacs.env").read_text(encoding="utf-8"), re.MULTILINE)
    assert len(named) > 15 and [name for name in named if f"| `{name}`" not in described] == []


def test_every_command_of_the_guide_exists() -> None:
    text = GUIDE.read_text(encoding="utf-8")
    shell = "\n".join(re.findall(r"```sh\n(.*?)```", text, re.DOTALL))
    called = set(re.findall(r"(?:^|&& |bin/)senacs ([a-z_]+)", shell, re.MULTILINE))
    assert {"install", "doctor", "backup", "restore"} <= called
    ours = {name for name, app in get_commands().items() if app.startswith("senacs.")}
    assert called <= ours, sorted(called - ours)


@pytest.fixture
def real(settings: Any, tmp_path: Path) -> Any:
    """Settings of a site in good order, but for what a test changes."""
    settings.DEBUG = settings.DEMO = False
    settings.SECRET_KEY = "k" * 60
    settings.PUBLIC_URL, settings.HTTPS = "https://senacs.exemple.fr", True
    settings.ALLOWED_HOSTS, settings.TRUSTED_PROXIES = ["senacs.exemple.fr"], environment.ip_network("127.0.0.1")
    settings.VAR_DIR, settings.KEPT_DIR = tmp_path / "var", tmp_path / "data"
    settings.BACKUPS_DIR = str(tmp_path / "backups")
    for folder in ("var", "data", "backups"):
        (tmp_path / folder).mkdir()
    (tmp_path / "backups" / "senacs-20260101-000000.tar.gz").write_bytes(b"x")
    settings.DEFAULT_FROM_EMAIL = "SENACS <senacs@exemple.fr>"
    return settings


def test_a_site_in_good_order_is_told_so(real: Any) -> None:
    for check in (diagnosis.mode, diagnosis.addresses, diagnosis.folders, diagnosis.backups):
        assert check().health is Health.WELL and not check().remedy, check()


@pytest.mark.parametrize(
    ("change", "check", "health", "words"),
    [
        ({"DEBUG": True}, diagnosis.mode, Health.DOWN, "développement"),
        ({"DEMO": True}, diagnosis.mode, Health.DEGRADED, "démonstration"),
        ({"SECRET_KEY": "court"}, diagnosis.mode, Health.DEGRADED, "50"),
        ({"PUBLIC_URL": "http://127.0.0.1:8000"}, diagnosis.addresses, Health.DEGRADED, "cette machine"),
        ({"PUBLIC_URL": "https://autre.fr"}, diagnosis.addresses, Health.DOWN, "autre.fr"),
        ({"HTTPS": False}, diagnosis.addresses, Health.DOWN, "sans HTTPS"),
        ({"HTTPS": False, "PUBLIC_URL": "http://senacs.exemple.fr"}, diagnosis.addresses, Health.DOWN, "en clair"),
        ({"TRUSTED_PROXIES": []}, diagnosis.addresses, Health.DEGRADED, "mandataire"),
        ({"KEPT_DIR": Path("/proc/none")}, diagnosis.folders, Health.DOWN, "SENACS_DATA"),
        ({"BACKUPS_DIR": None}, diagnosis.backups, Health.DEGRADED, "SENACS_BACKUPS"),
        ({"BACKUPS_DIR": "/nowhere"}, diagnosis.backups, Health.DOWN, "aucune"),
        ({"STATIC_ROOT": "/nowhere"}, diagnosis.assets, Health.DOWN, "senacs install"),
    ],
)
def test_what_is_wrong_is_told_with_its_remedy(
    real: Any, change: dict[str, Any], check: Callable[[], diagnosis.Diagnosis], health: Health, words: str
) -> None:
    for name, value in change.items():
        setattr(real, name, value)
    found = check()
    assert found.health is health and words in f"{found.said} {found.remedy}" and found.remedy


def test_an_old_backup_is_told(real: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    now = clock.now()
    monkeypatch.setattr(clock, "now", lambda: now + diagnosis.BACKUP_AGE * 1.1)
    assert diagnosis.backups().health is Health.DOWN


class _Refusing(socketserver.BaseRequestHandler):
    """A mail server that wants nobody's account."""

    def handle(self) -> None:
        self.request.sendall(b"220 test\r\n")
        while line := self.request.recv(1000):
            word = line[:4].upper()
            if word == b"EHLO":
                self.request.sendall(b"250-test\r\n250 AUTH PLAIN LOGIN\r\n")
            elif word == b"QUIT":
                return
            else:
                self.request.sendall(b"535 5.7.8 no\r\n")


class _Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    block_on_close = False


def test_the_mail_server_is_spoken_to(real: Any) -> None:
    assert diagnosis.mail().health is Health.DEGRADED  # tests write their letters in memory
    real.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    real.EMAIL_HOST, real.EMAIL_PORT, real.EMAIL_TIMEOUT = "127.0.0.1", served.free_port(), 5
    assert diagnosis.mail().health is Health.DOWN and "ne répond pas" in diagnosis.mail().said
    with _Server(("127.0.0.1", 0), _Refusing) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        real.EMAIL_PORT = server.server_address[1]
        assert diagnosis.mail().health is Health.WELL
        real.EMAIL_HOST_USER, real.EMAIL_HOST_PASSWORD = "senacs", "faux"
        assert "refuse le compte" in diagnosis.mail().said
        server.shutdown()
    real.DEFAULT_FROM_EMAIL = "SENACS <x@senacs.invalid>"
    assert "n’existe pas" in diagnosis.mail().said


@pytest.mark.django_db
def test_the_database_and_the_clock_are_asked() -> None:
    assert diagnosis.time_of_day().health is Health.WELL
    assert diagnosis.worker().health is Health.DEGRADED  # no worker in a test
    assert "systemctl" in diagnosis.worker().remedy
