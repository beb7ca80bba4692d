"""The phases of a campaign: one table, one door. Nothing else sets `Campaign.phase`."""

from django.db import transaction

from senacs.accounts.enums import Role
from senacs.accounts.models import User
from senacs.accounts.permissions import can_confirm_national, can_manage_campaigns
from senacs.campaigns.enums import Phase
from senacs.campaigns.models import Campaign, CampaignEvent
from senacs.lib import clock, states
from senacs.lib.refusals import NotAllowed, Refused
from senacs.lib.states import Transition
from senacs.questionnaire.services import freeze_version, require_decided

_NATIONAL = frozenset({Role.NATIONAL})
TRANSITIONS = (
    Transition("open", frozenset({Phase.PREPARATION}), Phase.SAISIE, _NATIONAL, "Ouvrir la saisie"),
    Transition("close", frozenset({Phase.SAISIE}), Phase.CONTROLE, _NATIONAL, "Clore la saisie"),
    Transition("reopen_entry", frozenset({Phase.CONTROLE}), Phase.SAISIE, _NATIONAL, "Rouvrir la saisie", True),
    Transition("process", frozenset({Phase.CONTROLE}), Phase.TRAITEMENT, _NATIONAL, "Passer au traitement"),
    Transition(
        "reopen_control",
        frozenset({Phase.TRAITEMENT, Phase.DIFFUSION}),
        Phase.CONTROLE,
        _NATIONAL,
        "Rouvrir le contrôle",
        True,
    ),
    Transition("publish", frozenset({Phase.TRAITEMENT}), Phase.DIFFUSION, _NATIONAL, "Passer à la diffusion"),
    Transition("archive", frozenset({Phase.DIFFUSION}), Phase.ARCHIVEE, _NATIONAL, "Archiver"),
)


@transaction.atomic
def apply(
    campaign: Campaign, name: str, *, by: User | None, confirmed_by: User | None = None, reason: str = ""
) -> Campaign:
    """Moves a campaign through the transition `name` and logs it; gives the row as it now is.

    By hand it takes two people, of both institutions where both are there (`phase_changes`). Opening the entry freezes
    the questionnaire's version: what has been asked never changes. `by` None is the installation itself (demonstration,
    scheduled work). Raises NotAllowed or Refused.
    """
    campaign = Campaign.objects.select_for_update(of=("self",)).select_related("version").get(pk=campaign.pk)
    if by is not None and not can_manage_campaigns(by):
        raise NotAllowed("Seule l’équipe nationale conduit les campagnes.")
    if by is not None and (confirmed_by is None or not can_confirm_national(confirmed_by, proposed_by=by)):
        raise NotAllowed("Un changement de phase se confirme à deux, par l’autre institution.")
    transition = states.find(
        TRANSITIONS, name, current=campaign.phase, current_label=campaign.get_phase_display(), reason=reason
    )
    require_ready(campaign, name)
    if name == "open":
        freeze_version(version=campaign.version)
    campaign.phase = transition.target
    campaign.save(update_fields=["phase"])
    CampaignEvent.objects.create(
        campaign=campaign, transition=name, at=clock.now(), by=by, confirmed_by=confirmed_by, reason=reason.strip()
    )
    return campaign


def obstacle(campaign: Campaign, name: str) -> Refused | None:
    """What would refuse the transition today, told before anybody asks for it."""
    try:
        require_ready(campaign, name)
    except Refused as refusal:
        return refusal
    return None


def require_ready(campaign: Campaign, name: str) -> None:
    """Refused when the campaign lacks what the transition needs."""
    if name == "open" and not campaign.invited.exists():
        raise Refused("Aucune structure n’est invitée : la saisie ne peut pas ouvrir.")
    if name == "open" and not campaign.version.is_frozen:
        require_decided(campaign.version)
