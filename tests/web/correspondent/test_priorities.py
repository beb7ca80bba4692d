"""Reasons, residual and drawings, in words."""

import pytest

from senacs.lib.french import NBSP
from senacs.questionnaire.engine.loader import load_directory
from senacs.review.models import DoubtfulCell
from senacs.review.queries import Residual
from senacs.web.correspondent.priorities import reason_of, told
from senacs.web.sparkline import sparkline
from tests.factories import QUESTIONNAIRES

FIELDS = load_directory(QUESTIONNAIRES / "minimal").fields


@pytest.mark.parametrize(
    ("cell", "words"),
    [
        (
            {"code": "budget_caf", "key": "budget_detail", "share": 3.25},
            f"jusqu’à 3,3{NBSP}% du total départemental «{NBSP}Somme",
        ),
        ({"code": "budget_caf", "key": "", "share": 0}, "sans effet sur les totaux publiés"),
        ({"code": "budget_caf", "key": "budget_caf", "share": 640}, f"plus de 100{NBSP}%"),
    ],
)
def test_reason(cell, words):
    assert words in reason_of(DoubtfulCell(**cell), FIELDS)


def test_nothing_doubted_has_no_reason():
    assert reason_of(None, FIELDS) == ""


def test_residual_in_words():
    assert f"aucun total publié de plus de 1{NBSP}%" in told(Residual("", 0.0, 0, 0, 1.0), FIELDS)
    assert f"3{NBSP}valeurs douteuses" in told(Residual("budget_total", 4.2, 9, 3, 1.0), FIELDS)


def test_drawing_says_its_figures_and_escapes_its_label():
    drawing = sparkline("Budget <b>", [(2023, 10.0), (2024, None), (2025, 30.0)])
    assert "<title>Budget &lt;b&gt; : 10 en 2023, 30 en 2025</title>" in drawing
    assert sparkline("Budget", [(2025, 3.0)]) == ""
