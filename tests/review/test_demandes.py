"""Queries at a cell: asked, answered, closed; a proposed value that the structure accepts."""

from datetime import timedelta

import pytest
from django.core import mail

from senacs.campaigns.models import Campaign
from senacs.collection.enums import Provenance, ResponseState
from senacs.collection.models import Response
from senacs.lib import clock
from senacs.lib.refusals import NotAllowed, Refused
from senacs.review import demandes
from senacs.review.demandes import accept_proposal, answer_query, ask_again, close_query, open_query, remind_query
from senacs.review.enums import FlagState, QueryState
from senacs.review.models import Query
from senacs.review.queries import queries_waiting_for, threads_by_field
from senacs.review.services import refresh_flags, submit_response
from senacs.review.validation import validate_response
from tests import factories
from tests.factories import Cast

VALUES = {
    "salaries_total": 5,
    "etp_total": "4.5",
    "budget_total": 100,
    "budget_caf": 60,
    "budget_autres": 40,
    "clas": False,
}


@pytest.fixture
def sent(cast: Cast, campaign: Campaign) -> Response:
    response = factories.make_response(structure=cast.structure, campaign=campaign, values=VALUES)
    return submit_response(response=response, by=cast.responsable)


@pytest.fixture
def query(sent: Response, cast: Cast) -> Query:
    return open_query(
        response=sent, field_code="budget_autres", by=cast.correspondant_caf, text="Sans les dons ?", proposal="45"
    )


def test_query_is_written_to_the_structure(sent, cast, django_capture_on_commit_callbacks):
    factories.empty_outbox()
    with django_capture_on_commit_callbacks(execute=True):
        open_query(response=sent, field_code="budget_total", by=cast.correspondant_federal, text="Vraiment ?")
    assert {letter.to[0] for letter in mail.outbox} == {cast.responsable.email, cast.suppleant.email}
    assert "Vraiment\u202f?" in mail.outbox[0].body


def test_both_correspondents_and_the_structure_see_the_thread(query, cast, campaign):
    for name, user in cast.users().items():
        seen = queries_waiting_for(user, campaign).count()
        expected = {"responsable", "suppleant", "correspondant_caf", "correspondant_federal"}
        assert seen == (1 if name in expected else 0), name


def test_answer_then_close(query, cast):
    answered = answer_query(query=query, by=cast.suppleant, text="Les dons y sont.")
    assert answered.state == QueryState.ANSWERED
    closed = close_query(query=answered, by=cast.correspondant_federal)
    assert (closed.state, closed.closed_by) == (QueryState.CLOSED, cast.correspondant_federal)
    (thread,) = threads_by_field(query.response)["budget_autres"]
    assert [m.text for m in thread.messages] == ["Sans les dons ?", "Les dons y sont."]
    assert not thread.is_standing


def test_accepted_proposal_is_saved_as_corrected_without_a_return(query, cast, sent):
    accept_proposal(query=query, by=cast.responsable)
    sent.refresh_from_db()
    assert sent.state == ResponseState.SUBMITTED
    entry = sent.values["budget_autres"]
    assert (entry["valeur"], entry["provenance"]) == (45, Provenance.CORRECTED)
    revision = sent.revisions.last()
    assert (revision.by, "acceptée" in revision.reason) == (cast.responsable, True)
    query.refresh_from_db()
    assert query.state == QueryState.ANSWERED


def test_acceptance_brings_the_flags_to_date(query, cast, sent):
    accept_proposal(query=query, by=cast.responsable)
    assert sent.flags.get(rule_code="BUDGET_DETAIL").state == FlagState.OPEN


def test_proposal_is_accepted_once(query, cast):
    accept_proposal(query=query, by=cast.responsable)
    again = ask_again(query=query, by=cast.correspondant_caf, text="Et le reste ?")
    assert again.state == QueryState.OPEN
    with pytest.raises(Refused, match="proposée"):
        accept_proposal(query=again, by=cast.responsable)


def test_newest_proposal_is_the_one(query, cast, sent):
    answer_query(query=query, by=cast.responsable, text="Non, plutôt moins.")
    ask_again(query=query, by=cast.correspondant_federal, text="", proposal="42")
    assert threads_by_field(sent)["budget_autres"][0].proposal == "42"
    accept_proposal(query=query, by=cast.responsable)
    sent.refresh_from_db()
    assert sent.values["budget_autres"]["valeur"] == 42


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"text": " "}, "Écrivez"),
        ({"text": "x", "field_code": "inconnue"}, "questionnaire"),
        ({"text": "", "proposal": "beaucoup"}, "ne convient pas"),
        ({"text": "", "proposal": "9", "field_code": "budget_detail"}, "calculé"),
        ({"text": "Mme 269054958815780 ?"}, "sécurité sociale"),
    ],
)
def test_query_that_cannot_be_asked(sent, cast, options, said):
    with pytest.raises(Refused, match=said):
        open_query(**{"response": sent, "field_code": "budget_total", "by": cast.correspondant_caf} | options)


def test_one_standing_query_at_a_cell(query, cast, sent):
    with pytest.raises(Refused, match="déjà"):
        open_query(response=sent, field_code="budget_autres", by=cast.correspondant_federal, text="Et ?")
    close_query(query=query, by=cast.correspondant_caf)
    assert open_query(response=sent, field_code="budget_autres", by=cast.correspondant_federal, text="Et ?")


def test_open_query_holds_validation_back(query, cast, sent):
    with pytest.raises(Refused, match="demande ouverte"):
        validate_response(response=sent, by=cast.correspondant_federal)
    close_query(query=query, by=cast.correspondant_caf)
    assert validate_response(response=sent, by=cast.correspondant_federal).state == ResponseState.VALIDATED


def test_reminder_waits_three_days(query, cast):
    with pytest.raises(Refused, match="trois jours"):
        remind_query(query=query, by=cast.correspondant_caf)
    with clock.frozen(clock.now() + timedelta(days=4)):
        reminded = remind_query(query=query, by=cast.correspondant_federal)
        assert reminded.reminded_at == clock.now()
        with pytest.raises(Refused, match="trois jours"):
            remind_query(query=query, by=cast.correspondant_caf)
    answer_query(query=query, by=cast.responsable, text="Voilà")
    with pytest.raises(Refused, match="déjà répondu"):
        remind_query(query=query, by=cast.correspondant_caf)


STRUCTURE, PAIR = {"responsable", "suppleant"}, {"correspondant_caf", "correspondant_federal"}


@pytest.mark.parametrize(
    ("act", "allowed"),
    [("answer", STRUCTURE), ("accept", STRUCTURE), ("close", PAIR), ("remind", PAIR), ("ask_again", PAIR)],
)
def test_who_may_do_what(query, cast, act, allowed):
    acts = {
        "answer": lambda user: answer_query(query=query, by=user, text="Oui"),
        "accept": lambda user: accept_proposal(query=query, by=user),
        "close": lambda user: close_query(query=query, by=user),
        "remind": lambda user: remind_query(query=query, by=user),
        "ask_again": lambda user: ask_again(query=query, by=user, text="Encore"),
    }
    for name, user in cast.users().items():
        if name not in allowed:
            with pytest.raises(NotAllowed):
                acts[act](user)
    assert Query.objects.get(pk=query.pk).state == QueryState.OPEN


def test_only_correspondents_open(sent, cast):
    for name, user in cast.users().items():
        if name not in PAIR:
            with pytest.raises(NotAllowed):
                open_query(response=sent, field_code="budget_total", by=user, text="?")


def test_refused_value_leaves_the_query_open(query, cast, sent, monkeypatch):
    monkeypatch.setattr(demandes, "_check", lambda *_: None)
    answer_query(query=query, by=cast.responsable, text="…")
    ask_again(query=query, by=cast.correspondant_caf, text="", proposal="-3")
    with pytest.raises(Refused):
        accept_proposal(query=query, by=cast.responsable)
    query.refresh_from_db()
    assert query.state == QueryState.OPEN
    refresh_flags(response=sent)
    assert not sent.flags.open().exists()
