"""« Cette question n'est pas claire », for the correspondents: answer for everyone, or alert the comité technique."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from senacs.accounts.models import User
from senacs.exchange.queries import questions_visible_to
from senacs.exchange.services import answer_question, escalate_question
from senacs.web.comprehension import AnswerForm, lines_of
from senacs.web.correspondent.access import correspondent
from senacs.web.refusals import refusals

MOST_SHOWN = 200


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """What the structures of the territory asked, the unanswered first."""
    return _show(request, correspondent(request))


def _show(request: HttpRequest, user: User, refused: dict[int, AnswerForm] | None = None) -> HttpResponse:
    questions = questions_visible_to(user).order_by("answered_at", "-asked_at")[:MOST_SHOWN]
    lines = lines_of(questions, refused)
    context = {
        "waiting": [line for line in lines if line.is_open and not line.question.escalated_at],
        "escalated": [line for line in lines if line.is_open and line.question.escalated_at],
        "answered": [line for line in lines if not line.is_open],
    }
    return render(request, "correspondent/questions.html", context, status=422 if refused else 200)


@require_POST
def act(request: HttpRequest, pk: int, act: str) -> HttpResponse:
    """Answers (« repondre ») or passes on (« transmettre »)."""
    user = correspondent(request)
    question = get_object_or_404(questions_visible_to(user), pk=pk)
    form = AnswerForm(request.POST, auto_id=f"id_{pk}_%s")
    with refusals(request):
        if act == "transmettre":
            escalate_question(question=question, by=user)
            messages.success(request, "La question est transmise au comité technique, qui répondra pour tous.")
        elif act != "repondre":
            raise Http404
        elif form.is_valid():
            answer_question(question=question, by=user, text=form.cleaned_data["text"])
            messages.success(request, "La réponse se lit maintenant à cette question, pour la structure qui l’a posée.")
        else:
            return _show(request, user, {pk: form})
    return redirect("suivi_questions")
