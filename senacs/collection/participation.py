"""Participation is voluntary: a structure declines, says that it is out of scope, comes back, or asks for more time."""

from datetime import date

from django.db import transaction

from senacs.accounts.models import User
from senacs.accounts.permissions import can_enter, can_review, correspondents_of, people_of
from senacs.collection.enums import (
    DECLINE_REASONS,
    OUT_OF_SCOPE_REASONS,
    AbsenceKind,
    AbsenceReason,
    RequestState,
    ResponseState,
)
from senacs.collection.models import Absence, ExtensionRequest, Response, ResponseEvent
from senacs.collection.states import lock
from senacs.lib import clock, mail
from senacs.lib.french import long_date
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
    values = {"kind": kind, "reason": reason, "comment": comment.strip(), "at": clock.now(), "by": by}
    absence, _ = Absence.objects.update_or_create(response=response, defaults=values)
    told = f"{absence.get_reason_display()}. {absence.comment}".strip()
    ResponseEvent.objects.create(response=response, transition=kind.value, at=absence.at, by=by, reason=told)
    return absence


@transaction.atomic
def take_part_again(*, response: Response, by: User) -> None:
    """The structure answers after all; where it never left, nothing happens."""
    response = lock(response)
    if not (can_enter(by, response.structure) or can_review(by, response.structure)):
        raise NotAllowed("Seuls la structure et ses correspondants disent qu’elle participe.")
    deleted, _ = Absence.objects.filter(response=response).delete()
    if deleted:
        ResponseEvent.objects.create(response=response, transition="take_part", at=clock.now(), by=by)


@transaction.atomic
def ask_more_time(*, response: Response, until: date, reason: str, by: User) -> ExtensionRequest:
    """Asks the correspondents for a later day, and writes to them. One request waits at a time."""
    response = lock(response)
    if not can_enter(by, response.structure):
        raise NotAllowed("Seule la structure demande un délai.")
    if response.state != ResponseState.DRAFT or not response.campaign.accepts_entry:
        raise Refused("Un délai se demande avant l’envoi, tant que la campagne reçoit des réponses.")
    if not reason.strip():
        raise Refused("Dites en une phrase pourquoi il vous faut plus de temps.")
    _require_useful(response, until)
    if response.extension_requests.filter(state=RequestState.PENDING).exists():
        raise Refused("Votre demande précédente attend encore une réponse.")
    asked = ExtensionRequest.objects.create(
        response=response, until=until, reason=reason.strip(), at=clock.now(), by=by
    )
    context = {"response": response, "asked": asked, "by": by, "until": long_date(asked.until)}
    letters = [
        mail.write("collection/mail/demande_delai.txt", context, to=person.email)
        for person in correspondents_of(response.structure)
    ]
    mail.send_on_commit(letters)
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
    if is_granted:
        asked.until = until or asked.until
        _require_useful(response, asked.until)
        response.extended_until = asked.until
        response.save(update_fields=["extended_until"])
    asked.state = RequestState.GRANTED if is_granted else RequestState.REFUSED
    asked.answer, asked.decided_at, asked.decided_by = answer.strip(), clock.now(), by
    asked.save(update_fields=["until", "state", "answer", "decided_at", "decided_by"])
    name = "extension_granted" if is_granted else "extension_refused"
    ResponseEvent.objects.create(response=response, transition=name, at=clock.now(), by=by, reason=asked.answer)
    context = {
        "response": response,
        "asked": asked,
        "by": by,
        "until": long_date(asked.until),
        "is_granted": is_granted,
    }
    letters = [
        mail.write("collection/mail/reponse_delai.txt", context, to=person.email)
        for person in people_of(response.structure)
    ]
    mail.send_on_commit(letters)
    return asked


def _require_useful(response: Response, until: date) -> None:
    """A day to come, later than the campaign's, within the time of the control."""
    if until < clock.today() or until <= response.campaign.closes_on:
        raise Refused("Ce jour n’apporte aucun délai : choisissez-en un après la clôture de la saisie.")
    if until > response.campaign.review_ends_on:
        raise Refused("Ce jour dépasse la fin du contrôle : la réponse ne pourrait plus être vérifiée.")


def absence_of(response: Response) -> Absence | None:
    """Why the structure does not take part, if it said so."""
    return Absence.objects.filter(response=response).select_related("by").first()


def delay_asked_for(response: Response) -> ExtensionRequest | None:
    """The request for more time that waits for its answer."""
    return response.extension_requests.filter(state=RequestState.PENDING).select_related("by").first()
