"""The calendar of each role, and its feed as another software reads it (the `icalendar` library)."""

from datetime import date, timedelta
from itertools import pairwise

import pytest
from django.test import Client
from hypothesis import given, settings
from hypothesis import strategies as st
from icalendar import Calendar

from senacs.accounts.models import User
from senacs.agenda.calendars import CalendarDate, dates_of, make_address
from senacs.agenda.icalendar_text import icalendar
from senacs.agenda.models import CalendarFeed
from senacs.campaigns.enums import Phase
from senacs.campaigns.models import Campaign
from senacs.campaigns.phases import ACT_ROLES, PhaseAct, acts_of, allows
from senacs.campaigns.queries import year_cycle
from senacs.collection.extensions import give_time
from senacs.collection.models import Response
from senacs.lib import clock
from tests import factories
from tests.factories import Cast


def read(content: bytes) -> dict[str, tuple[date, str]]:
    """What another software makes of it, by identity."""
    found = Calendar.from_ical(content)
    return {str(one["UID"]): (one["DTSTART"].dt, str(one["SUMMARY"])) for one in found.walk("VEVENT")}


@given(
    st.lists(
        st.builds(
            CalendarDate,
            key=st.text("abcdef-0123456789", min_size=1, max_size=20),
            day=st.dates(date(2000, 1, 1), date(2100, 1, 1)),
            title=st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Zl", "Zp"]), max_size=200),
            url=st.just("/calendrier/"),
            note=st.sampled_from(["", "Délai ; accordé, \\ à\nrelire 🗓"]),
        ),
        max_size=4,
        unique_by=lambda one: one.key,
    )
)
@settings(max_examples=60)
def test_another_software_reads_what_was_written(dates: list[CalendarDate]) -> None:
    content = icalendar(dates, name="SENACS")
    assert content.endswith(b"\r\n") and all(len(line) <= 75 for line in content.split(b"\r\n"))
    assert b"\n" not in content.replace(b"\r\n", b"")
    told = read(content)
    assert {uid.split("@")[0]: what for uid, what in told.items()} == {one.key: (one.day, one.title) for one in dates}


def feed(client: Client, user: User) -> dict[str, tuple[date, str]]:
    reply = client.get(f"/calendrier/{make_address(user=user)}.ics")
    assert reply.status_code == 200 and reply.headers["Content-Type"] == "text/calendar; charset=utf-8"
    return read(reply.content)


def test_a_structure_reads_its_own_last_day_which_follows_the_delay(
    cast: Cast, campaign: Campaign, response: Response, client: Client
) -> None:
    before = feed(client, cast.responsable)
    (key,) = [uid for uid in before if uid.startswith(f"saisie-{campaign.year}-{cast.structure.pk}@")]
    assert before[key][0] == campaign.closes_on and not any(uid.startswith("cloture") for uid in before)
    until = campaign.closes_on + timedelta(days=6)
    give_time(campaign=campaign, until=until, reason="Travaux.", by=cast.national, structure=cast.structure)
    after = feed(client, cast.responsable)
    assert after[key][0] == until and set(after) == set(before)
    pair = feed(client, cast.correspondant_federal)
    assert (until, f"SENACS {campaign.year} : fin du délai, {cast.structure}") in pair.values()
    assert not any(str(cast.structure) in title for _, title in feed(client, cast.stranger).values())


def test_a_key_is_replaced_withdrawn_and_closed_with_its_account(cast: Cast, campaign: Campaign, sign_in) -> None:
    client, anybody = sign_in(cast.copil), Client()
    shown = client.post("/calendrier/adresse/", {"act": "creer"}).content.decode()
    first = shown.split('value="http')[1].split('"')[0].split("/calendrier/")[1]
    assert not CalendarFeed.objects.filter(key_hash__in=[first, first.removesuffix(".ics")]).exists()
    assert anybody.get(f"/calendrier/{first}").status_code == 200
    second = make_address(user=cast.copil)
    assert anybody.get(f"/calendrier/{first}").status_code == 404
    User.objects.filter(pk=cast.copil.pk).update(is_active=False)
    assert anybody.get(f"/calendrier/{second}.ics").status_code == 404
    User.objects.filter(pk=cast.copil.pk).update(is_active=True)
    assert anybody.get(f"/calendrier/{second}.ics").status_code == 200
    client.post("/calendrier/adresse/", {"act": "retirer"})
    assert anybody.get(f"/calendrier/{second}.ics").status_code == 404


@pytest.mark.parametrize("name", ["responsable", "correspondant_caf", "copil", "regional", "national", "nobody"])
def test_every_role_has_its_page(name: str, cast: Cast, campaign: Campaign, response: Response, sign_in) -> None:
    html = sign_in(cast.users()[name]).get("/calendrier/").content.decode()
    enters = PhaseAct.ENTER.value in html
    assert enters is (name == "responsable")
    assert (PhaseAct.REMIND.value in html) is (name in {"correspondant_caf", "national"})
    assert ("Contrôle de cohérence" in html) is (name != "nobody")


def test_the_seven_periods_follow_one_another(campaign: Campaign) -> None:
    cycle = year_cycle(campaign)
    assert len(cycle) == 7
    for before, after in pairwise(cycle[:-1]):
        assert before.ends_on is not None and after.starts_on == before.ends_on + timedelta(days=1)
    for day in range(90):
        with clock.frozen(clock.now() + timedelta(days=day - 30)):
            if campaign.opens_on <= clock.today() <= campaign.closes_on:
                assert [one.phase for one in cycle if one.is_now(campaign)] == [Phase.SAISIE]


def test_each_act_of_a_phase_is_somebodys() -> None:
    assert set(ACT_ROLES) == set(PhaseAct) and all(ACT_ROLES.values())
    for phase in Phase:
        whole = frozenset().union(*ACT_ROLES.values())
        assert acts_of(phase, whole) == [act.value for act in PhaseAct if allows(phase, act)]


def test_as_many_queries_whatever_the_number(
    cast: Cast, campaign: Campaign, response: Response, django_assert_max_num_queries
) -> None:
    for structure in factories.make_structures(5):
        factories.make_mandate(cast.responsable, "responsable", structure=structure)  # type: ignore[arg-type]
        factories.make_response(structure=structure, campaign=campaign)
    with django_assert_max_num_queries(6):
        assert len(dates_of(User.objects.get(pk=cast.responsable.pk))) == 8
