"""Versions of the questionnaire: data, drafted then frozen at the opening of a campaign."""

from django.db import models
from django.db.models import Q


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
