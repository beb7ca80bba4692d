"""States of an edition and of an agreement, kinds of images, scales of a local plaquette."""

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


class LocalLevel(models.TextChoices):
    COMMUNE = "commune", "Une commune"
    EPCI = "epci", "Une intercommunalité"
    GROUPE = "groupe", "Un groupe de structures"


class AgreementState(models.TextChoices):
    ASKED = "asked", "En attente de la structure"
    ACCEPTED = "accepted", "D’accord"
    DECLINED = "declined", "Refusé ou retiré"


# What the journal of acts calls each event of an edition.
EDITION_EVENTS = {
    "submit": "soumise au comité",
    "sign": "signée des deux côtés",
    "sign-caf": "signée pour la Caf",
    "sign-federation": "signée pour la fédération",
    "return": "renvoyée à la rédaction",
    "publish": "publiée",
}
