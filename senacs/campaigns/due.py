"""Changes of phase whose date has come."""

from collections.abc import Iterator
from datetime import date, timedelta

from senacs.campaigns.enums import Phase
from senacs.campaigns.models import Campaign
from senacs.lib import clock

_DAY = timedelta(days=1)
CHANGED_BY_CALENDAR = frozenset({Phase.PREPARATION, Phase.SAISIE, Phase.CONTROLE})


def due_transitions() -> Iterator[tuple[Campaign, str, date]]:
    """(campaign, transition, the day it was due on): opening on its day, closing and processing on the day after.

    One step a campaign: the next passage takes the following one.
    """
    today = clock.today()
    campaigns = Campaign.objects.select_related("version").defer("version__document").order_by("year")
    for campaign in campaigns.filter(phase__in=CHANGED_BY_CALENDAR):
        name, day = next_change(campaign)
        if day <= today:
            yield campaign, name, day


def next_change(campaign: Campaign) -> tuple[str, date]:
    """The change that the calendar brings next, for a campaign up to its control."""
    return {
        Phase.PREPARATION: ("open", campaign.opens_on),
        Phase.SAISIE: ("close", campaign.closes_on + _DAY),
        Phase.CONTROLE: ("process", campaign.review_ends_on + _DAY),
    }[Phase(campaign.phase)]
