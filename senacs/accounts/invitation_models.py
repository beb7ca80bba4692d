"""What a one-time key opens: an invitation to a role, and the confirmation of a new address. Only hashes are kept."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from senacs.accounts.enums import TWO_PERSON_ROLES, Role, Side
from senacs.accounts.words import WordsField
from senacs.lib import clock
from senacs.structures.models import Caf, Federation, Structure
from senacs.territories.models import Departement, Region


class InvitationQuerySet(models.QuerySet["Invitation"]):
    def pending(self) -> "InvitationQuerySet":
        return self.filter(used_at__isnull=True, withdrawn_at__isnull=True, expires_at__gt=clock.now())


class Invitation(models.Model):
    """A role on a scope, for the account that proves the key; `email` only says where the letter went."""

    key_hash = models.CharField(max_length=64, unique=True)
    email = models.EmailField("courriel")
    first_name = models.CharField("prénom", max_length=80, blank=True)
    last_name = models.CharField("nom", max_length=80, blank=True)
    role = models.CharField("rôle", max_length=24, choices=Role.choices)
    structure = models.ForeignKey(Structure, models.CASCADE, null=True, related_name="invitations_to_enter")
    caf = models.ForeignKey(Caf, models.CASCADE, null=True, related_name="+")
    federation = models.ForeignKey(Federation, models.CASCADE, null=True, related_name="+")
    departement = models.ForeignKey(Departement, models.CASCADE, null=True, related_name="+")
    region = models.ForeignKey(Region, models.CASCADE, null=True, related_name="+")
    side = models.CharField("au titre de", max_length=12, choices=Side.choices, blank=True)
    ends_on = models.DateField("mandat jusqu'au", null=True)
    created_at = models.DateTimeField(default=clock.now)
    created_by = models.ForeignKey("accounts.User", models.CASCADE, null=True, related_name="sent_invitations")
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)
    used_by = models.ForeignKey("accounts.User", models.CASCADE, null=True, related_name="accepted_invitations")
    withdrawn_at = models.DateTimeField(null=True)
    # Handed over: this mandate ends when the invitation is accepted, so that nobody is missing in between.
    replaces = models.ForeignKey("accounts.Mandate", models.SET_NULL, null=True, related_name="handed_over_by")
    # A role that two people give (TWO_PERSON_ROLES): why it is proposed, and who let the letter leave.
    reason = WordsField("motif", blank=True)
    confirmed_by = models.ForeignKey("accounts.User", models.CASCADE, null=True, related_name="confirmed_invitations")
    confirmed_at = models.DateTimeField(null=True)

    objects: ClassVar = InvitationQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-id"]
        constraints = [
            models.CheckConstraint(
                name="used_invitations_say_by_whom",
                violation_error_message="Une invitation acceptée dit par qui et quand.",
                condition=Q(used_at__isnull=True, used_by__isnull=True)
                | Q(used_at__isnull=False, used_by__isnull=False, withdrawn_at__isnull=True),
            ),
            models.CheckConstraint(
                name="invitation_confirmed_by_another",
                violation_error_message="La personne qui confirme n’est pas celle qui propose.",
                condition=Q(confirmed_by__isnull=True, confirmed_at__isnull=True)
                | Q(confirmed_by__isnull=False, confirmed_at__isnull=False) & ~Q(confirmed_by=F("created_by")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_role_display()} ({self.scope or 'France'})"

    @property
    def scope(self) -> Structure | Caf | Federation | Departement | Region | None:
        return self.structure or self.caf or self.federation or self.departement or self.region

    @property
    def awaits_confirmation(self) -> bool:
        """Proposed by one person, and opening nothing before another has confirmed."""
        return self.role in TWO_PERSON_ROLES and self.created_by_id is not None and self.confirmed_by_id is None

    @property
    def is_expired(self) -> bool:
        return self.expires_at <= clock.now()

    def get_full_name(self) -> str:
        return f"{self.first_name} {self.last_name}".strip() or self.email


class AddressChange(models.Model):
    """A new address asked by a person, which counts once the link sent to it has been followed."""

    user = models.ForeignKey("accounts.User", models.CASCADE, related_name="address_changes")
    new_email = models.EmailField("nouvelle adresse")
    key_hash = models.CharField(max_length=64, unique=True)
    asked_at = models.DateTimeField(default=clock.now)
    expires_at = models.DateTimeField()
    confirmed_at = models.DateTimeField(null=True)
    old_email = models.EmailField("ancienne adresse", blank=True)

    class Meta:
        ordering = ["-asked_at", "-id"]
