"""The states of a response: one table, one door. Nothing else sets `Response.state`."""

from django.db import transaction
from django.db.models import QuerySet

from senacs.accounts.enums import CORRESPONDENT_ROLES, STRUCTURE_ROLES
from senacs.accounts.models import User
from senacs.accounts.permissions import roles_on
from senacs.collection.enums import ResponseState
from senacs.collection.models import Response, ResponseEvent
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
        raise Refused("La saisie est close depuis le début du contrôle de cohérence.")
    now = clock.now()
    response.state = transition.target
    response.updated_at = now
    if name == "submit":
        response.submitted_at, response.submitted_by = now, by
    if name == "validate":
        response.validated_at, response.validated_by = now, by
    if name == "reopen":
        response.validated_at, response.validated_by = None, None
    response.save(update_fields=["state", "updated_at", "submitted_at", "submitted_by", "validated_at", "validated_by"])
    ResponseEvent.objects.create(response=response, transition=name, at=now, by=by, reason=reason.strip())
    return response
