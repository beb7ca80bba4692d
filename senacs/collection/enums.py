"""States of a response, and the three things that a value keeps apart."""

from django.db import models


class ResponseState(models.TextChoices):
    DRAFT = "draft", "En cours de saisie"
    SUBMITTED = "submitted", "Envoyée"
    RETURNED = "returned", "Retournée à la structure"
    VALIDATED = "validated", "Validée"


class ValueState(models.TextChoices):
    """An absent code is unanswered; 0 is a value."""

    VALUE = "valeur", "Renseigné"
    NOT_CONCERNED = "non_concerne", "Non concerné"


class Provenance(models.TextChoices):
    DECLARED = "declaree", "Déclarée par la structure"
    ON_BEHALF_CAF = "saisie_caf", "Saisie par la Caf"
    ON_BEHALF_FEDERATION = "saisie_federation", "Saisie par la fédération"
    CARRIED_OVER = "reprise", "Reprise de l'année précédente et confirmée"
    IMPORTED = "importee", "Importée d'un fichier ou de l'API"
    CORRECTED = "corrigee", "Corrigée après une demande"
