"""Reads the specification of `senacs protect` and `senacs attack`: the YAML file and the hierarchies it names."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import yaml

from senacs.disclosure.csv_sheets import is_blank, read_sheet, read_text
from senacs.disclosure.tables import Dimension, Hierarchy, Rules, SpecificationError

KEYS = (
    "tables dimensions frequency value largest holders waived negative ignored rules margin insiders already_published"
).split()
RULE_KEYS = {"threshold", "dominance", "p_percent", "zero"}
CHILD_HEADERS = {"child", "enfant", "fils", "code", "mapsfrom", "from"}
PARENT_HEADERS = {"parent", "père", "pere", "mother", "parent_code", "mapsto", "to"}
# No rule needs more; what is greater is a slip, or infinite.
MOST_PERCENT, MOST_CONTRIBUTORS = 1_000_000, 1_000_000


class _Loader(yaml.SafeLoader):
    """YAML where only true and false are booleans: « NO » is a country, « on » a column, « 01 » a code."""


_Loader.yaml_implicit_resolvers = {
    letter: [pair for pair in pairs if pair[0] not in ("tag:yaml.org,2002:bool", "tag:yaml.org,2002:int")]
    for letter, pairs in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
_Loader.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile("^(?:true|True|false|False)$"), list("tTfF"))
_Loader.add_implicit_resolver("tag:yaml.org,2002:int", re.compile("^[-+]?(?:0|[1-9][0-9]*)$"), list("-+0123456789"))


@dataclass(frozen=True)
class Specification:
    """A specification read and checked; paths are resolved from its folder."""

    tables: tuple[Path, ...]
    dimensions: tuple[Dimension, ...]
    frequency: str | None
    value: str | None
    largest: tuple[str, ...]
    holders: str | None
    waived: str | None
    rules: Rules
    has_rules: bool
    margin: float
    insiders: bool
    already_published: tuple[Path, ...] = ()
    negative: bool = False
    ignored: tuple[str, ...] = ()

    @property
    def counts(self) -> bool:
        return self.value is None

    @property
    def private_columns(self) -> tuple[str, ...]:
        """Columns about single contributors: never published, whatever the status of the cell."""
        return (*self.largest, *(name for name in (self.holders, self.waived) if name))

    @property
    def published(self) -> str:
        """The column that tables show: the value, or the frequency in tables of counts."""
        name = self.value or self.frequency
        assert name is not None
        return name


def load_specification(path: Path) -> Specification:
    """Raises SpecificationError with a message in French."""
    try:
        document = yaml.load(read_text(path), Loader=_Loader)  # noqa: S506 (a safe loader, with fewer booleans)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f", ligne {mark.line + 1}" if mark else ""
        problem = getattr(error, "problem", None) or str(error).split("\n")[0]
        raise SpecificationError(f"{path.name}{where} : ce n’est pas du YAML valable ({problem}).") from error
    except (ArithmeticError, AttributeError, RecursionError, ValueError) as error:
        # What the YAML reader answers to a date that is none, a number of 5,000 digits, brackets without end.
        raise SpecificationError(
            f"{path.name} : une valeur ne se lit pas (date impossible, nombre démesuré, ou listes imbriquées sans fin)."
        ) from error
    if not isinstance(document, dict):
        raise SpecificationError(f"{path.name} : une spécification est un ensemble de clés (tables, dimensions…).")
    _refuse_unknown(document, path)
    try:
        return _read(document, path)
    except SpecificationError as error:
        if str(error).startswith("«"):
            raise SpecificationError(f"{path.name} : {error}") from error
        raise


def _refuse_unknown(document: Mapping[str, Any], path: Path) -> None:
    unknown = sorted(str(key) for key in document if key not in KEYS)
    if unknown:
        raise SpecificationError(f"{path.name} : clé inconnue « {unknown[0]} ». Clés possibles : {', '.join(KEYS)}.")


def _read(document: Mapping[str, Any], path: Path) -> Specification:
    tables = _texts(document, "tables")
    if not tables:
        raise SpecificationError(f"{path.name} : « tables » ne nomme aucun fichier.")
    names = [Path(name).name for name in tables]
    if len(set(names)) < len(names):
        raise SpecificationError(f"{path.name} : deux tables portent le même nom de fichier.")
    value, frequency = _text(document, "value"), _text(document, "frequency")
    if value is None and frequency is None:
        raise SpecificationError(f"{path.name} : indiquez « value », ou « frequency » pour une table d’effectifs.")
    largest = tuple(_texts(document, "largest"))
    insiders = document.get("insiders") or "exact"
    if insiders not in ("exact", "margin"):
        raise SpecificationError(f"{path.name} : « insiders » vaut exact ou margin.")
    dimensions = _dimensions(document.get("dimensions"), path)
    columns = [value, frequency, *largest, _text(document, "holders"), _text(document, "waived")]
    twice = [name for name in columns if name and (columns.count(name) > 1 or name in {d.name for d in dimensions})]
    if twice:
        raise SpecificationError(f"{path.name} : la colonne « {twice[0]} » a deux rôles.")
    return Specification(
        tables=tuple(path.parent / name for name in tables),
        dimensions=dimensions,
        frequency=frequency,
        value=value,
        largest=largest,
        holders=_text(document, "holders"),
        waived=_text(document, "waived"),
        rules=_rules(document.get("rules"), path, has_count=frequency is not None, largest=len(largest)),
        has_rules=document.get("rules") is not None,
        margin=_margin(document, path),
        insiders=insiders == "margin",
        already_published=tuple(path.parent / name for name in _texts(document, "already_published")),
        negative=_negative(document, path, value),
        ignored=tuple(_texts(document, "ignored")),
    )


def from_options(
    options: Mapping[str, Any], dimensions: tuple[Dimension, ...], tables: tuple[Path, ...], caller: Path
) -> Specification:
    """The same from the arguments of a call: `dimensions` are made already, files have no part in it."""
    _refuse_unknown(options, caller)
    read = _read({**options, "tables": [path.name for path in tables], "dimensions": ["-"]}, caller)
    return replace(read, tables=tables, dimensions=dimensions)


def _negative(document: Mapping[str, Any], path: Path, value: str | None) -> bool:
    negative = document.get("negative") or False
    if not isinstance(negative, bool):
        raise SpecificationError(f"{path.name} : « negative » vaut true ou false.")
    if negative and value is None:
        raise SpecificationError(f"{path.name} : « negative » est pour des valeurs ; un effectif n’est jamais négatif.")
    return negative


def _is_name(value: object) -> bool:
    return isinstance(value, str | int) and not isinstance(value, bool)


def _text(document: Mapping[str, Any], key: str) -> str | None:
    value = document.get(key)
    if value is not None and not _is_name(value):
        raise SpecificationError(f"« {key} » nomme une colonne (une seule).")
    return None if value is None or value == "" else str(value)


def _texts(document: Mapping[str, Any], key: str) -> list[str]:
    value = document.get(key) or []
    if isinstance(value, str):
        return [value]
    if not isinstance(value, list) or not all(_is_name(item) for item in value):
        raise SpecificationError(f"« {key} » est une liste de noms.")
    return [str(item) for item in value]


def _percentage(value: object, path: Path, key: str) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= MOST_PERCENT:
        raise SpecificationError(f"{path.name} : « {key} » est un pourcentage positif ou nul.")
    return float(value)


def _margin(document: Mapping[str, Any], path: Path) -> float:
    margin = _percentage(document.get("margin") or 0, path, "margin")
    if margin > 100:
        raise SpecificationError(
            f"{path.name} : la marge de {margin:g}\u00a0% ne peut pas être tenue. Au-delà de 100\u00a0%, l’intervalle "
            "devrait descendre sous zéro, et le lecteur sait que les valeurs sont positives."
        )
    return margin


def _rules(document: object, path: Path, *, has_count: bool, largest: int) -> Rules:
    if document is None:  # INSEE's dominance and our threshold, as far as the columns allow
        return Rules(threshold=5 if has_count else None, dominance=((1, 85.0),) if largest else ())
    if not isinstance(document, dict) or {str(key) for key in document} - RULE_KEYS:
        raise SpecificationError(f"{path.name} : « rules » peut contenir {', '.join(sorted(RULE_KEYS))}.")
    threshold = document.get("threshold")
    if threshold is not None and (isinstance(threshold, bool) or not isinstance(threshold, int) or threshold < 0):
        raise SpecificationError(f"{path.name} : « threshold » est un entier positif ou nul.")
    dominance = document.get("dominance") or []
    if isinstance(dominance, list) and len(dominance) == 2 and not any(isinstance(x, list) for x in dominance):
        dominance = [dominance]
    pairs = [pair for pair in dominance if isinstance(pair, list)] if isinstance(dominance, list) else []
    if not isinstance(dominance, list) or len(pairs) < len(dominance) or not all(_is_dominance(p) for p in pairs):
        raise SpecificationError(
            f"{path.name} : « dominance » est une liste de couples [n, k], où n est un entier d’au moins 1 et k un "
            "pourcentage : [[1, 85]]."
        )
    p_percent = document.get("p_percent")
    zero = document.get("zero") or "published"
    if zero not in ("published", "suppressed"):
        raise SpecificationError(f"{path.name} : « zero » vaut published ou suppressed.")
    return Rules(
        threshold=threshold,
        dominance=tuple((int(count), float(share)) for count, share in pairs),
        p_percent=None if p_percent is None else _percentage(p_percent, path, "p_percent"),
        zero_published=zero == "published",
    )


def _is_dominance(pair: list[Any]) -> bool:
    if len(pair) != 2 or any(isinstance(x, bool) or not isinstance(x, int | float) for x in pair):
        return False
    return 1 <= pair[0] <= MOST_CONTRIBUTORS and pair[0] == int(pair[0]) and 0 < pair[1] <= 100


def _dimensions(document: object, path: Path) -> tuple[Dimension, ...]:
    if isinstance(document, list) and all(_is_name(name) for name in document):
        document = dict.fromkeys(document)
    if not isinstance(document, dict) or not document:
        raise SpecificationError(f"{path.name} : « dimensions » décrit au moins une dimension.")
    dimensions = []
    for name, described in document.items():
        options = described or {}
        if not isinstance(options, dict) or {str(key) for key in options} - {"hierarchy", "total"}:
            raise SpecificationError(f"{path.name}, dimension « {name} » : attendu hierarchy et total.")
        total = options.get("total")
        if isinstance(total, list | dict):
            raise SpecificationError(f"{path.name}, dimension « {name} » : « total » est un code (un seul).")
        files = _texts(options, "hierarchy")
        hierarchies = tuple(read_hierarchy(path.parent / file) for file in files)
        dimensions.append(Dimension(str(name), "Total" if total is None else str(total), hierarchies))
    return tuple(dimensions)


def read_hierarchy(path: Path) -> Hierarchy:
    """Two columns, child and parent; the header says which is which, else the only order that makes a tree."""
    sheet = read_sheet(path)
    names = [name.lower() for name in sheet.header]
    if len(names) == 3 and not names[0]:  # the numbers of rows that R writes
        pairs = [(row[1], row[2]) for row in sheet.rows]
        names = names[1:]
    elif len(names) == 2:
        pairs = [(row[0], row[1]) for row in sheet.rows]
    else:
        raise SpecificationError(
            f"{path.name} : une hiérarchie a deux colonnes, enfant et parent ; celle-ci en a {len(names)}."
        )
    named = names[0] in CHILD_HEADERS | PARENT_HEADERS or names[1] in CHILD_HEADERS | PARENT_HEADERS
    swapped = names[0] in PARENT_HEADERS and names[1] not in PARENT_HEADERS
    if not named and sheet.header[-1] in {code for pair in pairs for code in pair}:
        pairs.insert(0, (sheet.header[-2], sheet.header[-1]))
    pairs = [pair for pair in pairs if not any(is_blank(code) for code in pair) and pair[0] != pair[1]]
    backwards = [(parent, child) for child, parent in pairs]
    if swapped or (not named and _second_parent(pairs) and not _second_parent(backwards)):
        pairs = backwards
    double = _second_parent(pairs)
    if double:
        child, first, second = double
        raise SpecificationError(
            f"{path.name} : « {child} » a deux parents, « {first} » et « {second} ». Des regroupements "
            "qui se recoupent se décrivent en plusieurs fichiers : hierarchy: [un.csv, deux.csv]."
        )
    if not pairs:
        raise SpecificationError(f"{path.name} : la hiérarchie ne contient aucun couple enfant, parent.")
    return Hierarchy(dict(pairs))


def _second_parent(pairs: list[tuple[str, str]]) -> tuple[str, str, str] | None:
    parents: dict[str, str] = {}
    for child, parent in pairs:
        if parents.setdefault(child, parent) != parent:
            return child, parents[child], parent
    return None
