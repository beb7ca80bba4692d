"""What an outsider downloads: cells and method notes of releases, the register, the questionnaire, local figures."""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any

import polars as pl
import yaml

from senacs.disclosure.tables import SpecificationError

TERRITORIES = {"region": "region", "departement": "departement", "epci": "epci", "groupement": "groupement"}
# The register of a release, in a folder that has one by release.
INVITED = "invited.parquet"
FRANCE = "france"
UNKNOWN = "inconnu"
GROUP = "groupe"
# A sum of fields, as the questionnaire writes it: « a », « a + b », « SOMME(a; b) ».
_CALL = re.compile(r"^\s*SOMME\s*\((.*)\)\s*$", re.DOTALL)
_NAME = re.compile(r"^[A-Za-z_]\w*$")


@dataclass(frozen=True, slots=True)
class Figure:
    """One published cell. `codes`: dimension and modality of the crossing; value and n: None when hidden."""

    variable: str
    level: str
    territory: str
    codes: tuple[tuple[str, str], ...]
    value: float | None
    n: int | None
    # How far the true sum may lie from `value`, by rounding.
    slack: float = 0.0


@dataclass(frozen=True)
class Variable:
    """A sum that releases publish. counted: a number of structures that say yes; terms: the fields that it adds up."""

    name: str
    counted: bool
    sensitive: bool = False
    terms: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Published:
    """One release. people: who answered, one row a structure with the modalities of the plan; truth: their answers."""

    name: str
    year: int
    figures: list[Figure]
    variables: dict[str, Variable]
    people: pl.DataFrame
    truth: pl.DataFrame | None
    threshold: int
    p_percent: float
    unread: tuple[str, ...] = ()
    # Those who agreed to be recognised: what they declared is no secret, and shelters nobody.
    waiving: frozenset[str] = frozenset()


@dataclass(frozen=True)
class LocalTable:
    """Figures of a few structures together: the release that they come from, the members, what was shown."""

    release: str
    members: frozenset[str]
    figures: list[Figure] = field(default_factory=list)


def read_frame(path: Path, release: str, file: str) -> pl.DataFrame:
    """A table, CSV or Parquet; of a folder, `file` in the folder of the release. Raises SpecificationError."""
    found = path / release / file if path.is_dir() else path
    try:
        if found.suffix == ".csv":
            places = ("commune", "epci", "departement", "region", "structure")
            return pl.read_csv(found, schema_overrides=dict.fromkeys(places, pl.String))
        return pl.read_parquet(found)
    except (OSError, pl.exceptions.PolarsError) as error:
        raise SpecificationError(f"{found} : table illisible ({error}).") from error


def read_release(
    directory: Path,
    register: pl.DataFrame,
    *,
    truth: pl.DataFrame | None = None,
    questionnaire: Path | None = None,
    computed: Mapping[str, str] = MappingProxyType({}),
) -> Published:
    """A release folder as downloaded. `register`: structure, kind, gestion…, gestionnaire_key, is_validated when known.

    truth: one row a structure, one column a variable (« indicator=modality »); computed: formulas of the
    questionnaire's computed fields, where they are not in files. Raises SpecificationError.
    """
    try:
        note = json.loads((directory / "methodology.json").read_text(encoding="utf-8"))
        cells = _cells(directory)
    except (OSError, json.JSONDecodeError, pl.exceptions.PolarsError) as error:
        raise SpecificationError(f"{directory} : publication illisible ({error}).") from error
    sums = _computed_fields(questionnaire) if questionnaire else computed
    dimensions = list(note["plan"]["dimensions"])
    people = _people(register, note, dimensions, truth)
    variables: dict[str, Variable] = {}
    figures = []
    # What the register tells of everybody is in everybody's hands: no answer stands behind it.
    indicators = {entry["code"]: entry for entry in note["indicators"] if entry.get("source") != "register"}
    missing = [code for code in dimensions if code not in people.columns]
    unread = {d for (d,) in _crossed_by(cells, missing).select("dimension").unique().iter_rows()} if missing else set()
    told = _telling(cells.filter(~pl.col("dimension").is_in(sorted(unread))), indicators)
    crossed = [code for code in dimensions if code in told.columns]
    wanted = ("indicator", "statistic", "modality", "level", "territory", "value", "n", *crossed)
    for indicator, statistic, modality, level, territory, value, n, *codes in told.select(wanted).iter_rows():
        entry = indicators[indicator]
        name = f"{indicator}={modality}" if modality else indicator
        if name not in variables:
            counted = entry["kind"] in {"share", "distribution"}
            terms = frozenset() if counted or entry["population"] else _terms(entry["formula"], sums)
            variables[name] = Variable(name, counted, entry["sensitive"], terms)
        where = tuple((code, told) for code, told in zip(crossed, codes, strict=True) if told)
        shown, slack = _value(statistic, value, n, entry)
        figures.append(Figure(name, level, territory, where, shown, n, slack))
    rules = note["plan"]["rules"]
    return Published(
        name=note["name"],
        year=note["year"],
        figures=figures,
        variables=variables,
        people=people,
        truth=truth,
        threshold=int(rules["threshold"] or 0),
        p_percent=float(rules.get("p_percent") or 0),
        unread=tuple(sorted(unread)),
        waiving=frozenset(one["structure"] for one in note.get("waivers", ())),
    )


# The statistics that give a sum back, by kind of indicator; the first is enough.
_TOLD = {"total": ("sum",), "mean": ("mean",), "share": ("count",), "distribution": ("count",)}


def _telling(cells: pl.DataFrame, indicators: Mapping[str, Mapping[str, Any]]) -> pl.DataFrame:
    """One row a sum: those of the statistic that gives it back."""
    pairs = [(code, s) for code, entry in indicators.items() for s in _TOLD.get(entry["kind"], ())]
    keys = pl.DataFrame(pairs, schema=["indicator", "statistic"], orient="row")
    return cells.join(keys, on=["indicator", "statistic"], how="semi")


def _crossed_by(cells: pl.DataFrame, codes: Sequence[str]) -> pl.DataFrame:
    present = [code for code in codes if code in cells.columns]
    return cells.filter(pl.any_horizontal([pl.col(code) != "" for code in present]) if present else pl.lit(False))


def _value(statistic: str, value: float | None, n: int | None, entry: Mapping[str, Any]) -> tuple[float | None, float]:
    """The sum that the cell gives back, and how far rounding leaves it."""
    if value is None or n is None:
        return None, 0.0
    if statistic == "mean":
        digits = entry["decimals"] + (1 if abs(value) < 100 else 0)
        return value * n, n * 0.5 * 10.0**-digits
    if statistic == "count":
        return value, 0.0
    return value, 0.5 * 10.0 ** -entry["decimals"]


def _cells(directory: Path) -> pl.DataFrame:
    parquet = directory / "cells.parquet"
    if parquet.exists():
        return pl.read_parquet(parquet)
    text = ["territory", "kind", "gestion", "modality"]
    return pl.read_csv(directory / "cells.csv.gz", schema_overrides=dict.fromkeys(text, pl.String)).with_columns(
        pl.col(pl.String).fill_null("")
    )


def _people(
    register: pl.DataFrame, note: Mapping[str, Any], dimensions: Sequence[str], truth: pl.DataFrame | None
) -> pl.DataFrame:
    """Those who answered, with the modalities under which tables show them."""
    frame = register
    if "is_validated" in frame.columns:
        frame = frame.filter(pl.col("is_validated"))
    if truth is not None:
        # What an insider knows of others' size, where the truth tells it.
        known = [c for c in (*dimensions, "groupement") if c in truth.columns and c not in frame.columns]
        frame = frame.join(truth.select("structure", *known), on="structure", how="inner")
    told = []
    for code in dimensions:
        if code not in frame.columns:
            continue
        column = pl.col(code)
        if frame.schema[code] == pl.Boolean():
            yes = pl.when(column).then(pl.lit("oui")).when(~column).then(pl.lit("non")).otherwise(pl.lit(UNKNOWN))
            told.append(yes.alias(code))
        else:
            blank = column.is_null() | (column == "")
            told.append(pl.when(blank).then(pl.lit(UNKNOWN)).otherwise(column).alias(code))
    places = {commune: one["code"] for one in note.get("groupings", ()) for commune in one["communes"]}
    if places and "commune" in frame.columns:
        told.append(pl.col("commune").replace_strict(places, default="", return_dtype=pl.String).alias("groupement"))
    key = pl.col("gestionnaire_key") if "gestionnaire_key" in frame.columns else pl.lit("")
    holder = pl.when(key.is_null() | (key == "")).then("§" + pl.col("structure")).otherwise(key).alias("holder")
    return frame.with_columns(*told, holder)


def _computed_fields(folder: Path) -> dict[str, str]:
    """Code and formula of every field that the questionnaire computes, wherever it stands in its files."""
    found: dict[str, str] = {}
    files = sorted(folder.rglob("*.yaml")) if folder.is_dir() else [folder]
    for path in files:
        try:
            found |= computed_in(yaml.safe_load(path.read_text(encoding="utf-8")))
        except (OSError, yaml.YAMLError) as error:
            raise SpecificationError(f"{path} : questionnaire illisible ({error}).") from error
    return found


def computed_in(document: Any) -> dict[str, str]:
    """Code and formula of every computed field, wherever it stands in a document."""
    found: dict[str, str] = {}

    def walk(node: Any) -> None:
        if isinstance(node, dict):
            if isinstance(node.get("code"), str) and isinstance(node.get("computed"), str):
                found[node["code"]] = node["computed"]
            for value in node.values():
                walk(value)
        elif isinstance(node, list):
            for value in node:
                walk(value)

    walk(document)
    return found


def _terms(formula: str, sums: Mapping[str, str]) -> frozenset[str]:
    """The fields whose plain sum the formula is; empty when it is anything else."""
    inside = _CALL.match(formula)
    names = [name.strip() for name in (inside[1].split(";") if inside else formula.split("+"))]
    found: set[str] = set()
    for name in names:
        if not _NAME.match(name):
            return frozenset()
        inner = _terms(sums[name], sums) if name in sums else frozenset({name})
        if not inner or inner & found:
            return frozenset()
        found |= inner
    return frozenset(found)


def read_local(path: Path, releases: Mapping[str, Published]) -> list[LocalTable]:
    """Local figures: a list of {release, members: [codes], cells: [{indicator, statistic, modality, value, n}]}."""
    try:
        entries = json.loads(path.read_text(encoding="utf-8"))
        tables = []
        for entry in entries if isinstance(entries, list) else [entries]:
            release = releases[entry["release"]]
            figures = []
            for cell in entry["cells"]:
                name = cell["indicator"] + (f"={cell['modality']}" if cell.get("modality") else "")
                variable = release.variables.get(name)
                told = "count" if variable and variable.counted else "sum"
                if variable is not None and cell["statistic"] == told:
                    slack = 0.0 if variable.counted else 0.5
                    figures.append(Figure(name, GROUP, "", (), cell["value"], cell["n"], slack))
            tables.append(LocalTable(release.name, frozenset(entry["members"]), figures))
    except (OSError, json.JSONDecodeError, KeyError, TypeError) as error:
        raise SpecificationError(f"{path} : chiffres locaux illisibles ({error}).") from error
    return tables
