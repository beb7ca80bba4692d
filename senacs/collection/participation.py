"""Participation is voluntary: a structure declines, says that it is out of scope, comes back, or asks for more time."""

from datetime import date

from django.db import transaction
from django.urls import reverse

from senacs.accounts.models import User
from senacs.accounts.notices import News, tell, tell_plainly
from senacs.accounts.permissions import can_enter, can_review, correspondents_of, people_of
from senacs.collection.enums import (
    DECLINE_REASONS,
    OUT_OF_SCOPE_REASONS,
    AbsenceKind,
    AbsenceReason,
    Participation,
    RequestState,
    ResponseState,
)
from senacs.collection.extensions import require_useful_day, write_time
from senacs.collection.models import Absence, ExtensionRequest, Response
from senacs.collection.states import apply_to_extension, apply_to_participation, lock, participation_of
from senacs.lib import clock
from senacs.lib.french import inside, long_date
from senacs.lib.refusals import NotAllowed, Refused


@transaction.atomic
def declare_absence(
    *, response: Response, kind: AbsenceKind, reason: AbsenceReason, by: User, comment: str = ""
) -> Absence:
    """Records that the structure does not take part; what it entered stays, and it can come back.

    The structure itself says so, or a correspondent to whom it said so. Raises Refused for a response sent already.
    """
    response = lock(response)
    if not (can_enter(by, response.structure) or can_review(by, response.structure)):
        raise NotAllowed("Seuls la structure et ses correspondants disent qu’elle ne participe pas.")
    if not response.is_editable:
        raise Refused("Cette réponse est envoyée, ou la saisie est close : la participation ne change plus.")
    allowed = DECLINE_REASONS if kind == AbsenceKind.DECLINED else OUT_OF_SCOPE_REASONS
    if reason not in allowed:
        raise Refused("Ce motif ne convient pas : choisissez-en un dans la liste.")
    if reason == AbsenceReason.OTHER and not comment.strip():
        raise Refused("Expliquez cet autre motif en quelques mots.")
    absence = apply_to_participation(response, kind.value, by=by, reason=reason, comment=comment)
    assert absence is not None
    _tell_absence(absence, by)
    return absence


def _tell_absence(absence: Absence, by: User) -> None:
    response = absence.response
    name = response.structure.name
    subject = f"SENACS {response.campaign.year}, {name} : {inside(absence.get_kind_display())}"
    told = f"{by} l’a indiqué pour « {name} », motif : {inside(absence.get_reason_display())}."
    tell_plainly(
        people_of(response.structure),
        News(
            subject=subject,
            told=f"{told} Répondre reste possible.",
            quoted=absence.comment,
            to_do="Votre saisie",
            page=reverse("saisie_dashboard", args=[response.pk]),
            by=by,
        ),
    )
    tell_plainly(
        correspondents_of(response.structure),
        News(
            subject=subject,
            told=told,
            quoted=absence.comment,
            to_do="La réponse",
            page=reverse("suivi_response", args=[response.pk]),
            by=by,
        ),
    )


@transaction.atomic
def take_part_again(*, response: Response, by: User) -> None:
    """The structure answers after all; where it never left, nothing happens."""
    response = lock(response)
    if not (can_enter(by, response.structure) or can_review(by, response.structure)):
        raise NotAllowed("Seuls la structure et ses correspondants disent qu’elle participe.")
    if participation_of(response) != Participation.TAKES_PART:
        apply_to_participation(response, "take_part", by=by)


def may_ask_more_time(response: Response) -> bool:
    """Before anything was sent, while some later day remains: a delay never goes beyond the control."""
    campaign = response.campaign
    return response.state == ResponseState.DRAFT and campaign.accepts_entry and clock.today() <= campaign.review_ends_on


@transaction.atomic
def ask_more_time(*, response: Response, until: date, reason: str, by: User) -> ExtensionRequest:
    """Asks the correspondents for a later day, and writes to them. One request waits at a time."""
    response = lock(response)
    if not can_enter(by, response.structure):
        raise NotAllowed("Seule la structure demande un délai.")
    if not may_ask_more_time(response):
        raise Refused("Un délai se demande avant l’envoi, tant que la campagne reçoit des réponses.")
    if not reason.strip():
        raise Refused("Dites en une phrase pourquoi il vous faut plus de temps.")
    require_useful_day(response.campaign, until)
    if response.extension_requests.filter(state=RequestState.PENDING).exists():
        raise Refused("Votre demande précédente attend encore une réponse.")
    asked = ExtensionRequest.objects.create(
        response=response, until=until, reason=reason.strip(), at=clock.now(), by=by
    )
    context = {"response": response, "asked": asked, "by": by, "until": long_date(asked.until)}
    page = reverse("suivi_response", args=[response.pk])
    tell(correspondents_of(response.structure), "collection/mail/demande_delai.txt", context, page=page, by=by)
    return asked


@transaction.atomic
def decide_extension(
    *, asked: ExtensionRequest, is_granted: bool, by: User, until: date | None = None, answer: str = ""
) -> ExtensionRequest:
    """A correspondent grants more time (until the day asked, or another) or refuses; the structure is written to."""
    response = lock(asked.response)
    if not can_review(by, response.structure):
        raise NotAllowed("Seuls les correspondants de la structure accordent un délai.")
    asked = ExtensionRequest.objects.select_for_update().get(pk=asked.pk)
    if asked.state != RequestState.PENDING:
        raise Refused("Cette demande a déjà sa réponse.")
    if not is_granted and not answer.strip():
        raise Refused("Dites pourquoi le délai est refusé.")
    day = (until or asked.until) if is_granted else asked.until
    if is_granted:
        write_time(campaign=response.campaign, structure=response.structure, until=day, reason=asked.reason, by=by)
    apply_to_extension(asked, "grant" if is_granted else "refuse", by=by, until=day, answer=answer)
    context = {
        "response": response,
        "asked": asked,
        "by": by,
        "until": long_date(asked.until),
        "is_granted": is_granted,
    }
    page = reverse("saisie_dashboard", args=[response.pk])
    tell(people_of(response.structure), "collection/mail/reponse_delai.txt", context, page=page, by=by)
    name = response.structure.name
    tell_plainly(
        correspondents_of(response.structure),
        News(
            subject=f"SENACS {response.campaign.year}, {name} : délai {'accordé' if is_granted else 'refusé'}",
            told=f"{by} répond à la demande de délai de « {name} » : "
            + (f"accordé jusqu’au {long_date(asked.until)}." if is_granted else "refusé."),
            quoted=answer,
            to_do="La réponse",
            page=reverse("suivi_response", args=[response.pk]),
            by=by,
        ),
    )
    return asked


def absence_of(response: Response) -> Absence | None:
    """Why the structure does not take part, if it said so."""
    return Absence.objects.filter(response=response).select_related("by").first()


def delay_asked_for(response: Response) -> ExtensionRequest | None:
    """The request for more time that waits for its answer."""
    return response.extension_requests.filter(state=RequestState.PENDING).select_related("by").first()
