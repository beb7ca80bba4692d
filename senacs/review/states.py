"""The states of a flag: one table, one door. Nothing else sets `Flag.state`."""

from senacs.accounts.enums import CORRESPONDENT_ROLES, STRUCTURE_ROLES
from senacs.lib import clock, states
from senacs.lib.states import Transition
from senacs.review.enums import FlagState
from senacs.review.models import Flag

OPEN, JUSTIFIED, ACCEPTED, RESOLVED = FlagState.OPEN, FlagState.JUSTIFIED, FlagState.ACCEPTED, FlagState.RESOLVED
# Transitions without a role are made by the control itself, when it compares the rules with the answers.
_CONTROL: frozenset[str] = frozenset()

TRANSITIONS = (
    Transition("justify", frozenset({OPEN, JUSTIFIED}), JUSTIFIED, STRUCTURE_ROLES, "Justifier"),
    Transition("accept", frozenset({JUSTIFIED}), ACCEPTED, CORRESPONDENT_ROLES, "Accepter la justification"),
    Transition("reject", frozenset({JUSTIFIED, ACCEPTED}), OPEN, CORRESPONDENT_ROLES, "Refuser la justification"),
    Transition("change", frozenset({JUSTIFIED, ACCEPTED}), OPEN, _CONTROL, "Les valeurs ont changé"),
    Transition("resolve", frozenset({OPEN, JUSTIFIED, ACCEPTED}), RESOLVED, _CONTROL, "La règle est respectée"),
    Transition("raise", frozenset({RESOLVED}), OPEN, _CONTROL, "La règle échoue de nouveau"),
    Transition("recall", frozenset({RESOLVED}), JUSTIFIED, _CONTROL, "Le même constat, déjà justifié, revient"),
)


def apply(flag: Flag, name: str) -> Flag:
    """Moves a flag through the transition `name`, in memory: the services that hold the response's lock save it.

    Raises Refused when the state forbids it.
    """
    transition = states.find(TRANSITIONS, name, current=flag.state, current_label=flag.get_state_display(), reason="")
    flag.state = transition.target
    flag.updated_at = clock.now()
    return flag
