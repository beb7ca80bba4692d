"""The register of national rights and of reset accounts: who did what, on whom, why."""

from django.db import models

from senacs.accounts.enums import RightsAct, Role, Side
from senacs.accounts.words import WordsField
from senacs.audit.rows import AuditedRow, Told
from senacs.lib import clock


class RightsEntry(AuditedRow):
    """One act. Never changed, never deleted; `by` is nobody where it was done from the server itself."""

    at = models.DateTimeField(default=clock.now)
    act = models.CharField("acte", max_length=20, choices=RightsAct.choices)
    by = models.ForeignKey("accounts.User", models.PROTECT, null=True, related_name="rights_acts")
    # The account where there is one already, and the address as it was.
    person = models.ForeignKey("accounts.User", models.PROTECT, null=True, related_name="rights_entries")
    address = models.EmailField("courriel")
    role = models.CharField("rôle", max_length=24, choices=Role.choices, blank=True)
    side = models.CharField("au titre de", max_length=12, choices=Side.choices, blank=True)
    # Of a mandate that an institution gives: where, as it was called then, and which one; "" for the whole country.
    scope = models.CharField("périmètre", max_length=200, blank=True)
    place = models.CharField(max_length=40, blank=True)  # `place_key`: two structures may bear one name
    reason = WordsField("motif", blank=True)

    class Meta:
        ordering = ["-at", "-id"]

    def __str__(self) -> str:
        return f"{self.get_act_display()} : {self.address}"

    def audited(self) -> Told:
        role = self.get_role_display()
        about = ", ".join(part for part in (self.address, role, self.scope) if part)
        return Told(self.by, f"Droits : {self.get_act_display().lower()}", about, self.reason)


def place_key(place: models.Model) -> str:
    """What names a place for good: « structure:12 »."""
    return f"{place._meta.model_name}:{place.pk}"
