"""« Journal des actes »: who did what, when, about whom and why; searched, taken away, its chain checked."""

from typing import Any

from django import forms
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from senacs.audit.chain import faults_of
from senacs.audit.models import AuditHead, AuditLine
from senacs.audit.queries import as_csv, lines_matching
from senacs.publication.naming import in_words
from senacs.web.incoming import asked, query_without_page
from senacs.web.national.access import national_member

PAGE = 50


def _day(label: str) -> forms.DateField:
    return forms.DateField(
        label=label,
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        input_formats=["%Y-%m-%d", "%d/%m/%Y"],
        error_messages={"invalid": "Écrivez la date ainsi : 31/12/2027."},
    )


class AuditSearchForm(forms.Form):
    words = forms.CharField(label="Personne, acte, structure ou motif", max_length=100, required=False)
    since = _day("Depuis le")
    until = _day("Jusqu’au")

    def criteria(self) -> dict[str, Any]:
        return self.cleaned_data if self.is_valid() else {}


def _about(line: AuditLine) -> str:
    """In words; the line itself stays as it was sealed."""
    return in_words(line.about) if line.row.startswith("publication.EditionEvent:") else line.about


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """The acts, newest first; each line says whether the chain holds at it."""
    national_member(request)
    form = AuditSearchForm(request.GET or None)
    page = Paginator(lines_matching(**form.criteria()), PAGE).get_page(asked(request).page())
    lines = list(page.object_list)
    faults = faults_of(lines)
    context = {
        "form": form,
        "page": page,
        "parameters": query_without_page(request),
        "lines": [(line, _about(line), faults.get(line.pk, "")) for line in lines],
        "faults": len(faults),
        "head": AuditHead.objects.filter(pk=1).first(),
    }
    return render(request, "national/audit.html", context, status=422 if form.errors else 200)


@require_safe
def table(request: HttpRequest) -> HttpResponse:
    """The acts that match, as a file, with the seal of each."""
    national_member(request)
    form = AuditSearchForm(request.GET or None)
    if form.errors:
        return redirect("national_audit")
    content = as_csv(lines_matching(**form.criteria()), about=_about)
    reply = HttpResponse("\ufeff" + content, content_type="text/csv; charset=utf-8")
    reply.headers["Content-Disposition"] = 'attachment; filename="journal-actes.csv"'
    return reply
