"""« Ce qui m'attend » and how one is written to: pages of a person whatever their roles."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from senacs.accounts.models import NoticePace
from senacs.accounts.notices import choose_pace, paces_of
from senacs.agenda.follow_up import scopes_of
from senacs.agenda.kinds import Whose
from senacs.agenda.waiting import count_for, waiting_for
from senacs.lib.french import plural
from senacs.web.requests import signed_in

# Letters told again on the page of preferences.
MOST_SHOWN = 20


class PaceForm(forms.Form):
    pace = forms.ChoiceField(
        label="Quand quelqu’un d’autre fait un acte qui vous concerne",
        widget=forms.RadioSelect,
        error_messages={"required": "Choisissez l’un des deux rythmes."},
    )


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """The three columns: what waits for me, for the other, for the structures."""
    user = signed_in(request)
    found = waiting_for(user)
    columns = [(whose, found[whose]) for whose in Whose if whose == Whose.MINE or found[whose]]
    count = sum(things.found.total for things in found[Whose.MINE])
    return render(
        request, "agenda/waiting.html", {"columns": columns, "count": count, "follows": bool(scopes_of(user))}
    )


@require_safe
def count(request: HttpRequest) -> HttpResponse:
    """The number in the menu, asked after the page so that none waits for it, and kept by the browser a moment."""
    found = count_for(signed_in(request))
    response = JsonResponse({"count": found, "told": plural(found, "chose à faire", "choses à faire")})
    response.headers["Cache-Control"] = "private, max-age=30"
    response.headers["Vary"] = "Cookie"
    return response


@require_http_methods(["GET", "HEAD", "POST"])
def notices(request: HttpRequest) -> HttpResponse:
    """At once or once a day, and what one was told lately."""
    user = signed_in(request)
    form: Any = PaceForm(request.POST or None, initial={"pace": user.notice_pace})
    form.fields["pace"].choices = paces_of(user)
    if request.method == "POST" and form.is_valid():
        choose_pace(user=user, pace=NoticePace(form.cleaned_data["pace"]))
        messages.success(request, "C’est enregistré.")
        return redirect("account_notices")
    told = user.notices.select_related("letter")[:MOST_SHOWN]
    return render(request, "agenda/notices.html", {"form": form, "told": told}, status=422 if form.errors else 200)
