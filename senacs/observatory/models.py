"""Releases: frozen, numbered, protected publications of one campaign; groupings and waivers that shape them."""

import hashlib
import json
from pathlib import Path
from typing import Any, ClassVar, NoReturn, TypedDict

from django.conf import settings
from django.db import models
from django.db.models import Q

from senacs.accounts.words import WordsField, WordsLine
from senacs.audit.rows import AuditedRow, Told
from senacs.campaigns.models import Campaign
from senacs.lib.refusals import Refused
from senacs.observatory.enums import DisclosureKind, ReleaseState
from senacs.structures.models import Structure
from senacs.territories.models import Commune, Departement

LEDGER_STANDS = "Le registre de ce qui a été montré ne se modifie pas : ce que des lecteurs ont, ils le gardent."


class Fingerprint(TypedDict):
    """What the manifest says of one file; `size` in bytes."""

    name: str
    size: int
    sha256: str


class ReleaseQuerySet(models.QuerySet["Release"]):
    def published(self) -> "ReleaseQuerySet":
        return self.filter(state=ReleaseState.PUBLISHED)


class Release(models.Model):
    """A publication of one campaign; its cells are files under `directory`, never rows of this database."""

    campaign = models.ForeignKey(Campaign, on_delete=models.PROTECT, related_name="releases")
    number = models.PositiveSmallIntegerField("numéro")
    state = models.CharField("état", max_length=10, choices=ReleaseState.choices, default=ReleaseState.BUILDING)
    progress = models.PositiveSmallIntegerField(default=0)
    step = models.CharField("étape", max_length=80, blank=True)
    error = models.TextField("erreur", blank=True)
    # Each start of the build takes the next number; a builder whose number is past has been superseded and stops.
    attempt = models.PositiveSmallIntegerField(default=0)
    heartbeat_at = models.DateTimeField(null=True)
    # Name, size and SHA-256 of each file, the methodology's figures, what changed since the previous number.
    manifest = models.JSONField(default=dict)
    reason = WordsField("motif", blank=True)
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    published_at = models.DateTimeField("publiée le", null=True)

    objects: ClassVar = ReleaseQuerySet.as_manager()

    class Meta:
        ordering = ["-campaign__year", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["campaign", "number"], name="one_release_per_number"),
            models.CheckConstraint(
                name="published_releases_are_dated",
                violation_error_message="Une publication porte sa date.",
                condition=(Q(state=ReleaseState.PUBLISHED) & Q(published_at__isnull=False))
                | (~Q(state=ReleaseState.PUBLISHED) & Q(published_at__isnull=True)),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.campaign.year}-{self.number}"

    @property
    def name(self) -> str:
        return f"{self.campaign.year}-{self.number}"

    @property
    def directory(self) -> Path:
        return Path(settings.RELEASES_DIR) / self.name

    @property
    def seal(self) -> str:
        """What is signed: every file and count of the release, as 64 hexadecimal digits."""
        content = json.dumps(self.manifest, sort_keys=True, ensure_ascii=False)
        return hashlib.sha256(f"{self.name} {content}".encode()).hexdigest()

    @property
    def files(self) -> list[Fingerprint]:
        """Name, size in bytes and SHA-256 of each published file, in order of name."""
        return list(self.manifest.get("files", ()))


class DisclosureQuerySet(models.QuerySet["Disclosure"]):
    """What was shown was shown: nothing here is changed, nothing taken back."""

    def update(self, **kwargs: Any) -> NoReturn:
        raise Refused(LEDGER_STANDS)

    def bulk_update(self, objs: Any, fields: Any, batch_size: Any = None) -> NoReturn:
        raise Refused(LEDGER_STANDS)

    def delete(self) -> NoReturn:
        raise Refused(LEDGER_STANDS)


class Disclosure(models.Model):
    """One line of the disclosure ledger: figures that somebody has, whatever becomes of what showed them.

    Append-only, each line sealed with the one before (`ledger.digest_of`). members: structure codes that a local
    figure adds up, none for a release, whose files say it; cells: [indicator, modality] shown; named: [structure,
    indicator] shown by name; places: [level, code] of a candidate whose tables were read.
    """

    kind = models.CharField("nature", max_length=8, choices=DisclosureKind.choices)
    # Whose answers: the snapshot of that release.
    release = models.ForeignKey(Release, on_delete=models.PROTECT, related_name="disclosures")
    source = models.CharField("origine", max_length=60, unique=True)
    members = models.JSONField(default=list)
    cells = models.JSONField(default=list)
    named = models.JSONField(default=list)
    places = models.JSONField(default=list)
    shown_to = WordsLine("montré à", max_length=120)
    shown_at = models.DateTimeField("montré le")
    digest = models.CharField("empreinte", max_length=64)

    objects: ClassVar = DisclosureQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        base_manager_name = "objects"

    def __str__(self) -> str:
        return self.source

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise Refused(LEDGER_STANDS)
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise Refused(LEDGER_STANDS)


class ReleaseSignature(AuditedRow):
    """One of the two national signatures, Cnaf (side Caf) and Fcsf (side fédération)."""

    release = models.ForeignKey(Release, on_delete=models.CASCADE, related_name="signatures")
    side = models.CharField(max_length=12)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    # What was on screen (Release.seal); "" for those given before it was kept.
    seal = models.CharField(max_length=64, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["release", "side"], name="one_signature_per_side")]

    def audited(self) -> Told:
        side = {"caf": "pour la Cnaf", "federation": "pour la Fcsf"}.get(self.side, self.side)
        return Told(self.by, f"Publication signée {side}", str(self.release))


class FiguresCheck(models.Model):
    """Whether each figure of a release has one value wherever it is written: the last time that this was asked.

    It holds for the files that were read (`seal`, see releases.figures_check.read_seal). places: those read,
    « departement:69 »; none when all were. progress: percents. Written by `releases.figures_check` alone.
    """

    release = models.OneToOneField(Release, on_delete=models.CASCADE, related_name="figures_check")
    seal = models.CharField(max_length=64)
    places = models.JSONField(default=list)
    progress = models.PositiveSmallIntegerField(default=0)
    started_at = models.DateTimeField()
    # Empty as long as it lasts, and when it was interrupted.
    checked_at = models.DateTimeField(null=True)
    writings = models.PositiveIntegerField(default=0)
    figures = models.PositiveIntegerField(default=0)
    # The first ones, in French.
    disagreements = models.JSONField(default=list)
    disagreeing = models.PositiveIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.release} ({self.writings})"

    @property
    def is_done(self) -> bool:
        return self.checked_at is not None


class DoubtExplanation(models.Model):
    """Why the doubtful answers of one structure are right, written by one national institution, confirmed by the other.

    It holds for the values that were read (`digest`, see plausibility.gate.digest_of): another value is another doubt.
    """

    campaign = models.ForeignKey(Campaign, on_delete=models.PROTECT, related_name="doubt_explanations")
    structure = models.ForeignKey(Structure, on_delete=models.PROTECT, related_name="doubt_explanations")
    digest = models.CharField(max_length=64)
    text = WordsField("explication")
    side = models.CharField(max_length=12)
    written_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    written_at = models.DateTimeField("écrite le")
    confirmed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    confirmed_at = models.DateTimeField("confirmée le", null=True)

    class Meta:
        ordering = ["campaign_id", "structure_id", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["campaign", "structure", "digest"], name="one_explanation_per_doubt"),
            models.CheckConstraint(
                name="confirmed_explanations_are_dated",
                violation_error_message="Une explication confirmée porte sa date.",
                condition=Q(confirmed_by__isnull=True, confirmed_at__isnull=True)
                | Q(confirmed_by__isnull=False, confirmed_at__isnull=False),
            ),
        ]


class GroupingQuerySet(models.QuerySet["Grouping"]):
    def standing(self) -> "GroupingQuerySet":
        return self.filter(closed_at__isnull=True)


class Grouping(models.Model):
    """Communes of one département that its Copil reads together (charte 3.1), in each release built while it stands.

    Its borders never move: another shape is another grouping, under another number.
    """

    departement = models.ForeignKey(Departement, on_delete=models.PROTECT, related_name="groupings")
    number = models.PositiveSmallIntegerField("numéro")
    name = WordsLine("nom", max_length=80)
    communes = models.ManyToManyField(Commune, related_name="groupings")
    drawn_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    drawn_at = models.DateTimeField("tracé le")
    closed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    closed_at = models.DateTimeField("clos le", null=True)

    objects: ClassVar = GroupingQuerySet.as_manager()

    class Meta:
        ordering = ["departement_id", "number"]
        constraints = [
            models.UniqueConstraint(fields=["departement", "number"], name="one_grouping_per_number"),
            models.UniqueConstraint(
                fields=["departement", "name"],
                condition=Q(closed_at__isnull=True),
                name="one_standing_grouping_per_name",
                violation_error_message="Un regroupement porte déjà ce nom.",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def code(self) -> str:
        """How releases name it: « 59-1 »."""
        return f"{self.departement_id}-{self.number}"


class SecrecyWaiver(models.Model):
    """A structure accepts that its own figures of one campaign may be recognised. Rows are never changed but to end."""

    campaign = models.ForeignKey(Campaign, on_delete=models.PROTECT, related_name="secrecy_waivers")
    structure = models.ForeignKey(Structure, on_delete=models.PROTECT, related_name="secrecy_waivers")
    given_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    given_at = models.DateTimeField("donnée le")
    withdrawn_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    withdrawn_at = models.DateTimeField("retirée le", null=True)

    class Meta:
        ordering = ["-given_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["campaign", "structure"],
                condition=Q(withdrawn_at__isnull=True),
                name="one_standing_waiver_per_campaign",
            )
        ]
