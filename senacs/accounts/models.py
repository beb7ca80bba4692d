"""People, their mandates, the charter that they accepted, and the ledger of accesses."""

from collections.abc import Sequence
from datetime import date
from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower

from senacs.accounts.addresses import canonical_address
from senacs.accounts.attempt_models import AttemptCount, SpentCode
from senacs.accounts.enums import STRUCTURE_ROLES, AccessAction, Role, Side
from senacs.accounts.invitation_models import AddressChange, Invitation
from senacs.accounts.notice_models import Notice, NoticePace
from senacs.accounts.objection_models import Objection, ObjectionAct, ObjectionStep
from senacs.accounts.rights_models import RightsEntry
from senacs.accounts.words import WordsField
from senacs.audit.rows import AuditedRow, Told
from senacs.lib import clock
from senacs.structures.models import Caf, Federation, Structure
from senacs.territories.models import Departement, Region

__all__ = [
    "AccessEntry",
    "AddressChange",
    "AttemptCount",
    "CharteAcceptance",
    "CharteVersion",
    "Invitation",
    "Mandate",
    "MandateQuerySet",
    "Notice",
    "NoticePace",
    "Objection",
    "ObjectionAct",
    "ObjectionStep",
    "RightsEntry",
    "SpentCode",
    "User",
    "UserManager",
]


class UserManager(BaseUserManager["User"]):
    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        address = canonical_address(email)
        if not address:
            raise ValueError(f"not an e-mail address: {email!r}")
        user = self.model(email=address, **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(email=canonical_address(username or ""))


class User(AbstractBaseUser):
    """A person, known by e-mail address; rights come from mandates, never from the account itself."""

    email = models.EmailField("courriel", unique=True)
    first_name = models.CharField("prénom", max_length=80, blank=True)
    last_name = models.CharField("nom", max_length=80, blank=True)
    phone = models.CharField("téléphone", max_length=30, blank=True)
    is_active = models.BooleanField("actif", default=True)
    date_joined = models.DateTimeField(default=clock.now)
    # How often the person is told of what others did (`accounts.notices`).
    notice_pace = models.CharField("lettres", max_length=10, choices=NoticePace.choices, default=NoticePace.AT_ONCE)

    # Names of what an invitation is about, for somebody whose account is being opened: no password is made of them.
    invited_to: Sequence[str] = ()

    objects: ClassVar = UserManager()
    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="email_has_one_spelling",
                violation_error_message="Une adresse s’écrit en minuscules.",
                condition=Q(email=Lower("email")),
            )
        ]

    def __str__(self) -> str:
        return self.get_full_name()

    def get_full_name(self) -> str:
        return f"{self.first_name} {self.last_name}".strip() or self.email

    def get_short_name(self) -> str:
        return self.first_name or self.email


class MandateQuerySet(models.QuerySet["Mandate"]):
    def current(self) -> "MandateQuerySet":
        today = clock.today()
        return self.filter(Q(ends_on__isnull=True) | Q(ends_on__gte=today), starts_on__lte=today)


class Mandate(models.Model):
    """One person's habilitation: a role, on one scope, for a time (charte 1.3)."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="mandates")
    role = models.CharField("rôle", max_length=24, choices=Role.choices)
    structure = models.ForeignKey(Structure, on_delete=models.CASCADE, null=True, related_name="mandates")
    caf = models.ForeignKey(Caf, on_delete=models.CASCADE, null=True, related_name="mandates")
    federation = models.ForeignKey(Federation, on_delete=models.CASCADE, null=True, related_name="mandates")
    departement = models.ForeignKey(Departement, on_delete=models.CASCADE, null=True, related_name="mandates")
    region = models.ForeignKey(Region, on_delete=models.CASCADE, null=True, related_name="mandates")
    # Which institution the person speaks for: Copil members, preparation, région, national signatures.
    side = models.CharField("au titre de", max_length=12, choices=Side.choices, blank=True)
    starts_on = models.DateField("depuis", default=clock.today)
    ends_on = models.DateField("jusqu'au", null=True)
    # The last day on which its institution said that it still holds (`accounts.yearly`).
    reaffirmed_on = models.DateField("confirmé le", null=True)
    granted_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="granted_mandates")
    # The second person, for the roles that two give (enums.TWO_PERSON_ROLES).
    confirmed_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="confirmed_mandates")

    objects: ClassVar = MandateQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["user", "role"], name="mandate_user_role")]
        constraints = [
            models.CheckConstraint(
                name="mandate_scope_matches_role",
                violation_error_message="Le périmètre ne correspond pas au rôle.",
                condition=(
                    Q(role__in=sorted(STRUCTURE_ROLES), structure__isnull=False)
                    | Q(role=Role.CORRESPONDANT_CAF, caf__isnull=False)
                    | Q(role=Role.CORRESPONDANT_FEDERAL, federation__isnull=False)
                    | Q(role__in=[Role.COPIL, Role.PREPARATION], departement__isnull=False)
                    | Q(role=Role.REGIONAL, region__isnull=False)
                    | Q(role__in=[Role.NATIONAL, Role.COMITE_TECHNIQUE])
                ),
            ),
            models.CheckConstraint(
                name="preparation_is_time_boxed",
                violation_error_message="L'accès aux données brutes a toujours une date de fin.",
                condition=~Q(role=Role.PREPARATION) | Q(ends_on__isnull=False),
            ),
            models.CheckConstraint(
                name="mandate_confirmed_by_another",
                violation_error_message="La personne qui confirme n’est pas celle qui propose.",
                condition=Q(confirmed_by__isnull=True) | Q(granted_by__isnull=True) | ~Q(confirmed_by=F("granted_by")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_role_display()} ({self.scope})"

    def holds_on(self, day: date) -> bool:
        """As `current`, for a mandate that is read already."""
        return self.starts_on <= day and (self.ends_on is None or self.ends_on >= day)

    @property
    def place(self) -> "Structure | Caf | Federation | Departement | Region | None":
        return self.structure or self.caf or self.federation or self.departement or self.region

    @property
    def scope(self) -> "Structure | Caf | Federation | Departement | Region | str":
        return self.place or "France"


class CharteVersion(models.Model):
    """A published text of the charter; the newest one binds (design §2)."""

    number = models.PositiveSmallIntegerField("version", unique=True)
    text = models.TextField("texte")
    published_at = models.DateTimeField("publiée le")

    class Meta:
        ordering = ["-number"]

    def __str__(self) -> str:
        return f"Charte, version {self.number}"


class CharteAcceptance(AuditedRow):
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="charte_acceptances")
    version = models.ForeignKey(CharteVersion, on_delete=models.PROTECT, related_name="acceptances")
    accepted_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "version"], name="charte_accepted_once")]

    def audited(self) -> Told:
        return Told(self.user, "Charte acceptée", str(self.version))


class AccessEntry(AuditedRow):
    """One logged access to individual data: who, what, why. Never changed, never deleted."""

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="accesses")
    at = models.DateTimeField(default=clock.now)
    action = models.CharField(max_length=60)
    purpose = WordsField("finalité", blank=True)
    departement = models.ForeignKey(Departement, on_delete=models.PROTECT, null=True)
    structures = models.ManyToManyField(Structure, related_name="accesses")
    # What was opened, in words: « Copie des réponses (pdf), 2026 ».
    what = models.CharField("quoi", max_length=200, blank=True)
    # A « lecture motivée » lets its author read until then; each page opened meanwhile is a line under it.
    open_until = models.DateTimeField("ouverte jusqu’à", null=True)
    reading = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="pages")

    class Meta:
        ordering = ["-at"]
        constraints = [
            models.CheckConstraint(
                name="readings_have_an_end",
                violation_error_message="Une lecture motivée a toujours une fin.",
                condition=~Q(action=AccessAction.READING) | Q(open_until__isnull=False),
            ),
            models.CheckConstraint(
                name="pages_are_read_under_a_reading",
                violation_error_message="Une page se lit au titre d’une lecture motivée.",
                condition=~Q(action=AccessAction.PAGE) | Q(reading__isnull=False),
            ),
        ]

    def write_line(self) -> None:
        """Written by `services.log_access` once the structures are set."""

    def audited(self) -> Told:
        codes = list(self.structures.order_by("code").values_list("code", flat=True))
        places = ", ".join(codes[:10]) + (f" et {len(codes) - 10} autres" if len(codes) > 10 else "")
        about = " : ".join(part for part in (self.what, places) if part)
        return Told(self.user, f"Données individuelles : {self.action_label.lower()}", about, self.purpose)

    def audit_more(self) -> list[int]:
        return sorted(self.structures.values_list("pk", flat=True))

    @property
    def action_label(self) -> str:
        return AccessAction(self.action).label if self.action in AccessAction.values else self.action
