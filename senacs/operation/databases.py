"""The database dumped while the site runs, and put back where there is none: SQLite by itself, PostgreSQL by its tools.

A dump and the number of rows told beside it are of one instant.
"""

import os
import shutil
import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path

from django.db import connection, transaction

from senacs.lib.refusals import Refused

SQLITE, POSTGRESQL = "sqlite", "postgresql"
Counts = dict[str, int]


def dump(target: Path) -> Counts:
    """Writes the whole database to `target`; gives the number of rows of each table. Raises Refused."""
    return _dump_sqlite(target) if connection.vendor == SQLITE else _dump_postgresql(target)


def load(source: Path) -> Counts:
    """Puts a dump of the same engine into the empty database of the settings; gives the number of rows of each table.

    Raises Refused when the database holds tables, or does not take the dump.
    """
    if connection.introspection.table_names():
        raise Refused("La base de données n’est pas vide : une sauvegarde se restaure dans une base vide.")
    if connection.vendor == SQLITE:
        path = Path(connection.settings_dict["NAME"])
        connection.close()
        for left in (path, *(path.with_name(path.name + end) for end in ("-wal", "-shm"))):
            left.unlink(missing_ok=True)
        shutil.copyfile(source, path)
    else:
        command = ["pg_restore", "--no-owner", "--no-privileges", "--exit-on-error", "--single-transaction"]
        _run([*command, *_where(), str(source)])
    return _counts(connection.introspection.table_names())


def look_at(source: Path, engine: str) -> str:
    """Why a dump would not load, « » when it would: every page of SQLite's file, the contents of PostgreSQL's."""
    if engine == SQLITE:
        with closing(sqlite3.connect(f"file:{source}?mode=ro", uri=True)) as copy:
            try:
                said = copy.execute("PRAGMA integrity_check").fetchone()[0]
            except sqlite3.DatabaseError as error:
                return str(error)
        return "" if said == "ok" else str(said)
    try:
        # Reads the whole of it, every row, and writes it nowhere.
        _run(["pg_restore", "--file", os.devnull, str(source)])
    except Refused as refusal:
        return refusal.message
    return ""


def _dump_sqlite(target: Path) -> Counts:
    with (
        closing(sqlite3.connect(connection.settings_dict["NAME"])) as source,
        closing(sqlite3.connect(target)) as copy,
    ):
        source.backup(copy)
        # One file: what the copy says of itself needs no other beside it.
        copy.execute("PRAGMA journal_mode=DELETE")
        tables = [name for (name,) in copy.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        own = [name for name in tables if not name.startswith("sqlite_")]
        return {name: copy.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0] for name in sorted(own)}  # noqa: S608


@transaction.atomic
def _dump_postgresql(target: Path) -> Counts:
    with connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        cursor.execute("SELECT pg_export_snapshot()")
        snapshot = cursor.fetchone()[0]
    _run(["pg_dump", "--format=custom", "--no-owner", f"--snapshot={snapshot}", f"--file={target}", *_where()])
    return _counts(connection.introspection.table_names())


def _counts(tables: list[str]) -> Counts:
    with connection.cursor() as cursor:
        found: Counts = {}
        for name in sorted(tables):
            cursor.execute(f"SELECT count(*) FROM {connection.ops.quote_name(name)}")  # noqa: S608
            found[name] = cursor.fetchone()[0]
    return found


def _where() -> list[str]:
    """How the tools of PostgreSQL reach the database of the settings; its password stays out of the command."""
    given = connection.settings_dict
    options = {"--host": given["HOST"], "--port": given["PORT"], "--username": given["USER"]}
    return [f"{name}={value}" for name, value in options.items() if value] + [f"--dbname={given['NAME']}"]


def _run(command: list[str]) -> None:
    password = str(connection.settings_dict.get("PASSWORD") or "")
    environment = os.environ | ({"PGPASSWORD": password} if password else {})
    try:
        done = subprocess.run(command, capture_output=True, text=True, env=environment, check=False)  # noqa: S603
    except FileNotFoundError as error:
        raise Refused(f"« {command[0]} » manque sur cette machine : installez postgresql-client.") from error
    if done.returncode:
        lines = [line for line in done.stderr.splitlines() if line.strip()]
        raise Refused(f"{command[0]} : {lines[0] if lines else 'échec sans un mot'}")
