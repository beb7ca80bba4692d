"""JSON-stat cubes: as many values as the sizes say, each null with its reason."""

from math import prod
from typing import Any

import polars as pl
import pytest

from senacs.observatory.definitions.publication_plan import Plan
from senacs.observatory.releases.formats.jsonstat import cube


@pytest.mark.parametrize(("level", "size"), [("france", [2, 1, 3, 1]), ("departement", [1, 4, 1, 1])])
def test_cube_is_complete(cells: pl.DataFrame, note: dict[str, Any], plan: Plan, level: str, size: list[int]) -> None:
    made = cube(cells, level, plan, note, {})
    assert made["size"] == size
    assert len(made["value"]) == prod(size)
    assert list(made["dimension"]) == made["id"]
    for name, count in zip(made["id"], size, strict=True):
        assert len(made["dimension"][name]["category"]["index"]) == count
    assert {int(place) for place in made["status"]} == {i for i, v in enumerate(made["value"]) if v is None}


def test_secrets_and_silence_are_told_apart(cells: pl.DataFrame, note: dict[str, Any], plan: Plan) -> None:
    made = cube(cells, "departement", plan, note, {("departement", "01"): "Ain"})
    assert made["dimension"]["territory"]["category"]["label"]["01"] == "Ain"
    assert made["value"] == [None, None, None, 0.0]
    assert made["status"] == {"0": "secret", "1": "secret", "2": "secret"}
    france = cube(cells, "france", plan, note, {})
    # estimate: all, then CS and EVS that nobody estimated; sum: all, CS, then EVS that nobody gave.
    assert france["value"] == [5400.0, None, None, 5000.0, 3000.0, None]
    assert france["status"] == {"1": "absent", "2": "absent", "5": "absent"}
