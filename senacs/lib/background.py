"""Background work that survives a kill: tasks whose worker died are made ready again."""

from datetime import timedelta

from django.db import transaction
from django_tasks.base import TaskResultStatus
from django_tasks_db.models import DBTaskResult

from senacs.lib import clock

# No task of ours runs longer without its worker being restarted (a whole release takes minutes).
LONGEST_TASK = timedelta(hours=1)


def reap_abandoned_tasks(*, older_than: timedelta = LONGEST_TASK) -> int:
    """Makes ready again each task that has been RUNNING for longer than `older_than`; returns how many.

    Tasks are written to be restarted from their beginning, or to resume by themselves.
    """
    with transaction.atomic():
        abandoned = DBTaskResult.objects.filter(
            status=TaskResultStatus.RUNNING, started_at__lt=clock.now() - older_than
        )
        return abandoned.update(status=TaskResultStatus.READY, started_at=None)
