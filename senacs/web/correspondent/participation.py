"""What a correspondent answers to a structure that asks for more time."""

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_POST

from senacs.collection.models import ExtensionRequest
from senacs.collection.participation import decide_extension
from senacs.web.correspondent.access import reviewed_by
from senacs.web.incoming import sent
from senacs.web.refusals import refusals
from senacs.web.requests import signed_in


class DelayDecisionForm(forms.Form):
    until = forms.DateField(required=False, error_messages={"invalid": "Ce jour n’existe pas."})
    answer = forms.CharField(required=False, max_length=1000)


@require_POST
def decide(request: HttpRequest, pk: int, asked: int) -> HttpResponse:
    """Grants more time, until the day asked or another, or refuses it with a reason."""
    user, response = signed_in(request), reviewed_by(request, pk)
    found = get_object_or_404(ExtensionRequest, pk=asked, response=response.pk)
    form = DelayDecisionForm(request.POST)
    if not form.is_valid():
        messages.error(request, " ".join(str(message) for errors in form.errors.values() for message in errors))
        return redirect("suivi_response", response.pk)
    is_granted = sent(request).text("act") == "accorder"
    with refusals(request):
        decide_extension(asked=found, is_granted=is_granted, by=user, **form.cleaned_data)
        messages.success(request, "Le délai est accordé." if is_granted else "Le délai est refusé.")
    return redirect("suivi_response", response.pk)
