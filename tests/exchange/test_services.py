"""« Cette question n'est pas claire »: from the field to everyone's answer."""

import pytest
from django.core import mail

from senacs.campaigns.models import Campaign
from senacs.exchange.models import ComprehensionQuestion
from senacs.exchange.queries import answers_by_field, questions_at_fields, questions_visible_to
from senacs.exchange.services import answer_question, ask_question, escalate_question
from senacs.lib.refusals import NotAllowed, Refused
from tests import factories
from tests.factories import Cast


@pytest.fixture
def question(cast: Cast, campaign: Campaign) -> ComprehensionQuestion:
    return ask_question(
        campaign=campaign,
        structure=cast.structure,
        field_code="benevoles",
        text="Les administrateurs comptent-ils ?",
        by=cast.responsable,
    )


def test_question_reaches_both_correspondents(
    cast: Cast, campaign: Campaign, django_capture_on_commit_callbacks
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        ask_question(
            campaign=campaign, structure=cast.structure, field_code="benevoles", text="Qui compter ?", by=cast.suppleant
        )
    assert {letter.to[0] for letter in mail.outbox} == {cast.correspondant_caf.email, cast.correspondant_federal.email}
    assert "«\u00a0Bénévoles\u00a0»" in mail.outbox[0].subject
    assert "Qui compter\u202f?" in mail.outbox[0].body


@pytest.mark.parametrize("text", ["", "  ", "2 69 05 49 588 157 80"])
def test_empty_or_nominative_question_is_refused(cast: Cast, campaign: Campaign, text: str) -> None:
    with pytest.raises(Refused):
        ask_question(
            campaign=campaign, structure=cast.structure, field_code="benevoles", text=text, by=cast.responsable
        )


def test_question_on_a_field_of_another_questionnaire_is_refused(cast: Cast, campaign: Campaign) -> None:
    with pytest.raises(Refused, match="pas dans ce questionnaire"):
        ask_question(campaign=campaign, structure=cast.structure, field_code="x", text="?", by=cast.responsable)


def test_only_the_structure_asks(cast: Cast, campaign: Campaign) -> None:
    for name in ("correspondant_caf", "neighbour_responsable", "national"):
        with pytest.raises(NotAllowed):
            ask_question(
                campaign=campaign, structure=cast.structure, field_code="clas", text="?", by=cast.users()[name]
            )


def test_correspondent_answers_the_structure_that_asked(
    cast: Cast, campaign: Campaign, question: ComprehensionQuestion, django_capture_on_commit_callbacks
) -> None:
    factories.empty_outbox()
    with django_capture_on_commit_callbacks(execute=True):
        answer_question(question=question, by=cast.correspondant_caf, text="Oui, une fois chacun.")
    assert answers_by_field(campaign) == {}
    own = questions_at_fields(campaign, cast.structure)["benevoles"]
    assert [found.answer for found in own] == ["Oui, une fois chacun."]
    assert questions_at_fields(campaign, cast.neighbour) == {}
    assert {letter.to[0] for letter in mail.outbox} == {cast.responsable.email, cast.correspondant_federal.email}
    assert all("Oui, une fois chacun." in letter.body for letter in mail.outbox)


def test_comite_technique_sees_and_answers_only_what_was_passed_on(
    cast: Cast, campaign: Campaign, question: ComprehensionQuestion
) -> None:
    assert not questions_visible_to(cast.comite_technique).exists()
    with pytest.raises(Refused, match="pas transmise"):
        answer_question(question=question, by=cast.comite_technique, text="Oui")
    escalate_question(question=question, by=cast.correspondant_federal)
    assert questions_visible_to(cast.comite_technique).get() == question
    with pytest.raises(Refused, match="attendue"):
        answer_question(question=question, by=cast.correspondant_caf, text="Oui")
    assert answer_question(question=question, by=cast.comite_technique, text="Oui").answered_by == cast.comite_technique
    # Its answer alone stands at the question for everyone.
    for structure in (cast.structure, cast.neighbour):
        assert [found.answer for found in questions_at_fields(campaign, structure)["benevoles"]] == ["Oui"]
    assert [found.answer for found in answers_by_field(campaign)["benevoles"]] == ["Oui"]


def test_questions_are_seen_by_those_who_follow_the_structure(cast: Cast, question: ComprehensionQuestion) -> None:
    seeing = {name for name, user in cast.users().items() if questions_visible_to(user).exists()}
    assert seeing == {"responsable", "suppleant", "correspondant_caf", "correspondant_federal"}


@pytest.mark.parametrize("name", ["responsable", "stranger", "copil", "national"])
def test_others_neither_pass_on_nor_answer(cast: Cast, question: ComprehensionQuestion, name: str) -> None:
    with pytest.raises(NotAllowed):
        escalate_question(question=question, by=cast.users()[name])
    with pytest.raises(NotAllowed):
        answer_question(question=question, by=cast.users()[name], text="Oui")


def test_answered_question_is_not_passed_on(cast: Cast, question: ComprehensionQuestion) -> None:
    answer_question(question=question, by=cast.correspondant_caf, text="Oui")
    with pytest.raises(Refused, match="déjà"):
        escalate_question(question=question, by=cast.correspondant_federal)
