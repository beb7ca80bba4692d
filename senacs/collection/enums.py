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
    CARRIED_OVER = "reprise", "Reprise de l’année précédente et confirmée"
    IMPORTED = "importee", "Importée d’un fichier ou de l’API"
    CORRECTED = "corrigee", "Corrigée après une demande"
    REGISTER = "registre", "Connue du registre et confirmée à l’envoi"


class ProposalState(models.TextChoices):
    PENDING = "pending", "À examiner"
    ACCEPTED = "accepted", "Acceptée"
    REFUSED = "refused", "Refusée"
    REPLACED = "replaced", "Remplacée par une proposition plus récente"


class Participation(models.TextChoices):
    """Whether a structure takes part; the last two are kept as an `Absence`, whose kinds they are."""

    TAKES_PART = "takes_part", "Participe"
    DECLINED = "declined", "Ne participe pas cette année"
    OUT_OF_SCOPE = "out_of_scope", "Hors du champ de l’enquête"


class AbsenceKind(models.TextChoices):
    DECLINED = "declined", "Ne participe pas cette année"
    OUT_OF_SCOPE = "out_of_scope", "Hors du champ de l’enquête"


class AbsenceReason(models.TextChoices):
    NO_TIME = "no_time", "Pas le temps ou pas les moyens"
    NO_DATA = "no_data", "Les données manquent cette année"
    TURNOVER = "turnover", "Changement de direction ou poste vacant"
    NO_INTEREST = "no_interest", "Ne souhaite pas répondre à l’enquête"
    CLOSED = "closed", "La structure a fermé"
    NO_AGREMENT = "no_agrement", "Plus d’agrément, ou pas encore"
    MERGED = "merged", "Fusionnée avec une autre structure, qui répond pour les deux"
    NO_ACTIVITY = "no_activity", "Aucune activité dans l’année des données"
    OTHER = "other", "Autre motif"


# Which reasons say which kind of absence.
DECLINE_REASONS = (
    AbsenceReason.NO_TIME,
    AbsenceReason.NO_DATA,
    AbsenceReason.TURNOVER,
    AbsenceReason.NO_INTEREST,
    AbsenceReason.OTHER,
)
OUT_OF_SCOPE_REASONS = (
    AbsenceReason.CLOSED,
    AbsenceReason.NO_AGREMENT,
    AbsenceReason.MERGED,
    AbsenceReason.NO_ACTIVITY,
    AbsenceReason.OTHER,
)


class RequestState(models.TextChoices):
    PENDING = "pending", "En attente"
    GRANTED = "granted", "Accordée"
    REFUSED = "refused", "Refusée"


class EntryVerdict(models.TextChoices):
    ACCEPTED = "accepted", "Acceptée"
    CONTESTED = "contested", "Contestée"


# What the history of a response and the journal of acts call each event.
EVENT_LABELS = {
    "submit": "Envoyée",
    "take_back": "Reprise par la structure",
    "return": "Retournée",
    "validate": "Validée",
    "reopen": "Rouverte",
    "contest": "Contestée",
    "withdraw_contest": "Contestation retirée",
    "approve": "Accord donné",
    "silence": "Sans réponse de l’autre correspondant",
    "on_behalf": "Saisie pour le compte de la structure",
    "declined": "Ne participe pas",
    "out_of_scope": "Hors du champ de l’enquête",
    "take_part": "Participe de nouveau",
    "extension_granted": "Délai accordé",
    "extension_refused": "Délai refusé",
    "erased": "Brouillon jamais envoyé, effacé",
}
