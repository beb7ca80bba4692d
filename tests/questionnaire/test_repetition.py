"""Blocks of figures that are last year's to the last digit: told whole, and only whole."""

from functools import cache
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from senacs.questionnaire.engine.evaluation import Compiled, compile_questionnaire
from senacs.questionnaire.engine.loader import load_directory
from senacs.questionnaire.engine.repetition import repeated_blocks
from senacs.questionnaire.engine.values import NOT_CONCERNED

CONTEXT = {"structure_type": "CS", "structure_gestion": "associatif"}
CHARGES = {"charges_personnel": 400, "charges_locaux": 90, "charges_activites": 110, "charges_autres": 0}
SECTORS = ("enfance", "jeunesse", "famille", "adultes", "seniors", "tous_publics")
# Short figures: long ones that repeat are a finding (`patterns`), and told there.
HOURS = {f"heures_{sector}": 10 + n for n, sector in enumerate(SECTORS)}


@cache
def compiled() -> Compiled:
    return compile_questionnaire(load_directory(Path(settings.DATA_DIR) / "questionnaires" / "2026"))


def told(this_year: dict[str, Any], last_year: dict[str, Any]) -> list[tuple[str, str, int]]:
    found = repeated_blocks(compiled(), this_year, CONTEXT, last_year)
    return [(block.question.code, block.column, block.count) for block in found]


def test_whole_table_and_one_column_are_told() -> None:
    assert told(CHARGES, CHARGES) == [("charges", "", 3)]
    sessions = {f"seances_{sector}": 10 for sector in SECTORS}
    others = {f"seances_{sector}": 11 for sector in SECTORS}
    assert told({**HOURS, **sessions}, {**HOURS, **others}) == [("secteurs", "Heures face public", 6)]


@pytest.mark.parametrize(
    "changed",
    [
        {"charges_personnel": 401},  # one figure was counted again
        {"charges_autres": None},  # the table is not filled yet
        {"charges_personnel": 0, "charges_locaux": 0},
        {"charges_locaux": NOT_CONCERNED},
    ],
)
def test_less_than_a_whole_block_says_nothing(changed: dict[str, Any]) -> None:
    this_year = {code: value for code, value in {**CHARGES, **changed}.items() if value is not None}
    assert told(this_year, CHARGES) == []


def test_zeros_alone_repeat_without_anybodys_fault() -> None:
    nothing = dict.fromkeys(CHARGES, 0)
    assert told(nothing, nothing) == []
    assert told(CHARGES, {}) == []


def test_what_lasts_is_nobodys_repetition() -> None:
    """The opening hours are a state."""
    hours = {f"ouverture_heures_{day}": 7 for day in ("lundi", "mardi", "mercredi", "jeudi", "vendredi")}
    closed = {"ouverture_heures_samedi": 0, "ouverture_heures_dimanche": 0}
    assert told({**hours, **closed}, {**hours, **closed}) == []
