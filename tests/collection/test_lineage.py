"""N-1 of structures that others have joined: a sum of all, or none; never half of one."""

from datetime import date
from decimal import Decimal

import pytest

from senacs.campaigns.enums import Phase
from senacs.campaigns.models import Campaign
from senacs.collection.enums import ResponseState
from senacs.collection.models import Response
from senacs.collection.queries import environments, previous_values
from senacs.lib import clock
from senacs.publication.fiches.history import read_years
from senacs.register.enums import SuccessionLink
from senacs.register.models import RegisterAct, Succession
from senacs.review.frames import campaign_frame
from senacs.structures.models import Structure
from tests import factories
from tests.factories import Cast

MERGED_ON = date(2025, 9, 1)


def link(kind: SuccessionLink, before: Structure, after: Structure, on: date = MERGED_ON) -> None:
    act = RegisterAct.objects.create(kind=kind.value, on=on, at=clock.now(), reason="Décision de la Caf.")
    Succession.objects.create(act=act, link=kind, predecessor=before, successor=after)


@pytest.fixture
def former(cast: Cast) -> Campaign:
    version = factories.make_questionnaire("minimal_2025")
    return factories.make_campaign(version=version, year=2025, phase=Phase.DIFFUSION)


@pytest.fixture
def response(cast: Cast, campaign: Campaign) -> Response:
    return factories.make_response(structure=cast.structure, campaign=campaign, values={"etp_total": "3"})


def answered(former: Campaign, structure: Structure, **values: object) -> Response:
    return factories.make_response(structure=structure, campaign=former, values=values, state=ResponseState.VALIDATED)


def test_n_minus_1_of_a_merger_is_that_of_all_added_up(cast: Cast, former: Campaign, response: Response) -> None:
    other, third = factories.make_structure(), factories.make_structure()
    answered(former, cast.structure, etp_total="2.5", budget_caf=100, budget_autres=50)
    answered(former, other, etp_total="1.5", budget_caf=300, budget_autres=None)
    answered(former, third, etp_total="1", budget_caf=10)
    link(SuccessionLink.MERGE, third, other)
    link(SuccessionLink.MERGE, other, cast.structure)
    expected = {"etp_total": Decimal("5.0"), "budget_caf": 410}
    for found in (previous_values(response), environments([response])[0].previous):
        assert {code: found[code] for code in expected} == expected
        assert "budget_autres" not in found  # the third left it unanswered: half a sum is none
    assert [year.data_year for year in read_years(cast.structure)] == [2024]


def test_n_minus_1_is_unknown_when_one_of_them_had_not_answered(
    cast: Cast, former: Campaign, response: Response
) -> None:
    answered(former, cast.structure, etp_total="2.5")
    link(SuccessionLink.MERGE, factories.make_structure(), cast.structure)
    assert previous_values(response) == {} and environments([response])[0].previous == {}
    assert read_years(cast.structure) == []


def test_a_merger_before_that_year_changes_nothing(cast: Cast, former: Campaign, response: Response) -> None:
    answered(former, cast.structure, etp_total="2.5")
    link(SuccessionLink.MERGE, factories.make_structure(), cast.structure, on=date(2024, 3, 1))
    assert previous_values(response)["etp_total"] == Decimal("2.5")


def test_a_double_gives_its_answers_to_the_entry_that_is_kept(cast: Cast, former: Campaign, response: Response) -> None:
    double = factories.make_structure()
    answered(former, double, etp_total="2.5")
    link(SuccessionLink.DUPLICATE, double, cast.structure, on=date(2026, 2, 1))
    assert previous_values(response)["etp_total"] == environments([response])[0].previous["etp_total"] == Decimal("2.5")
    assert [year.data_year for year in read_years(cast.structure)] == [2024]


def test_what_came_out_of_a_split_has_no_n_minus_1(cast: Cast, former: Campaign, response: Response) -> None:
    origin = factories.make_structure()
    answered(former, origin, etp_total="2.5")
    link(SuccessionLink.SPLIT, origin, cast.structure)
    assert previous_values(response) == {} and environments([response])[0].previous == {}


def test_the_control_reads_the_same_sum(cast: Cast, former: Campaign, response: Response) -> None:
    other = factories.make_structure()
    answered(former, cast.structure, etp_total="2.5")
    answered(former, other, etp_total="1.5")
    link(SuccessionLink.MERGE, other, cast.structure)
    frame = campaign_frame(response.campaign)
    assert frame.numbers(["etp_total"], previous=True).tolist() == [[4.0]]
