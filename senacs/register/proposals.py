"""Acts asked for by those who may not do them alone: proposed, accepted with the act, refused with a reason."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet

from senacs.accounts.enums import CORRESPONDENT_ROLES, Role
from senacs.accounts.models import User
from senacs.accounts.national import stated_reason
from senacs.accounts.permissions import (
    can_correct_entry,
    can_manage_register,
    can_propose_correction,
    can_propose_register_act,
    can_record_agrement,
    correspondents_of,
    current_mandates,
    has_role,
    structures_followed_by,
    structures_visible_to,
)
from senacs.accounts.services import national_people
from senacs.letters import mail
from senacs.lib import clock
from senacs.lib.refusals import NotAllowed, Refused
from senacs.register.enums import ActKind, RegisterProposalState
from senacs.register.models import RegisterProposal
from senacs.register.states import apply_to_register_proposal
from senacs.structures.models import Structure
from senacs.territories.models import Departement

# Who decides of what (charter 1.3, design §2): what describes an entry belongs to the pair of the structure, agréments
# to the Caf that gives them, who is in the register to the national team.
OF_THE_PAIR = frozenset({ActKind.CORRECT, ActKind.SITES, ActKind.MOVE, ActKind.GESTIONNAIRE})
OF_THE_CAF = frozenset({ActKind.AGREMENT, ActKind.END_AGREMENT})
# What a structure may ask for itself.
OF_THE_STRUCTURE = OF_THE_PAIR
# Of the values of a proposal, lines that no field reads: whoever decides writes them where they belong.
TOLD = "told"
# Lists are applied by the national team, never proposed.
PROPOSABLE = frozenset(ActKind) - {ActKind.LIST}


def can_decide(user: User, kind: ActKind, structure: Structure | None) -> bool:
    """Whether `user` may do an act of this kind alone, and accept it when it is proposed."""
    if can_manage_register(user):
        return True
    if structure is None:
        return False
    if kind in OF_THE_PAIR:
        return can_correct_entry(user, structure)
    return kind in OF_THE_CAF and can_record_agrement(user, structure)


def can_propose(user: User, kind: ActKind, structure: Structure | None) -> bool:
    """Whether `user` may ask for it."""
    if kind not in PROPOSABLE:
        return False
    if structure is None:
        return kind == ActKind.CREATE and has_role(user, *CORRESPONDENT_ROLES)
    if can_propose_register_act(user, structure):
        return True
    return kind in OF_THE_STRUCTURE and can_propose_correction(user, structure)


@transaction.atomic
def propose(
    *,
    kind: ActKind,
    structure: Structure | None,
    departement: Departement | None = None,
    values: Mapping[str, Any],
    reason: str,
    by: User,
) -> RegisterProposal:
    """Asks for an act; those who decide are written to. A proposal of the same kind that waits is replaced."""
    if not can_propose(by, kind, structure):
        raise NotAllowed("Votre rôle ne permet pas de proposer cet acte.")
    place = structure.departement if structure is not None else departement
    if place is None:
        raise Refused("Dites de quel département il s’agit.")
    if structure is None and place.pk not in _own_departements(by):
        raise NotAllowed("Ce département n’est pas de votre territoire.")
    stated = stated_reason(reason)
    if structure is not None:
        waiting = RegisterProposal.objects.filter(
            kind=kind, structure=structure, proposed_by=by, state=RegisterProposalState.PENDING
        )
        for older in waiting:
            apply_to_register_proposal(older, "replace", by=None)
    proposal = RegisterProposal.objects.create(
        kind=kind,
        structure=structure,
        departement=place,
        values=dict(values),
        reason=stated,
        proposed_at=clock.now(),
        proposed_by=by,
    )
    context = {"proposal": proposal, "by": by}
    people = sorted({person.email for person in deciders_of(proposal)} - {by.email})
    mail.send_on_commit([mail.write("register/mail/proposition.txt", context, to=to) for to in people])
    return proposal


def settle(proposal: RegisterProposal, name: str, *, by: User, answer: str) -> RegisterProposal:
    """Closes a proposal with what became of it, and writes to whoever made it; the caller has asked for the rights."""
    settled = apply_to_register_proposal(proposal, name, by=by, answer=answer)
    if settled.proposed_by != by:
        context = {"proposal": settled, "by": by}
        letter = mail.write("register/mail/proposition_decidee.txt", context, to=settled.proposed_by.email)
        mail.send_on_commit([letter])
    return settled


@transaction.atomic
def refuse(*, proposal: RegisterProposal, answer: str, by: User) -> RegisterProposal:
    """The act is not done; whoever proposed it reads why."""
    if not can_decide(by, ActKind(proposal.kind), proposal.structure):
        raise NotAllowed("Votre rôle ne permet pas de décider de cette proposition.")
    return settle(proposal, "refuse", by=by, answer=answer)


def deciders_of(proposal: RegisterProposal) -> list[User]:
    """Those who can accept it: people of the structure's pair or of its Caf, else the national team."""
    kind, structure = ActKind(proposal.kind), proposal.structure
    if structure is None or kind not in OF_THE_PAIR | OF_THE_CAF:
        return list(national_people())
    found = [person for person in correspondents_of(structure) if can_decide(person, kind, structure)]
    return found or list(national_people())


def proposals_seen_by(user: User) -> QuerySet[RegisterProposal]:
    """One's own, and those of one's structure, of the structures and of the départements that one follows."""
    known = RegisterProposal.objects.select_related("structure", "departement", "proposed_by", "decided_by")
    if can_manage_register(user):
        return known
    mine = Q(proposed_by=user) | Q(structure__in=structures_followed_by(user))
    mine |= Q(structure__in=structures_visible_to(user))
    return known.filter(mine | Q(structure__isnull=True, departement__in=_own_departements(user)))


def _own_departements(user: User) -> set[str]:
    if has_role(user, Role.NATIONAL):
        return set(Departement.objects.values_list("pk", flat=True))
    bodies = [m.caf or m.federation for m in current_mandates(user) if m.role in CORRESPONDENT_ROLES]
    return {code for body in bodies if body for code in body.departements.values_list("pk", flat=True)}
