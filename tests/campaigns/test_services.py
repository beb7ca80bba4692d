"""Campaigns created, structures invited, reminders sent."""

from datetime import timedelta

import pytest
from django.core import mail

from senacs.campaigns.enums import Phase
from senacs.campaigns.models import Campaign, InvitedStructure, Reminder
from senacs.campaigns.queries import last_reminders
from senacs.campaigns.services import create_campaign, invite_structures, reschedule, send_reminders
from senacs.lib import clock
from senacs.lib.french import long_date
from senacs.lib.refusals import NotAllowed, Refused
from senacs.structures.models import Gestionnaire, Structure
from tests import factories
from tests.factories import Cast


def dates(**shift: int) -> dict:
    days = {"opens_on": 0, "closes_on": 90, "review_ends_on": 150} | shift
    return {name: clock.today() + timedelta(days=number) for name, number in days.items()}


def test_create_campaign_prepares_the_year_of_its_questionnaire(cast: Cast) -> None:
    campaign = create_campaign(version=factories.make_questionnaire(), by=cast.national, **dates())
    assert (campaign.year, campaign.data_year, campaign.phase) == (2026, 2025, Phase.PREPARATION)
    with pytest.raises(Refused, match="existe déjà"):
        create_campaign(version=campaign.version, by=cast.national, **dates())


def test_create_campaign_wants_dates_in_order_and_the_national_team(cast: Cast) -> None:
    version = factories.make_questionnaire()
    with pytest.raises(Refused, match="se suivre"):
        create_campaign(version=version, by=cast.national, **dates(closes_on=0))
    with pytest.raises(NotAllowed):
        create_campaign(version=version, by=cast.correspondant_caf, **dates())
    with pytest.raises(Refused, match="se suivre"):
        create_campaign(version=version, by=cast.national, **dates(review_ends_on=90))
    assert not Campaign.objects.exists()


@pytest.mark.parametrize("shift", [{"closes_on": 0}, {"review_ends_on": 90}])
def test_reschedule_wants_dates_that_follow_one_another(cast: Cast, campaign: Campaign, shift: dict) -> None:
    with pytest.raises(Refused, match="se suivre"):
        reschedule(campaign=campaign, by=cast.national, **dates(**shift))


def test_calendar_and_invitations_belong_to_the_national_team(cast: Cast, campaign: Campaign) -> None:
    with pytest.raises(NotAllowed):
        reschedule(campaign=campaign, by=cast.correspondant_caf, **dates())
    with pytest.raises(NotAllowed):
        invite_structures(campaign=campaign, by=cast.correspondant_caf)
    assert not campaign.invited.exists()


def test_reschedule_changes_the_calendar(cast: Cast) -> None:
    campaign = factories.make_campaign(phase=Phase.PREPARATION)
    reschedule(campaign=campaign, by=cast.national, **dates(closes_on=100))
    assert Campaign.objects.get().closes_on == clock.today() + timedelta(days=100)
    with pytest.raises(Refused):
        reschedule(campaign=campaign, by=cast.national, **dates(closes_on=200))


def test_a_later_closing_of_an_open_entry_is_a_delay(cast: Cast, campaign: Campaign) -> None:
    days = {"opens_on": campaign.opens_on, "review_ends_on": campaign.review_ends_on}
    with pytest.raises(Refused, match="délai accordé à toutes"):
        reschedule(campaign=campaign, by=cast.national, closes_on=campaign.closes_on + timedelta(days=1), **days)


@pytest.mark.parametrize(
    ("phase", "moved", "allowed"),
    [
        (Phase.SAISIE, {"closes_on": 50}, False),  # sooner than was told, though not yet today
        (Phase.SAISIE, {"closes_on": -1}, False),
        (Phase.SAISIE, {"review_ends_on": 130}, True),
        (Phase.CONTROLE, {"review_ends_on": 110}, False),
        (Phase.CONTROLE, {"closes_on": 50, "review_ends_on": 130}, True),
        (Phase.PREPARATION, {"opens_on": 0}, False),
        (Phase.PREPARATION, {"opens_on": 1}, True),
        (Phase.DIFFUSION, {"closes_on": -20}, True),
    ],
)
def test_one_person_brings_no_change_of_phase_forward(
    cast: Cast, phase: Phase, moved: dict[str, int], allowed: bool
) -> None:
    campaign = factories.make_campaign(phase=phase)
    days = {"opens_on": 10 if phase == Phase.PREPARATION else -30, "closes_on": 60, "review_ends_on": 120}
    told = {name: clock.today() + timedelta(days=number) for name, number in days.items()}
    Campaign.objects.filter(pk=campaign.pk).update(**told)
    campaign.refresh_from_db()
    asked = told | {name: clock.today() + timedelta(days=number) for name, number in moved.items()}
    if allowed:
        reschedule(campaign=campaign, by=cast.national, **asked)
        told = asked
    else:
        with pytest.raises(Refused, match="à deux"):
            reschedule(campaign=campaign, by=cast.national, **asked)
    assert {name: getattr(campaign, name) for name in told} == told
    campaign.refresh_from_db()
    assert {name: getattr(campaign, name) for name in told} == told


def test_invitation_is_a_snapshot_of_the_register(cast: Cast, campaign: Campaign) -> None:
    assert invite_structures(campaign=campaign, by=cast.national) == 2
    Structure.objects.filter(pk=cast.structure.pk).update(gestion="collectivite", name="Autre nom")
    assert invite_structures(campaign=campaign, by=cast.national) == 0
    invited = InvitedStructure.objects.get(structure=cast.structure)
    assert (invited.name, invited.gestion, invited.departement_code, invited.region_code) == (
        "Centre social du Plan",
        "associatif",
        "26",
        "84",
    )
    assert invited.epci_code == cast.structure.commune.epci_id


def test_closed_structures_are_not_invited(cast: Cast, campaign: Campaign) -> None:
    Structure.objects.filter(pk=cast.neighbour.pk).update(closed_on=clock.today())
    assert invite_structures(campaign=campaign, by=cast.national) == 1


def test_structures_of_one_gestionnaire_share_its_key_and_others_have_their_own(campaign: Campaign) -> None:
    body = Gestionnaire.objects.create(name="Association")
    for gestionnaire in (body, body, None, None):
        factories.make_structure(gestionnaire=gestionnaire)
    invite_structures(campaign=campaign, by=None)
    keys = list(campaign.invited.order_by("pk").values_list("gestionnaire_key", flat=True))
    assert keys[0] == keys[1]
    assert len(set(keys)) == 3


def test_a_new_structure_joins_during_the_entry_and_no_later(cast: Cast, campaign: Campaign) -> None:
    assert invite_structures(campaign=campaign, structures=[cast.structure], by=cast.national) == 1
    assert [invited.structure for invited in campaign.invited.all()] == [cast.structure]
    Campaign.objects.update(phase=Phase.CONTROLE)
    campaign.refresh_from_db()
    with pytest.raises(Refused, match="closes"):
        invite_structures(campaign=campaign, by=cast.national)


def test_structures_are_invited_before_the_entry_opens(cast: Cast) -> None:
    campaign = factories.make_campaign(phase=Phase.PREPARATION)
    assert invite_structures(campaign=campaign, structures=[cast.structure], by=cast.national) == 1


def test_inviting_many_structures_takes_few_queries(campaign: Campaign, django_assert_max_num_queries) -> None:
    factories.make_structures(600)
    with django_assert_max_num_queries(20):  # SQLite takes about seventy rows an insert
        assert invite_structures(campaign=campaign, by=None) == 600


def test_reminders_reach_the_people_of_each_structure_and_are_logged(
    cast: Cast, campaign: Campaign, django_capture_on_commit_callbacks
) -> None:
    without_people = factories.make_structure(email="accueil@exemple.fr")
    unreachable = factories.make_structure()
    with django_capture_on_commit_callbacks(execute=True):
        sent = send_reminders(
            campaign=campaign,
            structures=[cast.structure, without_people, unreachable],
            by=cast.correspondant_caf,
            message="Nous pouvons vous aider mardi.",
        )
    assert {reminder.structure for reminder in sent} == {cast.structure, without_people}
    assert {letter.to[0] for letter in mail.outbox} == {
        cast.responsable.email,
        cast.suppleant.email,
        "accueil@exemple.fr",
    }
    letter = next(letter for letter in mail.outbox if letter.to == [cast.responsable.email])
    assert long_date(campaign.closes_on) in letter.subject
    assert "Nous pouvons vous aider mardi." in letter.body
    assert cast.correspondant_caf.email in letter.body
    last = last_reminders(campaign, [cast.structure, unreachable])
    assert last[cast.structure.pk].by == cast.correspondant_caf
    assert unreachable.pk not in last


def test_a_closed_account_gets_no_reminder(cast: Cast, campaign: Campaign, django_capture_on_commit_callbacks) -> None:
    cast.suppleant.is_active = False
    cast.suppleant.save()
    with django_capture_on_commit_callbacks(execute=True):
        send_reminders(campaign=campaign, structures=[cast.structure], by=cast.correspondant_caf)
    assert [letter.to for letter in mail.outbox] == [[cast.responsable.email]]


def test_reminders_outside_the_territory_are_refused_as_a_whole(
    cast: Cast, campaign: Campaign, django_capture_on_commit_callbacks
) -> None:
    with django_capture_on_commit_callbacks(execute=True), pytest.raises(NotAllowed):
        send_reminders(campaign=campaign, structures=[cast.structure, cast.neighbour], by=cast.correspondant_caf)
    assert mail.outbox == []
    assert not Reminder.objects.exists()


@pytest.mark.parametrize("name", ["responsable", "preparation", "copil"])
def test_reminders_belong_to_those_who_follow_the_entry(cast: Cast, campaign: Campaign, name: str) -> None:
    with pytest.raises(NotAllowed):
        send_reminders(campaign=campaign, structures=[cast.structure], by=cast.users()[name])


def test_reminders_stop_with_the_control(cast: Cast) -> None:
    campaign = factories.make_campaign(phase=Phase.TRAITEMENT)
    with pytest.raises(Refused, match="saisie"):
        send_reminders(campaign=campaign, structures=[cast.structure], by=cast.correspondant_caf)
