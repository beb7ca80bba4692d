"""« Séances de saisie »: proposed to structures, put in one's own calendar, cancelled, who came written down."""

from typing import Any

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from senacs.accounts.models import User
from senacs.agenda.calendars import session_date
from senacs.agenda.icalendar_text import icalendar
from senacs.agenda.reminders import late_structures
from senacs.agenda.session_models import GroupSession
from senacs.agenda.sessions import (
    SessionDraft,
    can_hold_sessions,
    cancel_session,
    hold_session,
    note_presence,
    runs,
    sessions_seen_by,
)
from senacs.campaigns.models import Campaign
from senacs.campaigns.phases import PhaseAct, allows
from senacs.campaigns.queries import current_campaign
from senacs.structures.models import Structure
from senacs.web.agenda.access import run_session, session_holder, visible_session
from senacs.web.incoming import asked, sent
from senacs.web.refusals import refusals
from senacs.web.requests import signed_in

PAGE = 30


class SessionForm(forms.Form):
    on = forms.DateField(
        label="Jour",
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        input_formats=["%Y-%m-%d", "%d/%m/%Y"],
        error_messages={"required": "Donnez le jour.", "invalid": "Écrivez la date ainsi : 16/03/2027."},
    )
    starts_at = forms.TimeField(
        label="Heure",
        widget=forms.TimeInput(attrs={"type": "time"}),
        error_messages={"required": "Donnez l’heure.", "invalid": "Écrivez l’heure ainsi : 09:30."},
    )
    place = forms.CharField(label="Lieu", max_length=200, error_messages={"required": "Dites où se tient la séance."})
    message = forms.CharField(
        label="Message aux structures",
        help_text="Facultatif : ce qu’il faut apporter, par exemple.",
        max_length=600,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    structures = forms.ModelMultipleChoiceField(
        Structure.objects.none(),
        label="Structures invitées",
        help_text="Celles qui n’ont pas encore envoyé leur réponse.",
        widget=forms.CheckboxSelectMultiple,
        error_messages={
            "required": "Choisissez au moins une structure.",
            "invalid_choice": "Choisissez parmi les structures de la liste.",
        },
    )

    def __init__(self, *args: Any, user: User, campaign: Campaign, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        late = [one.structure.pk for one in late_structures(user, campaign) if not one.is_returned]
        found = Structure.objects.filter(pk__in=late).order_by("search_name", "pk")
        self.fields["structures"].queryset = found  # type: ignore[attr-defined]


class CancelForm(forms.Form):
    reason = forms.CharField(
        label="Pourquoi l’annuler",
        help_text="Les structures invitées le lisent.",
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": "Dites en une phrase pourquoi la séance est annulée."},
    )


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    user = signed_in(request)
    found = sessions_seen_by(user).select_related("campaign", "by").order_by("-on", "-starts_at", "-pk")
    campaign = current_campaign()
    is_open = campaign is not None and allows(campaign.phase, PhaseAct.ENTER)
    context = {
        "page": Paginator(found, PAGE).get_page(asked(request).page()),
        "may_hold": is_open and can_hold_sessions(user),
    }
    return render(request, "agenda/sessions.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def propose(request: HttpRequest) -> HttpResponse:
    user, campaign = session_holder(request), current_campaign()
    if campaign is None or not allows(campaign.phase, PhaseAct.ENTER):
        messages.error(request, "La saisie n’est pas ouverte : une séance s’y tient.")
        return redirect("group_sessions")
    form = SessionForm(request.POST or None, user=user, campaign=campaign)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        draft = SessionDraft(given["on"], given["starts_at"], given["place"], given["message"])
        with refusals(request, form):
            session = hold_session(campaign=campaign, draft=draft, structures=list(given["structures"]), by=user)
            messages.success(request, "Les structures invitées sont prévenues.")
            return redirect("group_session", session.pk)
    context = {"form": form, "campaign": campaign}
    return render(request, "agenda/session_propose.html", context, status=422 if form.errors else 200)


@require_safe
def show(request: HttpRequest, group_session: int) -> HttpResponse:
    user, found = visible_session(request, group_session)
    return _page(request, user, found, CancelForm())


def _page(request: HttpRequest, user: User, found: GroupSession, form: CancelForm) -> HttpResponse:
    is_run = runs(user, found)
    context = {
        "session": found,
        "invitations": found.invitations.select_related("structure__commune") if can_hold_sessions(user) else [],
        "may_note": is_run and found.is_past,
        "form": form if is_run and not found.is_past else None,
    }
    return render(request, "agenda/session.html", context, status=422 if form.errors else 200)


@require_safe
def calendar_file(request: HttpRequest, group_session: int) -> HttpResponse:
    """The session alone, for one's own calendar."""
    _, found = visible_session(request, group_session)
    reply = HttpResponse(icalendar([session_date(found)], name="SENACS"), content_type="text/calendar; charset=utf-8")
    reply.headers["Content-Disposition"] = f'attachment; filename="senacs-seance-{found.pk}.ics"'
    return reply


@require_POST
def presence(request: HttpRequest, group_session: int) -> HttpResponse:
    user, found = run_session(request, group_session)
    with refusals(request):
        note_presence(session=found, came=sent(request).numbers("came"), by=user)
        messages.success(request, "Les présences sont notées.")
    return redirect("group_session", found.pk)


@require_POST
def cancel(request: HttpRequest, group_session: int) -> HttpResponse:
    user, found = run_session(request, group_session)
    form = CancelForm(request.POST)
    if form.is_valid():
        with refusals(request, form, "reason"):
            cancel_session(session=found, reason=form.cleaned_data["reason"], by=user)
            messages.success(request, "La séance est annulée ; les structures sont prévenues.")
            return redirect("group_session", found.pk)
    return _page(request, user, found, form)
