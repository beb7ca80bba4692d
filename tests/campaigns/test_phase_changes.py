"""Changes of phase by hand: two institutions, letters, one at a time."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from senacs.accounts.enums import Role, Side
from senacs.accounts.models import User
from senacs.campaigns.enums import Phase
from senacs.campaigns.models import Campaign, PhaseProposal
from senacs.campaigns.phase_changes import confirm_phase, propose_phase, waiting_change, withdraw_phase
from senacs.campaigns.phases import PHASES, PhaseAct, allows
from senacs.lib import clock
from senacs.lib.refusals import NotAllowed, Refused
from tests import factories
from tests.factories import Cast


@pytest.fixture
def fcsf(cast: Cast) -> User:
    user = factories.make_user("fcsf@exemple.fr")
    factories.make_mandate(user, Role.NATIONAL, side=Side.FEDERATION)
    return user


def test_both_are_written_to_and_the_event_keeps_both(
    cast: Cast,
    fcsf: User,
    campaign: Campaign,
    mailoutbox: list[Any],
    django_capture_on_commit_callbacks: Callable[..., Any],
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        proposal = propose_phase(campaign=campaign, name="close", by=cast.national, reason="Date prévue.")
    assert [letter.to for letter in mailoutbox] == [[fcsf.email]]
    assert "Clore la saisie" in mailoutbox[0].body and "Date prévue." in mailoutbox[0].body
    with django_capture_on_commit_callbacks(execute=True):
        confirm_phase(proposal=proposal, by=fcsf)
    assert mailoutbox[1].to == [cast.national.email]
    event = campaign.events.get()
    assert (event.by, event.confirmed_by, event.reason) == (cast.national, fcsf, "Date prévue.")
    assert waiting_change(campaign) is None
    with pytest.raises(Refused, match="n’attend plus"):
        confirm_phase(proposal=proposal, by=fcsf)


def test_one_change_waits_at_a_time(cast: Cast, fcsf: User, campaign: Campaign) -> None:
    proposal = propose_phase(campaign=campaign, name="close", by=cast.national)
    with pytest.raises(Refused, match="attend déjà"):
        propose_phase(campaign=campaign, name="close", by=fcsf)
    with pytest.raises(IntegrityError), transaction.atomic():
        PhaseProposal.objects.create(campaign=campaign, transition="close", proposed_by=fcsf, proposed_at=clock.now())
    withdraw_phase(proposal=proposal, by=cast.national)
    propose_phase(campaign=campaign, name="close", by=fcsf)


def test_a_change_that_became_impossible_is_refused_at_the_confirmation(
    cast: Cast, fcsf: User, campaign: Campaign
) -> None:
    proposal = propose_phase(campaign=campaign, name="close", by=cast.national)
    Campaign.objects.update(phase=Phase.TRAITEMENT)
    with pytest.raises(Refused, match="n’est pas possible"):
        confirm_phase(proposal=proposal, by=fcsf)
    assert waiting_change(campaign) is not None, "left to be withdrawn"


def test_nobody_else_proposes_confirms_or_withdraws(cast: Cast, fcsf: User, campaign: Campaign) -> None:
    proposal = propose_phase(campaign=campaign, name="close", by=cast.national)
    for name, user in cast.users().items():
        with pytest.raises(NotAllowed):
            confirm_phase(proposal=proposal, by=user)
        if name != "national":
            with pytest.raises(NotAllowed):
                propose_phase(campaign=campaign, name="close", by=user)
            with pytest.raises(NotAllowed):
                withdraw_phase(proposal=proposal, by=user)
    assert Campaign.objects.get().phase == Phase.SAISIE


def test_alone_one_is_told_whom_to_bring_in(cast: Cast, campaign: Campaign) -> None:
    with pytest.raises(Refused, match="autre institution"):
        propose_phase(campaign=campaign, name="close", by=cast.national)


def test_the_table_of_phases_has_each_phase_once_and_each_act_somewhere() -> None:
    assert [row.phase for row in PHASES] == list(Phase)
    assert {act for row in PHASES for act in row.acts} == set(PhaseAct)
    assert not any(allows(Phase.ARCHIVEE, act) for act in PhaseAct)
    assert allows(Phase.CONTROLE, PhaseAct.CORRECT) and not allows(Phase.CONTROLE, PhaseAct.ENTER)
