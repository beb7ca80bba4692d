"""`senacs serve` as people run it, on both databases: each reads its own page, what dies comes back."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, suppress
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.management import call_command

from senacs.operation import programs
from senacs.operation.supervision import Supervisor
from tests import postgresql, served

pytestmark = pytest.mark.slow
PAGES = 400
SQLITE, POSTGRESQL = "sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)
# Tasks live in the database; that processes watch each other is the same on either.
on_both = pytest.mark.parametrize("installed", [SQLITE, POSTGRESQL], indirect=True, scope="module")
on_one = pytest.mark.parametrize("installed", [SQLITE], indirect=True, scope="module")


def address(kind: str, folder: Path) -> str:
    return f"sqlite://{folder}/senacs.sqlite3" if kind == "sqlite" else postgresql.create(durable=False)


def run(environment: dict[str, str], *call: str) -> str:
    done = subprocess.run(call, check=False, cwd=settings.BASE_DIR, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout


def until(condition: Callable[[], Any], seconds: float = 90) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it never happened"
        time.sleep(0.1)


@pytest.mark.postgresql
def test_six_people_read_each_their_own_page(tmp_path: Path) -> None:
    database = address("postgresql", tmp_path)
    environment = served.environment(tmp_path, database)
    run(environment, sys.executable, "-m", "tests.operation.tables", "all")
    people = [
        json.loads(line)
        for line in run(environment, served.command()[0], "-m", "tests.operation.six_people").splitlines()
    ]
    site = served.start(tmp_path, database, "--workers", "2")

    def read(person: dict[str, str]) -> int:
        others = [other["name"] for other in people if other is not person]
        good = 0
        with closing(HTTPConnection("127.0.0.1", site.port, timeout=60)) as line:
            for _ in range(PAGES // len(people) + 1):
                line.request("GET", person["page"], headers={"Cookie": f"sessionid={person['session']}"})
                answer = line.getresponse()
                page = answer.read().decode()
                assert answer.status == 200, site.log[-3000:]
                assert person["name"] in page and not any(name in page for name in others)
                good += 1
        return good

    try:
        with ThreadPoolExecutor(len(people)) as pool:
            assert sum(pool.map(read, people)) >= PAGES
        assert "Traceback" not in site.log and '"level": "ERROR"' not in site.log
        # Whichever process is asked, it tells what both have served.
        with closing(HTTPConnection("127.0.0.1", site.port, timeout=60)) as line:
            line.request("GET", "/metriques")
            told = line.getresponse().read().decode()
        assert sum(map(float, re.findall(r"^senacs_requests_total{.*} (\S+)$", told, re.MULTILINE))) >= PAGES
        assert len(list((tmp_path / "metrics").glob("counter_web-complet.*.db"))) == 2
    finally:
        site.stop()


@dataclass
class Installed:
    """A database with the tables of its background work alone, and the site that runs on it, if any."""

    folder: Path
    database: str
    site: served.Site | None = None


@pytest.fixture(scope="module")
def installed(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installed]:
    folder = tmp_path_factory.mktemp("site")
    made = Installed(folder, address(request.param, folder))
    run(served.environment(folder, made.database), sys.executable, "-m", "tests.operation.tables")
    yield made
    if made.site:
        made.site.stop()


@pytest.fixture
def site(installed: Installed) -> served.Site:
    """The site as the test before left it, or started again."""
    if installed.site is None or installed.site.process.poll() is not None:
        installed.site = served.start(installed.folder, installed.database, "--workers", "1")
    installed.site.news()
    return installed.site


@pytest.fixture
def enqueue(site: served.Site, tmp_path: Path) -> Callable[[float], Path]:
    """Hands a task to the site; gives the file in which it says what it does."""
    said = subprocess.run(
        ["cat", f"/proc/{site.process.pid}/environ"], capture_output=True, text=True, check=True
    ).stdout
    environment = dict(pair.split("=", 1) for pair in said.split("\0") if pair)

    def hand(seconds: float) -> Path:
        journal = tmp_path / f"journal-{time.monotonic_ns()}"
        journal.touch()
        run(environment, sys.executable, "-m", "tests.operation.enqueue", str(journal), str(seconds))
        return journal

    return hand


def lines(journal: Path) -> list[str]:
    return [line.split()[0] for line in journal.read_text().splitlines()]


def at_work(journal: Path) -> int:
    until(lambda: "begin" in lines(journal))
    return int(journal.read_text().split()[1])


def health(site: served.Site) -> dict[str, Any]:
    with closing(HTTPConnection("127.0.0.1", site.port, timeout=30)) as line:
        line.request("GET", "/sante")
        return json.loads(line.getresponse().read())


def children(pid: int) -> list[int]:
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def gone(pid: int) -> bool:
    with suppress(ProcessLookupError):
        os.kill(pid, 0)
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    return True


@on_both
def test_killed_worker_comes_back_and_its_task_runs_to_its_end(
    site: served.Site, enqueue: Callable[[float], Path]
) -> None:
    journal = enqueue(3)
    worker = at_work(journal)
    os.kill(worker, signal.SIGKILL)
    until(lambda: "end" in lines(journal))
    assert at_work(journal) == worker and lines(journal) == ["begin", "begin", "end"]
    assert "Le travail de fond s’est arrêté (code -9) ; il repart dans" in site.news()
    until(lambda: health(site)["sondes"]["travaux"]["etat"] == "bien")
    assert health(site)["sondes"]["travaux"]["dit"] == "1\u00a0processus actif. Rien n’attend."


@on_both
def test_worker_asked_to_stop_ends_its_task_once(site: served.Site, enqueue: Callable[[float], Path]) -> None:
    journal = enqueue(4)
    os.kill(at_work(journal), signal.SIGTERM)
    until(lambda: "end" in lines(journal))
    next_one = enqueue(0)
    until(lambda: "end" in lines(next_one))
    assert lines(journal) == ["begin", "end"]


@on_one
def test_site_asked_to_stop_ends_the_task_that_runs(site: served.Site, enqueue: Callable[[float], Path]) -> None:
    journal = enqueue(4)
    at_work(journal)
    site.stop()
    assert site.process.returncode == 0
    assert lines(journal) == ["begin", "end"]


@on_one
def test_killed_site_leaves_nothing_behind(site: served.Site) -> None:
    programs = children(site.process.pid)
    everything = [*programs, *(process for program in programs for process in children(program))]
    assert len(everything) >= 3
    site.process.kill()
    site.process.wait()
    until(lambda: all(map(gone, everything)))
    with socket.socket() as tried, pytest.raises(ConnectionRefusedError):
        tried.connect(("127.0.0.1", site.port))


@on_one
def test_killed_web_server_comes_back(site: served.Site) -> None:
    web = children(site.process.pid)[0]
    os.kill(web, signal.SIGKILL)
    until(lambda: "Le site s’est arrêté" in site.log)

    def answers() -> bool:
        with suppress(OSError):
            return health(site)["etat"] != "panne"
        return False

    until(answers)


@on_one
def test_port_that_is_taken_is_told(site: served.Site) -> None:
    environment = served.environment(site.folder, "")
    call = served.command("serve", "--port", str(site.port))
    done = subprocess.run(call, check=False, cwd=settings.BASE_DIR, env=environment, capture_output=True, text=True)
    assert done.returncode == 1 and f"Le port {site.port} de 127.0.0.1 est déjà pris" in done.stderr


@pytest.mark.slow
@pytest.mark.parametrize(
    ("is_demo", "given", "expected"),
    [(True, "", "http://127.0.0.1:8123"), (True, "https://senacs.exemple", "https://senacs.exemple"), (False, "", "")],
)
def test_letters_of_a_demonstration_lead_where_it_is_served(
    is_demo: bool, given: str, expected: str, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.DEMO = is_demo
    monkeypatch.setenv("SENACS_PUBLIC_URL", given)
    if not given:
        os.environ.pop("SENACS_PUBLIC_URL")
    told: list[str] = []
    monkeypatch.setattr(programs, "are_assets_built", lambda: True)
    monkeypatch.setattr(Supervisor, "run", lambda self: told.append(os.environ.get("SENACS_PUBLIC_URL", "")))
    call_command("serve", port=8123)
    assert told == [expected]


def test_empty_database_is_told_in_one_sentence(tmp_path: Path) -> None:
    environment = served.environment(tmp_path, f"sqlite://{tmp_path}/empty.sqlite3")
    call = served.command("db_worker", "--no-reload")
    done = subprocess.run(call, check=False, cwd=settings.BASE_DIR, env=environment, capture_output=True, text=True)
    assert done.returncode == 1 and "« senacs install » les crée" in done.stderr and "Traceback" not in done.stderr


@on_one
def test_slow_sender_is_cut_and_the_others_are_served(site: served.Site) -> None:
    """Ten connections that announce a body and send a byte of it hold nobody up."""
    slow = []
    for _ in range(10):
        line = socket.create_connection(("127.0.0.1", site.port))
        line.sendall(b"POST /compte/login/ HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 1000\r\n\r\na")
        slow.append(line)
    began = time.monotonic()
    for _ in range(10):
        assert health(site)["sondes"]["base"]["etat"] == "bien"
    assert time.monotonic() - began < 15
    for line in slow:
        line.close()
