"""Small published worlds for the attacker from outside: who answered what, what each release shows of it."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

import polars as pl

from senacs.disclosure.attacker.outside.files import LocalTable, Published, read_local, read_release
from senacs.disclosure.attacker.outside.league import League, attack_published

# Structure: département, type, gestionnaire.
Register = Mapping[str, tuple[str, str, str]]


def register(*groups: tuple[str, str, int]) -> dict[str, tuple[str, str, str]]:
    """`register(("26", "CS", 6))`: six structures of that département and type, each its own gestionnaire."""
    found = {}
    for departement, kind, number in groups:
        for i in range(number):
            code = f"{departement}{kind}{i}"
            found[code] = (departement, kind, f"G{code}")
    return found


def write_release(
    folder: Path,
    people: Register,
    answers: Mapping[str, Mapping[str, float]],
    shown: Sequence[str],
    *,
    name: str = "2025-1",
    formulas: Mapping[str, str] | None = None,
    kinds: Mapping[str, str] | None = None,
    groupings: Sequence[Mapping[str, object]] = (),
) -> Path:
    """A release as published. answers: by indicator, what each structure declared; shown: cells that are not hidden,
    « indicator level territory kind » ; all the cells of France, of départements and of types in them exist."""
    kinds = kinds or {}
    rows = []
    for indicator, values in answers.items():
        cells: dict[tuple[str, str, str], list[float]] = {}
        for code, value in values.items():
            departement, kind, _ = people[code]
            places = [("france", "FR", ""), ("departement", departement, ""), ("departement", departement, kind)]
            for grouping in groupings:
                if code in grouping["communes"]:  # type: ignore[operator]
                    places.append(("groupement", str(grouping["code"]), ""))
            for place in places:
                cells.setdefault(place, []).append(value)
        statistic = "count" if kinds.get(indicator) == "share" else "sum"
        for (level, territory, kind), inside in cells.items():
            is_shown = " ".join(filter(None, (indicator, level, territory, kind))) in shown
            rows.append(
                {
                    "indicator": indicator,
                    "statistic": statistic,
                    "level": level,
                    "territory": territory,
                    "dimension": "kind" if kind else "",
                    "kind": kind,
                    "modality": "",
                    "value": float(sum(inside)) if is_shown else None,
                    "n": len(inside) if is_shown else None,
                    "status": "published" if is_shown else "suppressed",
                }
            )
    folder.mkdir(parents=True)
    pl.DataFrame(rows).write_parquet(folder / "cells.parquet")
    note = {
        "name": name,
        "year": 2025,
        "plan": {
            "dimensions": {"kind": {"modalities": {"CS": "", "EVS": ""}}},
            "rules": {"threshold": 5, "p_percent": 10},
        },
        "indicators": [
            {
                "code": code,
                "kind": kinds.get(code, "total"),
                "formula": (formulas or {}).get(code, code),
                "population": "",
                "sensitive": True,
                "decimals": 0,
            }
            for code in answers
        ],
        "groupings": list(groupings),
    }
    (folder / "methodology.json").write_text(json.dumps(note), encoding="utf-8")
    return folder


def read(folder: Path, people: Register, answers: Mapping[str, Mapping[str, float]]) -> Published:
    """The release as the attacker reads it, with the truth to compare."""
    frame = pl.DataFrame(
        [(code, d, k, g, code) for code, (d, k, g) in people.items()],
        schema=["structure", "departement", "kind", "gestionnaire_key", "commune"],
        orient="row",
    )
    everybody = sorted({code for values in answers.values() for code in values})
    truth = pl.DataFrame(
        {"structure": everybody, **{name: [values.get(c) for c in everybody] for name, values in answers.items()}},
        schema={"structure": pl.String, **dict.fromkeys(answers, pl.Float64)},
    )
    return read_release(folder, frame.filter(pl.col("structure").is_in(everybody)), truth=truth)


def local(folder: Path, release: Published, members: Sequence[str], indicator: str, value: float) -> list[LocalTable]:
    path = folder / "local.json"
    cell = {"indicator": indicator, "statistic": "sum", "modality": "", "value": value, "n": len(members)}
    path.write_text(
        json.dumps([{"release": release.name, "members": list(members), "cells": [cell]}]), encoding="utf-8"
    )
    return read_local(path, {release.name: release})


def league(releases: Sequence[Published], tables: Sequence[LocalTable] = ()) -> League:
    return attack_published(releases, tables)
