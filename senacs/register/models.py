"""Acts on the register by those whom the charter names: what happened, who comes from whom, proposals, lists."""

from typing import Any

from django.db import models
from django.db.models import Q

from senacs.accounts.models import User
from senacs.accounts.words import WordsField
from senacs.audit.rows import AuditedRow, Told
from senacs.register.enums import ActKind, RegisterProposalState, SuccessionLink
from senacs.structures.enums import StructureKind
from senacs.structures.imports.report import ImportOutcome
from senacs.structures.models import Structure
from senacs.territories.models import Departement


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


class RegisterProposal(models.Model):
    """An act asked for by somebody who may not do it alone, until those who decide accept it or refuse it.

    `values` are what the form of the act holds, as JSON; `structure` is empty for a creation, in `departement`.
    """

    kind = models.CharField("acte", max_length=16, choices=ActKind)
    structure = models.ForeignKey(Structure, on_delete=models.PROTECT, null=True, related_name="register_proposals")
    departement = models.ForeignKey(Departement, on_delete=models.PROTECT, related_name="+")
    values = models.JSONField(default=dict)
    reason = WordsField("motif")
    proposed_at = models.DateTimeField("proposée le")
    proposed_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(
        max_length=10, choices=RegisterProposalState, default=RegisterProposalState.PENDING, db_index=True
    )
    answer = WordsField("réponse", blank=True)
    decided_at = models.DateTimeField("décidée le", null=True)
    decided_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ["-proposed_at", "-id"]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} : {self.structure or self.values.get('name', '')}"


class RegisterAct(AuditedRow):
    """One act on the register. Never changed, never deleted; `by` is nobody where the server itself did it."""

    kind = models.CharField("acte", max_length=16, choices=ActKind)
    on = models.DateField("date d’effet", db_index=True)
    at = models.DateTimeField("enregistré le")
    by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="register_acts")
    reason = WordsField("motif")
    proposal = models.OneToOneField(RegisterProposal, on_delete=models.PROTECT, null=True, related_name="act")

    class Meta:
        ordering = ["-on", "-id"]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} ({self.on:%d/%m/%Y})"

    def write_line(self) -> None:
        """Written by `journal.write_act` once its lines are there."""

    def audited(self) -> Told:
        lines = self.lines.select_related("structure").order_by("pk")
        named = ", ".join(f"{line.structure.name} ({line.structure.code})" for line in lines[:5])
        rest = lines.count() - 5
        about = f"{named} et {rest} autres" if rest > 0 else named
        return Told(self.by, f"Registre : {self.get_kind_display().lower()}", about, self.reason)

    def audit_more(self) -> list[Any]:
        return [[line.structure_id, line.changes, line.told] for line in self.lines.order_by("pk")]


class RegisterLine(models.Model):
    """What one act changed of one structure: `changes` has, by field, the value before and the value after."""

    act = models.ForeignKey(RegisterAct, on_delete=models.PROTECT, related_name="lines")
    structure = models.ForeignKey(Structure, on_delete=models.PROTECT, related_name="register_lines")
    changes = models.JSONField(default=dict)
    # What no field says: « agrément du 1er janvier 2026 au 31 décembre 2029 ».
    told = models.CharField("en clair", max_length=500, blank=True)

    class Meta:
        ordering = ["act_id", "id"]
        constraints = [models.UniqueConstraint(fields=["act", "structure"], name="one_line_per_act_and_structure")]


class Succession(models.Model):
    """A structure that comes from another since an act: its series and its N-1 go on with those of the other."""

    act = models.ForeignKey(RegisterAct, on_delete=models.PROTECT, related_name="successions")
    link = models.CharField("lien", max_length=10, choices=SuccessionLink)
    predecessor = models.ForeignKey(Structure, on_delete=models.PROTECT, related_name="successions")
    successor = models.ForeignKey(Structure, on_delete=models.PROTECT, related_name="origins")

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["act", "predecessor", "successor"], name="one_link_per_act_and_pair"),
            models.CheckConstraint(
                name="no_structure_comes_from_itself",
                violation_error_message="Une structure ne succède pas à elle-même.",
                condition=~Q(predecessor=models.F("successor")),
            ),
        ]
