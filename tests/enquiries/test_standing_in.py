"""A vacancy or a silence blocks no question for ever; those who answered nothing are told once before the last day."""

from datetime import timedelta

import pytest

from senacs.accounts.enums import Role, Side
from senacs.accounts.models import Mandate, Notice, User
from senacs.agenda.kinds import Whose
from senacs.agenda.waiting import waiting_for
from senacs.enquiries.models import EnquiryAct
from senacs.enquiries.services import agree_enquiry, answer_enquiry
from senacs.enquiries.standing_in import tell_stand_ins
from senacs.enquiries.telling import remind_silent, tell_opened
from senacs.lib import clock
from senacs.lib.refusals import NotAllowed
from tests import factories
from tests.enquiries.test_services import DAY, propose
from tests.factories import Cast


@pytest.fixture
def fcsf(cast: Cast) -> User:
    person = factories.make_user("fcsf@exemple.fr")
    factories.make_mandate(person, Role.NATIONAL, side=Side.FEDERATION)
    return person


@pytest.fixture
def region(cast: Cast) -> User:
    """The federal half of the regional pair."""
    person = factories.make_user("region.federation@exemple.fr")
    factories.make_mandate(person, Role.REGIONAL, side=Side.FEDERATION, region=cast.structure.departement.region)
    return person


def test_where_the_federation_has_nobody_the_region_decides_and_it_is_told(cast: Cast, region: User) -> None:
    Mandate.objects.filter(user=cast.correspondant_federal).delete()
    enquiry = propose(cast)
    assert Notice.objects.filter(user=region, subject__contains="questions à relire").exists()
    assert any(one.kind.name == "enquiries_to_agree" for one in waiting_for(region)[Whose.MINE])
    for person in (cast.regional, cast.national, cast.copil):  # those of the Caf
        with pytest.raises(NotAllowed):
            agree_enquiry(enquiry=enquiry, by=person)
    assert agree_enquiry(enquiry=enquiry, by=region).is_open
    act = EnquiryAct.objects.get(enquiry=enquiry, by=region)
    assert act.reason == "À la place de la fédération, qui n’a personne dans ce département."


def test_a_region_elsewhere_does_not_decide(cast: Cast) -> None:
    Mandate.objects.filter(user=cast.correspondant_federal).delete()
    other = factories.make_user("region.ailleurs@exemple.fr")
    elsewhere = cast.neighbour.departement.region
    assert elsewhere != cast.structure.departement.region
    factories.make_mandate(other, Role.REGIONAL, side=Side.FEDERATION, region=elsewhere)
    with pytest.raises(NotAllowed):
        agree_enquiry(enquiry=propose(cast), by=other)


def test_after_fifteen_days_of_silence_france_may_decide(cast: Cast, fcsf: User) -> None:
    enquiry = propose(cast, opens_on=clock.today() + 20 * DAY, closes_on=clock.today() + 40 * DAY)
    with pytest.raises(NotAllowed):
        agree_enquiry(enquiry=enquiry, by=fcsf)
    assert tell_stand_ins() == []
    with clock.frozen(clock.now() + timedelta(days=15)):
        assert tell_stand_ins() == [enquiry] and tell_stand_ins() == []
        agree_enquiry(enquiry=enquiry, by=fcsf)
    assert "quinze jours" in EnquiryAct.objects.get(by=fcsf).reason


def test_an_answer_of_the_territory_itself_says_nothing_of_standing_in(cast: Cast) -> None:
    enquiry = propose(cast, opens_on=clock.today() + 20 * DAY, closes_on=clock.today() + 40 * DAY)
    with clock.frozen(clock.now() + timedelta(days=16)):
        agree_enquiry(enquiry=enquiry, by=cast.correspondant_federal)
    assert EnquiryAct.objects.get(by=cast.correspondant_federal).reason == ""


def test_the_silent_are_told_once_before_the_last_day(cast: Cast) -> None:
    other = factories.make_structure(commune=cast.structure.commune)
    head = factories.make_user("autre@exemple.fr")
    factories.make_mandate(head, Role.RESPONSABLE, structure=other)
    enquiry = agree_enquiry(enquiry=propose(cast), by=cast.correspondant_federal)
    tell_opened()
    answer_enquiry(enquiry=enquiry, structure=cast.structure, values={1: 1}, by=cast.responsable)
    with clock.frozen(clock.now() + 6 * DAY):
        assert remind_silent() == []
    with clock.frozen(clock.now() + 7 * DAY):
        assert remind_silent() == [enquiry] and remind_silent() == []
    told = Notice.objects.filter(subject__contains="dernier jour")
    assert {notice.user for notice in told} == {head}


def test_a_short_one_is_not_told_twice(cast: Cast) -> None:
    agree_enquiry(enquiry=propose(cast, closes_on=clock.today() + 5 * DAY), by=cast.correspondant_federal)
    tell_opened()
    with clock.frozen(clock.now() + 4 * DAY):
        assert remind_silent() == []
