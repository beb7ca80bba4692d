"""Reads the cells of tables: those to be protected, what readers have already, what is to be attacked."""

from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path

from senacs.disclosure.contradictions import refuse_contradictions
from senacs.disclosure.csv_sheets import CsvSheet, count, is_blank, number, read_sheet
from senacs.disclosure.specification import Specification
from senacs.disclosure.tables import Cell, KnownCell, SpecificationError, Table

HOLDER_SEPARATOR = "|"
STATUS_HEADERS = ("status", "statut", "sdcstatus", "sdc_status", "suppressed")
PRIMARY_HEADERS = ("primary", "is_secret_prim")
# Words for a status: ours, French, τ-Argus (codes and names), sdcTable, GaussSuppression.
PUBLISHED = {"published", "publié", "publiée", "publie", "v", "z", "s", "safe", "false", "0", "non"}
COMPLEMENTARY = {"complementary", "secondary", "complémentaire", "secondaire", "secret secondaire", "d", "x"}
PRIMARY = {"primary", "primaire", "secret primaire", "u", "a", "b", "c", "unsafe", "true", "1", "oui"}
# Coordinates, whether it is primary (None: not said), what is published.
StatusRow = tuple[dict[str, str], bool | None, Fraction | None]
# Our word for a hidden cell where primary or complementary would speak of the figure itself.
HIDDEN = "suppressed"
# How others write a total when the specification says otherwise.
USUAL_TOTALS = {"total", "tot", "ensemble", "all", "tous", "_t", "sum"}


def read_table(specification: Specification, path: Path) -> tuple[Table, CsvSheet]:
    """The cells of one table, and the file as it came. Raises SpecificationError with the file and the line."""
    sheet = read_sheet(path)
    return table_of(specification, sheet), sheet


def table_of(specification: Specification, sheet: CsvSheet) -> Table:
    """The cells of a sheet. Raises SpecificationError with the file, the line and the column."""
    path = sheet.path
    names = _dimensions(specification, sheet)
    axes = [sheet.column(name) for name in names]
    value = None if specification.value is None else sheet.column(specification.value)
    frequency = None if specification.frequency is None else sheet.column(specification.frequency)
    largest = [sheet.header.index(name) if name in sheet.header else None for name in specification.largest]
    holders = sheet.column(specification.holders) if specification.holders in sheet.header else None
    waived = sheet.column(specification.waived) if specification.waived in sheet.header else None
    counted = holders is not None and frequency is not None and _are_counts(sheet, holders, frequency)
    _refuse_unknown(specification, sheet, names)
    cells = []
    lines: dict[tuple[str, ...], int] = {}
    for line, row in zip(sheet.lines, sheet.rows, strict=True):
        where = f"{path.name}, ligne {line}"
        key = _key(row, axes, names, where)
        if key in lines:
            shown = " × ".join(key)
            raise SpecificationError(f"{where} : la cellule {shown} apparaît déjà ligne {lines[key]}.")
        lines[key] = line
        n = None
        if frequency is not None:
            if is_blank(row[frequency]):
                raise SpecificationError(f"{where} : l’effectif manque (colonne « {specification.frequency} »).")
            n = count(row[frequency], f"{where}, colonne « {specification.frequency} »")
        amount = None
        if value is not None:
            if is_blank(row[value]) and n != 0:
                raise SpecificationError(f"{where} : la valeur manque (colonne « {specification.value} »).")
            amount = (
                Fraction(0)
                if is_blank(row[value])
                else number(row[value], f"{where}, colonne « {specification.value} »")
            )
        tops = tuple(
            None if i is None or is_blank(row[i]) else number(row[i], f"{where}, colonne « {sheet.header[i]} »")
            for i in largest
        )
        if n is not None and all(x is None for x in tops[n:]):
            tops = tops[:n] + (Fraction(0),) * (len(tops) - n)
        named, holding = None, None
        if holders is not None and not is_blank(row[holders]):
            if counted:
                holding = count(row[holders], where)
            else:
                named = frozenset(h.strip() for h in row[holders].split(HOLDER_SEPARATOR) if h.strip())
        agreed = (
            0
            if waived is None or is_blank(row[waived])
            else count(row[waived], f"{where}, colonne « {specification.waived} »")
        )
        cells.append(Cell(key, n, amount, tops, named, holding, agreed, line))
        refuse_contradictions(specification, cells[-1], where)
    if not cells:
        raise SpecificationError(f"{path.name} ne contient aucune cellule.")
    return Table(path.stem, names, tuple(cells), path.name, specification.published)


def _refuse_unknown(specification: Specification, sheet: CsvSheet, names: Sequence[str]) -> None:
    """A column that nobody described might tell what the plan hides: it is never written back unseen."""
    described = {*names, *specification.private_columns, *specification.ignored}
    described |= {name for name in (specification.value, specification.frequency) if name}
    statuses = {*STATUS_HEADERS, *PRIMARY_HEADERS, "reason"}
    for name in sheet.header:
        if name and name not in described and name.lower() not in statuses:
            raise SpecificationError(
                f"{sheet.path.name}, ligne 1, colonne « {name} » : la spécification ne dit pas ce qu’elle est. "
                f"Donnez-lui un rôle, ou laissez-la de côté (« ignored: [{name}] »)."
            )


def check_columns(specification: Specification, sheets: Sequence[CsvSheet]) -> None:
    """Refuses a column of the specification that no table has. Raises SpecificationError."""
    for name in specification.private_columns:
        if not any(name in sheet.header for sheet in sheets):
            raise SpecificationError(f"{sheets[0].path.name} : la colonne « {name} » manque (dans toutes les tables).")
    for dimension in specification.dimensions:
        if not any(dimension.name in sheet.header for sheet in sheets):
            raise SpecificationError(f"Dimension « {dimension.name} » : aucune table n’a cette colonne.")


def _dimensions(specification: Specification, sheet: CsvSheet) -> tuple[str, ...]:
    names = tuple(d.name for d in specification.dimensions if d.name in sheet.header)
    if not names:
        raise SpecificationError(f"{sheet.path.name} : aucune colonne n’est une dimension de la spécification.")
    for dimension in specification.dimensions:
        if dimension.name in names and not dimension.hierarchies:
            axis = sheet.column(dimension.name)
            codes = {row[axis] for row in sheet.rows}
            likely = sorted(code for code in codes if code.lower() in USUAL_TOTALS | {dimension.total.lower()})
            if dimension.total not in codes and likely:
                raise SpecificationError(
                    f"{sheet.path.name} : la colonne « {dimension.name} » contient « {likely[0]} », et le total "
                    f"déclaré est « {dimension.total} ». Écrivez « total: {likely[0]} » dans la spécification."
                )
    return names


def _key(row: Sequence[str], axes: Sequence[int], names: Sequence[str], where: str) -> tuple[str, ...]:
    key = tuple(row[axis] for axis in axes)
    for name, code in zip(names, key, strict=True):
        if not code:
            raise SpecificationError(f"{where} : la dimension « {name} » est vide.")
    return key


def _are_counts(sheet: CsvSheet, holders: int, frequency: int) -> bool:
    """A column of numbers of holders (never above the contributors, above 1 somewhere) rather than of their names."""
    pairs = [(row[holders], row[frequency]) for row in sheet.rows if not is_blank(row[holders])]
    if not all(_is_count(mine) and _is_count(n) and int(mine) <= int(n) for mine, n in pairs):
        return False
    return any(int(mine) > 1 for mine, _ in pairs)


def _is_count(text: str) -> bool:
    return text.isdecimal() and len(text) < 19


def read_known(specification: Specification) -> list[KnownCell]:
    """The cells that readers have already: rows without a value, or whose status is not published, are left out."""
    return [cell for path in specification.already_published for cell in known_of(specification, read_sheet(path))]


def known_of(specification: Specification, sheet: CsvSheet) -> list[KnownCell]:
    """Those of one sheet."""
    found = []
    names = _dimensions(specification, sheet)
    axes = [sheet.column(name) for name in names]
    value = sheet.column(specification.published)
    frequency = sheet.header.index(specification.frequency) if specification.frequency in sheet.header else None
    for line, row in zip(sheet.lines, sheet.rows, strict=True):
        if is_blank(row[value]) or _status(sheet, row, line, blank=False) != "published":
            continue
        where = f"{sheet.path.name}, ligne {line}"
        n = count(row[frequency], where) if frequency is not None and not is_blank(row[frequency]) else None
        coordinates = dict(zip(names, _key(row, axes, names, where), strict=True))
        found.append(KnownCell(coordinates, number(row[value], where), n))
    return found


def read_status(specification: Specification, sheet: CsvSheet) -> list[StatusRow]:
    """Rows of a table to be attacked: coordinates, whether it is primary (None: the file says hidden and no more), and
    what is published (None: hidden)."""
    value = sheet.column(specification.published)
    names = _dimensions(specification, sheet)
    axes = [sheet.column(name) for name in names]
    rows: list[StatusRow] = []
    for line, row in zip(sheet.lines, sheet.rows, strict=True):
        where = f"{sheet.path.name}, ligne {line}"
        status = _status(sheet, row, line, blank=is_blank(row[value]))
        if status == "published" and is_blank(row[value]):
            raise SpecificationError(f"{where} : publiée, mais sans valeur.")
        figure = number(row[value], where) if status == "published" else None
        rows.append(
            (
                dict(zip(names, _key(row, axes, names, where), strict=True)),
                None if status == HIDDEN else status == "primary",
                figure,
            )
        )
    return rows


def _status(sheet: CsvSheet, row: Sequence[str], line: int, *, blank: bool) -> str:
    """published, primary or complementary, or HIDDEN. Without a column of status: hidden where the figure is blank."""
    column, primary = sheet.find(*STATUS_HEADERS), sheet.find(*PRIMARY_HEADERS)
    if column is None:
        return "primary" if blank else "published"
    said = row[column].lower()
    if not said:
        return "primary" if blank else "published"
    if said in PUBLISHED:
        return "published"
    if said == HIDDEN:
        return HIDDEN
    if said in COMPLEMENTARY:
        return "complementary"
    if said in PRIMARY:
        return "complementary" if primary is not None and row[primary].lower() in PUBLISHED else "primary"
    raise SpecificationError(
        f"{sheet.path.name}, ligne {line} : statut « {row[column]} » inconnu. Mots admis : published, primary, "
        "complementary ; V, A, B, C, D (τ-Argus) ; s, z, u, x (sdcTable) ; suppressed TRUE ou FALSE (GaussSuppression)."
    )
