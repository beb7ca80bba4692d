"""When the work due at a date was last done, and what it did."""

from django.db import models

from senacs.lib import clock


class TickRun(models.Model):
    """One passage of `senacs tick`: what each job did, in French. `ended_at` is empty while it runs, or was killed."""

    started_at = models.DateTimeField(default=clock.now)
    ended_at = models.DateTimeField(null=True)
    # A list of `tick.JobOutcome` in order: the job, the sentences that it told, whether it failed.
    jobs = models.JSONField(default=list)

    class Meta:
        ordering = ["-started_at", "-id"]

    @property
    def did_something(self) -> bool:
        return any(job["told"] for job in self.jobs)

    @property
    def has_failed(self) -> bool:
        return any(job["failed"] for job in self.jobs)
