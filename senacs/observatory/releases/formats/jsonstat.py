"""JSON-stat 2.0 cubes of a release: the key figures of each level of territory, by type of structure."""

from collections.abc import Mapping
from typing import Any

import polars as pl

from senacs.observatory.definitions.publication_plan import Plan
from senacs.observatory.enums import CellStatus

# Statuses of cells without a figure; every null has one.
SECRET, ABSENT = "secret", "absent"
STATUS_LABELS = {
    SECRET: "Masqué (secret statistique)",
    ABSENT: "Aucune réponse",
}
_CROSSED = "kind"
_ALL = "_T"
_LEVEL_LABELS = {"france": "France", "region": "régions", "departement": "départements"}


def cube_name(level: str) -> str:
    return f"cube-{level}.json"


def cube(
    cells: pl.DataFrame, level: str, plan: Plan, note: Mapping[str, Any], names: Mapping[tuple[str, str], str]
) -> dict[str, Any]:
    """The dataset of one level: measure × territory × type of structure, for the data year.

    A measure is a key indicator and one of its statistics, « total_etp_total.sum ». `names` gives the French name
    of (level, territory). Cells come in row-major order; a cell without a figure is null and `status` tells why.
    """
    key = {i["code"]: i for i in note["indicators"] if i["key"] and i["kind"] != "distribution"}
    crossed = [_CROSSED] if _CROSSED in plan.dimensions and plan.publishes(level, (_CROSSED,)) else []
    kept = cells.filter(
        pl.col("level") == level,
        pl.col("indicator").is_in(list(key)),
        pl.col("dimension").is_in(["", *crossed]),
    )
    measures = sorted(kept.select("indicator", "statistic").unique().iter_rows())
    territories = sorted(kept["territory"].unique())
    kinds = {_ALL: "Toutes les structures"} | (plan.dimensions[_CROSSED].modalities if crossed else {})
    found = {
        (row["indicator"], row["statistic"], row["territory"], row[_CROSSED] if crossed else ""): row
        for row in kept.iter_rows(named=True)
    }
    rows = [
        found.get((indicator, statistic, territory, "" if kind == _ALL else kind))
        for indicator, statistic in measures
        for territory in territories
        for kind in kinds
    ]
    return {
        "version": "2.0",
        "class": "dataset",
        "label": f"SENACS {note['year']} : chiffres clés, {_LEVEL_LABELS[level]}",
        "source": "SENACS, Cnaf et Fcsf",
        "id": ["measure", "territory", "kind", "time"],
        "size": [len(measures), len(territories), len(kinds), 1],
        "role": {"metric": ["measure"], "geo": ["territory"], "time": ["time"]},
        "dimension": {
            "measure": _measures(measures, key),
            "territory": _dimension("Territoire", {code: names.get((level, code), code) for code in territories}),
            "kind": _dimension("Type de structure", kinds),
            "time": _dimension("Année des données", {str(note["data_year"]): str(note["data_year"])}),
        },
        "value": [row["value"] if row else None for row in rows],
        "status": {str(place): _status(row) for place, row in enumerate(rows) if row is None or row["value"] is None},
        "extension": {"status": {"label": STATUS_LABELS}, "release": note["name"]},
    }


def _status(row: Mapping[str, Any] | None) -> str:
    if row is None or row["status"] == CellStatus.PUBLISHED:
        return ABSENT
    return SECRET


def _dimension(label: str, categories: Mapping[str, str]) -> dict[str, Any]:
    return {"label": label, "category": {"index": list(categories), "label": dict(categories)}}


def _measures(measures: list[tuple[str, str]], indicators: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    described = _dimension(
        "Indicateur et statistique", {f"{i}.{s}": f"{indicators[i]['label']} ({s})" for i, s in measures}
    )
    described["category"]["unit"] = {
        f"{i}.{s}": {"label": indicators[i]["unit"], "decimals": indicators[i]["decimals"]} for i, s in measures
    }
    return described
