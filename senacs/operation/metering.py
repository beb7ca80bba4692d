"""Counts of several processes made one: each keeps its own in a file of its own, the files of dead ones are added up.

prometheus_client keeps a process's counts in a file that all may read. Two things are ours: a file has its room on the
disk before it is used (written beyond a full disk, such a file kills its process), and what a dead process counted is
added to one file, so that counts never go down and files never pile up.
"""

import fcntl
import logging
import os
import struct
from collections.abc import Iterable, Iterator
from pathlib import Path
from time import perf_counter
from typing import Any

from django.conf import settings
from django.db import connection
from django.db.backends.signals import connection_created
from prometheus_client import CollectorRegistry, Metric, values
from prometheus_client.mmap_dict import MmapedDict
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

from senacs.lib import metrics
from senacs.operation import machines

_logger = logging.getLogger(__name__)
_KINDS = ("counter", "histogram")
# More than all our series; the library doubles a file that is full, and ours never is.
_ROOM = 512 * 1024
_FOLDER = "PROMETHEUS_MULTIPROC_DIR"
_DEAD = "ended"


def share_counts(program: str) -> None:
    """From now on this process counts where the others read; called before anything is counted.

    Where the folder cannot be written, it counts for itself: the site matters more than its measures.
    """
    folder = settings.VAR_DIR / "metrics"
    pid = os.getpid()
    own = f"{program}.{pid}.{machines.start_of(pid)}"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        add_up_dead(folder)
        for kind in _KINDS:
            _make_room(folder / f"{kind}_{own}.db")
    except OSError as error:
        _logger.warning("counts are not shared with the other processes: %s", error)
        return
    os.environ[_FOLDER] = str(folder)
    values.ValueClass = values.MultiProcessValue(process_identifier=lambda: own)


def _make_room(path: Path) -> None:
    with path.open("ab") as file:
        os.posix_fallocate(file.fileno(), 0, _ROOM)


def add_up_dead(folder: Path) -> int:
    """Adds the files of processes that live no more to the file of the dead; how many there were."""
    found = 0
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        for kind in _KINDS:
            total = folder / f"{kind}_{_DEAD}.db"
            for path in _files(folder, kind):
                _, pid, started = path.stem.removeprefix(f"{kind}_").rsplit(".", 2)
                if machines.start_of(int(pid)) == started:
                    continue
                if not total.exists():
                    _make_room(total)
                _add(path, total)
                path.unlink()
                found += 1
    return found


def _files(folder: Path, kind: str) -> list[Path]:
    return sorted(path for path in folder.glob(f"{kind}_*.*.*.db") if path.stem != f"{kind}_{_DEAD}")


def _add(path: Path, total: Path) -> None:
    sums = MmapedDict(str(total))
    try:
        for key, value, _, _ in _read(path):
            sums.write_value(key, sums.read_value(key)[0] + value, 0.0)
    finally:
        sums.close()


def _read(path: Path) -> list[tuple[str, float, float, int]]:
    """Nothing from a file that its process was killed while making."""
    try:
        return list(MmapedDict.read_all_values_from_file(str(path)))
    except (RuntimeError, ValueError, OSError, struct.error) as error:
        _logger.warning("counts that cannot be read are left out: %s", error)
        return []


class Shared(Collector):
    """What all the processes that share a folder have counted."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def collect(self) -> Iterator[Metric]:
        paths = [str(path) for kind in _KINDS for path in self._folder.glob(f"{kind}_*.db") if _read(path)]
        yield from MultiProcessCollector.merge(paths)


def counted() -> Iterable[Collector]:
    """What to ask for the counts: of all processes where they are shared, else of this one."""
    folder = os.environ.get(_FOLDER)
    own: CollectorRegistry = metrics.REGISTRY
    return [Shared(Path(folder))] if folder else [own]  # a registry is a collector too


def sessions_waiting() -> int:
    """Sessions of this database that wait for a lock of another; SQLite keeps no list of those who wait."""
    if connection.vendor != "postgresql":
        return 0
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
        )
        found: int = cursor.fetchone()[0]
        return found


def watch_locks() -> None:
    """Measures, on each connection, the statements that wait for others: the beginning of a writing, a row held."""
    connection_created.connect(_watch, dispatch_uid="senacs.operation.metering")


def _watch(**told: Any) -> None:
    opened = told["connection"]
    if _timed not in opened.execute_wrappers:
        opened.execute_wrappers.append(_timed)


def _timed(execute: Any, sql: str, params: object, many: bool, context: Any) -> Any:
    if not (sql.startswith("BEGIN") or "FOR UPDATE" in sql[-80:]):
        return execute(sql, params, many, context)
    begun = perf_counter()
    try:
        return execute(sql, params, many, context)
    finally:
        metrics.locks.labels(context["connection"].vendor).observe(perf_counter() - begun)
