"""The one door to individual answers: who passes by right, who under a purpose, who never; what the ledger keeps."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied

from senacs.accounts.models import AccessEntry
from senacs.accounts.queries import accesses_to
from senacs.accounts.services import READING_LASTS, open_reading
from senacs.collection.models import AnswersNotRead, Response
from senacs.collection.queries import responses_known_to
from senacs.collection.readings import ReadingNeeded, Unknown, answers_of_own, hold_answers, read_answers
from senacs.lib import clock
from senacs.lib.refusals import NotAllowed, Refused
from tests import factories
from tests.factories import Cast

WHY = "Répondre au courrier de la structure du 12 novembre."
BY_RIGHT = {"responsable", "suppleant", "correspondant_caf", "correspondant_federal"}


@pytest.fixture
def answered(cast: Cast, campaign) -> Response:
    return factories.make_response(structure=cast.structure, campaign=campaign, values={"salaries_total": 7})


def test_structure_and_its_pair_read_by_right_and_nobody_else(cast: Cast, answered: Response) -> None:
    outcomes = {}
    for name, user in cast.users().items():
        try:
            read, entry = read_answers(answered.pk, by=user, what="Réponses")
            outcomes[name] = (read.values["salaries_total"]["valeur"], entry)
        except (Unknown, ReadingNeeded) as refusal:
            outcomes[name] = type(refusal)
    expected: dict[str, object] = dict.fromkeys(cast.users(), Unknown)
    assert outcomes == expected | dict.fromkeys(BY_RIGHT, (7, None)) | {"national": ReadingNeeded}
    assert not AccessEntry.objects.exists()


@pytest.mark.parametrize("times", [1, 3])
def test_national_team_reads_under_a_purpose_and_each_page_is_a_line(
    cast: Cast, answered: Response, times: int
) -> None:
    reading = open_reading(structure=cast.structure, purpose=WHY, by=cast.national)
    for number in range(times):
        read, entry = read_answers(answered.pk, by=cast.national, what=f"Page {number}")
        assert read.values == answered.values
        assert entry is not None and entry.reading == reading
    told = [(entry.user, entry.purpose, entry.what) for entry in accesses_to(cast.structure)]
    year = answered.campaign.year
    pages = [(cast.national, WHY, f"Page {number}, {year}, en cours de saisie") for number in reversed(range(times))]
    assert told == [*pages, (cast.national, WHY, "")]


def test_reading_of_one_structure_opens_no_other(cast: Cast, answered: Response, campaign) -> None:
    other = factories.make_response(structure=cast.neighbour, campaign=campaign, values={"salaries_total": 9})
    open_reading(structure=cast.neighbour, purpose=WHY, by=cast.national)
    with pytest.raises(ReadingNeeded):
        read_answers(answered.pk, by=cast.national, what="Réponses")
    assert read_answers(other.pk, by=cast.national, what="Réponses")[0] == other


def test_reading_ends_with_its_time_and_with_the_mandate(
    cast: Cast, answered: Response, monkeypatch: pytest.MonkeyPatch
) -> None:
    open_reading(structure=cast.structure, purpose=WHY, by=cast.national)
    now = clock.now()
    with monkeypatch.context() as later:
        later.setattr(clock, "now", lambda: now + READING_LASTS + timedelta(seconds=1))
        with pytest.raises(ReadingNeeded):
            read_answers(answered.pk, by=cast.national, what="Réponses")
    cast.national.mandates.update(ends_on=clock.today() - timedelta(days=1))
    with pytest.raises(Unknown):
        read_answers(answered.pk, by=cast.national, what="Réponses")


def test_reading_of_somebody_else_opens_nothing(cast: Cast, answered: Response) -> None:
    colleague = factories.make_user()
    factories.make_mandate(colleague, "national", side="federation")  # type: ignore[arg-type]
    open_reading(structure=cast.structure, purpose=WHY, by=colleague)
    with pytest.raises(ReadingNeeded):
        read_answers(answered.pk, by=cast.national, what="Réponses")


@pytest.mark.parametrize("purpose", ["", "   ", "étude", "pour voir          "])
def test_reading_without_a_purpose_is_refused(cast: Cast, purpose: str) -> None:
    with pytest.raises(Refused):
        open_reading(structure=cast.structure, purpose=purpose, by=cast.national)
    assert not AccessEntry.objects.exists()


def test_nobody_but_the_national_team_opens_a_reading(cast: Cast) -> None:
    for name, user in cast.users().items():
        if name != "national":
            with pytest.raises(NotAllowed):
                open_reading(structure=cast.structure, purpose=WHY, by=user)


def test_correspondent_of_elsewhere_who_is_national_too_needs_a_purpose(cast: Cast, answered: Response) -> None:
    factories.make_mandate(cast.stranger, "national", side="caf")  # type: ignore[arg-type]
    with pytest.raises(ReadingNeeded):
        read_answers(answered.pk, by=cast.stranger, what="Réponses")
    factories.make_mandate(cast.correspondant_caf, "national", side="caf")  # type: ignore[arg-type]
    assert read_answers(answered.pk, by=cast.correspondant_caf, what="Réponses")[1] is None


def test_row_known_without_its_answers_never_fetches_them(cast: Cast, answered: Response) -> None:
    for user in (cast.national, cast.correspondant_caf, cast.responsable):
        known = responses_known_to(user).get(pk=answered.pk)
        with pytest.raises(AnswersNotRead):
            _ = known.values


@pytest.mark.django_db(transaction=True)
def test_own_answers_are_held_by_their_people_alone(cast: Cast) -> None:
    from django.db import transaction

    answered = factories.make_response(structure=cast.structure)
    with transaction.atomic():
        assert hold_answers(answered.pk, by=cast.suppleant) == answered
        assert hold_answers(answered.pk, by=cast.correspondant_caf) is None
        with pytest.raises(Unknown):
            hold_answers(answered.pk + 1, by=cast.suppleant)
    assert answers_of_own(answered.pk, by=cast.neighbour_responsable) is None


def test_member_of_the_copil_who_knows_nothing_is_not_told(cast: Cast, answered: Response) -> None:
    with pytest.raises(Unknown):
        read_answers(answered.pk, by=cast.copil, what="Réponses")
    assert issubclass(ReadingNeeded, PermissionDenied)
