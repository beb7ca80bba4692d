"""`export_questionnaire` and `import_questionnaire`: there and back, dry runs, and every refusal with its place."""

from io import StringIO
from pathlib import Path

import pytest
import xlsxwriter
from django.core.management import CommandError, call_command

from senacs.lib import clock
from senacs.lib.workbooks import read_workbook
from senacs.questionnaire.engine.loader import from_document, load_directory
from senacs.questionnaire.models import QuestionnaireVersion
from senacs.questionnaire.queries import indicators_of
from senacs.questionnaire.xlsform.writer import write_workbook
from tests.factories import QUESTIONNAIRES, make_questionnaire

pytestmark = pytest.mark.django_db
INDICATOR = {
    "code": "total_salaries",
    "label": "Salariés",
    "definition": "Personnes.",
    "theme": "emplois",
    "kind": "total",
    "formula": "salaries_total",
}


def run(*arguments: object) -> str:
    out = StringIO()
    call_command(*[str(argument) for argument in arguments], stdout=out)
    return out.getvalue()


@pytest.fixture
def workbook(tmp_path: Path) -> Path:
    path = tmp_path / "q.xlsx"
    write_workbook(load_directory(QUESTIONNAIRES / "minimal"), path, indicators=[INDICATOR])
    return path


def test_import_stores_a_draft_and_again_changes_nothing(workbook: Path) -> None:
    assert "1\u00a0indicateur" in run("import_questionnaire", workbook)
    version = QuestionnaireVersion.objects.get()
    assert version.checksum == load_directory(QUESTIONNAIRES / "minimal").checksum
    run("import_questionnaire", workbook)
    assert QuestionnaireVersion.objects.get().loaded_at == version.loaded_at


def test_dry_run_stores_nothing(workbook: Path) -> None:
    assert "Rien n’a été enregistré" in run("import_questionnaire", workbook, "--dry-run")
    assert not QuestionnaireVersion.objects.exists()


def test_import_writes_yaml(workbook: Path, tmp_path: Path) -> None:
    run("import_questionnaire", workbook, "--yaml", tmp_path / "yaml")
    assert load_directory(tmp_path / "yaml").checksum == QuestionnaireVersion.objects.get().checksum


def test_wrong_indicator_is_told_with_its_row(tmp_path: Path) -> None:
    path = tmp_path / "q.xlsx"
    write_workbook(
        load_directory(QUESTIONNAIRES / "minimal"), path, indicators=[INDICATOR | {"formula": "salaires_total"}]
    )
    with pytest.raises(CommandError, match=r"indicators:2 : .*salaires_total"):
        run("import_questionnaire", path)


def test_frozen_version_is_not_overwritten(workbook: Path, tmp_path: Path) -> None:
    version = make_questionnaire("minimal")
    QuestionnaireVersion.objects.filter(pk=version.pk).update(checksum="0" * 64, frozen_at=clock.now())
    with pytest.raises(CommandError, match="figée"):
        run("import_questionnaire", workbook)


def test_export_of_a_stored_version_comes_back_identical(workbook: Path, tmp_path: Path) -> None:
    run("import_questionnaire", workbook)
    version = QuestionnaireVersion.objects.get()
    assert indicators_of(version) == [INDICATOR]
    first, second = tmp_path / "un.xlsx", tmp_path / "deux.xlsx"
    assert version.checksum[:12] in run("export_questionnaire", version.code, "--out", first)
    QuestionnaireVersion.objects.all().delete()
    run("import_questionnaire", first)
    run("export_questionnaire", version.code, "--out", second)
    sheets = [[(sheet.name, sheet.rows) for sheet in read_workbook(path)] for path in (first, second)]
    assert sheets[0] == sheets[1]
    assert indicators_of(QuestionnaireVersion.objects.get()) == [INDICATOR]


def test_version_without_indicators_takes_those_of_the_files_that_read_its_questions(tmp_path: Path) -> None:
    version = make_questionnaire("minimal")
    path = tmp_path / "sortie.xlsx"
    run("export_questionnaire", version.code, "--out", path)
    told = run("import_questionnaire", path)
    assert ", 0\u00a0indicateur" not in told
    assert indicators_of(QuestionnaireVersion.objects.get())


@pytest.mark.slow
def test_questionnaire_of_the_year_goes_out_and_in_and_out_again_unchanged(tmp_path: Path) -> None:
    first, second = tmp_path / "un.xlsx", tmp_path / "deux.xlsx"
    run("export_questionnaire", "--out", first)
    run("import_questionnaire", first)
    version = QuestionnaireVersion.objects.get()
    assert len(indicators_of(version)) > 300
    run("export_questionnaire", version.code, "--out", second)
    one, other = ({sheet.name: sheet.rows for sheet in read_workbook(path)} for path in (first, second))
    assert one == other
    assert {"survey", "choices", "settings", "rules", "indicators"} <= one.keys()


def test_workbook_of_kobo_is_stored_and_what_is_left_out_is_told(tmp_path: Path) -> None:
    path = tmp_path / "kobo.xlsx"
    with xlsxwriter.Workbook(str(path)) as book:
        sheet = book.add_worksheet("survey")
        lines = [
            ("type", "name", "label", "relevant"), ("begin group", "g", "Groupe", ""), ("integer", "a", "A", ""),
            ("integer", "b", "B", "${a} > 1"), ("image", "photo", "Photo", ""), ("end group", "", "", ""),
        ]  # fmt: skip
        for number, line in enumerate(lines):
            sheet.write_row(number, 0, line)
    told = run("import_questionnaire", path)
    assert "non repris : survey:5 : « photo », de type « image »" in told
    assert set(from_document(QuestionnaireVersion.objects.get().document).fields) == {"a", "b"}


def test_unknown_version_and_missing_file_are_told(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="Aucune version « absente »"):
        run("export_questionnaire", "absente", "--out", tmp_path / "x.xlsx")
    with pytest.raises(CommandError, match="n’existe pas"):
        run("import_questionnaire", tmp_path / "absent.xlsx")
