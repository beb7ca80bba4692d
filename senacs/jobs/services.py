"""Asking for a job."""

from django.db import IntegrityError, transaction

from senacs.accounts.models import User
from senacs.jobs import kinds, states, tasks
from senacs.jobs.enums import UNDER_WAY
from senacs.jobs.models import BackgroundJob
from senacs.jobs.queries import given_up_task
from senacs.jobs.running import FAULT
from senacs.lib.refusals import Refused


@transaction.atomic
def ask(*, kind: str, by: User, about: object = "", arguments: dict[str, object] | None = None) -> BackgroundJob:
    """Has a job done in the background once this transaction holds.

    `arguments` are plain values. The work checks the rights of `by` when it is done. Raises Refused when the same is
    asked already and not done.
    """
    title = kinds.find(kind).title
    for left in BackgroundJob.objects.filter(kind=kind, about=str(about), state__in=UNDER_WAY):
        if given_up_task(left):
            states.apply(left, "fail", told=FAULT)
    try:
        with transaction.atomic():
            job = BackgroundJob.objects.create(kind=kind, about=str(about), by=by, arguments=arguments or {})
    except IntegrityError:
        raise Refused(f"« {title} » est déjà en cours : attendez sa fin.") from None
    transaction.on_commit(lambda: _enqueue(job))
    return job


def _enqueue(job: BackgroundJob) -> None:
    BackgroundJob.objects.filter(pk=job.pk).update(task=str(tasks.do.enqueue(job.pk).id))
