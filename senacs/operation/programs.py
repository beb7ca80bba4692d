"""The programs that serve SENACS, each started afresh: nothing that one opened is in another's hands."""

import socket
import sys
from pathlib import Path

from django.conf import settings

from senacs.operation.supervision import SupervisedProgram


def web(*, address: str, port: int, workers: int, threads: int) -> SupervisedProgram:
    """The site. Granian forks its workers from a process that knows nothing of Django, so that no connection, pool,
    thread or cache can be open before the fork; each worker loads the site for itself.
    """
    command = [sys.executable, "-m", "granian", "--interface", "wsgi", "--no-ws"]
    command += ["--host", address, "--port", str(port), "--workers", str(workers), "--blocking-threads", str(threads)]
    # Who sends its headers more slowly than this is not reading a page.
    command += ["--http1-header-read-timeout", "10000", "--respawn-failed-workers", "--workers-kill-timeout", "20"]
    command += ["--log-level", "warning"]
    return SupervisedProgram("Le site", [*command, "config.wsgi:application"])


def worker() -> SupervisedProgram:
    """The background work: one task at a time, found in the database."""
    return SupervisedProgram("Le travail de fond", [sys.executable, "-m", "config.cli", "db_worker", "--no-reload"])


def are_assets_built() -> bool:
    """Whether the pages find the files they name: without them, each is an error without a word."""
    return (Path(settings.STATIC_ROOT) / "staticfiles.json").is_file()


def is_free(address: str, port: int) -> bool:
    """Whether nobody listens there: granian shares a port with whoever is on it, and would answer one time in two."""
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as tried:
        tried.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            tried.bind((address, port))
        except OSError:
            return False
    return True
