"""« Lecture motivée »: the national team says why it reads one structure's answers, before it opens them."""

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from senacs.accounts.queries import current_reading, readings_by
from senacs.accounts.services import READING_LASTS, SHORTEST_PURPOSE, open_reading
from senacs.structures.models import Structure
from senacs.web.incoming import asked, own_address, sent
from senacs.web.national.access import reading_opener
from senacs.web.proof import fresh_proof
from senacs.web.refusals import refusals

MOST_SHOWN = 50


class PurposeForm(forms.Form):
    purpose = forms.CharField(
        label="Pourquoi lisez-vous ces réponses ?",
        help_text="La structure le lit, avec votre nom et chaque page ouverte, dans « Qui a lu mes données ».",
        min_length=SHORTEST_PURPOSE,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={
            "required": "Dites pourquoi vous lisez ces réponses.",
            "min_length": "Dites-le en une phrase : la structure la lira.",
        },
    )


@require_http_methods(["GET", "HEAD", "POST"])
@fresh_proof
def ask(request: HttpRequest, structure: int) -> HttpResponse:
    """Asks the purpose, opens the reading, and leads to the page that was wanted."""
    user = reading_opener(request)
    place = get_object_or_404(Structure, pk=structure)
    target = _target(request)
    form = PurposeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with refusals(request, form, "purpose"):
            open_reading(structure=place, purpose=form.cleaned_data["purpose"], by=user)
            messages.success(request, "La lecture est ouverte pour une heure. Chaque page que vous lisez est inscrite.")
            return redirect(target or "national_readings")
    context = {
        "structure": place,
        "form": form,
        "next": target,
        "minutes": READING_LASTS.seconds // 60,
        "current": current_reading(user, place),
    }
    return render(request, "national/reading.html", context, status=422 if form.errors else 200)


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """The person's own readings, newest first, with what was opened."""
    readings = readings_by(reading_opener(request)).prefetch_related("pages")[:MOST_SHOWN]
    return render(request, "national/readings.html", {"readings": readings})


def _target(request: HttpRequest) -> str:
    """The page that was wanted, on this site; empty otherwise."""
    return own_address(request, sent(request).text("next") or asked(request).text("next"))
