"""Observations of SDMX-CSV with their two statuses."""

import csv
import io

import polars as pl
import pytest

from senacs.observatory.definitions.publication_plan import Plan
from senacs.observatory.releases.formats.sdmx import sdmx_csv


@pytest.fixture
def rows(cells: pl.DataFrame, plan: Plan) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(sdmx_csv(cells, plan, data_year=2025).decode())))


@pytest.mark.parametrize(
    ("area", "statistic", "expected"),
    [
        ("FR", "estimate", ("5400.0", "E", "F")),
        ("FR", "sum", ("5000.0", "A", "F")),
        ("DEP-01", "sum", ("NaN", "Q", "C")),
        ("DEP-02", "sum", ("NaN", "Q", "C")),
        ("DEP-03", "sum", ("NaN", "Q", "C")),
        ("DEP-04", "sum", ("0.0", "A", "F")),
        ("DEP-04", "ratio", ("NaN", "O", "F")),
    ],
)
def test_statuses(rows: list[dict[str, str]], area: str, statistic: str, expected: tuple[str, str, str]) -> None:
    found = [r for r in rows if (r["REF_AREA"], r["STATISTIC"], r["KIND"]) == (area, statistic, "_T")]
    assert [(r["OBS_VALUE"], r["OBS_STATUS"], r["CONF_STATUS"]) for r in found] == [expected]


def test_every_row_names_its_structure_and_its_series(rows: list[dict[str, str]]) -> None:
    assert {(r["STRUCTURE"], r["STRUCTURE_ID"], r["ACTION"]) for r in rows} == {
        ("dataflow", "SENACS:DF_SENACS(1.0)", "I")
    }
    keys = [(r["REF_AREA"], r["INDICATOR"], r["STATISTIC"], r["KIND"], r["MODALITY"], r["TIME_PERIOD"]) for r in rows]
    assert len(set(keys)) == len(keys)
    assert all(value for key in keys for value in key)
