"""A series is what the comité technique decided: cut under one code, going on under another."""

from typing import Any

import pytest

from senacs.observatory.definitions.indicators import read_entries
from senacs.observatory.releases.comparability import as_before, comparability
from senacs.questionnaire.enums import Effect
from senacs.questionnaire.models import QuestionnaireVersion
from senacs.questionnaire.queries import changes_of, get_compiled
from senacs.questionnaire.services import decide_change
from tests.factories import Cast, make_questionnaire

pytestmark = pytest.mark.django_db
FORMULAS = {
    "salaries": "salaries_total",
    "benevoles": "benevoles + 0",
    "par_salarie": "etp_total / salaries_total",
    "registre": "SI(structure_type = 'CS'; 1; 0)",
}


def decided(version: QuestionnaireVersion, cast: Cast, effects: dict[str, Effect]) -> dict[str, Any]:
    changes = changes_of(version)
    assert changes is not None
    for change in changes.questions:
        if change.question.code in effects:
            effect = effects[change.question.code]
            text = f"Décidé : {change.question.code}."
            decide_change(
                version=version, question=change.question.code, effect=effect, text=text, by=cast.comite_technique
            )
    entries = [
        ({"code": c, "label": c, "definition": c, "theme": "emplois", "kind": "total", "formula": f}, "essai", n)
        for n, (c, f) in enumerate(FORMULAS.items())
    ]
    questionnaire = get_compiled(version).questionnaire
    return comparability(version, questionnaire, read_entries(entries, questionnaire))


@pytest.fixture
def version(db: None) -> QuestionnaireVersion:
    make_questionnaire("minimal_2025")
    return make_questionnaire("minimal")


def test_redefined_question_breaks_whatever_reads_it(version: QuestionnaireVersion, cast: Cast) -> None:
    effects = {"salaries_total": Effect.BREAK, "etp_total": Effect.SAME_SERIES, "benevoles": Effect.SAME_SERIES}
    found = decided(version, cast, effects)
    assert found["since"] == 2024
    assert set(found["breaks"]) == {"salaries", "par_salarie"}
    assert found["breaks"]["salaries"].endswith("Décidé : salaries_total")


def test_renamed_code_goes_on_as_decided(version: QuestionnaireVersion, cast: Cast) -> None:
    same = dict.fromkeys(("salaries_total", "etp_total", "benevoles"), Effect.SAME_SERIES)
    found = decided(version, cast, same)
    assert found["breaks"] == {}
    assert found["renamed"]["benevoles"] == "benevoles_actifs"
    assert as_before("benevoles + 0", found["renamed"]) == "benevoles_actifs + 0"
    assert as_before("benevoles_heures + 0", found["renamed"]) == "benevoles_heures + 0"


def test_without_a_decision_the_line_is_cut(version: QuestionnaireVersion, cast: Cast) -> None:
    assert "benevoles" in decided(version, cast, {})["breaks"]


def test_first_year_of_all_follows_nothing(db: None) -> None:
    version = make_questionnaire("minimal")
    assert comparability(version, get_compiled(version).questionnaire, []) == {}
