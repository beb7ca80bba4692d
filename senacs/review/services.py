"""What happens between the structure and its correspondents: sent, explained, returned, contested."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.urls import reverse

from senacs.accounts.models import User
from senacs.accounts.notices import News, tell, tell_plainly
from senacs.accounts.permissions import can_enter, can_review, correspondents_of, people_of
from senacs.collection import states
from senacs.collection.enums import ResponseState
from senacs.collection.models import Response, ResponseEvent
from senacs.collection.participation import take_part_again
from senacs.collection.queries import Environment, compiled_of, environment
from senacs.collection.receipts import issue_receipt
from senacs.collection.register_corrections import propose_corrections
from senacs.collection.services import confirm_known
from senacs.lib import clock, nominative
from senacs.lib.french import inside, plural
from senacs.lib.refusals import NotAllowed, Refused
from senacs.questionnaire.engine.schema import Field, Question
from senacs.review.doubtful_cells import settle_cells
from senacs.review.enums import FlagOrigin, FlagSeverity, FlagState
from senacs.review.flag_refresh import Refreshed, refresh_flags
from senacs.review.models import Flag
from senacs.review.permissions import can_contest, can_judge, can_withdraw_contest
from senacs.review.seen import require_seen
from senacs.review.states import apply as apply_to_flag

__all__ = [
    "MissingAnswers",
    "Refreshed",
    "accept_justification",
    "contest_response",
    "control_has_begun",
    "justify_flag",
    "missing_answers",
    "pass_flag",
    "refresh_flags",
    "reject_justification",
    "reopen_response",
    "return_response",
    "submit_response",
    "take_back_response",
    "withdraw_contest",
    "write_to_structure",
]

# A table that lacks more is told by their number.
MOST_CELLS_NAMED = 4


@dataclass(frozen=True, slots=True)
class MissingAnswers:
    """The required fields of one question that this structure sees and has not answered."""

    question: Question
    fields: tuple[Field, ...]

    @property
    def text(self) -> str:
        """« Salariés par genre : femmes, hommes »: the question, and which of its cells when it is a table."""
        if self.question.grid is None:
            return self.question.label
        if len(self.fields) > MOST_CELLS_NAMED:
            return f"{self.question.label} : {plural(len(self.fields), 'case')}"
        return f"{self.question.label} : {' ; '.join(inside(field.caption) for field in self.fields)}"


def missing_answers(response: Response, at: Environment | None = None) -> list[MissingAnswers]:
    """What is required and unanswered, a question after the other in the questionnaire's order."""
    compiled = compiled_of(response)
    at = at or environment(response)
    fields, questions = compiled.questionnaire.fields, compiled.questionnaire.questions
    by_question: dict[str, list[Field]] = {}
    for code in compiled.missing_required(at.env, at.context, at.previous):
        by_question.setdefault(fields[code].question, []).append(fields[code])
    return [MissingAnswers(questions[code], tuple(found)) for code, found in by_question.items()]


@transaction.atomic
def submit_response(*, response: Response, by: User) -> Response:
    """Sends a response to the correspondents; gives the row as it now is.

    Raises Refused with the list in `details`, and in this order, when required fields are unanswered, a text holds a
    social security number, a blocking flag stands, or a flag to justify has no explanation.
    """
    response = states.lock(response)
    if not can_enter(by, response.structure):
        raise NotAllowed("Seule la structure envoie sa réponse.")
    at = environment(response)
    refresh_flags(response=response, at=at)
    if missing := missing_answers(response, at):
        number = sum(len(one.fields) for one in missing)
        raise Refused(
            f"Il manque {plural(number, 'réponse obligatoire', 'réponses obligatoires')}.", [m.text for m in missing]
        )
    if nominative := _texts_with_nir(response):
        raise Refused("Un numéro de sécurité sociale ne peut pas être envoyé.", nominative)
    open_flags = response.flags.open()
    if blocking := list(open_flags.filter(severity=FlagSeverity.BLOCKING)):
        raise Refused("Des réponses se contredisent : corrigez-les.", [flag.message for flag in blocking])
    if unexplained := list(open_flags.filter(severity=FlagSeverity.TO_JUSTIFY)):
        raise Refused("Des points demandent une explication.", [flag.message for flag in unexplained])
    take_part_again(response=response, by=by)
    confirm_known(response=response, by=by)
    response = states.apply(response, "submit", by=by)
    issue_receipt(response=response, by=by)
    propose_corrections(response=response, by=by)
    tell_plainly(
        correspondents_of(response.structure),
        News(
            subject=f"{heading(response)} : réponse envoyée",
            told=f"La réponse de « {response.structure.name} » est envoyée : elle attend votre contrôle.",
            to_do="La lire",
            page=control_page(response),
            by=by,
            can_wait=True,
        ),
    )
    return response


def control_has_begun(response: Response) -> bool:
    """Whether a correspondent has acted on the response since it was sent; reading it is no act."""
    sent_at = response.submitted_at
    if sent_at is None:
        return False
    waived = Q(caf_at__gte=sent_at) | Q(federation_at__gte=sent_at)
    judged = Q(state__in=[FlagState.ACCEPTED, FlagState.WAIVED], updated_at__gte=sent_at)
    return (
        response.queries.filter(Q(opened_at__gte=sent_at) | Q(closed_at__gte=sent_at)).exists()
        or response.approvals.exists()
        or response.waivers.filter(waived).exists()
        or response.flags.filter(judged).exists()
        or response.events.filter(at__gte=sent_at).exclude(transition="submit").exists()
    )


@transaction.atomic
def take_back_response(*, response: Response, by: User) -> Response:
    """The structure takes back what it has sent, to go on with it; Refused once the control has begun."""
    response = states.lock(response)
    if not can_enter(by, response.structure):
        raise NotAllowed("Seule la structure reprend sa réponse.")
    if control_has_begun(response):
        raise Refused("Un correspondant a commencé le contrôle : demandez-lui de vous retourner la réponse.")
    return states.apply(response, "take_back", by=by)


def _texts_with_nir(response: Response) -> list[str]:
    fields = compiled_of(response).questionnaire.fields
    return [
        fields[code].label
        for code, stored in response.values.items()
        if code in fields and isinstance(stored["valeur"], str) and nominative.contains_nir(stored["valeur"])
    ]


def takes_explanations(response: Response) -> bool:
    """An atypical value is asked about after the response was sent: to confirm it changes nothing in the answers."""
    return response.is_editable or response.state == ResponseState.SUBMITTED


@transaction.atomic
def justify_flag(*, flag: Flag, by: User, text: str) -> Flag:
    """The structure explains a flag. Raises Refused for a blocking one, an empty text, or a response sent already."""
    response, flag = _locked(flag)
    if not can_enter(by, response.structure):
        raise NotAllowed("Seule la structure explique ses réponses.")
    is_asked_later = flag.origin == FlagOrigin.ATYPICAL and takes_explanations(response)
    if not (response.is_editable or is_asked_later):
        raise Refused("Cette réponse est envoyée : elle ne change plus, sauf si un correspondant la retourne.")
    if flag.severity == FlagSeverity.BLOCKING:
        raise Refused("Ce point ne se justifie pas : l’une des réponses est à corriger.")
    if not text.strip():
        raise Refused("Écrivez une explication.")
    apply_to_flag(flag, "justify")
    flag.justification, flag.justified_by, flag.justified_at = text.strip(), by, clock.now()
    flag.save(update_fields=["state", "justification", "justified_by", "justified_at", "updated_at"])
    return flag


def accept_justification(*, flag: Flag, by: User, seen: str | None = None) -> Flag:
    """A correspondent accepts the explanation; `seen` seals what they read (`review.seen`)."""
    return _judge(flag, "accept", by, seen)


@transaction.atomic
def accept_justifications(*, response: Response, by: User, seen: str | None = None) -> list[Flag]:
    """Accepts every explanation that waits on a response and stood on the page that `seen` seals."""
    response = states.lock(response)
    if not can_review(by, response.structure):
        raise NotAllowed("Seuls les correspondants de la structure acceptent ou refusent une explication.")
    require_seen(response, seen)
    waiting = response.flags.filter(state=FlagState.JUSTIFIED).order_by("pk")
    return [_judge(flag, "accept", by) for flag in waiting]


def reject_justification(*, flag: Flag, by: User, seen: str | None = None) -> Flag:
    """A correspondent finds the explanation insufficient: the flag is open again, and prevents validation."""
    return _judge(flag, "reject", by, seen)


@transaction.atomic
def pass_flag(*, flag: Flag, by: User, reason: str, seen: str | None = None) -> Flag:
    """A correspondent passes over a point that is not blocking, and says why; the structure can read it."""
    response, flag = _locked(flag)
    if not can_judge(by, flag):
        raise NotAllowed("Seuls les correspondants de la structure passent outre.")
    require_seen(response, seen)
    if flag.severity == FlagSeverity.BLOCKING:
        raise Refused("Un point bloquant se corrige, ou se lève à deux.")
    apply_to_flag(flag, "pass", reason=reason)
    flag.justification, flag.justified_by, flag.justified_at = reason.strip(), by, clock.now()
    flag.save(update_fields=["state", "justification", "justified_by", "justified_at", "updated_at"])
    settle_cells(response)
    return flag


@transaction.atomic
def _judge(flag: Flag, name: str, by: User, seen: str | None = None) -> Flag:
    response, flag = _locked(flag)
    if not can_judge(by, flag):
        raise NotAllowed("Seuls les correspondants de la structure acceptent ou refusent une explication.")
    require_seen(response, seen)
    apply_to_flag(flag, name)
    flag.save(update_fields=["state", "updated_at"])
    settle_cells(flag.response)
    return flag


def _locked(flag: Flag) -> tuple[Response, Flag]:
    response = states.lock(flag.response)
    flag = Flag.objects.get(pk=flag.pk)
    flag.response = response
    return response, flag


@transaction.atomic
def return_response(*, response: Response, by: User, reason: str) -> Response:
    """Gives a response back to the structure with what is to be seen again, and writes to its people."""
    return _give_back(response, "return", by, reason)


@transaction.atomic
def reopen_response(*, response: Response, by: User, reason: str) -> Response:
    """Takes a validation back: the structure can correct, and the reason stays in the history."""
    return _give_back(response, "reopen", by, reason)


def _give_back(response: Response, name: str, by: User, reason: str) -> Response:
    response = states.apply(response, name, by=by, reason=reason)
    response.approvals.all().delete()
    settle_cells(response)
    flags = list(response.flags.open().exclude(severity=FlagSeverity.INFORMATION))
    context = {"by": by, "reason": reason.strip(), "flags": flags}
    write_to_structure(response, "review/mail/retour.txt", context, page=reverse("saisie_review", args=[response.pk]))
    done = "retournée à la structure" if name == "return" else "rouverte"
    tell_pair(response, f"réponse {done}", f"La réponse de « {response.structure.name} » est {done}.", by, reason)
    return response


@transaction.atomic
def contest_response(*, response: Response, by: User, reason: str) -> Response:
    """Says that a sent response is not agreed on: from then, validation takes both correspondents (charte 2.2)."""
    response = states.lock(response)
    if not can_contest(by, response):
        raise NotAllowed("Seuls la structure et ses correspondants peuvent contester une réponse.")
    if response.state != ResponseState.SUBMITTED:
        raise Refused("Seule une réponse envoyée et pas encore validée peut être contestée.")
    if not reason.strip():
        raise Refused("Dites ce qui est contesté.")
    return _set_contested(response, contested=True, by=by, reason=reason)


@transaction.atomic
def withdraw_contest(*, response: Response, by: User) -> Response:
    """The person who contested agrees again; one correspondent then validates alone."""
    response = states.lock(response)
    if not response.is_contested:
        raise Refused("Cette réponse n’est pas contestée.")
    if not can_withdraw_contest(by, response):
        raise NotAllowed("Seule la personne qui a contesté cette réponse retire sa contestation.")
    return _set_contested(response, contested=False, by=by, reason="")


def _set_contested(response: Response, *, contested: bool, by: User, reason: str) -> Response:
    response.is_contested = contested
    response.save(update_fields=["is_contested"])
    name = "contest" if contested else "withdraw_contest"
    ResponseEvent.objects.create(response=response, transition=name, at=clock.now(), by=by, reason=reason.strip())
    done = "réponse contestée" if contested else "contestation retirée"
    told = f"{by} conteste la réponse de « {response.structure.name} » : sa validation demande les deux accords."
    if not contested:
        told = f"{by} ne conteste plus la réponse de « {response.structure.name} » : un seul accord suffit."
    tell_pair(response, done, told, by, reason)
    tell_plainly(
        people_of(response.structure),
        News(
            subject=f"{heading(response)} : {done}",
            told=told,
            quoted=reason,
            to_do="Votre réponse",
            page=reverse("saisie_dashboard", args=[response.pk]),
            by=by,
        ),
    )
    return response


def write_to_structure(
    response: Response, template: str, context: Mapping[str, Any], *, page: str, by: User | None = None
) -> None:
    """A letter to the people of the structure, once the transaction is through."""
    tell(people_of(response.structure), template, {"response": response, **context}, page=page, by=by)


def tell_pair(response: Response, subject: str, told: str, by: User, reason: str = "") -> None:
    """What one does that binds the other, the other is told (design §2)."""
    tell_plainly(
        correspondents_of(response.structure),
        News(
            subject=f"{heading(response)} : {subject}",
            told=told,
            quoted=reason,
            to_do="La réponse",
            page=control_page(response),
            by=by,
        ),
    )


def heading(response: Response) -> str:
    """How the subject of a letter on a response begins."""
    return f"SENACS {response.campaign.year}, {response.structure.name}"


def control_page(response: Response) -> str:
    return reverse("suivi_response", args=[response.pk])
