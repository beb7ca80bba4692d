"""The words of the register: kinds of structures, gestion, territory."""

from django.db import models


class StructureKind(models.TextChoices):
    CENTRE_SOCIAL = "CS", "Centre social"
    EVS = "EVS", "Espace de vie sociale"


class Gestion(models.TextChoices):
    ASSOCIATIF = "associatif", "Associatif"
    COLLECTIVITE = "collectivite", "Collectivité locale"
    CAF = "caf", "Caf (gestion directe)"
    AUTRE = "autre", "Autres (dont délégation de gestion)"


class TerritoryType(models.TextChoices):
    URBAIN = "urbain", "Un espace à dominante urbaine"
    RURAL = "rural", "Un espace à dominante rurale"


class TerritorySize(models.TextChoices):
    QUARTIER = "quartier", "Un quartier"
    PLUSIEURS_QUARTIERS = "plusieurs_quartiers", "Plusieurs quartiers"
    COMMUNE = "commune", "Une commune"
    PLUSIEURS_COMMUNES = "plusieurs_communes", "Plusieurs communes"
    INTERCOMMUNALITE = "intercommunalite", "Une intercommunalité"


class PriorityGeography(models.TextChoices):
    QPV = "qpv", "Quartier prioritaire de la Politique de la Ville (QPV)"
    VEILLE = "veille", "Territoire « de veille active »"
    AUCUNE = "aucune", "Non concerné"
