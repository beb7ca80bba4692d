"""The publication plan: which tables a release contains and which rules protect them, as data (data/plan.yaml)."""

from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import yaml

# Groupings of communes that a Copil draws (see `answers.groupings`).
GROUPING = "groupement"
LEVELS = ("france", "region", "departement", "epci", GROUPING)
# Column of the microdata that tells a unit's territory at each level; France has one unit, « FR ».
TERRITORY_COLUMNS = {"france": "france", "region": "region", "departement": "departement", "epci": "epci"}
TERRITORY_COLUMNS[GROUPING] = GROUPING
# A few structures measured together, outside the plan (see `local_figures`).
LOCAL = "groupe"
TERRITORY_COLUMNS[LOCAL] = LOCAL
FRANCE = "FR"
UNKNOWN = "inconnu"
# Column of the units: who answers for a structure, its gestionnaire or itself.
HOLDER = "holder"


class PlanError(Exception):
    """The plan cannot be used; the message, in French, names what is wrong."""


@dataclass(frozen=True, slots=True)
class Classes:
    """Classes of a declared figure: `starts` are the first values of each, ascending, 0 first."""

    indicator: str
    starts: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Dimension:
    """`classes`: how a unit's modality follows from what it declared; None when the register tells it."""

    code: str
    label: str
    modalities: dict[str, str]
    classes: Classes | None = None

    def class_of(self, value: float | None) -> str:
        """The modality of a declared figure, « inconnu » when there is none. Modalities are in the order of classes."""
        if self.classes is None or value is None or value < self.classes.starts[0]:
            return UNKNOWN
        names = [code for code in self.modalities if code != UNKNOWN]
        return names[bisect_right(self.classes.starts, value) - 1]


@dataclass(frozen=True, slots=True)
class Table:
    """One family of cells: every territory of `level`, crossed with the dimensions `by`.

    is_key: for key indicators only, where all of them would take hours to protect. offered_from: holders that the
    register gives to each modality of a territory, for its cells to be offered at all (see `Plan.settled`). merged:
    modalities that the table counts under another one, by dimension.
    """

    level: str
    by: tuple[str, ...]
    is_key: bool = False
    offered_from: int = 0
    merged: tuple[tuple[str, tuple[tuple[str, str], ...]], ...] = ()

    @property
    def name(self) -> str:
        return "×".join((self.level, *self.by))

    @property
    def dimension(self) -> str:
        """Name in the cells: '' for the territory alone, « kind_gestion » for a crossing."""
        return "_".join(self.by)

    def under(self, code: str) -> dict[str, str]:
        """The modalities of a dimension that the table counts under another one."""
        return dict(dict(self.merged).get(code, ()))


@dataclass(frozen=True, slots=True)
class Rules:
    """Confidentiality (design §5, statistics.md §1): counts of respondents, percents of a total."""

    threshold: int = 5
    dominance: tuple[tuple[int, float], ...] = ((1, 85.0),)
    p_percent: float | None = None
    margin: float = 0.0
    each_side: int = 1
    coalition: int = 0
    tied_variables: int = 9
    tied_by: tuple[str, ...] = ("kind",)
    median_from: int = 10
    quartiles_from: int = 20
    quantile_digits: int = 3


@dataclass(frozen=True)
class Plan:
    dimensions: dict[str, Dimension]
    tables: tuple[Table, ...]
    rules: Rules
    # The territories that each table offers, by its name; a table that is not there offers all of them.
    offers: Mapping[str, frozenset[str]] = field(default_factory=dict)

    @cached_property
    def levels(self) -> tuple[str, ...]:
        return tuple(level for level in LEVELS if any(t.level == level for t in self.tables))

    def mixes_kinds(self, table: Table) -> bool:
        """Whether a cell of the table counts both kinds of structure together: no mean nor quantile is made of them."""
        return "kind" in self.dimensions and "kind" not in table.by

    def publishes(self, level: str, by: tuple[str, ...]) -> bool:
        return any((table.level, table.by) == (level, by) for table in self.tables)

    def offered(self, table: Table) -> frozenset[str] | None:
        """The territories of which the table has cells; None: all of them."""
        return self.offers.get(table.name)

    def settled(self, holders: Mapping[str, Mapping[str, Mapping[tuple[str, ...], int]]]) -> "Plan":
        """The plan for a register: what it offers follows from who is asked, before anybody answers.

        holders: by table, territory and modalities, the number of holders asked. A breakdown is offered whole or not at
        all, where each of its modalities has enough of them and there are two at least.
        """
        offers = {}
        for table in self.tables:
            if table.offered_from:
                fewest = 2 if table.by else 1
                offers[table.name] = frozenset(
                    territory
                    for territory, cells in holders[table.name].items()
                    if len(cells) >= fewest and min(cells.values()) >= table.offered_from
                )
        return replace(self, offers=offers)


def load_plan(path: Path) -> Plan:
    """The plan of a YAML file; raises PlanError on an unknown level, dimension or rule, or a table given twice."""
    document = yaml.safe_load(path.read_text(encoding="utf-8"))
    try:
        dimensions = {
            code: Dimension(
                code,
                entry["label"],
                {str(k): str(v) for k, v in entry["modalities"].items()},
                _classes(entry.get("classes")),
            )
            for code, entry in document["dimensions"].items()
        }
        tables = tuple(
            Table(
                entry["level"],
                tuple(entry["by"]),
                entry.get("indicators") == "key",
                int(entry.get("offered_from") or 0),
                tuple(
                    (code, tuple((str(one), str(into)) for one, into in under.items()))
                    for code, under in (entry.get("merged") or {}).items()
                ),
            )
            for entry in document["tables"]
        )
        rules = _rules(document.get("rules") or {})
    except (KeyError, TypeError, AttributeError) as error:
        raise PlanError(f"{path.name} : entrée manquante ou mal formée ({error}).") from error
    for table in tables:
        if table.level not in LEVELS:
            raise PlanError(f"{path.name} : niveau inconnu « {table.level} » ; attendus : {', '.join(LEVELS)}.")
        for code in table.by:
            if code not in dimensions:
                raise PlanError(f"{path.name} : dimension inconnue « {code} ».")
        for code, under in table.merged:
            if code not in table.by:
                raise PlanError(f"{path.name} : « merged » nomme « {code} », que le tableau ne croise pas.")
            for modality in (name for pair in under for name in pair):
                if modality not in dimensions[code].modalities:
                    raise PlanError(f"{path.name} : modalité inconnue « {modality} » de « {code} ».")
    for dimension in dimensions.values():
        classes = dimension.classes
        if classes and len(classes.starts) != len(set(dimension.modalities) - {UNKNOWN}):
            raise PlanError(f"{path.name} : « {dimension.code} » n’a pas autant de classes que de modalités.")
    if len({(table.level, table.by) for table in tables}) < len(tables):
        raise PlanError(f"{path.name} : un même tableau est demandé deux fois.")
    return Plan(dimensions, tables, rules)


def _classes(document: dict[str, Any] | None) -> Classes | None:
    if document is None:
        return None
    return Classes(str(document["indicator"]), tuple(sorted(float(start) for start in document["starts"])))


def _rules(document: dict[str, Any]) -> Rules:
    unknown = set(document) - set(Rules.__dataclass_fields__)
    if unknown:
        raise KeyError(f"règle inconnue : {', '.join(sorted(unknown))}")
    values = dict(document)
    if "dominance" in values:
        values["dominance"] = tuple((int(n), float(share)) for n, share in values["dominance"] or ())
    if "tied_by" in values:
        values["tied_by"] = tuple(values["tied_by"])
    return Rules(**values)
