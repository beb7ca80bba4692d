"""Formulas as XPath: certainly true, certainly false, and what cannot be said."""

import pytest

from senacs.questionnaire.engine.language import parse
from senacs.questionnaire.engine.typecheck import BOOLEAN, NUMBER, Base, Type
from senacs.questionnaire.xlsform import xpath
from senacs.questionnaire.xlsform.xpath import Untranslatable

TYPES = {
    "a": NUMBER,
    "b": NUMBER,
    "clas": BOOLEAN,
    "statut": Type(Base.CHOICE, ("x", "y")),
    "themes": Type(Base.MULTIPLE, ("x", "y")),
}


def tree_of(text: str):
    return parse(text).check(TYPES).tree


@pytest.mark.parametrize(
    ("formula", "expected"),
    [
        ("clas = oui", "(${clas} != '' and ${clas} = 'oui')"),
        ("a > 0", "(${a} != '' and ${a} > 0)"),
        ("non (a > 0)", "(${a} != '' and not(${a} > 0))"),
        ("statut parmi ('x'; 'y')", "(${statut} != '' and (${statut} = 'x' or ${statut} = 'y'))"),
        ("themes contient 'x'", "selected(${themes}, 'x')"),
        ("a est vide ou clas", "(${a} = '' or ${clas} = 'oui')"),
    ],
)
def test_condition_is_true_only_where_it_is_known(formula: str, expected: str) -> None:
    assert xpath.relevant(tree_of(formula), TYPES) == expected


def test_rule_is_broken_only_where_everything_it_reads_is_answered() -> None:
    assert xpath.broken(tree_of("a <= b"), TYPES) == "(${a} != '' and ${b} != '' and not(${a} <= ${b}))"
    broken = xpath.broken(tree_of("si clas alors a > 0"), TYPES)
    assert broken == "(${clas} = 'oui' and (${a} != '' and not(${a} > 0)))"


def test_sum_of_a_grid_counts_what_is_answered() -> None:
    expected = "if((${a} != '' or ${b} != ''), (if(${a} != '', ${a}, 0) + if(${b} != '', ${b}, 0)), '')"
    assert xpath.calculation(tree_of("SOMME(a; b)"), TYPES) == expected


def test_division_by_zero_is_unknown() -> None:
    assert xpath.calculation(tree_of("a / b"), TYPES).startswith("if(((${a} != '' and ${b} != '') and ${b} != 0)")


@pytest.mark.parametrize("formula", ["a > a[N-1]", "a est non concerné", "MOYENNE(a; b) > 1", "MIN(a; b) > 1"])
def test_what_a_form_cannot_know_is_left_aside(formula: str) -> None:
    with pytest.raises(Untranslatable):
        xpath.relevant(tree_of(formula), TYPES)
