"""The states of a response, of what software proposes to it, of its part in the campaign: a table and a door each."""

from collections.abc import Iterable
from datetime import date

from django.db import transaction
from django.db.models import QuerySet

from senacs.accounts.enums import CORRESPONDENT_ROLES, STRUCTURE_ROLES
from senacs.accounts.models import User
from senacs.accounts.permissions import roles_on
from senacs.collection.enums import AbsenceReason, Participation, ProposalState, RequestState, ResponseState
from senacs.collection.models import Absence, ExtensionRequest, Proposal, Response, ResponseEvent
from senacs.lib import clock, states
from senacs.lib.prepared_reads import Prepared
from senacs.lib.refusals import NotAllowed, Refused
from senacs.lib.states import Transition

DRAFT, SUBMITTED, RETURNED, VALIDATED = (
    ResponseState.DRAFT,
    ResponseState.SUBMITTED,
    ResponseState.RETURNED,
    ResponseState.VALIDATED,
)

TRANSITIONS = (
    Transition("submit", frozenset({DRAFT, RETURNED}), SUBMITTED, STRUCTURE_ROLES, "Envoyer"),
    Transition("take_back", frozenset({SUBMITTED}), DRAFT, STRUCTURE_ROLES, "Reprendre"),
    Transition("return", frozenset({SUBMITTED}), RETURNED, CORRESPONDENT_ROLES, "Retourner", needs_reason=True),
    Transition("validate", frozenset({SUBMITTED}), VALIDATED, CORRESPONDENT_ROLES, "Valider"),
    Transition("reopen", frozenset({VALIDATED}), RETURNED, CORRESPONDENT_ROLES, "Rouvrir", needs_reason=True),
)


def _holding() -> QuerySet[Response]:
    # The questionnaire's document is large and cached elsewhere, by checksum.
    return (
        Response.objects.select_for_update(of=("self",))
        .select_related("campaign__version", "structure", "invited")
        .defer("campaign__version__document")
        .order_by("pk")
    )


def _held(pk: int) -> QuerySet[Response]:
    return _holding().filter(pk=pk)


_prepared = Prepared(_held)


def lock(response: Response) -> Response:
    """The row as it stands, held until the transaction ends; its campaign and structure come with it."""
    return lock_by_key(response.pk)


def lock_by_key(pk: int) -> Response:
    """The same for a row not read yet. Raises Response.DoesNotExist."""
    if not transaction.get_connection().in_atomic_block:
        raise transaction.TransactionManagementError("a response is held within a transaction")
    response = _prepared.first(pk)
    if response is None:
        raise Response.DoesNotExist
    return response


def lock_all(pks: list[int]) -> dict[int, Response]:
    """The same for several rows, by key and in the order of their keys. Raises Response.DoesNotExist if one is gone."""
    if not transaction.get_connection().in_atomic_block:
        raise transaction.TransactionManagementError("responses are held within a transaction")
    held = {response.pk: response for response in _holding().filter(pk__in=pks)}
    if len(held) < len(set(pks)):
        raise Response.DoesNotExist
    return held


@transaction.atomic
def apply(response: Response, name: str, *, by: User, reason: str = "") -> Response:
    """Moves a response through the transition `name` and logs it; gives the row as it now is.

    Raises NotAllowed when `by` holds none of the transition's roles on the structure, Refused when the state, the
    phase of the campaign or the missing reason forbids it. What a submission or a validation needs besides is asked
    by the services of `review`, which come through here.
    """
    response = lock(response)
    transition = states.find(
        TRANSITIONS, name, current=response.state, current_label=response.get_state_display(), reason=reason
    )
    if not roles_on(by, response.structure) & transition.roles:
        raise NotAllowed(f"« {transition.label} » : votre rôle ne le permet pas.")
    if not response.campaign.accepts_entry:
        raise Refused(f"La {str(response.campaign).lower()} est close : les réponses ne changent plus.")
    if name == "submit" and not response.is_editable:
        raise Refused(f"{response.closed_since}.")
    now = clock.now()
    response.state = transition.target
    if name == "take_back" and not response.is_editable:
        raise Refused("La saisie est terminée : la réponse reprise ne pourrait plus être envoyée.")
    response.updated_at = now
    if name == "submit":
        response.submitted_at, response.submitted_by = now, by
    if name == "take_back":
        response.submitted_at, response.submitted_by = None, None
    if name == "validate":
        response.validated_at, response.validated_by = now, by
    if name == "reopen":
        response.validated_at, response.validated_by = None, None
    response.save(update_fields=["state", "updated_at", "submitted_at", "submitted_by", "validated_at", "validated_by"])
    ResponseEvent.objects.create(response=response, transition=name, at=now, by=by, reason=reason.strip())
    return response


PROPOSAL_TRANSITIONS = (
    Transition("accept", frozenset({ProposalState.PENDING}), ProposalState.ACCEPTED, STRUCTURE_ROLES, "Accepter"),
    Transition("refuse", frozenset({ProposalState.PENDING}), ProposalState.REFUSED, STRUCTURE_ROLES, "Refuser"),
    Transition(
        "replace", frozenset({ProposalState.PENDING}), ProposalState.REPLACED, frozenset(), "Une plus récente arrive"
    ),
)


def apply_to_proposals(proposals: Iterable[Proposal], name: str, *, by: User | None = None) -> int:
    """Moves proposals through the transition `name` in one write; gives how many.

    The caller holds the response's lock and the rights. Raises Refused when one waits no longer.
    """
    chosen = list(proposals)
    for proposal in chosen:
        found = states.find(
            PROPOSAL_TRANSITIONS,
            name,
            current=proposal.state,
            current_label=proposal.get_state_display(),
            reason="",
        )
        proposal.state = found.target
        if by is not None:
            proposal.decided_at, proposal.decided_by = clock.now(), by
    Proposal.objects.bulk_update(chosen, ["state", "decided_at", "decided_by"], batch_size=500)
    return len(chosen)


EXTENSION_TRANSITIONS = (
    Transition(
        "grant", frozenset({RequestState.PENDING}), RequestState.GRANTED, CORRESPONDENT_ROLES, "Accorder le délai"
    ),
    Transition(
        "refuse",
        frozenset({RequestState.PENDING}),
        RequestState.REFUSED,
        CORRESPONDENT_ROLES,
        "Refuser le délai",
        needs_reason=True,
    ),
)


def apply_to_extension(asked: ExtensionRequest, name: str, *, by: User, until: date, answer: str) -> ExtensionRequest:
    """Moves a request for more time through `name`, saves it and logs it; the caller holds the response and the rights.

    Raises Refused when the request has its answer, or for a refusal that is not explained.
    """
    found = states.find(
        EXTENSION_TRANSITIONS, name, current=asked.state, current_label=asked.get_state_display(), reason=answer
    )
    now = clock.now()
    asked.state, asked.until = found.target, until
    asked.answer, asked.decided_at, asked.decided_by = answer.strip(), now, by
    asked.save(update_fields=["until", "state", "answer", "decided_at", "decided_by"])
    event = "extension_granted" if name == "grant" else "extension_refused"
    ResponseEvent.objects.create(response=asked.response, transition=event, at=now, by=by, reason=asked.answer)
    return asked


_BOTH_SIDES = STRUCTURE_ROLES | CORRESPONDENT_ROLES
_ANY = frozenset(Participation.values)

PARTICIPATION_TRANSITIONS = (
    Transition("declined", _ANY, Participation.DECLINED, _BOTH_SIDES, "Ne pas participer", needs_reason=True),
    Transition("out_of_scope", _ANY, Participation.OUT_OF_SCOPE, _BOTH_SIDES, "Se dire hors champ", needs_reason=True),
    Transition(
        "take_part",
        frozenset({Participation.DECLINED, Participation.OUT_OF_SCOPE}),
        Participation.TAKES_PART,
        _BOTH_SIDES,
        "Participer finalement",
    ),
)


def participation_of(response: Response) -> Participation:
    """Read from the absence, which is there for who takes no part."""
    kind = Absence.objects.filter(response=response).values_list("kind", flat=True).first()
    return Participation(kind) if kind else Participation.TAKES_PART


def apply_to_participation(
    response: Response, name: str, *, by: User, reason: AbsenceReason | None = None, comment: str = ""
) -> Absence | None:
    """Moves the participation through `name` and logs it; gives the absence, if there is one now.

    The caller holds the response's lock and the rights. Raises Refused for who takes part already.
    """
    current = participation_of(response)
    found = states.find(
        PARTICIPATION_TRANSITIONS,
        name,
        current=current,
        current_label=current.label,
        reason="" if reason is None else reason.label,
    )
    now = clock.now()
    if found.target == Participation.TAKES_PART:
        Absence.objects.filter(response=response).delete()
        ResponseEvent.objects.create(response=response, transition=name, at=now, by=by)
        return None
    values = {"kind": found.target, "reason": reason, "comment": comment.strip(), "at": now, "by": by}
    absence, _ = Absence.objects.update_or_create(response=response, defaults=values)
    told = f"{absence.get_reason_display()}. {absence.comment}".strip()
    ResponseEvent.objects.create(response=response, transition=name, at=now, by=by, reason=told)
    return absence
