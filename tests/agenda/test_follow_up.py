"""Follow-up: counts that add up at each scale, the section where drafts stop, forecast, whom to call, queries."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from senacs.accounts.models import User
from senacs.accounts.permissions import keep_mandates
from senacs.agenda.follow_up import PastPace, _forecast, follow_up, scope_of, scopes_of
from senacs.campaigns.models import Campaign
from senacs.collection.enums import AbsenceKind, AbsenceReason, ResponseState
from senacs.collection.models import Response
from senacs.collection.participation import declare_absence
from senacs.collection.queries import FOLLOW_COUNTS, Follow
from senacs.lib import clock
from tests import factories
from tests.factories import Cast


def scope(user: User, key: str = ""):
    found = scope_of(user, key)
    assert found is not None
    return found


@pytest.fixture
def responses(cast: Cast, campaign: Campaign) -> list[Response]:
    """In the Drôme one of each state; one sent in the Nord."""
    made = [factories.make_response(structure=cast.structure, campaign=campaign)]
    for state in (ResponseState.DRAFT, ResponseState.RETURNED):
        made.append(factories.make_response(campaign=campaign, values={"budget_total": 10}, state=state))
    for state in (ResponseState.SUBMITTED, ResponseState.VALIDATED):
        made.append(factories.make_response(campaign=campaign, values={"budget_total": 10}, state=state))
    made.append(factories.make_response(campaign=campaign))
    absent = made[-1]
    declare_absence(response=absent, kind=AbsenceKind.DECLINED, reason=AbsenceReason.NO_TIME, by=cast.correspondant_caf)
    made.append(factories.make_response(structure=cast.neighbour, campaign=campaign, state=ResponseState.SUBMITTED))
    return made


def test_each_role_has_its_scales(cast: Cast, campaign: Campaign) -> None:
    scales = {name: [one.key for one in scopes_of(user)] for name, user in cast.users().items()}
    assert scales["correspondant_caf"] == scales["correspondant_federal"] == ["territoire"]
    assert scales["copil"] == scales["preparation"] == ["departement-26"]
    assert scales["regional"] == ["region-84"]
    assert scales["national"] == scales["comite_technique"] == ["france"]
    assert scales["responsable"] == scales["nobody"] == []
    assert scope_of(cast.copil, "departement-59") is None and scope_of(cast.copil, "france") is None
    assert scope(cast.national, "region-32").is_named and not scope(cast.comite_technique, "departement-59").is_named


def test_the_funnel_adds_up_and_scales_agree(cast: Cast, campaign: Campaign, responses: list[Response]) -> None:
    for user, key in ((cast.correspondant_caf, ""), (cast.copil, ""), (cast.national, "departement-26")):
        found = follow_up(scope(user, key), campaign)
        total = found.total
        counts = (found.untouched, total.started, total.submitted, total.returned, total.validated, total.declined)
        assert counts == (1, 1, 1, 1, 1, 1) and total.invited == 6
    assert follow_up(scope(cast.national), campaign).total.invited == 7


def test_drafts_stop_at_the_section_of_their_last_value(cast: Cast, campaign: Campaign, responses) -> None:
    assert follow_up(scope(cast.copil), campaign).stops == [("Finances", 1)]


def test_structures_are_named_to_those_who_follow_them_alone(cast: Cast, campaign: Campaign, responses) -> None:
    assert follow_up(scope(cast.copil), campaign).calls == []
    calls = follow_up(scope(cast.correspondant_federal), campaign).calls
    assert [call.response.pk for call in calls] == [responses[1].pk, responses[0].pk], "the one begun first"


def test_forecast_follows_the_pace_of_the_year_before(cast: Cast, campaign: Campaign) -> None:
    """Last year half of the answers had come by now, and all in the end: this year's 10 of 40 give half of them at that
    pace, and all of them if who waits comes as who waited came."""
    version = factories.make_questionnaire()
    last = factories.make_campaign(version=version, phase="diffusion", year=campaign.year - 1)
    Campaign.objects.filter(pk=last.pk).update(
        opens_on=campaign.opens_on - timedelta(days=365), closes_on=campaign.closes_on - timedelta(days=365)
    )
    structures = factories.make_structures(40)
    for i, structure in enumerate(structures):
        early = campaign.opens_on + timedelta(days=10 if i % 2 else 60) - timedelta(days=365)
        before = factories.make_response(structure=structure, campaign=last, state=ResponseState.VALIDATED)
        moment = clock.now().replace(year=early.year, month=early.month, day=early.day)
        Response.objects.filter(pk=before.pk).update(submitted_at=moment)
        now = factories.make_response(structure=structure, campaign=campaign)
        if i < 10:
            factories.sign(now, ResponseState.SUBMITTED, by=cast.responsable)
    found = follow_up(scope(cast.copil), campaign)
    assert found.forecast is not None and found.forecast.rate == pytest.approx(75, abs=0.1)
    assert 25 <= found.forecast.low < 50 < found.forecast.high == 100
    assert [curve.year for curve in found.curves] == [campaign.year, campaign.year - 1]
    assert found.curves[1].percents[-1] == pytest.approx(100)
    assert found.curves[1].percents == sorted(found.curves[1].percents)


def test_forecast_never_runs_beyond_what_those_who_wait_ever_did() -> None:
    """Ahead of every year: 74 % where 55 had come of 73 in the end. The pace alone would say 98 %."""
    counts = dict.fromkeys(FOLLOW_COUNTS, 0) | {"invited": 1000, "submitted": 740}
    found = _forecast(Follow(**counts), [PastPace(55 / 73, 18 / 45)])
    assert found is not None
    assert found.rate == pytest.approx((74 / (55 / 73) + 74 + 26 * 0.4) / 2)
    assert found.low < 74 + 26 * 0.4 < found.rate < found.high <= 100


def test_as_many_queries_for_a_territory_as_for_france(cast: Cast, campaign: Campaign, responses) -> None:
    def queries(user: User, key: str) -> int:
        keep_mandates(user)
        found = scope(user, key)
        with CaptureQueriesContext(connection) as asked:
            follow_up(found, campaign)
        return len(asked)

    queries(cast.national, "france")  # compiles the questionnaire
    assert queries(cast.national, "departement-26") == queries(cast.national, "france") <= 9
