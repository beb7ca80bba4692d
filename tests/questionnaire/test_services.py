"""Versions: loaded while drafts, frozen for ever."""

import shutil
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from senacs.lib import clock
from senacs.lib.refusals import Refused
from senacs.questionnaire import states
from senacs.questionnaire.engine.loader import DefinitionErrors, load_directory
from senacs.questionnaire.models import QuestionnaireVersion
from senacs.questionnaire.services import freeze_version, load_questionnaire, save_questionnaire

FIXTURES = Path(__file__).parent / "fixtures"
MORNING = datetime(2026, 3, 1, 9, tzinfo=UTC)
EVENING = datetime(2026, 3, 1, 18, tzinfo=UTC)

pytestmark = pytest.mark.django_db


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    return Path(shutil.copytree(FIXTURES / "grid", tmp_path / "grid"))


def reword(directory: Path) -> None:
    section = directory / "emplois.yaml"
    section.write_text(section.read_text().replace("label: Direction", "label: Direction et adjoints"))


def test_load_records_the_document() -> None:
    with clock.frozen(MORNING):
        version = load_questionnaire(directory=FIXTURES / "grid")
    assert (version.code, version.year, version.data_year, version.loaded_at) == ("grid", 2026, 2025, MORNING)
    assert len(version.checksum) == 64
    assert not version.is_frozen


def test_load_again_changes_nothing_and_a_draft_follows_its_files(directory: Path) -> None:
    with clock.frozen(MORNING):
        first = load_questionnaire(directory=directory)
    with clock.frozen(EVENING):
        assert load_questionnaire(directory=directory).loaded_at == MORNING
        reword(directory)
        changed = load_questionnaire(directory=directory)
    assert (changed.pk, changed.loaded_at) == (first.pk, EVENING)
    assert changed.checksum != first.checksum


def test_a_frozen_version_never_changes(directory: Path) -> None:
    version = freeze_version(version=load_questionnaire(directory=directory))
    assert load_questionnaire(directory=directory).is_frozen
    reword(directory)
    with pytest.raises(Refused, match="« grid » est figée"):
        load_questionnaire(directory=directory)
    version.refresh_from_db()
    assert version.checksum == load_questionnaire(directory=FIXTURES / "grid").checksum


def test_freezing_again_keeps_the_first_date() -> None:
    version = load_questionnaire(directory=FIXTURES / "grid")
    with clock.frozen(MORNING):
        freeze_version(version=version)
    with clock.frozen(EVENING):
        freeze_version(version=QuestionnaireVersion.objects.get())
    assert QuestionnaireVersion.objects.get().frozen_at == version.frozen_at == MORNING


def test_the_door_of_states_freezes_once() -> None:
    version = states.apply(load_questionnaire(directory=FIXTURES / "grid"), "freeze")
    with pytest.raises(Refused, match="Figer"):
        states.apply(version, "freeze")


def test_an_invalid_questionnaire_records_nothing() -> None:
    with pytest.raises(DefinitionErrors):
        load_questionnaire(directory=FIXTURES / "errors")
    assert not QuestionnaireVersion.objects.exists()


@pytest.mark.parametrize(
    ("key", "value", "told"), [("title", "é" * 201, "titre : "), ("code", "a" * 41, "code : "), ("code", "", "code : ")]
)
def test_what_the_database_does_not_hold_is_told(key: str, value: str, told: str) -> None:
    questionnaire = replace(load_directory(FIXTURES / "grid"), **{key: value})
    with pytest.raises(Refused, match="ne peut pas être enregistré") as caught:
        save_questionnaire(questionnaire=questionnaire)
    assert told in str(caught.value)
