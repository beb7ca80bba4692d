"""A blocking rule waived by two people, and what is published of it."""

import pytest

from senacs.accounts.enums import Role
from senacs.campaigns.models import Campaign
from senacs.collection.models import Response
from senacs.collection.services import save_values
from senacs.lib.refusals import NotAllowed, Refused
from senacs.review.enums import FlagState
from senacs.review.models import Flag
from senacs.review.queries import waivers_of
from senacs.review.services import refresh_flags, submit_response
from senacs.review.validation import validate_response
from senacs.review.waivers import asked_waivers, waive_flag
from tests import factories
from tests.factories import Cast

VALUES = {
    "salaries_total": 5,
    "etp_total": "6",
    "budget_total": 100,
    "budget_caf": 60,
    "budget_autres": 40,
    "clas": False,
}


@pytest.fixture
def blocked(cast: Cast, campaign: Campaign) -> Flag:
    response = factories.make_response(structure=cast.structure, campaign=campaign, values=VALUES)
    refresh_flags(response=response)
    return response.flags.get(rule_code="ETP_SALARIES")


def waive(flag: Flag, cast: Cast) -> None:
    waive_flag(flag=flag, by=cast.correspondant_caf, reason="Heures supplémentaires de l’été.")
    waive_flag(flag=flag, by=cast.correspondant_federal, reason="")


def test_one_agreement_is_not_enough(blocked, cast):
    waiver = waive_flag(flag=blocked, by=cast.correspondant_caf, reason="Heures supplémentaires.")
    blocked.refresh_from_db()
    assert (waiver.is_granted, blocked.state) == (False, FlagState.OPEN)
    with pytest.raises(Refused, match="déjà"):
        waive_flag(flag=blocked, by=cast.correspondant_caf, reason="Encore")
    assert asked_waivers(blocked.response)["ETP_SALARIES"].caf_by == cast.correspondant_caf


def test_two_agreements_let_the_response_be_sent(blocked, cast):
    waive(blocked, cast)
    blocked.refresh_from_db()
    assert blocked.state == FlagState.WAIVED
    assert submit_response(response=blocked.response, by=cast.responsable).state == "submitted"


def test_same_person_does_not_agree_for_both(blocked, cast):
    factories.make_mandate(cast.correspondant_caf, Role.CORRESPONDANT_FEDERAL, federation=cast.structure.federation)
    waive_flag(flag=blocked, by=cast.correspondant_caf, reason="Oui")
    with pytest.raises(Refused, match="autre correspondant"):
        waive_flag(flag=blocked, by=cast.correspondant_caf, reason="Oui")


def test_colleague_of_the_same_side_adds_nothing(blocked, cast):
    colleague = factories.make_user("collegue@exemple.fr")
    factories.make_mandate(colleague, Role.CORRESPONDANT_CAF, caf=cast.structure.caf)
    waive_flag(flag=blocked, by=cast.correspondant_caf, reason="Oui")
    with pytest.raises(Refused, match="institution"):
        waive_flag(flag=blocked, by=colleague, reason="Oui")


def test_other_figures_block_again(blocked, cast):
    waive(blocked, cast)
    save_values(response=blocked.response, inputs={"etp_total": "9"}, by=cast.responsable)
    refresh_flags(response=Response.objects.get(pk=blocked.response_id))
    blocked.refresh_from_db()
    assert blocked.state == FlagState.OPEN
    assert asked_waivers(blocked.response) == {}


def test_release_lists_waivers_without_naming_anyone(blocked, cast, campaign):
    waive(blocked, cast)
    assert waivers_of(campaign) == []
    sent = submit_response(response=blocked.response, by=cast.responsable)
    validate_response(response=sent, by=cast.correspondant_caf)
    (note,) = waivers_of(campaign)
    assert (note.rule_code, note.reason) == ("ETP_SALARIES", "Heures supplémentaires de l’été.")


def test_reason_is_required_of_the_first(blocked, cast):
    with pytest.raises(Refused, match="pourquoi"):
        waive_flag(flag=blocked, by=cast.correspondant_federal, reason=" ")


def test_only_blocking_points_are_waived_and_by_the_pair(blocked, cast):
    for name, user in cast.users().items():
        if name not in {"correspondant_caf", "correspondant_federal"}:
            with pytest.raises(NotAllowed):
                waive_flag(flag=blocked, by=user, reason="x")
    Flag.objects.filter(pk=blocked.pk).update(severity="to_justify")
    with pytest.raises(Refused, match="justifie"):
        waive_flag(flag=blocked, by=cast.correspondant_caf, reason="x")
