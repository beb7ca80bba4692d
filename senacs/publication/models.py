"""Documents made from a release: plaquettes, editions that a Copil signs, fiches and the links that share them."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

from senacs.accounts.enums import Side
from senacs.accounts.words import WordsField, WordsLine
from senacs.audit.rows import AuditedRow, Told
from senacs.observatory.models import Release
from senacs.publication.enums import EDITION_EVENTS, EditionState, ImageKind, LocalLevel
from senacs.publication.local_models import Agreement, AgreementEvent, LocalFigures, LocalGroup, LocalMeasure
from senacs.publication.naming import told_edition
from senacs.structures.models import Structure

__all__ = [
    "Agreement",
    "AgreementEvent",
    "Edition",
    "EditionComment",
    "EditionEvent",
    "EditionImage",
    "EditionSignature",
    "FicheText",
    "LocalFigures",
    "LocalGroup",
    "LocalMeasure",
    "Plaquette",
    "ProducedFile",
    "Production",
    "ShareLink",
    "ShareVisit",
]


class Plaquette(models.Model):
    """A working document: the booklet of one territory for one release as computed, signed by nobody, never public."""

    release = models.ForeignKey(Release, on_delete=models.PROTECT, related_name="plaquettes")
    level = models.CharField(max_length=12)
    code = models.CharField(max_length=9)
    trame = models.CharField(max_length=40)
    path = models.CharField(max_length=200)
    checksum = models.CharField(max_length=64)
    pages = models.PositiveSmallIntegerField()
    built_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["release", "level", "code"], name="one_plaquette_per_territory"),
        ]


class FicheText(models.Model):
    """What a structure says of itself on its fiche, in the markup of `publication.richtext`."""

    structure = models.OneToOneField(Structure, on_delete=models.CASCADE, related_name="fiche_text")
    text = WordsField("texte", blank=True)
    updated_at = models.DateTimeField()
    updated_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")

    def __str__(self) -> str:
        return f"Texte de {self.structure}"


class ShareLinkQuerySet(models.QuerySet["ShareLink"]):
    def open(self) -> "ShareLinkQuerySet":
        return self.filter(revoked_at__isnull=True)


class ShareLink(models.Model):
    """A link by which a structure shows its fiche to whom it wants, until it takes it back. Only its hash is kept."""

    structure = models.ForeignKey(Structure, on_delete=models.CASCADE, related_name="share_links")
    token_hash = models.CharField(max_length=64, unique=True)
    purpose = WordsLine("pour qui", max_length=120)
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    revoked_at = models.DateTimeField(null=True)
    revoked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")

    objects: ClassVar = ShareLinkQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-id"]
        constraints = [
            models.CheckConstraint(
                name="revoked_links_are_signed",
                violation_error_message="Un lien révoqué porte sa date et son auteur.",
                condition=Q(revoked_at__isnull=True, revoked_by__isnull=True)
                | Q(revoked_at__isnull=False, revoked_by__isnull=False),
            )
        ]

    def __str__(self) -> str:
        return f"{self.structure} : {self.purpose}"

    @property
    def is_open(self) -> bool:
        return self.revoked_at is None


class ShareVisit(models.Model):
    """One reading of a shared fiche. No address is kept: a structure wants to know that it was read, not from where."""

    link = models.ForeignKey(ShareLink, on_delete=models.CASCADE, related_name="visits")
    at = models.DateTimeField()
    is_pdf = models.BooleanField(default=False)

    class Meta:
        ordering = ["-at", "-id"]


class EditionQuerySet(models.QuerySet["Edition"]):
    def published(self) -> "EditionQuerySet":
        return self.filter(state=EditionState.PUBLISHED)


class Edition(models.Model):
    """Composed on a trame by a Copil, signed and published. Moved through `publication.editions.states` only.

    `content` is a document of `publication.editions.drafts`; `revision` grows with each change. Once published, the
    row and its two files (PDF, document) never change: a correction is the next version.
    """

    release = models.ForeignKey(Release, on_delete=models.PROTECT, related_name="editions")
    trame = models.CharField(max_length=40)
    level = models.CharField(max_length=12)
    code = models.CharField(max_length=9)
    # Of a local plaquette: the structures that it is about, and the figures worked out for those who agreed.
    group = models.OneToOneField(LocalGroup, on_delete=models.PROTECT, null=True, related_name="edition")
    figures = models.ForeignKey(LocalFigures, on_delete=models.PROTECT, null=True, related_name="+")
    state = models.CharField("état", max_length=10, choices=EditionState.choices, default=EditionState.DRAFT)
    content = models.JSONField(default=dict)
    revision = models.PositiveIntegerField(default=0)
    version = models.PositiveSmallIntegerField(null=True)
    slug = models.CharField(max_length=80, unique=True, null=True)
    checksum = models.CharField(max_length=64, blank=True)
    pages = models.PositiveSmallIntegerField(default=0)
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    updated_at = models.DateTimeField()
    published_at = models.DateTimeField("publiée le", null=True)

    objects: ClassVar = EditionQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["level", "code", "trame", "version"],
                condition=Q(version__isnull=False),
                name="one_edition_per_version",
            ),
            models.CheckConstraint(
                name="published_editions_are_whole",
                violation_error_message="Une édition publiée a une adresse, une version, une date et une empreinte.",
                condition=(
                    Q(state=EditionState.PUBLISHED, slug__isnull=False, version__isnull=False)
                    & Q(published_at__isnull=False)
                    & ~Q(checksum="")
                )
                | (
                    ~Q(state=EditionState.PUBLISHED)
                    & Q(slug__isnull=True, version__isnull=True, published_at__isnull=True)
                ),
            ),
            models.CheckConstraint(
                name="local_editions_have_a_group",
                violation_error_message="Une plaquette locale porte sur des structures qui en ont été priées.",
                condition=Q(level__in=LocalLevel.values, group__isnull=False)
                | (~Q(level__in=LocalLevel.values) & Q(group__isnull=True, figures__isnull=True)),
            ),
        ]
        indexes = [models.Index(fields=["level", "code", "state"], name="edition_territory")]

    def __str__(self) -> str:
        return f"{self.trame} {self.level} {self.code}"

    @property
    def home(self) -> tuple[str, str]:
        """(level, code) of the territory whose Copil composes and signs it: a local one is its département's."""
        return ("departement", self.group.departement_id) if self.group else (self.level, self.code)

    @property
    def is_editable(self) -> bool:
        return self.state in {EditionState.DRAFT, EditionState.RETURNED}


class EditionSignature(models.Model):
    """One member's signature of one revision, for the Caf or for the federation; taken back when it is returned."""

    edition = models.ForeignKey(Edition, on_delete=models.CASCADE, related_name="signatures")
    side = models.CharField("au titre de", max_length=12, choices=Side.choices)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    # The document that was on screen (`editions.signing.seal_of`); "" for those given before it was kept.
    seal = models.CharField(max_length=64, blank=True)

    class Meta:
        ordering = ["at", "id"]
        constraints = [models.UniqueConstraint(fields=["edition", "by", "side"], name="signed_once_by_each")]


class EditionEvent(AuditedRow):
    """Each transition and signature of an edition: who, when, why."""

    edition = models.ForeignKey(Edition, on_delete=models.CASCADE, related_name="events")
    transition = models.CharField(max_length=30)
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    reason = WordsField(blank=True)

    class Meta:
        ordering = ["at", "id"]

    def audited(self) -> Told:
        edition = self.edition
        act = f"Édition : {EDITION_EVENTS.get(self.transition, self.transition)}"
        group = edition.group.name if edition.group else ""
        about = told_edition(trame=edition.trame, level=edition.level, code=edition.code, group=group)
        return Told(self.by, act, about, self.reason)


class EditionComment(models.Model):
    """What a member says of a block, or of the whole (no block)."""

    edition = models.ForeignKey(Edition, on_delete=models.CASCADE, related_name="comments")
    block = models.CharField(max_length=40, blank=True)
    text = WordsField("commentaire")
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    settled_at = models.DateTimeField("traité le", null=True)
    settled_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ["at", "id"]
        constraints = [
            models.CheckConstraint(
                name="settled_comments_are_signed",
                violation_error_message="Un commentaire traité porte sa date et son auteur.",
                condition=Q(settled_at__isnull=True, settled_by__isnull=True)
                | Q(settled_at__isnull=False, settled_by__isnull=False),
            )
        ]


class EditionImage(models.Model):
    """A logo or a photo, cleaned; `path` below settings.MEDIA_ROOT."""

    edition = models.ForeignKey(Edition, on_delete=models.CASCADE, related_name="images")
    kind = models.CharField(max_length=8, choices=ImageKind.choices)
    path = models.CharField(max_length=200)
    mime = models.CharField(max_length=20)
    width = models.PositiveSmallIntegerField()
    height = models.PositiveSmallIntegerField()
    alt = WordsLine("texte de remplacement", max_length=300)
    credit = models.CharField("crédit", max_length=120, blank=True)
    added_at = models.DateTimeField()
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                name="images_have_a_text",
                violation_error_message="Une image a un texte de remplacement ; une photo a un crédit.",
                condition=~Q(alt="") & (Q(kind=ImageKind.LOGO) | ~Q(credit="")),
            )
        ]


class Production(models.Model):
    """One run over all fiches and plaquettes of a release. A killed run goes on after `cursor`."""

    release = models.ForeignKey(Release, on_delete=models.CASCADE, related_name="productions")
    total = models.PositiveIntegerField(default=0)
    done = models.PositiveIntegerField(default=0)
    written = models.PositiveIntegerField(default=0)  # the rest was already there, unchanged
    cursor = models.CharField(max_length=40, blank=True)
    # Each start takes the next number: a runner whose number is past stops.
    attempt = models.PositiveSmallIntegerField(default=0)
    error = models.TextField(blank=True)
    started_at = models.DateTimeField()
    started_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    heartbeat_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-started_at", "-id"]

    @property
    def percent(self) -> int:
        return 100 * self.done // self.total if self.total else 0


class ProducedFile(models.Model):
    """A document of a release as produced; `fingerprint` is that of what it was made from."""

    release = models.ForeignKey(Release, on_delete=models.CASCADE, related_name="produced")
    key = models.CharField(max_length=40)  # « fiche/S000123 », « plaquette/departement-59 »
    departement = models.CharField(max_length=3, blank=True, db_index=True)
    fingerprint = models.CharField(max_length=64)
    checksum = models.CharField(max_length=64)
    path = models.CharField(max_length=200)
    pages = models.PositiveSmallIntegerField(default=0)
    faults = models.JSONField(default=list)  # what a person should look at, in French
    built_at = models.DateTimeField()

    class Meta:
        ordering = ["release_id", "key"]
        constraints = [models.UniqueConstraint(fields=["release", "key"], name="one_file_per_document")]


class FailedDocument(models.Model):
    """A document of a release that could not be made the last time it was tried, and why."""

    release = models.ForeignKey(Release, on_delete=models.CASCADE, related_name="failed")
    key = models.CharField(max_length=40)
    departement = models.CharField(max_length=3, blank=True)
    reason = models.TextField()
    at = models.DateTimeField()

    class Meta:
        ordering = ["release_id", "key"]
        constraints = [models.UniqueConstraint(fields=["release", "key"], name="one_failure_per_document")]
