"""Delays: what was granted, and more time given to a structure, a département, all of them."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from senacs.accounts.enums import Role
from senacs.accounts.models import User
from senacs.accounts.permissions import has_role, structures_followed_by
from senacs.accounts.words import check
from senacs.campaigns.models import Campaign
from senacs.campaigns.queries import current_campaign
from senacs.collection.extensions import departements_prolonged_by, extensions_seen_by, give_time
from senacs.jobs.queries import last_job
from senacs.jobs.services import ask
from senacs.lib.french import long_date
from senacs.structures.models import Structure
from senacs.web.agenda.access import time_giver
from senacs.web.incoming import asked
from senacs.web.jobs import TIME_FOR_ALL
from senacs.web.refusals import refusals
from senacs.web.requests import signed_in

MOST_SHOWN = 100
_ALL = "toutes"


class ExtensionForm(forms.Form):
    whom = forms.ChoiceField(
        label="À qui", error_messages={"required": "Choisissez à qui.", "invalid_choice": "Choisissez dans la liste."}
    )
    until = forms.DateField(
        label="Jusqu’au",
        help_text="Ce jour compris. Un délai ne se raccourcit pas.",
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        input_formats=["%Y-%m-%d", "%d/%m/%Y"],
        error_messages={"required": "Donnez cette date.", "invalid": "Écrivez la date ainsi : 16/03/2027."},
    )
    reason = forms.CharField(
        label="Motif",
        help_text="Lu par les structures et par les correspondants.",
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": "Dites en une phrase pourquoi ce délai est accordé."},
    )

    def __init__(self, *args: Any, user: User, campaign: Campaign, structure: Structure | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(f"structure-{structure.pk}", structure.name)] if structure else []
        choices += [
            (f"departement-{place.pk}", f"Département : {place.name}")
            for place in departements_prolonged_by(user, campaign)
        ]
        if has_role(user, Role.NATIONAL):
            choices.append((_ALL, "Toutes les structures de France"))
        self.fields["whom"].choices = choices  # type: ignore[attr-defined]


@require_http_methods(["GET", "HEAD", "POST"])
def index(request: HttpRequest) -> HttpResponse:
    user, campaign = time_giver(request), current_campaign()
    if campaign is None or not campaign.accepts_entry:
        return render(request, "agenda/extensions.html", {"campaign": campaign, "form": None})
    structure = structures_followed_by(user).filter(pk=asked(request).number("structure") or 0).first()
    form = ExtensionForm(request.POST or None, user=user, campaign=campaign, structure=structure)
    if request.method == "POST" and form.is_valid():
        with refusals(request, form):
            _give(request, campaign, structure, form.cleaned_data)
            return redirect("extensions")
    context = {
        "campaign": campaign,
        "form": form,
        "structure": structure,
        "granted": extensions_seen_by(user, campaign)[:MOST_SHOWN],
        "job": last_job(TIME_FOR_ALL.name, about=campaign.year),
        "to_structures": has_role(user, Role.NATIONAL),
    }
    return render(request, "agenda/extensions.html", context, status=422 if form.errors else 200)


def _give(request: HttpRequest, campaign: Campaign, structure: Structure | None, given: dict[str, Any]) -> None:
    """To all it writes thousands of letters: done in the background."""
    user, whom, until, reason = signed_in(request), given["whom"], given["until"], given["reason"]
    if whom == _ALL:
        # Asked here, where the person can still say why what looks like a name is none.
        check(reason, "collection.Extension.reason", lambda: False)
        arguments = {"year": campaign.year, "until": until.isoformat(), "reason": reason}
        ask(kind=TIME_FOR_ALL.name, about=campaign.year, arguments=arguments, by=user)
        return
    place = whom.removeprefix("departement-") if whom.startswith("departement-") else ""
    departement = next((one for one in departements_prolonged_by(user, campaign) if one.pk == place), None)
    granted = give_time(
        campaign=campaign, until=until, reason=reason, by=user, departement=departement,
        structure=None if departement else structure,
    )  # fmt: skip
    messages.success(request, f"Saisie prolongée jusqu’au {long_date(granted.until)} : {granted.whom}.")
