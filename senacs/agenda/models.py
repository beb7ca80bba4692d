"""What is done at a date: when it was last done and what it did, and the reminders that somebody asked for."""

from django.db import models

from senacs.accounts.models import User
from senacs.accounts.words import WordsField
from senacs.agenda.enums import ReminderAudience
from senacs.agenda.session_models import GroupSession, SessionAct, SessionInvitation
from senacs.campaigns.models import Campaign
from senacs.lib import clock

__all__ = [
    "CalendarFeed",
    "GroupSession",
    "ScheduledReminder",
    "SessionAct",
    "SessionInvitation",
    "TickRun",
]


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


class CalendarFeed(models.Model):
    """The private address at which somebody's calendar reads their dates: only a digest of it is kept."""

    user = models.OneToOneField(User, on_delete=models.CASCADE, related_name="calendar_feed")
    key_hash = models.CharField(max_length=64, unique=True)
    made_at = models.DateTimeField(default=clock.now)

    def __str__(self) -> str:
        return f"{self.user}, {self.made_at:%d/%m/%Y}"


class ScheduledReminder(models.Model):
    """Reminders that somebody asked to send on a day, to whoever is in the audience on that day."""

    campaign = models.ForeignKey(Campaign, on_delete=models.CASCADE, related_name="scheduled_reminders")
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    on = models.DateField("le")
    audience = models.CharField("à", max_length=14, choices=ReminderAudience.choices)
    # The code of the section that is left; "" for any.
    section = models.CharField("rubrique", max_length=40, blank=True)
    message = WordsField("message", blank=True)
    asked_at = models.DateTimeField(default=clock.now)
    done_at = models.DateTimeField(null=True)
    # How many structures were written to; None for one that was taken back.
    sent = models.PositiveIntegerField(null=True)

    class Meta:
        ordering = ["on", "id"]

    def __str__(self) -> str:
        return f"{self.get_audience_display()}, {self.on}"
