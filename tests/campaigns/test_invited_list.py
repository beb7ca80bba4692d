"""The difference list of a campaign against the register and the campaign before."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from senacs.campaigns.enums import Phase
from senacs.campaigns.invited_list import InvitedDifference, invited_list, refresh_invited
from senacs.campaigns.models import Campaign
from senacs.campaigns.services import invite_structures
from senacs.lib import clock
from senacs.lib.refusals import NotAllowed, Refused
from senacs.structures.models import Structure
from tests import factories
from tests.factories import Cast


@pytest.fixture
def two_years(cast: Cast) -> tuple[Campaign, Campaign]:
    before = factories.make_campaign(version=factories.make_questionnaire("minimal_2025"), phase=Phase.DIFFUSION)
    for structure in (cast.structure, cast.neighbour):
        factories.make_invited(structure, before)
    return before, factories.make_campaign(phase=Phase.PREPARATION)


def names(differences: list[InvitedDifference]) -> set[str]:
    return {difference.structure.name for difference in differences}


def change(structure: Structure, **fields: object) -> None:
    Structure.objects.filter(pk=structure.pk).update(**fields)


def test_new_closed_moved_and_changed_are_apart(cast: Cast, two_years: tuple[Campaign, Campaign]) -> None:
    before, campaign = two_years
    factories.make_structure(name="Nouvelle")
    moved, changed = (factories.make_structure(name=name) for name in ("Déplacée", "Changée"))
    for structure in (moved, changed):
        factories.make_invited(structure, before)
    change(cast.neighbour, closed_on=clock.today())
    change(moved, commune=factories.make_commune("26198", "Montélimar"))
    change(changed, gestion="collectivite")
    found = invited_list(campaign)
    assert (found.previous, found.asked) == (before, 0)
    assert names(found.new) == {"Nouvelle"}
    assert names(found.closed) == {cast.neighbour.name}
    assert names(found.moved) == {"Déplacée"} and "commune" in found.moved[0].words
    assert [difference.words for difference in found.changed] == [("mode de gestion",)]
    assert {structure.name for structure in found.to_invite} == {cast.structure.name, "Nouvelle", "Déplacée", "Changée"}


def test_the_first_campaign_differs_from_nothing(cast: Cast) -> None:
    found = invited_list(factories.make_campaign(phase=Phase.PREPARATION))
    assert found.previous is None and not found.new and len(found.to_invite) == 2


def test_what_changed_since_the_invitation_is_taken_up_before_the_opening(
    cast: Cast, two_years: tuple[Campaign, Campaign]
) -> None:
    campaign = two_years[1]
    invite_structures(campaign=campaign, by=cast.national)
    change(cast.structure, name="Autre nom", priority_geography="")
    change(cast.neighbour, closed_on=clock.today())
    assert {(d.structure.pk, d.words) for d in invited_list(campaign).stale} == {
        (cast.structure.pk, ("nom", "géographie prioritaire")),
        (cast.neighbour.pk, ("fermée",)),
    }
    assert refresh_invited(campaign=campaign, by=cast.national) == 2
    assert campaign.invited.get().name == "Autre nom"
    assert not invited_list(campaign).stale
    assert refresh_invited(campaign=campaign, by=cast.national) == 0


def test_nothing_is_taken_up_once_the_entry_is_open(cast: Cast, campaign: Campaign) -> None:
    factories.make_invited(cast.structure, campaign)
    change(cast.structure, name="Autre nom")
    with pytest.raises(Refused, match="La saisie est ouverte"):
        refresh_invited(campaign=campaign, by=cast.national)
    assert campaign.invited.get().name == cast.structure.name
    with pytest.raises(NotAllowed):
        refresh_invited(campaign=campaign, by=cast.comite_technique)


def test_queries_do_not_grow_with_the_register(cast: Cast, two_years: tuple[Campaign, Campaign]) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            invited_list(two_years[1])
        return len(captured)

    few = queries()
    for _ in range(4):
        factories.make_invited(factories.make_structure(), two_years[0])
    assert queries() == few <= 4
