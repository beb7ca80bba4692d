"""What a response is, told the same everywhere: in the title, beside the answers, and as the reason nothing changes."""

from dataclasses import dataclass

from django.urls import reverse

from senacs.accounts.models import User
from senacs.accounts.permissions import can_enter, can_enter_on_behalf
from senacs.campaigns.enums import Phase
from senacs.collection.enums import ResponseState
from senacs.collection.models import Response
from senacs.collection.on_behalf import entered_for
from senacs.collection.participation import absence_of
from senacs.collection.proposals import proposals_waiting
from senacs.lib import clock
from senacs.lib.french import inside, long_date, moment, plural
from senacs.review.enums import FlagOrigin, QueryState
from senacs.review.services import takes_explanations


@dataclass(frozen=True, slots=True)
class ResponseStanding:
    """`reason` says why nothing can be written; blank while the person may."""

    title: str
    reason: str
    note: str = ""  # what it is besides, while it may be written

    @property
    def may_write(self) -> bool:
        return not self.reason


def standing_of(response: Response, user: User) -> ResponseStanding:
    """Where the response stands for this person, now."""
    title, reason = _of_response(response)
    absence = None if reason else absence_of(response)
    is_theirs = can_enter(user, response.structure) or can_enter_on_behalf(user, response.structure)
    if not reason and not is_theirs:
        reason = "Vous lisez ces réponses ; seule la structure les écrit."
    if absence is None:
        return ResponseStanding(title, reason)
    note = f"Dit le {long_date(absence.at)} : {inside(absence.get_reason_display())}. Répondre reste possible."
    return ResponseStanding(absence.get_kind_display(), reason, note)


def _of_response(response: Response) -> tuple[str, str]:
    """Title, and why it is closed to everyone; the entry is open when `is_editable` says so, and only then."""
    campaign = response.campaign
    if response.state == ResponseState.VALIDATED and response.validated_at:
        return "Réponse validée", f"Cette réponse est validée depuis le {long_date(response.validated_at)}."
    if response.state == ResponseState.SUBMITTED and response.submitted_at:
        return "Réponse envoyée", f"Cette réponse est envoyée depuis le {moment(response.submitted_at)}."
    if not campaign.accepts_entry and campaign.phase != Phase.PREPARATION:
        return "Saisie fermée", f"La {str(campaign).lower()} est close : les réponses ne changent plus."
    if campaign.phase == Phase.PREPARATION:
        return "Saisie à venir", f"La saisie ouvrira le {long_date(campaign.opens_on)}."
    if not response.is_editable:
        return "Saisie fermée", f"{response.closed_since}."
    if response.state == ResponseState.RETURNED:
        return "Réponse à corriger", ""
    return ("Saisie en cours" if response.revision else "Saisie à commencer"), ""


def deadline_of(response: Response) -> str:
    """What the calendar says to a structure that has no day left to count."""
    campaign = response.campaign
    if campaign.phase == Phase.PREPARATION:
        return f"La saisie ouvrira le {long_date(campaign.opens_on)}."
    if response.is_editable:
        return f"À renvoyer avant la fin du contrôle, le {long_date(campaign.review_ends_on)}."
    if campaign.phase == Phase.SAISIE and clock.today() <= campaign.closes_on:
        return f"La saisie reste ouverte jusqu’au {long_date(campaign.closes_on)}."
    return f"{response.closed_since}."


@dataclass(frozen=True, slots=True)
class Awaited:
    """One thing that waits for the structure: what, how many, where."""

    text: str
    url: str


def awaited_from(response: Response) -> list[Awaited]:
    """What the structure has to answer, the most pressing first."""
    demandes = reverse("saisie_queries", args=[response.pk])
    entries = sum(entry.opinion is None for entry in entered_for(response))
    atypical = response.flags.open().filter(origin=FlagOrigin.ATYPICAL) if takes_explanations(response) else ()
    proposed = proposals_waiting(response) if response.is_editable else 0
    counted = (
        (response.queries.filter(state=QueryState.OPEN).count(), "demande de vos correspondants",
         "demandes de vos correspondants", demandes),
        (len(atypical), "valeur à confirmer", "valeurs à confirmer",
         demandes),
        (entries, "valeur saisie pour vous, à examiner", "valeurs saisies pour vous, à examiner",
         reverse("saisie_on_behalf", args=[response.pk])),
        (proposed, "valeur proposée par votre logiciel", "valeurs proposées par votre logiciel",
         reverse("saisie_proposals", args=[response.pk])),
    )  # fmt: skip
    return [Awaited(plural(count, one, many), url) for count, one, many, url in counted if count]
