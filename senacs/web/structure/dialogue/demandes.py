"""What correspondents ask the structure: queries at a cell, and values to confirm or correct."""

from collections.abc import Callable

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from senacs.collection.queries import compiled_of, environment
from senacs.review.demandes import accept_proposal, answer_query
from senacs.review.enums import FlagOrigin, FlagState
from senacs.review.models import Flag, Query
from senacs.review.queries import threads_by_field
from senacs.review.services import justify_flag, takes_explanations
from senacs.web.incoming import sent
from senacs.web.refusals import refusals
from senacs.web.requests import signed_in
from senacs.web.structure.access import own_response
from senacs.web.structure.entry.doubts import open_doubts


@require_safe
def index(request: HttpRequest, pk: int) -> HttpResponse:
    """Everything that was asked about one response, what waits for an answer first."""
    response = own_response(request, pk)
    fields = compiled_of(response).questionnaire.fields
    threads = [
        (fields[code], thread)
        for code, found in threads_by_field(response).items()
        if code in fields
        for thread in found
    ]
    context = {
        "response": response,
        "threads": sorted(threads, key=lambda pair: (pair[1].query.state != "open", pair[1].query.opened_at)),
        "doubts": open_doubts(response, environment(response), response.flags.open())
        if takes_explanations(response)
        else [],
        "confirmed": response.flags.filter(
            origin=FlagOrigin.ATYPICAL, state__in=[FlagState.JUSTIFIED, FlagState.ACCEPTED]
        ).count(),
    }
    return render(request, "structure/demandes.html", context)


@require_POST
def act(request: HttpRequest, pk: int, act: str) -> HttpResponse:
    """Answers a query, or accepts the value that is proposed."""
    query = get_object_or_404(Query.objects.visible_to(signed_in(request)), pk=pk)
    response = own_response(request, query.response_id)
    text, user = sent(request).text("text"), signed_in(request)
    acts: dict[str, tuple[Callable[[], object], str]] = {
        "repondre": (lambda: answer_query(query=query, by=user, text=text), "Votre réponse est envoyée."),
        "accepter": (lambda: accept_proposal(query=query, by=user, text=text), "La valeur est corrigée."),
    }
    if act not in acts:
        raise Http404
    _attempt(request, *acts[act])
    return redirect("saisie_queries", response.pk)


@require_POST
def confirm(request: HttpRequest, pk: int) -> HttpResponse:
    """Confirms an atypical value and says why it is right or, once all is sent, what it should have been."""
    flag = get_object_or_404(Flag.objects.visible_to(signed_in(request)), pk=pk)
    response = own_response(request, flag.response_id)
    text = sent(request).text("text")
    done = "La valeur est confirmée." if response.is_editable else "Votre explication est envoyée."
    _attempt(request, lambda: justify_flag(flag=flag, by=signed_in(request), text=text), done)
    return redirect("saisie_queries", response.pk)


def _attempt(request: HttpRequest, service: Callable[[], object], done: str) -> None:
    with refusals(request):
        service()
        messages.success(request, done)
