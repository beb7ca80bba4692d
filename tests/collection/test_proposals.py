"""Tokens, and the values that software proposes: read on arrival, written only by a person."""

import hashlib
from datetime import timedelta

import pytest

from senacs.accounts.enums import Role
from senacs.accounts.models import User
from senacs.accounts.services import end_mandate, grant_mandate
from senacs.collection.enums import ProposalState, Provenance
from senacs.collection.models import ApiToken, Proposal, Response
from senacs.collection.proposals import accept_proposals, propose_values, refuse_proposals
from senacs.collection.services import save_values
from senacs.collection.tokens import MOST_TOKENS, count_call, create_token, recognise, revoke_token
from senacs.lib import clock
from senacs.lib.refusals import NotAllowed, Refused
from senacs.structures.models import Structure
from tests import factories
from tests.factories import Cast, sign

pytestmark = pytest.mark.django_db


@pytest.fixture
def token(cast: Cast) -> ApiToken:
    return create_token(structure=cast.structure, label="juin", by=cast.responsable)[0]


def test_secret_is_shown_once_and_only_its_digest_kept(cast: Cast) -> None:
    token, secret = create_token(structure=cast.structure, label=" juin ", by=cast.responsable)
    assert token.digest == hashlib.sha256(secret.encode()).hexdigest()
    assert secret.startswith(token.start)
    assert (token.label, recognise(secret)) == ("juin", token)
    assert recognise(secret + "x") is None
    assert recognise("n'importe quoi") is None


def test_use_is_noted_at_most_once_a_minute(cast: Cast) -> None:
    token, secret = create_token(structure=cast.structure, label="juin", by=cast.responsable)
    recognise(secret)
    first = ApiToken.objects.get(pk=token.pk).last_used_at
    recognise(secret)
    assert ApiToken.objects.get(pk=token.pk).last_used_at == first
    with clock.frozen(clock.now() + timedelta(minutes=2)):
        recognise(secret)
    assert ApiToken.objects.get(pk=token.pk).last_used_at > first


def test_calls_are_counted_whatever_process_asks(token: ApiToken) -> None:
    processes = [ApiToken.objects.get(pk=token.pk) for _ in range(2)]
    with clock.frozen(clock.now()):
        assert [count_call(processes[call % 2], most=3) for call in range(5)] == [True, True, True, False, False]
    with clock.frozen(clock.now() + timedelta(minutes=1)):
        assert count_call(processes[0], most=3)


def test_withdrawn_token_opens_nothing(cast: Cast) -> None:
    token, secret = create_token(structure=cast.structure, label="juin", by=cast.responsable)
    revoke_token(token=token, by=cast.responsable)
    assert recognise(secret) is None


def test_a_token_dies_with_its_makers_mandate_and_no_later_one_wakes_it(cast: Cast) -> None:
    token, secret = create_token(structure=cast.structure, label="juin", by=cast.responsable)
    assert recognise(secret) == token
    end_mandate(mandate=cast.responsable.mandates.get(), by=cast.national)
    assert recognise(secret) is None
    factories.make_mandate(cast.responsable, Role.RESPONSABLE, structure=cast.structure)
    assert recognise(secret) is None
    assert "n’est plus responsable" in ApiToken.objects.get(pk=token.pk).end


def test_a_token_of_a_mandate_ended_the_day_it_began_is_dead(cast: Cast) -> None:
    mandate = grant_mandate(user=cast.nobody, role=Role.RESPONSABLE, scope=cast.structure, by=cast.national)
    _, secret = create_token(structure=cast.structure, label="juin", by=cast.nobody)
    end_mandate(mandate=mandate, by=cast.national)
    assert recognise(secret) is None


@pytest.mark.parametrize(
    ("days", "serves"),
    [(399, True), (401, False)],
)
def test_a_token_expires(cast: Cast, days: int, serves: bool) -> None:
    _, secret = create_token(structure=cast.structure, label="juin", by=cast.responsable)
    with clock.frozen(clock.now() + timedelta(days=days)):
        assert (recognise(secret) is not None) is serves


def test_a_token_dies_with_the_account_or_the_structure(cast: Cast) -> None:
    token, secret = create_token(structure=cast.structure, label="juin", by=cast.responsable)
    User.objects.filter(pk=cast.responsable.pk).update(is_active=False)
    assert recognise(secret) is None
    User.objects.filter(pk=cast.responsable.pk).update(is_active=True)
    for closed_on, serves in ((clock.today() + timedelta(days=1), True), (clock.today(), False)):
        Structure.objects.filter(pk=cast.structure.pk).update(closed_on=closed_on)
        assert (recognise(secret) is not None) is serves
    assert "fermée" in ApiToken.objects.get(pk=token.pk).end
    cast.structure.refresh_from_db()
    with pytest.raises(Refused, match="fermée"):
        create_token(structure=cast.structure, label="août", by=cast.responsable)


def test_dead_tokens_leave_room_for_new_ones(cast: Cast) -> None:
    for number in range(MOST_TOKENS):
        create_token(structure=cast.structure, label=f"n° {number}", by=cast.responsable)
    with pytest.raises(Refused, match="au plus"):
        create_token(structure=cast.structure, label="de trop", by=cast.responsable)
    with clock.frozen(clock.now() + timedelta(days=401)):
        create_token(structure=cast.structure, label="suivant", by=cast.responsable)


@pytest.mark.parametrize("name", ["suppleant", "correspondant_caf", "neighbour_responsable", "national"])
def test_only_the_responsable_manages_tokens(cast: Cast, token: ApiToken, name: str) -> None:
    user = cast.users()[name]
    with pytest.raises(NotAllowed):
        create_token(structure=cast.structure, label="juin", by=user)
    with pytest.raises(NotAllowed):
        revoke_token(token=token, by=user)


def test_pushed_values_wait_and_write_nothing(response: Response, token: ApiToken) -> None:
    received = propose_values(
        response=response,
        token=token,
        values={"salaries_total": 12, "etp_total": 7.5, "clas": True, "themes": ["famille"], "statut": "non_concerne"},
    )
    assert sorted(received.proposed) == ["clas", "etp_total", "salaries_total", "statut", "themes"]
    response.refresh_from_db()
    assert (response.values, response.revision) == ({}, 0)
    assert response.proposals.pending().count() == 5


def test_bad_values_are_told_one_by_one(response: Response, token: ApiToken) -> None:
    received = propose_values(
        response=response,
        token=token,
        values={
            "salaries_total": -3,
            "etp_total": 1.125,
            "benevoles": float("inf"),
            "statut": "coopérative",
            "budget_detail": 3,
            "inconnue": 1,
            "commentaire": "",
            "clas_enfants": "=2+2",
        },
    )
    assert received.proposed == []
    assert received.refused["salaries_total"] == "Ce nombre ne peut pas être négatif."
    assert "2\u00a0décimales au plus" in received.refused["etp_total"]
    assert "calculé" in received.refused["budget_detail"]
    assert "pas dans ce questionnaire" in received.refused["inconnue"]
    assert "formule" in received.refused["clas_enfants"]
    assert received.refused.keys() == {
        "salaries_total", "etp_total", "benevoles", "statut", "budget_detail", "inconnue", "commentaire", "clas_enfants"
    }  # fmt: skip


def test_newer_proposal_replaces_the_waiting_one_and_the_same_again_adds_nothing(
    response: Response, token: ApiToken
) -> None:
    for value in (12, 12, 13):
        propose_values(response=response, token=token, values={"salaries_total": value})
    assert list(response.proposals.values_list("raw", "state")) == [
        ("12", ProposalState.REPLACED),
        ("13", ProposalState.PENDING),
    ]


def test_value_that_the_response_holds_already_is_not_proposed(response: Response, token: ApiToken, cast: Cast) -> None:
    save_values(response=response, inputs={"salaries_total": "12"}, by=cast.responsable)
    propose_values(response=response, token=token, values={"salaries_total": 13})
    received = propose_values(response=response, token=token, values={"salaries_total": 12})
    assert received.unchanged == ["salaries_total"]
    assert not response.proposals.pending().exists()


def test_accepted_proposals_are_written_as_imported(response: Response, token: ApiToken, cast: Cast) -> None:
    propose_values(response=response, token=token, values={"salaries_total": 12, "statut": "non_concerne"})
    result = accept_proposals(response=response, proposals=response.proposals.pending(), by=cast.suppleant)
    assert result.refused == {}
    response.refresh_from_db()
    assert response.values["salaries_total"]["valeur"] == 12
    assert response.values["salaries_total"]["provenance"] == Provenance.IMPORTED
    assert response.values["statut"]["etat"] == "non_concerne"
    assert response.revisions.get().reason == "Proposé par juin"
    assert set(Proposal.objects.values_list("state", "decided_by")) == {(ProposalState.ACCEPTED, cast.suppleant.pk)}


def test_refused_proposals_leave_the_response_alone(response: Response, token: ApiToken, cast: Cast) -> None:
    propose_values(response=response, token=token, values={"salaries_total": 12, "etp_total": 7})
    first = response.proposals.get(code="etp_total")
    assert refuse_proposals(response=response, proposals=[first], by=cast.responsable) == 1
    response.refresh_from_db()
    assert response.values == {}
    assert [p.code for p in response.proposals.pending()] == ["salaries_total"]


@pytest.mark.parametrize("name", ["correspondant_caf", "neighbour_responsable", "national"])
def test_others_neither_accept_nor_refuse(response: Response, token: ApiToken, cast: Cast, name: str) -> None:
    propose_values(response=response, token=token, values={"salaries_total": 12})
    for decide in (accept_proposals, refuse_proposals):
        with pytest.raises(NotAllowed):
            decide(response=response, proposals=response.proposals.pending(), by=cast.users()[name])


def test_sent_response_takes_no_proposal(response: Response, token: ApiToken, cast: Cast) -> None:
    sign(response, "submitted", by=cast.responsable)
    with pytest.raises(Refused, match="ne peut plus changer"):
        propose_values(response=response, token=token, values={"salaries_total": 12})
