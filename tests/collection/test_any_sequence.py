"""Any sequence of saves, conflicts, imports and kills: history equals the document, no acknowledged save is missing."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from senacs.campaigns.models import Campaign
from senacs.collection.services import CLEAR, NOT_CONCERNED
from tests.collection.sequences import CODES, PEOPLE, RAW, World
from tests.factories import Cast

pytestmark = pytest.mark.django_db
INPUTS = st.dictionaries(
    st.sampled_from(CODES),
    st.one_of(
        st.sampled_from(RAW),
        st.just(CLEAR),
        st.just(NOT_CONCERNED),
        st.lists(st.sampled_from(["famille", "jeunesse"]), max_size=2),
    ),
    min_size=1,
    max_size=4,
)
LAGS = st.integers(0, 3)


def act(name: str, **arguments: st.SearchStrategy) -> st.SearchStrategy:
    # At which statement the process dies: most acts ask between five and twenty.
    killed = st.one_of(st.none(), st.none(), st.integers(0, 25))
    return st.tuples(st.just(name), st.fixed_dictionaries(arguments), killed)


ACTS = st.one_of(
    act("save", by=st.sampled_from(PEOPLE), inputs=INPUTS, lag=st.one_of(st.none(), LAGS), again=st.booleans()),
    act("save", by=st.sampled_from(PEOPLE), inputs=INPUTS, lag=LAGS, again=st.just(False)),
    act("carry_over", section=st.sampled_from(["emplois", "activites"])),
    act("workbook", inputs=INPUTS, lag=LAGS, overwrite=st.booleans()),
    act("apply_again"),
    act("push", inputs=INPUTS),
    act("accept", lag=LAGS),
    act("refuse"),
    act("judge", code=st.sampled_from(CODES), contests=st.booleans()),
)


@pytest.mark.slow
@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(acts=st.lists(ACTS, min_size=1, max_size=10))
def test_any_sequence_ends_with_history_equal_to_the_document(cast: Cast, campaign: Campaign, acts: list) -> None:
    world = World(cast, campaign)
    for name, arguments, killed in acts:
        world.carry_out(name, arguments, killed)
    world.nothing_is_missing()


SCENES = {
    "a save": [("save", {"by": "responsable", "inputs": {"salaries_total": "5", "clas": "oui"}, "lag": 0})],
    "a save on behalf": [("save", {"by": "correspondant_caf", "inputs": {"budget_caf": "5"}, "lag": 0})],
    "last year taken over": [("carry_over", {"section": "emplois"})],
    "a workbook": [("workbook", {"inputs": {"salaries_total": "5", "themes": ["famille"]}, "lag": 0})],
    "proposals": [("push", {"inputs": {"salaries_total": "5"}}), ("accept", {"lag": 0})],
    "a value contested": [
        ("save", {"by": "correspondant_caf", "inputs": {"budget_caf": "5"}, "lag": 0}),
        ("judge", {"code": "budget_caf", "contests": True}),
    ],
}
DEFAULTS = {"save": {"again": False}, "workbook": {"overwrite": False}}


@pytest.mark.parametrize("scene", SCENES, ids=list(SCENES))
def test_killed_at_each_statement_then_done_again(cast: Cast, campaign: Campaign, scene: str) -> None:
    """Every statement of each act in turn is the last one; the same act then succeeds, once."""
    world = World(cast, campaign)
    *before, (name, given_arguments) = SCENES[scene]
    arguments = DEFAULTS.get(name, {}) | given_arguments
    for earlier, its_arguments in before:
        world.carry_out(earlier, DEFAULTS.get(earlier, {}) | its_arguments, None)
    killed = next(number for number in range(60) if world.carry_out(name, arguments, number))
    assert killed > 3, "the act ends before anything can kill it"
    world.nothing_is_missing()
