"""A campaign's list of structures brought up to the register, each with the response that it will fill."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction

from senacs.accounts.models import User
from senacs.campaigns.invited_list import refresh_invited
from senacs.campaigns.models import Campaign
from senacs.campaigns.phases import PhaseAct, allows
from senacs.campaigns.services import invite_structures
from senacs.collection.models import Response
from senacs.collection.services import open_responses
from senacs.structures.models import Structure


@dataclass(frozen=True, slots=True)
class ListUpdate:
    """How many were invited, and how many rows were described again or taken out."""

    invited: int
    changed: int


@transaction.atomic
def bring_up_to_date(*, campaign: Campaign, by: User | None) -> ListUpdate:
    """Invites the structures approved since, describes again those that changed, takes out those that closed.

    Before the opening only; nobody has answered yet, so the responses taken out are empty. Raises Refused afterwards.
    """
    if allows(campaign.phase, PhaseAct.PREPARE):
        Response.objects.filter(campaign=campaign, structure__closed_on__isnull=False, revision=0).delete()
    changed = refresh_invited(campaign=campaign, by=by)
    invited = invite_structures(campaign=campaign, by=by)
    open_responses(campaign=campaign)
    return ListUpdate(invited, changed)


@transaction.atomic
def invite_alone(*, campaign: Campaign, structures: Sequence[Structure], by: User) -> int:
    """Structures approved in mid-campaign join it, each by itself; how many are new."""
    invited = invite_structures(campaign=campaign, structures=structures, by=by)
    open_responses(campaign=campaign)
    return invited
