"""The states of flags, queries and rechecks: a table and a door each. Nothing else sets their state."""

from django.db import transaction

from senacs.accounts.enums import CORRESPONDENT_ROLES, STRUCTURE_ROLES
from senacs.accounts.models import User
from senacs.lib import clock, states
from senacs.lib.states import Transition
from senacs.review.enums import FlagState, QueryState, RecheckState
from senacs.review.models import Flag, Query, Recheck

OPEN, JUSTIFIED, ACCEPTED, WAIVED, RESOLVED = (
    FlagState.OPEN,
    FlagState.JUSTIFIED,
    FlagState.ACCEPTED,
    FlagState.WAIVED,
    FlagState.RESOLVED,
)
# Transitions without a role are made by the control itself, when it compares the rules with the answers.
_CONTROL: frozenset[str] = frozenset()

TRANSITIONS = (
    Transition("justify", frozenset({OPEN, JUSTIFIED}), JUSTIFIED, STRUCTURE_ROLES, "Justifier"),
    Transition("accept", frozenset({JUSTIFIED}), ACCEPTED, CORRESPONDENT_ROLES, "Accepter la justification"),
    Transition("reject", frozenset({JUSTIFIED, ACCEPTED}), OPEN, CORRESPONDENT_ROLES, "Refuser la justification"),
    Transition("pass", frozenset({OPEN}), ACCEPTED, CORRESPONDENT_ROLES, "Passer outre", needs_reason=True),
    Transition("waive", frozenset({OPEN}), WAIVED, CORRESPONDENT_ROLES, "Lever le blocage, à deux"),
    Transition("change", frozenset({JUSTIFIED, ACCEPTED, WAIVED}), OPEN, _CONTROL, "Les valeurs ont changé"),
    Transition("resolve", frozenset({OPEN, JUSTIFIED, ACCEPTED, WAIVED}), RESOLVED, _CONTROL, "La règle est respectée"),
    Transition("raise", frozenset({RESOLVED}), OPEN, _CONTROL, "La règle échoue de nouveau"),
    Transition("recall", frozenset({RESOLVED}), JUSTIFIED, _CONTROL, "Le même constat, déjà justifié, revient"),
)


def apply(flag: Flag, name: str, *, reason: str = "") -> Flag:
    """Moves a flag through the transition `name`, in memory: the services that hold the response's lock save it.

    Raises Refused when the state forbids it.
    """
    transition = states.find(
        TRANSITIONS, name, current=flag.state, current_label=flag.get_state_display(), reason=reason
    )
    flag.state = transition.target
    flag.updated_at = clock.now()
    return flag


QUERY_TRANSITIONS = (
    Transition("answer", frozenset({QueryState.OPEN}), QueryState.ANSWERED, STRUCTURE_ROLES, "Répondre"),
    Transition("ask_again", frozenset({QueryState.ANSWERED}), QueryState.OPEN, CORRESPONDENT_ROLES, "Redemander"),
    Transition(
        "close", frozenset({QueryState.OPEN, QueryState.ANSWERED}), QueryState.CLOSED, CORRESPONDENT_ROLES, "Clore"
    ),
)


def apply_to_query(query: Query, name: str, *, by: User) -> Query:
    """Moves a query through the transition `name` and saves it; the caller holds the response's lock and the rights.

    Raises Refused when the state forbids it.
    """
    found = states.find(
        QUERY_TRANSITIONS, name, current=query.state, current_label=query.get_state_display(), reason=""
    )
    query.state = found.target
    if name == "close":
        query.closed_by, query.closed_at = by, clock.now()
    query.save(update_fields=["state", "closed_by", "closed_at"])
    return query


RECHECK_TRANSITIONS = (
    Transition("start", frozenset({RecheckState.WAITING}), RecheckState.RUNNING, _CONTROL, "Commencer"),
    Transition("resume", frozenset({RecheckState.RUNNING}), RecheckState.RUNNING, _CONTROL, "Reprendre"),
    Transition("finish", frozenset({RecheckState.RUNNING}), RecheckState.DONE, _CONTROL, "Terminer"),
    Transition(
        "fail", frozenset({RecheckState.RUNNING}), RecheckState.FAILED, _CONTROL, "S’interrompre", needs_reason=True
    ),
)


@transaction.atomic
def apply_to_recheck(recheck: Recheck, name: str, *, reason: str = "") -> Recheck:
    """Moves a check of a campaign through the transition `name`; Refused when its state forbids it."""
    stored = Recheck.objects.select_for_update().get(pk=recheck.pk)
    found = states.find(
        RECHECK_TRANSITIONS, name, current=stored.state, current_label=stored.get_state_display(), reason=reason
    )
    stored.state, stored.error = found.target, reason
    if name == "start":
        stored.started_at = clock.now()
    if name in {"finish", "fail"}:
        stored.finished_at = clock.now()
    stored.save(update_fields=["state", "error", "started_at", "finished_at"])
    recheck.refresh_from_db()
    return recheck
