"""Delays by structure, by département, to all: who gives them, only forward, and one day read everywhere."""

from datetime import timedelta

import pytest
from django.db import transaction

from senacs.accounts.models import User
from senacs.agenda.waiting import waiting_for
from senacs.audit.models import AuditLine
from senacs.campaigns.enums import Phase
from senacs.campaigns.models import Campaign
from senacs.collection.campaign_list import invite_alone
from senacs.collection.extensions import departements_prolonged_by, extensions_seen_by, give_time
from senacs.collection.models import Extension, Response
from senacs.collection.participation import ask_more_time, decide_extension
from senacs.jobs.models import BackgroundJob
from senacs.lib import clock
from senacs.lib.refusals import NotAllowed, Refused
from tests import factories
from tests.factories import Cast

WHY = "Une inondation a fermé les locaux."


def given(campaign: Campaign, by: User, *, days: int = 10, **whom: object) -> Extension:
    return give_time(campaign=campaign, until=campaign.closes_on + timedelta(days=days), reason=WHY, by=by, **whom)


@pytest.mark.parametrize("name", ["correspondant_caf", "correspondant_federal", "national"])
def test_one_of_the_pair_or_the_national_team_gives_it(
    name: str, cast: Cast, campaign: Campaign, response: Response
) -> None:
    granted = given(campaign, cast.users()[name], structure=cast.structure)
    response.refresh_from_db(fields=["extended_until"])
    assert response.closes_on == granted.until
    assert AuditLine.objects.filter(act="Délai accordé", reason=WHY).count() == 1


@pytest.mark.parametrize("name", ["responsable", "copil", "stranger", "comite_technique", "nobody"])
def test_nobody_else_does(name: str, cast: Cast, campaign: Campaign, response: Response) -> None:
    for whom in ({"structure": cast.structure}, {"departement": cast.structure.departement}, {}):
        with pytest.raises(NotAllowed):
            given(campaign, cast.users()[name], **whom)
    assert not Extension.objects.exists()


def test_a_correspondent_gives_all_only_to_a_departement_that_is_all_theirs(
    cast: Cast, campaign: Campaign, response: Response
) -> None:
    pair, departement = cast.correspondant_caf, cast.structure.departement
    assert departements_prolonged_by(pair, campaign) == [departement]
    other = factories.make_structure(commune=cast.structure.commune, caf=cast.neighbour.caf)
    factories.make_response(structure=other, campaign=campaign)
    assert departements_prolonged_by(pair, campaign) == []
    with pytest.raises(NotAllowed):
        given(campaign, pair, departement=departement)
    with pytest.raises(NotAllowed):
        given(campaign, pair)
    given(campaign, cast.national, departement=departement)


def test_a_departement_has_its_day_and_whoever_joins_later_has_it_too(
    cast: Cast, campaign: Campaign, response: Response
) -> None:
    far = factories.make_response(structure=cast.neighbour, campaign=campaign)
    granted = given(campaign, cast.national, departement=cast.structure.departement)
    late = factories.make_structure(name="Agréée depuis", commune=cast.structure.commune)
    invite_alone(campaign=campaign, structures=[late], by=cast.national)
    days = {one.structure: one.closes_on for one in Response.objects.filter(campaign=campaign).order_by("pk")}
    assert days == {cast.structure: granted.until, late: granted.until, far.structure: campaign.closes_on}


def test_more_given_already_is_kept(cast: Cast, campaign: Campaign, response: Response) -> None:
    own = given(campaign, cast.correspondant_caf, days=20, structure=cast.structure)
    other = factories.make_response(
        structure=factories.make_structure(commune=cast.structure.commune), campaign=campaign
    )
    around = given(campaign, cast.national, departement=cast.structure.departement)
    for one, day in ((response, own.until), (other, around.until)):
        one.refresh_from_db(fields=["extended_until"])
        assert one.closes_on == day
    for days in (20, 15):
        with pytest.raises(Refused, match="ne se raccourcit pas"):
            given(campaign, cast.correspondant_federal, days=days, structure=cast.structure)


def test_to_all_the_closing_itself_moves(cast: Cast, campaign: Campaign, response: Response) -> None:
    granted = given(campaign, cast.national)
    campaign.refresh_from_db()
    assert campaign.closes_on == granted.until
    with clock.frozen(clock.now() + timedelta(days=(granted.until - clock.today()).days)):
        assert Response.objects.get(pk=response.pk).is_editable
    Campaign.objects.filter(pk=campaign.pk).update(phase=Phase.CONTROLE)
    with pytest.raises(Refused, match="à deux"):
        given(campaign, cast.national, days=30)


@pytest.mark.parametrize("days", [0, -5, 61, 400])
def test_useless_days_are_refused(days: int, cast: Cast, campaign: Campaign, response: Response) -> None:
    for whom in ({"structure": cast.structure}, {"departement": cast.structure.departement}, {}):
        with pytest.raises(Refused), transaction.atomic():
            given(campaign, cast.national, days=days, **whom)
    assert not Extension.objects.exists()


def test_a_request_is_granted_by_the_same_door(cast: Cast, campaign: Campaign, response: Response) -> None:
    until = campaign.closes_on + timedelta(days=4)
    asked = ask_more_time(response=response, until=until, reason="Un départ.", by=cast.responsable)
    decide_extension(asked=asked, is_granted=True, by=cast.correspondant_caf)
    granted = Extension.objects.get()
    assert (granted.structure, granted.until, granted.reason) == (cast.structure, until, "Un départ.")
    assert list(extensions_seen_by(cast.correspondant_federal, campaign)) == [granted]
    assert not extensions_seen_by(cast.stranger, campaign).exists()


def test_the_entry_goes_on_for_those_who_have_it_during_the_control(
    cast: Cast, campaign: Campaign, response: Response
) -> None:
    granted = given(campaign, cast.national, structure=cast.structure)
    Campaign.objects.filter(pk=campaign.pk).update(phase=Phase.CONTROLE)
    for day, is_open in ((granted.until, True), (granted.until + timedelta(days=1), False)):
        with clock.frozen(clock.now() + timedelta(days=(day - clock.today()).days)):
            assert Response.objects.get(pk=response.pk).is_editable is is_open
            waits = {thing.kind.name for column in waiting_for(cast.responsable).values() for thing in column}
            assert ("to_answer" in waits) is is_open


def test_page_gives_to_one_and_to_all(cast: Cast, campaign: Campaign, response: Response, sign_in) -> None:
    client = sign_in(cast.correspondant_caf)
    page = f"/delais/?structure={cast.structure.pk}"
    assert cast.structure.name in client.get(page).content.decode()
    until = campaign.closes_on + timedelta(days=10)
    sent = {"until": until.isoformat(), "reason": WHY}
    assert client.post(page, sent | {"whom": "toutes"}).status_code == 422
    assert client.post(page, sent | {"whom": f"structure-{cast.neighbour.pk}"}).status_code == 422
    assert client.post(page, sent | {"whom": f"structure-{cast.structure.pk}"}).status_code == 302
    assert WHY in client.get("/delais/").content.decode()
    assert client.post(page, sent | {"whom": f"structure-{cast.structure.pk}"}).status_code == 422, "nothing more"
    national = sign_in(cast.national)
    assert national.post("/delais/", sent | {"whom": "toutes"}).status_code == 302
    factories.do_jobs()
    assert "toutes les structures" in BackgroundJob.objects.get().told
    campaign.refresh_from_db()
    assert campaign.closes_on == until
