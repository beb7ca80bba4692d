"""The name of a cell outside its table: the table's, the row's, the column's; two cells never share one."""

from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest
from django.conf import settings

from senacs.lib.text import search_key
from senacs.questionnaire.engine.loader import from_document, load_directory
from senacs.questionnaire.engine.schema import Questionnaire
from senacs.questionnaire.engine.static import warnings_of

REAL = load_directory(settings.BASE_DIR / "data/questionnaires/2026")
GRID = load_directory(Path(__file__).parent / "fixtures/grid")


def table(**keys: object) -> Questionnaire:
    columns = [{"code": "n", "label": "Places", "kind": "entier"}, {"code": "h", "label": "Heures", "kind": "entier"}]
    rows = [{"code": "a", "label": "Matin"}, {"code": "b", "label": "ALSH du soir", "full_name": "Places du soir"}]
    question = {"code": "t", "label": "Combien de places ?", "grid": {"columns": columns, "rows": rows}, **keys}
    section = {"code": "s", "letter": "A", "title": "S", "questions": [question]}
    return from_document({"code": "q", "year": 2026, "data_year": 2025, "title": "Q", "sections": [section]})


def test_cell_is_named_by_its_table_its_row_and_its_column() -> None:
    labels = {code: field.label for code, field in table(full_name="Accueil").fields.items()}
    assert labels["n_a"] == "Accueil, matin, places"
    assert labels["h_a"] == "Accueil, matin, heures"


def test_row_that_names_itself_leaves_out_its_table_and_the_column_it_says() -> None:
    labels = {code: field.label for code, field in table().fields.items()}
    assert (labels["n_b"], labels["h_b"]) == ("Places du soir", "Places du soir, heures")
    assert labels["n_a"] == "Combien de places, matin, places"


def test_caption_is_what_is_read_within_the_table() -> None:
    assert table().fields["h_b"].caption == "Heures, ALSH du soir"


@pytest.mark.parametrize("questionnaire", [REAL, GRID], ids=["real", "grid"])
def test_no_two_cells_share_a_full_name(questionnaire: Questionnaire) -> None:
    shared = Counter(search_key(field.label) for field in questionnaire.fields.values())
    assert [name for name, number in shared.items() if number > 1] == []


def test_every_cell_of_the_real_questionnaire_says_its_row_and_its_column() -> None:
    for question in REAL.questions.values():
        if question.grid is None:
            continue
        for row, cells in zip(question.grid.row_labels, question.grid.cells, strict=True):
            for column, code in zip(question.grid.column_labels, cells, strict=True):
                if code is not None:
                    said = search_key(REAL.fields[code].label)
                    assert search_key(row) in said, code
                    assert len(question.grid.column_labels) == 1 or search_key(column) in said, code


def test_names_of_the_real_questionnaire_read_well() -> None:
    assert REAL.fields["benevoles_heures_gouvernance"].label == "Bénévoles de gouvernance, heures dans l’année"
    assert REAL.fields["benevoles_26_59"].label == "Bénévoles par âge, 26 à 59 ans"
    assert REAL.fields["li_benevoles_adultes"].label == "Bénévoles des actions intergénérationnelles, 26 à 59 ans"
    assert REAL.fields["contrats_cdi"].label == "Salariés par type de contrat, CDI et agents titulaires"


def test_name_given_twice_is_told_to_the_author() -> None:
    fields = REAL.fields
    section = REAL.section(fields["te_freins"].section)
    questions = tuple(
        replace(q, fields=tuple(replace(f, label=fields["li_freins"].label.upper()) for f in q.fields))
        if q.code == "te_freins"
        else q
        for q in section.questions
    )
    sections = tuple(replace(s, questions=questions) if s.code == section.code else s for s in REAL.sections)
    told = [w.message for w in warnings_of(replace(REAL, sections=sections)) if "même nom" in w.message]
    assert len(told) == 1
    assert "« li_freins » et « te_freins »" in told[0]
