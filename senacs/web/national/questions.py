"""Questions that the correspondents passed on to the comité technique, which answers for everyone (charte 2.1)."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from senacs.accounts.enums import Role
from senacs.accounts.models import User
from senacs.accounts.permissions import has_role
from senacs.exchange.queries import questions_visible_to
from senacs.exchange.services import answer_question
from senacs.web.comprehension import AnswerForm, lines_of
from senacs.web.national.access import question_reader
from senacs.web.refusals import refusals

MOST_SHOWN = 200


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """What was passed on, the unanswered first; the national team reads, the comité technique answers."""
    return _show(request, question_reader(request))


def _show(request: HttpRequest, user: User, refused: dict[int, AnswerForm] | None = None) -> HttpResponse:
    questions = questions_visible_to(user).filter(escalated_at__isnull=False)
    lines = lines_of(questions.order_by("answered_at", "escalated_at")[:MOST_SHOWN], refused)
    context = {
        "waiting": [line for line in lines if line.is_open],
        "answered": [line for line in lines if not line.is_open],
        "may_answer": has_role(user, Role.COMITE_TECHNIQUE),
    }
    return render(request, "national/questions.html", context, status=422 if refused else 200)


@require_POST
def answer(request: HttpRequest, pk: int) -> HttpResponse:
    user = question_reader(request)
    question = get_object_or_404(questions_visible_to(user).filter(escalated_at__isnull=False), pk=pk)
    form = AnswerForm(request.POST, auto_id=f"id_{pk}_%s")
    if not form.is_valid():
        return _show(request, user, {pk: form})
    with refusals(request):
        answer_question(question=question, by=user, text=form.cleaned_data["text"])
        messages.success(request, "La réponse se lit maintenant à cette question, pour toutes les structures.")
    return redirect("national_questions")
