"""What each rule finds and changes, in counts and medians."""

from senacs.campaigns.models import Campaign
from senacs.collection.models import Response
from senacs.collection.services import save_values
from senacs.review.rule_effect import LEAST, RuleEffect, rule_effects
from senacs.review.services import refresh_flags
from tests import factories
from tests.factories import Cast

VALUES = {
    "salaries_total": 5,
    "etp_total": "4.5",
    "budget_total": 100,
    "budget_caf": 60,
    "budget_autres": 10,
    "clas": False,
}


def effect(campaign: Campaign, code: str) -> RuleEffect:
    return next(found for found in rule_effects(campaign) if found.code == code)


def responses(cast: Cast, campaign: Campaign, number: int) -> list[Response]:
    made = []
    for structure in factories.make_structures(number, commune=cast.structure.commune):
        factories.make_mandate(cast.responsable, "responsable", structure=structure)
        made.append(factories.make_response(structure=structure, campaign=campaign, values=VALUES))
        refresh_flags(response=made[-1])
    return made


def correct(response: Response, cast: Cast) -> None:
    save_values(response=response, inputs={"budget_autres": "40"}, by=cast.responsable)
    refresh_flags(response=response)


def test_rates_by_rule(cast: Cast, campaign: Campaign) -> None:
    made = responses(cast, campaign, 4)
    correct(made[0], cast)
    found = effect(campaign, "BUDGET_DETAIL")
    assert (found.checked, found.hits, found.changed, found.still_open) == (4, 4, 1, 3)
    assert (found.hit_rate, found.change_rate) == (100, 25)
    assert effect(campaign, "CLAS_TAILLE").hits == 0


def test_medians_need_enough_changes(cast: Cast, campaign: Campaign) -> None:
    made = responses(cast, campaign, LEAST)
    for response in made[:-1]:
        correct(response, cast)
    assert effect(campaign, "BUDGET_DETAIL").before is None
    correct(made[-1], cast)
    found = effect(campaign, "BUDGET_DETAIL")
    assert (found.before, found.after) == (10, 40)


def test_search_and_order(cast: Cast, campaign: Campaign) -> None:
    responses(cast, campaign, 1)
    assert rule_effects(campaign)[0].code == "BUDGET_DETAIL"
    assert [found.code for found in rule_effects(campaign, search="clas enfants")] == ["CLAS_TAILLE"]


def test_rule_that_changes_nothing_is_told() -> None:
    quiet = RuleEffect("R", "", "information", 100, 40, 0, 40, 0, None, None)
    assert quiet.is_useless
    assert not RuleEffect("R", "", "information", 100, 40, 8, 32, 0, None, None).is_useless
