"""The phases of a yearly campaign."""

from django.db import models


class Phase(models.TextChoices):
    PREPARATION = "preparation", "Préparation"
    SAISIE = "saisie", "Saisie"
    CONTROLE = "controle", "Contrôle de cohérence"
    TRAITEMENT = "traitement", "Traitement"
    DIFFUSION = "diffusion", "Diffusion"
    ARCHIVEE = "archivee", "Archivée"


# What the journal of acts calls each change of phase.
EVENT_LABELS = {
    "open": "saisie ouverte",
    "close": "saisie close",
    "reopen_entry": "saisie rouverte",
    "process": "traitement commencé",
    "reopen_control": "contrôle rouvert",
    "publish": "diffusion commencée",
    "archive": "archivée",
}
