"""What the comité technique answered to everybody, by question: the living part of the guide."""

from dataclasses import dataclass

from senacs.accounts.enums import Role
from senacs.accounts.permissions import AnyUser, current_mandates
from senacs.campaigns.queries import current_campaign
from senacs.exchange.queries import answers_by_field
from senacs.web.comprehension import QuestionLine, lines_of


@dataclass(frozen=True, slots=True)
class AnsweredQuestion:
    """`place` is the section and the question; nothing of who asked."""

    place: str
    text: str
    answer: str


def answered_questions(user: AnyUser) -> list[AnsweredQuestion]:
    """Of the campaign at work, in the order of its questionnaire, for whoever has a mandate."""
    campaign = current_campaign() if user.is_authenticated and current_mandates(user) else None
    if campaign is None:
        return []
    answered = [question for found in answers_by_field(campaign).values() for question in found]
    lines: list[QuestionLine] = lines_of(answered)
    return [
        AnsweredQuestion(f"{line.section} : {line.label}", line.question.text, line.question.answer)
        for line in sorted(lines, key=lambda line: (line.section, line.label, line.question.pk))
    ]


def roles_of(user: AnyUser) -> frozenset[Role]:
    return frozenset(Role(mandate.role) for mandate in current_mandates(user)) if user.is_authenticated else frozenset()
