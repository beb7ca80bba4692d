"""How fast the public site answers, beside Datasette serving the same table on the same machine in the same run.

Run with the demonstration built: `python -m bench.public`. Writes docs/performance/site-public.md. Visitors and server
share the processors; the visitors are closed loops, each asks again as soon as it is answered.
"""

import asyncio
import gzip
import itertools
import os
import platform
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
django.setup()

import polars as pl  # noqa: E402
from django.conf import settings  # noqa: E402

from bench.clients import Measures, Visitor, saturate  # noqa: E402
from senacs.lib import clock, french  # noqa: E402
from senacs.observatory.frozen_files import CELLS_PARQUET  # noqa: E402
from senacs.observatory.releases.reader import latest_published  # noqa: E402

PAGE = Path(settings.BASE_DIR) / "docs" / "performance" / "site-public.md"
VISITORS = (1, 20, 100)
SECONDS = 2.0
INDICATOR = "etp_total"
PAGES = {
    "Accueil": "/",
    "Commune": "/territoires/commune/59350/",
    "Territoire": "/territoires/departement/59/",
    "Atlas": "/atlas/",
    "Couverture, France": "/couverture/",
    "Tableau composé": f"/tableau/?indicateur={INDICATOR}&niveau=departement",
    "API, 100 chiffres": f"/api/v1/chiffres?indicateur={INDICATOR}&niveau=departement&par_page=100",
}
DATASETTE = {
    "Datasette, table (page)": f"/senacs/chiffres?indicator={INDICATOR}&level=departement",
    "Datasette, 100 lignes (JSON)": f"/senacs/chiffres.json?indicator={INDICATOR}&level=departement&_size=100",
}


def free_port() -> int:
    with socket.socket() as tried:
        tried.bind(("127.0.0.1", 0))
        return int(tried.getsockname()[1])


@contextmanager
def running(port: int, *call: str, **variables: str) -> Iterator[int]:
    """A server that answers on `port`; gives its process."""
    with subprocess.Popen(  # noqa: S603
        call, env=os.environ | variables, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
    ) as process:
        try:
            for _ in range(600):
                with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
                    break
                time.sleep(0.1)
            yield process.pid
        finally:
            os.killpg(process.pid, signal.SIGTERM)
            process.wait(timeout=30)


def memory(group: int) -> list[int]:
    """Megabytes of each Python process of a group, the largest first."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            if os.getpgid(int(folder.name)) == group:
                found.append(int((folder / "statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") // 2**20)
    return sorted(found, reverse=True)


def load(port: int, address: str, count: int, *, apart: bool = False) -> Measures:
    """`apart`: each request is of an address of its own, so that no memory of pages answers it."""
    mark = "&" if "?" in address else "?"
    numbers = itertools.count()

    async def act(visitor: Visitor, turn: int) -> None:
        asked = f"{address}{mark}n={count}-{next(numbers)}" if apart else address
        reply = await visitor.request("GET", asked, kind="text/plain")
        if reply.status != 200:
            raise RuntimeError(f"{asked}: {reply.status}")

    async def whole() -> Measures:
        visitors = [Visitor(port) for _ in range(count)]
        for visitor in visitors:
            visitor.cookies = ""
        found = await saturate(visitors, act, seconds=SECONDS)
        for visitor in visitors:
            visitor.close()
        return found

    return asyncio.run(whole())


def first(port: int, address: str) -> tuple[float, int]:
    """Milliseconds of the first answer, its compressed size in kilobytes."""

    async def ask() -> tuple[float, int]:
        visitor = Visitor(port)
        begun = time.perf_counter()
        reply = await visitor.request("GET", address)
        visitor.close()
        spent = 1000 * (time.perf_counter() - begun)
        return spent, len(gzip.compress(reply.body)) // 1024

    return asyncio.run(ask())


def cell(value: float, decimals: int = 0) -> str:
    return french.number(round(value, decimals), decimals)


def told(label: str, measures: list[Measures]) -> str:
    figures = [f"{cell(one.rate)} · {cell(one.milliseconds(50))} / {cell(one.milliseconds(95))}" for one in measures]
    return f"| {label} | {' | '.join(figures)} |"


def datasette_file(folder: Path) -> Path:
    """The figures of the newest release as a SQLite file with the indexes that its questions need."""
    import sqlite3

    release = latest_published()
    if release is None:
        sys.exit("Il faut la démonstration : make demo-data")
    cells = pl.read_parquet(release.directory / CELLS_PARQUET)
    plain = cells.select([name for name, kind in cells.schema.items() if not isinstance(kind, pl.List | pl.Struct)])
    path = folder / "senacs.db"
    with closing(sqlite3.connect(path)) as database, database:
        names = ", ".join(f'"{name}"' for name in plain.columns)
        database.execute(f"CREATE TABLE chiffres ({names})")
        database.executemany(
            f"INSERT INTO chiffres VALUES ({', '.join('?' * plain.width)})",  # noqa: S608
            plain.iter_rows(),
        )
        database.execute("CREATE INDEX asked ON chiffres (indicator, level)")
    return path


def main() -> None:
    rows, again = [], []
    ours: dict[str, list[Measures]] = {}
    port = free_port()
    serve = (sys.executable, "-m", "config.cli", "serve", "--port", str(port), "--workers", "2")
    with running(port, *serve, SENACS_SITE="public", SENACS_LOG="ERROR") as group:
        started, size = first(port, "/")
        sys.stderr.write(f"first {started:.0f} ms, {size} KB\n")
        before = memory(group)
        for label, address in PAGES.items():
            for _ in range(4):  # each worker has read what it keeps
                first(port, address)
            if "API" in label:
                # A network may ask so many times a minute: measured within that.
                ours[label] = []
                continue
            ours[label] = [load(port, address, count, apart=True) for count in VISITORS]
            rows.append(told(label, ours[label]))
            again.append(told(label, [load(port, address, count) for count in VISITORS]))
            sys.stderr.write(f"{rows[-1]}\n{again[-1]}\n")
        after = memory(group)
    with tempfile.TemporaryDirectory() as folder:
        port, path = free_port(), datasette_file(Path(folder))
        call = (str(Path(sys.executable).parent / "datasette"), "serve", str(path), "--port", str(port))
        with running(port, *call, "--setting", "facet_time_limit_ms", "200") as group:
            for label, address in DATASETTE.items():
                first(port, address)
                ours[label] = [load(port, address, count) for count in VISITORS]
                rows.append(told(label, ours[label]))
                sys.stderr.write(f"{rows[-1]}\n")
            beside = memory(group)
    write(rows, again, started, size, before, after, beside, ours)


def write(
    rows: list[str], again: list[str], started: float, size: int, before: list[int], after: list[int],
    beside: list[int], ours: dict[str, list[Measures]],
) -> None:  # fmt: skip
    table = ours["Tableau composé"][1].rate / ours["Datasette, table (page)"][1].rate
    heads = " | ".join(f"{count} visiteur{'s' if count > 1 else ''}" for count in VISITORS)
    rule = "|".join(["---"] * (len(VISITORS) + 1))
    PAGE.write_text(
        f"""# Le site public sous la charge

Écrit par `python -m bench.public` le {french.long_date(clock.today())}, sur {os.cpu_count()} processeurs
({platform.machine()}, Python {platform.python_version()}), avec la démonstration entière et deux processus ;
visiteurs et serveur se partagent la machine. Chaque case : réponses par seconde · médiane / p95, en millisecondes.

## Pages calculées à chaque demande

| page | {heads} |
|{rule}|
{chr(10).join(rows)}

À 20 visiteurs, le tableau composé répond {french.number(round(table, 2), 2)} fois autant que la page de Datasette
sur la même table.

## Pages gardées deux secondes par le processus

| page | {heads} |
|{rule}|
{chr(10).join(again)}

## Le reste
- Première page après le démarrage : {cell(started)} ms (voulu : 300). Accueil compressé : {size} Ko (voulu : moins
  de 60).
- Mémoire des processus, en Mo : {", ".join(map(str, before))} au démarrage, {", ".join(map(str, after))} après
  toutes les pages ; Datasette {", ".join(map(str, beside))}.
- Voulu : gardées 1 500 réponses par seconde et p95 sous 15 ms ; calculées p95 sous 100 ms à 20 visiteurs.
- L’API limite les appels d’un même réseau : elle ne se mesure pas par une charge venue d’une seule adresse.
""",
        encoding="utf-8",
    )


if __name__ == "__main__":
    main()
