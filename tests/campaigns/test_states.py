"""The phases of a campaign, seen from their one door."""

import pytest

from senacs.accounts.enums import Role, Side
from senacs.accounts.models import User
from senacs.campaigns import states
from senacs.campaigns.enums import Phase
from senacs.campaigns.models import Campaign
from senacs.lib.refusals import NotAllowed, Refused
from tests import factories
from tests.factories import Cast


@pytest.fixture
def fcsf(cast: Cast) -> User:
    user = factories.make_user("fcsf@exemple.fr")
    factories.make_mandate(user, Role.NATIONAL, side=Side.FEDERATION)
    return user


@pytest.mark.parametrize("transition", states.TRANSITIONS, ids=lambda t: t.name)
@pytest.mark.parametrize("phase", Phase)
def test_transition_leaves_only_from_its_sources(cast: Cast, fcsf: User, transition, phase: Phase) -> None:
    campaign = factories.make_campaign(phase=phase)
    factories.make_invited(cast.structure, campaign)
    if phase in transition.sources:
        moved = states.apply(campaign, transition.name, by=cast.national, confirmed_by=fcsf, reason="Motif")
        assert moved.phase == Campaign.objects.get().phase == transition.target
        assert campaign.events.get().by == cast.national
    else:
        with pytest.raises(Refused):
            states.apply(campaign, transition.name, by=cast.national, confirmed_by=fcsf, reason="Motif")
        assert not campaign.events.exists()


def test_only_the_national_team_moves_a_campaign(cast: Cast) -> None:
    campaign = factories.make_campaign()
    for name, user in cast.users().items():
        if name != "national":
            with pytest.raises(NotAllowed):
                states.apply(campaign, "close", by=user)
    assert Campaign.objects.get().phase == Phase.SAISIE


def test_going_back_wants_a_reason(cast: Cast, fcsf: User) -> None:
    campaign = factories.make_campaign(phase=Phase.CONTROLE)
    with pytest.raises(Refused, match="motif"):
        states.apply(campaign, "reopen_entry", by=cast.national, confirmed_by=fcsf)


def test_opening_freezes_the_questionnaire(cast: Cast, fcsf: User) -> None:
    campaign = factories.make_campaign(phase=Phase.PREPARATION)
    factories.make_invited(cast.structure, campaign)
    assert not campaign.version.is_frozen
    assert states.apply(campaign, "open", by=cast.national, confirmed_by=fcsf).version.is_frozen
    campaign.version.refresh_from_db()
    assert campaign.version.is_frozen


def test_opening_without_anybody_invited_is_refused(cast: Cast, fcsf: User) -> None:
    campaign = factories.make_campaign(phase=Phase.PREPARATION)
    with pytest.raises(Refused, match="invitée"):
        states.apply(campaign, "open", by=cast.national, confirmed_by=fcsf)


def test_one_institution_alone_moves_nothing(cast: Cast, fcsf: User) -> None:
    campaign = factories.make_campaign()
    colleague = factories.make_user()
    factories.make_mandate(colleague, Role.NATIONAL, side=Side.CAF)
    for second in (None, cast.national, colleague, cast.comite_technique):
        with pytest.raises(NotAllowed, match="à deux"):
            states.apply(campaign, "close", by=cast.national, confirmed_by=second)
    assert Campaign.objects.get().phase == Phase.SAISIE
