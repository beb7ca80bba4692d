"""The states of a proposal on the register: a table and its door."""

from senacs.accounts.enums import CORRESPONDENT_ROLES, Role
from senacs.accounts.models import User
from senacs.lib import clock, states
from senacs.lib.states import Transition
from senacs.register.enums import RegisterProposalState
from senacs.register.models import RegisterProposal

PENDING = frozenset({RegisterProposalState.PENDING})
_DECIDERS = frozenset(CORRESPONDENT_ROLES | {Role.NATIONAL})

PROPOSAL_TRANSITIONS = (
    Transition("accept", PENDING, RegisterProposalState.ACCEPTED, _DECIDERS, "Accepter"),
    Transition("refuse", PENDING, RegisterProposalState.REFUSED, _DECIDERS, "Refuser", needs_reason=True),
    Transition("replace", PENDING, RegisterProposalState.REPLACED, frozenset(), "Une plus récente arrive"),
)


def apply_to_register_proposal(
    proposal: RegisterProposal, name: str, *, by: User | None, answer: str = ""
) -> RegisterProposal:
    """Moves a proposal through `name`; the caller holds the rights and the transaction. Refused once it is decided."""
    held = RegisterProposal.objects.select_for_update(of=("self",)).get(pk=proposal.pk)
    found = states.find(
        PROPOSAL_TRANSITIONS, name, current=held.state, current_label=held.get_state_display(), reason=answer
    )
    held.state = found.target
    held.answer, held.decided_at, held.decided_by = answer.strip(), clock.now(), by
    held.save(update_fields=["state", "answer", "decided_at", "decided_by"])
    return held
