"""States of a release."""

from django.db import models


class ReleaseState(models.TextChoices):
    BUILDING = "building", "En construction"
    CANDIDATE = "candidate", "Candidate"
    PUBLISHED = "published", "Publiée"
    FAILED = "failed", "Échouée"
