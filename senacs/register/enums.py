"""The words of the register's life: its acts, what links a structure to another, what becomes of a proposal."""

from django.db import models


class ActKind(models.TextChoices):
    """What may happen to an entry of the register; the value stands in addresses of pages."""

    CREATE = "creation", "Création"
    CLOSE = "fermeture", "Fermeture"
    REOPEN = "reouverture", "Réouverture"
    MERGE = "fusion", "Fusion"
    SPLIT = "scission", "Scission"
    MOVE = "demenagement", "Déménagement"
    GESTIONNAIRE = "gestionnaire", "Changement de gestionnaire"
    AGREMENT = "agrement", "Agrément"
    END_AGREMENT = "fin-agrement", "Fin d’agrément avant terme"
    CORRECT = "correction", "Correction de la fiche"
    SITES = "sites", "Lieux d’accueil"
    DUPLICATE = "doublon", "Doublon réuni"
    LIST = "liste", "Liste appliquée"


class SuccessionLink(models.TextChoices):
    """How a structure comes from another."""

    MERGE = "fusion", "issue d’une fusion avec"
    SPLIT = "scission", "issue de la scission de"
    DUPLICATE = "doublon", "réunit aussi la fiche en double"


class RegisterProposalState(models.TextChoices):
    PENDING = "pending", "À décider"
    ACCEPTED = "accepted", "Acceptée"
    REFUSED = "refused", "Refusée"
    REPLACED = "replaced", "Remplacée par une proposition plus récente"
