"""Which values are doubtful: far from their own years and their peers, or from their companion; a true jump is not."""

from dataclasses import replace

import numpy as np
import pytest

from senacs.observatory.plausibility.doubts import Answers, DoubtReason, find_doubts, reference_of
from senacs.observatory.plausibility.settings import PlausibilitySettings

SETTINGS = PlausibilitySettings(
    watched=(),
    scales=("etp", "budget", "publics"),
    companions=(("heures", "seances"),),
    funders=("caf", "commune"),
    budget="budget",
    together={"france": 1, "region": 1, "departement": 5},
    alone=10,
    moved=10,
)
CODES = ("budget", "etp", "caf", "commune", "heures")


@pytest.fixture
def answers() -> Answers:
    """Sixty structures over four years, growing by 2 % with a little noise."""
    rng = np.random.default_rng(3)
    size = rng.uniform(2, 30, 60)

    def year(back: int) -> dict[str, np.ndarray]:
        def noise() -> np.ndarray:
            return 1.02**-back * np.exp(rng.normal(0, 0.04, 60))

        budget = np.round(50_000 * size * noise())
        return {
            "budget": budget,
            "etp": size * noise(),
            "publics": np.round(40 * size * noise()),
            "caf": np.round(0.4 * budget),
            "commune": budget - np.round(0.4 * budget),
            "seances": np.round(30 * size * noise()),
            "heures": np.round(60 * size * noise()),
        }

    return Answers(np.repeat(["CS", "EVS"], 30), year(0), [year(back) for back in (1, 2, 3)])


def changed(answers: Answers, **values: tuple[int, float]) -> Answers:
    now = {code: column.copy() for code, column in answers.now.items()}
    for code, (row, factor) in values.items():
        now[code][row] *= factor
    return replace(answers, now=now)


def found(answers: Answers) -> dict[tuple[str, int], DoubtReason]:
    return {(doubt.code, doubt.row): doubt.reason for doubt in find_doubts(answers, CODES, SETTINGS)}


def test_ordinary_answers_raise_nothing(answers: Answers) -> None:
    assert found(answers) == {}


@pytest.mark.parametrize("factor", [1000, 10, 0.1])
def test_a_wrong_unit_is_doubtful_against_ones_own_years(answers: Answers, factor: float) -> None:
    assert found(changed(answers, caf=(7, factor)))["caf", 7] == DoubtReason.HISTORY


def test_a_moderate_change_that_stays_among_peers_is_not(answers: Answers) -> None:
    assert found(changed(answers, caf=(7, 1.8))) == {}


def test_a_whole_gestionnaire_is_seen_by_budget_and_staff_moving_together(answers: Answers) -> None:
    declared = changed(answers, budget=(4, 3), etp=(4, 3), publics=(4, 3), caf=(4, 3), commune=(4, 3))
    assert {("budget", 4), ("etp", 4)} <= set(found(declared))


def test_a_structure_without_history_is_held_to_its_peers(answers: Answers) -> None:
    past = [
        {code: np.where(np.arange(60) == 9, np.nan, column) for code, column in year.items()} for year in answers.past
    ]
    newcomer = replace(changed(answers, caf=(9, 60)), past=past)
    assert found(newcomer)["caf", 9] == DoubtReason.PEERS


def test_a_wrong_last_year_accuses_nobody_when_the_two_before_confirm_each_other(answers: Answers) -> None:
    last = {code: column.copy() for code, column in answers.past[0].items()}
    last["caf"][11] *= 1000
    assert found(replace(answers, past=[last, *answers.past[1:]])) == {}


def test_companions_that_part_accuse_the_one_off_its_peers(answers: Answers) -> None:
    without_years = replace(answers, past=[])
    assert ("heures", 5) in found(changed(without_years, heures=(5, 40)))


def test_a_funder_left_out_while_the_budget_lacks_it_is_doubtful(answers: Answers) -> None:
    now = {code: column.copy() for code, column in answers.now.items()}
    now["caf"][3] = np.nan
    assert found(replace(answers, now=now))["caf", 3] == DoubtReason.ZERO
    now["budget"][3] = now["commune"][3]  # the funder has gone, and the budget says so
    assert ("caf", 3) not in found(replace(answers, now=now))


@pytest.mark.parametrize(
    ("years", "expected"),
    [
        ((100.0,), 100),
        ((100.0, 110.0), 100),
        ((1000.0, 110.0), np.nan),  # two that contradict
        ((1000.0, 110.0, 100.0), 110),
        ((100.0, 900.0, 105.0), 100),
        ((np.nan, 110.0, 100.0), 110),
        ((0.0, 0.0), np.nan),
    ],
)
def test_reference_is_the_latest_year_that_another_confirms(years: tuple[float, ...], expected: float) -> None:
    assert reference_of([np.array([year]) for year in years])[0] == pytest.approx(expected, nan_ok=True)


def test_reference_without_any_year_is_unknown(answers: Answers) -> None:
    assert found(replace(answers, past=[])) == {}
