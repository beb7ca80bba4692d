"""What to look at first: settings of the control by version, cells that could move a total, checks of a campaign."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from senacs.accounts.models import User
from senacs.campaigns.models import Campaign
from senacs.collection.models import Response
from senacs.questionnaire.models import QuestionnaireVersion
from senacs.review.enums import RecheckState


class ControlSettings(models.Model):
    """One version of a campaign's thresholds and key totals; a change is a new number, what was used stays."""

    campaign = models.ForeignKey(Campaign, on_delete=models.CASCADE, related_name="control_settings")
    number = models.PositiveSmallIntegerField()
    document = models.JSONField()
    at = models.DateTimeField()
    by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ["campaign_id", "number"]
        constraints = [models.UniqueConstraint(fields=["campaign", "number"], name="one_control_settings_per_number")]

    def __str__(self) -> str:
        return f"Réglages n° {self.number}"


class DoubtfulCellQuerySet(models.QuerySet["DoubtfulCell"]):
    def unsettled(self) -> "DoubtfulCellQuerySet":
        return self.filter(settled_at__isnull=True)


class DoubtfulCell(models.Model):
    """A value that a flag concerns, with what it could move: its share, in percent, of key totals of its territory.

    `moves` maps key totals to shares; `key` is the one moved most, "" if none; `score` orders cells (see
    editing.scores). Settled once every flag on it is accepted, waived or corrected, or the response validated.
    """

    response = models.ForeignKey(Response, on_delete=models.CASCADE, related_name="doubtful_cells")
    code = models.CharField(max_length=80)
    value = models.FloatField(null=True)
    expected = models.FloatField(null=True)
    key = models.CharField(max_length=80, blank=True)
    share = models.FloatField(default=0)
    national = models.FloatField(default=0)
    score = models.FloatField(default=0)
    moves = models.JSONField(default=dict)
    flags = models.JSONField(default=list)  # rule codes
    raised_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True)

    objects: ClassVar = DoubtfulCellQuerySet.as_manager()

    class Meta:
        ordering = ["-score", "response_id", "code"]
        constraints = [models.UniqueConstraint(fields=["response", "code"], name="one_doubtful_cell_per_field")]
        indexes = [models.Index(fields=["response", "settled_at"], name="doubtful_cell_settled")]


class Recheck(models.Model):
    """One check of a whole campaign in the background: how far, and per rule what appeared, persisted and vanished.

    `cursor` is the last response done: a check that was killed goes on from there.
    """

    campaign = models.ForeignKey(Campaign, on_delete=models.CASCADE, related_name="rechecks")
    version = models.ForeignKey(QuestionnaireVersion, on_delete=models.PROTECT, related_name="+")
    settings = models.ForeignKey(ControlSettings, on_delete=models.PROTECT, null=True, related_name="+")
    state = models.CharField(max_length=8, choices=RecheckState.choices, default=RecheckState.WAITING)
    total = models.PositiveIntegerField(default=0)
    done = models.PositiveIntegerField(default=0)
    cursor = models.BigIntegerField(default=0)
    appeared = models.JSONField(default=dict)
    persisted = models.JSONField(default=dict)
    vanished = models.JSONField(default=dict)
    error = models.TextField(blank=True)
    asked_at = models.DateTimeField()
    by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-asked_at", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["campaign"],
                condition=Q(state__in=[RecheckState.WAITING, RecheckState.RUNNING]),
                name="one_recheck_at_a_time",
            )
        ]

    @property
    def percent(self) -> int:
        return 100 * self.done // self.total if self.total else 0
