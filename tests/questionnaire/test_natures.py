"""State or flow of the year: said by the question, else by its kind; what is ambiguous is told to the author."""

import copy
from typing import Any

import pytest
from django.conf import settings

from senacs.questionnaire.engine.errors import DefinitionErrors
from senacs.questionnaire.engine.loader import from_document, load_directory, to_document
from senacs.questionnaire.engine.schema import Questionnaire
from senacs.questionnaire.engine.static import warnings_of

OPTIONS = {"a": "A", "b": "B"}


def with_questions(*questions: dict[str, Any]) -> Questionnaire:
    section = {"code": "s", "letter": "A", "title": "S", "questions": list(copy.deepcopy(questions))}
    document = {"code": "q", "year": 2026, "data_year": 2025, "title": "Q", "sections": [section]}
    return from_document(document)


def grid(**keys: Any) -> dict[str, Any]:
    rows = [
        {"code": "x", "label": "X"},
        {"code": "y", "label": "Y", "nature": "flux"},
        {"code": "t", "label": "T", "total": True},
    ]
    columns = [
        {"code": "n", "label": "Nombre", "kind": "entier"},
        {"code": "p", "label": "Place", "kind": "entier", "nature": "etat"},
    ]
    return {"code": "g", "label": "Grille", "grid": {"columns": columns, "rows": rows}, **keys}


@pytest.mark.parametrize(
    ("keys", "is_flow"),
    [
        ({"kind": "entier"}, True),
        ({"kind": "montant"}, True),
        ({"kind": "decimal"}, True),
        ({"kind": "choix", "options": OPTIONS}, False),
        ({"kind": "oui_non"}, False),
        ({"kind": "date"}, False),
        ({"kind": "texte"}, False),
        ({"kind": "entier", "nature": "etat"}, False),
        ({"kind": "oui_non", "nature": "flux"}, True),
    ],
)
def test_number_is_a_flow_and_the_rest_a_state_unless_said(keys: dict[str, Any], is_flow: bool) -> None:
    assert with_questions({"code": "f", "label": "F", **keys}).fields["f"].is_flow is is_flow


def test_cell_follows_its_row_then_its_column_then_its_question() -> None:
    natures = {code: field.is_flow for code, field in with_questions(grid(nature="etat")).fields.items()}
    assert (natures["n_x"], natures["p_x"], natures["n_y"], natures["p_y"]) == (False, False, True, True)
    assert with_questions(grid()).fields["n_x"].is_flow


def test_nature_survives_the_stored_document() -> None:
    known = with_questions({"code": "f", "label": "F", "kind": "entier", "nature": "etat"})
    assert not from_document(to_document(known)).fields["f"].is_flow


@pytest.mark.parametrize(
    ("keys", "said"),
    [
        ({"kind": "entier", "nature": "stock"}, "vaut « stock »"),
        ({"kind": "entier", "computed": "0", "nature": "etat"}, "calculé"),
    ],
)
def test_nature_that_means_nothing_is_refused(keys: dict[str, Any], said: str) -> None:
    with pytest.raises(DefinitionErrors, match=said):
        with_questions({"code": "f", "label": "F", **keys})


@pytest.mark.parametrize(
    ("keys", "is_told"),
    [
        ({"label": "En 2025, avez-vous déménagé ?", "kind": "oui_non"}, True),
        ({"label": "Avez-vous déménagé ?", "help": "Dans l’année.", "kind": "oui_non"}, True),
        ({"label": "Avez-vous déménagé dans l’année ?", "kind": "oui_non"}, True),
        ({"label": "Avez-vous déménagé en 2025 ?", "kind": "oui_non", "nature": "flux"}, False),
        ({"label": "Passages en 2025", "kind": "entier"}, False),
        ({"label": "En vigueur depuis 2024 ?", "kind": "oui_non"}, False),
    ],
)
def test_choice_that_speaks_of_the_year_says_which_it_is(keys: dict[str, Any], is_told: bool) -> None:
    warnings = warnings_of(with_questions({"code": "f", **keys}))
    assert [("nature: flux" in warning.message) for warning in warnings] == ([True] if is_told else [])


def test_real_questionnaire_says_it_of_every_question() -> None:
    questionnaire = load_directory(settings.DATA_DIR / "questionnaires" / "2026")
    assert [str(w) for w in warnings_of(questionnaire) if "nature" in w.message] == []
    fields = questionnaire.fields
    lasts = ("statut_juridique", "population_zone", "instances_types", "ouverture_heures_lundi", "axe_1")
    moves = ("participants_uniques", "passages_accueil", "heures_enfance", "budget_total", "etp_direction", "alsh")
    assert [code for code in lasts if fields[code].is_flow] == []
    assert [code for code in moves if not fields[code].is_flow] == []
