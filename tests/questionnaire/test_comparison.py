"""From one year to the next: what is new, removed, reworded, redefined, and what only moves its years."""

import copy
from collections.abc import Callable
from typing import Any

import pytest

from senacs.questionnaire.engine.comparison import Change, Comparison, compare
from senacs.questionnaire.engine.loader import from_document

RULE = {"code": "R", "rule": "salaries <= 10", "severity": "to_justify", "message": "Trop."}
BEFORE: dict[str, Any] = {
    "code": "q-2025",
    "year": 2025,
    "data_year": 2024,
    "title": "Avant",
    "sections": [
        {
            "code": "emplois",
            "letter": "C",
            "title": "Emplois",
            "questions": [
                {"code": "salaries", "label": "Salariés au 31 décembre 2024", "kind": "entier"},
                {"code": "statut", "label": "Statut", "kind": "choix", "options": {"a": "Asso", "b": "Commune"}},
                {
                    "code": "contrats",
                    "label": "Contrats",
                    "grid": {
                        "columns": [{"code": "nombre", "label": "Nombre", "kind": "entier"}],
                        "rows": [{"code": "cdi", "label": "CDI"}, {"code": "cdd", "label": "CDD"}],
                    },
                },
            ],
        },
        {
            "code": "module",
            "letter": "M",
            "title": "Module",
            "module": True,
            "questions": [{"code": "theme", "label": "Thème", "kind": "texte"}],
        },
    ],
    "rules": [RULE],
}
Edit = Callable[[dict[str, Any]], None]


def compared(edit: Edit) -> Comparison:
    """From BEFORE to the same questionnaire a year later, its years moved, then edited."""
    after = copy.deepcopy(BEFORE) | {"code": "q-2026", "year": 2026, "data_year": 2025}
    after["sections"][0]["questions"][0]["label"] = "Salariés au 31 décembre 2025"
    edit(after)
    return compare(from_document(BEFORE), from_document(after))


def questions(document: dict[str, Any]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = document["sections"][0]["questions"]
    return found


def one_change(edit: Edit) -> tuple[Change, str, str]:
    (change,) = compared(edit).questions
    return change.change, change.code, " ".join(change.details)


def test_years_that_move_are_no_change() -> None:
    comparison = compared(lambda document: None)
    assert (comparison.questions, comparison.unchanged) == ((), 4)


@pytest.mark.parametrize(
    ("edit", "change", "code", "detail"),
    [
        (lambda d: questions(d)[0].update(label="Effectif salarié"), Change.REWORDED, "salaries", "Effectif salarié"),
        (lambda d: questions(d)[0].update(required=True), Change.REWORDED, "salaries", "devient obligatoire"),
        (lambda d: questions(d)[0].update(unit="ETP"), Change.REDEFINED, "salaries", "L’unité passe de « aucun »"),
        (lambda d: questions(d)[0].update(maximum=9), Change.REDEFINED, "salaries", "« aucun » à « 9 »"),
        (lambda d: questions(d)[0].update(condition="statut = 'a'"), Change.REDEFINED, "salaries", "La condition"),
        (lambda d: questions(d)[1]["options"].update(c="Caf"), Change.REDEFINED, "statut", "« Caf » s’ajoute"),
        (lambda d: questions(d)[1]["options"].update(a="Association"), Change.REWORDED, "statut", "« Association »"),
        (
            lambda d: questions(d)[2]["grid"]["rows"].append({"code": "autres", "label": "Autres"}),
            Change.REDEFINED,
            "contrats",
            "« Nombre, autres » s’ajoute",
        ),
        (lambda d: questions(d)[2]["grid"]["rows"].pop(), Change.REDEFINED, "contrats", "CDD » disparaît"),
        (lambda d: questions(d).pop(1), Change.REMOVED, "statut", ""),
        (
            lambda d: questions(d).append({"code": "postes", "label": "Postes", "kind": "entier", "new": True}),
            Change.NEW,
            "postes",
            "",
        ),
    ],
)
def test_change_is_told_by_its_nature(edit: Edit, change: Change, code: str, detail: str) -> None:
    found = one_change(edit)
    assert found[:2] == (change, code)
    assert detail in found[2]


def test_renamed_code_with_its_predecessor_is_redefined_not_lost() -> None:
    def rename(document: dict[str, Any]) -> None:
        questions(document)[1].update(code="statut_juridique", previous="statut")

    assert one_change(rename)[:2] == (Change.REDEFINED, "statut_juridique")


def test_modules_come_and_go_without_touching_the_core() -> None:
    comparison = compared(lambda document: document["sections"].pop())
    assert [(q.change, q.is_core) for q in comparison.questions] == [(Change.REMOVED, False)]
    assert comparison.core == []


def test_rules_are_compared_by_what_they_demand() -> None:
    def edit(document: dict[str, Any]) -> None:
        document["rules"] = [RULE | {"severity": "blocking"}, RULE | {"code": "S"}]

    comparison = compared(edit)
    assert [rule.code for rule in comparison.new_rules] == ["S"]
    assert [after.severity.value for _, after in comparison.changed_rules] == ["blocking"]
