"""`senacs tick`: what is due at its date, once; what cannot be done is told, and the rest is done all the same."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.core.management import CommandError, call_command

from senacs.accounts.enums import RightsAct
from senacs.accounts.models import Mandate, Notice
from senacs.accounts.rights import log_right
from senacs.agenda import tick
from senacs.agenda.models import TickRun
from senacs.agenda.tick import last_passages, run_tick
from senacs.audit.models import AuditLine
from senacs.campaigns.enums import Phase
from senacs.campaigns.models import Campaign
from senacs.letters.models import OutgoingLetter
from senacs.lib import clock
from senacs.lib.refusals import Refused
from tests import factories
from tests.factories import Cast


def on(day: date):
    return clock.frozen(datetime.combine(day, time(8), tzinfo=ZoneInfo("Europe/Paris")))


def told(passage: TickRun) -> list[str]:
    return [sentence for job in passage.jobs for sentence in job["told"]]


def passages(days: list[date]) -> list[str]:
    found = []
    for day in days:
        with on(day):
            found += told(run_tick())
    return found


@pytest.fixture
def prepared(cast: Cast) -> Campaign:
    campaign = factories.make_campaign(phase=Phase.PREPARATION)
    factories.make_invited(cast.structure, campaign)
    return campaign


def phase_of(campaign: Campaign) -> str:
    campaign.refresh_from_db()
    return campaign.phase


def test_phases_follow_the_calendar_and_the_team_is_told(prepared: Campaign, cast: Cast) -> None:
    Mandate.objects.update(starts_on=prepared.opens_on - timedelta(days=60))
    opens, closes, ends = prepared.opens_on, prepared.closes_on, prepared.review_ends_on
    with on(opens - timedelta(days=1)):
        run_tick()
        assert phase_of(prepared) == Phase.PREPARATION
    with on(opens):
        assert any("ouvrir la saisie" in sentence for sentence in told(run_tick()))
        assert phase_of(prepared) == Phase.SAISIE
        assert told(run_tick()) == [], "a second time"
    with on(closes):
        run_tick()
        assert phase_of(prepared) == Phase.SAISIE, "the last day is open until its evening"
    with on(closes + timedelta(days=1)):
        run_tick()
        assert phase_of(prepared) == Phase.CONTROLE
    with on(ends + timedelta(days=1)):
        run_tick()
        assert phase_of(prepared) == Phase.TRAITEMENT
    assert [event.by for event in prepared.events.all()] == [None] * 3
    assert Notice.objects.filter(user=cast.national, subject__contains="c’est fait").count() == 3


def test_a_phase_that_cannot_change_is_told_once_and_the_rest_is_done(cast: Cast) -> None:
    campaign = factories.make_campaign(phase=Phase.PREPARATION)  # nobody is invited
    (mandate,) = cast.suppleant.mandates.all()
    mandate.ends_on = campaign.opens_on + timedelta(days=45)
    mandate.save()
    days = [campaign.opens_on + timedelta(days=n) for n in (31, 32, 33)]
    sentences = passages(days)
    assert sum("Aucune structure n’est invitée" in sentence for sentence in sentences) == 1
    assert phase_of(campaign) == Phase.PREPARATION
    assert Notice.objects.filter(user=cast.national, subject__contains="empêché").count() == 1
    assert any("mandat" in sentence for sentence in sentences)


def test_ends_of_mandates_are_told_before_and_after_once(cast: Cast) -> None:
    (mandate,) = cast.suppleant.mandates.all()
    ends = clock.today() + timedelta(days=40)
    mandate.ends_on = ends
    mandate.save()
    passages([ends - timedelta(days=n) for n in (35, 20, 19, 1, 0)] + [ends + timedelta(days=n) for n in (1, 2)])
    mine = Notice.objects.filter(user=cast.suppleant).order_by("pk").values_list("key", flat=True)
    assert list(mine) == [f"mandate-ending-{mandate.pk}-{ends}", f"mandate-ended-{mandate.pk}-{ends}"]
    givers = Notice.objects.filter(key__startswith=f"mandate-ending-{mandate.pk}-").exclude(user=cast.suppleant)
    assert {notice.user for notice in givers} == {cast.correspondant_caf, cast.correspondant_federal}


def test_what_is_past_its_time_is_forgotten_and_ledgers_stay(cast: Cast) -> None:
    old, recent = clock.now() - timedelta(days=800), clock.now() - timedelta(days=30)
    for at in (old, recent):
        OutgoingLetter.objects.create(to="a@exemple.fr", subject="S", state="envoyee", sent_at=at, written_at=at)
    assert any("1\u00a0lettre envoyée" in sentence for sentence in told(run_tick()))
    assert OutgoingLetter.objects.get(to="a@exemple.fr").sent_at == recent


def test_a_job_that_fails_is_told_and_the_next_ones_run(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], db: None
) -> None:
    def broken():
        raise Refused("Le serveur n’a plus de place.")

    def works():
        yield "Fait."

    monkeypatch.setattr(tick, "JOBS", (tick.DueJob("Un", broken), tick.DueJob("Deux", works)))
    with pytest.raises(CommandError):
        call_command("tick")
    assert "Deux : Fait." in capsys.readouterr().out
    (passage,) = last_passages()
    assert passage.has_failed and passage.ended_at is not None


def test_command_says_that_nothing_was_due(capsys: pytest.CaptureFixture[str], db: None) -> None:
    call_command("tick")
    assert "Rien n’était dû." in capsys.readouterr().out


def test_the_journal_is_checked_once_a_day_and_an_alteration_is_told(cast: Cast) -> None:
    for name in ("zoe", "leo"):
        log_right(act=RightsAct.PROPOSED, address=f"{name}@exemple.fr", by=cast.national, reason="Renfort de l’équipe.")
    today = clock.today()
    assert "2\u00a0lignes scellées, chaîne intacte." in passages([today])
    assert passages([today]) == [], "once a day"
    AuditLine.objects.filter(number=1).update(reason="Autre motif.")
    found = passages([today + timedelta(days=1)])
    assert "Ligne 1 : cette ligne, ou celle qui la précède, a été changée." in found
    notice = Notice.objects.get(user=cast.national, subject__contains="journal")
    assert not Notice.objects.filter(subject__contains="journal").exclude(pk=notice.pk).exists()
    passages([today + timedelta(days=2)])
    assert Notice.objects.filter(subject__contains="journal").count() == 1, "told once"
    AuditLine.objects.filter(number=2).delete()
    passages([today + timedelta(days=3)])
    assert Notice.objects.filter(subject__contains="journal").count() == 2, "another alteration is told"
