"""A change from year to year is asked about in proportion to the structure's kind and size."""

import re

import pytest

from senacs.questionnaire.engine.evaluation import compile_questionnaire
from tests import real_year

COMPILED = compile_questionnaire(real_year.questionnaire())


def asked(kind: str, code: str, before: int, now: int) -> bool:
    findings = COMPILED.check({code: now}, {"structure_type": kind}, {code: before})
    return any(re.match("EVOLUTION_|DIX_FOIS_", finding.rule.code) for finding in findings)


@pytest.mark.parametrize(
    ("kind", "code", "before", "now", "is_asked"),
    [
        ("EVS", "participants_uniques", 75, 8, True),
        ("EVS", "participants_uniques", 75, 30, True),
        ("EVS", "participants_uniques", 8, 75, True),
        ("EVS", "participants_uniques", 75, 60, False),
        ("EVS", "participants_uniques", 12, 5, False),
        ("CS", "participants_uniques", 150, 60, True),
        ("CS", "participants_uniques", 900, 400, True),
        ("CS", "participants_uniques", 900, 820, False),
        ("EVS", "budget_total", 20_000, 9_000, True),
        ("EVS", "budget_total", 6_000, 3_500, False),
        ("CS", "budget_total", 700_000, 300_000, True),
        ("CS", "budget_total", 700_000, 690_000, False),
    ],
)
def test_a_change_is_asked_about_by_kind_and_size(
    kind: str, code: str, before: int, now: int, is_asked: bool
) -> None:  # fmt: skip
    assert asked(kind, code, before, now) is is_asked


def test_no_rule_of_evolution_keeps_one_tolerance_for_every_structure() -> None:
    plain = [
        rule.code
        for rule in COMPILED.rules
        if re.search(r"(\w+) - \1\[N-1\]\)? <= \d+ ou|(\w+)\[N-1\] - \2 <= \d+ ou", rule.expression.text)
    ]
    assert plain == []
