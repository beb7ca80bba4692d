"""Static checks: what can never happen is told, what can happen never is."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings

from senacs.questionnaire.engine.compile_python import compile_tree
from senacs.questionnaire.engine.language import parse
from senacs.questionnaire.engine.loader import field_types, load_directory
from senacs.questionnaire.engine.static import Prover, warnings_of
from senacs.questionnaire.engine.values import NOT_CONCERNED
from tests.questionnaire import formulas

FIXTURES = Path(__file__).parent / "fixtures"
KINDS = load_directory(FIXTURES / "kinds")
TYPES = field_types(KINDS)


def test_what_can_never_happen_is_told_with_its_line() -> None:
    warnings = warnings_of(load_directory(FIXTURES / "static"))
    assert [(Path(w.file).name, w.line, w.message.split(" : ")[0]) for w in warnings] == [
        ("section.yaml", 10, "« jamais_vue » n’est jamais visible"),
        ("section.yaml", 14, "« jamais_vue_non_plus » n’est jamais visible"),
        ("section.yaml", 18, "« jamais_atteinte » n’est jamais visible"),
        ("regles.yaml", 1, "la règle TOUJOURS_VRAIE ne peut jamais échouer"),
        ("regles.yaml", 2, "la règle TOUJOURS_VRAIE_CALCUL ne peut jamais échouer"),
        ("regles.yaml", 3, "la règle TOUJOURS_VRAIE_CHOIX ne peut jamais échouer"),
        ("regles.yaml", 4, "la règle TOUJOURS_FAUSSE ne peut jamais être satisfaite"),
        ("regles.yaml", 5, "la règle TOUJOURS_FAUSSE_SOI ne peut jamais être satisfaite"),
        ("regles.yaml", 6, "la règle JAMAIS_APPLICABLE ne peut jamais échouer"),
        ("regles.yaml", 8, "les règles UTILE et CONTRADICTOIRE se contredisent"),
        ("regles.yaml", 10, "les règles MINIMUM_HAUT et MAXIMUM_BAS se contredisent"),
    ]


@pytest.mark.parametrize(("until", "said"), [(None, "n’a pas de fin prévue"), (2024, "devait s’arrêter"), (2099, "")])
def test_module_says_until_when_it_is_asked(until: int | None, said: str) -> None:
    questionnaire = load_directory(FIXTURES / "conditions")
    sections = tuple(replace(s, until=until) if s.is_module else s for s in questionnaire.sections)
    messages = [warning.message for warning in warnings_of(replace(questionnaire, sections=sections))]
    assert [said in message for message in messages] == ([True] if said else [])


@pytest.mark.parametrize(
    ("first", "second", "together"),
    [
        ("n1 + n3 > 10", "n1 + n3 < 5", False),
        ("n1 + n3 > 10", "5 > n1 + n3", False),
        ("n1 + n3 >= 10", "n1 + n3 <= 10", True),
        ("n1 + n3 > 10", "n1 - n3 < 5", True),
    ],
)
def test_same_calculation_lies_on_both_sides_of_nothing(first: str, second: str, together: bool) -> None:
    goals = [(parse(text).check(TYPES).tree, True) for text in (first, second)]
    assert Prover(KINDS).is_possible(goals) is together


@pytest.mark.parametrize("name", ["grid", "conditions", "kinds"])
def test_sound_questionnaires_are_silent(name: str) -> None:
    assert warnings_of(load_directory(FIXTURES / name)) == []


def _accepted(env: dict[str, Any]) -> dict[str, Any]:
    """What a person could have entered: « non concerné » only where the field allows it."""
    return {c: v for c, v in env.items() if v is not NOT_CONCERNED or KINDS.fields[c].allows_not_concerned}


@settings(max_examples=150, deadline=None)
@given(formulas.booleans, formulas.environments, formulas.contexts, formulas.environments)
def test_what_does_happen_is_never_called_impossible(
    text: str, env: dict[str, Any], context: dict[str, Any], previous: dict[str, Any]
) -> None:
    expression = parse(text).check(TYPES)
    known = {name: value for name, value in context.items() if value not in ("", None)}
    result = compile_tree(expression.tree)({**_accepted(env), **known}, previous)
    if result is not None:
        assert Prover(KINDS).is_possible([(expression.tree, result)]), (text, env, known)


def test_a_hard_formula_is_left_alone() -> None:
    clause = " ou ".join(["n1 = n2 + {0}", "n2 = n1 - {0}", "n1 > n2 * {0}"])
    text = " et ".join(f"({clause.format(n)})" for n in range(3, 40))
    assert Prover(KINDS).is_possible([(parse(text).check(TYPES).tree, True)])
