"""Reads what `senacs protect` and `senacs attack` are given: the YAML specification, the tables, the hierarchies."""

import csv
import io
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from pathlib import Path
from typing import Any

import yaml

from senacs.observatory.disclosure.model import (
    Cell,
    Dimension,
    Hierarchy,
    KnownCell,
    Rules,
    SpecificationError,
    Table,
)

KEYS = "tables dimensions frequency value largest holders rules margin insiders already_published".split()
RULE_KEYS = {"threshold", "dominance", "p_percent", "zero"}
CHILD_HEADERS = {"child", "enfant", "fils", "code"}
PARENT_HEADERS = {"parent", "père", "pere", "mother", "parent_code"}
HOLDER_SEPARATOR = "|"


@dataclass(frozen=True)
class Sheet:
    """A CSV file as it came: what is needed to write it back in the same form."""

    path: Path
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    separator: str

    def column(self, name: str) -> int:
        if name not in self.header:
            raise SpecificationError(f"{self.path.name} : la colonne « {name} » manque.")
        return self.header.index(name)


@dataclass(frozen=True)
class Specification:
    """A specification read and checked; paths are resolved from its folder."""

    tables: tuple[Path, ...]
    dimensions: tuple[Dimension, ...]
    frequency: str | None
    value: str | None
    largest: tuple[str, ...]
    holders: str | None
    rules: Rules
    margin: float
    insiders: bool
    already_published: tuple[Path, ...]

    @property
    def counts(self) -> bool:
        return self.value is None

    @property
    def private_columns(self) -> tuple[str, ...]:
        """Columns about single contributors: never published, whatever the status of the cell."""
        return (*self.largest, *((self.holders,) if self.holders else ()))


def read_sheet(path: Path) -> Sheet:
    """A CSV file separated by « , », « ; » or tabulations, in UTF-8 (with or without BOM) or Windows-1252."""
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise SpecificationError(f"{path} ne peut pas être lu : {error.strerror}.") from error
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = raw.decode("cp1252", errors="replace")
    first = text.split("\n", 1)[0]
    separator = max(",;\t", key=lambda mark: (first.count(mark), mark == ","))
    lines = [
        tuple(value.strip() for value in row)
        for row in csv.reader(io.StringIO(text, newline=""), delimiter=separator)
        if any(value.strip() for value in row)
    ]
    if not lines:
        raise SpecificationError(f"{path.name} est vide.")
    header, *rows = lines
    for position, row in enumerate(rows, start=2):
        if len(row) != len(header):
            raise SpecificationError(f"{path.name}, ligne {position} : {len(row)} colonnes au lieu de {len(header)}.")
    doubles = sorted({name for name in header if header.count(name) > 1})
    if doubles:
        raise SpecificationError(f"{path.name} : la colonne « {doubles[0]} » apparaît deux fois.")
    return Sheet(path, header, tuple(rows), separator)


def _number(text: str, where: str) -> Fraction:
    cleaned = text.replace("\u202f", "").replace("\u00a0", "").replace(" ", "").replace("\u2212", "-")
    if "," in cleaned and "." not in cleaned:
        cleaned = cleaned.replace(",", ".")
    try:
        number = Decimal(cleaned)
    except InvalidOperation:
        raise SpecificationError(f"{where} : « {text} » n’est pas un nombre.") from None
    if not number.is_finite():
        raise SpecificationError(f"{where} : « {text} » n’est pas un nombre.")
    return Fraction(number)


def _count(text: str, where: str) -> int:
    number = _number(text, where)
    if number.denominator != 1 or number < 0:
        raise SpecificationError(f"{where} : « {text} » n’est pas un effectif (entier positif ou nul).")
    return int(number)


def load_specification(path: Path) -> Specification:
    """Raises SpecificationError with a message in French."""
    try:
        document = yaml.safe_load(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise SpecificationError(f"{path} ne peut pas être lu : {error.strerror}.") from error
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise SpecificationError(f"{path.name} n’est pas un fichier YAML valable : {error}") from error
    if not isinstance(document, dict):
        raise SpecificationError(f"{path.name} : une spécification est un ensemble de clés.")
    unknown = sorted(str(key) for key in document if key not in KEYS)
    if unknown:
        raise SpecificationError(f"{path.name} : clé inconnue « {unknown[0]} ». Clés possibles : {', '.join(KEYS)}.")
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
    insiders = document.get("insiders", "exact")
    if insiders not in ("exact", "margin"):
        raise SpecificationError(f"{path.name} : « insiders » vaut exact ou margin.")
    return Specification(
        tables=tuple(path.parent / name for name in tables),
        dimensions=_dimensions(document.get("dimensions"), path),
        frequency=frequency,
        value=value,
        largest=largest,
        holders=_text(document, "holders"),
        rules=_rules(document.get("rules"), path, has_count=frequency is not None, largest=len(largest)),
        margin=_percentage(document.get("margin", 0), path, "margin"),
        insiders=insiders == "margin",
        already_published=tuple(path.parent / name for name in _texts(document, "already_published")),
    )


def _text(document: Mapping[str, Any], key: str) -> str | None:
    value = document.get(key)
    if value is not None and not isinstance(value, str):
        raise SpecificationError(f"« {key} » nomme une colonne.")
    return value or None


def _texts(document: Mapping[str, Any], key: str) -> list[str]:
    value = document.get(key) or []
    if isinstance(value, str):
        return [value]
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise SpecificationError(f"« {key} » est une liste de noms.")
    return value


def _percentage(value: object, path: Path, key: str) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or value < 0 or value != value:
        raise SpecificationError(f"{path.name} : « {key} » est un pourcentage positif ou nul.")
    return float(value)


def _rules(document: object, path: Path, *, has_count: bool, largest: int) -> Rules:
    if document is None:  # INSEE's dominance and our threshold, as far as the columns allow
        return Rules(threshold=5 if has_count else None, dominance=((1, 85.0),) if largest else ())
    if not isinstance(document, dict) or set(document) - RULE_KEYS:
        raise SpecificationError(f"{path.name} : « rules » peut contenir {', '.join(sorted(RULE_KEYS))}.")
    threshold = document.get("threshold")
    if threshold is not None and (isinstance(threshold, bool) or not isinstance(threshold, int) or threshold < 0):
        raise SpecificationError(f"{path.name} : « threshold » est un entier.")
    dominance = document.get("dominance") or []
    pairs = [tuple(pair) for pair in dominance if isinstance(pair, list) and len(pair) == 2]
    if len(pairs) != len(dominance) or not all(isinstance(x, int | float) for pair in pairs for x in pair):
        raise SpecificationError(f"{path.name} : « dominance » est une liste de couples [n, k].")
    p_percent = document.get("p_percent")
    zero = document.get("zero", "published")
    if zero not in ("published", "suppressed"):
        raise SpecificationError(f"{path.name} : « zero » vaut published ou suppressed.")
    return Rules(
        threshold=threshold,
        dominance=tuple((int(count), float(share)) for count, share in pairs),
        p_percent=None if p_percent is None else _percentage(p_percent, path, "p_percent"),
        zero_published=zero == "published",
    )


def _dimensions(document: object, path: Path) -> tuple[Dimension, ...]:
    if not isinstance(document, dict) or not document:
        raise SpecificationError(f"{path.name} : « dimensions » décrit au moins une dimension.")
    dimensions = []
    for name, described in document.items():
        options = described or {}
        if not isinstance(options, dict) or set(options) - {"hierarchy", "total"}:
            raise SpecificationError(f"{path.name}, dimension « {name} » : attendu hierarchy et total.")
        total = str(options.get("total", "Total"))
        files = _texts(options, "hierarchy")
        dimensions.append(Dimension(str(name), total, tuple(read_hierarchy(path.parent / file) for file in files)))
    return tuple(dimensions)


def read_hierarchy(path: Path) -> Hierarchy:
    """Two columns, child and parent; their names are those of the header, else this order."""
    sheet = read_sheet(path)
    if len(sheet.header) != 2:
        raise SpecificationError(f"{path.name} : une hiérarchie a deux colonnes, enfant et parent.")
    names = [name.lower() for name in sheet.header]
    swapped = names[0] in PARENT_HEADERS and names[1] not in PARENT_HEADERS
    rows = list(sheet.rows)
    others = {code for row in rows for code in row}
    if names[1] not in PARENT_HEADERS and names[0] not in CHILD_HEADERS and not swapped and sheet.header[1] in others:
        rows.insert(0, (sheet.header[0], sheet.header[1]))
    parents: dict[str, str] = {}
    for row in rows:
        child, parent = reversed(row) if swapped else row
        if not child or not parent or child == parent:
            continue
        if parents.setdefault(child, parent) != parent:
            raise SpecificationError(
                f"{path.name} : « {child} » a deux parents, « {parents[child]} » et « {parent} ». Des regroupements "
                "qui se recoupent se décrivent en plusieurs fichiers : hierarchy: [un.csv, deux.csv]."
            )
    return Hierarchy(parents)


def read_table(specification: Specification, path: Path) -> tuple[Table, Sheet]:
    """The cells of one table, and the file as it came. Raises SpecificationError with the file and the line."""
    sheet = read_sheet(path)
    names = tuple(d.name for d in specification.dimensions if d.name in sheet.header)
    if not names:
        raise SpecificationError(f"{path.name} : aucune colonne n’est une dimension de la spécification.")
    axes = [sheet.column(name) for name in names]
    value = None if specification.value is None else sheet.column(specification.value)
    frequency = None if specification.frequency is None else sheet.column(specification.frequency)
    largest = [sheet.column(name) for name in specification.largest]
    holders = sheet.column(specification.holders) if specification.holders in sheet.header else None
    counted = holders is not None and frequency is not None and _are_counts(sheet, holders, frequency)
    cells = []
    lines: dict[tuple[str, ...], int] = {}
    for line, row in enumerate(sheet.rows, start=2):
        where = f"{path.name}, ligne {line}"
        key = tuple(row[axis] for axis in axes)
        if not all(key):
            raise SpecificationError(f"{where} : une dimension est vide.")
        if key in lines:
            shown = " × ".join(key)
            raise SpecificationError(f"{where} : la cellule {shown} apparaît déjà ligne {lines[key]}.")
        lines[key] = line
        n = None
        if frequency is not None:
            if not row[frequency]:
                raise SpecificationError(f"{where} : l’effectif manque.")
            n = _count(row[frequency], where)
        amount = None
        if value is not None:
            if not row[value] and n != 0:
                raise SpecificationError(f"{where} : la valeur manque.")
            amount = _number(row[value], where) if row[value] else Fraction(0)
        tops = tuple(_number(row[i], where) if row[i] else None for i in largest)
        if n is not None and all(x is None for x in tops[n:]):
            tops = tops[:n] + (Fraction(0),) * (len(tops) - n)
        named = None
        count = None
        if holders is not None and row[holders]:
            if counted:
                count = _count(row[holders], where)
            else:
                named = frozenset(h.strip() for h in row[holders].split(HOLDER_SEPARATOR) if h.strip())
        cells.append(Cell(key, n, amount, tops, named, count))
    return Table(path.stem, names, tuple(cells)), sheet


def _are_counts(sheet: Sheet, holders: int, frequency: int) -> bool:
    """A column of numbers of holders (never above the contributors, above 1 somewhere) rather than of their names."""
    pairs = [(row[holders], row[frequency]) for row in sheet.rows if row[holders]]
    if not all(mine.isdigit() and n.isdigit() and int(mine) <= int(n) for mine, n in pairs):
        return False
    return any(int(mine) > 1 for mine, _ in pairs)


def read_known(specification: Specification) -> list[KnownCell]:
    """The cells that readers have already: rows without a value, or whose `status` is not published, are left out."""
    found = []
    published = specification.value or specification.frequency
    assert published is not None
    for path in specification.already_published:
        sheet = read_sheet(path)
        names = [d.name for d in specification.dimensions if d.name in sheet.header]
        value = sheet.column(published)
        frequency = sheet.header.index(specification.frequency) if specification.frequency in sheet.header else None
        status = sheet.header.index("status") if "status" in sheet.header else None
        for line, row in enumerate(sheet.rows, start=2):
            if not row[value] or (status is not None and row[status] not in ("", "published")):
                continue
            where = f"{path.name}, ligne {line}"
            n = _count(row[frequency], where) if frequency is not None and row[frequency] else None
            coordinates = {name: row[sheet.column(name)] for name in names}
            found.append(KnownCell(coordinates, _number(row[value], where), n))
    return found


def read_status(specification: Specification, sheet: Sheet) -> list[tuple[dict[str, str], bool, Fraction | None]]:
    """Rows of a table to be attacked: coordinates, whether it is primary, and what is published (None: hidden)."""
    published = specification.value or specification.frequency
    assert published is not None
    value = sheet.column(published)
    status = sheet.header.index("status") if "status" in sheet.header else None
    names = [d.name for d in specification.dimensions if d.name in sheet.header]
    rows = []
    for line, row in enumerate(sheet.rows, start=2):
        said = row[status] if status is not None else ("published" if row[value] else "primary")
        shown = said == "published"
        if shown and not row[value]:
            raise SpecificationError(f"{sheet.path.name}, ligne {line} : publiée, mais sans valeur.")
        number = _number(row[value], f"{sheet.path.name}, ligne {line}") if shown else None
        rows.append(({name: row[sheet.column(name)] for name in names}, said != "complementary" and not shown, number))
    return rows
