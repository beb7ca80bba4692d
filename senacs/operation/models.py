"""Signs of life of the processes that do the background work, wherever they run."""

from datetime import timedelta

from django.db import models
from django.db.models import Case, Value, When
from django.db.models.functions import Now

BEAT = timedelta(seconds=10)
EXPIRY = timedelta(seconds=120)


class HeartbeatQuerySet(models.QuerySet["Heartbeat"]):
    def told(self) -> "HeartbeatQuerySet":
        """With `silent`, by the clock of the database: that of each machine may be wrong."""
        return self.annotate(
            silent=Case(
                When(beat_at__lt=Now() - EXPIRY, then=Value(True)),
                default=Value(False),
                output_field=models.BooleanField(),
            )
        )


class Heartbeat(models.Model):
    """One worker: where it runs, since when, and when it was last heard of."""

    worker = models.CharField("processus", max_length=64, unique=True)
    machine = models.CharField("machine", max_length=64, help_text="un démarrage d’une machine ou d’un conteneur")
    host = models.CharField("nom de la machine", max_length=255)
    pid = models.PositiveBigIntegerField("numéro du processus")
    pid_started = models.CharField("instant du départ selon le système", max_length=32, blank=True)
    started_at = models.DateTimeField("parti le")
    beat_at = models.DateTimeField("entendu le")

    objects = HeartbeatQuerySet.as_manager()

    class Meta:
        verbose_name = "signe de vie"
        verbose_name_plural = "signes de vie"
        ordering = ["started_at", "pk"]

    def __str__(self) -> str:
        return f"{self.host} ({self.pid})"
