"""Series keep gaps, secrets and changes of definition apart."""

from pathlib import Path
from typing import Any

import polars as pl

from senacs.observatory import frozen_files
from senacs.observatory.releases.series import Series, Totals


def totals(
    directory: Path, *, value: float | None, status: str, formula: str, decided: dict[str, Any] | None = None
) -> Totals:
    directory.mkdir()
    row = {"level": "departement", "territory": "69", "indicator": "etp", "statistic": "mean"}
    cells = [
        {**row, "dimension": "kind", "kind": "CS", "modality": "", "value": value, "status": status},
        {**row, "dimension": "kind", "kind": "EVS", "modality": "", "value": 99.0, "status": "published"},
        {**row, "dimension": "gestion", "kind": "", "modality": "", "value": 98.0, "status": "published"},
    ]
    pl.DataFrame(cells, schema_overrides={"value": pl.Float64}).write_parquet(directory / frozen_files.CELLS_PARQUET)
    indicator = {"code": "etp", "formula": formula, "denominator": "", "population": "", "unit": "ETP"}
    frozen_files.write_json(
        {"indicators": [indicator], "comparability": decided or {}}, directory / frozen_files.METHODOLOGY
    )
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


def test_decisions_of_the_committee_cut_the_line_or_let_it_go_on(tmp_path: Path) -> None:
    redefined = {"since": 2023, "breaks": {"etp": "ETP : compté au 31 décembre"}, "renamed": {}}
    renamed = {"since": 2024, "breaks": {}, "renamed": {"etp_annuels": "etp_total"}}
    series = Series(
        [
            (2023, totals(tmp_path / "a", value=8.0, status="published", formula="etp_total + 1")),
            # Under the same code and by the same formula, another question.
            (2024, totals(tmp_path / "b", value=9.0, status="published", formula="etp_total + 1", decided=redefined)),
            # Under another code and by another formula, the same question; etp_total_bis is none of it.
            (2025, totals(tmp_path / "c", value=9.5, status="published", formula="etp_annuels + 1", decided=renamed)),
        ]
    )
    points = series.points("etp", "mean", "departement", "69", "CS")
    assert [p.break_note for p in points] == ["", "ETP : compté au 31 décembre", ""]
    assert [p.is_redefined for p in points] == [False, True, False]


def test_another_formula_is_another_definition_though_a_code_was_renamed(tmp_path: Path) -> None:
    renamed = {"since": 2024, "breaks": {}, "renamed": {"etp_annuels": "etp_total"}}
    series = Series(
        [
            (2024, totals(tmp_path / "a", value=8.0, status="published", formula="etp_total")),
            (2025, totals(tmp_path / "b", value=9.0, status="published", formula="etp_annuels_2", decided=renamed)),
        ]
    )
    assert [p.is_redefined for p in series.points("etp", "mean", "departement", "69", "CS")] == [False, True]


def test_a_year_without_a_release_hides_no_decision(tmp_path: Path) -> None:
    before = [
        {"since": 2023, "breaks": {"etp": "ETP : compté au 31 décembre"}, "renamed": {"etp_annuels": "etp_total"}}
    ]
    decided = {"since": 2024, "breaks": {}, "renamed": {"etp_moyens": "etp_annuels"}, "before": before}
    renamed = {**decided, "before": [{**before[0], "breaks": {}}]}
    first = totals(tmp_path / "a", value=8.0, status="published", formula="etp_total")
    for name, kept, note in (("b", decided, "ETP : compté au 31 décembre"), ("c", renamed, "")):
        last = totals(tmp_path / name, value=9.0, status="published", formula="etp_moyens", decided=kept)
        points = Series([(2023, first), (2025, last)]).points("etp", "mean", "departement", "69", "CS")
        assert [p.break_note for p in points] == ["", note]
