"""« Non concerné » means the same in every statistic of a question: zero, or out of the population, and says so."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from django.conf import settings

from senacs.observatory.answers.microdata import response_schema
from senacs.observatory.definitions.indicators import Indicator, read_entries
from senacs.observatory.definitions.not_concerned import (
    FILE,
    OUT_TOLD,
    ZERO_TOLD,
    NotConcernedDecision,
    load_not_concerned,
)
from senacs.observatory.figures import measures
from senacs.questionnaire.engine.errors import DefinitionErrors
from senacs.questionnaire.engine.evaluation import compile_questionnaire
from senacs.questionnaire.engine.loader import load_directory
from senacs.questionnaire.engine.schema import Questionnaire

ENTRIES: list[dict[str, Any]] = [
    {"code": "total", "kind": "total", "formula": "postes_vacants"},
    {"code": "moyenne", "kind": "mean", "formula": "postes_vacants"},
    {"code": "part", "kind": "share", "formula": "postes_vacants > 0"},
    {"code": "ratio", "kind": "ratio", "formula": "postes_vacants", "denominator": "departs"},
    {"code": "femmes", "kind": "total", "formula": "administrateurs_genre_total"},
]
# Vacant posts of six structures: two are not concerned, one left it blank.
VACANT = [3, 0, None, None, None, 1]
MARKED = [False, False, True, True, False, False]


@cache
def questionnaire() -> Questionnaire:
    return load_directory(Path(settings.DATA_DIR) / "questionnaires" / "2026")


def read(decision: NotConcernedDecision) -> tuple[Indicator, ...]:
    texts = {"label": "Postes", "definition": "Postes non pourvus.", "theme": "emplois"}
    entries = [({**texts, **entry}, "essai.yaml", row) for row, entry in enumerate(ENTRIES)]
    return read_entries(entries, questionnaire(), not_concerned=decision)


def answers(**typed: Any) -> pl.DataFrame:
    schema = response_schema(compile_questionnaire(questionnaire()))
    size = len(VACANT)
    columns: Mapping[str, Any] = {
        "structure": [f"S{row}" for row in range(size)],
        "kind": ["CS"] * size,
        "postes_vacants": VACANT,
        "postes_vacants__nc": MARKED,
        "departs": [2] * size,
        **typed,
    }
    return pl.DataFrame({name: columns.get(name, [None] * size) for name in schema}, schema=schema)


def known(decision: NotConcernedDecision, responses: pl.DataFrame) -> dict[str, list[float | None]]:
    units, _ = measures.evaluate(responses, read(decision), questionnaire())
    return {code: units[code].to_list() for code in ("total", "moyenne", "part", "ratio", "femmes")}


def test_zero_is_zero_in_sums_means_shares_and_ratios() -> None:
    found = known(NotConcernedDecision(), answers())
    assert found["total"] == found["moyenne"] == found["ratio"] == [3, 0, 0, 0, None, 1]
    assert found["part"] == [1, 0, 0, 0, None, 1]


def test_out_of_the_population_is_nowhere() -> None:
    found = known(NotConcernedDecision(frozenset({"postes_vacants"})), answers())
    assert found["total"] == found["moyenne"] == found["ratio"] == [3, 0, None, None, None, 1]
    assert found["part"] == [1, 0, None, None, None, 1]


def test_a_total_of_nothing_but_zeros_is_zero_unless_its_question_is_out() -> None:
    parts = [f"administrateurs_{part}" for part in ("femmes", "hommes", "genre_nr")]
    marked = answers(**{f"{part}__nc": MARKED for part in parts})
    assert known(NotConcernedDecision(), marked)["femmes"] == [None, None, 0, 0, None, None]
    assert known(NotConcernedDecision(frozenset({"administrateurs_genre"})), marked)["femmes"] == [None] * 6


def test_the_definition_says_which() -> None:
    assert all(i.definition.endswith(ZERO_TOLD) for i in read(NotConcernedDecision()))
    left_out = read(NotConcernedDecision(frozenset({"postes_vacants", "departs", "administrateurs_genre"})))
    assert all(i.definition == f"Postes non pourvus. {OUT_TOLD}" for i in left_out)


def test_each_exception_names_a_question_that_may_be_not_concerned() -> None:
    decision = load_not_concerned(Path(settings.DATA_DIR) / FILE)
    fields = questionnaire().fields.values()
    may = {name for f in fields if f.allows_not_concerned and f.kind.is_numeric for name in (f.code, f.question)}
    assert decision.out and decision.out <= may


@pytest.mark.parametrize("text", ["hors_population: surface", "autre: []", "[]", "hors_population: [1]"])
def test_a_file_of_another_shape_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / FILE
    path.write_text(text, encoding="utf-8")
    with pytest.raises(DefinitionErrors, match="hors_population"):
        load_not_concerned(path)


def test_without_a_file_every_number_is_zero(tmp_path: Path) -> None:
    assert load_not_concerned(tmp_path / FILE) == NotConcernedDecision()
