"""What formulas work on, and the lists and counts of those who follow the entry."""

from decimal import Decimal

import pytest

from senacs.campaigns.enums import Phase
from senacs.campaigns.models import Campaign
from senacs.collection.enums import ResponseState
from senacs.collection.models import Response
from senacs.collection.queries import (
    Follow,
    compiled_of,
    entries_on_behalf,
    environment,
    environments,
    follow,
    follow_by_departement,
    previous_values,
    responses_followed_by,
    responses_known_to,
)
from senacs.collection.readings import answers_of_own
from senacs.collection.services import save_values
from senacs.questionnaire.engine.values import NOT_CONCERNED
from tests import factories
from tests.factories import Cast


def previous_year(cast: Cast, state: ResponseState = ResponseState.VALIDATED) -> Response:
    version = factories.make_questionnaire("minimal_2025")
    return factories.make_response(
        structure=cast.structure,
        campaign=factories.make_campaign(version=version, phase=Phase.DIFFUSION),
        values={"benevoles_actifs": 30, "budget_caf": 100, "budget_autres": 50, "etp_total": "2.5"},
        state=state,
    )


def test_environment_gives_typed_values_and_computed_totals(cast: Cast, campaign: Campaign) -> None:
    response = factories.make_response(
        structure=cast.structure,
        campaign=campaign,
        values={"etp_total": "12.5", "budget_caf": 100, "budget_autres": None, "themes": ["famille"], "clas": True},
    )
    env, context, previous = environment(response)
    assert env["etp_total"] == Decimal("12.5")
    assert env["budget_autres"] is NOT_CONCERNED
    assert env["budget_detail"] == 100
    assert env["themes"] == ("famille",)
    assert env["clas"] is True
    assert previous == {}
    assert context == {
        "structure_type": "CS",
        "structure_gestion": "associatif",
        "structure_territoire": "urbain",
        "structure_qpv": True,
        "structure_fcsf": True,
    }


def test_context_is_that_of_the_invitation_day(cast: Cast, response: Response) -> None:
    type(cast.structure).objects.filter(pk=cast.structure.pk).update(gestion="collectivite", priority_geography="")
    context = environment(Response.objects.get(pk=response.pk)).context
    assert context["structure_gestion"] == "associatif"
    assert context["structure_qpv"] is True


def test_unknown_context_is_absent(campaign: Campaign) -> None:
    structure = factories.make_structure(priority_geography="", is_fcsf_member=None, gestion="", territory_type="")
    response = factories.make_response(structure=structure, campaign=campaign)
    assert environment(response).context == {"structure_type": "CS"}


def test_previous_values_come_under_this_years_codes_with_their_totals(cast: Cast, response: Response) -> None:
    previous_year(cast)
    assert previous_values(response) == {
        "benevoles": 30,
        "etp_total": Decimal("2.5"),
        "budget_caf": 100,
        "budget_autres": 50,
        "budget_detail": 150,
    }


@pytest.mark.parametrize("state", [ResponseState.DRAFT, ResponseState.RETURNED])
def test_previous_values_never_come_from_an_unfinished_response(
    cast: Cast, response: Response, state: ResponseState
) -> None:
    previous_year(cast, state)
    assert previous_values(response) == {}


def test_previous_values_are_those_of_the_same_structure(cast: Cast, campaign: Campaign) -> None:
    previous_year(cast)
    other = factories.make_response(structure=cast.neighbour, campaign=campaign)
    assert previous_values(other) == {}


def test_environment_of_a_stored_response_reads_the_questionnaire_once(
    cast: Cast, response: Response, django_assert_num_queries
) -> None:
    compiled_of(response)
    fresh = answers_of_own(response.pk, by=cast.responsable)
    assert fresh is not None
    with django_assert_num_queries(1):  # last year's response; the document of the version is in memory
        environment(fresh)


def test_environments_of_several_are_those_of_each(cast: Cast, response: Response, campaign: Campaign) -> None:
    previous_year(cast)
    other = factories.make_response(structure=cast.neighbour, campaign=campaign, values={"budget_caf": 7})
    assert environments([other, response]) == [environment(other), environment(response)]
    assert environments([]) == []


def test_responses_known_to_are_those_entered_and_followed(cast: Cast, response: Response, campaign: Campaign) -> None:
    other = factories.make_response(structure=cast.neighbour, campaign=campaign)
    seen = {name: set(responses_known_to(user)) for name, user in cast.users().items()}
    assert seen["responsable"] == seen["correspondant_caf"] == {response}
    assert seen["stranger"] == {other}
    assert seen["national"] == {response, other}
    assert seen["copil"] == seen["regional"] == seen["preparation"] == seen["nobody"] == set()


@pytest.mark.parametrize("rows", [1, 3])
def test_list_of_responses_costs_the_same_whatever_its_length(
    cast: Cast, campaign: Campaign, rows: int, django_assert_num_queries
) -> None:
    for structure in factories.make_structures(rows):
        factories.make_response(structure=structure, campaign=campaign)
    with django_assert_num_queries(2):  # the mandates, then the list
        listed = list(responses_followed_by(cast.correspondant_caf).filter(campaign=campaign))
        assert all(row.structure.name and row.invited.kind and row.campaign.version.data_year for row in listed)
    assert len(listed) == rows


def test_follow_counts_states_of_the_territory_alone(cast: Cast, campaign: Campaign) -> None:
    states = [ResponseState.DRAFT, ResponseState.SUBMITTED, ResponseState.RETURNED, ResponseState.VALIDATED]
    for structure, state in zip(factories.make_structures(4), states, strict=True):
        factories.make_response(structure=structure, campaign=campaign, state=state)
    factories.make_response(structure=cast.structure, campaign=campaign, values={"benevoles": 1})
    factories.make_response(structure=cast.neighbour, campaign=campaign, state=ResponseState.VALIDATED)
    counted = follow(cast.correspondant_federal, campaign)
    assert counted == Follow(invited=5, started=1, submitted=1, returned=1, validated=1)
    assert (counted.answered, counted.rate) == (2, 40.0)
    by_departement = follow_by_departement(campaign)
    assert by_departement["26"] == counted
    assert by_departement["59"] == Follow(invited=1, started=0, submitted=0, returned=0, validated=1)


def test_rate_of_nobody_invited_is_zero(cast: Cast, campaign: Campaign) -> None:
    assert follow(cast.correspondant_caf, campaign).rate == 0


def test_entries_on_behalf_are_listed_for_the_structure(cast: Cast, response: Response) -> None:
    save_values(response=response, inputs={"benevoles": "5"}, by=cast.responsable)
    save_values(response=response, inputs={"etp_total": "5"}, by=cast.correspondant_federal)
    found = answers_of_own(response.pk, by=cast.responsable)
    assert found is not None
    assert set(entries_on_behalf(found)) == {"etp_total"}
