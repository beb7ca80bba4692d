"""A few dated questions of a Copil beside a campaign, or of anybody between two: tables of their own.

Nothing here is part of the national questionnaire, of its answers nor of its figures.
"""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from senacs.accounts.enums import Side
from senacs.accounts.models import User
from senacs.accounts.words import WordsField, WordsLine
from senacs.audit.rows import AuditedRow, Told
from senacs.campaigns.models import Campaign
from senacs.enquiries.enums import Answering, EnquiryStep
from senacs.lib import clock
from senacs.structures.models import Structure
from senacs.territories.models import Departement


class EnquiryQuerySet(models.QuerySet["Enquiry"]):
    def open(self) -> "EnquiryQuerySet":
        """Those that structures may answer today."""
        today = clock.today()
        return self.filter(
            agreed_at__isnull=False, withdrawn_at__isnull=True, opens_on__lte=today, closes_on__gte=today
        )

    def standing(self) -> "EnquiryQuerySet":
        return self.filter(withdrawn_at__isnull=True)


class Enquiry(models.Model):
    """Questions to the structures of a département, or of France where none is named.

    With a campaign they are local questions, asked while it is; without, a flash enquiry between two campaigns.
    """

    departement = models.ForeignKey(Departement, on_delete=models.PROTECT, null=True, related_name="enquiries")
    campaign = models.ForeignKey(Campaign, on_delete=models.CASCADE, null=True, related_name="enquiries")
    title = WordsLine("titre", max_length=120)
    purpose = WordsField("finalité")
    opens_on = models.DateField("ouverture")
    closes_on = models.DateField("dernier jour")
    side = models.CharField("au titre de", max_length=12, choices=Side.choices)
    proposed_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField()
    agreed_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    agreed_at = models.DateTimeField(null=True)
    withdrawn_at = models.DateTimeField(null=True)
    # When the structures were told that it is open.
    told_at = models.DateTimeField(null=True)
    # When those that had not answered were told that it ends.
    reminded_at = models.DateTimeField(null=True)

    objects: ClassVar = EnquiryQuerySet.as_manager()

    class Meta:
        ordering = ["-opens_on", "-id"]
        constraints = [
            models.CheckConstraint(
                name="an_enquiry_ends_after_it_opens",
                violation_error_message="Le dernier jour vient après l’ouverture.",
                condition=Q(closes_on__gte=F("opens_on")),
            ),
            models.CheckConstraint(
                name="an_enquiry_is_agreed_by_another",
                violation_error_message="La personne qui accepte n’est pas celle qui propose.",
                condition=Q(agreed_by__isnull=True) | ~Q(agreed_by=F("proposed_by")),
            ),
            models.CheckConstraint(
                name="local_questions_are_of_a_departement",
                violation_error_message="Le questionnaire national se complète département par département.",
                condition=Q(campaign__isnull=True) | Q(departement__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def place(self) -> str:
        return str(self.departement or "France")

    @property
    def is_flash(self) -> bool:
        return self.campaign_id is None

    @property
    def is_open(self) -> bool:
        is_agreed = self.agreed_at is not None and self.withdrawn_at is None
        return is_agreed and self.opens_on <= clock.today() <= self.closes_on

    @property
    def is_over(self) -> bool:
        return self.agreed_at is not None and self.withdrawn_at is None and clock.today() > self.closes_on

    @property
    def told_state(self) -> str:
        """Where it stands, in French."""
        if self.withdrawn_at is not None:
            return "Retirée"
        if self.agreed_at is None:
            return "Attend l’accord de l’autre institution"
        if self.is_over:
            return "Terminée"
        return "En cours" if self.is_open else "Acceptée, pas encore ouverte"


class EnquiryQuestion(models.Model):
    enquiry = models.ForeignKey(Enquiry, on_delete=models.CASCADE, related_name="questions")
    number = models.PositiveSmallIntegerField()
    text = WordsLine("question", max_length=200)
    answering = models.CharField("réponse", max_length=8, choices=Answering.choices)
    # One option a line, for a choice.
    options = WordsField("choix", blank=True)

    class Meta:
        ordering = ["enquiry_id", "number"]
        constraints = [models.UniqueConstraint(fields=["enquiry", "number"], name="questions_are_numbered")]

    def __str__(self) -> str:
        return self.text

    @property
    def labels(self) -> list[str]:
        """What each stored value of a closed question means: its place in this list."""
        return ["Non", "Oui"] if self.answering == Answering.YES_NO else self.options.splitlines()


class EnquiryAnswer(models.Model):
    """One structure's answer to one question: the number itself, or the place of the option chosen."""

    question = models.ForeignKey(EnquiryQuestion, on_delete=models.CASCADE, related_name="answers")
    structure = models.ForeignKey(Structure, on_delete=models.PROTECT, related_name="+")
    value = models.PositiveIntegerField()
    at = models.DateTimeField()
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    objects: ClassVar = models.Manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["question", "structure"], name="one_answer_per_structure_and_question")
        ]


class EnquiryAct(AuditedRow):
    """What was done with an enquiry: who, when, why."""

    enquiry = models.ForeignKey(Enquiry, on_delete=models.CASCADE, related_name="acts")
    step = models.CharField(max_length=10, choices=EnquiryStep.choices)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=clock.now)
    reason = WordsField(blank=True)

    class Meta:
        ordering = ["at", "id"]

    def audited(self) -> Told:
        return Told(self.by, self.get_step_display(), f"{self.enquiry} ({self.enquiry.place})", self.reason)
