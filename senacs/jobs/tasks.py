"""Jobs in the background."""

from django_tasks import task

from senacs.jobs.running import do_job


@task()
def do(job_id: int) -> str:
    """Does one job; begun again after a kill, which left nothing of it."""
    return do_job(job_id).get_state_display()
