"""The correspondent's list, and flags where they are read."""

from datetime import timedelta

import pytest

from senacs.campaigns.models import Campaign
from senacs.collection.enums import ResponseState
from senacs.collection.models import Response
from senacs.lib import clock
from senacs.review.enums import FlagSeverity, FlagState
from senacs.review.models import DoubtfulCell, Flag
from senacs.review.queries import flags_by_field, residual_of, review_list, standing_flags
from tests import factories
from tests.factories import Cast


def flag(response: Response, rule: str, severity: FlagSeverity, state: FlagState = FlagState.OPEN, **fields) -> Flag:
    values = {"fields": ["benevoles"], "message": rule, "justification": "Motif", "raised_at": clock.now()} | fields
    return Flag.objects.create(
        response=response, rule_code=rule, severity=severity, state=state, updated_at=clock.now(), **values
    )


def test_list_puts_sent_responses_and_serious_flags_first(cast: Cast, campaign: Campaign) -> None:
    names = ["calme", "grave", "douteux", "brouillon", "validee"]
    states = [ResponseState.SUBMITTED] * 3 + [ResponseState.DRAFT, ResponseState.VALIDATED]
    responses = {}
    for name, state in zip(names, states, strict=True):
        structure = factories.make_structure(name=name)
        responses[name] = factories.make_response(structure=structure, campaign=campaign, state=state)
    flag(responses["grave"], "A", FlagSeverity.BLOCKING)
    flag(responses["douteux"], "A", FlagSeverity.TO_JUSTIFY)
    flag(responses["douteux"], "B", FlagSeverity.TO_JUSTIFY, FlagState.JUSTIFIED)
    flag(responses["douteux"], "C", FlagSeverity.TO_JUSTIFY, FlagState.RESOLVED)
    flag(responses["brouillon"], "A", FlagSeverity.BLOCKING)
    listed = list(review_list(cast.correspondant_caf, campaign))
    assert [row.structure.name for row in listed] == ["grave", "douteux", "calme", "brouillon", "validee"]
    doubtful = listed[1]
    assert (doubtful.blocking, doubtful.to_justify, doubtful.justified, doubtful.information) == (0, 1, 1, 0)


def test_list_shows_the_territory_alone_and_filters_by_state(cast: Cast, campaign: Campaign) -> None:
    factories.make_response(structure=cast.neighbour, campaign=campaign, state=ResponseState.SUBMITTED)
    own = factories.make_response(structure=cast.structure, campaign=campaign, state=ResponseState.SUBMITTED)
    factories.make_response(structure=factories.make_structure(), campaign=campaign)
    assert list(review_list(cast.correspondant_caf, campaign, state="submitted")) == [own]
    assert not review_list(cast.copil, campaign).exists()


@pytest.mark.parametrize("rows", [1, 3])
def test_list_costs_the_same_whatever_its_length(
    cast: Cast, campaign: Campaign, rows: int, django_assert_num_queries
) -> None:
    for structure in factories.make_structures(rows):
        flag(factories.make_response(structure=structure, campaign=campaign), "A", FlagSeverity.BLOCKING)
    with django_assert_num_queries(2):  # the mandates, then the list
        assert len([row.structure.name for row in review_list(cast.correspondant_caf, campaign)]) == rows


def test_flags_are_found_at_each_of_their_fields_the_serious_first(response: Response) -> None:
    flag(response, "A", FlagSeverity.INFORMATION)
    flag(response, "B", FlagSeverity.BLOCKING, fields=["benevoles", "etp_total"])
    flag(response, "C", FlagSeverity.TO_JUSTIFY, FlagState.RESOLVED)
    assert [found.rule_code for found in standing_flags(response)] == ["B", "A"]
    by_field = flags_by_field(response)
    assert [found.rule_code for found in by_field["benevoles"]] == ["B", "A"]
    assert [found.rule_code for found in by_field["etp_total"]] == ["B"]


def test_what_is_enough_to_see_is_counted_from_the_top_of_the_list(cast: Cast, campaign: Campaign) -> None:
    """A light cell of the first response is read before the heavy one of the second."""
    first = factories.make_response(structure=cast.structure, campaign=campaign, state=ResponseState.SUBMITTED)
    beside = factories.make_structure(name="À côté", commune=cast.structure.commune)
    second = factories.make_response(structure=beside, campaign=campaign, state=ResponseState.VALIDATED)
    Response.objects.filter(pk=second.pk).update(validated_at=clock.now() - timedelta(days=1))
    doubts = ((first, "budget_total", 9.0), (first, "etp_total", 0.2), (second, "budget_total", 5.0))
    for response, code, share in doubts:
        key = "etp_total" if code == "etp_total" else "budget_total"
        DoubtfulCell.objects.create(
            response=response, code=code, key=key, share=share, score=share, moves={key: share}, raised_at=clock.now()
        )
    residual = residual_of(cast.correspondant_caf, campaign)
    assert (residual.cells, residual.needed) == (3, 3)
    listed = list(review_list(cast.correspondant_caf, campaign))
    assert [response.pk for response in listed] == [first.pk, second.pk]
