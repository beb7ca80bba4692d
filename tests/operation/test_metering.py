"""Counts of several processes are one, go on after their end, and never stand in the way of the site."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as delivered
from django.db import connection
from prometheus_client import generate_latest
from prometheus_client.registry import CollectorRegistry

from senacs.lib import metrics
from senacs.operation import metering
from tests import served

# A process that counts three saves and a request, then says so and waits to be ended.
COUNTS = """
import sys
from senacs.operation.metering import share_counts
share_counts(sys.argv[1])
from senacs.lib import metrics
metrics.saves.labels("saved").inc(3)
metrics.latency.labels("autosave").observe(0.03)
print("counted", flush=True)
sys.stdin.read()
"""


def process(folder: Path, program: str) -> "subprocess.Popen[str]":
    started = subprocess.Popen(
        [sys.executable, "-c", COUNTS, program],
        cwd=delivered.BASE_DIR,
        env=served.environment(folder, "") | {"SENACS_DEMO": "1"},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert started.stdout is not None and started.stdout.readline() == "counted\n"
    return started


def end(running: "subprocess.Popen[str]") -> None:
    running.kill()
    running.communicate()


def told(folder: Path) -> str:
    registry = CollectorRegistry()
    registry.register(metering.Shared(folder / "metrics"))
    return generate_latest(registry).decode()


@pytest.mark.slow
def test_processes_are_added_up_and_dead_ones_stay_counted(tmp_path: Path) -> None:
    first, second = process(tmp_path, "web-complet"), process(tmp_path, "worker")
    assert 'senacs_saves_total{outcome="saved"} 6.0' in told(tmp_path)
    end(first)
    assert metering.add_up_dead(tmp_path / "metrics") == 2
    assert 'senacs_saves_total{outcome="saved"} 6.0' in told(tmp_path)
    third = process(tmp_path, "web-complet")
    text = told(tmp_path)
    assert 'senacs_saves_total{outcome="saved"} 9.0' in text
    assert 'senacs_request_seconds_bucket{le="0.05",part="autosave"} 3.0' in text
    assert 'senacs_request_seconds_bucket{le="0.025",part="autosave"} 0.0' in text
    for left in (second, third):
        end(left)
    assert metering.add_up_dead(tmp_path / "metrics") == 4
    assert 'senacs_saves_total{outcome="saved"} 9.0' in told(tmp_path)
    assert len(list((tmp_path / "metrics").glob("*.db"))) == 2


def test_a_file_cut_short_is_left_out(tmp_path: Path) -> None:
    folder = tmp_path / "metrics"
    folder.mkdir()
    (folder / "counter_web.1.2.db").write_bytes(b"")
    (folder / "histogram_web.1.2.db").write_bytes(b"\xff" * 100)
    assert told(tmp_path).strip() == ""
    assert metering.add_up_dead(folder) == 2


def test_a_full_disk_costs_the_measures_and_not_the_site(
    tmp_path: Path, settings: Any, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    settings.VAR_DIR = tmp_path
    monkeypatch.setattr(os, "posix_fallocate", full)
    metering.share_counts("web-complet")
    assert "counts are not shared" in caplog.text
    assert metering._FOLDER not in os.environ


def test_every_file_has_its_room_before_it_is_used(tmp_path: Path) -> None:
    path = tmp_path / "counter_x.1.2.db"
    metering._make_room(path)
    assert path.stat().st_blocks * 512 >= metering._ROOM


@pytest.mark.django_db
def test_statements_that_wait_for_others_are_measured() -> None:
    before = locked()
    for sql, more in (("SELECT 1", 0), ('SELECT * FROM "x" FOR UPDATE', 1), ("BEGIN IMMEDIATE", 2)):
        metering._timed(lambda *_: None, sql, None, False, {"connection": connection})
        assert locked() == before + more
    assert metering._timed in connection.execute_wrappers


def locked() -> float:
    found = metrics.REGISTRY.get_sample_value("senacs_lock_seconds_count", {"engine": connection.vendor})
    return found or 0.0
