"""The fictitious answers: complete, plausible, the same for the same seed; faults on record."""

from functools import cache
from pathlib import Path

import numpy as np
import pytest

from senacs.demo.campaigns import _columns
from senacs.demo.draws import Draws
from senacs.demo.faults import FAULTS, declare
from senacs.demo.network import Network
from senacs.demo.services import fill_sheet
from senacs.demo.sheet import Sheet
from senacs.questionnaire.engine.loader import load_directory
from senacs.questionnaire.engine.schema import Questionnaire

SIZE = 1500
DATA = Path(__file__).parents[2] / "data" / "questionnaires" / "2026"


@cache
def questionnaire() -> Questionnaire:
    return load_directory(DATA)


@cache
def network() -> Network:
    rng = np.random.default_rng(1)
    return Network(
        ids=np.arange(SIZE),
        is_cs=rng.random(SIZE) < 0.59,
        gestion=rng.choice(["associatif", "collectivite", "caf", "autre"], SIZE, p=[0.74, 0.2, 0.03, 0.03]),
        is_urban=rng.random(SIZE) < 0.7,
        in_qpv=rng.random(SIZE) < 0.3,
        is_fcsf=rng.random(SIZE) < 0.4,
        catchment=rng.integers(2_000, 30_000, SIZE),
        first_year=rng.integers(1970, 2020, SIZE),
    )


def sheet(index: int = 4, seed: int = 7) -> Sheet:
    filled = Sheet(questionnaire(), Draws(seed, SIZE, index), 2021 + index)
    fill_sheet(filled, network())
    return filled


def test_every_field_is_filled_and_none_is_invented():
    filled = sheet()
    assert filled.missing == set()
    assert filled.unknown == set()


def test_same_seed_gives_the_same_answers_and_another_does_not():
    one, same, other = sheet(), sheet(), sheet(seed=8)
    assert np.array_equal(one.columns["budget_total"], same.columns["budget_total"])
    assert not np.array_equal(one.columns["budget_total"], other.columns["budget_total"])


def test_a_structure_keeps_its_size_from_year_to_year():
    before, now = sheet(3).columns["budget_total"], sheet(4).columns["budget_total"]
    assert np.corrcoef(np.log(before), np.log(now))[0, 1] > 0.97
    ratio = now / before
    assert 0.9 < np.median(ratio) < 1.15


@pytest.mark.parametrize(
    ("code", "low", "high"),
    [("budget_total", 560_000, 820_000), ("participants_uniques", 550, 1_000)],
)
def test_means_of_centres_sociaux_are_near_the_published_ones(code: str, low: float, high: float):
    assert low < sheet().columns[code][network().is_cs].mean() < high


def test_staff_of_centres_sociaux_is_near_the_published_mean():
    columns = sheet().columns
    functions = [c for c in columns if c.startswith("salaries_") and c.replace("salaries_", "etp_") in columns]
    staff = sum(columns[c] for c in functions)[network().is_cs]
    etp = sum(columns[c.replace("salaries_", "etp_")] for c in functions)[network().is_cs]
    assert 22 < staff.mean() < 32
    assert (etp <= staff).all()


def test_true_answers_add_up():
    c = sheet().columns
    funders = [code for code in c if code.startswith(("financement_", "caf_", "recettes_"))] + ["autres_produits"]
    assert np.array_equal(sum(c[code] for code in funders), c["budget_total"])
    bands = ("0_6", "7_10", "11_14", "15_17", "18_25", "26_59", "60_74", "75_plus", "age_nr")
    assert np.array_equal(sum(c[f"participants_{band}"] for band in bands), c["participants_uniques"])


def test_faults_are_recorded_and_leave_the_truth_alone():
    true = sheet()
    budget = true.columns["budget_total"].copy()
    declared = declare(true, seed=7)
    assert np.array_equal(true.columns["budget_total"], budget)
    assert {fault.kind for fault in declared.faults} == {kind for kind, _, _ in FAULTS}
    last: dict[tuple[int, str], float | None] = {}
    for fault in declared.faults:
        last[fault.row, fault.code] = fault.declared
    for (row, code), value in last.items():
        if value is None:
            assert declared.blank[code][row]
        else:
            assert float(declared.columns[code][row]) == pytest.approx(value)
    changed = {int(row) for row in np.flatnonzero(declared.columns["budget_total"] != budget)}
    assert changed <= {fault.row for fault in declared.faults if fault.code == "budget_total"}


@pytest.mark.parametrize("index", [0, 4])
def test_what_is_declared_can_be_stored(index: int):
    filled = sheet(index)
    typed, corrected = _columns(filled, declare(filled, seed=7), np.random.default_rng(3))
    assert typed.keys() == corrected.keys() == filled.columns.keys()
