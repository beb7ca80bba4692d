"""What a response says of its public entry becomes a proposal on the register, once."""

from collections.abc import Mapping

import pytest

from senacs.campaigns.models import Campaign
from senacs.collection.models import Response
from senacs.collection.register_corrections import propose_corrections
from senacs.register.models import RegisterProposal
from tests import factories
from tests.factories import Cast

WRITTEN = {
    "fiche_exacte": False, "fiche_nom": "Centre social Rosa-Parks", "fiche_telephone": "0475121212",
    "fiche_adresse": "3 rue du Port, 26000 Valence", "fiche_siret": "123",
}  # fmt: skip


def response_of(cast: Cast, campaign: Campaign, values: Mapping[str, object]) -> Response:
    """With codes of the questionnaire of 2026, which the tests' own has not."""
    response = factories.make_response(structure=cast.structure, campaign=campaign)
    response.values = {code: factories.stored(value) for code, value in values.items()}
    return response


def test_what_is_read_is_proposed_and_the_rest_is_told(cast: Cast, campaign: Campaign) -> None:
    proposal = propose_corrections(response=response_of(cast, campaign, WRITTEN), by=cast.responsable)
    assert proposal is not None
    told = proposal.values.pop("told")
    assert proposal.values == {"name": "Centre social Rosa-Parks", "phone": "04 75 12 12 12"}
    assert [line.partition(" : ")[2] for line in told] == ["123", "3 rue du Port, 26000 Valence"]
    cast.structure.refresh_from_db()
    assert cast.structure.name != "Centre social Rosa-Parks"


def test_the_same_words_sent_again_are_proposed_once(cast: Cast, campaign: Campaign) -> None:
    response = response_of(cast, campaign, WRITTEN)
    for _ in range(2):
        propose_corrections(response=response, by=cast.responsable)
    assert RegisterProposal.objects.count() == 1


@pytest.mark.parametrize("values", [{}, {"fiche_exacte": True, "fiche_nom": "Autre"}, {"fiche_exacte": False}])
def test_an_entry_that_is_right_asks_for_nothing(cast: Cast, campaign: Campaign, values: dict[str, object]) -> None:
    assert propose_corrections(response=response_of(cast, campaign, values), by=cast.responsable) is None
    assert not RegisterProposal.objects.exists()
