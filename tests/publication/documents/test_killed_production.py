"""A production killed without warning (SIGKILL) goes on where it stopped: each document once, none cut."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings

from senacs.observatory.models import Release
from senacs.publication.documents import production
from tests.collection.test_killed_process import shared_database

FOLDERS = ("DATA_DIR", "MEDIA_ROOT", "RELEASES_DIR", "MICRODATA_DIR")


def begun(url: str, pk: int) -> "subprocess.Popen[str]":
    folders = {name: str(getattr(settings, name)) for name in FOLDERS}
    call = [sys.executable, "-m", "tests.publication.documents.killed_production", str(pk), json.dumps(folders)]
    environment = os.environ | {"DATABASE_URL": url, "DJANGO_SETTINGS_MODULE": "config.settings", "SENACS_DEMO": "1"}
    return subprocess.Popen(call, stdout=subprocess.PIPE, text=True, env=environment, cwd=settings.BASE_DIR)


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_a_killed_production_goes_on_where_it_stopped(release: Release, tmp_path: Path) -> None:
    run = production.start_production(release=release, by=None)
    url = shared_database(tmp_path)
    with begun(url, run.pk) as first:
        assert first.stdout is not None
        assert [first.stdout.readline(), first.stdout.readline()] == ["1\n", "2\n"]
        first.send_signal(signal.SIGKILL)
        assert first.wait(timeout=30) == -signal.SIGKILL
    files = Path(settings.MEDIA_ROOT) / "production"
    survivors = {path: path.stat().st_mtime_ns for path in files.rglob("*.pdf")}
    assert len(survivors) >= 2
    with begun(url, run.pk) as second:
        out, _ = second.communicate(timeout=120)
    steps, story = out.splitlines()[:-1], json.loads(out.splitlines()[-1])
    assert int(steps[0]) > 2 and steps[-1] == "6"
    assert (story["done"], story["total"], story["attempt"], len(story["whole"])) == (6, 6, 2, 6)
    kept = [path for path, written in survivors.items() if path.stat().st_mtime_ns == written]
    assert len(kept) >= 2, "what was acknowledged is not made again"
