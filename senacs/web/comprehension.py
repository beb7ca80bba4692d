"""Questions of comprehension as the correspondents and the comité technique read and answer them."""

from collections.abc import Iterable
from dataclasses import dataclass

from django import forms

from senacs.exchange.models import ComprehensionQuestion
from senacs.questionnaire.queries import get_compiled


class AnswerForm(forms.Form):
    text = forms.CharField(
        label="Votre réponse",
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": "Écrivez la réponse : elle se lira à cette question."},
    )


@dataclass(frozen=True, slots=True)
class QuestionLine:
    """One question with its place in the questionnaire."""

    question: ComprehensionQuestion
    section: str
    label: str
    help: str
    form: AnswerForm

    @property
    def is_open(self) -> bool:
        return self.question.answered_at is None


def lines_of(
    questions: Iterable[ComprehensionQuestion], refused: dict[int, AnswerForm] | None = None
) -> list[QuestionLine]:
    """`refused`: the form to show again, by key of its question."""
    lines = []
    for question in questions:
        questionnaire = get_compiled(question.campaign.version).questionnaire
        field = questionnaire.fields[question.field_code]
        section = questionnaire.section(field.section)
        asked = next(one for one in section.questions if one.code == field.question)
        form = (refused or {}).get(question.pk) or AnswerForm(auto_id=f"id_{question.pk}_%s")
        lines.append(QuestionLine(question, f"{section.letter}. {section.title}", asked.label, asked.help or "", form))
    return lines
