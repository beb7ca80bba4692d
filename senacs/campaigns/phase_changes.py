"""Changes of phase by hand: proposed by one person with what follows before their eyes, confirmed by the other side."""

from django.db import transaction

from senacs.accounts.keys import public_address
from senacs.accounts.models import User
from senacs.accounts.national import confirmers_of
from senacs.accounts.permissions import can_confirm_national, can_manage_campaigns
from senacs.campaigns import states
from senacs.campaigns.models import Campaign, PhaseProposal
from senacs.letters import mail
from senacs.lib import clock
from senacs.lib.refusals import NotAllowed, Refused
from senacs.lib.states import find

LABELS = {transition.name: transition.label for transition in states.TRANSITIONS}


@transaction.atomic
def propose_phase(*, campaign: Campaign, name: str, by: User, reason: str = "") -> PhaseProposal:
    """Asks for the transition `name`; those who may confirm are told, and nothing moves before one has.

    Raises NotAllowed, and Refused when it is not possible now, when another waits, or when nobody can confirm.
    """
    _require_manager(by)
    campaign = Campaign.objects.select_for_update(of=("self",)).select_related("version").get(pk=campaign.pk)
    find(states.TRANSITIONS, name, current=campaign.phase, current_label=campaign.get_phase_display(), reason=reason)
    states.require_ready(campaign, name)
    if waiting_change(campaign) is not None:
        raise Refused("Un changement de phase attend déjà sa confirmation.")
    confirmers = confirmers_of(by)
    if not confirmers:
        raise Refused("Personne ne peut confirmer : faites d’abord entrer une personne de l’autre institution.")
    proposal = PhaseProposal.objects.create(
        campaign=campaign, transition=name, reason=reason.strip(), proposed_by=by, proposed_at=clock.now()
    )
    _tell("phase_proposition.txt", proposal, by=by, people=confirmers)
    return proposal


@transaction.atomic
def confirm_phase(*, proposal: PhaseProposal, by: User) -> Campaign:
    """The second person: the campaign moves, and the first is told."""
    _require_manager(by)
    waiting = _waiting(proposal)
    campaign = states.apply(
        waiting.campaign, waiting.transition, by=waiting.proposed_by, confirmed_by=by, reason=waiting.reason
    )
    waiting.closed_at, waiting.closed_by, waiting.is_confirmed = clock.now(), by, True
    waiting.save(update_fields=["closed_at", "closed_by", "is_confirmed"])
    _tell("phase_confirmation.txt", waiting, by=by, people=[waiting.proposed_by])
    return campaign


@transaction.atomic
def withdraw_phase(*, proposal: PhaseProposal, by: User) -> None:
    """Takes a proposal back, or turns it down; the one who made it is told of the other's act."""
    _require_manager(by)
    waiting = _waiting(proposal)
    waiting.closed_at, waiting.closed_by = clock.now(), by
    waiting.save(update_fields=["closed_at", "closed_by"])
    if by != waiting.proposed_by:
        _tell("phase_retrait.txt", waiting, by=by, people=[waiting.proposed_by])


def waiting_change(campaign: Campaign) -> PhaseProposal | None:
    """The change that waits for a second person, if any."""
    found = PhaseProposal.objects.filter(campaign=campaign, closed_at__isnull=True)
    return found.select_related("proposed_by", "campaign").first()


def may_confirm(proposal: PhaseProposal, user: User) -> bool:
    return can_confirm_national(user, proposed_by=proposal.proposed_by)


def _waiting(proposal: PhaseProposal) -> PhaseProposal:
    found = PhaseProposal.objects.select_for_update(of=("self",)).filter(pk=proposal.pk, closed_at__isnull=True).first()
    if found is None:
        raise Refused("Ce changement de phase n’attend plus de confirmation.")
    return found


def _require_manager(by: User) -> None:
    if not can_manage_campaigns(by):
        raise NotAllowed("Seule l’équipe nationale conduit les campagnes.")


def _tell(template: str, proposal: PhaseProposal, *, by: User, people: list[User]) -> None:
    context = {
        "proposal": proposal,
        "label": LABELS[proposal.transition],
        "campaign": proposal.campaign,
        "by": by,
        "page": public_address(f"/national/campagnes/{proposal.campaign.year}/phase/{proposal.transition}/"),
    }
    mail.send_on_commit([mail.write(f"campaigns/mail/{template}", context, to=person.email) for person in people])
