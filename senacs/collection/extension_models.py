"""More time than the calendar gives: granted to one structure, to a département, to all."""

from django.db import models
from django.db.models import Q

from senacs.accounts.words import WordsField
from senacs.audit.rows import AuditedRow, Told
from senacs.campaigns.models import Campaign
from senacs.lib.french import long_date
from senacs.structures.models import Structure
from senacs.territories.models import Departement


class Extension(AuditedRow):
    """One grant: to a structure, to a département, or to all where it names neither. Written once.

    `Response.extended_until` and `Campaign.closes_on` hold the days that follow from it, which everything reads.
    """

    campaign = models.ForeignKey(Campaign, on_delete=models.CASCADE, related_name="extensions")
    structure = models.ForeignKey(Structure, on_delete=models.PROTECT, null=True, related_name="extensions")
    departement = models.ForeignKey(Departement, on_delete=models.PROTECT, null=True, related_name="+")
    until = models.DateField("jusqu’au")
    reason = WordsField("motif")
    at = models.DateTimeField()
    by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["-at", "-id"]
        constraints = [
            models.CheckConstraint(
                name="an_extension_has_one_scope",
                violation_error_message="Un délai se donne à une structure, à un département ou à toutes.",
                condition=Q(structure__isnull=True) | Q(departement__isnull=True),
            )
        ]

    def __str__(self) -> str:
        return f"{self.whom}, jusqu’au {long_date(self.until)}"

    @property
    def whom(self) -> str:
        """« Centre social du Lac », « Drôme », « toutes les structures »."""
        return str(self.structure or self.departement or "toutes les structures")

    def audited(self) -> Told:
        return Told(self.by, "Délai accordé", f"{self} ({self.campaign})", self.reason)
