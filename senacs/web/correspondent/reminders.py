"""Reminders: who has not sent, how far each is, what it was written already; now, or on a day."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from senacs.agenda.enums import ReminderAudience
from senacs.agenda.models import ScheduledReminder
from senacs.agenda.reminders import late_structures, remind, schedule_reminder, scheduled_by, take_back_reminder
from senacs.campaigns.phases import PhaseAct, allows
from senacs.campaigns.queries import current_campaign
from senacs.campaigns.services import BETWEEN_REMINDERS
from senacs.lib.french import plural
from senacs.questionnaire.queries import get_compiled
from senacs.web.correspondent.access import follower
from senacs.web.correspondent.forms import ReminderForm
from senacs.web.incoming import asked, sent
from senacs.web.refusals import refusals

# Rows of one page; the audience narrows the rest.
MOST_SHOWN = 200


class AudienceForm(forms.Form):
    audience = forms.ChoiceField(label="Où en est la saisie", choices=ReminderAudience.choices, required=False)
    section = forms.ChoiceField(label="Rubrique à finir", required=False)

    def __init__(self, *args: Any, sections: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["section"].choices = [("", "N’importe laquelle"), *sections]  # type: ignore[attr-defined]


@require_http_methods(["GET", "HEAD", "POST"])
def index(request: HttpRequest) -> HttpResponse:
    """Writes to the structures of the territory that have not sent their response."""
    user = follower(request)
    campaign = current_campaign()
    if campaign is None or not allows(campaign.phase, PhaseAct.REMIND):
        messages.error(request, "Les relances ne partent que pendant la saisie et le contrôle.")
        return redirect("suivi")
    sections = [(s.code, s.title) for s in get_compiled(campaign.version).questionnaire.sections]
    whom = AudienceForm(request.GET, sections=sections)
    audience, section = ReminderAudience.EVERYONE.value, ""
    if whom.is_valid():
        audience, section = whom.cleaned_data["audience"] or audience, whom.cleaned_data["section"]
    late = [one for one in late_structures(user, campaign) if one.is_in(audience, section)]
    form = ReminderForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with refusals(request, form):
            message, day = form.cleaned_data["message"], form.cleaned_data["on"]
            if day:
                schedule_reminder(
                    asked=ScheduledReminder(
                        campaign=campaign, by=user, on=day, audience=audience, section=section, message=message
                    )
                )
                messages.success(request, "C’est prévu : les structures concernées ce jour-là seront relancées.")
            else:
                keys = set(sent(request).numbers("structures"))
                chosen = [one for one in late if one.structure.pk in keys]
                gone = remind(late=chosen, campaign=campaign, by=user, message=message)
                messages.success(request, f"{plural(len(gone), 'structure relancée', 'structures relancées')}.")
            return redirect("suivi")
    context = {
        "campaign": campaign,
        "whom": whom,
        "is_narrowed": bool(asked(request)),
        "drafts": [one for one in late if not one.is_returned][:MOST_SHOWN],
        "returned": [one for one in late if one.is_returned][:MOST_SHOWN],
        "count": len(late),
        "most": MOST_SHOWN,
        "apart": BETWEEN_REMINDERS.days,
        "scheduled": scheduled_by(user, campaign),
        "form": form,
    }
    return render(request, "correspondent/remind.html", context, status=422 if form.errors else 200)


@require_POST
def take_back(request: HttpRequest, pk: int) -> HttpResponse:
    user = follower(request)
    found = get_object_or_404(ScheduledReminder, pk=pk, by=user)
    with refusals(request):
        take_back_reminder(asked=found, by=user)
        messages.success(request, "Ces relances ne partiront pas.")
    return redirect("suivi_remind")
