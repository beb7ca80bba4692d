"""Faults that the demonstration does not know are told, and whoever says the truth is left in peace."""

from collections.abc import Mapping
from typing import Any

import pytest

from bench import faults
from bench.faults import World, measure, questions_of_the_truthful, stressed
from senacs.questionnaire.engine.patterns import PATTERNS
from senacs.questionnaire.engine.repetition import repeated_blocks
from senacs.questionnaire.engine.values import NOT_CONCERNED

pytestmark = pytest.mark.xdist_group("unknown_faults")


@pytest.fixture(scope="module")
def truth() -> World:
    return faults.world(size=120, seed=7)


def gestures(truth: World, values: Mapping[str, Any], previous: Mapping[str, Any]) -> dict[str, str]:
    found = truth.compiled.check(values, truth.people[0].context, previous)
    return {f.rule.code: f.message for f in found if f.rule.code.startswith(PATTERNS)}


def test_each_kind_is_told_nine_times_in_ten(truth: World) -> None:
    recall = measure(truth, most=40).recall
    assert set(recall) == set(faults.KINDS)
    assert {name: share for name, share in recall.items() if share < 0.9} == {}
    assert sum(recall.values()) / len(recall) >= 0.95


def test_the_truthful_are_asked_little_and_never_stopped(truth: World) -> None:
    asked, stopped, _ = questions_of_the_truthful(truth, truth.people)
    assert asked <= 0.3
    assert stopped == 0
    asked, _, _ = questions_of_the_truthful(truth, stressed(truth))
    assert asked <= 0.3


HOURS = ("enfance", "jeunesse", "famille", "adultes", "seniors", "tous_publics")
LAST_YEAR = {f"heures_{sector}": n for sector, n in zip(HOURS, (1243, 867, 412, 388, 251, 93), strict=True)}


def test_a_pasted_column_is_named_by_its_table_and_told_once(truth: World) -> None:
    (code,), (said,) = zip(*gestures(truth, LAST_YEAR, LAST_YEAR).items(), strict=True)
    assert code == "GESTE_REPRISE_SECTEURS_1"
    assert "heures face public" in said
    context = truth.people[0].context
    assert not any(
        b.question.code == "secteurs" for b in repeated_blocks(truth.compiled, LAST_YEAR, context, LAST_YEAR)
    )


def test_one_figure_counted_again_and_the_column_is_believed(truth: World) -> None:
    assert gestures(truth, LAST_YEAR | {"heures_adultes": 402}, LAST_YEAR) == {}


def test_staff_unchanged_is_no_fault(truth: World) -> None:
    staff = {
        f"salaries_{f}": n
        for f, n in zip(("direction", "accueil", "animation", "technique"), (1, 2, 14, 3), strict=True)
    }
    assert gestures(truth, staff, staff) == {}


def test_short_and_round_figures_repeat_by_themselves(truth: World) -> None:
    rounded = dict.fromkeys(LAST_YEAR, 200)
    assert gestures(truth, rounded, rounded) == {}
    amounts = {"financement_commune": 5000, "financement_epci": 5000}
    assert gestures(truth, amounts, {}) == {}


def test_the_same_long_amount_on_two_rows_is_asked_about_unless_it_lasts(truth: World) -> None:
    amounts = {"financement_commune": 12_347, "financement_epci": 12_347}
    (said,) = gestures(truth, amounts, {}).values()
    assert "12\u202f347" in said
    assert gestures(truth, amounts, {"financement_commune": 11_902, "financement_epci": 11_902}) == {}


def test_a_shift_is_seen_where_last_year_tells_the_rows(truth: World) -> None:
    shifted = dict(zip(LAST_YEAR, (0, 1260, 851, 420, 379, 260), strict=True))
    assert "GESTE_DECALAGE_SECTEURS_1" in gestures(truth, shifted, LAST_YEAR)
    assert "GESTE_DECALAGE_SECTEURS_1" not in gestures(truth, shifted, {})


def test_what_concerns_nobody_is_zero_and_breaks_nothing(truth: World) -> None:
    absent = dict.fromkeys(LAST_YEAR, NOT_CONCERNED)
    assert gestures(truth, absent, LAST_YEAR) == {}
    assert gestures(truth, LAST_YEAR, absent) == {}


def test_a_gesture_is_asked_about_and_refuses_nothing(truth: World) -> None:
    found = truth.compiled.check(LAST_YEAR, truth.people[0].context, LAST_YEAR)
    (rule,) = [f.rule for f in found if f.rule.code.startswith(PATTERNS)]
    assert rule.severity.value == "to_justify"
    assert set(rule.fields) <= set(LAST_YEAR)
