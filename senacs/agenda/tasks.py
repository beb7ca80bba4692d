"""`senacs tick` in the background, again and again."""

from datetime import datetime, timedelta

from django_tasks import default_task_backend, task
from django_tasks.base import TaskResultStatus
from django_tasks_db.models import DBTaskResult

from senacs.agenda.tick import run_tick
from senacs.lib import clock

EVERY = timedelta(minutes=10)


@task()
def tick() -> None:
    """Does what is due, and plans the next passage, whatever became of this one."""
    try:
        run_tick()
    finally:
        plan(clock.now() + EVERY)


def plan(at: datetime) -> None:
    """One passage waits, however many workers start."""
    waiting = DBTaskResult.objects.filter(task_path=tick.module_path, status=TaskResultStatus.READY)
    if default_task_backend.supports_defer and not waiting.exists():
        tick.using(run_after=at).enqueue()
