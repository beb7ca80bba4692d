"""Roles and the scopes that they hold on."""

from django.db import models


class Role(models.TextChoices):
    """Who somebody is, by mandate (design §2). The value is stored, the label shown."""

    RESPONSABLE = "responsable", "Responsable de la saisie"
    SUPPLEANT = "suppleant", "Suppléant"
    CORRESPONDANT_CAF = "correspondant_caf", "Correspondant Caf"
    CORRESPONDANT_FEDERAL = "correspondant_federal", "Correspondant fédéral"
    COPIL = "copil", "Membre du comité de pilotage"
    PREPARATION = "preparation", "Personne chargée de la préparation"
    REGIONAL = "regional", "Représentant régional"
    NATIONAL = "national", "Équipe nationale"
    COMITE_TECHNIQUE = "comite_technique", "Comité technique national"


STRUCTURE_ROLES = frozenset({Role.RESPONSABLE, Role.SUPPLEANT})
CORRESPONDENT_ROLES = frozenset({Role.CORRESPONDANT_CAF, Role.CORRESPONDANT_FEDERAL})


# Whoever holds these decides for the whole country: one person proposes, another of the other institution confirms.
TWO_PERSON_ROLES = frozenset({Role.NATIONAL, Role.COMITE_TECHNIQUE})


class Side(models.TextChoices):
    """The two institutions that share every decision."""

    CAF = "caf", "Caf"
    FEDERATION = "federation", "Fédération"


# What each side is called where it speaks for the whole country.
INSTITUTIONS = {Side.CAF: "Cnaf", Side.FEDERATION: "Fcsf"}


class AccessAction(models.TextChoices):
    """What somebody did with individual data, as the ledger tells it to the structures."""

    EXTRACT = "extraction", "Extraction des données brutes du département"
    FICHES = "fiches", "Édition des fiches synthétiques"
    LOCAL = "plaquette_locale", "Calcul des chiffres d’une plaquette locale"
    READING = "lecture", "Lecture motivée ouverte"
    PAGE = "page", "Lecture"
    DOUBTS = "doutes", "Valeurs douteuses d’une publication à signer"


class RightsAct(models.TextChoices):
    """What was done with rights that reach the whole country, or with the protection of somebody's account."""

    INSTALLED = "installation", "Invitation envoyée depuis le serveur"
    PROPOSED = "proposition", "Proposition"
    CONFIRMED = "confirmation", "Confirmation"
    WITHDRAWN = "retrait", "Proposition ou invitation retirée"
    ACCEPTED = "acceptation", "Invitation acceptée"
    ENDED = "fin", "Droits retirés"
    RENEWED = "prolongation", "Mandat prolongé"
    HANDED_OVER = "passation", "Mandat transmis"
    REAFFIRMED = "reconduction", "Mandat confirmé pour l’année"
    FOLLOWED = "suite", "Mandat repris dans la structure qui continue"
    FACTOR_RESET = "second_facteur", "Second facteur remis à zéro"
