"""Group entry sessions: whom they may gather, who is told, whose calendar they are in, who came."""

from datetime import time, timedelta

import pytest
from django.test import Client

from senacs.accounts.enums import Role
from senacs.accounts.models import Notice, User
from senacs.agenda.calendars import dates_of
from senacs.agenda.models import GroupSession
from senacs.agenda.sessions import SessionDraft, cancel_session, hold_session, note_presence, sessions_seen_by
from senacs.audit.models import AuditLine
from senacs.campaigns.enums import Phase
from senacs.campaigns.models import Campaign
from senacs.lib import clock
from senacs.lib.refusals import NotAllowed, Refused
from senacs.structures.models import Structure
from tests import factories
from tests.factories import Cast

DAY = timedelta(days=1)
SPACE = "\N{NO-BREAK SPACE}"


@pytest.fixture
def campaign(cast: Cast) -> Campaign:
    campaign = factories.make_campaign()
    for structure in (cast.structure, cast.neighbour):
        factories.make_response(structure=structure, campaign=campaign)
    return campaign


def hold(campaign: Campaign, by: User, *structures: Structure, in_days: int = 8) -> GroupSession:
    draft = SessionDraft(clock.today() + in_days * DAY, time(9, 30), "Salle du Rhône, à Valence", "Apportez le budget.")
    return hold_session(campaign=campaign, draft=draft, structures=structures, by=by)


def test_a_session_is_told_and_stands_in_each_calendar(cast: Cast, campaign: Campaign) -> None:
    session = hold(campaign, cast.correspondant_caf, cast.structure)
    assert session.hour == "9 h 30"
    told = set(Notice.objects.filter(subject__contains="séance").values_list("user", flat=True))
    assert told == {cast.responsable.pk, cast.suppleant.pk, cast.correspondant_federal.pk}
    expected = ((cast.responsable, True), (cast.correspondant_caf, True), (cast.neighbour_responsable, False))
    for person, is_there in expected:
        assert any(one.key == f"seance-{session.pk}" for one in dates_of(person)) is is_there
    assert list(sessions_seen_by(cast.correspondant_federal)) == [session], "the pair is equal"
    assert not sessions_seen_by(cast.stranger).exists() and not sessions_seen_by(cast.copil).exists()


def test_it_gathers_structures_that_one_follows_on_a_day_of_the_entry(cast: Cast, campaign: Campaign) -> None:
    for person in (cast.stranger, cast.responsable, cast.copil, cast.national):
        with pytest.raises(NotAllowed):
            hold(campaign, person, cast.structure)
    with pytest.raises(NotAllowed):
        hold(campaign, cast.correspondant_caf, cast.structure, cast.neighbour)
    with pytest.raises(Refused, match="au moins une"):
        hold(campaign, cast.correspondant_caf)
    for days in (-1, 61):
        with pytest.raises(Refused, match="d’ici le"):
            hold(campaign, cast.correspondant_caf, cast.structure, in_days=days)
    Campaign.objects.update(phase=Phase.CONTROLE)
    campaign.refresh_from_db()
    with pytest.raises(Refused, match="pas ouverte"):
        hold(campaign, cast.correspondant_caf, cast.structure)
    assert not GroupSession.objects.exists()


def test_who_came_is_written_from_that_day_on_by_either_of_the_pair(cast: Cast, campaign: Campaign) -> None:
    other = factories.make_structure(commune=cast.structure.commune)
    factories.make_response(structure=other, campaign=campaign)
    session = hold(campaign, cast.correspondant_caf, cast.structure, other)
    with pytest.raises(Refused, match="à partir du jour"):
        note_presence(session=session, came=[other.pk], by=cast.correspondant_caf)
    with clock.frozen(clock.now() + 8 * DAY):
        with pytest.raises(NotAllowed):
            note_presence(session=session, came=[other.pk], by=cast.responsable)
        with pytest.raises(Refused, match="a eu lieu"):
            cancel_session(session=session, reason="Trop tard.", by=cast.correspondant_caf)
        assert note_presence(session=session, came=[other.pk, cast.neighbour.pk], by=cast.correspondant_federal) == 1
        came = dict(session.invitations.values_list("structure", "has_come"))
        assert came == {cast.structure.pk: False, other.pk: True}
    acts = AuditLine.objects.filter(act__in=["Séance de saisie proposée", "Présences notées"]).order_by("pk")
    assert [line.actor for line in acts] == [cast.correspondant_caf.pk, cast.correspondant_federal.pk]


def test_a_cancelled_one_leaves_the_calendars_and_is_told(cast: Cast, campaign: Campaign) -> None:
    session = hold(campaign, cast.correspondant_caf, cast.structure)
    with pytest.raises(Refused, match="en une phrase"):
        cancel_session(session=session, reason=" ", by=cast.correspondant_caf)
    cancel_session(session=session, reason="La salle est prise.", by=cast.correspondant_caf)
    assert Notice.objects.filter(user=cast.responsable, subject__contains="annulée").exists()
    assert not any(one.key == f"seance-{session.pk}" for one in dates_of(cast.responsable))
    with pytest.raises(Refused, match="annulée"):
        cancel_session(session=session, reason="Encore une fois.", by=cast.correspondant_caf)


def test_pages_from_the_proposal_to_the_presences(client: Client, cast: Cast, campaign: Campaign) -> None:
    client.force_login(cast.correspondant_caf)
    factories.prove_identity(client, cast.correspondant_caf)
    assert cast.structure.name in client.get("/seances/nouvelle/").content.decode()
    given = {"on": f"{clock.today() + DAY:%Y-%m-%d}", "starts_at": "14:00", "place": "À la Caf"}
    assert client.post("/seances/nouvelle/", given).status_code == 422
    assert client.post("/seances/nouvelle/", given | {"structures": [cast.neighbour.pk]}).status_code == 422
    assert client.post("/seances/nouvelle/", given | {"structures": [cast.structure.pk]}).status_code == 302
    page = f"/seances/{GroupSession.objects.get().pk}/"
    assert "14 h" in client.get(page).content.decode().replace(SPACE, " ")
    reader = Client()
    reader.force_login(cast.responsable)
    shown = reader.get(page).content.decode()
    assert "À la Caf" in shown and "Annuler cette séance" not in shown
    lines = reader.get(f"{page}seance.ics").content.decode()
    assert "SUMMARY:Séance de saisie\\, 14 h\\, À la Caf" in lines.replace("\r\n ", "")
    stranger = Client()
    stranger.force_login(cast.neighbour_responsable)
    assert stranger.get(page).status_code == 404
    GroupSession.objects.update(on=clock.today())
    assert "Noter les présences" in client.get(page).content.decode()
    assert client.post(f"{page}presences/", {"came": [cast.structure.pk]}).status_code == 302
    assert GroupSession.objects.get().invitations.get().has_come is True


def test_a_correspondent_of_part_of_a_session_does_not_run_it(cast: Cast, campaign: Campaign) -> None:
    session = hold(campaign, cast.correspondant_caf, cast.structure)
    newcomer = factories.make_user("autre.federation@exemple.fr")
    factories.make_mandate(newcomer, Role.CORRESPONDANT_FEDERAL, federation=cast.neighbour.federation)
    with pytest.raises(NotAllowed):
        cancel_session(session=session, reason="Ce n’est pas la mienne.", by=newcomer)
