"""CSV files as they come: separators, encodings, numbers written the French way or by R."""

import csv
import io
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from pathlib import Path

from senacs.disclosure.tables import SpecificationError

# What R, SAS and spreadsheets write where there is nothing.
BLANKS = {"", "na", "nan", "null", "none", ".", "-", "#n/a", "inf", "-inf"}
UTF16_MARKS = (b"\xff\xfe", b"\xfe\xff")


@dataclass(frozen=True)
class CsvSheet:
    """A CSV file as it came: what is needed to write it back in the same form. lines: where each row stands in it."""

    path: Path
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    separator: str
    lines: tuple[int, ...]

    def column(self, name: str) -> int:
        if name not in self.header:
            raise SpecificationError(
                f"{self.path.name} : la colonne « {name} » manque. Colonnes du fichier : {', '.join(self.header)}."
            )
        return self.header.index(name)

    def find(self, *names: str) -> int | None:
        """The first column whose name is one of these, whatever the case."""
        lowered = [name.lower() for name in self.header]
        return next((lowered.index(name) for name in names if name in lowered), None)


def read_text(path: Path) -> str:
    """UTF-8 with or without BOM, UTF-16 with one, else Windows-1252. Raises SpecificationError."""
    try:
        raw = path.read_bytes()
    except OSError as error:
        reason = "le fichier n’existe pas" if isinstance(error, FileNotFoundError) else error.strerror
        raise SpecificationError(f"{path} ne peut pas être lu : {reason}.") from error
    if raw.startswith(UTF16_MARKS):
        return _decoded(raw, "utf-16", path)
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        return _decoded(raw, "cp1252", path)


def _decoded(raw: bytes, encoding: str, path: Path) -> str:
    try:
        return raw.decode(encoding)
    except UnicodeDecodeError as error:
        before = raw[: error.start]
        line = before.count(b"\n") + 1
        column = error.start - before.rfind(b"\n")
        raise SpecificationError(
            f"{path.name}, ligne {line}, octet {column} : le texte n’est ni de l’UTF-8, ni de l’UTF-16 complet, ni du "
            "Windows-1252. Enregistrez le fichier en UTF-8."
        ) from error


def read_sheet(path: Path) -> CsvSheet:
    """A CSV file separated by « , », « ; » or tabulations. Raises SpecificationError with the file and the line."""
    text = read_text(path)
    if "\0" in text:
        raise SpecificationError(f"{path.name} n’est pas un fichier CSV (est-ce un classeur ?).")
    first = next((line for line in text.split("\n") if line.strip()), "")
    separator = max(",;\t", key=lambda mark: (first.count(mark), mark == ","))
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
    lines: list[int] = []
    rows: list[tuple[str, ...]] = []
    try:
        for values in reader:
            if any(value.strip() for value in values):
                rows.append(tuple(value.strip() for value in values))
                lines.append(reader.line_num)
    except csv.Error as error:
        raise SpecificationError(f"{path.name}, ligne {reader.line_num} : CSV illisible ({error}).") from error
    if not rows:
        raise SpecificationError(f"{path.name} est vide.")
    header = rows.pop(0)
    for line, row in zip(lines[1:], rows, strict=True):
        if len(row) != len(header):
            raise SpecificationError(f"{path.name}, ligne {line} : {len(row)} colonnes au lieu de {len(header)}.")
    doubles = sorted({name for name in header if name and header.count(name) > 1})
    if doubles:
        raise SpecificationError(f"{path.name} : la colonne « {doubles[0]} » apparaît deux fois.")
    return CsvSheet(path, header, tuple(rows), separator, tuple(lines[1:]))


def is_blank(text: str) -> bool:
    return text.lower() in BLANKS


def number(text: str, where: str) -> Fraction:
    """« 12.5 », « 12,5 », « 1 234,5 », « 1.234,5 », « 1,234.5 », « 1e+05 »: the last mark is the decimal one."""
    cleaned = "".join(text.split()).replace("\u2212", "-").replace("'", "").replace("\u2019", "")
    if "," in cleaned and "." in cleaned:
        thousands = "," if cleaned.rindex(".") > cleaned.rindex(",") else "."
        cleaned = cleaned.replace(thousands, "")
    cleaned = cleaned.replace(",", ".")
    try:
        found = Decimal(cleaned)
    except InvalidOperation:
        raise SpecificationError(f"{where} : « {text} » n’est pas un nombre.") from None
    if not found.is_finite() or abs(found.adjusted()) > 60:
        raise SpecificationError(f"{where} : « {text} » n’est pas un nombre.")
    return Fraction(found)


def count(text: str, where: str) -> int:
    found = number(text, where)
    if found.denominator != 1 or found < 0:
        raise SpecificationError(f"{where} : « {text} » n’est pas un effectif (entier positif ou nul).")
    return int(found)
