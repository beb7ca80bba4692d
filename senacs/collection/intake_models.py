"""What arrives without being typed: tokens of management software, the values that it proposes, workbooks sent back."""

from typing import ClassVar

from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import Q
from django.utils import timezone

from senacs.accounts.models import Mandate, User
from senacs.accounts.permissions import structures_visible_to
from senacs.collection.enums import ProposalState
from senacs.lib import clock
from senacs.lib.french import long_date
from senacs.structures.models import Structure


class ApiToken(models.Model):
    """The right of one piece of software to propose values for one structure. Only its SHA-256 is kept.

    It lives no longer than the mandate under which it was made: a later mandate of the same person wakes nothing up.
    """

    structure = models.ForeignKey(Structure, on_delete=models.CASCADE, related_name="api_tokens")
    label = models.CharField("logiciel", max_length=80)
    start = models.CharField(max_length=12)  # the first characters, by which people recognise it
    digest = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    mandate = models.ForeignKey(Mandate, on_delete=models.SET_NULL, null=True, related_name="+")
    expires_at = models.DateTimeField()
    last_used_at = models.DateTimeField(null=True)
    # Calls made during one minute, counted from the epoch: every server process counts in the same place.
    minute = models.PositiveBigIntegerField(default=0)
    calls = models.PositiveIntegerField(default=0)
    revoked_at = models.DateTimeField(null=True)
    revoked_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ["structure_id", "-created_at", "-id"]
        constraints = [
            models.CheckConstraint(
                name="revoked_tokens_are_signed",
                violation_error_message="Un jeton retiré dit par qui et quand.",
                condition=Q(revoked_at__isnull=True, revoked_by__isnull=True)
                | Q(revoked_at__isnull=False, revoked_by__isnull=False),
            )
        ]

    def __str__(self) -> str:
        return self.label

    @property
    def end(self) -> str:
        """Why it opens nothing any more, as the page says it; "" while it serves."""
        today = clock.today()
        if self.revoked_at is not None:
            return f"retiré le {long_date(timezone.localdate(self.revoked_at))}"
        if self.structure.closed_on is not None and self.structure.closed_on <= today:
            return "éteint : la structure est fermée"
        mandate = self.mandate
        if mandate is None or not mandate.holds_on(today) or not mandate.user.is_active:
            return f"éteint : {self.created_by.get_full_name()} n’est plus responsable de la saisie"
        if self.expires_at <= clock.now():
            return f"expiré le {long_date(timezone.localdate(self.expires_at))}"
        return ""

    @property
    def is_active(self) -> bool:
        return not self.end


class ProposalQuerySet(models.QuerySet["Proposal"]):
    def pending(self) -> "ProposalQuerySet":
        return self.filter(state=ProposalState.PENDING)

    def visible_to(self, user: User | AnonymousUser) -> "ProposalQuerySet":
        return self.filter(response__structure__in=structures_visible_to(user))


class Proposal(models.Model):
    """A value that software proposes for one field; it enters the response only once a person accepts it.

    `raw` is the input as `save_values` takes it (text, list of texts; null: « non concerné »), read without error.
    """

    response = models.ForeignKey("collection.Response", on_delete=models.CASCADE, related_name="proposals")
    code = models.CharField(max_length=80)
    raw = models.JSONField(null=True)
    token = models.ForeignKey(ApiToken, on_delete=models.PROTECT, related_name="proposals")
    at = models.DateTimeField()
    state = models.CharField(max_length=10, choices=ProposalState.choices, default=ProposalState.PENDING)
    decided_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")

    objects: ClassVar = ProposalQuerySet.as_manager()

    class Meta:
        ordering = ["response_id", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["response", "code"],
                condition=Q(state=ProposalState.PENDING),
                name="one_pending_proposal_per_field",
            ),
            models.CheckConstraint(
                name="decided_proposals_are_signed",
                violation_error_message="Une proposition acceptée ou refusée dit par qui et quand.",
                condition=Q(state__in=[ProposalState.PENDING, ProposalState.REPLACED])
                | Q(decided_at__isnull=False, decided_by__isnull=False),
            ),
        ]


class WorkbookUpload(models.Model):
    """A workbook sent back, read but not applied: the person first sees what it would change.

    `cells` maps a field code to {"raw": text, "revision": revision seen, "cell": « C. Emplois, C12 »,
    "problem": French text or ""}. Only cells that were touched are kept.
    """

    response = models.ForeignKey("collection.Response", on_delete=models.CASCADE, related_name="workbooks")
    name = models.CharField(max_length=200)
    cells = models.JSONField()
    at = models.DateTimeField()
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    applied_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["response_id", "-id"]
