"""Participation is voluntary: declining, being out of scope, coming back, asking for more time."""

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from senacs.accounts.models import User
from senacs.accounts.permissions import can_enter
from senacs.collection.enums import DECLINE_REASONS, OUT_OF_SCOPE_REASONS, AbsenceKind, AbsenceReason, RequestState
from senacs.collection.models import Response
from senacs.collection.participation import (
    absence_of,
    ask_more_time,
    declare_absence,
    may_ask_more_time,
    take_part_again,
)
from senacs.web.incoming import sent
from senacs.web.refusals import refusals
from senacs.web.requests import signed_in
from senacs.web.structure.access import own_response
from senacs.web.structure.standing import standing_of


class AbsenceForm(forms.Form):
    reason = forms.ChoiceField(
        label="Motif",
        widget=forms.RadioSelect,
        error_messages={"required": "Choisissez un motif."},
    )
    comment = forms.CharField(
        label="Précision",
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="Nécessaire pour un autre motif. N’écrivez aucun nom de personne.",
    )

    def __init__(self, kind: AbsenceKind, data: object = None) -> None:
        super().__init__(data, prefix=kind.value)  # type: ignore[arg-type]
        reasons = DECLINE_REASONS if kind == AbsenceKind.DECLINED else OUT_OF_SCOPE_REASONS
        self.fields["reason"].choices = [(reason.value, reason.label) for reason in reasons]  # type: ignore[attr-defined]


class MoreTimeForm(forms.Form):
    until = forms.DateField(
        label="Jusqu’au",
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"required": "Choisissez un jour.", "invalid": "Ce jour n’existe pas."},
    )
    reason = forms.CharField(
        label="Pourquoi",
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": "Dites en une phrase pourquoi."},
    )


@require_http_methods(["GET", "HEAD", "POST"])
def show(request: HttpRequest, pk: int) -> HttpResponse:
    response = own_response(request, pk)
    action = sent(request).text("action")
    decline = AbsenceForm(AbsenceKind.DECLINED, request.POST if action == "declined" else None)
    scope = AbsenceForm(AbsenceKind.OUT_OF_SCOPE, request.POST if action == "out_of_scope" else None)
    more_time = MoreTimeForm(request.POST if action == "delai" else None)
    chosen = {"declined": decline, "out_of_scope": scope, "delai": more_time}.get(action)
    if request.method == "POST" and (chosen is None or chosen.is_valid()):
        with refusals(request):
            messages.success(request, _act(response, signed_in(request), action, chosen))
        return redirect("saisie_participation", response.pk)
    requests = list(response.extension_requests.select_related("decided_by"))
    context = {
        "response": response,
        "absence": absence_of(response),
        "requests": requests,
        "decline": decline,
        "scope": scope,
        "more_time": more_time,
        "failed": chosen,
        "standing": standing_of(response, signed_in(request)),
        "may_ask": may_ask_more_time(response) and not any(one.state == RequestState.PENDING for one in requests),
        "may_write": response.is_editable and can_enter(signed_in(request), response.structure),
    }
    return render(request, "structure/participation.html", context, status=422 if chosen else 200)


def _act(response: Response, user: User, action: str, form: forms.Form | None) -> str:
    if form is None:
        take_part_again(response=response, by=user)
        return "Vous participez à l’enquête : merci. Vos réponses sont là où vous les aviez laissées."
    if isinstance(form, MoreTimeForm):
        ask_more_time(response=response, by=user, **form.cleaned_data)
        return "Votre demande est envoyée à vos correspondants."
    declare_absence(
        response=response,
        kind=AbsenceKind(action),
        reason=AbsenceReason(form.cleaned_data["reason"]),
        comment=form.cleaned_data["comment"],
        by=user,
    )
    return "C’est noté : vous ne recevrez plus de relance. Vous pouvez changer d’avis tant que la saisie est ouverte."
