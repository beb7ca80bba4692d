"""How far a job is, for the page that it was asked from."""

from django_tasks.base import TaskResultStatus
from django_tasks_db.models import DBTaskResult

from senacs.jobs import states
from senacs.jobs.models import BackgroundJob
from senacs.jobs.running import FAULT


def last_job(kind: str, *, about: object = "") -> BackgroundJob | None:
    """The newest of its kind about this, ended here if its processes died of it."""
    job = BackgroundJob.objects.filter(kind=kind, about=str(about)).select_related("by").first()
    if job is not None and job.is_under_way and _is_given_up(job):
        states.apply(job, "fail", told=FAULT)
    return job


def _is_given_up(job: BackgroundJob) -> bool:
    given_up = DBTaskResult.objects.filter(status=TaskResultStatus.FAILED)
    return bool(job.task) and given_up.filter(pk=job.task).exists()
