"""A change of phase: what follows from it, proposed by one institution, confirmed by the other."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from senacs.accounts.national import confirmers_of
from senacs.campaigns import states
from senacs.campaigns.models import Campaign
from senacs.campaigns.phase_changes import (
    LABELS,
    confirm_phase,
    may_confirm,
    propose_phase,
    waiting_change,
    withdraw_phase,
)
from senacs.collection.phase_preview import consequences
from senacs.web.national.access import phase_mover
from senacs.web.national.forms import PhaseForm
from senacs.web.proof import fresh_proof
from senacs.web.refusals import refusals


@require_http_methods(["GET", "HEAD", "POST"])
@fresh_proof
def show(request: HttpRequest, year: int, change: str) -> HttpResponse:
    """The preview of a change and its proposal."""
    user = phase_mover(request)
    campaign = get_object_or_404(Campaign.objects.select_related("version").defer("version__document"), year=year)
    if change not in LABELS:
        raise Http404
    transition = next(each for each in states.TRANSITIONS if each.name == change)
    form = PhaseForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with refusals(request, form, "reason"):
            propose_phase(campaign=campaign, name=change, by=user, reason=form.cleaned_data["reason"])
            messages.success(request, "C’est proposé : une lettre prévient les personnes qui peuvent confirmer.")
            return redirect("national_phase", year, change)
    waiting = waiting_change(campaign)
    waiting = waiting if waiting is not None and waiting.transition == change else None
    context = {
        "campaign": campaign,
        "transition": transition,
        "is_possible": campaign.phase in transition.sources,
        "consequences": consequences(campaign, change),
        "waiting": waiting,
        "may_confirm": waiting is not None and may_confirm(waiting, user),
        "confirmers": confirmers_of(user),
        "form": form,
    }
    return render(request, "national/phase.html", context, status=422 if form.errors else 200)


@require_POST
@fresh_proof
def confirm(request: HttpRequest, year: int, change: str) -> HttpResponse:
    user = phase_mover(request)
    waiting = waiting_change(get_object_or_404(Campaign, year=year))
    if waiting is None or waiting.transition != change:
        raise Http404
    with refusals(request):
        campaign = confirm_phase(proposal=waiting, by=user)
        messages.success(request, f"La campagne {year} est maintenant en phase « {campaign.get_phase_display()} ».")
        return redirect("national")
    return redirect("national_phase", year, change)


@require_POST
def withdraw(request: HttpRequest, year: int, change: str) -> HttpResponse:
    user = phase_mover(request)
    waiting = waiting_change(get_object_or_404(Campaign, year=year))
    if waiting is None or waiting.transition != change:
        raise Http404
    with refusals(request):
        withdraw_phase(proposal=waiting, by=user)
        messages.success(request, "La proposition est retirée : rien ne change.")
    return redirect("national")
