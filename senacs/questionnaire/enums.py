"""States of a version, and what a change does to the series."""

from django.db import models


class VersionState(models.TextChoices):
    DRAFT = "draft", "Brouillon"
    FROZEN = "frozen", "Figée"


class ChangeKind(models.TextChoices):
    NEW = "new", "Nouvelle"
    REMOVED = "removed", "Supprimée"
    REWORDED = "reworded", "Reformulée"
    REDEFINED = "redefined", "Redéfinie"


class Effect(models.TextChoices):
    """What the comité technique decides of the series that a changed question feeds."""

    SAME_SERIES = "same", "Même série : les années se comparent"
    BREAK = "break", "Rupture de série : les années se comparent avec réserve"
    NEW_SERIES = "new", "Nouvelle série : rien ne se compare avant cette année"
