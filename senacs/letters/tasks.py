"""The outbox in the background."""

from datetime import datetime

from django.db.models import Q
from django_tasks import default_task_backend, task
from django_tasks.base import TaskResultStatus
from django_tasks_db.models import DBTaskResult

from senacs.letters.delivery import deliver_due
from senacs.letters.enums import LetterState
from senacs.letters.models import OutgoingLetter
from senacs.lib import clock

# django_tasks_db writes this year for a task that waits for nothing.
_AT_ONCE = 9999


@task()
def deliver() -> None:
    """Sends what is due, and comes again for what waits."""
    again = deliver_due()
    if again is not None and default_task_backend.supports_defer and not _is_planned(again):
        deliver.using(run_after=max(again, clock.now())).enqueue()


def _is_planned(again: datetime) -> bool:
    """One visit to come by then is enough, however many letters were postponed."""
    planned = DBTaskResult.objects.filter(task_path=deliver.module_path, status=TaskResultStatus.READY)
    return planned.filter(Q(run_after__lte=again) | Q(run_after__year=_AT_ONCE)).exists()


def resume() -> None:
    """Asks for the delivery of what waits, whoever wrote it."""
    if OutgoingLetter.objects.filter(state=LetterState.WAITING).exists():
        deliver.enqueue()
