"""How often something that can be guessed was tried lately, for one account, one device or one network."""

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
