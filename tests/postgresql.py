"""A PostgreSQL server of the test session: created, started and thrown away in a temporary folder (0.7 s)."""

import atexit
import os
import pwd
import shutil
import subprocess
import tempfile
from functools import cache
from itertools import count
from pathlib import Path


def binary(name: str) -> str:
    """The path of a PostgreSQL program; Debian keeps them outside PATH."""
    found = shutil.which(name) or max(
        (str(path) for path in Path("/usr/lib/postgresql").glob(f"*/bin/{name}")), default=None
    )
    if not found:
        raise RuntimeError(f"PostgreSQL is needed for these tests and {name} was not found (apt install postgresql).")
    return found


@cache
def shared_url() -> str:
    """The address of the session's server, started by the first process that asks; xdist workers inherit it."""
    inherited = os.environ.get("SENACS_TEST_POSTGRESQL")
    if not inherited:
        inherited = start()
        os.environ["SENACS_TEST_POSTGRESQL"] = inherited
    return inherited


_created = count(1)


def create(*, durable: bool = True) -> str:
    """The address of a new empty database: on a durable server of this process, for measures, or on the session's."""
    folder = (_durable_url() if durable else shared_url()).rpartition("=")[2]
    name = f"mesure{os.getpid()}_{next(_created)}"
    subprocess.run([binary("createdb"), "-h", folder, "-U", "senacs", name], check=True, timeout=60)
    return f"postgresql://senacs@/{name}?host={folder}"


@cache
def _durable_url() -> str:
    return start(durable=True)


def start(*, durable: bool = False) -> str:
    """Starts a server on a Unix socket only; stopped and removed when this process ends.

    Without `durable` nothing is waited for on the disk: enough for tests, not for measures.
    """
    # PostgreSQL refuses to run as root, and a socket's path may not exceed 107 bytes.
    owner = "postgres" if os.geteuid() == 0 else pwd.getpwuid(os.geteuid()).pw_name
    folder = Path(tempfile.mkdtemp(prefix="senacs-pg-"))
    account = pwd.getpwnam(owner)
    if os.geteuid() == 0:
        os.chown(folder, account.pw_uid, account.pw_gid)
    run_as = {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []} if os.geteuid() == 0 else {}

    def run(*command: str) -> None:
        subprocess.run(command, check=True, cwd=folder, stdout=subprocess.DEVNULL, timeout=60, **run_as)  # type: ignore[call-overload]

    data = str(folder / "data")
    run(binary("initdb"), "-D", data, "-U", "senacs", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync")
    options = f"-k {folder} -c listen_addresses= -c max_connections=60"
    if not durable:
        options += " -c fsync=off -c synchronous_commit=off -c full_page_writes=off"
    run(binary("pg_ctl"), "-D", data, "-l", str(folder / "log"), "-o", options, "-w", "start")

    def stop() -> None:
        run(binary("pg_ctl"), "-D", data, "-m", "immediate", "stop")
        shutil.rmtree(folder, ignore_errors=True)

    atexit.register(stop)
    return f"postgresql://senacs@/postgres?host={folder}"
