"""Linear edits out of typed rules: totals expanded, conditions evaluated, what is not linear left out."""

from decimal import Decimal

import pytest

from senacs.questionnaire.engine.evaluation import Compiled, compile_questionnaire
from senacs.questionnaire.engine.loader import from_document, load_directory, to_document
from senacs.questionnaire.engine.values import NOT_CONCERNED
from senacs.review.editing.edits import Edit, EditBook
from tests.factories import QUESTIONNAIRES


def book(*formulas: str, severity: str = "blocking") -> tuple[Compiled, EditBook]:
    document = to_document(load_directory(QUESTIONNAIRES / "minimal"))
    document["rules"] = [
        {"code": f"R{number}", "rule": formula, "severity": severity, "message": "x"}
        for number, formula in enumerate(formulas)
    ]
    compiled = compile_questionnaire(from_document(document))
    return compiled, EditBook(compiled)


def edits_of(formula: str, **values: object) -> list[Edit]:
    compiled, edits = book(formula)
    env = compiled.settle({"salaries_total": 5, "etp_total": Decimal(4), "budget_total": 100} | values, {}, {}).values
    return edits.edits(env)


def test_comparison_of_two_fields():
    (edit,) = edits_of("etp_total <= salaries_total")
    assert (edit.rule, dict(edit.terms), edit.bound) == ("R0", {"etp_total": 1.0, "salaries_total": -1.0}, 0.0)


def test_total_is_what_it_adds_up():
    (edit,) = edits_of("budget_detail <= budget_total", budget_caf=60, budget_autres=50)
    assert edit.terms == {"budget_caf": 1.0, "budget_autres": 1.0, "budget_total": -1.0}


def test_equality_is_two_edits_and_strictness_a_step():
    assert len(edits_of("salaries_total = etp_total")) == 2
    (edit,) = edits_of("salaries_total < 10")
    assert edit.bound == 9.0


@pytest.mark.parametrize(
    ("formula", "terms", "bound"),
    [
        ("2 * etp_total - 3 >= salaries_total", {"salaries_total": 1.0, "etp_total": -2.0}, -3.0),
        ("budget_total / etp_total <= 50", {"budget_total": 1.0, "etp_total": -50.0}, 0.0),
        ("salaries_total / 2 <= etp_total", {"salaries_total": 1.0, "etp_total": -2.0}, 0.0),
        ("MAX(etp_total; 2) <= salaries_total", {"etp_total": 1.0, "salaries_total": -1.0}, 0.0),
        ("non salaries_total > 10", {"salaries_total": 1.0}, 10.0),
        ("SOMME(budget_caf; budget_autres) <= 90", {"budget_caf": 1.0, "budget_autres": 1.0}, 90.0),
    ],
)
def test_linear_forms(formula, terms, bound):
    edit = edits_of(formula)[0]
    assert (dict(edit.terms), edit.bound) == (terms, bound)


def test_distance_is_two_edits():
    both = edits_of("ABS(salaries_total - etp_total) <= 3")
    assert [edit.bound for edit in both] == [3.0, 3.0]
    assert both[0].terms == {code: -value for code, value in both[1].terms.items()}


def test_condition_is_evaluated():
    assert edits_of("si clas = oui alors salaries_total >= 1", clas=True) != []
    assert edits_of("si clas = oui alors salaries_total >= 1", clas=False) == []
    assert edits_of("si clas = oui alors salaries_total >= 1") == []


def test_alternative_that_holds_stands():
    (edit,) = edits_of("budget_caf <= 10 ou budget_caf <= budget_total", budget_caf=50)
    assert edit.terms == {"budget_caf": 1.0, "budget_total": -1.0}
    assert edits_of("clas = oui ou salaries_total <= 3", clas=True) == []


def test_exemption_of_small_ones_is_no_way_out():
    (edit,) = edits_of("salaries_total < 2 ou budget_total >= 1000 * salaries_total")
    assert edit.terms == {"salaries_total": 1000.0, "budget_total": -1.0}


@pytest.mark.parametrize(
    "formula",
    [
        "salaries_total * etp_total <= 50",
        "salaries_total <> etp_total",
        "budget_total <= 2 * budget_total[N-1]",
        "statut = 'commune'",
        "budget_caf + budget_autres <= 90",  # one of them is unanswered: unverifiable
    ],
)
def test_what_is_not_linear_or_not_known_gives_nothing(formula):
    assert edits_of(formula) == []


def test_not_concerned_counts_as_zero_in_a_sum_only():
    assert len(edits_of("budget_caf + budget_autres <= 90", budget_caf=NOT_CONCERNED, budget_autres=50)) == 1
    assert edits_of("budget_caf <= 90", budget_caf=NOT_CONCERNED) == []


def test_rules_to_justify_count_only_when_they_fail():
    compiled, edits = book("etp_total <= salaries_total", severity="to_justify")
    env = compiled.settle({"salaries_total": 5, "etp_total": Decimal(9)}, {}, {}).values
    assert edits.edits(env) == []
    assert [edit.rule for edit in edits.edits(env, failing=["R0"])] == ["R0"]


def test_exemption_that_holds_is_no_edit():
    """« … ou le détail dépasse le budget » excuses a rule that cannot be verified: nobody is to keep the excess."""
    _, edits = book("clas_enfants <= budget_total ou budget_caf > budget_total + 100")
    assert edits.edits({"budget_total": 10, "budget_caf": 900}) == []
    assert len(edits.edits({"budget_total": 10, "budget_caf": 900, "clas_enfants": 3})) == 1
