"""Who may do what with a response, in each of its states."""

import pytest

from senacs.accounts.models import User
from senacs.campaigns.models import Campaign
from senacs.collection.enums import ResponseState
from senacs.collection.models import Response
from senacs.review import permissions
from senacs.review.models import Flag
from senacs.review.services import contest_response, refresh_flags, withdraw_contest
from senacs.review.validation import validate_response
from tests import factories
from tests.factories import Cast

PAIR = {"correspondant_caf", "correspondant_federal"}
STRUCTURE = {"responsable", "suppleant"}
DRAFT, SUBMITTED, RETURNED, VALIDATED = ResponseState
BY_STATE = [
    (permissions.can_validate, {SUBMITTED: PAIR}),
    (permissions.can_return, {SUBMITTED: PAIR}),
    (permissions.can_take_back, {SUBMITTED: STRUCTURE}),
    (permissions.can_reopen, {VALIDATED: PAIR}),
    (permissions.can_contest, dict.fromkeys(ResponseState, PAIR | STRUCTURE)),
    (permissions.can_withdraw_contest, {}),
]
VALUES = {"salaries_total": 5, "etp_total": "4.5", "budget_total": 100, "budget_caf": 60, "budget_autres": 40}


def allowed(action, about: Response | Flag, cast: Cast) -> set[str]:
    return {name for name, user in cast.users().items() if action(user, about)}


@pytest.mark.parametrize("state", ResponseState)
def test_each_action_belongs_to_its_people_in_its_state(cast: Cast, campaign: Campaign, state: ResponseState) -> None:
    response = factories.make_response(
        structure=cast.structure, campaign=campaign, state=state, by=cast.responsable, values=VALUES
    )
    for action, people in BY_STATE:
        assert allowed(action, response, cast) == people.get(state, set()), action.__name__


def test_who_contested_last_agrees_again_and_nobody_else(cast: Cast, campaign: Campaign) -> None:
    response = factories.make_response(
        structure=cast.structure, campaign=campaign, state=SUBMITTED, by=cast.responsable, values=VALUES
    )
    contest_response(response=response, by=cast.correspondant_federal, reason="Le budget")
    response.refresh_from_db()
    assert allowed(permissions.can_withdraw_contest, response, cast) == {"correspondant_federal"}
    withdraw_contest(response=response, by=cast.correspondant_federal)
    response.refresh_from_db()
    assert allowed(permissions.can_withdraw_contest, response, cast) == set()
    contest_response(response=response, by=cast.correspondant_caf, reason="Les emplois")
    response.refresh_from_db()
    assert allowed(permissions.can_withdraw_contest, response, cast) == {"correspondant_caf"}
    Response.objects.filter(pk=response.pk).update(is_contested=False)
    response.refresh_from_db()
    assert allowed(permissions.can_withdraw_contest, response, cast) == set()


def test_a_contested_response_is_approved_once_a_side(cast: Cast, campaign: Campaign) -> None:
    response = factories.make_response(
        structure=cast.structure, campaign=campaign, state=SUBMITTED, by=cast.responsable, values=VALUES
    )
    contest_response(response=response, by=cast.correspondant_federal, reason="Le budget")
    response.refresh_from_db()
    assert allowed(permissions.can_validate, response, cast) == PAIR
    assert permissions.missing_sides(cast.correspondant_caf, response) == {"caf"}
    validate_response(response=response, by=cast.correspondant_caf)
    response = Response.objects.get(pk=response.pk)
    assert allowed(permissions.can_validate, response, cast) == {"correspondant_federal"}
    assert permissions.missing_sides(cast.responsable, response) == set()


def test_nobody_approves_for_both_sides(cast: Cast, campaign: Campaign) -> None:
    both: User = cast.correspondant_caf
    factories.make_mandate(both, cast.correspondant_federal.mandates.get().role, federation=cast.structure.federation)
    response = factories.make_response(
        structure=cast.structure, campaign=campaign, state=SUBMITTED, by=cast.responsable, values=VALUES
    )
    contest_response(response=response, by=cast.correspondant_federal, reason="Le budget")
    response.refresh_from_db()
    assert permissions.missing_sides(both, response) == {"caf", "federation"}
    validate_response(response=response, by=both)
    assert permissions.missing_sides(both, Response.objects.get(pk=response.pk)) == set()


def test_a_structure_explains_while_it_can_still_change(cast: Cast, campaign: Campaign) -> None:
    response = factories.make_response(
        structure=cast.structure, campaign=campaign, values=VALUES | {"budget_autres": 10}, by=cast.responsable
    )
    refresh_flags(response=response)
    flag = response.flags.get()
    assert allowed(permissions.can_justify, flag, cast) == STRUCTURE
    assert allowed(permissions.can_judge, flag, cast) == PAIR
    factories.sign(response, SUBMITTED, by=cast.responsable)
    flag = Flag.objects.get(pk=flag.pk)
    assert allowed(permissions.can_justify, flag, cast) == set()
    assert allowed(permissions.can_judge, flag, cast) == PAIR
