"""Where a letter is on its way."""

from django.db import models


class LetterState(models.TextChoices):
    WAITING = "en_attente", "En attente"
    SENDING = "en_cours", "En cours d’envoi"
    SENT = "envoyee", "Envoyée"
    REFUSED = "refusee", "Refusée par le serveur"
    DOUBTFUL = "douteuse", "Envoi douteux"
    BOUNCED = "revenue", "Revenue"
    ABANDONED = "abandonnee", "Abandonnée"
