"""Responses: one JSON document of values keyed by indicator code, and its append-only history."""

from datetime import date
from typing import Any, ClassVar

from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import Q

from senacs.accounts.models import User
from senacs.accounts.permissions import structures_followed_by, structures_visible_to
from senacs.accounts.words import WordsField
from senacs.audit.rows import AuditedRow, Told
from senacs.campaigns.models import Campaign, InvitedStructure
from senacs.campaigns.phases import PhaseAct, allows
from senacs.collection.enums import EVENT_LABELS, ResponseState
from senacs.collection.extension_models import Extension
from senacs.collection.intake_models import ApiToken, Proposal, WorkbookUpload
from senacs.collection.participation_models import Absence, EntryOpinion, ExtensionRequest
from senacs.collection.receipt_models import ReadyDocument, Receipt
from senacs.lib import clock
from senacs.lib.fast_json import DocumentField
from senacs.lib.french import long_date
from senacs.structures.models import Structure

__all__ = [
    "Absence",
    "ApiToken",
    "EntryOpinion",
    "Extension",
    "ExtensionRequest",
    "Proposal",
    "ReadyDocument",
    "Receipt",
    "Response",
    "ResponseEvent",
    "Revision",
    "WorkbookUpload",
]


class AnswersNotRead(Exception):
    """Answers were asked of a response that was taken without them: a fault of the code, never of the person."""


class ResponseQuerySet(models.QuerySet["Response"]):
    def visible_to(self, user: User | AnonymousUser) -> "ResponseQuerySet":
        """Narrows the single root of rights to responses (charte 1.3): those whose answers the user reads by right."""
        return self.filter(structure__in=structures_visible_to(user))

    def followed_by(self, user: User | AnonymousUser) -> "ResponseQuerySet":
        """Those whose progress the user follows, answers left out."""
        return self.filter(structure__in=structures_followed_by(user)).defer("values")


class Response(models.Model):
    """One structure's answers to one campaign. Changed only through `collection.services`.

    `values` maps a field code to {"etat": ValueState, "valeur": JSON value, "provenance": Provenance,
    "revision": int}; an unanswered field has no key. `revision` grows by one at each save.
    """

    campaign = models.ForeignKey(Campaign, on_delete=models.PROTECT, related_name="responses")
    structure = models.ForeignKey(Structure, on_delete=models.PROTECT, related_name="responses")
    invited = models.OneToOneField(InvitedStructure, on_delete=models.PROTECT, related_name="response")
    state = models.CharField("état", max_length=10, choices=ResponseState.choices, default=ResponseState.DRAFT)
    values = DocumentField(default=dict)
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
    # More time than the campaign gives, granted by a correspondent.
    extended_until = models.DateField("délai accordé jusqu’au", null=True)

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

    def refresh_from_db(self, using: Any = None, fields: Any = None, from_queryset: Any = None) -> None:
        """A row taken without its answers never fetches them behind the back of `collection.readings`."""
        if fields is not None and list(fields) == ["values"]:
            raise AnswersNotRead("this response was taken without its answers: read it by collection.readings")
        super().refresh_from_db(using, fields, from_queryset)

    @property
    def is_untouched(self) -> bool:
        """Nobody has saved anything in it yet."""
        return self.state == ResponseState.DRAFT and not self.revision

    @property
    def state_words(self) -> str:
        """Its state, as people say it: a draft that nobody opened is not « en cours »."""
        return "Non commencée" if self.is_untouched else self.get_state_display()

    @property
    def is_editable(self) -> bool:
        """Drafts during the entry phase and until its last day, or as long as was granted; what was returned as well.

        The day and the phase are one truth: at midnight after the last day nothing is open, whoever closes the phase
        in the morning.
        """
        if self.state == ResponseState.RETURNED or self.has_more_time:
            return self.campaign.accepts_entry and self.state in {ResponseState.RETURNED, ResponseState.DRAFT}
        is_open = allows(self.campaign.phase, PhaseAct.ENTER) and clock.today() <= self.campaign.closes_on
        return self.state == ResponseState.DRAFT and is_open

    @property
    def would_be_open(self) -> bool:
        """Whether a draft of this structure could be entered and sent today: what it sends back to itself, it can."""
        return (self.has_more_time and self.campaign.accepts_entry) or (
            allows(self.campaign.phase, PhaseAct.ENTER) and clock.today() <= self.campaign.closes_on
        )

    @property
    def has_more_time(self) -> bool:
        return self.extended_until is not None and clock.today() <= self.extended_until

    @property
    def closes_on(self) -> date:
        """The last day of the entry for this structure, that day included."""
        return max(self.extended_until or self.campaign.closes_on, self.campaign.closes_on)

    @property
    def closed_since(self) -> str:
        """How the entry of this structure ended, in French: at its day, or earlier by the opening of the control."""
        if clock.today() > self.closes_on:
            return f"La saisie s’est terminée le {long_date(self.closes_on)}"
        return "La saisie est terminée, le contrôle de cohérence a commencé"


class Revision(models.Model):
    """One save of a response: who, when, why, and old and new of each value that it changed. Append-only.

    `changes` maps a field code to {"avant": stored value or null, "apres": stored value or null}, a stored value
    being what `Response.values` holds ({"etat", "valeur", "provenance", "revision"}); null is unanswered. Applying
    the revisions in order of `number` gives the stored document. One row a save rather than one a value: an imported
    workbook or a section taken over from N-1 costs one insert, and five years of history stay small.
    """

    response = models.ForeignKey(Response, on_delete=models.CASCADE, related_name="revisions")
    number = models.PositiveIntegerField()
    changes = models.JSONField()
    at = models.DateTimeField()
    by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    reason = WordsField(blank=True)
    # The key under which the browser sent this save: sent again, it answers the same and writes nothing.
    idempotency_key = models.CharField(max_length=64, blank=True)

    class Meta:
        ordering = ["response_id", "number"]
        constraints = [
            models.UniqueConstraint(fields=["response", "number"], name="one_revision_per_number"),
            models.UniqueConstraint(
                fields=["response", "idempotency_key"],
                condition=~Q(idempotency_key=""),
                name="one_revision_per_idempotency_key",
            ),
        ]


class ResponseEvent(AuditedRow):
    """Each transition of a response: who, when, why."""

    response = models.ForeignKey(Response, on_delete=models.CASCADE, related_name="events")
    transition = models.CharField(max_length=30)
    at = models.DateTimeField()
    by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    reason = WordsField(blank=True)

    class Meta:
        ordering = ["at", "id"]

    def audited(self) -> Told:
        structure = self.response.structure
        about = f"{structure.name} ({structure.code}), {self.response.campaign}"
        act = f"Réponse : {EVENT_LABELS.get(self.transition, self.transition).lower()}"
        return Told(self.by, act, about, self.reason)
