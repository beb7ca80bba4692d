"""Background work that survives a kill: workers give signs of life, the tasks of a dead one are taken up."""

import logging
import os
import socket
import threading
from datetime import timedelta

from django.db import DatabaseError, close_old_connections, connection, transaction
from django.db.models.functions import Now
from django_tasks.base import TaskResultStatus
from django_tasks_db.models import DBTaskResult

from senacs.lib import clock
from senacs.operation import machines
from senacs.operation.models import BEAT, Heartbeat

logger = logging.getLogger(__name__)

# Of a worker that left no sign of life (its row was lost): no task of ours takes that long.
LONGEST_TASK = timedelta(hours=6)
# A task that killed its worker this many times would kill the next one too.
ATTEMPTS = 3
GIVEN_UP = "senacs.operation.workers.GivenUp"


def beat(*, worker: str) -> None:
    """Says that `worker`, this process, lives."""
    if Heartbeat.objects.filter(worker=worker).update(beat_at=Now()):
        return
    pid = os.getpid()
    Heartbeat.objects.create(
        worker=worker,
        machine=machines.this_machine(),
        host=socket.gethostname()[:255],
        pid=pid,
        pid_started=machines.start_of(pid),
        started_at=Now(),
        beat_at=Now(),
    )


def retire(*, worker: str) -> None:
    """A worker that stops in good order leaves no sign of life behind."""
    Heartbeat.objects.filter(worker=worker).delete()


@transaction.atomic
def take_up_abandoned_tasks() -> int:
    """Makes ready again each task whose worker is dead; returns how many.

    Dead is a process that its own machine no longer has, or one of a machine that has given no sign of life for a
    while; a machine that lives looks after its own. Tasks are written to begin again, or to resume by themselves.
    """
    beats = list(Heartbeat.objects.told())
    dead = {heard.worker for heard in beats if not _lives(heard, beats)}
    known = {heard.worker for heard in beats}
    taken_up = 0
    for task in DBTaskResult.objects.select_for_update().filter(status=TaskResultStatus.RUNNING).order_by("pk"):
        worker = task.worker_ids[-1] if task.worker_ids else ""
        lost = worker not in known and (task.started_at is None or task.started_at < clock.now() - LONGEST_TASK)
        if worker not in dead and not lost:
            continue
        if len(task.worker_ids) >= ATTEMPTS:
            _give_up(task)
            continue
        task.status, task.started_at = TaskResultStatus.READY, None
        task.save(update_fields=["status", "started_at"])
        logger.warning("task %s of a dead worker is taken up (attempt %s)", task.task_path, len(task.worker_ids) + 1)
        taken_up += 1
    Heartbeat.objects.filter(worker__in=dead).delete()
    return taken_up


def _lives(heard: Heartbeat, beats: list[Heartbeat]) -> bool:
    if heard.machine == machines.this_machine():
        return machines.lives(heard.pid, heard.pid_started)
    return any(not other.silent for other in beats if other.machine == heard.machine)  # type: ignore[attr-defined]


def _give_up(task: DBTaskResult) -> None:
    task.status, task.finished_at = TaskResultStatus.FAILED, clock.now()
    task.exception_class_path = GIVEN_UP
    task.traceback = f"Abandonné : {len(task.worker_ids)} processus se sont arrêtés en le faisant."
    task.save(update_fields=["status", "finished_at", "exception_class_path", "traceback"])
    logger.error("task %s given up after %s attempts", task.task_path, len(task.worker_ids))


class Pulse:
    """A thread that gives the worker's signs of life and takes up what dead ones left, while tasks run."""

    def __init__(self, worker: str) -> None:
        self._worker = worker
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def start(self) -> None:
        """The first sign is given before the worker takes its first task."""
        self._once()
        self._thread.start()

    def stop(self) -> None:
        self._stop.set()
        self._thread.join(timeout=BEAT.total_seconds())
        retire(worker=self._worker)

    def _run(self) -> None:
        while not self._stop.wait(BEAT.total_seconds()):
            close_old_connections()
            try:
                self._once()
            except DatabaseError:
                # The database is away: the next beat says whether it is back, the health page says it now.
                logger.exception("no sign of life could be given")
                connection.close()
        connection.close()

    def _once(self) -> None:
        beat(worker=self._worker)
        take_up_abandoned_tasks()
