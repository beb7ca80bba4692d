"""Documents made from a release: plaquettes and, later, fiches and notes."""

from django.db import models

from senacs.observatory.models import Release


class Plaquette(models.Model):
    """The booklet of one territory for one release, as built: file, checksum, version of the trame."""

    release = models.ForeignKey(Release, on_delete=models.PROTECT, related_name="plaquettes")
    level = models.CharField(max_length=12)
    code = models.CharField(max_length=9)
    trame = models.CharField(max_length=40)
    path = models.CharField(max_length=200)
    checksum = models.CharField(max_length=64)
    pages = models.PositiveSmallIntegerField()
    built_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["release", "level", "code"], name="one_plaquette_per_territory"),
        ]
