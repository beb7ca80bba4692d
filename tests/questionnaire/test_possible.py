"""What a field can hold: asked of every value before it is stored."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from senacs.questionnaire.engine.possible import ImpossibleValue, require_possible
from senacs.questionnaire.engine.values import NOT_CONCERNED
from tests import real_year

FIELDS = real_year.questionnaire().fields
# A free field that no bound of 2026 may move under the test.
CHOICE, SEVERAL, AMOUNT, ETP, DAY, TEXT, YES = (
    "locaux_accessibles", "domaines_action", "budget_total", "etp_animation", "ouverture_heures_mardi", "axe_1", "alsh",
)  # fmt: skip


@pytest.mark.parametrize(
    ("code", "value"),
    [
        (CHOICE, "partie"),
        (SEVERAL, ("jeunes", "culture")),
        (SEVERAL, ()),
        (AMOUNT, 0),
        (AMOUNT, 1235),
        (ETP, Decimal("2.5")),
        (ETP, 3),
        (DAY, Decimal("7.25")),
        (TEXT, "Aller vers"),
        (YES, False),
        ("salaries_animation", NOT_CONCERNED),
    ],
)
def test_what_a_person_can_answer_is_possible(code: str, value: Any) -> None:
    require_possible(FIELDS[code], value)


@pytest.mark.parametrize(
    ("code", "value", "reason"),
    [
        (CHOICE, "oui", "« oui » ne fait pas partie des choix"),
        (CHOICE, True, "ne fait pas partie"),
        (CHOICE, ("partie",), "ne fait pas partie"),
        (SEVERAL, ("jeunes", "inconnu"), "« inconnu » ne fait pas partie"),
        (SEVERAL, ("culture", "jeunes"), "en désordre"),
        (SEVERAL, ("jeunes", "jeunes"), "répétés"),
        (SEVERAL, "jeunes", "pas une liste"),
        (AMOUNT, -1, "inférieur à 0"),
        (AMOUNT, Decimal("12.5"), "pas entier"),
        (AMOUNT, True, "pas un nombre"),
        (AMOUNT, "12", "pas un nombre"),
        (ETP, Decimal("2.123"), "plus de"),
        (ETP, Decimal("NaN"), "pas fini"),
        (DAY, 25, "supérieur à 24"),
        (TEXT, "  ", "vide"),
        (TEXT, "x" * 1000, "dépasse"),
        (YES, "oui", "ni oui ni non"),
        (YES, 1, "ni oui ni non"),
        ("budget_total", date(2025, 1, 1), "pas un nombre"),
        ("salaries_total", 12, "calculé"),
    ],
)
def test_what_nobody_can_answer_is_not(code: str, value: Any, reason: str) -> None:
    with pytest.raises(ImpossibleValue, match=reason):
        require_possible(FIELDS[code], value)


def test_not_concerned_only_where_the_question_allows_it() -> None:
    required = next(field for field in FIELDS.values() if not field.allows_not_concerned and not field.is_computed)
    with pytest.raises(ImpossibleValue, match="non concerné"):
        require_possible(required, NOT_CONCERNED)
