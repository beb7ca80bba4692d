"""A series is what the comité technique decided: cut under one code, going on under another."""

import json
from pathlib import Path
from typing import Any

import pytest

from senacs.observatory.definitions.indicators import entries_for, load_for, read_entries
from senacs.observatory.releases.comparability import as_before, comparability
from senacs.questionnaire.comparability import codes_elsewhere
from senacs.questionnaire.engine.errors import DefinitionErrors
from senacs.questionnaire.engine.loader import from_document
from senacs.questionnaire.enums import Effect
from senacs.questionnaire.models import QuestionnaireVersion
from senacs.questionnaire.queries import changes_of, get_compiled, previous_version
from senacs.questionnaire.services import decide_change, save_questionnaire
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


def test_other_words_cut_the_line_where_the_committee_says_so(version: QuestionnaireVersion, cast: Cast) -> None:
    document = json.loads(json.dumps(version.document))
    document.update(year=document["year"] + 1, data_year=document["data_year"] + 1, code="minimal-2027")
    for section in document["sections"]:
        for question in section["questions"]:
            question.pop("previous", None)
            if question["code"] == "benevoles":
                question["label"] = "Bénévoles, occasionnels compris"
    later = save_questionnaire(questionnaire=from_document(document))
    assert decided(later, cast, {})["breaks"] == {}
    assert decided(later, cast, {"benevoles": Effect.BREAK})["breaks"].keys() == {"benevoles"}
    found = decided(later, cast, {"benevoles": Effect.SAME_SERIES})
    assert found["breaks"] == {}
    # The year before, too, for a series that lacks its release: its codes, and what was cut then.
    (before,) = found["before"]
    assert before["since"] == 2024
    assert before["renamed"] == {"benevoles": "benevoles_actifs"}
    assert "salaries" in before["breaks"]


def test_indicators_of_other_years_are_read_by_the_codes_of_each(version: QuestionnaireVersion, tmp_path: Path) -> None:
    older = previous_version(version)
    assert older is not None
    assert codes_elsewhere(older) == {"benevoles": "benevoles_actifs"}
    assert codes_elsewhere(version) == {"benevoles_actifs": "benevoles"}
    entry = "- {code: b, label: B, definition: B, theme: emplois, kind: total, formula: benevoles + 0}"
    (tmp_path / "indicators").mkdir()
    (tmp_path / "indicators" / "essai.yaml").write_text(entry, encoding="utf-8")
    for one, formula in ((version, "benevoles + 0"), (older, "benevoles_actifs + 0")):
        (indicator,) = load_for(one, get_compiled(one).questionnaire, tmp_path / "indicators")
        assert indicator.formula.text == formula
        assert len(entries_for(one, get_compiled(one).questionnaire, tmp_path / "indicators")) == 1


def test_a_break_written_in_an_indicator_is_refused(version: QuestionnaireVersion) -> None:
    entry = {"code": "b", "label": "B", "definition": "B", "theme": "emplois", "kind": "total", "formula": "benevoles"}
    with pytest.raises(DefinitionErrors, match="clé « breaks » inconnue"):
        read_entries([({**entry, "breaks": [2024]}, "essai", 1)], get_compiled(version).questionnaire)


def test_first_year_of_all_follows_nothing(db: None) -> None:
    version = make_questionnaire("minimal")
    assert comparability(version, get_compiled(version).questionnaire, []) == {}
