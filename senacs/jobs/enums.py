"""Where a job is on its way."""

from django.db import models


class JobState(models.TextChoices):
    WAITING = "en_attente", "En attente"
    RUNNING = "en_cours", "En cours"
    DONE = "fait", "Fait"
    REFUSED = "refuse", "Refusé"
    FAILED = "en_echec", "En échec"


UNDER_WAY = (JobState.WAITING, JobState.RUNNING)
ENDED = (JobState.DONE, JobState.REFUSED, JobState.FAILED)
