"""What is done on a training ground: an exercise is answered, everything is begun again. Nothing leaves it."""

from collections.abc import Mapping

from django.db import transaction

from senacs.accounts.models import User
from senacs.accounts.permissions import can_train
from senacs.lib import clock
from senacs.lib.refusals import NotAllowed
from senacs.questionnaire.engine.evaluation import Compiled
from senacs.training.correction import right_entries
from senacs.training.exercises import Exercise
from senacs.training.models import Attempt, TrainingGround


@transaction.atomic
def answer_exercise(*, exercise: Exercise, given: Mapping[str, str], compiled: Compiled | None, by: User) -> Attempt:
    """Keeps one answer; for an entry, what was typed by field code, else {"decision": the one chosen}.

    An entry is read by `compiled`, the questionnaire of the year, as a real one would be.
    """
    if exercise.is_entry:
        assert compiled is not None, "an exercise of entry is offered with a questionnaire only"
        is_right = right_entries(exercise, given, compiled) == exercise.expected.keys()
    else:
        is_right = given.get("decision") == exercise.right
    ground = _ground(by)
    return Attempt.objects.create(
        ground=ground, exercise=exercise.code, given=dict(given), is_right=is_right, at=clock.now()
    )


@transaction.atomic
def begin_again(*, by: User) -> TrainingGround:
    """Forgets everything that was tried, and gives the next territory."""
    ground = _ground(by)
    ground.attempts.all().delete()
    ground.round += 1
    ground.begun_at = clock.now()
    ground.save(update_fields=["round", "begun_at"])
    return ground


def _ground(user: User) -> TrainingGround:
    if not can_train(user):
        raise NotAllowed("Le terrain d’exercice est pour qui saisit, suit ou conduit la campagne.")
    ground, _ = TrainingGround.objects.select_for_update(of=("self",)).get_or_create(
        user=user, defaults={"begun_at": clock.now()}
    )
    return ground
