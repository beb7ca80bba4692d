"""What was tried lately of what can be guessed, and which codes already served: counts shared by all processes."""

from django.conf import settings
from django.db import models


class AttemptCount(models.Model):
    """One count, the same for every server process and after a restart. What it counts for is kept as a hash."""

    policy = models.CharField(max_length=20)
    key_hash = models.CharField(max_length=64)
    failures = models.PositiveIntegerField(default=0)
    last_at = models.DateTimeField(db_index=True)
    wait_until = models.DateTimeField(null=True)
    told_at = models.DateTimeField(null=True)  # when the person was last written to about it

    class Meta:
        constraints = [models.UniqueConstraint(fields=["policy", "key_hash"], name="one_count_per_policy_and_key")]


class SpentCode(models.Model):
    """A code of a second factor that was taken minutes ago, and is not taken again. Kept as a hash, then forgotten."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    digest = models.CharField(max_length=64)
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "digest"], name="one_code_serves_once")]
