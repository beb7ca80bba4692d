"""Reminders: by state and section, never twice within a week, on a day, and to correspondents whose territory lags."""

from datetime import timedelta

import pytest
from django.core import mail
from django.db import connection
from django.test.utils import CaptureQueriesContext

from senacs.accounts.models import Notice
from senacs.accounts.permissions import keep_mandates
from senacs.accounts.words import said_by
from senacs.agenda.enums import ReminderAudience
from senacs.agenda.models import ScheduledReminder
from senacs.agenda.reminders import (
    late_structures,
    remind,
    schedule_reminder,
    scheduled_by,
    send_scheduled,
    take_back_reminder,
    tell_lagging,
)
from senacs.campaigns.enums import Phase
from senacs.campaigns.models import Campaign, Reminder
from senacs.collection.enums import ResponseState
from senacs.collection.extensions import give_time
from senacs.collection.models import Response
from senacs.lib import clock
from senacs.lib.french import long_date
from senacs.lib.refusals import NotAllowed, Refused
from tests import factories
from tests.factories import Cast

ALL_BUT_MONEY = {"salaries_total": 5, "etp_total": "4.5", "benevoles": 3, "clas": False}


@pytest.fixture
def drafts(cast: Cast, campaign: Campaign) -> dict[str, Response]:
    """Nothing begun, one value, and two returned or of a stranger."""
    begun, returned = factories.make_structure(name="Commencée"), factories.make_structure(name="Retournée")
    return {
        "untouched": factories.make_response(structure=cast.structure, campaign=campaign),
        "begun": factories.make_response(structure=begun, campaign=campaign, values=ALL_BUT_MONEY),
        "returned": factories.make_response(
            structure=returned, campaign=campaign, values=ALL_BUT_MONEY, state=ResponseState.RETURNED
        ),
        "elsewhere": factories.make_response(structure=cast.neighbour, campaign=campaign),
    }


def names(late, audience: ReminderAudience, section: str = "") -> set[str]:
    return {one.structure.name for one in late if one.is_in(audience, section)}


def test_each_audience_has_its_own(cast: Cast, campaign: Campaign, drafts: dict[str, Response]) -> None:
    late = late_structures(cast.correspondant_caf, campaign)
    assert names(late, ReminderAudience.EVERYONE) == {cast.structure.name, "Commencée", "Retournée"}
    assert names(late, ReminderAudience.UNTOUCHED) == {cast.structure.name}
    assert names(late, ReminderAudience.BEGUN) == {"Commencée"}
    assert names(late, ReminderAudience.RETURNED) == {"Retournée"}
    assert "Commencée" in names(late, ReminderAudience.EVERYONE, "finances")
    (begun,) = [one for one in late if one.structure.name == "Commencée"]
    assert {section.code for section in begun.left} <= {"finances", "emplois", "activites"}
    assert "« Finances »" in begun.left_told


def test_after_the_closing_only_those_who_can_still_answer(
    cast: Cast, campaign: Campaign, drafts, django_capture_on_commit_callbacks
) -> None:
    until = campaign.closes_on + timedelta(days=12)
    give_time(
        campaign=campaign, structure=cast.structure, until=until, reason="Déménagement.", by=cast.correspondant_caf
    )
    Campaign.objects.filter(pk=campaign.pk).update(phase=Phase.CONTROLE)
    campaign.refresh_from_db()
    with clock.frozen(clock.now() + timedelta(days=(campaign.closes_on - clock.today()).days + 2)):
        late = late_structures(cast.correspondant_caf, campaign)
        assert names(late, ReminderAudience.EVERYONE) == {cast.structure.name, "Retournée"}
        with django_capture_on_commit_callbacks(execute=True):
            assert len(remind(late=late, campaign=campaign, by=cast.correspondant_caf, message="")) == 1
    reminders = [letter.subject for letter in mail.outbox if "attendues" in letter.subject]
    assert reminders and all(f"avant le {long_date(until)}" in subject for subject in reminders)
    with clock.frozen(clock.now() + timedelta(days=(until - clock.today()).days + 1)):
        later = late_structures(cast.correspondant_caf, campaign)
        assert names(later, ReminderAudience.EVERYONE) == {"Retournée"}


def test_the_letter_says_what_is_left(cast: Cast, campaign: Campaign, drafts, django_capture_on_commit_callbacks):
    begun = drafts["begun"].structure
    begun.email = "commencee@exemple.fr"
    begun.save()
    late = late_structures(cast.correspondant_caf, campaign)
    with django_capture_on_commit_callbacks(execute=True):
        sent = remind(late=late, campaign=campaign, by=cast.correspondant_caf, message="")
    assert {one.structure for one in sent} == {cast.structure, begun}
    (letter,) = [letter for letter in mail.outbox if letter.to == ["commencee@exemple.fr"]]
    assert "Il vous reste" in letter.body or "Il ne vous reste que" in letter.body


def test_nobody_is_reminded_twice_in_a_week_whoever_writes(cast: Cast, campaign: Campaign, drafts) -> None:
    late = late_structures(cast.correspondant_caf, campaign)
    remind(late=late, campaign=campaign, by=cast.correspondant_caf, message="")
    again = late_structures(cast.correspondant_federal, campaign)
    reminded = next(one for one in again if one.structure == cast.structure)
    assert reminded.next_on is not None and len(reminded.reminders) == 1
    with pytest.raises(Refused, match="7 jours"):
        remind(late=[reminded], campaign=campaign, by=cast.correspondant_federal, message="")
    # A page opened before: the door itself leaves it out.
    assert remind(late=late, campaign=campaign, by=cast.correspondant_federal, message="") == []
    with clock.frozen(clock.now() + timedelta(days=8)):
        later = late_structures(cast.correspondant_federal, campaign)
        assert len(remind(late=later, campaign=campaign, by=cast.correspondant_federal, message="")) == 1
    assert Reminder.objects.filter(structure=cast.structure).count() == 2


def ask(cast: Cast, campaign: Campaign, *, days: int = 5, by=None) -> ScheduledReminder:
    asked = ScheduledReminder(
        campaign=campaign, by=by or cast.correspondant_caf, on=clock.today() + timedelta(days=days),
        audience=ReminderAudience.UNTOUCHED, message="Besoin d’aide ?",
    )  # fmt: skip
    return schedule_reminder(asked=asked)


def test_scheduled_ones_leave_on_their_day_to_whoever_is_late_then(cast: Cast, campaign: Campaign, drafts) -> None:
    asked = ask(cast, campaign)
    assert send_scheduled() == []
    with clock.frozen(clock.now() + timedelta(days=5)):
        (done,) = send_scheduled()
        assert (done.pk, done.sent) == (asked.pk, 1)
        assert send_scheduled() == [], "once"
    assert scheduled_by(cast.correspondant_caf, campaign) == []


def test_words_kept_when_it_was_scheduled_leave_on_their_day(cast: Cast, campaign: Campaign, drafts) -> None:
    """Its author gave an own address, and said why a street stands there: nobody is there to be asked again."""
    with said_by(cast.correspondant_caf, lambda: "l’adresse de nos bureaux"):
        asked = ask(cast, campaign)
        asked.message = f"Écrivez-moi : {cast.correspondant_caf.email}, ou passez 12 rue des Lilas."
        asked.save()
    with clock.frozen(clock.now() + timedelta(days=5)):
        (done,) = send_scheduled()
    assert done.sent == 1


def test_a_day_gone_or_after_the_closing_is_refused(cast: Cast, campaign: Campaign, drafts) -> None:
    for days in (0, -3, 400):
        with pytest.raises(Refused):
            ask(cast, campaign, days=days)
    with pytest.raises(NotAllowed):
        ask(cast, campaign, by=cast.copil)


def test_only_the_author_takes_them_back(cast: Cast, campaign: Campaign, drafts) -> None:
    asked = ask(cast, campaign)
    with pytest.raises(NotAllowed):
        take_back_reminder(asked=asked, by=cast.correspondant_federal)
    take_back_reminder(asked=asked, by=cast.correspondant_caf)
    with clock.frozen(clock.now() + timedelta(days=6)):
        assert send_scheduled() == []


def test_correspondents_are_told_that_their_territory_lags_once_a_mark(cast: Cast, campaign: Campaign, drafts) -> None:
    factories.sign(drafts["elsewhere"], ResponseState.SUBMITTED, by=cast.neighbour_responsable)
    assert tell_lagging() == 0, "long before the closing"
    with clock.frozen(clock.now() + timedelta(days=(campaign.closes_on - clock.today()).days - 6)):
        assert tell_lagging() == 2
        assert tell_lagging() == 0
    told = Notice.objects.filter(key__startswith="lag-")
    assert {notice.user for notice in told} == {cast.correspondant_caf, cast.correspondant_federal}
    assert all(notice.page == "/suivi/relances/" for notice in told)


def test_as_many_queries_for_one_as_for_many(cast: Cast, campaign: Campaign, drafts) -> None:
    keep_mandates(cast.correspondant_caf)

    def queries() -> int:
        with CaptureQueriesContext(connection) as asked:
            late_structures(cast.correspondant_caf, campaign)
        return len(asked)

    queries()  # compiles the questionnaire
    few = queries()
    for structure in factories.make_structures(6):
        factories.make_response(structure=structure, campaign=campaign, values=ALL_BUT_MONEY)
    assert queries() == few
