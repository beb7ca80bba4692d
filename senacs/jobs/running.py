"""Doing one job: its work and its end are one transaction."""

from django.db import transaction

from senacs.jobs import kinds, states
from senacs.jobs.models import BackgroundJob
from senacs.lib.refusals import Refused

FAULT = "Une erreur du logiciel a interrompu ce travail : rien n’a été changé. Elle est au journal du serveur."


def do_job(job_id: int) -> BackgroundJob:
    """Does one job; after a kill, all of it is done again or none.

    An error of the software ends the job and is raised again, for the health page and the log.
    """
    job = BackgroundJob.objects.select_related("by").get(pk=job_id)
    if not job.is_under_way:
        return job
    states.apply(job, "begin")
    try:
        with transaction.atomic():
            end = kinds.find(job.kind).run(by=job.by, **job.arguments)
            return states.apply(job, "refuse" if end.is_refused else "finish", told=end.told, lines=list(end.lines))
    except Refused as refusal:
        return states.apply(job, "refuse", told=refusal.message, lines=refusal.details)
    except Exception:
        states.apply(job, "fail", told=FAULT)
        raise
