"""The demonstration holds a redefinition under the same code and a code that changed, and what was decided of each."""

import json
from functools import cache

from senacs.demo.changes import DECISIONS, FORMER_CODES, REDEFINED, RENAMED
from senacs.demo.services import past_document
from senacs.questionnaire.engine.comparison import compare
from senacs.questionnaire.engine.loader import from_document
from senacs.questionnaire.engine.schema import Questionnaire
from senacs.questionnaire.enums import Effect
from tests.real_year import questionnaire


@cache
def asked(back: int) -> Questionnaire:
    return from_document(past_document(questionnaire(), back))


def test_two_questions_changed_two_years_ago_and_nothing_since() -> None:
    changes = compare(asked(2), asked(1)).questions
    assert {change.code for change in changes} == {REDEFINED, RENAMED} == DECISIONS.keys()
    assert compare(asked(3), asked(2)).questions == ()
    assert DECISIONS[REDEFINED][0] is Effect.BREAK
    assert DECISIONS[RENAMED][0] is Effect.SAME_SERIES


def test_week_keeps_its_code_and_initiatives_their_series() -> None:
    before, after = asked(2).fields, asked(1).fields
    assert "ouverture_heures_samedi" not in before
    assert after["ouverture_heures_total"].previous_code == "ouverture_heures_total"
    assert after["ouverture_heures_samedi"].previous_code is None
    for code, former in FORMER_CODES.items():
        assert after[code].previous_code == former in before
        assert code not in before


def test_the_past_leaves_this_year_alone() -> None:
    text = json.dumps(questionnaire().document)
    past_document(questionnaire(), 2)
    past_document(questionnaire(), 1)
    assert json.dumps(questionnaire().document) == text
