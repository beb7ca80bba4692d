"""Where the register knows, the register answers: of every structure asked, not of those who answered."""

import json
import shutil
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from senacs.observatory import frozen_files, services
from senacs.observatory.models import Release
from senacs.observatory.releases.build import run_build
from senacs.observatory.releases.reader import reader_for
from tests import factories
from tests.observatory.conftest import PLACES, make_survey

INDICATORS = """
- {code: part_qpv, label: En QPV, definition: Du registre., theme: identite, unit: "%", decimals: 1, kind: share,
   formula: structure_qpv, key: true}
- {code: part_association, label: Associations, definition: Du registre., theme: identite, unit: "%", decimals: 1,
   kind: share, formula: "structure_gestion = 'associatif'"}
- {code: densite, label: Structures, definition: Du registre., theme: identite, decimals: 2, kind: density,
   formula: "SI(structure_type = 'CS'; 1; 1)"}
"""


@pytest.fixture
def release(db: None, settings: Any, tmp_path: Path) -> Release:
    shutil.copytree(factories.FIXTURES / "observatory", tmp_path / "data")
    (tmp_path / "data" / "indicators" / "registre.yaml").write_text(INDICATORS, encoding="utf-8")
    settings.DATA_DIR, settings.RELEASES_DIR = tmp_path / "data", tmp_path / "releases"
    settings.MICRODATA_DIR = tmp_path / "microdata"
    return run_build(services.create_release(campaign=make_survey(), by=None).pk)


def test_register_answers_for_every_structure_asked(release: Release) -> None:
    reader = reader_for(release)
    asked = sum(number for _, _, number in PLACES)
    qpv = reader.cell("part_qpv", "france", "FR")
    # Every other structure is in a QPV; of those who answered, 55,6 % are.
    assert qpv is not None and (qpv.value, qpv.n) == (50.0, asked)
    # One structure in four has no known gestion: the share is of those whose gestion the register knows.
    association = reader.cell("part_association", "france", "FR")
    assert association is not None and (association.value, association.n) == (66.7, asked * 3 // 4)
    # The three structures of 62 are in the public list: nothing of them is a secret.
    small = reader.cell("part_qpv", "departement", "62")
    assert small is not None and not small.is_suppressed and small.n == 3
    assert reader.indicators["part_qpv"].is_of_register and not reader.indicators["clas"].is_of_register


def test_register_is_no_part_of_what_the_answers_tell(release: Release) -> None:
    note = json.loads((release.directory / frozen_files.METHODOLOGY).read_text(encoding="utf-8"))
    told = {entry["code"]: entry["source"] for entry in note["indicators"]}
    assert {code for code, source in told.items() if source == "register"} == {
        "part_qpv",
        "part_association",
        "densite",
    }
    assert "part_qpv" not in note["item_response"] and all(value <= 100 for value in note["item_response"].values())
    cells = pl.read_parquet(release.directory / frozen_files.CELLS_PARQUET)
    assert not len(cells.filter(pl.col("indicator") == "densite", pl.col("statistic") == "estimate"))
    assert len(cells.filter(pl.col("indicator") == "densite", pl.col("level") == "france"))


def test_correction_tells_the_register_again(release: Release) -> None:
    Release.objects.filter(pk=release.pk).update(state="published", published_at="2026-10-01T08:00:00Z")
    corrected = run_build(services.create_release(campaign=release.campaign, by=None, reason="Trois oublis.").pk)
    cell = reader_for(corrected).cell("part_qpv", "france", "FR")
    assert cell is not None and cell.value == 50.0
