"""Versions of the questionnaire: data, drafted then frozen at the opening of a campaign."""

from django.db import models
from django.db.models import Q

from senacs.accounts.models import User
from senacs.accounts.words import WordsField
from senacs.questionnaire.enums import ChangeKind, Effect, VersionState


class QuestionnaireVersion(models.Model):
    """One year's questionnaire, rules included. `document` is what `engine.schema.Questionnaire` is built from."""

    code = models.SlugField(max_length=40, unique=True)
    year = models.PositiveSmallIntegerField("année d'enquête")
    data_year = models.PositiveSmallIntegerField("année des données")
    title = models.CharField("titre", max_length=200)
    document = models.JSONField()
    checksum = models.CharField(max_length=64)
    loaded_at = models.DateTimeField()
    frozen_at = models.DateTimeField("figée le", null=True)

    class Meta:
        ordering = ["-year", "code"]
        constraints = [
            models.CheckConstraint(
                condition=Q(data_year__lt=models.F("year")),
                name="data_year_before_survey_year",
                violation_error_message="Les données portent sur une année passée.",
            )
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def is_frozen(self) -> bool:
        return self.frozen_at is not None

    @property
    def state(self) -> VersionState:
        return VersionState.FROZEN if self.is_frozen else VersionState.DRAFT


class VersionIndicators(models.Model):
    """The indicators that a version carries, as the raw entries of data/indicators/; without a row, those of the files.

    Apart from the version, which every save of an answer reads. What is measured may be refined after what was asked is
    frozen: a release keeps the definitions it was made with.
    """

    version = models.OneToOneField(QuestionnaireVersion, on_delete=models.CASCADE, related_name="own_indicators")
    entries = models.JSONField()

    def __str__(self) -> str:
        return f"{len(self.entries)} indicateurs de {self.version_id}"


class VersionDecision(models.Model):
    """What the comité technique decided of one changed question of the core, and what it does to the series.

    `question` is the code in this version, or last year's for a question that is removed; `change` is what was decided
    upon: a draft that changes again asks for a new decision.
    """

    version = models.ForeignKey(QuestionnaireVersion, on_delete=models.CASCADE, related_name="decisions")
    question = models.CharField(max_length=80)
    change = models.CharField("nature", max_length=10, choices=ChangeKind.choices)
    effect = models.CharField("effet sur les séries", max_length=6, choices=Effect.choices)
    text = WordsField("décision")
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["version_id", "question"]
        constraints = [
            models.UniqueConstraint(fields=["version", "question"], name="one_decision_per_question"),
            models.CheckConstraint(
                name="decisions_say_why",
                violation_error_message="Une décision dit pourquoi.",
                condition=~Q(text=""),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.question} : {self.get_effect_display()}"
