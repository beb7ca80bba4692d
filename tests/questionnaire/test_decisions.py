"""Changes of the core wait for the comité technique; a version is frozen only once all are decided."""

import pytest

from senacs.lib.refusals import NotAllowed, Refused
from senacs.questionnaire.enums import Effect, VersionState
from senacs.questionnaire.models import QuestionnaireVersion
from senacs.questionnaire.queries import changes_of, previous_version
from senacs.questionnaire.services import decide_change, freeze_version
from tests.factories import Cast, make_questionnaire

pytestmark = pytest.mark.django_db


@pytest.fixture
def version(db: None) -> QuestionnaireVersion:
    make_questionnaire("minimal_2025")
    return make_questionnaire("minimal")


def decide(version: QuestionnaireVersion, cast: Cast, question: str, effect: Effect = Effect.SAME_SERIES) -> None:
    decide_change(version=version, question=question, effect=effect, text="Décidé en séance.", by=cast.comite_technique)


def test_previous_version_asked_for_the_year_before(version: QuestionnaireVersion) -> None:
    before = previous_version(version)
    assert before is not None
    assert before.code == "minimal-2025"
    assert previous_version(before) is None
    assert changes_of(before) is None


def test_undecided_core_changes_stop_the_freezing(version: QuestionnaireVersion, cast: Cast) -> None:
    with pytest.raises(Refused, match="questions du socle changent") as refusal:
        freeze_version(version=version)
    assert "Salariés (personnes physiques)" in refusal.value.details
    changes = changes_of(version)
    assert changes is not None
    for change in changes.awaited:
        decide(version, cast, change.question.code)
    assert freeze_version(version=version).state is VersionState.FROZEN
    with pytest.raises(Refused, match="figée"):
        decide(version, cast, "salaries_total")


def test_first_version_of_all_freezes_without_decisions(db: None) -> None:
    assert freeze_version(version=make_questionnaire("minimal")).is_frozen


def test_decision_stands_on_the_change_that_was_decided(version: QuestionnaireVersion, cast: Cast) -> None:
    decide(version, cast, "salaries_total", Effect.BREAK)
    version.decisions.update(change="reworded")
    changes = changes_of(version)
    assert changes is not None
    assert "salaries_total" in {change.question.code for change in changes.awaited}
    decide(version, cast, "salaries_total", Effect.NEW_SERIES)
    assert version.decisions.get().effect == Effect.NEW_SERIES


@pytest.mark.parametrize("name", ["national", "correspondant_caf", "responsable", "nobody"])
def test_only_the_comite_technique_decides(version: QuestionnaireVersion, cast: Cast, name: str) -> None:
    with pytest.raises(NotAllowed):
        decide_change(
            version=version, question="salaries_total", effect=Effect.BREAK, text="Non.", by=cast.users()[name]
        )


def test_question_that_does_not_change_and_empty_text_are_refused(version: QuestionnaireVersion, cast: Cast) -> None:
    with pytest.raises(Refused, match="ne change pas"):
        decide(version, cast, "budget_caf")
    with pytest.raises(Refused, match="raison"):
        decide_change(
            version=version, question="salaries_total", effect=Effect.BREAK, text=" ", by=cast.comite_technique
        )
