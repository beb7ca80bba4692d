"""The national team's page: the campaign, its phases, its progress by département."""

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from senacs.accounts.permissions import can_manage_campaigns, can_manage_questionnaire
from senacs.campaigns import states
from senacs.campaigns.phase_changes import LABELS, waiting_change
from senacs.campaigns.queries import calendar, current_campaign, days_left
from senacs.collection.queries import Follow, follow_by_departement
from senacs.territories.models import Departement
from senacs.web.national.access import progress_reader


@dataclass(frozen=True, slots=True)
class FollowedDepartement:
    departement: Departement
    follow: Follow


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """How far the campaign is, the départements that lag first."""
    user = progress_reader(request)
    campaign = current_campaign()
    if campaign is None:
        return render(request, "national/no_campaign.html", {"may_manage": can_manage_campaigns(user)})
    counts = follow_by_departement(campaign)
    departements = Departement.objects.in_bulk(list(counts))
    rows = [FollowedDepartement(departements[code], follow) for code, follow in counts.items() if code in departements]
    context = {
        "campaign": campaign,
        "steps": calendar(campaign),
        "days_left": days_left(campaign),
        "rows": sorted(rows, key=lambda row: (row.follow.rate, row.departement.code)),
        "total": _total(counts.values()),
        "may_manage": can_manage_campaigns(user),
        "may_prepare": can_manage_questionnaire(user),
        "transitions": [t for t in states.TRANSITIONS if campaign.phase in t.sources],
        "waiting": waiting_change(campaign),
        "events": [
            (LABELS[event.transition], event)
            for event in campaign.events.select_related("by", "confirmed_by").order_by("-at", "-pk")[:6]
        ],
    }
    return render(request, "national/home.html", context)


def _total(counts: object) -> Follow:
    rows = list(counts)  # type: ignore[call-overload]
    return Follow(*(sum(getattr(row, name) for row in rows) for name in Follow.__slots__))
