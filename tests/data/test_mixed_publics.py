"""The indices of mixité: 0 where everybody is alike, 100 where every group weighs the same."""

from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from senacs.observatory.definitions.indicators import load
from senacs.questionnaire.engine.compile_python import compile_tree
from senacs.questionnaire.engine.loader import load_directory

DATA = Path(__file__).parents[2] / "data"

AGES = ("0_6", "7_10", "11_14", "15_17", "18_25", "26_59", "60_74", "75_plus")


@pytest.fixture(scope="module")
def mixed() -> dict[str, Callable[..., Any]]:
    questionnaire = load_directory(DATA / "questionnaires" / "2026")
    found = load(DATA / "indicators", questionnaire)
    return {one.code: compile_tree(one.formula.tree) for one in found if one.code.startswith("mixite_")}


def ages(*numbers: int) -> dict[str, Decimal]:
    return {f"participants_{age}": Decimal(n) for age, n in zip(AGES, numbers, strict=True)}


@pytest.mark.parametrize(
    ("numbers", "index"),
    [((7,) * 8, 100), ((0, 0, 40, 0, 0, 0, 0, 0), 0), ((0, 0, 0, 0, 0, 30, 30, 0), Decimal(400) / 7)],
)
def test_ages(mixed: dict[str, Callable[..., Any]], numbers: tuple[int, ...], index: Decimal) -> None:
    assert round(mixed["mixite_ages"](ages(*numbers), {}), 6) == round(index, 6)


def test_two_groups(mixed: dict[str, Callable[..., Any]]) -> None:
    # Three women for one man: 1 − (9 + 1) / 16 = 6 / 16, twice.
    people = {"participants_femmes": Decimal(30), "participants_hommes": Decimal(10)}
    assert mixed["mixite_genre"](people, {}) == 75
    assert set(mixed) == {"mixite_ages", "mixite_genre", "mixite_quotients", "mixite_residence"}


def test_nobody_has_no_index(mixed: dict[str, Callable[..., Any]]) -> None:
    assert mixed["mixite_ages"](ages(*(0,) * 8), {}) is None
