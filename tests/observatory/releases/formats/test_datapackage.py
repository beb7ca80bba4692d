"""The data package, held by frictionless: a valid descriptor, and true of the CSV that it describes."""

import gc
import gzip
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from senacs.observatory.definitions.publication_plan import Plan
from senacs.observatory.releases.formats.datapackage import DATAPACKAGE
from senacs.observatory.releases.formats.writing import write_formats

frictionless = pytest.importorskip("frictionless")
# frictionless 5.21 leaves compressed files to the garbage collector.
pytestmark = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")


@pytest.fixture(autouse=True)
def collected() -> Iterator[None]:
    yield
    gc.collect()


@pytest.fixture
def package(cells: pl.DataFrame, note: dict[str, Any], plan: Plan, tmp_path: Path) -> Path:
    write_formats(cells, note, plan, tmp_path, names={})
    return tmp_path / DATAPACKAGE


def test_descriptor_and_cells_are_valid(package: Path) -> None:
    report = frictionless.validate(package)
    assert report.valid, report.flatten(["message"])
    assert report.stats["tasks"] == 1


def test_an_altered_cell_is_refused(package: Path) -> None:
    csv = package.with_name("cells.csv.gz")
    csv.write_bytes(gzip.compress(gzip.decompress(csv.read_bytes()).replace(b"5400.0", b"5401.0"), mtime=0))
    assert not frictionless.validate(package).valid


def test_a_secret_is_read_as_missing_and_zero_as_zero(package: Path) -> None:
    rows = frictionless.Package(package).get_resource("cells").read_rows()
    values = {row["territory"]: row["value"] for row in rows if row["indicator"] == "budget"}
    assert (values["01"], values["04"]) == (None, 0)


def test_no_secret_is_an_empty_cell(package: Path) -> None:
    lines = gzip.decompress(package.with_name("cells.csv.gz").read_bytes()).decode().splitlines()
    hidden = [line for line in lines if ",primary," in line or ",complementary," in line]
    assert len(hidden) == 3
    assert all(",secret,secret," in line for line in hidden)


def test_same_cells_same_bytes(package: Path, cells: pl.DataFrame, note: dict[str, Any], plan: Plan) -> None:
    before = {path.name: path.read_bytes() for path in package.parent.iterdir()}
    write_formats(cells, note, plan, package.parent, names={})
    assert {path.name: path.read_bytes() for path in package.parent.iterdir()} == before
    assert json.loads(before[DATAPACKAGE])["resources"][0]["bytes"] == len(before["cells.csv.gz"])
