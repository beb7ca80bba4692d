"""Local plaquettes: a group of structures, what each agreed to, and the figures worked out for those who did."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from senacs.accounts.words import WordsField, WordsLine
from senacs.audit.rows import AuditedRow, Told
from senacs.campaigns.models import Campaign
from senacs.observatory.models import Release
from senacs.publication.enums import AgreementState, LocalLevel
from senacs.structures.models import Structure
from senacs.territories.models import Departement


class LocalGroup(models.Model):
    """Structures of one département that its Copil asks to appear together, for one campaign, and to what purpose."""

    campaign = models.ForeignKey(Campaign, on_delete=models.PROTECT, related_name="local_groups")
    departement = models.ForeignKey(Departement, on_delete=models.PROTECT, related_name="local_groups")
    level = models.CharField("échelle", max_length=8, choices=LocalLevel.choices)
    code = models.CharField(max_length=9, blank=True)  # of the commune or EPCI; none for a group
    name = WordsLine("nom", max_length=120)
    purpose = WordsField("à quoi elle servira")
    asked_at = models.DateTimeField("demandé le")
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["-asked_at", "-id"]
        constraints = [
            models.CheckConstraint(
                name="local_group_has_its_place",
                violation_error_message="Une commune ou une intercommunalité a un code, un groupe n’en a pas.",
                condition=(Q(level=LocalLevel.GROUPE) & Q(code="")) | (~Q(level=LocalLevel.GROUPE) & ~Q(code="")),
            ),
            models.CheckConstraint(
                name="local_group_says_why",
                violation_error_message="La finalité est dite aux structures.",
                condition=~Q(purpose="") & ~Q(name=""),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def territory_code(self) -> str:
        """What names it among territories: its own code, or its number."""
        return self.code or f"G{self.pk}"


class Agreement(models.Model):
    """Answer of a structure, moved through `publication.editions.agreements` only, until the plaquette is published."""

    group = models.ForeignKey(LocalGroup, on_delete=models.CASCADE, related_name="agreements")
    structure = models.ForeignKey(Structure, on_delete=models.PROTECT, related_name="agreements")
    state = models.CharField("réponse", max_length=8, choices=AgreementState.choices, default=AgreementState.ASKED)
    # Its own figures may be shown beside its name.
    is_named = models.BooleanField("chiffres à son nom", default=False)

    class Meta:
        ordering = ["structure__name", "id"]
        constraints = [
            models.UniqueConstraint(fields=["group", "structure"], name="one_agreement_a_structure"),
            models.CheckConstraint(
                name="only_those_who_agree_are_named",
                violation_error_message="Seule une structure d’accord peut l’être à son nom.",
                condition=Q(state=AgreementState.ACCEPTED) | Q(is_named=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.structure} : {self.get_state_display()}"


class AgreementEvent(AuditedRow):
    """Each answer of a structure: who, when, what. Never changed, never deleted."""

    agreement = models.ForeignKey(Agreement, on_delete=models.CASCADE, related_name="events")
    transition = models.CharField(max_length=12)
    is_named = models.BooleanField(default=False)
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["at", "id"]

    def audited(self) -> Told:
        words = {"accept": "donné", "decline": "refusé ou retiré"}.get(self.transition, self.transition)
        structure = self.agreement.structure
        return Told(self.by, f"Accord de plaquette locale : {words}", f"{structure.name} ({structure.code})")


class LocalFigures(models.Model):
    """Protected figures of those who agreed, as worked out one day. Kept: the next ones are protected with them.

    members, named_members: structure codes; cells, named, respondents: see `observatory.local_figures.LocalFigures`.
    """

    group = models.ForeignKey(LocalGroup, on_delete=models.PROTECT, related_name="figures")
    release = models.ForeignKey(Release, on_delete=models.PROTECT, related_name="local_figures")
    members = models.JSONField()
    named_members = models.JSONField()
    cells = models.JSONField()
    named = models.JSONField()
    respondents = models.JSONField()
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["-made_at", "-id"]


class LocalMeasure(models.Model):
    """One asking for the figures of a group, worked out in the background: what became of it."""

    group = models.ForeignKey(LocalGroup, on_delete=models.PROTECT, related_name="measures")
    asked_at = models.DateTimeField()
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    ended_at = models.DateTimeField(null=True)
    # Why there are no figures, in French; empty when there are.
    refusal = models.TextField(blank=True)

    class Meta:
        ordering = ["-asked_at", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["group"], condition=Q(ended_at__isnull=True), name="one_measure_at_a_time_a_group"
            ),
            models.CheckConstraint(
                name="only_ended_measures_are_refused",
                violation_error_message="Un calcul en cours n’est pas encore refusé.",
                condition=Q(ended_at__isnull=False) | Q(refusal=""),
            ),
        ]
