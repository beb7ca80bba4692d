"""Drafts that were never sent are erased when their time has come, with their history; nothing else is touched."""

from datetime import timedelta

from senacs.agenda.retention import forget
from senacs.collection.enums import ResponseState
from senacs.collection.models import Response, ResponseEvent, Revision
from senacs.collection.unsent import erase_unsent
from senacs.lib import clock
from tests import factories
from tests.factories import Cast

HELD = {"salaries_total": 41}


def test_an_unsent_draft_is_erased_a_year_after_its_control_and_not_a_day_before(cast: Cast) -> None:
    campaign = factories.make_campaign()
    draft = factories.make_response(structure=cast.structure, campaign=campaign, values=HELD, by=cast.responsable)
    sent = factories.make_response(
        structure=cast.neighbour, campaign=campaign, values=HELD, state=ResponseState.SUBMITTED, by=cast.responsable
    )
    end = clock.now() + (campaign.review_ends_on - clock.today())
    with clock.frozen(end + timedelta(days=364)):
        assert not [told for told in forget() if "brouillon" in told]
    with clock.frozen(end + timedelta(days=367)):
        told = [told for told in forget() if "brouillon" in told]
        assert told == ["1\N{NO-BREAK SPACE}brouillon jamais envoyé au-delà de la durée de conservation (un an)."]
        assert not [told for told in forget() if "brouillon" in told], "once"
    kept = {one.pk: one.values for one in Response.objects.all()}
    assert kept[draft.pk] == {} and kept[sent.pk]["salaries_total"]["valeur"] == 41
    assert not Revision.objects.filter(response=draft).exists() and Revision.objects.filter(response=sent).exists()
    assert ResponseEvent.objects.get(response=draft).transition == "erased"
    assert Response.objects.get(pk=draft.pk).revision == draft.revision, "that it was begun is still counted"


def test_what_came_back_was_sent_and_stays(cast: Cast) -> None:
    campaign = factories.make_campaign()
    back = factories.make_response(
        structure=cast.structure, campaign=campaign, values=HELD, state=ResponseState.RETURNED, by=cast.responsable
    )
    assert erase_unsent(clock.now() + timedelta(days=4000)) == 0
    assert Response.objects.get(pk=back.pk).values
