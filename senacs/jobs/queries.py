"""How far a job is, for the page that it was asked from."""

from django_tasks.base import TaskResultStatus
from django_tasks_db.models import DBTaskResult

from senacs.jobs import states
from senacs.jobs.models import BackgroundJob
from senacs.jobs.running import FAULT


def last_job(kind: str, *, about: object = "") -> BackgroundJob | None:
    """The newest of its kind about this; one whose processes died of it is shown as failed, and nothing is written."""
    job = BackgroundJob.objects.filter(kind=kind, about=str(about)).select_related("by").first()
    task = given_up_task(job) if job is not None else None
    if job is not None and task is not None:
        return states.shown_failed(job, told=FAULT, at=task.finished_at)
    return job


def given_up_task(job: BackgroundJob) -> DBTaskResult | None:
    """The task that was to do the job, if its processes died of it: nobody will end the job."""
    if not (job.is_under_way and job.task):
        return None
    return DBTaskResult.objects.filter(pk=job.task, status=TaskResultStatus.FAILED).first()
