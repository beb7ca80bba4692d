"""Flags compared with what the rules find now."""

from senacs.campaigns.enums import Phase
from senacs.campaigns.models import Campaign
from senacs.collection.enums import ResponseState
from senacs.collection.models import Response
from senacs.collection.services import save_values
from senacs.review.enums import FlagSeverity, FlagState
from senacs.review.flag_refresh import Refreshed, refresh_flags
from senacs.review.models import Flag
from senacs.review.services import accept_justification, justify_flag
from tests import factories
from tests.factories import Cast

WRONG_BUDGET = {"budget_total": 100, "budget_caf": 60, "budget_autres": 30}


def answered(cast: Cast, campaign: Campaign, **values: object) -> Response:
    return factories.make_response(structure=cast.structure, campaign=campaign, values=values)


def test_failing_rules_raise_flags_with_severity_message_and_fields(cast: Cast, campaign: Campaign) -> None:
    response = answered(cast, campaign, salaries_total=3, etp_total="4.5", **WRONG_BUDGET)
    refreshed = refresh_flags(response=response)
    assert set(refreshed.raised) == {"ETP_SALARIES", "BUDGET_DETAIL"}
    flag = response.flags.get(rule_code="ETP_SALARIES")
    assert (flag.severity, flag.state) == (FlagSeverity.BLOCKING, FlagState.OPEN)
    assert set(flag.fields) == {"etp_total", "salaries_total"}
    assert "4,5" in flag.message


def test_second_refresh_of_the_same_answers_changes_nothing(cast: Cast, campaign: Campaign) -> None:
    response = answered(cast, campaign, **WRONG_BUDGET)
    refresh_flags(response=response)
    assert refresh_flags(response=response) == Refreshed((), (), ())


def test_unverifiable_rules_raise_nothing(cast: Cast, campaign: Campaign) -> None:
    response = answered(cast, campaign, etp_total="4.5", budget_total=100)
    assert refresh_flags(response=response) == Refreshed((), (), ())


def test_corrected_answers_resolve_and_new_faults_raise_the_same_flag_again(cast: Cast, campaign: Campaign) -> None:
    response = answered(cast, campaign, salaries_total=3, etp_total="4.5")
    refresh_flags(response=response)
    save_values(response=response, inputs={"salaries_total": "5"}, by=cast.responsable)
    assert refresh_flags(response=response).resolved == ("ETP_SALARIES",)
    assert response.flags.get().state == FlagState.RESOLVED
    save_values(response=response, inputs={"salaries_total": "4"}, by=cast.responsable)
    assert refresh_flags(response=response).updated == ("ETP_SALARIES",)
    assert response.flags.get().state == FlagState.OPEN
    assert "4\xa0personnes" in response.flags.get().message


def explained(cast: Cast, campaign: Campaign) -> tuple[Response, Flag]:
    response = answered(cast, campaign, **WRONG_BUDGET)
    refresh_flags(response=response)
    return response, justify_flag(flag=response.flags.get(), by=cast.responsable, text="Excédent reporté")


def test_explanation_stands_while_the_finding_reads_the_same(cast: Cast, campaign: Campaign) -> None:
    response, _ = explained(cast, campaign)
    save_values(response=response, inputs={"benevoles": "3"}, by=cast.responsable)
    refresh_flags(response=response)
    assert response.flags.get().state == FlagState.JUSTIFIED


def test_explanation_is_asked_again_when_the_figures_change(cast: Cast, campaign: Campaign) -> None:
    response, flag = explained(cast, campaign)
    accept_justification(flag=flag, by=cast.correspondant_caf)
    save_values(response=response, inputs={"budget_autres": "10"}, by=cast.responsable)
    assert refresh_flags(response=response).updated == ("BUDGET_DETAIL",)
    again = response.flags.get()
    assert (again.state, again.justification) == (FlagState.OPEN, "Excédent reporté")


def test_explanation_comes_back_with_the_finding_that_it_explained(cast: Cast, campaign: Campaign) -> None:
    response, _ = explained(cast, campaign)
    save_values(response=response, inputs={"budget_autres": "40"}, by=cast.responsable)
    refresh_flags(response=response)
    save_values(response=response, inputs={"budget_autres": "30"}, by=cast.responsable)
    refresh_flags(response=response)
    assert response.flags.get().state == FlagState.JUSTIFIED


def test_rules_compare_with_last_year(cast: Cast, campaign: Campaign) -> None:
    factories.make_response(
        structure=cast.structure,
        campaign=factories.make_campaign(version=factories.make_questionnaire("minimal_2025"), phase=Phase.DIFFUSION),
        values={"budget_total": 1000},
        state=ResponseState.VALIDATED,
    )
    response = answered(cast, campaign, budget_total=10000)
    refresh_flags(response=response)
    assert "1\u202f000" in response.flags.get(rule_code="BUDGET_EVOLUTION").message
