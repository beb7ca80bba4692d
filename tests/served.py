"""`senacs serve` as people run it, started by a test on a database of the tests, and stopped with it."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.conf import settings

BUILT = Path(settings.BASE_DIR) / "var"


def address_of(database: dict[str, Any]) -> str:
    """The DATABASE_URL of a database that this process is connected to."""
    if database["ENGINE"].endswith("sqlite3"):
        return f"sqlite://{database['NAME']}"
    return f"postgresql://{database['USER']}@/{database['NAME']}?host={database['HOST']}"


def free_port() -> int:
    with socket.socket() as tried:
        tried.bind(("127.0.0.1", 0))
        return int(tried.getsockname()[1])


@dataclass
class Site:
    """A running `senacs serve`: where it answers, where it keeps its files, what it says."""

    folder: Path
    port: int
    process: "subprocess.Popen[bytes]"
    _told: int = field(default=0)

    def __str__(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def log(self) -> str:
        return (self.folder / "serve.log").read_text(encoding="utf-8", errors="replace")

    def news(self) -> str:
        """What it said since the last time."""
        said, already = self.log, self._told
        self._told = len(said)
        return said[already:]

    def stop(self) -> None:
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            self.process.wait(timeout=60)


def environment(folder: Path, database: str, **more: str) -> dict[str, str]:
    """The variables of an installation whose files lie in `folder`, with the assets that `make setup` built."""
    folder.mkdir(parents=True, exist_ok=True)
    for built in ("assets", "static"):
        if not (folder / built).exists():
            shutil.copytree(BUILT / built, folder / built)
    own = {name: value for name, value in os.environ.items() if not name.startswith("SENACS_TEST_")}
    return {
        **own,
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "SENACS_VAR": str(folder),
        "DATABASE_URL": database,
        "SENACS_LOG": "WARNING",
        **more,
    }


def command(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "config.cli", *arguments]


def start(folder: Path, database: str, *arguments: str, **more: str) -> Site:
    """The site on `database`, answering; `arguments` are those of `senacs serve`, `more` its variables."""
    port = free_port()
    called = environment(folder, database, **more)
    with (folder / "serve.log").open("ab") as log:
        process = subprocess.Popen(
            command("serve", "--port", str(port), *arguments),
            cwd=settings.BASE_DIR,
            env=called,
            stdout=log,
            stderr=subprocess.STDOUT,
        )
    site = Site(folder, port, process)
    until = time.monotonic() + 90
    while time.monotonic() < until and process.poll() is None:
        with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=5):
            return site
        time.sleep(0.1)
    site.stop()
    raise RuntimeError(f"senacs serve did not start:\n{site.log[-3000:]}")
