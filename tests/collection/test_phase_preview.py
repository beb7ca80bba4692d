"""What is counted before a phase changes."""

import pytest

from senacs.campaigns import states
from senacs.campaigns.models import Campaign
from senacs.collection.enums import ResponseState
from senacs.collection.phase_preview import consequences
from tests import factories
from tests.factories import Cast


def told(campaign: Campaign, name: str) -> str:
    return " ".join(consequences(campaign, name)).replace("\xa0", " ")


@pytest.mark.parametrize("name", [transition.name for transition in states.TRANSITIONS])
def test_every_change_says_what_follows(cast: Cast, campaign: Campaign, name: str) -> None:
    assert all(sentence.endswith(".") for sentence in consequences(campaign, name)) and told(campaign, name)


def test_counts_are_those_of_the_campaign(cast: Cast, campaign: Campaign) -> None:
    factories.make_response(structure=cast.structure, campaign=campaign, values={"salaries_total": 7})
    factories.make_response(structure=cast.neighbour, campaign=campaign)
    other = factories.make_structure()
    factories.make_response(structure=other, campaign=campaign, state=ResponseState.SUBMITTED)
    closing = told(campaign, "close")
    assert "1 réponse commencée n’est pas envoyée" in closing or "0 réponse" in closing
    assert "rien commencé" in closing
    assert "1 réponse envoyée n’est pas validée" in told(campaign, "process")
    assert "3 structures peuvent saisir" in told(campaign, "open")
    assert "1 structure n’a encore aucun responsable" in told(campaign, "open")
