"""One job: what is asked, by whom, and how it ended. Moved through `jobs.states` only."""

from django.db import models
from django.db.models import Q

from senacs.accounts.models import User
from senacs.jobs.enums import ENDED, UNDER_WAY, JobState
from senacs.lib import clock


class JobQuerySet(models.QuerySet["BackgroundJob"]):
    def visible_to(self, user: User) -> "JobQuerySet":
        """Those that `user` asked for: their arguments and ends speak of what that person may see."""
        return self.filter(by=user)


class BackgroundJob(models.Model):
    """`kind` names its work (`jobs.kinds`), `about` what it bears on: one at a time for each pair.

    `arguments` are plain values, emptied at the end: a list of people stays no longer than its use. `told` is the
    sentence of the end, `lines` what stands in the way or was left aside, one sentence each.
    """

    kind = models.CharField("travail", max_length=40)
    about = models.CharField("objet", max_length=60, blank=True)
    arguments = models.JSONField(default=dict, blank=True)
    by = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+", verbose_name="par")
    state = models.CharField("état", max_length=10, choices=JobState.choices, default=JobState.WAITING)
    asked_at = models.DateTimeField("demandé le", default=clock.now)
    started_at = models.DateTimeField("commencé le", null=True)
    ended_at = models.DateTimeField("fini le", null=True)
    told = models.TextField("ce qui en est dit", blank=True)
    lines = models.JSONField("lignes", default=list, blank=True)
    task = models.CharField("tâche", max_length=64, blank=True)

    objects = JobQuerySet.as_manager()

    class Meta:
        verbose_name = "travail demandé"
        verbose_name_plural = "travaux demandés"
        ordering = ["-asked_at", "-pk"]
        indexes = [models.Index(fields=["kind", "about", "-asked_at"], name="job_of_a_page")]
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "about"], condition=Q(state__in=UNDER_WAY), name="one_job_at_a_time"
            ),
            models.CheckConstraint(
                condition=Q(state__in=ENDED, ended_at__isnull=False) | ~Q(state__in=ENDED),
                name="ended_job_has_its_date",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.about}".strip()

    @property
    def is_under_way(self) -> bool:
        return self.state in UNDER_WAY
