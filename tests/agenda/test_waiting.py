"""« Ce qui m'attend »: each column says what it should to each of the pair, in a constant number of queries."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from senacs.accounts.enums import Role
from senacs.accounts.models import User
from senacs.accounts.permissions import keep_mandates
from senacs.agenda.kinds import Whose
from senacs.agenda.waiting import KINDS, count_for, waiting_for
from senacs.campaigns.models import Campaign
from senacs.collection.enums import Provenance, ResponseState
from senacs.collection.models import Response
from senacs.collection.on_behalf import accept_entries, contest_entry
from senacs.collection.participation import ask_more_time
from senacs.collection.services import save_values
from senacs.exchange.services import ask_question, escalate_question
from senacs.review.demandes import answer_query, open_query
from senacs.review.services import contest_response, refresh_flags, return_response
from senacs.review.validation import validate_response
from senacs.review.waivers import waive_flag
from tests import factories
from tests.factories import Cast

M, O, S = Whose  # noqa: E741
VALUES = {
    "salaries_total": 5, "etp_total": "4.5", "budget_total": 100, "budget_caf": 60, "budget_autres": 40, "clas": False,
}  # fmt: skip


def seen_by(user: User) -> dict[str, int]:
    """WaitingKind → how many, over the three columns."""
    return {t.kind.name: t.found.total for things in waiting_for(fresh(user)).values() for t in things}


def fresh(user: User) -> User:
    return User.objects.get(pk=user.pk)


@pytest.fixture
def sent(cast: Cast, campaign: Campaign) -> Response:
    return factories.make_response(
        structure=cast.structure, campaign=campaign, values=VALUES, state=ResponseState.SUBMITTED, by=cast.responsable
    )


def test_kinds_are_named_once_and_speak_french() -> None:
    assert len({kind.name for kind in KINDS}) == len(KINDS)
    assert {kind.whose for kind in KINDS} == set(Whose)
    covered = frozenset().union(*(kind.roles for kind in KINDS))
    assert covered == set(Role)


def test_a_draft_waits_for_the_structure_and_a_sent_one_for_the_pair(cast: Cast, response: Response) -> None:
    assert seen_by(cast.responsable) == seen_by(cast.suppleant) == {"to_answer": 1}
    assert seen_by(cast.correspondant_caf)["untouched"] == 1
    factories.sign(response, ResponseState.SUBMITTED, by=cast.responsable)
    assert seen_by(cast.responsable) == {"sent": 1}
    for person in (cast.correspondant_caf, cast.correspondant_federal):
        assert seen_by(person) == {"to_review": 1} and count_for(fresh(person)) == 1
    assert seen_by(cast.stranger) == {}


def test_nothing_waits_in_a_draft_after_the_closing(cast: Cast, campaign: Campaign, response: Response) -> None:
    Campaign.objects.filter(pk=campaign.pk).update(phase="controle")
    assert seen_by(cast.responsable) == seen_by(cast.correspondant_caf) == {}


def test_a_contested_response_passes_from_one_to_the_other(cast: Cast, sent: Response) -> None:
    contest_response(response=sent, by=cast.responsable, reason="Le budget.")
    assert seen_by(cast.correspondant_caf) == {"to_review": 1}
    validate_response(response=sent, by=cast.correspondant_caf)
    assert seen_by(cast.correspondant_caf) == {"agreed": 1}
    assert seen_by(cast.correspondant_federal) == {"to_agree": 1}
    assert [t.kind.name for t in waiting_for(fresh(cast.correspondant_federal), M)[M]] == ["to_agree"]
    validate_response(response=sent, by=cast.correspondant_federal)
    assert seen_by(cast.correspondant_caf) == seen_by(cast.correspondant_federal) == {}


def test_a_waiver_waits_for_the_other_side(cast: Cast, campaign: Campaign) -> None:
    values = VALUES | {"etp_total": "9"}
    response = factories.make_response(structure=cast.structure, campaign=campaign, values=values)
    refresh_flags(response=response)
    flag = response.flags.get(rule_code="ETP_SALARIES")
    waive_flag(flag=flag, by=cast.correspondant_federal, reason="Vérifié sur place.")
    assert seen_by(cast.correspondant_caf)["waivers_to_sign"] == 1
    assert seen_by(cast.correspondant_federal)["waivers_proposed"] == 1
    assert "waivers_to_sign" not in seen_by(cast.correspondant_federal)
    waive_flag(flag=flag, by=cast.correspondant_caf, reason="")
    assert not {"waivers_to_sign", "waivers_proposed"} & set(seen_by(cast.correspondant_caf))


def test_a_query_goes_to_and_fro(cast: Cast, sent: Response) -> None:
    query = open_query(response=sent, field_code="budget_total", by=cast.correspondant_caf, text="?")
    assert seen_by(cast.responsable) == {"queries": 1, "sent": 1}
    assert seen_by(cast.correspondant_federal) == {"asked": 1}, "not to review before the answer"
    (asked,) = waiting_for(fresh(cast.correspondant_caf), S)[S]
    assert asked.rows[0].url == f"/suivi/{sent.pk}/reponse/budget_total/"
    answer_query(query=query, by=cast.responsable, text="Oui.")
    assert seen_by(cast.responsable) == {"answered_queries": 1, "sent": 1}
    assert seen_by(cast.correspondant_caf) == {"answers_to_read": 1, "to_review": 1}


def test_a_returned_response_waits_for_the_structure(cast: Cast, sent: Response) -> None:
    return_response(response=sent, by=cast.correspondant_caf, reason="Les ETP.")
    assert seen_by(cast.responsable) == {"returned": 1}
    assert seen_by(cast.correspondant_federal) == {"returned_to": 1}


def test_values_entered_for_a_structure_wait_for_its_word_then_for_the_pair(cast: Cast, response: Response) -> None:
    save_values(
        response=response, inputs={"budget_caf": "60", "budget_total": "100"}, by=cast.correspondant_caf,
        provenance=Provenance.ON_BEHALF_CAF,
    )  # fmt: skip
    assert seen_by(cast.responsable)["entered_for"] == 2
    response.refresh_from_db()
    accept_entries(response=response, codes=["budget_total"], by=cast.responsable)
    contest_entry(response=response, code="budget_caf", reason="Non.", by=cast.responsable)
    assert "entered_for" not in seen_by(cast.responsable)
    assert seen_by(cast.correspondant_federal)["contested_entries"] == 1


def test_delays_and_questions_wait_for_the_pair_then_the_comite(cast: Cast, campaign: Campaign, response: Response):
    ask_more_time(
        response=response, until=campaign.closes_on + timedelta(days=3), reason="Un départ.", by=cast.suppleant
    )
    question = ask_question(
        campaign=campaign, structure=cast.structure, field_code="clas", text="Qui ?", by=cast.responsable
    )
    assert {"extensions": 1, "comprehension": 1}.items() <= seen_by(cast.correspondant_caf).items()
    assert {"delays": 1, "questions": 1}.items() <= seen_by(cast.responsable).items()
    escalate_question(question=question, by=cast.correspondant_caf)
    assert seen_by(cast.correspondant_federal)["escalated"] == 1
    assert seen_by(cast.comite_technique)["comite_questions"] == 1


def test_who_is_missing_and_who_leaves_is_told(cast: Cast) -> None:
    factories.make_structure()
    assert seen_by(cast.correspondant_caf) == {"vacant": 1}
    (mandate,) = cast.suppleant.mandates.all()
    mandate.ends_on = mandate.starts_on + timedelta(days=20)
    mandate.save()
    assert seen_by(cast.correspondant_federal) == {"vacant": 1, "ending": 1}


def test_a_late_phase_is_told_to_the_national_team(cast: Cast, campaign: Campaign) -> None:
    assert "late_phase" not in seen_by(cast.national)
    past = campaign.opens_on - timedelta(days=300)
    Campaign.objects.filter(pk=campaign.pk).update(
        opens_on=past, closes_on=past + timedelta(days=30), review_ends_on=past + timedelta(days=60)
    )
    (late,) = [t for t in waiting_for(fresh(cast.national), M)[M] if t.kind.name == "late_phase"]
    assert late.rows[0].url == f"/national/campagnes/{campaign.year}/phase/close/"


def test_as_many_queries_for_one_structure_as_for_many(cast: Cast, campaign: Campaign, sent: Response) -> None:
    def queries(user: User) -> int:
        person = fresh(user)
        keep_mandates(person)  # as behind a request
        with CaptureQueriesContext(connection) as asked:
            waiting_for(person)
        return len(asked)

    people = [cast.correspondant_caf, cast.responsable, cast.copil, cast.national]
    open_query(response=sent, field_code="budget_total", by=cast.correspondant_caf, text="?")
    few = [queries(person) for person in people]
    for structure in factories.make_structures(12):
        response = factories.make_response(structure=structure, campaign=campaign, values=VALUES)
        factories.sign(response, ResponseState.SUBMITTED, by=cast.responsable)
        open_query(response=response, field_code="budget_total", by=cast.correspondant_caf, text="?")
    assert [queries(person) for person in people] == few
    assert max(few) <= 24
    assert seen_by(cast.correspondant_caf)["asked"] == 13
    (asked,) = waiting_for(fresh(cast.correspondant_caf), S)[S]
    assert len(asked.rows) == 5 and asked.is_more
