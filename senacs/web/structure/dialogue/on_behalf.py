"""« Ce que d'autres ont saisi pour vous »: each value accepted or contested by the structure (charte 2.2)."""

from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from senacs.collection.documents import read_entry
from senacs.collection.enums import Provenance
from senacs.collection.models import Response
from senacs.collection.on_behalf import EnteredFor, accept_entries, contest_entry, entered_for
from senacs.collection.queries import compiled_of
from senacs.lib import french
from senacs.questionnaire.engine.values import format_value
from senacs.web.incoming import sent
from senacs.web.refusals import refusals
from senacs.web.requests import signed_in
from senacs.web.structure.access import own_response


@dataclass(frozen=True, slots=True)
class EntryOnBehalfLine:
    entry: EnteredFor
    label: str
    section: str
    value: str
    provenance: str
    url: str


@require_http_methods(["GET", "HEAD", "POST"])
def entries(request: HttpRequest, pk: int) -> HttpResponse:
    response = own_response(request, pk)
    if request.method == "POST":
        return _judge(request, response)
    lines = _lines(response)
    context = {
        "response": response,
        "lines": lines,
        "waiting": sum(line.entry.opinion is None for line in lines),
        "contested": sum(line.entry.is_contested for line in lines),
    }
    return render(request, "structure/on_behalf.html", context)


def _judge(request: HttpRequest, response: Response) -> HttpResponse:
    user, form = signed_in(request), sent(request)
    code = form.text("code")
    with refusals(request):
        if form.text("action") == "contester":
            contest_entry(response=response, code=code, reason=form.text("motif"), by=user)
            messages.success(request, "La valeur est contestée : la personne qui l’a saisie en est informée.")
        else:
            waiting = [entry.code for entry in entered_for(response) if entry.opinion is None]
            count = accept_entries(response=response, codes=[code] if code else waiting, by=user)
            messages.success(request, f"{french.plural(count, 'valeur acceptée', 'valeurs acceptées')}.")
    return redirect("saisie_on_behalf", response.pk)


def _lines(response: Response) -> list[EntryOnBehalfLine]:
    questionnaire = compiled_of(response).questionnaire
    titles = {section.code: f"{section.letter}. {section.title}" for section in questionnaire.sections}
    found = {entry.code: entry for entry in entered_for(response)}
    return [
        EntryOnBehalfLine(
            found[code],
            field.label,
            titles[field.section],
            format_value(field, read_entry(field, found[code].stored)),
            str(Provenance(found[code].stored["provenance"]).label),
            f"{reverse('saisie_section', args=[response.pk, field.section])}#champ-{code}",
        )
        for code, field in questionnaire.fields.items()
        if code in found
    ]
