"""The workbook of the response: down, up, what it would change, and only then written."""

import tempfile
from itertools import groupby
from pathlib import Path

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from senacs.accounts.permissions import can_enter
from senacs.collection.models import WorkbookUpload
from senacs.collection.workbook.reader import MAX_BYTES
from senacs.collection.workbook.services import WRITTEN, UploadOutcome, apply_workbook, differences, receive_workbook
from senacs.collection.workbook.writer import as_workbook
from senacs.lib import french
from senacs.web.answers import answers_of
from senacs.web.bodies import FORM, accepts_up_to
from senacs.web.incoming import sent
from senacs.web.refusals import refusals
from senacs.web.requests import signed_in
from senacs.web.structure.access import own_response

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
TITLES = (
    (UploadOutcome.REFUSED, "Refusées : à corriger dans le classeur"),
    (UploadOutcome.CONFLICT, "Modifiées en ligne entre-temps : choisissez"),
    (UploadOutcome.CHANGED, "Modifiées"),
    (UploadOutcome.CLEARED, "Vidées"),
    (UploadOutcome.NEW, "Nouvelles"),
    (UploadOutcome.UNCHANGED, "Déjà enregistrées"),
)


# What a workbook says and that is not written, unless the person asks for it.
LEFT_OUT = frozenset({UploadOutcome.REFUSED, UploadOutcome.CONFLICT})


class WorkbookForm(forms.Form):
    file = forms.FileField(
        label="Votre classeur rempli (XLSX ou ODS)",
        help_text="10\u00a0Mo au plus. Rien n’est enregistré avant que vous ayez vu ce qui change.",
        error_messages={"required": "Choisissez le classeur que vous avez rempli.", "empty": "Ce fichier est vide."},
    )


@require_safe
def download(request: HttpRequest, pk: int) -> HttpResponse:
    response = answers_of(request, pk)
    reply = HttpResponse(as_workbook(response), content_type=XLSX)
    name = f"senacs-saisie-{response.campaign.year}-{response.structure.code}.xlsx"
    reply.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return reply


@accepts_up_to(MAX_BYTES + FORM)
@require_http_methods(["GET", "HEAD", "POST"])
def send(request: HttpRequest, pk: int) -> HttpResponse:
    """Takes the workbook back, and leads to what it would change."""
    user = signed_in(request)
    response = own_response(request, pk) if request.method == "POST" else answers_of(request, pk)
    form = WorkbookForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        upload = form.cleaned_data["file"]
        with refusals(request, form, "file"):
            with tempfile.TemporaryDirectory() as folder:
                path = Path(folder) / "classeur"
                with path.open("wb") as file:
                    file.writelines(upload.chunks())
                received = receive_workbook(response=response, path=path, name=str(upload.name), by=user)
            return redirect("saisie_workbook_review", response.pk, received.pk)
    may_write = response.is_editable and can_enter(user, response.structure)
    context = {"response": response, "form": form, "may_write": may_write}
    return render(request, "structure/workbook.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def review(request: HttpRequest, pk: int, upload: int) -> HttpResponse:
    """What the workbook changes, cell by cell; the form writes it."""
    response = own_response(request, pk)
    received = get_object_or_404(WorkbookUpload, pk=upload, response=response)
    if request.method == "POST":
        found = differences(received, response)
        with refusals(request):
            result = apply_workbook(upload=received, by=signed_in(request), overwrite=sent(request).texts("ecraser"))
            saved = french.plural(len(result.saved), "réponse enregistrée", "réponses enregistrées")
            messages.success(request, f"Classeur appliqué : {saved}.")
            if left := sum(d.outcome in LEFT_OUT and d.code not in result.saved for d in found):
                told = french.plural(left, "case n’a pas été reprise", "cases n’ont pas été reprises")
                messages.warning(request, f"{told} : refusées, ou modifiées en ligne entre-temps.")
        return redirect("saisie_dashboard", response.pk)
    found = sorted(differences(received, response), key=lambda d: list(dict(TITLES)).index(d.outcome))
    groups = [(outcome, dict(TITLES)[outcome], list(items)) for outcome, items in groupby(found, lambda d: d.outcome)]
    context = {
        "response": response,
        "upload": received,
        "groups": groups,
        "to_write": sum(difference.outcome in WRITTEN for difference in found),
        "conflicts": sum(difference.outcome is UploadOutcome.CONFLICT for difference in found),
        "may_write": response.is_editable and received.applied_at is None,
    }
    return render(request, "structure/workbook_review.html", context)
