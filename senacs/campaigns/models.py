"""The yearly cycle: one campaign a year, its calendar, the structures it asks."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from senacs.accounts.words import WordsField
from senacs.audit.rows import AuditedRow, Told
from senacs.campaigns.enums import EVENT_LABELS, Phase
from senacs.campaigns.phases import PhaseAct, allows
from senacs.questionnaire.models import QuestionnaireVersion
from senacs.structures.enums import StructureKind
from senacs.structures.models import Structure


class Campaign(models.Model):
    """The survey of `year` on the data of `version.data_year`. Phases move through `states.apply` only."""

    year = models.PositiveSmallIntegerField("année", unique=True)
    version = models.ForeignKey(QuestionnaireVersion, on_delete=models.PROTECT, related_name="campaigns")
    phase = models.CharField(max_length=12, choices=Phase.choices, default=Phase.PREPARATION)
    opens_on = models.DateField("ouverture de la saisie")
    closes_on = models.DateField("clôture de la saisie")
    review_ends_on = models.DateField("fin du contrôle")

    class Meta:
        ordering = ["-year"]
        constraints = [
            models.CheckConstraint(
                condition=Q(opens_on__lt=F("closes_on"), closes_on__lt=F("review_ends_on")),
                name="calendar_in_order",
                violation_error_message="Ouverture, clôture puis fin du contrôle : les dates doivent se suivre.",
            )
        ]

    def __str__(self) -> str:
        return f"Campagne {self.year} (données {self.data_year})"

    @property
    def data_year(self) -> int:
        return self.version.data_year

    @property
    def accepts_entry(self) -> bool:
        """Entry by structures; during the control only what was returned can change."""
        return allows(self.phase, PhaseAct.CORRECT)


class CampaignEvent(AuditedRow):
    """Each change of phase: who, when, why."""

    campaign = models.ForeignKey(Campaign, on_delete=models.CASCADE, related_name="events")
    transition = models.CharField(max_length=30)
    at = models.DateTimeField()
    by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, null=True)
    # The second person of a change by hand.
    confirmed_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, null=True, related_name="+")
    reason = WordsField(blank=True)

    class Meta:
        ordering = ["at", "id"]

    def audited(self) -> Told:
        second = f", avec {self.confirmed_by}" if self.confirmed_by else ""
        act = f"Campagne : {EVENT_LABELS.get(self.transition, self.transition)}"
        return Told(self.by, act, f"{self.campaign}{second}", self.reason)


class PhaseProposal(models.Model):
    """A change of phase that one person asked for, until another confirms it or it is taken back."""

    campaign = models.ForeignKey(Campaign, on_delete=models.CASCADE, related_name="phase_proposals")
    transition = models.CharField(max_length=30)
    reason = WordsField("motif", blank=True)
    proposed_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField()
    closed_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, null=True, related_name="+")
    closed_at = models.DateTimeField(null=True)
    is_confirmed = models.BooleanField(default=False)

    class Meta:
        ordering = ["-proposed_at", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["campaign"],
                condition=Q(closed_at__isnull=True),
                name="one_phase_change_waits",
                violation_error_message="Un changement de phase attend déjà sa confirmation.",
            ),
            models.CheckConstraint(
                name="phase_changes_are_confirmed_by_another",
                violation_error_message="La personne qui confirme n’est pas celle qui propose.",
                condition=Q(is_confirmed=False) | Q(closed_by__isnull=False) & ~Q(closed_by=F("proposed_by")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.transition} ({self.campaign})"


class InvitedStructure(models.Model):
    """A structure asked in one campaign, as the register described it on the day of the invitation.

    The figures of a year use this snapshot, so that a later change of gestion or of département
    does not rewrite a published year (after ma-cantine's snapshot at declaration time).
    """

    campaign = models.ForeignKey(Campaign, on_delete=models.CASCADE, related_name="invited")
    structure = models.ForeignKey(Structure, on_delete=models.PROTECT, related_name="invitations")
    name = models.CharField(max_length=200)
    kind = models.CharField(max_length=3, choices=StructureKind.choices)
    gestion = models.CharField(max_length=12, blank=True)
    commune_code = models.CharField(max_length=5)
    epci_code = models.CharField(max_length=9, blank=True)
    departement_code = models.CharField(max_length=3)
    region_code = models.CharField(max_length=3)
    territory_type = models.CharField(max_length=6, blank=True)
    priority_geography = models.CharField(max_length=8, blank=True)
    is_fcsf_member = models.BooleanField(null=True)
    gestionnaire_key = models.CharField(max_length=40, blank=True)
    # What the register answers in the place of questions (`structures.facts`).
    facts = models.JSONField(default=dict, blank=True)

    objects: ClassVar = models.Manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["campaign", "structure"], name="structure_invited_once_per_campaign")
        ]
        indexes = [models.Index(fields=["campaign", "departement_code"], name="invited_departement")]

    def __str__(self) -> str:
        return f"{self.name} ({self.campaign})"


class Reminder(models.Model):
    """One message sent to a structure that has not answered yet."""

    campaign = models.ForeignKey(Campaign, on_delete=models.CASCADE, related_name="reminders")
    structure = models.ForeignKey(Structure, on_delete=models.CASCADE, related_name="reminders")
    sent_at = models.DateTimeField()
    by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, null=True)
    message = WordsField()
