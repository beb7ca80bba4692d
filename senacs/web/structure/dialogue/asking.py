"""« Cette question n'est pas claire »: the small form at a question, and what is read there."""

from collections.abc import Iterable, Mapping

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from senacs.collection.models import Response
from senacs.collection.queries import compiled_of
from senacs.exchange.models import ComprehensionQuestion
from senacs.exchange.queries import questions_at_fields
from senacs.exchange.services import ask_question
from senacs.questionnaire.engine.schema import Question, Section
from senacs.web.refusals import refusals
from senacs.web.requests import signed_in
from senacs.web.structure.access import asking_response


class QuestionForm(forms.Form):
    text = forms.CharField(
        label="Qu’est-ce qui n’est pas clair ?",
        help_text="Vos deux correspondants la reçoivent par courriel. Leur réponse se lira ici, pour votre structure ; "
        "s’ils la transmettent au comité technique national, la sienne se lira ici pour toutes, sans votre nom.",
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": "Écrivez ce qui n’est pas clair."},
    )


def asked_by_question(response: Response, section: Section) -> dict[str, list[ComprehensionQuestion]]:
    """What is read at each question of a section: the comité technique's answers, and the structure's own questions."""
    return _by_question(questions_at_fields(response.campaign, response.structure), section.questions)


def _by_question(
    by_field: Mapping[str, list[ComprehensionQuestion]], questions: Iterable[Question]
) -> dict[str, list[ComprehensionQuestion]]:
    placed = {
        question.code: [asked for field in question.fields for asked in by_field.get(field.code, ())]
        for question in questions
    }
    return {code: asked for code, asked in placed.items() if asked}


@require_http_methods(["GET", "HEAD", "POST"])
def ask(request: HttpRequest, pk: int, code: str) -> HttpResponse:
    """The form for one question; `code` is that of the question, as at its place in the page."""
    response = asking_response(request, pk)
    section, question = _place(response, code)
    form = QuestionForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with refusals(request, form, "text"):
            ask_question(
                campaign=response.campaign,
                structure=response.structure,
                field_code=question.fields[0].code,
                text=form.cleaned_data["text"],
                by=signed_in(request),
            )
            messages.success(request, "Votre question est envoyée à vos correspondants.")
            return redirect(f"{reverse('saisie_section', args=[pk, section.code])}#q-{question.code}")
    asked = _by_question(questions_at_fields(response.campaign, response.structure), [question])
    context = {
        "response": response,
        "section": section,
        "question": question,
        "asked": asked.get(question.code, []),
        "form": form,
    }
    return render(request, "structure/ask.html", context, status=422 if form.errors else 200)


def _place(response: Response, code: str) -> tuple[Section, Question]:
    for section in compiled_of(response).questionnaire.sections:
        for question in section.questions:
            if question.code == code:
                return section, question
    raise Http404(f"Le questionnaire n’a pas de question « {code} ».")
