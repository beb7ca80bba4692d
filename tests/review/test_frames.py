"""A campaign as one frame: the same values as one response at a time."""

import numpy as np
import pytest

from senacs.campaigns.models import Campaign
from senacs.collection.enums import ResponseState
from senacs.collection.queries import environment
from senacs.review.frames import CampaignFrame, campaign_frame
from tests import factories
from tests.factories import Cast

NOW = {
    "salaries_total": 5,
    "etp_total": "4.5",
    "budget_total": 100,
    "budget_caf": 60,
    "budget_autres": None,
    "clas": True,
}
BEFORE = {"salaries_total": 4, "etp_total": "4", "budget_total": 90, "benevoles_actifs": 12}


@pytest.fixture
def source(cast: Cast, campaign: Campaign) -> CampaignFrame:
    last = factories.make_campaign(version=factories.make_questionnaire("minimal_2025"))
    factories.make_response(
        structure=cast.structure, campaign=last, values=BEFORE, state=ResponseState.VALIDATED, by=cast.responsable
    )
    factories.make_response(structure=cast.structure, campaign=campaign, values=NOW)
    factories.make_response(structure=cast.neighbour, campaign=campaign, values={"budget_caf": 7, "clas_enfants": 9})
    factories.make_response(structure=factories.make_structure(), campaign=campaign)
    return campaign_frame(campaign)


def test_only_started_responses_are_read(source):
    assert len(source.frame) == 2


def test_values_and_totals_are_those_of_each_response(source, campaign):
    codes = ["salaries_total", "etp_total", "budget_detail", "budget_autres", "clas_enfants"]
    for row, response in enumerate(campaign.responses.filter(revision__gt=0).order_by("pk")):
        env = environment(response).env
        for code, value in zip(codes, source.numbers(codes)[row], strict=True):
            if code not in env:
                assert np.isnan(value), code
            elif not hasattr(env[code], "__add__"):
                assert value == 0, code  # non concerné
            else:
                assert value == float(env[code]), code


def test_last_year_comes_under_this_year_s_codes(source):
    previous = source.numbers(["benevoles", "budget_total"], previous=True)
    assert previous[0].tolist() == [12, 90]
    assert np.isnan(previous[1]).all()


def test_new_fields_have_no_last_year(source):
    assert np.isnan(source.numbers(["ecologie_actions"], previous=True)).all()
    assert source.numbers(["ecologie_actions"], previous=True).shape == (2, 1)
