"""What a person sees of their training ground."""

from dataclasses import dataclass

from senacs.accounts.enums import CORRESPONDENT_ROLES, STRUCTURE_ROLES, Role
from senacs.accounts.models import User
from senacs.accounts.permissions import has_role
from senacs.questionnaire.engine.evaluation import Compiled
from senacs.questionnaire.models import QuestionnaireVersion
from senacs.questionnaire.queries import get_compiled
from senacs.training.correction import fits
from senacs.training.enums import ExerciseStage
from senacs.training.exercises import Exercise, FictitiousStructure, course
from senacs.training.models import Attempt, TrainingGround


@dataclass(frozen=True, slots=True)
class Offered:
    """An exercise and the person's last attempt at it."""

    exercise: Exercise
    last: Attempt | None

    @property
    def is_done(self) -> bool:
        return self.last is not None and self.last.is_right


@dataclass(frozen=True, slots=True)
class Seen:
    """The whole ground: the territory's name, each structure with where it stands, the exercises by kind."""

    territory: str
    structures: list[tuple[FictitiousStructure, ExerciseStage]]
    entries: list[Offered]
    controls: list[Offered]

    @property
    def done(self) -> int:
        return sum(one.is_done for one in (*self.entries, *self.controls))

    @property
    def total(self) -> int:
        return len(self.entries) + len(self.controls)


def asked_questionnaire() -> Compiled | None:
    """The questionnaire that structures answer: the last that is frozen, else the last loaded; None before any is.

    A draft of next year may have lost what the exercises speak of.
    """
    known = QuestionnaireVersion.objects.order_by("-year", "-loaded_at", "-pk")
    version = known.filter(frozen_at__isnull=False).first() or known.first()
    return None if version is None else get_compiled(version)


def offered_to(user: User, compiled: Compiled | None) -> list[Exercise]:
    """Those of the person's roles, in the order of the course, that the questionnaire still asks."""
    everything = has_role(user, Role.NATIONAL)
    found = [
        *(course().entries if everything or has_role(user, *STRUCTURE_ROLES, *CORRESPONDENT_ROLES) else ()),
        *(course().controls if everything or has_role(user, *CORRESPONDENT_ROLES) else ()),
    ]
    return [exercise for exercise in found if compiled is not None and fits(exercise, compiled)]


def ground_of(user: User, compiled: Compiled | None) -> Seen:
    """Two queries: the ground, and what was tried in it."""
    ground = TrainingGround.objects.filter(user=user).first()
    tried = Attempt.objects.filter(ground=ground).order_by("at", "id") if ground else []
    last = {attempt.exercise: attempt for attempt in tried}
    offered = [Offered(exercise, last.get(exercise.code)) for exercise in offered_to(user, compiled)]
    names = course().territories
    return Seen(
        territory=names[((user.pk or 0) + (ground.round if ground else 0)) % len(names)],
        structures=_standings(offered),
        entries=[one for one in offered if one.exercise.is_entry],
        controls=[one for one in offered if not one.exercise.is_entry],
    )


def _standings(offered: list[Offered]) -> list[tuple[FictitiousStructure, ExerciseStage]]:
    """Each structure as the exercises done have left it; one whose every entry is done is sent."""
    found = {structure.code: structure.standing for structure in course().structures}
    entries = [one for one in offered if one.exercise.is_entry]
    for code in {one.exercise.structure.code for one in entries}:
        if all(one.is_done for one in entries if one.exercise.structure.code == code):
            found[code] = ExerciseStage.SENT
    for one in offered:
        if one.is_done and one.exercise.becomes is not None:
            found[one.exercise.structure.code] = one.exercise.becomes
    return [(structure, found[structure.code]) for structure in course().structures]
