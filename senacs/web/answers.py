"""How pages come to a response: with its answers, by the one door of `collection.readings`; or without them."""

from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404

from senacs.collection.models import Response
from senacs.collection.queries import responses_known_to
from senacs.collection.readings import Unknown, read_answers
from senacs.web.requests import signed_in

# What the ledger of a structure says was opened, by the name of the page's URL; a page is added here to read answers.
OPENED = {
    "saisie_dashboard": "Tableau de bord",
    "saisie_preparation": "Liste de préparation",
    "saisie_section": "Rubrique « {code} »",
    "saisie_autosave": "Saisie",
    "saisie_receipt": "PDF de l’envoi n° {number}",
    "saisie_hints": "Pistes de correction",
    "saisie_review": "Vérifier et envoyer",
    "saisie_sent": "Accusé de réception",
    "saisie_history": "Historique de « {code} »",
    "saisie_answers": "Toutes les réponses",
    "saisie_copy": "Copie des réponses ({format})",
    "saisie_workbook": "Classeur de saisie",
    "saisie_workbook_send": "Classeur de saisie",
    "suivi_response": "Contrôle de la réponse",
    "suivi_act": "Contrôle de la réponse",
    "suivi_cell": "Case « {code} »",
    "suivi_history": "Historique de « {code} »",
}


def answers_of(request: HttpRequest, pk: int) -> Response:
    """A response with its answers, read by `read_answers`: 404 when the person may not even know of it.

    A reading that waits for its purpose leads there (`middleware.ReadingMiddleware`).
    """
    match = request.resolver_match
    assert match is not None and match.url_name is not None
    opened = OPENED[match.url_name].format_map(match.kwargs)
    try:
        response, entry = read_answers(pk, by=signed_in(request), what=opened)
    except Unknown as error:
        raise Http404 from error
    # Pages say it to whom reads under a purpose.
    request.reading = entry and entry.reading  # type: ignore[attr-defined]
    return response


def known_response(request: HttpRequest, pk: int) -> Response:
    """The same without its answers, for acts and pages that need none; nothing is written in the ledger."""
    return get_object_or_404(responses_known_to(signed_in(request)), pk=pk)
