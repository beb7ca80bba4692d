"""The list of a campaign brought up to the register, with its responses."""

import pytest

from senacs.campaigns.enums import Phase
from senacs.campaigns.models import Campaign
from senacs.collection.campaign_list import bring_up_to_date, invite_alone
from senacs.lib import clock
from senacs.lib.refusals import NotAllowed, Refused
from senacs.structures.models import Structure
from tests import factories
from tests.factories import Cast


def test_the_list_follows_the_register_before_the_opening(cast: Cast) -> None:
    campaign = factories.make_campaign(phase=Phase.PREPARATION)
    update = bring_up_to_date(campaign=campaign, by=cast.national)
    assert (update.invited, update.changed, campaign.responses.count()) == (2, 0, 2)
    Structure.objects.filter(pk=cast.neighbour.pk).update(closed_on=clock.today())
    new = factories.make_structure()
    update = bring_up_to_date(campaign=campaign, by=cast.national)
    assert (update.invited, update.changed) == (1, 1)
    assert set(campaign.responses.values_list("structure", flat=True)) == {cast.structure.pk, new.pk}


def test_after_the_opening_one_is_invited_alone_and_answers_are_never_taken_out(cast: Cast, campaign: Campaign) -> None:
    response = factories.make_response(structure=cast.structure, campaign=campaign, values={"salaries_total": 7})
    Structure.objects.filter(pk=cast.structure.pk).update(closed_on=clock.today())
    with pytest.raises(Refused, match="La saisie est ouverte"):
        bring_up_to_date(campaign=campaign, by=cast.national)
    assert invite_alone(campaign=campaign, structures=[cast.neighbour], by=cast.national) == 1
    assert set(campaign.responses.values_list("pk", flat=True)) > {response.pk}
    with pytest.raises(NotAllowed):
        invite_alone(campaign=campaign, structures=[factories.make_structure()], by=cast.correspondant_caf)
