"""The training ground over the real questionnaire: each exercise holds, nothing real is touched."""

from functools import cache
from typing import Any

import pytest
from django.core import mail

from senacs.accounts.enums import Role
from senacs.audit.models import AuditLine
from senacs.collection.models import Response
from senacs.lib.refusals import NotAllowed
from senacs.questionnaire.engine.evaluation import Compiled, compile_questionnaire
from senacs.structures.models import Structure
from senacs.training.correction import doubts, fits, right_entries
from senacs.training.enums import ExerciseStage
from senacs.training.exercises import course, read_course
from senacs.training.models import Attempt, TrainingGround
from senacs.training.queries import ground_of
from senacs.training.services import answer_exercise, begin_again
from tests import factories, real_year
from tests.factories import Cast

EXERCISES = {exercise.code: exercise for exercise in course().exercises}


@cache
def real() -> Compiled:
    return compile_questionnaire(real_year.questionnaire())


@pytest.mark.parametrize("code", EXERCISES)
def test_each_exercise_stands_on_the_questionnaire_of_the_year(code: str) -> None:
    exercise = EXERCISES[code]
    assert fits(exercise, real())
    assert right_entries(exercise, exercise.expected, real()) == exercise.expected.keys()
    assert not exercise.is_entry or not doubts(exercise, real(), exercise.expected), "the right answer raises no doubt"


def test_doubts_are_those_of_the_real_rules() -> None:
    assert any("dépasse le nombre de salariés" in said for said in doubts(EXERCISES["colonnes-inversees"], real()))
    assert doubts(EXERCISES["budget-en-trop"], real())
    assert doubts(EXERCISES["baisse-expliquee"], real())


@pytest.mark.parametrize(
    ("typed", "right"),
    [("1 240 €", True), ("1240,00", True), ("1 241", False), ("", False), ("beaucoup", False), ("nc", False)],
)
def test_what_is_typed_is_read_as_the_real_questionnaire_reads_it(typed: str, right: bool) -> None:
    given = {"recettes_cotisations": typed}
    assert ("recettes_cotisations" in right_entries(EXERCISES["recettes-propres"], given, real())) is right


def test_a_course_that_decides_nothing_is_refused() -> None:
    row = {"code": "x", "titre": "X", "structure": "a", "recit": "X", "explication": "X", "decisions": {"b": "B"}}
    source: dict[str, Any] = {"territoires": ["X"], "structures": {"a": {"nom": "A", "type": "CS", "etat": "envoyee"}}}
    with pytest.raises(ValueError, match="none of those offered"):
        read_course(source | {"saisies": [], "controles": [row | {"bon": "c"}]})


def test_a_ground_is_worked_through_and_begun_again(cast: Cast) -> None:
    user, before = cast.correspondant_caf, ground_of(cast.correspondant_caf, real())
    for exercise in course().exercises:
        given = dict(exercise.expected) if exercise.is_entry else {"decision": exercise.right}
        assert answer_exercise(exercise=exercise, given=given, compiled=real(), by=user).is_right
    seen = ground_of(user, real())
    standings = {structure.code: standing for structure, standing in seen.structures}
    assert seen.done == seen.total == len(EXERCISES)
    assert (standings["lavandieres"], standings["verger"]) == (ExerciseStage.SENT, ExerciseStage.VALIDATED)
    assert ground_of(cast.correspondant_federal, real()).done == 0, "each has a ground of their own"

    begin_again(by=user)
    again = ground_of(user, real())
    assert (again.done, Attempt.objects.count()) == (0, 0) and again.territory != before.territory
    assert again.structures == before.structures


def test_a_wrong_decision_moves_nothing(cast: Cast) -> None:
    wrong = {"decision": "valider"}
    answer_exercise(exercise=EXERCISES["a-deux"], given=wrong, compiled=real(), by=cast.correspondant_caf)
    seen = ground_of(cast.correspondant_caf, real())
    assert dict(seen.structures)[EXERCISES["a-deux"].structure] == ExerciseStage.SENT
    assert [one.is_done for one in seen.controls if one.exercise.code == "a-deux"] == [False]


def test_nothing_real_is_touched(cast: Cast) -> None:
    counts = [model.objects.count() for model in (Structure, Response, AuditLine)]
    answer_exercise(
        exercise=EXERCISES["qui-appeler"], given={"decision": "phare"}, compiled=real(), by=cast.correspondant_caf
    )
    begin_again(by=cast.correspondant_caf)
    assert [model.objects.count() for model in (Structure, Response, AuditLine)] == counts
    assert not mail.outbox


def test_who_has_a_ground(cast: Cast) -> None:
    assert not ground_of(cast.responsable, real()).controls and ground_of(cast.responsable, real()).entries
    factories.make_mandate(cast.nobody, Role.NATIONAL, side="cnaf")  # type: ignore[arg-type]
    assert ground_of(cast.nobody, real()).controls
    with pytest.raises(NotAllowed):
        begin_again(by=cast.copil)
    assert not TrainingGround.objects.exists()
