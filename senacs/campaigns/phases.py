"""What each phase allows, in one table (guide 2.1): services ask it, pages show it."""

from dataclasses import dataclass
from enum import Enum

from senacs.accounts.enums import CORRESPONDENT_ROLES, STRUCTURE_ROLES, Role
from senacs.campaigns.enums import Phase


class PhaseAct(Enum):
    """What may be done in some phases only; the value is the sentence of the calendar, « on peut … »."""

    PREPARE = "mettre à jour la liste des structures et le calendrier"
    INVITE = "inviter des structures"
    ENTER = "saisir et envoyer sa réponse"
    REMIND = "relancer les structures"
    CORRECT = "retourner, corriger et valider les réponses"


# Whose act each is (charter 1.3, guide 2.1): what a page tells somebody that they can do, in a phase that allows it.
ACT_ROLES: dict[PhaseAct, frozenset[Role]] = {
    PhaseAct.PREPARE: frozenset({Role.NATIONAL}),
    PhaseAct.INVITE: frozenset({Role.NATIONAL}),
    PhaseAct.ENTER: STRUCTURE_ROLES,
    PhaseAct.REMIND: CORRESPONDENT_ROLES | {Role.NATIONAL},
    PhaseAct.CORRECT: STRUCTURE_ROLES | CORRESPONDENT_ROLES,
}


@dataclass(frozen=True, slots=True)
class PhaseRow:
    """`months` is the guide's calendar."""

    phase: Phase
    months: str
    acts: frozenset[PhaseAct]

    @property
    def told(self) -> list[str]:
        """What may be done, in the order of the year."""
        return [act.value for act in PhaseAct if act in self.acts]


PHASES = (
    PhaseRow(Phase.PREPARATION, "janvier à mars", frozenset({PhaseAct.PREPARE, PhaseAct.INVITE})),
    PhaseRow(
        Phase.SAISIE,
        "mars à juillet",
        frozenset({PhaseAct.INVITE, PhaseAct.ENTER, PhaseAct.REMIND, PhaseAct.CORRECT}),
    ),
    PhaseRow(Phase.CONTROLE, "juillet à septembre", frozenset({PhaseAct.REMIND, PhaseAct.CORRECT})),
    PhaseRow(Phase.TRAITEMENT, "septembre à décembre", frozenset()),
    PhaseRow(Phase.DIFFUSION, "décembre à janvier", frozenset()),
    PhaseRow(Phase.ARCHIVEE, "ensuite", frozenset()),
)
_ROWS = {row.phase: row for row in PHASES}


def acts_of(phase: str, roles: frozenset[Role]) -> list[str]:
    """What those who hold these roles may do in the phase, in the order of the year."""
    return [act.value for act in PhaseAct if allows(phase, act) and ACT_ROLES[act] & roles]


def allows(phase: str, act: PhaseAct) -> bool:
    """Whether the phase is one in which the act may be done."""
    return act in _ROWS[Phase(phase)].acts
