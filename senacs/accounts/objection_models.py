"""Objections to a processing (RGPD, art. 21): what was asked, what was answered, and the acts that tell it."""

from django.db import models
from django.db.models import Q

from senacs.accounts.words import WordsField
from senacs.audit.rows import AuditedRow, Told
from senacs.lib import clock
from senacs.structures.models import Structure


class Objection(models.Model):
    """One request of one person, for themselves or for the structure that they enter for. Answered once."""

    user = models.ForeignKey("accounts.User", models.PROTECT, related_name="objections")
    structure = models.ForeignKey(Structure, models.PROTECT, null=True, related_name="objections")
    # By code of `accounts.processing`.
    processing = models.CharField("traitement", max_length=40)
    reason = WordsField("motif")
    asked_at = models.DateTimeField("demandée le", default=clock.now)
    is_granted = models.BooleanField("accueillie", null=True)
    answer = WordsField("réponse", blank=True)
    answered_at = models.DateTimeField("répondue le", null=True)
    answered_by = models.ForeignKey("accounts.User", models.PROTECT, null=True, related_name="+")
    # When whoever objected took it back.
    lifted_at = models.DateTimeField("levée le", null=True)

    class Meta:
        ordering = ["-asked_at", "-id"]
        constraints = [
            models.CheckConstraint(
                name="answered_objections_say_by_whom",
                violation_error_message="Une opposition répondue dit par qui, quand et quoi.",
                condition=Q(is_granted__isnull=True, answered_at__isnull=True, answered_by__isnull=True, answer="")
                | Q(is_granted__isnull=False, answered_at__isnull=False, answered_by__isnull=False) & ~Q(answer=""),
            ),
            models.UniqueConstraint(
                name="one_open_objection_per_processing",
                fields=["user", "processing"],
                condition=Q(is_granted__isnull=True),
            ),
            models.CheckConstraint(
                name="only_granted_objections_are_lifted",
                violation_error_message="Seule une opposition accueillie se lève.",
                condition=Q(lifted_at__isnull=True) | Q(is_granted=True),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} : {self.processing}"


class ObjectionStep(models.TextChoices):
    ASKED = "demandee", "demandée"
    GRANTED = "accueillie", "accueillie"
    REFUSED = "refusee", "refusée"
    LIFTED = "levee", "levée"


class ObjectionAct(AuditedRow):
    """What was done of an objection. Never changed, never deleted."""

    objection = models.ForeignKey(Objection, models.PROTECT, related_name="acts")
    step = models.CharField(max_length=10, choices=ObjectionStep.choices)
    at = models.DateTimeField(default=clock.now)
    by = models.ForeignKey("accounts.User", models.PROTECT, related_name="+")
    reason = WordsField("motif")

    class Meta:
        ordering = ["at", "id"]

    def audited(self) -> Told:
        objection = self.objection
        about = ", ".join(str(part) for part in (objection.user, objection.structure, objection.processing) if part)
        return Told(self.by, f"Opposition : {self.get_step_display()}", about, self.reason)
