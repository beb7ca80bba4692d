"""The questionnaire as everyone signed in reads it: its versions, what changes, the workbook."""

from io import BytesIO

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from senacs.accounts.permissions import can_manage_questionnaire
from senacs.observatory.definitions.indicators import entries_for
from senacs.questionnaire.engine.comparison import Change
from senacs.questionnaire.enums import ChangeKind
from senacs.questionnaire.models import QuestionnaireVersion
from senacs.questionnaire.queries import changes_of, get_compiled
from senacs.questionnaire.xlsform.writer import write_workbook
from senacs.web.requests import signed_in

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
# In the order in which they weigh on series.
ORDER = (Change.NEW, Change.REMOVED, Change.REDEFINED, Change.REWORDED)


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    versions = QuestionnaireVersion.objects.defer("document").order_by("-year", "code")
    return render(request, "questionnaire/index.html", {"versions": versions})


@require_safe
def changes(request: HttpRequest, code: str) -> HttpResponse:
    """« Ce qui change »: new, removed, redefined and reworded questions, with what was decided of each series."""
    version = get_object_or_404(QuestionnaireVersion, code=code)
    found = changes_of(version)
    groups = [
        (ChangeKind(kind.value), [c for c in found.questions if c.question.change is kind]) for kind in ORDER if found
    ]
    context = {
        "version": version,
        "changes": found,
        "groups": [(kind, questions) for kind, questions in groups if questions],
        "may_manage": can_manage_questionnaire(signed_in(request)),
    }
    return render(request, "questionnaire/changes.html", context)


@require_safe
def workbook(request: HttpRequest, code: str, stem: str) -> HttpResponse:
    """The version as a workbook that Kobo, ODK and `import_questionnaire` read."""
    version = get_object_or_404(QuestionnaireVersion, code=code)
    if stem != version.code:
        raise Http404
    content = BytesIO()
    questionnaire = get_compiled(version).questionnaire
    indicators = entries_for(version, questionnaire, settings.DATA_DIR / "indicators")
    write_workbook(questionnaire, content, indicators=indicators)
    reply = HttpResponse(content.getvalue(), content_type=XLSX)
    reply.headers["Content-Disposition"] = f'attachment; filename="{version.code}.xlsx"'
    return reply
