"""The national team's page: the campaign, its phases, its progress by département."""

from dataclasses import dataclass

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from senacs.accounts.permissions import can_manage_campaigns, can_manage_questionnaire
from senacs.campaigns import states
from senacs.campaigns.models import Campaign
from senacs.campaigns.queries import calendar, current_campaign, days_left
from senacs.collection.queries import Follow, follow_by_departement
from senacs.territories.models import Departement
from senacs.web.national.access import phase_mover, progress_reader
from senacs.web.national.forms import PhaseForm
from senacs.web.refusals import refusals

LABELS = {transition.name: transition.label for transition in states.TRANSITIONS}


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
        "events": [
            (LABELS[event.transition], event)
            for event in campaign.events.select_related("by").order_by("-at", "-pk")[:6]
        ],
    }
    return render(request, "national/home.html", context)


def _total(counts: object) -> Follow:
    rows = list(counts)  # type: ignore[call-overload]
    return Follow(*(sum(getattr(row, name) for row in rows) for name in Follow.__slots__))


@require_POST
def move_phase(request: HttpRequest, year: int) -> HttpResponse:
    """Moves the campaign to another phase."""
    user = phase_mover(request)
    campaign = get_object_or_404(Campaign, year=year)
    form = PhaseForm(request.POST)
    if not form.is_valid() or form.cleaned_data["transition"] not in LABELS:
        raise Http404
    with refusals(request):
        campaign = states.apply(campaign, form.cleaned_data["transition"], by=user, reason=form.cleaned_data["reason"])
        messages.success(request, f"La campagne {year} est maintenant en phase « {campaign.get_phase_display()} ».")
    return redirect("national")
