"""The automated tables of a structure, made when it asks: on screen, and as a workbook."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from senacs.publication.fiches.services import read_tables
from senacs.publication.fiches.tables import NO_BANDS, tables_notice, tables_workbook
from senacs.web.requests import signed_in
from senacs.web.structure.access import own_response

_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@require_safe
def show(request: HttpRequest, pk: int) -> HttpResponse:
    response = own_response(request, pk, with_answers=False)
    context = {
        "response": response,
        "tables": read_tables(response.structure, by=signed_in(request)),
        "notice": tables_notice(),
        "no_bands": NO_BANDS,
    }
    return render(request, "structure/tables.html", context)


@require_safe
def workbook(request: HttpRequest, pk: int) -> HttpResponse:
    structure = own_response(request, pk, with_answers=False).structure
    reply = HttpResponse(tables_workbook(structure, read_tables(structure, by=signed_in(request))), content_type=_XLSX)
    reply["Content-Disposition"] = f'attachment; filename="senacs-mes-tableaux-{structure.code}.xlsx"'
    return reply
