"""States of a release and of a cell."""

from django.db import models


class ReleaseState(models.TextChoices):
    BUILDING = "building", "En construction"
    CANDIDATE = "candidate", "Candidate"
    PUBLISHED = "published", "Publiée"
    FAILED = "failed", "Échouée"


class CellStatus(models.TextChoices):
    """Whether a figure may be read, and if not, why it is hidden."""

    PUBLISHED = "published", "Publié"
    PRIMARY = "primary", "Masqué (secret statistique)"
    COMPLEMENTARY = "complementary", "Masqué (secret statistique, par complément)"
    # All that a reader is told of the two others.
    SUPPRESSED = "suppressed", "Masqué (secret statistique)"
