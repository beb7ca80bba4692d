"""Values as the text of HTML controls, and back."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from django.http import QueryDict

from senacs.questionnaire.engine.loader import load_directory
from senacs.questionnaire.engine.schema import Field
from senacs.questionnaire.engine.values import NOT_CONCERNED, parse_input
from senacs.web.structure.entry.inputs import NC, control_text, posted
from tests.factories import QUESTIONNAIRES


@pytest.fixture(scope="module")
def fields() -> dict[str, Field]:
    return load_directory(Path(QUESTIONNAIRES / "minimal")).fields


@pytest.mark.parametrize(
    ("code", "value", "text"),
    [
        ("salaries_total", 1234, "1\u202f234"),
        ("salaries_total", 0, "0"),
        ("etp_total", Decimal("3.5"), "3,5"),
        ("etp_total", Decimal("12"), "12"),
        ("clas", True, "oui"),
        ("clas", False, "non"),
        ("statut", "commune", "commune"),
        ("themes", ("famille", "seniors"), ["famille", "seniors"]),
        ("themes", (), []),
        ("ouverture", date(2020, 3, 1), "2020-03-01"),
        ("commentaire", "Une année\nriche", "Une année\nriche"),
    ],
)
def test_control_text_reads_back_as_the_same_value(
    fields: dict[str, Field], code: str, value: object, text: str | list[str]
) -> None:
    assert control_text(fields[code], value) == text  # type: ignore[arg-type]
    assert (parse_input(fields[code], text) or value) == value


@pytest.mark.parametrize(
    ("hour", "text"), [("9", "9"), ("9.5", "9h30"), ("18.25", "18h15"), ("0", "0"), ("0.75", "0h45")]
)
def test_a_time_of_the_day_is_held_as_it_is_said(fields: dict[str, Field], hour: str, text: str) -> None:
    opens = replace(fields["etp_total"], unit="h", decimals=2)
    assert control_text(opens, Decimal(hour)) == text
    assert parse_input(opens, text) == Decimal(hour)


@pytest.mark.parametrize(("code", "shown"), [("salaries_total", NC), ("themes", [NC])])
def test_non_concerned_has_a_mark_of_its_own(fields: dict[str, Field], code: str, shown: str | list[str]) -> None:
    assert control_text(fields[code], NOT_CONCERNED) == shown


def test_unanswered_controls_are_empty(fields: dict[str, Field]) -> None:
    assert control_text(fields["salaries_total"], None) == ""
    assert control_text(fields["themes"], None) == []


def test_posted_reads_only_what_was_shown(fields: dict[str, Field]) -> None:
    data = QueryDict(
        "present=salaries_total+themes+clas&v-salaries_total=5&v-themes=famille&v-themes=seniors&v-etp_total=9"
    )
    assert posted(data, fields) == {"salaries_total": "5", "themes": ["famille", "seniors"], "clas": ""}


def test_posted_row_box_spares_the_cells_that_hold_something(fields: dict[str, Field]) -> None:
    data = QueryDict(
        "present=personnes_animation+etp_animation&v-personnes_animation=3&nc-row=personnes_animation+etp_animation"
    )
    assert posted(data, fields) == {"personnes_animation": "3", "etp_animation": NC}


def test_posted_own_box_wins(fields: dict[str, Field]) -> None:
    assert posted(QueryDict("present=salaries_total&v-salaries_total=3&nc=salaries_total"), fields) == {
        "salaries_total": NC
    }
