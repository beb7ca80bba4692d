"""Tasks of dead workers are taken up, those of living machines are left alone."""

import os
import subprocess
import sys
from datetime import timedelta

import pytest
from django.db.models.functions import Now
from django_tasks.base import TaskResultStatus
from django_tasks_db.models import DBTaskResult

from senacs.lib import clock
from senacs.operation import machines, workers
from senacs.operation.health import Health, background_work, failed_work
from senacs.operation.models import Heartbeat

pytestmark = pytest.mark.django_db
LONG_AGO = timedelta(minutes=5)


def running_task(*worker_ids: str, since: timedelta = timedelta(seconds=5)) -> DBTaskResult:
    return DBTaskResult.objects.create(
        status=TaskResultStatus.RUNNING,
        started_at=clock.now() - since,
        args_kwargs={"args": [], "kwargs": {}},
        task_path="senacs.observatory.tasks.build",
        worker_ids=list(worker_ids),
        backend_name="default",
        run_after=clock.now(),
    )


def heard(worker: str, *, machine: str = "", pid: int = 0, ago: timedelta = timedelta(0)) -> Heartbeat:
    pid = pid or os.getpid()
    machine = machine or machines.this_machine()
    started = machines.start_of(pid) if machine == machines.this_machine() else "1"
    return Heartbeat.objects.create(
        worker=worker,
        machine=machine,
        host="poste",
        pid=pid,
        pid_started=started,
        started_at=Now() - ago,
        beat_at=Now() - ago,
    )


def ended_process() -> int:
    process = subprocess.Popen([sys.executable, "-c", ""])
    process.wait()
    return process.pid


def status(task: DBTaskResult) -> str:
    task.refresh_from_db()
    return task.status


def test_task_of_a_process_that_is_gone_is_taken_up_at_once() -> None:
    heard("mort", pid=ended_process())
    task = running_task("mort")
    assert workers.take_up_abandoned_tasks() == 1
    assert (status(task), task.started_at, task.worker_ids) == (TaskResultStatus.READY, None, ["mort"])
    assert not Heartbeat.objects.exists()
    assert workers.take_up_abandoned_tasks() == 0


def test_task_of_a_living_process_is_left_even_when_it_is_silent() -> None:
    heard("vivant", ago=LONG_AGO)
    task = running_task("vivant")
    assert workers.take_up_abandoned_tasks() == 0
    assert status(task) == TaskResultStatus.RUNNING


def test_number_of_a_dead_process_that_serves_again_is_not_taken_for_it() -> None:
    beat = heard("mort")
    Heartbeat.objects.filter(pk=beat.pk).update(pid_started="12")
    running_task("mort")
    assert workers.take_up_abandoned_tasks() == 1


def test_living_machine_looks_after_its_own_tasks() -> None:
    heard("ailleurs-1", machine="autre", ago=LONG_AGO)
    heard("ailleurs-2", machine="autre")
    task = running_task("ailleurs-1")
    assert workers.take_up_abandoned_tasks() == 0
    assert status(task) == TaskResultStatus.RUNNING


def test_silent_machine_is_dead() -> None:
    heard("ailleurs", machine="autre", ago=LONG_AGO)
    task = running_task("ailleurs")
    assert workers.take_up_abandoned_tasks() == 1
    assert status(task) == TaskResultStatus.READY


def test_task_whose_worker_is_unknown_waits_for_the_longest_that_one_takes() -> None:
    recent, old = running_task("perdu"), running_task("perdu", since=timedelta(hours=7))
    assert workers.take_up_abandoned_tasks() == 1
    assert (status(recent), status(old)) == (TaskResultStatus.RUNNING, TaskResultStatus.READY)


def test_task_that_kills_its_workers_is_given_up_and_says_so() -> None:
    heard("mort", pid=ended_process())
    task = running_task("un", "deux", "mort")
    assert workers.take_up_abandoned_tasks() == 0
    assert status(task) == TaskResultStatus.FAILED
    assert task.exception_class_path == workers.GIVEN_UP
    assert "3 processus" in task.traceback


def test_beat_is_kept_by_worker_and_taken_away_when_it_stops() -> None:
    workers.beat(worker="moi")
    workers.beat(worker="moi")
    own = Heartbeat.objects.get()
    assert (own.pid, own.machine) == (os.getpid(), machines.this_machine())
    workers.retire(worker="moi")
    assert not Heartbeat.objects.exists()


def test_background_work_without_a_worker_is_told() -> None:
    assert background_work().health is Health.DEGRADED
    heard("silencieux", machine="autre", ago=LONG_AGO)
    assert background_work().health is Health.DEGRADED
    heard("vivant")
    found = background_work()
    assert (found.health, found.said) == (Health.WELL, "1\u00a0processus actif. Rien n’attend.")


def ready_task(*, ago: timedelta) -> DBTaskResult:
    task = running_task()
    DBTaskResult.objects.filter(pk=task.pk).update(
        status=TaskResultStatus.READY, started_at=None, enqueued_at=clock.now() - ago, run_after=clock.now() - ago
    )
    return task


@pytest.mark.parametrize(
    ("minutes", "health", "said"),
    [(5, Health.WELL, "le plus ancien depuis 5\u00a0minutes"), (45, Health.DEGRADED, "La file n’avance pas")],
)
def test_queue_that_does_not_move_is_told(minutes: int, health: Health, said: str) -> None:
    heard("vivant")
    ready_task(ago=timedelta(minutes=minutes))
    found = background_work()
    assert (found.health, said in found.said) == (health, True)


def test_failed_and_given_up_tasks_are_told_for_a_day() -> None:
    assert failed_work().health is Health.WELL
    running_task(*[heard(name, pid=ended_process()).worker for name in ("un", "deux", "trois")])
    workers.take_up_abandoned_tasks()
    failed = running_task("un")
    DBTaskResult.objects.filter(pk=failed.pk).update(status=TaskResultStatus.FAILED, finished_at=clock.now())
    found = failed_work()
    assert found.health is Health.DEGRADED
    assert found.said.startswith("2\u00a0travaux en échec depuis vingt-quatre heures, dont 1 après l’arrêt répété")
    DBTaskResult.objects.update(finished_at=clock.now() - timedelta(hours=25))
    assert failed_work().health is Health.WELL
