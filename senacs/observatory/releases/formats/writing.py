"""The open formats of a release, written beside its cells: CSV and its descriptor, SDMX-CSV, JSON-stat cubes."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import polars as pl

from senacs.observatory import frozen_files
from senacs.observatory.definitions.publication_plan import Plan
from senacs.observatory.releases.formats.datapackage import DATAPACKAGE, datapackage
from senacs.observatory.releases.formats.jsonstat import cube, cube_name
from senacs.observatory.releases.formats.sdmx import SDMX_CSV, sdmx_csv

# Levels whose key figures make a cube; smaller ones would mostly be secrets.
CUBES = ("france", "region", "departement")


def write_formats(
    cells: pl.DataFrame,
    note: Mapping[str, Any],
    plan: Plan,
    directory: Path,
    *,
    names: Mapping[tuple[str, str], str],
) -> None:
    """`note` is the methodology; `names` the French name of (level, territory). Same input, same bytes."""
    csv = directory / frozen_files.CELLS_CSV
    frozen_files.write_csv(cells, csv)
    fingerprint = {"name": csv.name, "size": csv.stat().st_size, "sha256": frozen_files.sha256(csv)}
    frozen_files.write_json(datapackage(note, plan, cells.columns, fingerprint), directory / DATAPACKAGE)
    sdmx = sdmx_csv(cells, plan, data_year=note["data_year"])
    (directory / SDMX_CSV).write_bytes(frozen_files.compressed(sdmx))
    for level in CUBES:
        if level in plan.levels:
            frozen_files.write_json(cube(cells, level, plan, note, names), directory / cube_name(level))
