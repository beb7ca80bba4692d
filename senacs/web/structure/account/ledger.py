"""« Qui a lu mes données »: the ledger of accesses, as the structure concerned reads it (charte 3.2)."""

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from senacs.accounts.queries import accesses_to
from senacs.web.incoming import asked
from senacs.web.structure.access import own_response

PAGE = 50


@require_safe
def show(request: HttpRequest, pk: int) -> HttpResponse:
    response = own_response(request, pk, with_answers=False)
    page = Paginator(accesses_to(response.structure), PAGE).get_page(asked(request).page())
    return render(request, "structure/ledger.html", {"response": response, "page": page})
