"""Lists brought into the register: received, their differences shown, applied."""

from typing import Any

from django import forms
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from senacs.accounts.models import User
from senacs.jobs.enums import JobState
from senacs.jobs.queries import last_job
from senacs.jobs.services import ask
from senacs.register.models import RegisterImport
from senacs.register.services import receive_list, repaired_list, report_of
from senacs.structures.enums import StructureKind
from senacs.structures.imports.columns import LABELS
from senacs.structures.imports.report import ImportOutcome
from senacs.web.bodies import ANYBODY
from senacs.web.jobs import LIST_APPLICATION, LIST_TRIAL
from senacs.web.national.access import register_manager
from senacs.web.refusals import refusals

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
# Rows of one outcome on the page; the report has them all.
MOST_SHOWN = 200
# In the order in which they ask for somebody's attention.
_ORDER = (ImportOutcome.REFUSED, ImportOutcome.UPDATED, ImportOutcome.CREATED, ImportOutcome.UNCHANGED)
_HEADINGS = {
    ImportOutcome.REFUSED: "Lignes refusées",
    ImportOutcome.UPDATED: "Structures mises à jour",
    ImportOutcome.CREATED: "Structures nouvelles",
    ImportOutcome.UNCHANGED: "Structures inchangées",
}


class ListForm(forms.Form):
    file = forms.FileField(
        label="Liste (CSV, XLSX ou ODS)",
        help_text="Au moins un nom et une commune par ligne ; 10\u00a0Mo au plus. "
        "Rien n’est changé avant votre accord.",
        error_messages={"required": "Choisissez un fichier.", "empty": "Ce fichier est vide."},
    )
    kind = forms.ChoiceField(
        label="Type des lignes qui n’en donnent pas",
        choices=[("", "La liste le dit ligne par ligne"), *StructureKind.choices],
        required=False,
    )


class ApplyForm(forms.Form):
    skip_refused = forms.BooleanField(label="Laisser de côté les lignes refusées", required=False)
    allow_duplicates = forms.BooleanField(
        label="Créer aussi les doublons probables",
        help_text="Deux structures qui se ressemblent et sont bien distinctes.",
        required=False,
    )


@require_http_methods(["GET", "HEAD", "POST"])
def index(request: HttpRequest) -> HttpResponse:
    """The lists received, and the way to send one."""
    user = register_manager(request)
    form = ListForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        with refusals(request, form, "file"):
            return redirect("national_list", _receive(form.cleaned_data, user).pk)
    lists = RegisterImport.objects.defer("content").select_related("received_by", "applied_by")[:30]
    context = {"form": form, "lists": lists, "columns": list(LABELS.values())}
    return render(request, "national/register_lists.html", context, status=422 if form.errors else 200)


def _receive(given: dict[str, Any], user: User) -> RegisterImport:
    upload, kind = given["file"], given["kind"]
    content = upload.read(ANYBODY)
    with transaction.atomic():
        received = receive_list(
            name=str(upload.name), content=content, kind=StructureKind(kind) if kind else None, by=user
        )
        ask(kind=LIST_TRIAL.name, about=received.pk, arguments={"received": received.pk}, by=user)
    return received


@require_safe
def show(request: HttpRequest, received: int) -> HttpResponse:
    """What a list would do, or did, row by row, with each value before and after."""
    register_manager(request)
    return _show(request, get_object_or_404(RegisterImport.objects.defer("content"), pk=received), ApplyForm())


@require_POST
def apply(request: HttpRequest, received: int) -> HttpResponse:
    user = register_manager(request)
    found = get_object_or_404(RegisterImport.objects.defer("content"), pk=received)
    form = ApplyForm(request.POST)
    if form.is_valid():
        with refusals(request, form):
            arguments = {"received": found.pk, **form.cleaned_data}
            ask(kind=LIST_APPLICATION.name, about=found.pk, arguments=arguments, by=user)
            return redirect("national_list", found.pk)
    return _show(request, found, form, status=422)


@require_safe
def report(request: HttpRequest, received: int) -> HttpResponse:
    """The whole report, as a file."""
    register_manager(request)
    found = get_object_or_404(RegisterImport.objects.defer("content"), pk=received)
    reply = HttpResponse("\ufeff" + report_of(found), content_type="text/csv; charset=utf-8")
    reply.headers["Content-Disposition"] = f'attachment; filename="rapport-{found.pk}.csv"'
    return reply


@require_safe
def repaired(request: HttpRequest, received: int) -> HttpResponse:
    """The list as it was understood, to be corrected and sent again."""
    user = register_manager(request)
    found = get_object_or_404(RegisterImport, pk=received)
    with refusals(request):
        reply = HttpResponse(repaired_list(received=found, by=user), content_type=XLSX)
        reply.headers["Content-Disposition"] = f'attachment; filename="liste-{found.pk}-reparee.xlsx"'
        return reply
    return redirect("national_list", found.pk)


def _show(request: HttpRequest, found: RegisterImport, form: ApplyForm, status: int = 200) -> HttpResponse:
    last = (last_job(kind.name, about=found.pk) for kind in (LIST_TRIAL, LIST_APPLICATION))
    # What went well shows in the page itself.
    jobs = [job for job in last if job is not None and job.state != JobState.DONE]
    groups = [(_HEADINGS[outcome], outcome, found.rows_of(outcome)) for outcome in _ORDER]
    context = {
        "list": found,
        "jobs": jobs,
        "is_waiting": any(job.is_under_way for job in jobs),
        "form": form,
        "groups": [
            {"heading": heading, "name": outcome.name, "rows": rows[:MOST_SHOWN], "count": len(rows)}
            for heading, outcome, rows in groups
            if rows
        ],
        "refused": len(found.rows_of(ImportOutcome.REFUSED)),
        "most": MOST_SHOWN,
    }
    return render(request, "national/register_list.html", context, status=status)
