"""A few questions: proposed by one institution, agreed by the other, answered, told as aggregates once over."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest

from senacs.accounts.enums import Role, Side
from senacs.accounts.models import Notice, User
from senacs.agenda.kinds import Whose
from senacs.agenda.waiting import waiting_for
from senacs.campaigns.models import Campaign
from senacs.collection.models import Response
from senacs.enquiries.enums import Answering
from senacs.enquiries.models import Enquiry, EnquiryAnswer, EnquiryQuestion
from senacs.enquiries.permissions import silent_seen_by
from senacs.enquiries.results import QuestionResult, results_of
from senacs.enquiries.services import (
    DraftQuestion,
    EnquiryDraft,
    agree_enquiry,
    answer_enquiry,
    propose_enquiry,
    withdraw_enquiry,
)
from senacs.enquiries.telling import tell_opened
from senacs.lib import clock
from senacs.lib.refusals import NotAllowed, Refused
from senacs.structures.models import Gestionnaire, Structure
from senacs.territories.models import Departement
from tests import factories
from tests.factories import Cast

DAY = timedelta(days=1)
YES, LIST, NUMBER = (
    DraftQuestion("Avez-vous un jardin ?", Answering.YES_NO),
    DraftQuestion("Quel jour ?", Answering.CHOICE, ("Lundi", "Mardi")),
    DraftQuestion("Combien de parcelles ?", Answering.NUMBER),
)


def propose(
    cast: Cast,
    by: User | None = None,
    *,
    departement: Departement | str | None = "own",
    campaign: Campaign | None = None,
    **changes: Any,
) -> Enquiry:
    draft = {
        "title": "Les jardins", "purpose": "Les compter.", "opens_on": clock.today(),
        "closes_on": clock.today() + 10 * DAY, "questions": (YES, LIST, NUMBER),
    }  # fmt: skip
    place = cast.structure.departement if departement == "own" else departement
    assert not isinstance(place, str)
    return propose_enquiry(
        departement=place, campaign=campaign, draft=EnquiryDraft(**(draft | changes)), by=by or cast.copil
    )


@pytest.fixture
def agreed(cast: Cast) -> Enquiry:
    return agree_enquiry(enquiry=propose(cast), by=cast.correspondant_federal)


def test_both_institutions_are_needed(cast: Cast) -> None:
    enquiry = propose(cast)
    assert Notice.objects.filter(user=cast.correspondant_federal).count() == 1
    for person in (cast.copil, cast.correspondant_caf, cast.stranger, cast.responsable, cast.national):
        with pytest.raises(NotAllowed):
            agree_enquiry(enquiry=enquiry, by=person)
    with pytest.raises(Refused, match="pas posées"):
        answer_enquiry(enquiry=enquiry, structure=cast.structure, values={1: 1}, by=cast.responsable)
    assert [one.kind.name for one in waiting_for(cast.correspondant_federal)[Whose.MINE]] == ["enquiries_to_agree"]
    assert agree_enquiry(enquiry=enquiry, by=cast.correspondant_federal).is_open
    with pytest.raises(Refused, match="déjà leur réponse"):
        agree_enquiry(enquiry=enquiry, by=cast.correspondant_federal)


@pytest.mark.parametrize("who", ["responsable", "stranger", "preparation", "national"])
def test_a_territory_is_asked_by_its_own(cast: Cast, who: str) -> None:
    with pytest.raises(NotAllowed):
        propose(cast, by=cast.users()[who])


def test_france_is_asked_by_cnaf_and_fcsf(cast: Cast) -> None:
    fcsf = factories.make_user("fcsf@exemple.fr")
    factories.make_mandate(fcsf, Role.NATIONAL, side=Side.FEDERATION)
    enquiry = propose(cast, by=cast.national, departement=None)
    with pytest.raises(NotAllowed):
        agree_enquiry(enquiry=enquiry, by=cast.correspondant_federal)
    agree_enquiry(enquiry=enquiry, by=fcsf)
    neighbour = {1: 1}
    assert answer_enquiry(
        enquiry=enquiry, structure=cast.neighbour, values=neighbour, by=cast.neighbour_responsable
    ) == 1  # fmt: skip


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"questions": ()}, "au moins une question"),
        ({"questions": (YES,) * 6}, "Pas plus de 5"),
        ({"questions": (DraftQuestion("Jour ?", Answering.CHOICE, ("Lundi", "Lundi")),)}, "choix différents"),
        ({"opens_on": -1}, "ne peut pas être passée"),
        ({"closes_on": 40}, "un mois au plus"),
        ({"opens_on": 5, "closes_on": 2}, "après l’ouverture"),
    ],
)
def test_what_is_too_much_is_refused(cast: Cast, changes: dict[str, Any], told: str) -> None:
    days = {name: clock.today() + value * DAY if isinstance(value, int) else value for name, value in changes.items()}
    with pytest.raises(Refused, match=told):
        propose(cast, **days)
    assert not Enquiry.objects.exists()


def test_a_flash_enquiry_keeps_away_from_an_entry(cast: Cast, campaign: Campaign) -> None:
    Campaign.objects.update(
        opens_on=clock.today() + 5 * DAY, closes_on=clock.today() + 60 * DAY, review_ends_on=clock.today() + 90 * DAY
    )
    campaign.refresh_from_db()
    with pytest.raises(Refused, match="La saisie de la campagne"):
        propose(cast)
    propose(cast, closes_on=clock.today() + 4 * DAY)
    with pytest.raises(Refused, match="accompagnent la saisie"):
        propose(cast, campaign=campaign)
    during: dict[str, Any] = {"campaign": campaign, "opens_on": clock.today() + 6 * DAY}
    propose(cast, **during)
    with pytest.raises(Refused, match="déjà ses questions locales"):
        propose(cast, by=cast.correspondant_caf, **during)


def test_a_structure_answers_and_changes_its_mind(cast: Cast, agreed: Enquiry) -> None:
    assert [one.kind.name for one in waiting_for(cast.responsable)[Whose.MINE]] == ["enquiries"]
    answer_enquiry(enquiry=agreed, structure=cast.structure, values={1: 1, 3: 12}, by=cast.suppleant)
    assert not waiting_for(cast.responsable)[Whose.MINE]
    assert cast.structure not in silent_seen_by(cast.correspondant_caf, agreed)
    assert answer_enquiry(enquiry=agreed, structure=cast.structure, values={1: None}, by=cast.responsable) == 1
    for values in ({1: 2}, {2: 2}, {3: -1}):
        with pytest.raises(Refused, match="pas possible"):
            answer_enquiry(enquiry=agreed, structure=cast.structure, values=values, by=cast.responsable)
    for person in (cast.correspondant_caf, cast.neighbour_responsable, cast.national):
        with pytest.raises(NotAllowed):
            answer_enquiry(enquiry=agreed, structure=cast.structure, values={1: 0}, by=person)
    with pytest.raises(Refused, match="pas posées à cette structure"):
        answer_enquiry(enquiry=agreed, structure=cast.neighbour, values={1: 0}, by=cast.neighbour_responsable)
    assert not Response.objects.exists(), "nothing enters the national survey"


def test_questions_taken_back_leave_no_answer(cast: Cast, agreed: Enquiry) -> None:
    answer_enquiry(enquiry=agreed, structure=cast.structure, values={1: 1}, by=cast.responsable)
    with pytest.raises(NotAllowed):
        withdraw_enquiry(enquiry=agreed, reason="Trop tôt.", by=cast.stranger)
    with pytest.raises(Refused, match="en une phrase"):
        withdraw_enquiry(enquiry=agreed, reason=" ", by=cast.copil)
    withdraw_enquiry(enquiry=agreed, reason="Trop tôt dans l’année.", by=cast.copil)
    assert not EnquiryAnswer.objects.exists() and not Enquiry.objects.open().exists()
    assert Notice.objects.filter(user=cast.correspondant_federal, subject__contains="retirées").exists()


def test_structures_are_told_once_on_the_opening_day(cast: Cast, agreed: Enquiry) -> None:
    Notice.objects.all().delete()
    assert tell_opened() == [agreed] and tell_opened() == []
    told = {notice.user for notice in Notice.objects.select_related("user")}
    assert {cast.responsable, cast.suppleant} == told


def over(enquiry: Enquiry) -> Enquiry:
    Enquiry.objects.update(opens_on=clock.today() - 9 * DAY, closes_on=clock.today() - DAY)
    enquiry.refresh_from_db()
    return enquiry


def answered(cast: Cast, enquiry: Enquiry, number: int, values: Sequence[int], held: int = 0) -> QuestionResult:
    """Result of a question to which as many structures gave `values`, the first `held` of one gestionnaire."""
    question = EnquiryQuestion.objects.get(enquiry=enquiry, number=number)
    common = Gestionnaire.objects.create(name="Association")
    for place, value in enumerate(values):
        structure = factories.make_structure(commune=cast.structure.commune)
        if place < held:
            Structure.objects.filter(pk=structure.pk).update(gestionnaire=common)
        EnquiryAnswer.objects.create(
            question=question, structure=structure, value=value, at=clock.now(), by=cast.responsable
        )
    assert not results_of(enquiry), "nothing before the end"
    return next(one for one in results_of(over(enquiry)) if one.question == question)


@pytest.mark.parametrize(
    ("values", "held", "is_hidden"),
    [
        ([1] * 6 + [0] * 5, 0, False),
        ([1] * 6 + [0] * 4, 0, True),
        ([1] * 6 + [0] * 5, 2, False),
        ([1] * 6 + [0] * 5, 3, True),
        ([1] * 12, 0, True),
        ([], 0, True),
    ],
)
def test_a_closed_question_is_shown_whole_or_not_at_all(
    cast: Cast, agreed: Enquiry, values: list[int], held: int, is_hidden: bool
) -> None:
    result = answered(cast, agreed, 1, values, held)
    assert (result.is_hidden, result.answered) == (is_hidden, len(values))
    if not is_hidden:
        assert [(one.label, one.count) for one in result.counted] == [("Non", 5), ("Oui", 6)]


@pytest.mark.parametrize(
    ("values", "held", "total"),
    [
        ([10, 12, 9, 11, 8, 0], 0, 50),
        ([10, 12, 9, 11], 0, None),
        ([10, 12, 9, 11, 8], 2, None),
        ([9000, 1, 1, 1, 1, 1], 0, None),
        ([0] * 8, 0, None),
    ],
)
def test_a_number_is_shown_under_the_rules_of_publications(
    cast: Cast, agreed: Enquiry, values: list[int], held: int, total: int | None
) -> None:
    result = answered(cast, agreed, 3, values, held)
    assert result.total == total and result.is_hidden == (total is None)
