"""Which campaign runs, and what its calendar says."""

from datetime import UTC, datetime, timedelta

from senacs.campaigns.enums import Phase
from senacs.campaigns.models import Campaign
from senacs.campaigns.queries import calendar, current_campaign, days_left
from senacs.lib import clock
from tests import factories


def test_current_campaign_is_the_one_at_work(db: None) -> None:
    assert current_campaign() is None
    next_year = factories.make_campaign(phase=Phase.PREPARATION)
    assert current_campaign() == next_year
    version = factories.make_questionnaire("minimal_2025")
    at_work = factories.make_campaign(version=version, phase=Phase.CONTROLE)
    assert current_campaign() == at_work


def test_calendar_tells_each_phase_with_its_days(campaign: Campaign) -> None:
    steps = {step.phase: step for step in calendar(campaign)}
    assert [phase for phase, step in steps.items() if step.is_current] == [Phase.SAISIE]
    assert [phase for phase, step in steps.items() if step.is_past] == [Phase.PREPARATION]
    assert (steps[Phase.SAISIE].starts_on, steps[Phase.SAISIE].ends_on) == (campaign.opens_on, campaign.closes_on)
    assert steps[Phase.CONTROLE].starts_on == campaign.closes_on + timedelta(days=1)


def test_days_left_counts_to_the_last_day_in_paris(campaign: Campaign) -> None:
    last_evening = datetime(
        campaign.closes_on.year, campaign.closes_on.month, campaign.closes_on.day, 20, 0, tzinfo=UTC
    )
    with clock.frozen(last_evening):
        assert days_left(campaign) == 0
    with clock.frozen(last_evening - timedelta(days=3)):
        assert days_left(campaign) == 3
    campaign.phase = Phase.TRAITEMENT
    assert days_left(campaign) is None
