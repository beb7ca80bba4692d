"""The training ground of a person and what was tried in it. No row of this package speaks of anything real."""

from typing import ClassVar

from django.db import models

from senacs.accounts.models import User


class TrainingGround(models.Model):
    """A fictitious territory of one's own, until it is begun again."""

    user = models.OneToOneField(User, on_delete=models.CASCADE, related_name="training_ground")
    # How many times it was begun again: the next territory of the list comes each time.
    round = models.PositiveIntegerField(default=0)
    begun_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.user}, {self.begun_at:%d/%m/%Y}"


class Attempt(models.Model):
    """One answer to one exercise: what was typed or chosen, and whether it was right."""

    ground = models.ForeignKey(TrainingGround, on_delete=models.CASCADE, related_name="attempts")
    exercise = models.CharField(max_length=40)
    given = models.JSONField(default=dict)
    is_right = models.BooleanField()
    at = models.DateTimeField()

    objects: ClassVar = models.Manager()

    class Meta:
        ordering = ["at", "id"]

    def __str__(self) -> str:
        return f"{self.exercise}, {self.at:%d/%m/%Y}"
