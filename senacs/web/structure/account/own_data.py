"""« Ce que le site garde de nous », for a structure: counted on a page, taken away as an archive."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.text import slugify
from django.views.decorators.http import require_safe

from senacs.collection.own_data import archive_of, held_on_structure
from senacs.web.refusals import refusals
from senacs.web.requests import signed_in
from senacs.web.structure.access import own_response


@require_safe
def show(request: HttpRequest, pk: int) -> HttpResponse:
    response = own_response(request, pk, with_answers=False)
    context = {"response": response, "held": held_on_structure(response.structure)}
    return render(request, "structure/own_data.html", context)


@require_safe
def archive(request: HttpRequest, pk: int) -> HttpResponse:
    structure = own_response(request, pk, with_answers=False).structure
    with refusals(request):
        content = archive_of(structure, by=signed_in(request))
    reply = HttpResponse(content, content_type="application/zip")
    reply.headers["Content-Disposition"] = f'attachment; filename="senacs-{slugify(structure.name)[:60]}.zip"'
    return reply
