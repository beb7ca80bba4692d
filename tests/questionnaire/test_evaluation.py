"""One response: three-valued logic, visibility, totals, rules, what depends on what."""

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from senacs.questionnaire.engine.compile_python import compile_tree
from senacs.questionnaire.engine.evaluation import Compiled, Progress, Verdict, compile_questionnaire
from senacs.questionnaire.engine.language import parse
from senacs.questionnaire.engine.loader import field_types, load_directory
from senacs.questionnaire.engine.values import NOT_CONCERNED

FIXTURES = Path(__file__).parent / "fixtures"
KINDS = load_directory(FIXTURES / "kinds")
TYPES = field_types(KINDS)
CS = {"structure_type": "CS"}


def value_of(text: str, env: dict[str, Any], previous: dict[str, Any] | None = None) -> Any:
    return compile_tree(parse(text).check(TYPES).tree)(env, previous or {})


@pytest.fixture(scope="module")
def compiled() -> Compiled:
    return compile_questionnaire(load_directory(FIXTURES / "conditions"))


@pytest.fixture(scope="module")
def grid() -> Compiled:
    return compile_questionnaire(load_directory(FIXTURES / "grid"))


KNOWN = {"n1": 3, "n2": 0, "n3": Decimal("0.1"), "b1": True, "b2": False, "choix": "a", "multiple": ("a", "m")}


@pytest.mark.parametrize(
    ("text", "env", "value"),
    [
        ("n1 + n2", KNOWN, 3),
        ("n1 + n2", {"n1": 3}, None),
        ("n1 + n2", {"n1": 3, "n2": NOT_CONCERNED}, 3),
        ("n1 - n2", {"n1": 3, "n2": NOT_CONCERNED}, None),
        ("n1 * 2 + 1", {"n1": NOT_CONCERNED}, None),
        ("SOMME(n1; n2)", {"n1": 3}, 3),
        ("SOMME(n1; n2)", {"n1": NOT_CONCERNED, "n2": 4}, 4),
        ("SOMME(n1; n2)", {"n1": NOT_CONCERNED}, 0),
        ("SOMME(n1; n2)", {}, None),
        ("SI(b1; n1; n2) + 1", {"b1": True, "n1": NOT_CONCERNED}, 1),
        ("SI(b1; n1; n2)", {"n1": 1, "n2": 1}, None),
        ("n1 / n2", KNOWN, None),
        ("n1 / 2", KNOWN, Decimal("1.5")),
        ("n3 + 0.2 = 0.3", KNOWN, True),
        ("n1 / 9 * 9 = n1", KNOWN, True),
        ("1 / (1 / 3 * 3 - 1)", {}, None),
        ("MIN(n1; n2)", KNOWN, 0),
        ("MAX(n1; n2)", {"n1": 3}, None),
        ("MOYENNE(n1; 4)", KNOWN, Decimal("3.5")),
        ("ABS(n3 - 1)", KNOWN, Decimal("0.9")),
        ("ARRONDI(2.5)", {}, 3),
        ("ARRONDI(-2.5)", {}, -3),
        ("ARRONDI(n1 / 7; 2)", KNOWN, Decimal("0.43")),
        ("NB_RENSEIGNES(n1; n2; choix)", {"n1": NOT_CONCERNED, "choix": "a"}, 2),
        ("b1 et n1 > 1", KNOWN, True),
        ("b2 et n1 > 1", {"b2": False}, False),
        ("n1 > 1 et b2", {"b2": False}, False),
        ("b1 et n1 > 1", {"b1": True}, None),
        ("b1 ou n1 > 1", {"b1": True}, True),
        ("b2 ou n1 > 1", {"b2": False}, None),
        ("non b1", {}, None),
        ("si b1 alors n1 > 5", {"b1": False}, True),
        ("si b1 alors n1 > 2", {"n1": 3}, True),
        ("si b1 alors n1 > 2", {"b1": True}, None),
        ("si b1 alors n1 > 2", {"b1": True, "n1": 1}, False),
        ("n1 > 1", {"n1": NOT_CONCERNED}, None),
        ("choix = 'a'", KNOWN, True),
        ("choix parmi ('z'; 'm')", KNOWN, False),
        ("choix parmi ('z'; 'm')", {}, None),
        ("n1 parmi (1; 3)", KNOWN, True),
        ("multiple contient 'm'", KNOWN, True),
        ("multiple contient 'z'", KNOWN, False),
        ("multiple contient 'z'", {}, None),
        ("n2 est vide", KNOWN, False),
        ("n1 est vide", {}, True),
        ("n1 est vide", {"n1": NOT_CONCERNED}, False),
        ("n1 est non vide", {"n1": NOT_CONCERNED}, True),
        ("n1 est non concerné", {"n1": NOT_CONCERNED}, True),
        ("n1 est non concerné", {}, False),
    ],
)
def test_three_valued_semantics(text: str, env: dict[str, Any], value: object) -> None:
    result = value_of(text, env)
    assert result == value
    assert (result is None) == (value is None)


def test_last_year() -> None:
    assert value_of("n1 <= 2 * n1[N-1]", {"n1": 3}, {"n1": 1}) is False
    assert value_of("n1[N-1] est vide", {"n1": 3}, {}) is True
    assert value_of("n1 + n1[N-1]", {"n1": 3}, {"n1": NOT_CONCERNED}) == 3
    assert value_of("n1[N-1] est non concerné", {}, {"n1": NOT_CONCERNED}) is True


def test_huge_products_do_not_overflow() -> None:
    text = " * ".join(["n1"] * 40)
    assert value_of(f"ARRONDI({text} / 3) > 0", {"n1": 10**11}) is True


def test_an_unknown_condition_hides(compiled: Compiled) -> None:
    assert compiled.visible({}, {}, {}) == {"clas", "charge_totale", "remarques"}
    assert "jardin" in compiled.visible({}, CS, {})
    assert "clas_enfants" not in compiled.visible({"clas": False}, CS, {})


def test_hidden_values_count_as_unanswered(compiled: Compiled) -> None:
    env = {"clas": True, "clas_enfants": 4, "clas_seances": 6}
    assert compiled.complete(env, {}, {}) == {**env, "clas_charge": Decimal("1.5"), "charge_totale": Decimal("1.8")}
    # The answers of a hidden question stay typed, and count for nothing, down the chain.
    assert compiled.complete({**env, "clas": False}, {}, {}) == {"clas": False}


def test_typed_values_of_computed_fields_are_ignored(grid: Compiled) -> None:
    assert grid.complete({"salaries_total": 99}, {}, {}) == {}
    assert grid.complete({"salaries_total": 99, "salaries_animation": 2}, {}, {})["salaries_total"] == 2


def test_total_of_blank_not_concerned_and_zero(grid: Compiled) -> None:
    assert "salaries_total" not in grid.complete({}, {}, {})
    assert grid.complete({"salaries_direction": NOT_CONCERNED}, {}, {})["salaries_total"] == 0
    assert grid.complete({"salaries_direction": 0}, {}, {})["salaries_total"] == 0


def test_completing_twice_changes_nothing(compiled: Compiled) -> None:
    once = compiled.complete({"clas": True, "clas_enfants": 4, "clas_seances": 6}, CS, {})
    assert compiled.complete(once, CS, {}) == once


def test_failures_carry_their_values_in_french(compiled: Compiled) -> None:
    env = {"clas": True, "clas_enfants": 2, "clas_seances": 1234}
    (finding,) = compiled.check(env, CS, {})
    assert finding.rule.code == "CHARGE_PLAUSIBLE"
    assert finding.verdict is Verdict.FAIL
    assert finding.message == "617 séances par enfant (1\u202f234 pour 2\u00a0enfants), CS."
    assert finding.fields == ("clas_charge",)


def test_verdicts_of_all_rules_in_force(compiled: Compiled) -> None:
    found = compiled.check({"clas": True}, CS, {}, verdicts=True)
    assert [(f.rule.code, f.verdict) for f in found] == [
        ("ENFANTS_RENSEIGNES", Verdict.FAIL),
        ("CHARGE_PLAUSIBLE", Verdict.UNVERIFIABLE),
        ("JARDIN_STABLE", Verdict.UNVERIFIABLE),
    ]


def test_message_says_what_is_not_answered(compiled: Compiled) -> None:
    env = {"jardin": True, "jardin_m2": 5}
    (finding,) = compiled.check(env, CS, {"jardin_m2": 10})
    assert finding.message == "De 10 à 5."
    assert compiled.shown("jardin_m2", None) == "non renseigné"


def test_only_what_depends_on_a_changed_field(compiled: Compiled) -> None:
    env = {"clas": True, "clas_enfants": 2, "clas_seances": 1234, "jardin": True, "jardin_m2": 1}
    previous = {"jardin_m2": 2}
    assert [f.rule.code for f in compiled.check(env, CS, previous)] == ["CHARGE_PLAUSIBLE", "JARDIN_STABLE"]
    assert [f.rule.code for f in compiled.check(env, CS, previous, only={"jardin"})] == ["JARDIN_STABLE"]
    assert [f.rule.code for f in compiled.check(env, CS, previous, only={"clas"})] == ["CHARGE_PLAUSIBLE"]
    assert compiled.check(env, CS, previous, only={"remarques"}) == []
    assert compiled.check(env, CS, previous, only=set()) == []


def test_affected_reaches_through_conditions_and_totals(compiled: Compiled) -> None:
    affected = compiled.affected({"clas"})
    assert affected.conditioned == {"clas_enfants", "clas_seances", "clas_charge"}
    assert affected.computed == {"clas_charge", "charge_totale"}
    assert [rule.code for rule in affected.rules] == ["ENFANTS_RENSEIGNES", "CHARGE_PLAUSIBLE"]
    assert compiled.affected({"remarques"}).rules == ()


def test_progress_counts_what_is_asked(compiled: Compiled) -> None:
    assert compiled.progress({}, {}, {}) == {"activites": Progress(0, 1), "module": Progress(0, 0)}
    env = {"clas": True, "clas_enfants": NOT_CONCERNED, "remarques": "x"}
    assert compiled.progress(env, CS, {}) == {"activites": Progress(2, 2), "module": Progress(0, 1)}


def test_missing_required_fields(compiled: Compiled) -> None:
    assert compiled.missing_required({}, CS, {}) == ["clas"]
    assert compiled.missing_required({"clas": True}, CS, {}) == ["clas_enfants"]
    assert compiled.missing_required({"clas": True, "clas_enfants": 0}, CS, {}) == []


def test_last_year_under_this_years_codes(compiled: Compiled) -> None:
    last_year = {"surface_jardin": 12, "jardin": True, "clas": False}
    assert compiled.previous_env(last_year) == {"jardin_m2": 12, "clas": False}


def test_evaluation_leaves_its_inputs_alone(compiled: Compiled) -> None:
    env = {"clas": False, "clas_enfants": 4}
    compiled.check(env, CS, {})
    assert env == {"clas": False, "clas_enfants": 4}
