"""The open formats of a release, written beside its cells: CSV and its descriptor, SDMX-CSV, JSON-stat cubes."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import polars as pl

from senacs.observatory import files
from senacs.observatory.formats.datapackage import DATAPACKAGE, datapackage
from senacs.observatory.formats.jsonstat import cube, cube_name
from senacs.observatory.formats.sdmx import SDMX_CSV, sdmx_csv
from senacs.observatory.plan import Plan

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
    csv = directory / files.CELLS_CSV
    files.write_csv(cells, csv)
    fingerprint = {"name": csv.name, "size": csv.stat().st_size, "sha256": files.sha256(csv)}
    files.write_json(datapackage(note, plan, cells.columns, fingerprint), directory / DATAPACKAGE)
    sdmx = sdmx_csv(cells, plan, data_year=note["data_year"])
    (directory / SDMX_CSV).write_bytes(files.compressed(sdmx))
    for level in CUBES:
        if level in plan.levels:
            files.write_json(cube(cells, level, plan, note, names), directory / cube_name(level))
