"""Documents made from a release: plaquettes; fiches, their texts and the links by which structures share them."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

from senacs.observatory.models import Release
from senacs.structures.models import Structure


class Plaquette(models.Model):
    """The booklet of one territory for one release, as built: file, checksum, version of the trame."""

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
    text = models.TextField("texte", blank=True)
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
    purpose = models.CharField("pour qui", max_length=120)
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
