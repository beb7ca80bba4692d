"""Series keep gaps, secrets and changes of definition apart."""

from pathlib import Path

import polars as pl

from senacs.observatory import frozen_files
from senacs.observatory.releases.series import Series, Totals


def totals(directory: Path, *, value: float | None, status: str, formula: str) -> Totals:
    directory.mkdir()
    row = {"level": "departement", "territory": "69", "indicator": "etp", "statistic": "mean"}
    cells = [
        {**row, "dimension": "kind", "kind": "CS", "modality": "", "value": value, "status": status},
        {**row, "dimension": "kind", "kind": "EVS", "modality": "", "value": 99.0, "status": "published"},
        {**row, "dimension": "gestion", "kind": "", "modality": "", "value": 98.0, "status": "published"},
    ]
    pl.DataFrame(cells, schema_overrides={"value": pl.Float64}).write_parquet(directory / frozen_files.CELLS_PARQUET)
    indicator = {"code": "etp", "formula": formula, "denominator": "", "population": ""}
    frozen_files.write_json({"indicators": [indicator]}, directory / frozen_files.METHODOLOGY)
    return Totals(directory)


def test_points_tell_secret_from_absence_and_say_where_the_formula_changed(tmp_path: Path) -> None:
    series = Series(
        [
            (2023, totals(tmp_path / "a", value=8.0, status="published", formula="etp_total")),
            (2024, totals(tmp_path / "b", value=None, status="primary", formula="etp_total")),
            (2025, totals(tmp_path / "c", value=9.0, status="published", formula="etp_total + etp_mad")),
        ]
    )
    points = series.points("etp", "mean", "departement", "69", "CS")
    assert [p.value for p in points] == [8.0, None, 9.0]
    assert [p.is_suppressed for p in points] == [False, True, False]
    assert [p.is_redefined for p in points] == [False, False, True]
    assert [p.value for p in series.points("etp", "mean", "departement", "69", "EVS")] == [99.0, 99.0, 99.0]
    assert [p.value for p in series.points("etp", "mean", "departement", "69")] == [None, None, None]
    assert [p.value for p in series.points("etp", "mean", "departement", "01", "CS")] == [None, None, None]
