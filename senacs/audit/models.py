"""The journal of acts: one line each, numbered and chained by a seal, with the digest of the row that tells the act.

No foreign key to what it speaks of: a line outlives it, and every package may write one.
"""

import json

from django.db import models

from senacs.audit.digests import plain
from senacs.lib import clock


class AuditLine(models.Model):
    """`number` and `seal` come once the act is committed (`chain.seal`); both are then for good."""

    at = models.DateTimeField("quand", default=clock.now)
    actor = models.BigIntegerField("compte", null=True)
    actor_name = models.CharField("qui", max_length=300, blank=True)
    act = models.CharField("acte", max_length=200)
    about = models.CharField("sur quoi", max_length=300, blank=True)
    reason = models.TextField("motif", blank=True)
    row = models.CharField(max_length=80)  # « accounts.RightsEntry:12 »
    digest = models.CharField(max_length=64)
    number = models.PositiveBigIntegerField(null=True, unique=True)
    seal = models.CharField(max_length=64, blank=True)

    class Meta:
        ordering = ["-id"]
        indexes = [models.Index(fields=["row"], name="audit_row"), models.Index(fields=["-at"], name="audit_at")]

    def __str__(self) -> str:
        return f"{self.act} : {self.about}"

    @property
    def content(self) -> str:
        """What the seal holds, but the seal before it."""
        told = [self.number, plain(self.at), self.actor, self.actor_name, self.act, self.about, self.reason]
        return json.dumps([*told, self.row, self.digest], ensure_ascii=False)


class AuditHead(models.Model):
    """The last seal of the chain; the row is held while lines are sealed, so that two writers take turns."""

    number = models.PositiveBigIntegerField(default=0)
    seal = models.CharField(max_length=64, blank=True)
