"""A server process killed without warning (SIGKILL): what it acknowledged is in the history and in the document."""

import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import connection

from senacs.collection.documents import replay
from senacs.collection.enums import ResponseState
from senacs.collection.models import Response, Revision
from senacs.collection.tokens import create_token
from tests import factories

KILLS = 4
# Acknowledgements that each life is given before its last moment, which then falls anywhere in the next act.
LIVES = 12


def shared_database(folder: Path) -> str:
    """The address of the test's database for another process: SQLite's is in memory, and is copied to a file."""
    if connection.vendor != "sqlite":
        kept = connection.settings_dict
        return f"postgresql://{kept['USER']}@/{kept['NAME']}?host={kept['HOST']}"
    path = folder / "senacs.sqlite3"
    connection.ensure_connection()
    with closing(sqlite3.connect(path)) as target:
        connection.connection.backup(target)
    return f"sqlite:///{path}"


def stored(url: str, pk: int) -> tuple[dict[str, Any], list[Revision]]:
    """The document and its history as the database of that address holds them."""
    if connection.vendor != "sqlite":
        response = Response.objects.get(pk=pk)
        return response.values, list(response.revisions.order_by("number"))
    with closing(sqlite3.connect(url.removeprefix("sqlite:///"))) as database:
        (document,) = database.execute('SELECT "values" FROM collection_response WHERE id = ?', [pk]).fetchone()
        rows = database.execute(
            "SELECT number, changes FROM collection_revision WHERE response_id = ? ORDER BY number", [pk]
        ).fetchall()
    return json.loads(document), [Revision(number=number, changes=json.loads(changes)) for number, changes in rows]


def lives(url: str) -> Iterator[list[dict[str, Any]]]:
    """What each process was acknowledged before it was killed."""
    command = [sys.executable, "-m", "tests.collection.killed_process"]
    environment = os.environ | {"DATABASE_URL": url, "DJANGO_SETTINGS_MODULE": "config.settings"}
    for life in range(KILLS):
        call = [*command, str(life * 1000)]
        with subprocess.Popen(
            call, stdout=subprocess.PIPE, text=True, env=environment, cwd=settings.BASE_DIR
        ) as process:
            assert process.stdout is not None
            told = [json.loads(process.stdout.readline()) for _ in range(LIVES + life)]
            time.sleep(0.003 * life)
            process.send_signal(signal.SIGKILL)
            # What it had written to the pipe was acknowledged too; the last line may be cut.
            told += [json.loads(line) for line in process.stdout if line.endswith("\n")]
            assert process.wait(timeout=30) == -signal.SIGKILL
        yield told


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_killed_process_loses_nothing_that_it_acknowledged(tmp_path: Path) -> None:
    cast = factories.make_cast()
    before = factories.make_campaign(version=factories.make_questionnaire("minimal_2025"), year=2025)
    factories.make_response(
        structure=cast.structure, campaign=before, values={"salaries_total": 7}, state=ResponseState.VALIDATED
    )
    response = factories.make_response(structure=cast.structure, campaign=factories.make_campaign())
    create_token(structure=cast.structure, label="juin", by=cast.responsable)
    url = shared_database(tmp_path)
    acknowledged: list[dict[str, Any]] = []
    for told in lives(url):
        acknowledged += told
        document, revisions = stored(url, response.pk)
        assert replay(revisions) == document
        assert [revision.number for revision in revisions] == list(range(1, len(revisions) + 1))
        history = {revision.number: revision.changes for revision in revisions}
        for saved in acknowledged:
            for code, entry in saved.items():
                assert history[entry["revision"]][code]["apres"] == entry
    assert len(acknowledged) > KILLS * LIVES
