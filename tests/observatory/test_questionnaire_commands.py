"""`export_questionnaire` and `import_questionnaire`: there and back, dry runs, and every refusal with its place."""

from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from senacs.lib import clock
from senacs.questionnaire.engine.loader import load_directory
from senacs.questionnaire.models import QuestionnaireVersion
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
    assert "Rien n'a été enregistré" in run("import_questionnaire", workbook, "--dry-run")
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


def test_export_of_a_stored_version_comes_back_identical(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    version = make_questionnaire("minimal")
    path = tmp_path / "sortie.xlsx"
    monkeypatch.setattr("senacs.observatory.management.commands.export_questionnaire.entries_of", lambda _: [INDICATOR])
    assert version.checksum[:12] in run("export_questionnaire", version.code, "--out", path)
    run("import_questionnaire", path)
    assert QuestionnaireVersion.objects.get().checksum == version.checksum


def test_unknown_version_and_missing_file_are_told(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="Aucune version « absente »"):
        run("export_questionnaire", "absente", "--out", tmp_path / "x.xlsx")
    with pytest.raises(CommandError, match="n'existe pas"):
        run("import_questionnaire", tmp_path / "absent.xlsx")
