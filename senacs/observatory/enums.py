"""States of a release and of a cell, kinds of what was shown."""

from django.db import models


class ReleaseState(models.TextChoices):
    BUILDING = "building", "En construction"
    CANDIDATE = "candidate", "Candidate"
    PUBLISHED = "published", "Publiée"
    FAILED = "failed", "Échouée"


class DisclosureKind(models.TextChoices):
    """What was shown to somebody outside the two correspondents of a structure."""

    RELEASE = "release", "Publication"
    LOCAL = "local", "Chiffres locaux"
    # Tables of a candidate, read before the public: it may be set aside, they are known.
    READ = "read", "Tableaux d’une publication candidate"


class CellStatus(models.TextChoices):
    """Whether a figure may be read, and if not, why it is hidden."""

    PUBLISHED = "published", "Publié"
    PRIMARY = "primary", "Masqué (secret statistique)"
    COMPLEMENTARY = "complementary", "Masqué (secret statistique, par complément)"
    # All that a reader is told of the two others.
    SUPPRESSED = "suppressed", "Masqué (secret statistique)"
