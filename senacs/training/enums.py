"""Where a fictitious structure stands."""

from django.db.models import TextChoices


class ExerciseStage(TextChoices):
    TO_BEGIN = "commencer", "À commencer"
    SENT = "envoyee", "Envoyée"
    RETURNED = "retournee", "Retournée à la structure"
    VALIDATED = "validee", "Validée"
