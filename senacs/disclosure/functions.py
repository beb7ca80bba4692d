"""`protect` and `attack` for programs: rows in, rows out, with the words of a specification. See docs/protection.md."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from types import MappingProxyType
from typing import Any

from senacs.disclosure.csv_results import lines_of, plain
from senacs.disclosure.csv_sheets import CsvSheet
from senacs.disclosure.csv_tables import known_of
from senacs.disclosure.runs import Attack, Progress, attack_sheets, protect_sheets
from senacs.disclosure.specification import Specification, from_options
from senacs.disclosure.tables import Dimension, Hierarchy, SpecificationError

Row = Mapping[str, object]
# Name of each table, and its rows: a dictionary a row, the same columns in all.
Rows = Mapping[str, Iterable[Row]]
# {name: None}, {name: {"total": code, "hierarchy": {child: parent} or several of them}}, or a list of names.
Dimensions = Mapping[str, Mapping[str, Any] | None] | Sequence[str]
_NONE: Rows = MappingProxyType({})


@dataclass(frozen=True)
class Protected:
    """tables: rows that can be published, with `status` and `reason`, None where a figure is hidden, totals that lacked
    at the end; reasons: for who holds the data, the rule that hides each row, blank where it is shown; failures: in
    French, what could not be protected; warnings: what was accepted and should be known."""

    tables: Mapping[str, list[dict[str, object]]]
    reasons: Mapping[str, list[str]]
    failures: tuple[str, ...]
    warnings: tuple[str, ...]


def protect(
    tables: Rows,
    *,
    dimensions: Dimensions,
    already_published: Rows = _NONE,
    progress: Callable[[str], object] = lambda step: None,
    **options: Any,
) -> Protected:
    """Protects linked tables together.

    options: the other keys of a specification (frequency, value, largest, holders, waived, negative, ignored, rules,
    margin, insiders), with the same meaning. Raises SpecificationError (French: table, line counted from 2, column).
    """
    sheets, specification = _read(tables, dimensions, options, "protect")
    result = protect_sheets(specification, list(sheets.values()), _known(already_published, specification), progress)
    given = {name: [dict(row) for row in rows] for name, rows in tables.items()}
    back, reasons = {}, {}
    for table, (name, sheet) in zip(result.tables, sheets.items(), strict=True):
        header, *lines = lines_of(specification, table, sheet)
        rows = []
        for position, line in enumerate(lines):
            told: dict[str, object] = dict(zip(header, line, strict=True))
            before = given[name][position] if position < len(given[name]) else {}
            for column in header:
                if told[column] == "":
                    told[column] = None if column != "reason" else ""
                elif column in before and column not in ("status", "reason"):
                    told[column] = before[column] if not _is_blank(before[column]) else _number(str(told[column]))
                elif column in (specification.value, specification.frequency):
                    told[column] = _number(str(told[column]))
            rows.append(told)
        back[name] = rows
        reasons[name] = [cell.reason for cell in table.cells]
    return Protected(back, reasons, result.failures, result.warnings)


def attack(
    tables: Rows,
    protected: Rows,
    *,
    dimensions: Dimensions,
    already_published: Rows = _NONE,
    progress: Progress = lambda step: None,
    **options: Any,
) -> Attack:
    """Recomputes what `protected` hides of `tables`; the same options as `protect`.

    protected: the rows of each table as they are shown, by this tool or by another. Raises SpecificationError.
    """
    sheets, specification = _read(tables, dimensions, options, "attack")
    missing = sorted(sheets.keys() - protected.keys())
    if missing:
        raise SpecificationError(f"attack : la table « {missing[0]} » n’est pas dans ce qui est montré.")
    shown = [_sheet(name, protected[name]) for name in sheets]
    known = _known(already_published, specification)
    return attack_sheets(specification, list(sheets.values()), shown, known, progress)


def _read(
    tables: Rows, dimensions: Dimensions, options: Mapping[str, Any], caller: str
) -> tuple[dict[str, CsvSheet], Specification]:
    if not tables:
        raise SpecificationError(f"{caller} : aucune table.")
    sheets = {name: _sheet(name, rows) for name, rows in tables.items()}
    paths = tuple(sheet.path for sheet in sheets.values())
    return sheets, from_options(options, _dimensions(dimensions, caller), paths, Path(caller))


def _dimensions(described: Dimensions, caller: str) -> tuple[Dimension, ...]:
    if not isinstance(described, Mapping):
        described = dict.fromkeys(described)
    found = []
    for name, options in described.items():
        unknown = sorted({*(options or {})} - {"total", "hierarchy"})
        if unknown:
            raise SpecificationError(f"{caller}, dimension « {name} » : « {unknown[0]} » est inconnu.")
        trees = (options or {}).get("hierarchy") or ()
        hierarchies = tuple(Hierarchy(dict(tree)) for tree in ([trees] if isinstance(trees, Mapping) else trees))
        found.append(Dimension(name, str((options or {}).get("total", "Total")), hierarchies))
    if not found:
        raise SpecificationError(f"{caller} : « dimensions » décrit au moins une dimension.")
    return tuple(found)


def _known(already: Rows, specification: Specification) -> list[Any]:
    return [cell for name, rows in already.items() for cell in known_of(specification, _sheet(name, rows))]


def _sheet(name: str, rows: Iterable[Row]) -> CsvSheet:
    listed = list(rows)
    if not listed:
        raise SpecificationError(f"{name} ne contient aucune cellule.")
    header = tuple(listed[0])
    lines = []
    for line, row in enumerate(listed, 2):
        other = sorted(set(row) ^ set(header), key=str)
        if other:
            raise SpecificationError(
                f"{name}, ligne {line} : la colonne « {other[0]} » n’est pas dans toutes les lignes."
            )
        lines.append(tuple(_text(row[column]) for column in header))
    return CsvSheet(Path(name), header, tuple(lines), ",", tuple(range(2, len(lines) + 2)))


def _is_blank(value: object) -> bool:
    return value is None or value == "" or value != value


def _text(value: object) -> str:
    if _is_blank(value):
        return ""
    return plain(value) if isinstance(value, Fraction) else str(value).strip()


def _number(text: str) -> int | Decimal | str:
    """A figure that no row gave."""
    try:
        found = Decimal(text)
    except ArithmeticError:
        return text
    return int(found) if found == found.to_integral_value() else found
