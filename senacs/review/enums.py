"""Severities and states of flags."""

from django.db import models


class Severity(models.TextChoices):
    BLOCKING = "blocking", "Bloquant"
    TO_JUSTIFY = "to_justify", "À justifier"
    INFORMATION = "information", "Information"


class FlagState(models.TextChoices):
    OPEN = "open", "À traiter"
    JUSTIFIED = "justified", "Justifié"
    ACCEPTED = "accepted", "Accepté"
    RESOLVED = "resolved", "Corrigé"
