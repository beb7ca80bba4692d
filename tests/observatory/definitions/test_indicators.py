"""Indicators are data: read, checked, refused in French with file and line."""

from pathlib import Path

import pytest

from senacs.observatory.definitions.indicators import load, terms
from senacs.questionnaire.engine.errors import DefinitionErrors
from senacs.questionnaire.engine.loader import load_directory
from senacs.questionnaire.engine.schema import Questionnaire
from tests import factories

INDICATORS = factories.FIXTURES / "observatory" / "indicators"


@pytest.fixture(scope="module")
def questionnaire() -> Questionnaire:
    return load_directory(factories.QUESTIONNAIRES / "minimal")


def refused(tmp_path: Path, text: str, questionnaire: Questionnaire) -> str:
    (tmp_path / "a.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(DefinitionErrors) as caught:
        load(tmp_path, questionnaire)
    return str(caught.value)


BASE = "- {{code: x, label: X, definition: D, theme: emplois, kind: {kind}, formula: {formula}}}\n"


def test_fixtures_load_in_order(questionnaire: Questionnaire) -> None:
    found = load(INDICATORS, questionnaire)
    assert [i.code for i in found][:2] == ["etp_total", "salaries_moyens"]
    assert found[0].is_key
    assert next(i for i in found if i.code == "themes").modalities == {
        "famille": "Famille",
        "jeunesse": "Jeunesse",
        "seniors": "Seniors",
    }


@pytest.mark.parametrize(
    ("kind", "formula", "words"),
    [
        ("total", "salaries_totaux", "« salaries_totaux » inconnu"),
        ("total", "clas = oui", "il faut un nombre"),
        ("share", "salaries_total", "il faut un oui/non"),
        ("distribution", "salaries_total", "compte un champ à choix"),
        ("moyenne", "salaries_total", "nature « moyenne » inconnue"),
        ("ratio", "salaries_total", "demande un « denominator »"),
    ],
)
def test_mistake_is_told_with_file_and_line(
    tmp_path: Path, questionnaire: Questionnaire, kind: str, formula: str, words: str
) -> None:
    message = refused(tmp_path, "# une ligne\n" + BASE.format(kind=kind, formula=formula), questionnaire)
    assert words in message
    assert "a.yaml:2" in message


def test_all_mistakes_come_at_once(tmp_path: Path, questionnaire: Questionnaire) -> None:
    text = BASE.format(kind="total", formula="salaries_total") * 2 + "- {code: y, labell: Y}\n"
    message = refused(tmp_path, text, questionnaire)
    assert "déjà défini (a.yaml:1)" in message
    assert "clé « labell » inconnue" in message
    assert "il manque « definition »" in message


def test_breaks_are_the_committee_s_decisions_and_no_key_of_an_indicator(
    tmp_path: Path, questionnaire: Questionnaire
) -> None:
    entry = BASE.format(kind="total", formula="salaries_total").replace("}", ", breaks: [2024]}")
    assert "clé « breaks » inconnue" in refused(tmp_path, entry, questionnaire)


def test_indicator_of_other_years_is_left_out(tmp_path: Path, questionnaire: Questionnaire) -> None:
    entry = BASE.format(kind="total", formula="jamais_vu").replace("}", ", until: 2020}")
    (tmp_path / "a.yaml").write_text(entry, encoding="utf-8")
    assert load(tmp_path, questionnaire) == ()


def test_terms_follow_computed_totals(questionnaire: Questionnaire) -> None:
    by_code = {i.code: i for i in load(INDICATORS, questionnaire)}
    assert terms(by_code["budget_detail"].formula, questionnaire) == {"budget_caf", "budget_autres"}
    denominator = by_code["part_caf"].denominator
    assert denominator is not None
    assert terms(denominator, questionnaire) == {"budget_caf", "budget_autres"}
    assert terms(by_code["grandes"].formula, questionnaire) == frozenset()
