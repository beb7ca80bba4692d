"""When the work due at a date was last done, what it did, how long things are kept: for the national team."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from senacs.agenda.retention import RETENTIONS
from senacs.agenda.tick import last_passages
from senacs.web.agenda.access import passage_reader


@require_safe
def show(request: HttpRequest) -> HttpResponse:
    passage_reader(request)
    return render(request, "agenda/passages.html", {"passages": last_passages(), "retentions": RETENTIONS})
