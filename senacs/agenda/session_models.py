"""Group entry sessions: a correspondent sits down with several structures on a day, to fill in together (guide 2.1)."""

from datetime import date
from typing import ClassVar

from django.db import models
from django.db.models import Q

from senacs.accounts.models import User
from senacs.accounts.words import WordsField, WordsLine
from senacs.audit.rows import AuditedRow, Told
from senacs.campaigns.models import Campaign
from senacs.lib import clock
from senacs.structures.models import Structure


class SessionQuerySet(models.QuerySet["GroupSession"]):
    def held(self) -> "SessionQuerySet":
        return self.filter(cancelled_at__isnull=True)


class GroupSession(models.Model):
    """One session; whom it concerns is in its invitations, and nothing in it reads an answer."""

    campaign = models.ForeignKey(Campaign, on_delete=models.CASCADE, related_name="group_sessions")
    on = models.DateField("jour")
    starts_at = models.TimeField("heure")
    place = WordsLine("lieu", max_length=200)
    message = WordsField("message", blank=True)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(default=clock.now)
    cancelled_at = models.DateTimeField(null=True)
    # When who came was written down.
    noted_at = models.DateTimeField(null=True)

    objects: ClassVar = SessionQuerySet.as_manager()

    class Meta:
        ordering = ["on", "starts_at", "id"]

    def __str__(self) -> str:
        return f"Séance de saisie, {self.place}"

    @property
    def hour(self) -> str:
        """« 9 h 30 »."""
        minute = f" {self.starts_at.minute:02}" if self.starts_at.minute else ""
        return f"{self.starts_at.hour} h{minute}"

    @property
    def is_past(self) -> bool:
        """From its day on, who came can be written down."""
        return self.on <= clock.today()

    @property
    def told_state(self) -> str:
        if self.cancelled_at is not None:
            return "Annulée"
        if self.noted_at is not None:
            return "Présences notées"
        return "Présences à noter" if self.is_past else "Prévue"


class SessionInvitation(models.Model):
    """One structure of a session; `has_come` is empty until it is written down."""

    session = models.ForeignKey(GroupSession, on_delete=models.CASCADE, related_name="invitations")
    structure = models.ForeignKey(Structure, on_delete=models.PROTECT, related_name="+")
    has_come = models.BooleanField("venue", null=True)

    class Meta:
        ordering = ["structure__search_name", "structure_id"]
        constraints = [
            models.UniqueConstraint(fields=["session", "structure"], name="structure_invited_once_per_session"),
        ]

    def __str__(self) -> str:
        return f"{self.structure}, {self.session.on}"


class SessionStep(models.TextChoices):
    ASKED = "proposee", "Séance de saisie proposée"
    CANCELLED = "annulee", "Séance de saisie annulée"
    NOTED = "presences", "Présences notées"


class SessionAct(AuditedRow):
    """What was done with a session: who, when, why."""

    session = models.ForeignKey(GroupSession, on_delete=models.CASCADE, related_name="acts")
    step = models.CharField(max_length=10, choices=SessionStep.choices)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=clock.now)
    reason = WordsField(blank=True)

    class Meta:
        ordering = ["at", "id"]

    def audited(self) -> Told:
        return Told(self.by, self.get_step_display(), f"{self.session}, {self.session.on:%d/%m/%Y}", self.reason)


def sessions_around(structures: list[int | None], by: User, since: date) -> SessionQuerySet:
    """Those held of some structures, or by a person, from a day on."""
    wanted = Q(by=by) | Q(invitations__structure__in=[pk for pk in structures if pk is not None])
    found: SessionQuerySet = GroupSession.objects.held().filter(wanted, on__gte=since).distinct()
    return found
