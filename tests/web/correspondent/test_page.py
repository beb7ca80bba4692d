"""The change from N-1 as it is told beside a value."""

from datetime import date
from decimal import Decimal

import pytest

from senacs.lib.french import MINUS, NBSP
from senacs.questionnaire.engine.values import NOT_CONCERNED
from senacs.web.correspondent.page import _change


@pytest.mark.parametrize(
    ("now", "before", "told", "is_strong"),
    [
        (110, 100, f"+10{NBSP}%", False),
        (50, 100, f"{MINUS}50{NBSP}%", True),
        (160, 100, f"+60{NBSP}%", True),
        (1000, 100, "× 10", True),
        (Decimal("4.5"), Decimal("4.5"), "=", False),
        (5, 0, "", False),
        (5, None, "", False),
        (True, False, "", False),
        (NOT_CONCERNED, 5, "", False),
        ("urbain", "rural", "", False),
        (date(2025, 1, 1), date(2024, 1, 1), "", False),
    ],
)
def test_change_is_told_only_where_it_makes_sense(now, before, told, is_strong):
    assert _change(now, before) == (told, is_strong)
