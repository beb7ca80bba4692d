"""States of an edition, kinds of its images."""

from django.db import models


class EditionState(models.TextChoices):
    DRAFT = "draft", "Brouillon"
    SUBMITTED = "submitted", "Soumise au comité de pilotage"
    SIGNED = "signed", "Signée par la Caf et la fédération"
    RETURNED = "returned", "Renvoyée à la rédaction"
    PUBLISHED = "published", "Publiée"


class ImageKind(models.TextChoices):
    LOGO = "logo", "Logo"
    PHOTO = "photo", "Photo"
