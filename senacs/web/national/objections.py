"""« Oppositions »: those that wait for an answer, due in one month, and what was answered to the others."""

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from senacs.accounts.models import Objection
from senacs.accounts.objections import (
    answer_due,
    answer_objection,
    answered_objections,
    effect_once_granted,
    title_of,
    waiting_objections,
)
from senacs.lib import clock
from senacs.web.national.access import national_member
from senacs.web.refusals import refusals

MOST_SHOWN = 50


class AnswerForm(forms.Form):
    is_granted = forms.TypedChoiceField(
        label="Réponse",
        choices=[("oui", "Accueillir"), ("non", "Refuser")],
        coerce=lambda given: given == "oui",
        widget=forms.RadioSelect,
        error_messages={"required": "Choisissez d’accueillir ou de refuser."},
    )
    answer = forms.CharField(
        label="Ce qui a été fait, ou pourquoi non",
        help_text="La personne le lit.",
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": "Dites ce qui a été fait, ou pourquoi non."},
    )


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    national_member(request)
    return _show(request)


@require_POST
def answer(request: HttpRequest, objection: int) -> HttpResponse:
    user, found = national_member(request), get_object_or_404(Objection, pk=objection)
    form = AnswerForm(request.POST, prefix=str(found.pk))
    if form.is_valid():
        with refusals(request, form, "answer"):
            answer_objection(objection=found, by=user, **form.cleaned_data)
            messages.success(request, f"Réponse envoyée à {found.user.get_full_name()}.")
            return redirect("national_objections")
    return _show(request, form)


def _show(request: HttpRequest, sent: AnswerForm | None = None) -> HttpResponse:
    waiting = [
        {
            "objection": one,
            "title": title_of(one),
            "effect": effect_once_granted(one),
            "due": answer_due(one),
            "is_late": answer_due(one) < clock.now(),
            "form": sent if sent is not None and sent.prefix == str(one.pk) else AnswerForm(prefix=str(one.pk)),
        }
        for one in waiting_objections()
    ]
    answered = [(one, title_of(one)) for one in answered_objections()[:MOST_SHOWN]]
    context = {"waiting": waiting, "answered": answered, "sent": sent}
    return render(request, "national/objections.html", context, status=422 if sent is not None else 200)
