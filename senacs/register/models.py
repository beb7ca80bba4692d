"""Acts on the register by those whom the charter names: lists received, tried, then applied."""

from django.db import models
from django.db.models import Q

from senacs.accounts.models import User
from senacs.structures.enums import StructureKind
from senacs.structures.imports.report import ImportOutcome


class RegisterImport(models.Model):
    """A list as it was received, with the report of its trial, or of its application once it is applied.

    `rows` are those of `structures.imports.report.RowOutcome`, as JSON; `content` is emptied by the application.
    """

    name = models.CharField("fichier", max_length=200)
    content = models.BinaryField(blank=True)
    kind = models.CharField("type des lignes qui n’en donnent pas", max_length=3, blank=True, choices=StructureKind)
    notes = models.JSONField(default=list)
    rows = models.JSONField(default=list)
    received_at = models.DateTimeField("reçue le")
    received_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    tried_at = models.DateTimeField("essayée le", null=True)
    applied_at = models.DateTimeField("appliquée le", null=True)
    applied_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ["-received_at", "-id"]
        constraints = [
            models.CheckConstraint(
                name="applied_lists_say_by_whom",
                violation_error_message="Une liste appliquée dit par qui et quand.",
                condition=Q(applied_at__isnull=True, applied_by__isnull=True)
                | Q(applied_at__isnull=False, applied_by__isnull=False),
            )
        ]

    def __str__(self) -> str:
        return self.name

    def rows_of(self, outcome: ImportOutcome) -> list[dict[str, object]]:
        return [row for row in self.rows if row["outcome"] == outcome.name]

    @property
    def counts(self) -> dict[ImportOutcome, int]:
        return {outcome: len(self.rows_of(outcome)) for outcome in ImportOutcome}
