"""The way of a job: one table, one door."""

from datetime import datetime

from senacs.jobs.enums import ENDED, UNDER_WAY, JobState
from senacs.jobs.models import BackgroundJob
from senacs.lib import clock
from senacs.lib.refusals import Refused
from senacs.lib.states import Transition

_SOFTWARE: frozenset[str] = frozenset()
_RUNNING = frozenset({JobState.RUNNING})
TRANSITIONS = (
    # A job whose process died is begun again.
    Transition("begin", frozenset(UNDER_WAY), JobState.RUNNING, _SOFTWARE, "Commencer"),
    Transition("finish", _RUNNING, JobState.DONE, _SOFTWARE, "Finir"),
    Transition("refuse", _RUNNING, JobState.REFUSED, _SOFTWARE, "Refuser"),
    Transition("fail", frozenset(UNDER_WAY), JobState.FAILED, _SOFTWARE, "Abandonner"),
)
_BY_NAME = {transition.name: transition for transition in TRANSITIONS}


def apply(job: BackgroundJob, name: str, *, told: str = "", lines: list[str] | None = None) -> BackgroundJob:
    """Moves a job, if it still is where the transition starts; Refused when another process moved it first."""
    transition = _BY_NAME[name]
    changes: dict[str, object] = {"state": transition.target}
    if transition.target in ENDED:
        changes |= {"ended_at": clock.now(), "told": told, "lines": lines or [], "arguments": {}}
    else:
        changes |= {"started_at": clock.now()}
    if not BackgroundJob.objects.filter(pk=job.pk, state__in=transition.sources).update(**changes):
        raise Refused(f"« {transition.label} » n’est plus possible : ce travail a changé d’état.")
    for field, value in changes.items():
        setattr(job, field, value)
    return job


def shown_failed(job: BackgroundJob, *, told: str, at: datetime | None) -> BackgroundJob:
    """The job as a page tells it once its processes have died of it; nothing is written, whoever asks again does."""
    job.state, job.told, job.ended_at = JobState.FAILED, told, at
    return job
