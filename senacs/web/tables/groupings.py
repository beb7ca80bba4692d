"""Groupings of communes, drawn by the Copil of the département: the choice, what it counts, those that stand."""

from itertools import groupby

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from senacs.lib.refusals import Refused
from senacs.observatory.answers.groupings import (
    LEAST_STRUCTURES,
    close_grouping,
    communes_to_choose,
    draw_grouping,
    groupings_of,
)
from senacs.observatory.models import Grouping
from senacs.web.incoming import sent
from senacs.web.refusals import refusals
from senacs.web.requests import signed_in
from senacs.web.tables.access import drawable_departement


@require_http_methods(["GET", "HEAD", "POST"])
def show(request: HttpRequest, code: str) -> HttpResponse:
    """Checked boxes come back with their count before anything is drawn: « Compter » posts like « Tracer »."""
    departement = drawable_departement(request, code)
    chosen, name, refusal = set(sent(request).texts("commune")), sent(request).text("name"), ""
    if sent(request).text("action") == "tracer":
        try:
            made = draw_grouping(departement=departement, name=name, communes=chosen, by=signed_in(request))
        except Refused as refused:
            refusal = refused.message
        else:
            messages.success(request, f"« {made.name} » sera dans la prochaine publication construite.")
            return redirect("groupings", departement.pk)
    choices = communes_to_choose(departement)
    picked = [choice for choice in choices if choice.code in chosen]
    context = {
        "departement": departement,
        "groupings": groupings_of(departement),
        "epcis": [(epci or "Hors intercommunalité", list(own)) for epci, own in groupby(choices, lambda c: c.epci)],
        "chosen": chosen,
        "name": name,
        "refusal": refusal,
        "centres": sum(choice.centres for choice in picked),
        "spaces": sum(choice.spaces for choice in picked),
        "least": LEAST_STRUCTURES,
    }
    return render(request, "tables/groupings.html", context, status=422 if refusal else 200)


@require_POST
def close(request: HttpRequest, code: str, number: int) -> HttpResponse:
    departement = drawable_departement(request, code)
    grouping = get_object_or_404(Grouping, departement=departement, number=number)
    with refusals(request):
        close_grouping(grouping=grouping, by=signed_in(request))
        messages.success(request, f"« {grouping.name} » ne sera plus dans les publications à venir.")
    return redirect("groupings", departement.pk)
