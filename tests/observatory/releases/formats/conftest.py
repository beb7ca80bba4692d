"""A few cells of each fate, and the note that goes with them."""

from typing import Any

import polars as pl
import pytest

from senacs.observatory.definitions.publication_plan import Dimension, Plan, Rules, Table

COLUMNS = (
    "indicator",
    "statistic",
    "level",
    "territory",
    "dimension",
    "kind",
    "modality",
    "value",
    "n",
    "status",
    "reason",
)


@pytest.fixture
def plan() -> Plan:
    return Plan(
        dimensions={"kind": Dimension("kind", "Type", {"CS": "Centres sociaux", "EVS": "Espaces de vie sociale"})},
        tables=(Table("france", ()), Table("france", ("kind",)), Table("departement", ())),
        rules=Rules(),
    )


@pytest.fixture
def cells() -> pl.DataFrame:
    few, dominated = "moins de 5 répondants indépendants", "le premier contributeur fait plus de 85 % du total"
    rows = [
        ("budget", "estimate", "france", "FR", "", "", "", 5400.0, 45, "published", ""),
        ("budget", "sum", "france", "FR", "", "", "", 5000.0, 40, "published", ""),
        ("budget", "sum", "france", "FR", "kind", "CS", "", 3000.0, 22, "published", ""),
        ("budget", "sum", "departement", "01", "", "", "", None, None, "primary", few),
        ("budget", "sum", "departement", "02", "", "", "", None, None, "complementary", "par complément"),
        ("budget", "sum", "departement", "03", "", "", "", None, None, "primary", dominated),
        ("budget", "sum", "departement", "04", "", "", "", 0.0, 9, "published", ""),
        ("part", "ratio", "departement", "04", "", "", "", None, 9, "published", ""),
    ]
    schema = dict.fromkeys(COLUMNS, pl.String) | {"value": pl.Float64, "n": pl.UInt32}
    return pl.DataFrame(rows, schema=schema, orient="row")


@pytest.fixture
def note() -> dict[str, Any]:
    def indicator(code: str, unit: str, **other: Any) -> dict[str, Any]:
        return {"code": code, "label": code.title(), "unit": unit, "decimals": 0, "kind": "total", "key": True, **other}

    return {
        "name": "2026-1",
        "year": 2026,
        "data_year": 2025,
        "number": 1,
        "indicators": [indicator("budget", "€"), indicator("part", "%", kind="ratio", key=False)],
    }
