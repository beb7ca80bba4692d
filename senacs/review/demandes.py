"""Queries at a cell: a correspondent asks and closes, the structure answers or accepts the value proposed."""

from collections.abc import Iterable

from django.db import transaction
from django.urls import reverse

from senacs.accounts.models import User
from senacs.accounts.notices import tell
from senacs.accounts.permissions import can_enter, can_review, correspondents_of, people_of
from senacs.collection.enums import Provenance, ResponseState
from senacs.collection.models import Response
from senacs.collection.queries import compiled_of
from senacs.collection.services import save_values
from senacs.collection.states import lock
from senacs.lib import clock
from senacs.lib.refusals import NotAllowed, Refused
from senacs.questionnaire.engine.schema import Field
from senacs.questionnaire.engine.values import InputError, parse_input
from senacs.review.doubtful_cells import settle_cells
from senacs.review.enums import QueryState
from senacs.review.flag_refresh import refresh_flags
from senacs.review.models import Query, QueryMessage
from senacs.review.queries import QUERY_REMINDED_AFTER
from senacs.review.states import apply_to_query


@transaction.atomic
def open_query(*, response: Response, field_code: str, by: User, text: str, proposal: str = "") -> Query:
    """Asks about one cell, possibly with the value that would be right; the structure is written to.

    Raises NotAllowed, and Refused when the field does not exist, the message is empty, the proposal cannot be read, or
    a query stands at this cell already.
    """
    response = lock(response)
    if not can_review(by, response.structure):
        raise NotAllowed("Seuls les correspondants de la structure ouvrent une demande.")
    if response.state == ResponseState.VALIDATED:
        raise Refused("Cette réponse est validée : rouvrez-la pour poser une question.")
    field = _field(response, field_code)
    if response.queries.standing().filter(field_code=field_code).exists():
        raise Refused("Une demande est déjà ouverte sur cette réponse.")
    _check(field, text, proposal)
    if not text.strip() and not proposal.strip():
        raise Refused("Écrivez votre question, ou proposez une valeur.")
    query = Query.objects.create(response=response, field_code=field_code, opened_by=by, opened_at=clock.now())
    message = _say(query, by, text, proposal)
    _write(response, field, message, people_of(response.structure), _of_structure(response))
    return query


@transaction.atomic
def answer_query(*, query: Query, by: User, text: str) -> Query:
    """The structure answers; the correspondents are written to."""
    response, query = _locked(query)
    if not can_enter(by, response.structure):
        raise NotAllowed("Seule la structure répond à une demande.")
    field = _field(response, query.field_code)
    _check(field, text, "")
    if not text.strip():
        raise Refused("Écrivez votre réponse.")
    apply_to_query(query, "answer", by=by)
    message = _say(query, by, text, "")
    _write(response, field, message, correspondents_of(response.structure), _of_control(response, field))
    return query


@transaction.atomic
def accept_proposal(*, query: Query, by: User, text: str = "") -> Query:
    """The structure accepts the value last proposed: it is saved as corrected after a query, and the query answered.

    Raises Refused when nothing is proposed, or with the reason for which the value cannot be saved.
    """
    response, query = _locked(query)
    if not can_enter(by, response.structure):
        raise NotAllowed("Seule la structure accepte une valeur proposée.")
    proposal = proposal_of(query)
    if proposal is None:
        raise Refused("Aucune valeur n’est proposée.")
    apply_to_query(query, "answer", by=by)
    saved = save_values(
        response=response,
        inputs={query.field_code: proposal.proposal},
        by=by,
        provenance=Provenance.CORRECTED,
        reason=f"Valeur proposée par {proposal.by.get_full_name()} et acceptée par la structure",
    )
    if saved.refused:
        raise Refused(saved.refused[query.field_code])
    message = QueryMessage.objects.create(
        query=query, by=by, at=clock.now(), text=text.strip(), proposal=proposal.proposal, is_acceptance=True
    )
    refresh_flags(response=saved.response)
    settle_cells(saved.response)
    field = _field(response, query.field_code)
    _write(response, field, message, correspondents_of(response.structure), _of_control(response, field))
    return query


@transaction.atomic
def ask_again(*, query: Query, by: User, text: str, proposal: str = "") -> Query:
    """A correspondent is not satisfied: the query waits for the structure again."""
    response, query = _locked(query)
    _require_review(by, response)
    field = _field(response, query.field_code)
    _check(field, text, proposal)
    if not text.strip() and not proposal.strip():
        raise Refused("Écrivez ce qui reste à préciser.")
    apply_to_query(query, "ask_again", by=by)
    message = _say(query, by, text, proposal)
    _write(response, field, message, people_of(response.structure), _of_structure(response))
    return query


@transaction.atomic
def close_query(*, query: Query, by: User) -> Query:
    """Either correspondent closes; the thread stays readable."""
    response, query = _locked(query)
    _require_review(by, response)
    return apply_to_query(query, "close", by=by)


@transaction.atomic
def remind_query(*, query: Query, by: User) -> Query:
    """Writes again to the structure about a query without an answer; Refused within three days of the last letter."""
    response, query = _locked(query)
    _require_review(by, response)
    if query.state != QueryState.OPEN:
        raise Refused("La structure a déjà répondu à cette demande.")
    last = query.reminded_at or query.messages.latest("at").at
    if clock.now() - last < QUERY_REMINDED_AFTER:
        raise Refused("La structure a reçu cette demande il y a moins de trois jours.")
    query.reminded_at = clock.now()
    query.save(update_fields=["reminded_at"])
    message = query.messages.latest("at")
    _write(
        response, _field(response, query.field_code), message, people_of(response.structure), _of_structure(response)
    )
    return query


def proposal_of(query: Query) -> QueryMessage | None:
    """The value last proposed, None once it was accepted or if there is none."""
    last = query.messages.exclude(proposal="").select_related("by").order_by("-at", "-id").first()
    return None if last is None or last.is_acceptance else last


def _require_review(by: User, response: Response) -> None:
    if not can_review(by, response.structure):
        raise NotAllowed("Seuls les correspondants de la structure suivent cette demande.")


def _locked(query: Query) -> tuple[Response, Query]:
    response = lock(query.response)
    query = Query.objects.get(pk=query.pk)
    query.response = response
    return response, query


def _field(response: Response, code: str) -> Field:
    field = compiled_of(response).questionnaire.fields.get(code)
    if field is None:
        raise Refused("Cette question n’est pas dans le questionnaire.")
    return field


def _check(field: Field, text: str, proposal: str) -> None:
    if not proposal.strip():
        return
    if field.is_computed:
        raise Refused("Ce total est calculé : proposez plutôt une valeur pour l’une de ses parties.")
    try:
        parse_input(field, proposal)
    except InputError as error:
        raise Refused(f"La valeur proposée ne convient pas : {error}") from error


def _say(query: Query, by: User, text: str, proposal: str) -> QueryMessage:
    return QueryMessage.objects.create(query=query, by=by, at=clock.now(), text=text.strip(), proposal=proposal.strip())


def _of_structure(response: Response) -> str:
    return reverse("saisie_queries", args=[response.pk])


def _of_control(response: Response, field: Field) -> str:
    return reverse("suivi_cell", args=[response.pk, field.code])


def _write(response: Response, field: Field, message: QueryMessage, to: Iterable[User], page: str) -> None:
    """A letter to each of them, with the address of their own page on this demand."""
    context = {"response": response, "field": field, "message": message, "by": message.by, "page": page}
    tell(to, "review/mail/demande.txt", context, page=page, by=message.by)
