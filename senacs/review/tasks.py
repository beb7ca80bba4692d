"""Work of the control in the background."""

from django_tasks import task

from senacs.review.campaign_check import run_recheck


@task()
def recheck(recheck_id: int) -> str:
    """Checks a campaign again; started again after a kill, it goes on from its cursor."""
    return run_recheck(recheck_id).get_state_display()
