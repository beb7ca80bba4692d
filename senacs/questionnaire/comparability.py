"""What the decisions of the comité technique make of series: where a definition breaks them, where a code goes on."""

from dataclasses import dataclass

from senacs.questionnaire.engine.schema import Questionnaire
from senacs.questionnaire.enums import ChangeKind, Effect
from senacs.questionnaire.models import QuestionnaireVersion
from senacs.questionnaire.queries import Changes


@dataclass(frozen=True, slots=True)
class Rupture:
    """A definition that changed: the label of the question and what was decided."""

    data_year: int
    question: str
    note: str
    fields: frozenset[str]


def ruptures_in(changes: Changes, version: QuestionnaireVersion) -> list[Rupture]:
    """The questions of a version whose answers do not follow those of the year before."""
    found = []
    for changed in changes.questions:
        question, decision = changed.question, changed.decision
        # Without a decision the series is cut: an unexplained jump must not be read as the structure's own.
        if question.change != ChangeKind.REDEFINED or (decision and decision.effect == Effect.SAME_SERIES):
            continue
        note = decision.text if decision else " ".join(question.details)
        found.append(Rupture(version.data_year, question.label, note, frozenset(question.fields)))
    return found


def renamed_fields(questionnaire: Questionnaire) -> dict[str, str]:
    """The fields that go on under another code: last year's by this year's."""
    fields = questionnaire.fields.values()
    return {f.code: f.previous_code for f in fields if f.previous_code and f.previous_code != f.code}
