"""Responses: one JSON document of values keyed by indicator code, and its append-only history."""

from typing import Any, ClassVar

from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import Q

from senacs.accounts.models import User
from senacs.accounts.permissions import structures_visible_to
from senacs.campaigns.enums import Phase
from senacs.campaigns.models import Campaign, InvitedStructure
from senacs.collection.enums import Provenance, ResponseState, ValueState
from senacs.structures.models import Structure


class ResponseQuerySet(models.QuerySet["Response"]):
    def visible_to(self, user: User | AnonymousUser) -> "ResponseQuerySet":
        """Narrows the single root of rights to responses (charte 1.3 and 3.2)."""
        return self.filter(structure__in=structures_visible_to(user))

    def awaiting_review(self) -> "ResponseQuerySet":
        return self.filter(state=ResponseState.SUBMITTED)


class Response(models.Model):
    """One structure's answers to one campaign. Changed only through `collection.services`.

    `values` maps a field code to {"etat": ValueState, "valeur": JSON value, "provenance": Provenance,
    "revision": int}; an unanswered field has no key. `revision` grows by one at each save.
    """

    campaign = models.ForeignKey(Campaign, on_delete=models.PROTECT, related_name="responses")
    structure = models.ForeignKey(Structure, on_delete=models.PROTECT, related_name="responses")
    invited = models.OneToOneField(InvitedStructure, on_delete=models.PROTECT, related_name="response")
    state = models.CharField("état", max_length=10, choices=ResponseState.choices, default=ResponseState.DRAFT)
    values = models.JSONField(default=dict)
    revision = models.PositiveIntegerField(default=0)
    # Share of the fields that this structure must answer which have an answer, in percent; kept by save_values.
    progress = models.PositiveSmallIntegerField("avancement", default=0)
    # The two correspondents could not agree with the structure: both must then validate (charte 2.2).
    is_contested = models.BooleanField("contestée", default=False)
    started_at = models.DateTimeField(null=True)
    submitted_at = models.DateTimeField(null=True)
    submitted_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    validated_at = models.DateTimeField(null=True)
    validated_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    updated_at = models.DateTimeField(null=True)

    objects: ClassVar = ResponseQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["campaign", "structure"], name="one_response_per_campaign"),
            models.CheckConstraint(
                name="submitted_responses_are_signed",
                violation_error_message="Une réponse envoyée porte sa date et son auteur.",
                condition=Q(state__in=[ResponseState.DRAFT, ResponseState.RETURNED])
                | Q(submitted_at__isnull=False, submitted_by__isnull=False),
            ),
            models.CheckConstraint(
                name="validated_responses_are_signed",
                violation_error_message="Une réponse validée porte sa date et son auteur.",
                condition=(
                    Q(state=ResponseState.VALIDATED, validated_at__isnull=False, validated_by__isnull=False)
                    | (~Q(state=ResponseState.VALIDATED) & Q(validated_at__isnull=True, validated_by__isnull=True))
                ),
            ),
        ]
        indexes = [models.Index(fields=["campaign", "state"], name="response_campaign_state")]

    def __str__(self) -> str:
        return f"{self.structure} – {self.campaign}"

    @property
    def is_editable(self) -> bool:
        """Drafts during the entry phase; once the control has begun, only what was returned."""
        if self.state == ResponseState.RETURNED:
            return self.campaign.accepts_entry
        return self.state == ResponseState.DRAFT and self.campaign.phase == Phase.SAISIE


class ValueChange(models.Model):
    """One change of one value: who, when, old, new, why. Replaying them gives the stored document."""

    response = models.ForeignKey(Response, on_delete=models.CASCADE, related_name="changes")
    revision = models.PositiveIntegerField()
    code = models.CharField(max_length=80)
    old_state = models.CharField(max_length=12, choices=ValueState.choices, blank=True)
    old_value: models.JSONField[Any, Any] = models.JSONField(null=True)
    new_state = models.CharField(max_length=12, choices=ValueState.choices, blank=True)
    new_value: models.JSONField[Any, Any] = models.JSONField(null=True)
    provenance = models.CharField(max_length=20, choices=Provenance.choices, blank=True)
    at = models.DateTimeField()
    by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    reason = models.TextField(blank=True)

    class Meta:
        ordering = ["response_id", "revision", "id"]
        constraints = [
            models.UniqueConstraint(fields=["response", "revision", "code"], name="one_change_per_revision_and_code")
        ]


class AppliedSave(models.Model):
    """A save already done under its idempotency key: sent twice, it is answered from here and applied once."""

    response = models.ForeignKey(Response, on_delete=models.CASCADE, related_name="applied_saves")
    key = models.CharField(max_length=64)
    at = models.DateTimeField(db_index=True)
    outcome = models.JSONField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["response", "key"], name="save_applied_once")]


class ResponseEvent(models.Model):
    """Each transition of a response: who, when, why."""

    response = models.ForeignKey(Response, on_delete=models.CASCADE, related_name="events")
    transition = models.CharField(max_length=30)
    at = models.DateTimeField()
    by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    reason = models.TextField(blank=True)

    class Meta:
        ordering = ["at", "id"]
