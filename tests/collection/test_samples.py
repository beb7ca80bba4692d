"""Answers of the shape of last year's: inside what was observed and allowed, and never one structure's."""

from decimal import Decimal

import pytest

from senacs.collection.samples import SAMPLE_TEXT, typical_answers
from senacs.questionnaire.queries import get_compiled
from tests.factories import make_campaign, make_questionnaire, make_response, make_structures

pytestmark = pytest.mark.django_db


def test_numbers_lie_between_the_quartiles_of_last_year() -> None:
    before, version = make_questionnaire("minimal_2025"), make_questionnaire("minimal")
    campaign = make_campaign(version=before)
    for index, structure in enumerate(make_structures(8)):
        values = {"salaries_total": 10 + index, "budget_total": 100000 * (index + 1)}
        make_response(structure=structure, campaign=campaign, values=values, state="validated")
    answers = typical_answers(version, before)
    assert isinstance(answers["salaries_total"], int)
    assert 12 <= answers["salaries_total"] <= 16
    assert answers == typical_answers(version, before)


def test_figures_of_less_than_five_structures_are_not_used() -> None:
    before, version = make_questionnaire("minimal_2025"), make_questionnaire("minimal")
    make_response(campaign=make_campaign(version=before), values={"budget_total": 734159}, state="validated")
    assert typical_answers(version, before)["budget_total"] == 10


def test_every_typed_field_gets_a_value_that_it_allows() -> None:
    version = make_questionnaire("minimal")
    answers = typical_answers(version, None)
    fields = get_compiled(version).questionnaire.fields
    assert answers.keys() == {code for code, field in fields.items() if not field.is_computed}
    assert (answers["clas"], answers["statut"], answers["themes"]) == (True, "association", ("famille",))
    assert answers["etp_total"] == Decimal("10.00")
    assert answers["commentaire"] == SAMPLE_TEXT
