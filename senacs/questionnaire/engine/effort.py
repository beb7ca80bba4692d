"""How long questions take: one count for the whole product, from what a structure is really asked.

A section's `minutes` are those of all its questions. A structure takes the share of the questions that it is asked,
each weighed by the time of reading it and of giving its answers (docs/decisions/2026-11-30-questionnaire-allege.md).
"""

from collections.abc import Collection

from senacs.questionnaire.engine.evaluation import is_expected
from senacs.questionnaire.engine.schema import Kind, Questionnaire, Section

# Seconds. A question and its help are about sixty words; a number is looked up in the document at hand, then typed; an
# amount often adds several lines of the accounts. Each is a sum of acts that the literature has measured: the table of
# the decision has the sums.
READING = 20
NUMBER = 12
ANSWERS = {
    Kind.AMOUNT: 20,
    Kind.YES_NO: 5,
    Kind.CHOICE: 8,
    Kind.MULTIPLE: 15,
    Kind.DATE: 10,
    Kind.TEXT: 30,
    Kind.LONG_TEXT: 90,
}


def seconds(section: Section, codes: Collection[str]) -> int:
    """The time of the questions of `section` that hold some of those fields, and of their answers."""
    total = 0
    for question in section.questions:
        answers = [ANSWERS.get(f.kind, NUMBER) for f in question.fields if is_expected(f) and f.code in codes]
        total += READING + sum(answers) if answers else 0
    return total


def minutes(section: Section, codes: Collection[str]) -> int:
    """The share of the section's minutes that those fields take; at least one while there is any."""
    asked = seconds(section, codes)
    whole = seconds(section, {field.code for field in section.fields})
    return max(1, round(section.minutes * asked / whole)) if asked else 0


def total_minutes(questionnaire: Questionnaire, codes: Collection[str]) -> int:
    return sum(minutes(section, codes) for section in questionnaire.sections)
