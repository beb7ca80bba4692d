"""Kills of who writes a mailing of 1,000 letters and of who sends it: each letter once, or said to be doubtful."""

import sqlite3
import subprocess
import sys
import time
from collections import Counter
from contextlib import closing
from pathlib import Path

import pytest
from django.conf import settings as project

from senacs.letters.enums import LetterState
from tests.letters.conftest import Server

MANY = 1000
PATIENCE = 120


class Mailing:
    """Processes of `mailing.py` on one database file, which speak to the server of the test."""

    def __init__(self, folder: Path, port: int) -> None:
        self.database = folder / "letters.sqlite3"
        self.environ = {
            "PATH": "/usr/bin:/bin",
            "DJANGO_SETTINGS_MODULE": "config.settings",
            "DATABASE_URL": f"sqlite:///{self.database}",
            "SENACS_DEMO": "1",
            "SENACS_VAR": str(folder),
            "SENACS_EMAIL_BACKEND": "django.core.mail.backends.smtp.EmailBackend",
            "SENACS_EMAIL_HOST": "127.0.0.1",
            "SENACS_EMAIL_PORT": str(port),
            "SENACS_LOG": "ERROR",
        }

    def start(self, act: str, *more: str) -> subprocess.Popen[str]:
        command = [sys.executable, "-m", "tests.letters.mailing", act, str(MANY), *more]
        return subprocess.Popen(command, cwd=project.BASE_DIR, env=self.environ, stdout=subprocess.PIPE, text=True)

    def kill_after(self, process: subprocess.Popen[str], word: str) -> None:
        """As soon as it says so."""
        assert process.stdout is not None
        with process.stdout as said:
            assert said.readline().strip() == word
            process.kill()
        process.wait(timeout=PATIENCE)

    def states(self) -> dict[str, str]:
        """What the database holds once they are all dead."""
        with closing(sqlite3.connect(self.database)) as read:
            return dict(read.execute('SELECT "to", state FROM letters_outgoingletter'))


def kill_when(process: subprocess.Popen[str], server: Server, taken: int) -> None:
    end = time.monotonic() + PATIENCE
    while len(server.taken) < taken and process.poll() is None and time.monotonic() < end:
        time.sleep(0.005)
    process.kill()
    process.communicate(timeout=PATIENCE)
    assert len(server.taken) >= taken


@pytest.mark.slow
@pytest.mark.once
def test_a_mailing_of_a_thousand_killed_three_times(server: Server, settings: object, tmp_path: Path) -> None:
    mailing = Mailing(tmp_path, settings.EMAIL_PORT)  # type: ignore[attr-defined]
    # The web: before it commits, nothing was ever written; after, and before anybody was asked to send, all of it.
    mailing.kill_after(mailing.start("write", "hold"), "written")
    assert mailing.states() == {}
    process = mailing.start("write")
    assert process.stdout is not None and process.stdout.readline().strip() == "written"
    mailing.kill_after(process, "committed")
    assert Counter(mailing.states().values()) == {LetterState.WAITING: MANY}
    # The worker: twice in the middle.
    for taken in (150, 500):
        kill_when(mailing.start("send"), server, taken)
    ended = mailing.start("send", "later")
    ended.communicate(timeout=PATIENCE)
    assert ended.returncode == 0
    states = mailing.states()
    counts, times = Counter(states.values()), Counter(server.addresses)
    assert set(counts) <= {LetterState.SENT, LetterState.DOUBTFUL} and sum(counts.values()) == MANY
    assert counts[LetterState.DOUBTFUL] <= 2, "one a kill"
    assert max(times.values()) == 1, "nobody reads it twice"
    missed = {to for to in states if to not in times}
    assert all(states[to] == LetterState.DOUBTFUL for to in missed), "what did not arrive is said"
