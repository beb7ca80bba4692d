"""Preparation of a version by the comité technique: import of a draft, checks, decisions, preview."""

import tempfile
from pathlib import Path
from typing import Any

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from senacs.collection.samples import typical_answers
from senacs.lib.refusals import Refused
from senacs.lib.workbooks import WorkbookError
from senacs.observatory.definitions.indicators import read_entries
from senacs.questionnaire.engine.errors import DefinitionError, DefinitionErrors
from senacs.questionnaire.engine.static import warnings_of
from senacs.questionnaire.engine.values import format_value
from senacs.questionnaire.enums import Effect
from senacs.questionnaire.models import QuestionnaireVersion
from senacs.questionnaire.queries import changes_of, get_compiled, previous_version
from senacs.questionnaire.services import decide_change, save_questionnaire
from senacs.questionnaire.xlsform.columns import INDICATORS
from senacs.questionnaire.xlsform.reader import MAX_BYTES, read_definition
from senacs.web.bodies import FORM, accepts_up_to
from senacs.web.national.access import questionnaire_manager
from senacs.web.national.forms import DecisionForm, DraftForm
from senacs.web.refusals import refusals

# Who answers the preview: what conditions ask about the structure.
KINDS = {"cs": "CS", "evs": "EVS"}


@accepts_up_to(MAX_BYTES + FORM)
@require_http_methods(["GET", "HEAD", "POST"])
def index(request: HttpRequest) -> HttpResponse:
    """The versions, and the import of a draft from its workbook."""
    questionnaire_manager(request)
    form = DraftForm(request.POST or None, request.FILES or None)
    errors: list[DefinitionError] = []
    if request.method == "POST" and form.is_valid():
        try:
            version, notes = _store(form.cleaned_data["file"])
        except DefinitionErrors as found:
            errors = found.errors
        except (WorkbookError, Refused) as refusal:
            form.add_error("file", str(refusal))
        else:
            messages.success(request, f"« {version.title} » est enregistré comme brouillon.")
            for note in notes:
                messages.warning(request, f"Non repris : {note}")
            return redirect("national_questionnaire", version.code)
    versions = QuestionnaireVersion.objects.defer("document").order_by("-year", "code")
    context = {"form": form, "errors": errors, "versions": versions}
    return render(request, "national/questionnaires.html", context, status=422 if form.errors or errors else 200)


def _store(upload: UploadedFile[Any]) -> tuple[QuestionnaireVersion, tuple[DefinitionError, ...]]:
    """The draft of a workbook, and what of a workbook of Kobo or ODK is not taken over."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "questionnaire.xlsx"
        with path.open("wb") as file:
            file.writelines(upload.chunks())
        definition = read_definition(path, name=str(upload.name))
    entries = [(entry, INDICATORS, row) for entry, row in definition.indicators]
    read_entries(entries, definition.questionnaire)
    stored = [entry for entry, _ in definition.indicators]
    return save_questionnaire(questionnaire=definition.questionnaire, indicators=stored), definition.notes


@require_safe
def show(request: HttpRequest, code: str) -> HttpResponse:
    """One version: what the static checks say, what changes, what is still to decide."""
    questionnaire_manager(request)
    return _show(request, get_object_or_404(QuestionnaireVersion, code=code))


def _show(request: HttpRequest, version: QuestionnaireVersion, form: DecisionForm | None = None) -> HttpResponse:
    questionnaire = get_compiled(version).questionnaire
    changes = changes_of(version)
    core = [change for change in changes.questions if change.question.is_core] if changes else []
    context = {
        "version": version,
        "questionnaire": questionnaire,
        "warnings": warnings_of(questionnaire),
        "changes": changes,
        "core": sorted(core, key=lambda change: not change.is_awaited),
        "effects": Effect.choices,
        "form": form,
    }
    return render(request, "national/questionnaire.html", context, status=422 if form else 200)


@require_POST
def decide(request: HttpRequest, code: str) -> HttpResponse:
    """Records a decision on one changed question."""
    user = questionnaire_manager(request)
    version = get_object_or_404(QuestionnaireVersion, code=code)
    form = DecisionForm(request.POST)
    if not form.is_valid():
        return _show(request, version, form)
    with refusals(request):
        decide_change(version=version, by=user, **form.cleaned_data)
        messages.success(request, "La décision est enregistrée.")
    return redirect("national_questionnaire", version.code)


@require_safe
def preview(request: HttpRequest, code: str, kind: str) -> HttpResponse:
    """The draft filled with answers of the shape of last year's, as a centre social or an EVS would see it."""
    questionnaire_manager(request)
    version = get_object_or_404(QuestionnaireVersion, code=code)
    if kind not in KINDS:
        raise Http404
    compiled = get_compiled(version)
    context_of_structure = {
        "structure_type": KINDS[kind],
        "structure_gestion": "associatif",
        "structure_territoire": "urbain",
        "structure_qpv": True,
        "structure_fcsf": True,
    }
    settled = compiled.settle(typical_answers(version, previous_version(version)), context_of_structure, {})
    sections = []
    for section in compiled.questionnaire.sections:
        shown = [
            (question, [(f.label, format_value(f, settled.values.get(f.code)), f.is_computed) for f in visible])
            for question in section.questions
            if (visible := [f for f in question.fields if f.code not in settled.hidden])
        ]
        hidden = sum(1 for question in section.questions if all(f.code in settled.hidden for f in question.fields))
        sections.append((section, shown, hidden))
    context = {
        "version": version,
        "kind": kind,
        "sections": sections,
        "findings": compiled.check(
            {c: v for c, v in settled.values.items() if c in compiled.questionnaire.fields}, context_of_structure, {}
        ),
    }
    return render(request, "national/questionnaire_preview.html", context)
