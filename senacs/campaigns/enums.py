"""The phases of a yearly campaign."""

from django.db import models


class Phase(models.TextChoices):
    PREPARATION = "preparation", "Préparation"
    SAISIE = "saisie", "Saisie"
    CONTROLE = "controle", "Contrôle de cohérence"
    TRAITEMENT = "traitement", "Traitement"
    DIFFUSION = "diffusion", "Diffusion"
    ARCHIVEE = "archivee", "Archivée"
