"""What the loads act upon: a database with a generated questionnaire, structures, people signed in, granian."""

import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, NamedTuple

import yaml

from tests import postgresql

ROOT = Path(__file__).resolve().parent.parent
PER_SECTION = 30
WORKERS, THREADS = 2, 4  # the defaults of `senacs serve`


class Cpu(NamedTuple):
    """Seconds of processor: of the processes of the site, and of the database's own."""

    web: float
    base: float

    def __sub__(self, before: "Cpu") -> "Cpu":
        return Cpu(self.web - before.web, self.base - before.base)


def write_questionnaire(folder: Path, fields: int, year: int) -> None:
    """Sections of thirty questions shaped as the real ones: grids with totals, yes/no, conditions, rules with N-1."""
    names = []
    rules: list[dict[str, Any]] = []
    for index in range(round(fields / PER_SECTION)):
        name = f"s{index:02}"
        names.append(f"{name}.yaml")
        rows: list[dict[str, Any]] = [{"code": f"r{row}", "label": f"Ligne {row}"} for row in range(5)]
        columns = [{"code": f"{name}_{column}", "label": column, "kind": "entier"} for column in ("hommes", "femmes")]
        grid = {"columns": columns, "rows": [*rows, {"code": "total", "label": "Ensemble", "total": True}]}
        questions: list[dict[str, Any]] = [
            {
                "code": f"{name}_n{number}",
                "label": f"Nombre {number}",
                "kind": "entier",
                "help": "Une aide d’une ligne.",
            }
            for number in range(10)
        ]
        questions += [{"code": f"{name}_oui", "label": "Proposez-vous ce service ?", "kind": "oui_non"}]
        questions += [
            {
                "code": f"{name}_d{number}",
                "label": f"Détail {number}",
                "kind": "entier",
                "condition": f"{name}_oui = oui",
            }
            for number in range(5)
        ]
        questions += [
            {
                "code": f"{name}_c{number}",
                "label": f"Choix {number}",
                "kind": "choix",
                "options": {"a": "Un", "b": "Deux"},
            }
            for number in range(2)
        ]
        questions += [{"code": f"{name}_grille", "label": "Une grille", "grid": grid}]
        content = {
            "code": name,
            "letter": f"S{index}",
            "title": f"Rubrique {index}",
            "minutes": 10,
            "questions": questions,
        }
        (folder / f"{name}.yaml").write_text(yaml.safe_dump(content, allow_unicode=True), encoding="utf-8")
        code = name.upper()
        rules += [
            {
                "code": f"{code}_A",
                "rule": f"{name}_n0 <= {name}_n1",
                "severity": "to_justify",
                "message": f"{{{name}_n0}}",
            },
            {
                "code": f"{code}_B",
                "rule": f"{name}_n2 <= 9 * {name}_n2[N-1]",
                "severity": "to_justify",
                "message": "N-1",
            },
            {"code": f"{code}_C", "rule": f"{name}_hommes_total <= 9999", "severity": "blocking", "message": "Total"},
        ]
    (folder / "regles.yaml").write_text(yaml.safe_dump(rules, allow_unicode=True), encoding="utf-8")
    whole = {"code": f"mesure-{year}", "year": year, "data_year": year - 1, "title": "Mesure", "sections": names}
    (folder / "questionnaire.yaml").write_text(yaml.safe_dump({**whole, "rules": ["regles.yaml"]}), encoding="utf-8")


@contextmanager
def served(stack: str, environ: dict[str, str], *, port: int, workers: int = WORKERS) -> Iterator[Callable[[], Cpu]]:
    """`senacs serve` on the loopback; tells the CPU seconds that it took, its worker's among them, and its database."""
    command = [sys.executable, "-m", "config.cli", "serve", "--port", str(port)]
    command += ["--workers", str(workers), "--threads", str(THREADS)]
    if stack != "site":  # the others are not whole enough for the background work
        command.append("--sans-travail-de-fond")
    server = subprocess.Popen(  # noqa: S603
        command,
        cwd=ROOT,
        env={**environ, "BENCH_STACK": stack},
        stdout=subprocess.DEVNULL,
    )
    try:
        _wait(port)
        yield lambda: Cpu(sum(map(_cpu_seconds, _tree(server.pid))), _database_cpu_seconds(environ["DATABASE_URL"]))
    finally:
        server.terminate()
        server.wait(timeout=60)


def _children(pid: int) -> list[int]:
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii").split()]


def _tree(pid: int) -> list[int]:
    return [pid, *(found for child in _children(pid) for found in _tree(child))]


def _database_cpu_seconds(url: str) -> float:
    if not url:
        return 0.0
    postmaster = Path(url.rpartition("host=")[2], "data", "postmaster.pid").read_text(encoding="ascii").split()[0]
    total = _cpu_seconds(int(postmaster), ended=True)
    for child in _children(int(postmaster)):
        with suppress(FileNotFoundError, ProcessLookupError):  # ended meanwhile: its time is with its parent's
            total += _cpu_seconds(child)
    return total


def _cpu_seconds(pid: int, *, ended: bool = False) -> float:
    columns = slice(11, 15) if ended else slice(11, 13)
    times = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[columns]
    return sum(map(int, times)) / os.sysconf("SC_CLK_TCK")


def _wait(port: int) -> None:
    for _ in range(400):
        try:
            socket.create_connection(("127.0.0.1", port), timeout=5).close()
        except OSError:
            time.sleep(0.25)
        else:
            return
    raise RuntimeError("the server did not start")


@contextmanager
def database(kind: str, fields: int, *, structures: int) -> Iterator[tuple[dict[str, str], dict[str, Any]]]:
    """The environment of a database with its scene built, and what `bench.build` says of it."""
    with tempfile.TemporaryDirectory(prefix="senacs-bench-") as folder:
        environ = {
            **os.environ,
            "SENACS_VAR": folder,
            "SENACS_DEMO": "1",
            "SENACS_LOG": "ERROR",
            "DJANGO_SETTINGS_MODULE": "bench.plain.settings",
            "BENCH_STACK": "site",
            "DATABASE_URL": postgresql.create() if kind == "PostgreSQL" else "",
        }
        shutil.copytree(ROOT / "var" / "assets", Path(folder) / "assets")
        said = subprocess.run(  # noqa: S603
            [sys.executable, "-m", "bench.build", str(fields), str(structures), folder],
            cwd=ROOT,
            env=environ,
            check=True,
            capture_output=True,
            text=True,
        ).stdout
        yield environ, json.loads(said.splitlines()[-1])
