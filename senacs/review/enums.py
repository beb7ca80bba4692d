"""Severities, origins and states of what the control finds and of what people say about it."""

from django.db import models


class FlagSeverity(models.TextChoices):
    BLOCKING = "blocking", "Bloquant"
    TO_JUSTIFY = "to_justify", "À justifier"
    INFORMATION = "information", "Information"


class FlagState(models.TextChoices):
    OPEN = "open", "À traiter"
    JUSTIFIED = "justified", "Justifié"
    ACCEPTED = "accepted", "Accepté"
    WAIVED = "waived", "Levé par les deux correspondants"
    RESOLVED = "resolved", "Corrigé"


class FlagOrigin(models.TextChoices):
    RULE = "rule", "Règle"
    ATYPICAL = "atypical", "Valeur atypique"


class QueryState(models.TextChoices):
    OPEN = "open", "En attente de la structure"
    ANSWERED = "answered", "Répondue"
    CLOSED = "closed", "Close"


class RecheckState(models.TextChoices):
    WAITING = "waiting", "En attente"
    RUNNING = "running", "En cours"
    DONE = "done", "Terminé"
    FAILED = "failed", "Interrompu"
