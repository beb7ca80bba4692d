"""A questionnaire as a workbook: nothing changes there and back, Kobo and ODK read it, mistakes are placed."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
import xlsxwriter
from django.conf import settings
from pyxform.xls2xform import convert

from senacs.lib.workbooks import WorkbookError
from senacs.questionnaire.engine.errors import DefinitionErrors
from senacs.questionnaire.engine.loader import load_directory
from senacs.questionnaire.engine.schema import Questionnaire
from senacs.questionnaire.xlsform.columns import CHOICES, GRIDS, RULES, SETTINGS, SURVEY, Row
from senacs.questionnaire.xlsform.files import write_directory
from senacs.questionnaire.xlsform.reader import definition_of, read_definition
from senacs.questionnaire.xlsform.sheets import Sheets, sheets_of
from senacs.questionnaire.xlsform.writer import write_workbook
from tests.factories import QUESTIONNAIRES

FIXTURES = Path(__file__).parent.parent / "fixtures"
EACH = [QUESTIONNAIRES / "minimal", QUESTIONNAIRES / "minimal_2025"]
EACH += [FIXTURES / name for name in ("kinds", "conditions", "grid")]
Edit = Callable[[dict[str, str]], dict[str, str]]


@pytest.fixture(scope="module")
def minimal() -> Questionnaire:
    return load_directory(QUESTIONNAIRES / "minimal")


def edited(questionnaire: Questionnaire, sheet: str, name: str, **cells: str) -> Sheets:
    """The sheets with some cells of one row changed; the row is found by its first cell that equals `name`."""
    sheets = sheets_of(questionnaire)
    sheets[sheet] = [
        replace(row, cells=row.cells | cells) if name in row.cells.values() else row for row in sheets[sheet]
    ]
    return sheets


def errors_of(sheets: Sheets) -> list[tuple[str, int, str]]:
    with pytest.raises(DefinitionErrors) as caught:
        definition_of(sheets)
    return [(error.file, error.line, error.message) for error in caught.value.errors]


@pytest.mark.parametrize("directory", EACH, ids=lambda path: path.name)
def test_round_trip_through_rows_changes_nothing(directory: Path) -> None:
    questionnaire = load_directory(directory)
    assert definition_of(sheets_of(questionnaire)).questionnaire.checksum == questionnaire.checksum


@pytest.mark.slow
def test_round_trip_of_the_real_questionnaire_through_a_file(tmp_path: Path) -> None:
    questionnaire = load_directory(settings.DATA_DIR / "questionnaires" / "2026")
    path = tmp_path / "questionnaire.xlsx"
    write_workbook(questionnaire, path, indicators=[{"code": "x", "label": "X", "decimals": 1, "key": True}])
    definition = read_definition(path)
    assert definition.questionnaire.checksum == questionnaire.checksum
    assert definition.questionnaire.document == questionnaire.document
    assert definition.indicators == (({"code": "x", "label": "X", "decimals": 1, "key": True}, 2),)


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_pyxform_accepts_the_real_questionnaire_without_a_warning(tmp_path: Path) -> None:
    path = tmp_path / "questionnaire.xlsx"
    write_workbook(load_directory(settings.DATA_DIR / "questionnaires" / "2026"), path)
    warnings: list[str] = []
    form = convert(str(path), warnings=warnings).xform
    assert warnings == []
    assert '<bind nodeset="/data/rubrique_emplois/grille_effectifs/salaries_direction" type="int"' in form
    assert "jr:constraintMsg" in form


def test_yaml_files_of_an_import_load_as_the_same_questionnaire(tmp_path: Path) -> None:
    for directory in EACH:
        questionnaire = load_directory(directory)
        write_directory(questionnaire, tmp_path / directory.name)
        assert load_directory(tmp_path / directory.name).checksum == questionnaire.checksum


def test_edited_label_is_all_that_changes(minimal: Questionnaire) -> None:
    sheets = edited(minimal, SURVEY, "etp_total", label="ETP rémunérés")
    changed = definition_of(sheets).questionnaire
    assert changed.fields["etp_total"].label == "ETP rémunérés"
    assert {c for c, f in changed.fields.items() if f != minimal.fields[c]} == {"etp_total"}


def test_row_added_in_the_words_of_kobo_becomes_a_question(minimal: Questionnaire) -> None:
    sheets = sheets_of(minimal)
    at = next(i for i, row in enumerate(sheets[SURVEY]) if row.get("name") == "etp_total")
    sheets[SURVEY].insert(at, Row({"type": "integer", "name": "apprentis", "label": "Apprentis"}, 99))
    field = definition_of(sheets).questionnaire.fields["apprentis"]
    assert (field.kind.value, field.section) == ("entier", "emplois")


@pytest.mark.parametrize(
    ("sheet", "name", "cells", "reason"),
    [
        (SURVEY, "etp_total", {"senacs_decimals": "deux"}, "« deux » n’est pas un nombre entier"),
        (SURVEY, "etp_total", {"senacs_required": "peut-être"}, "« oui » ou « non »"),
        (SURVEY, "etp_total", {"senacs_kind": "reel"}, "« kind » vaut « reel »"),
        (SURVEY, "clas_enfants", {"senacs_condition": "clas = 3"}, "condition"),
        (SURVEY, "clas_enfants", {"relevant": "true()"}, "se déduit"),
        (SURVEY, "etp_animation", {"label": "Autre libellé"}, "se déduit"),
        (SURVEY, "etp_total", {"senacs_element": "chapitre"}, "élément « chapitre » inconnu"),
        (CHOICES, "association", {"label": ""}, "une option a une liste"),
        (CHOICES, "association", {"list_name": "statuts"}, "aucune question n’utilise la liste « statuts »"),
        (GRIDS, "animation", {"axe": "diagonale"}, "axe « diagonale » inconnu"),
        (RULES, "ETP_SALARIES", {"rule": "etp_totl <= salaries_total"}, "etp_totl"),
        (SETTINGS, "minimal-2026", {"senacs_year": "demain"}, "n’est pas un nombre entier"),
    ],
)
def test_bad_cell_is_told_with_sheet_row_and_reason(
    minimal: Questionnaire, sheet: str, name: str, cells: dict[str, str], reason: str
) -> None:
    sheets = edited(minimal, sheet, name, **cells)
    row = next(row.number for row in sheets[sheet] if name in row.cells.values())
    found = errors_of(sheets)
    assert any(file == sheet and line == row and reason in message for file, line, message in found), found


def test_unclosed_section_and_orphan_grid_are_told(minimal: Questionnaire) -> None:
    sheets = sheets_of(minimal)
    del sheets[SURVEY][-1]
    sheets[GRIDS].append(Row({"grille": "fantome", "axe": "ligne", "code": "a", "label": "A"}, 40))
    messages = [message for _, _, message in errors_of(sheets)]
    assert "la dernière rubrique n’est pas fermée (end_group)." in messages
    assert f"aucune ligne de « {SURVEY} » ne déclare la grille « fantome »." in messages


def test_formula_in_a_sheet_is_refused_not_evaluated(tmp_path: Path, minimal: Questionnaire) -> None:
    path = tmp_path / "hostile.xlsx"
    book = xlsxwriter.Workbook(str(path))
    for name, rows in sheets_of(minimal).items():
        sheet = book.add_worksheet(name)
        sheet.write_string(0, 0, "code" if name == RULES else "type")
        if name == SURVEY:
            sheet.write_formula(1, 0, '=WEBSERVICE("http://exemple.invalid")', None, "integer")
        assert rows is not None
    book.close()
    with pytest.raises(DefinitionErrors, match="la cellule A2 est une formule"):
        read_definition(path)


def test_workbook_without_our_sheets_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "autre.xlsx"
    book = xlsxwriter.Workbook(str(path))
    book.add_worksheet("Budget").write_string(0, 0, "x")
    book.close()
    with pytest.raises(DefinitionErrors, match="il manque la feuille « survey »"):
        read_definition(path)


def test_file_beyond_ten_megabytes_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "enorme.xlsx"
    with path.open("wb") as file:
        file.truncate(11 * 1024 * 1024)
    with pytest.raises(WorkbookError, match="dépasse 10\u00a0Mo"):
        read_definition(path)
