"""What the page shows by itself says the same as the server."""

from typing import Any

import pytest

from senacs.questionnaire.engine.loader import from_document
from senacs.web.structure.entry.conditions import shown_when
from tests import real_year

QUESTIONS: list[dict[str, Any]] = [
    {"code": "dit", "label": "?", "kind": "oui_non"},
    {"code": "nombre", "label": "?", "kind": "entier"},
    {"code": "choix", "label": "?", "kind": "choix", "options": {"a": "A", "b": "B", "c": "C"}},
]


@pytest.mark.parametrize(
    ("condition", "when"),
    [
        ("dit = oui", ("dit", "oui")),
        ("dit = non", ("dit", "non")),
        ("choix = 'a'", ("choix", "a")),
        ("choix parmi ('a'; 'c')", ("choix", "a c")),
        ("nombre > 0", ("nombre", ">0")),
        ("nombre > 1", ("", "")),
        ("nombre >= 0", ("", "")),
        ("nombre[N-1] > 0", ("", "")),
        ("non (choix = 'a')", ("", "")),
        ("choix <> 'a'", ("", "")),
        ("dit = oui et nombre > 0", ("", "")),
        ("structure_type = 'CS'", ("", "")),
        ("dit = oui et structure_type = 'CS'", ("dit", "oui")),
        ("dit = oui et structure_type = 'EVS'", ("", "")),
        ("dit = oui et nombre > 0 et structure_type = 'CS'", ("", "")),
    ],
)
def test_page_follows_one_plain_condition_and_leaves_the_rest(condition: str, when: tuple[str, str]) -> None:
    asked = {"code": "suite", "label": "?", "kind": "entier", "condition": condition}
    section = {"code": "s", "letter": "A", "title": "S", "questions": [*QUESTIONS, asked]}
    document = {"code": "q", "year": 2026, "data_year": 2025, "title": "Q", "sections": [section]}
    field = from_document(document).fields["suite"]
    assert shown_when(field, {"dit", "nombre", "choix"}, {"structure_type": "CS"}) == when
    assert shown_when(field, set(), {"structure_type": "CS"}) == ("", "")


def test_questions_that_a_number_calls_for_appear_while_it_is_typed() -> None:
    questionnaire = real_year.questionnaire()
    followed = {
        field.code: shown_when(field, {other.code for other in section.fields}, {"structure_type": "CS"})
        for section in questionnaire.sections
        for field in section.fields
    }
    assert followed["vacataires_journees"] == ("vacataires", ">0")
    assert followed["territoire_communes"] == ("territoire_taille", "plusieurs_communes intercommunalite")
    assert followed["alsh_places_vacances"] == ("alsh", "oui")
