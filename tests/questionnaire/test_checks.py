"""The check at start-up: errors with their place, read again only when something changed."""

import shutil
from pathlib import Path
from typing import Any

import pytest

from senacs.questionnaire import checks

FIXTURES = Path(__file__).parent / "fixtures"


@pytest.fixture
def data(tmp_path: Path, settings: Any) -> Path:
    settings.DATA_DIR, settings.VAR_DIR = tmp_path / "data", tmp_path / "var"
    settings.VAR_DIR.mkdir()
    return settings.DATA_DIR / "questionnaires"


def test_valid_questionnaires_are_read_once(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shutil.copytree(FIXTURES / "grid", data / "2026")
    assert checks.check_questionnaires() == []

    def refuse(directory: Path) -> None:
        pytest.fail(f"{directory} was read again")

    monkeypatch.setattr(checks, "load_directory", refuse)
    assert checks.check_questionnaires() == []


def test_a_change_is_seen_and_every_error_told(data: Path) -> None:
    shutil.copytree(FIXTURES / "grid", data / "2026")
    assert checks.check_questionnaires() == []
    shutil.copytree(FIXTURES / "errors", data / "2027")
    messages = [error.msg for error in checks.check_questionnaires()]
    assert any("section.yaml:7 : question « salaries »" in message for message in messages)
    assert [error.msg for error in checks.check_questionnaires()] == messages


def test_a_spoilt_memory_is_ignored(data: Path, settings: Any) -> None:
    shutil.copytree(FIXTURES / "grid", data / "2026")
    (settings.VAR_DIR / "questionnaires-checked.json").write_text("{")
    assert checks.check_questionnaires() == []


def test_a_folder_that_cannot_be_written_does_not_stop_the_start(data: Path, settings: Any, caplog: Any) -> None:
    shutil.copytree(FIXTURES / "grid", data / "2026")
    settings.VAR_DIR = settings.VAR_DIR / "absent"
    assert checks.check_questionnaires() == []
    assert "non conservée" in caplog.text
