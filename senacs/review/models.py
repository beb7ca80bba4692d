"""Coherence control: what was found in a response, and what people said of it."""

from typing import ClassVar

from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import Q

from senacs.accounts.enums import Side
from senacs.accounts.models import User
from senacs.accounts.permissions import structures_visible_to
from senacs.accounts.words import WordsField
from senacs.collection.models import Response
from senacs.review.dialogue_models import Query, QueryMessage, Waiver
from senacs.review.enums import FlagOrigin, FlagSeverity, FlagState
from senacs.review.priority_models import ControlSettings, DoubtfulCell, Recheck

# Django finds an application's models here; those of priorities and of dialogue are written beside, one noun each.
__all__ = [
    "Approval",
    "ControlSettings",
    "DoubtfulCell",
    "Flag",
    "Query",
    "QueryMessage",
    "Recheck",
    "Waiver",
]


class FlagQuerySet(models.QuerySet["Flag"]):
    def standing(self) -> "FlagQuerySet":
        """What the response still shows: everything but what was corrected."""
        return self.exclude(state=FlagState.RESOLVED)

    def visible_to(self, user: User | AnonymousUser) -> "FlagQuerySet":
        return self.filter(response__structure__in=structures_visible_to(user))

    def open(self) -> "FlagQuerySet":
        return self.filter(state=FlagState.OPEN)


class Flag(models.Model):
    """A rule that fails on a response, or a value unlike last year's or the peers'; reopened if it comes back.

    `rule_code` of an atypical value is « ATYPIQUE: » and its field's code; `details` then holds `value` and `previous`.
    """

    response = models.ForeignKey(Response, on_delete=models.CASCADE, related_name="flags")
    rule_code = models.CharField(max_length=80)
    origin = models.CharField(max_length=10, choices=FlagOrigin.choices, default=FlagOrigin.RULE)
    severity = models.CharField(max_length=12, choices=FlagSeverity.choices)
    details = models.JSONField(default=dict)
    fields = models.JSONField(default=list)
    message = models.TextField()
    state = models.CharField(max_length=10, choices=FlagState.choices, default=FlagState.OPEN)
    justification = WordsField(blank=True)
    justified_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    justified_at = models.DateTimeField(null=True)
    raised_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    objects: ClassVar = FlagQuerySet.as_manager()

    class Meta:
        ordering = ["response_id", "severity", "rule_code"]
        constraints = [
            models.UniqueConstraint(fields=["response", "rule_code"], name="one_flag_per_rule"),
            models.CheckConstraint(
                name="justified_flags_say_why",
                violation_error_message="Un signalement justifié porte son explication.",
                condition=~Q(state__in=[FlagState.JUSTIFIED, FlagState.ACCEPTED]) | ~Q(justification=""),
            ),
        ]
        indexes = [models.Index(fields=["state", "severity"], name="flag_state_severity")]

    def __str__(self) -> str:
        return self.message


class Approval(models.Model):
    """One side's agreement to validate a contested response; both are needed (charte 2.2). Gone when it is returned."""

    response = models.ForeignKey(Response, on_delete=models.CASCADE, related_name="approvals")
    side = models.CharField(max_length=12, choices=Side.choices)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["response", "side"], name="one_approval_per_side")]
