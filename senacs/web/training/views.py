"""« Terrain d'exercice »: a fictitious territory of one's own, exercises with their answers, begun again at will."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from senacs.training.correction import doubts, fields_of, right_entries
from senacs.training.queries import Offered, Seen, asked_questionnaire, ground_of
from senacs.training.services import answer_exercise, begin_again
from senacs.web.incoming import sent
from senacs.web.training.access import trainee


def _find(seen: Seen, code: str) -> tuple[Offered, Offered | None]:
    """The exercise and the one that follows it."""
    offered = [*seen.entries, *seen.controls]
    for place, one in enumerate(offered):
        if one.exercise.code == code:
            return one, offered[place + 1] if place + 1 < len(offered) else None
    raise Http404


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    user = trainee(request)
    return render(request, "training/index.html", {"seen": ground_of(user, asked_questionnaire())})


@require_http_methods(["GET", "HEAD", "POST"])
def exercise(request: HttpRequest, exercise: str) -> HttpResponse:
    """One exercise; once answered, what was right, what the control would say, and why."""
    user, compiled = trainee(request), asked_questionnaire()
    seen = ground_of(user, compiled)
    one, following = _find(seen, exercise)
    asked = one.exercise
    if request.method == "POST":
        names = asked.expected if asked.is_entry else ["decision"]
        given = {name: sent(request).text(name, longest=40) for name in names}
        answer_exercise(exercise=asked, given=given, compiled=compiled, by=user)
        return redirect("training_exercise", asked.code)
    assert compiled is not None, "no exercise is found without a questionnaire"
    given = one.last.given if one.last else {}
    right = right_entries(asked, given, compiled)
    context = {
        "seen": seen,
        "one": one,
        "following": following,
        "fields": [(field, given.get(field.code, ""), field.code in right) for field in fields_of(asked, compiled)],
        "given": given,
        "doubts": doubts(asked, compiled, given if asked.is_entry else None),
    }
    return render(request, "training/exercise.html", context)


@require_POST
def restart(request: HttpRequest) -> HttpResponse:
    begin_again(by=trainee(request))
    messages.success(request, "Tout est remis à zéro : un nouveau territoire fictif vous attend.")
    return redirect("training")
