"""Campaigns prepared in the browser: version, calendar, the list of structures asked."""

from datetime import date
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from senacs.campaigns.invited_list import invited_list
from senacs.campaigns.models import Campaign
from senacs.campaigns.phases import PHASES, PhaseAct, allows
from senacs.campaigns.services import create_campaign, reschedule
from senacs.campaigns.states import obstacle
from senacs.collection.campaign_list import invite_alone
from senacs.jobs.queries import last_job
from senacs.jobs.services import ask
from senacs.lib.french import plural
from senacs.questionnaire.models import QuestionnaireVersion
from senacs.structures.models import Structure
from senacs.web.incoming import sent
from senacs.web.jobs import CAMPAIGN_LIST
from senacs.web.national.access import campaign_manager
from senacs.web.refusals import refusals

# Structures of one list on the page.
MOST_SHOWN = 100
_DATES = ("opens_on", "closes_on", "review_ends_on")


def _day(label: str) -> forms.DateField:
    return forms.DateField(
        label=label,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        input_formats=["%Y-%m-%d", "%d/%m/%Y"],
        error_messages={"required": "Donnez cette date.", "invalid": "Écrivez la date ainsi : 16/03/2027."},
    )


class CalendarForm(forms.Form):
    opens_on = _day("Ouverture de la saisie")
    closes_on = _day("Clôture de la saisie")
    review_ends_on = _day("Fin du contrôle")


class CampaignForm(CalendarForm):
    version = forms.ModelChoiceField(
        QuestionnaireVersion.objects.none(),
        label="Version du questionnaire",
        empty_label=None,
        error_messages={"required": "Choisissez la version.", "invalid_choice": "Choisissez une version de la liste."},
    )
    field_order = ("version", *_DATES)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        free = QuestionnaireVersion.objects.exclude(year__in=Campaign.objects.values("year")).defer("document")
        self.fields["version"].queryset = free.order_by("-year", "code")  # type: ignore[attr-defined]


@require_http_methods(["GET", "HEAD", "POST"])
def index(request: HttpRequest) -> HttpResponse:
    """The campaigns, and the preparation of the next one from the last."""
    user = campaign_manager(request)
    campaigns = list(Campaign.objects.select_related("version").defer("version__document"))
    form = CampaignForm(request.POST or None, initial=_a_year_later(campaigns[0]) if campaigns else None)
    if request.method == "POST" and form.is_valid():
        with refusals(request, form):
            campaign = create_campaign(by=user, **form.cleaned_data)
            messages.success(request, f"{campaign} est préparée : voici les structures qu’elle demandera.")
            return redirect("national_campaign", campaign.year)
    has_version = form.fields["version"].queryset.exists()  # type: ignore[attr-defined]
    context = {"campaigns": campaigns, "form": form, "has_version": has_version}
    return render(request, "national/campaigns.html", context, status=422 if form.errors else 200)


def _a_year_later(campaign: Campaign) -> dict[str, date]:
    """The same days of the year after; the 29th of February becomes the 28th."""
    days = {name: getattr(campaign, name) for name in _DATES}
    return {
        name: day.replace(year=day.year + 1, day=28 if (day.month, day.day) == (2, 29) else day.day)
        for name, day in days.items()
    }


@require_http_methods(["GET", "HEAD", "POST"])
def show(request: HttpRequest, year: int) -> HttpResponse:
    """One campaign: its calendar, which can be moved, and its list against the register."""
    user = campaign_manager(request)
    campaign = get_object_or_404(Campaign.objects.select_related("version").defer("version__document"), year=year)
    form = CalendarForm(request.POST or None, initial={name: getattr(campaign, name) for name in _DATES})
    if request.method == "POST" and form.is_valid():
        with refusals(request, form):
            reschedule(campaign=campaign, by=user, **form.cleaned_data)
            messages.success(request, "Le calendrier est changé.")
            return redirect("national_campaign", year)
        campaign.refresh_from_db(fields=_DATES)
    found = invited_list(campaign)
    context = {
        "campaign": campaign,
        "form": form,
        "phases": PHASES,
        "list": found,
        "groups": [
            ("Nouvelles depuis la campagne précédente", found.new),
            ("Fermées depuis", found.closed),
            ("Déplacées", found.moved),
            ("Décrites autrement", found.changed),
        ],
        "most": MOST_SHOWN,
        "in_preparation": allows(campaign.phase, PhaseAct.PREPARE),
        "obstacle": obstacle(campaign, "open") if allows(campaign.phase, PhaseAct.PREPARE) else None,
        "invites_alone": allows(campaign.phase, PhaseAct.INVITE),
        "job": last_job(CAMPAIGN_LIST.name, about=year),
        "is_behind": bool(found.to_invite or found.stale),
    }
    return render(request, "national/campaign.html", context, status=422 if form.errors else 200)


@require_POST
def bring(request: HttpRequest, year: int) -> HttpResponse:
    """The whole list up to the register, before the opening."""
    user = campaign_manager(request)
    campaign = get_object_or_404(Campaign, year=year)
    with refusals(request):
        ask(kind=CAMPAIGN_LIST.name, about=campaign.year, arguments={"year": campaign.year}, by=user)
    return redirect("national_campaign", year)


@require_POST
def invite(request: HttpRequest, year: int) -> HttpResponse:
    """Structures approved in mid-campaign, those ticked."""
    user = campaign_manager(request)
    campaign = get_object_or_404(Campaign, year=year)
    chosen = list(Structure.objects.active().filter(pk__in=sent(request).numbers("structure")).order_by("pk"))
    with refusals(request):
        invited = invite_alone(campaign=campaign, structures=chosen, by=user)
        messages.success(request, f"{plural(invited, 'structure invitée', 'structures invitées')}.")
    return redirect("national_campaign", year)
