"""Grids: rows × columns of fields with derived codes, labels and totals."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Protocol

from senacs.lib.french import inside
from senacs.lib.text import search_key
from senacs.questionnaire.engine.keys import Keys
from senacs.questionnaire.engine.language import Expression, joined
from senacs.questionnaire.engine.schema import Field, Grid, Kind
from senacs.questionnaire.engine.typecheck import Base

GRID_KEYS = ("columns", "rows", "cell", "skip", "total_column")
COLUMN_KEYS = (
    "code", "label", "kind", "unit", "help", "warning", "options", "minimum", "maximum", "decimals", "max_length",
    "required", "not_concerned", "nature", "register", "public", "previous", "new", "condition", "computed",
)  # fmt: skip
# What a row may count otherwise than its column: « Heures d’atelier » among numbers of people.
ROW_OWN_KEYS = ("kind", "unit", "decimals", "minimum", "maximum", "nature", "register")
ROW_KEYS = ("code", "label", "full_name", "total", "condition", "previous", "new", "cell", *ROW_OWN_KEYS)
_ENDS = " ?:…\u00a0\u202f"  # « Combien de places ? » within a name
DEFAULT_CELL = "{column}_{row}"


@dataclass(frozen=True, slots=True)
class Cells:
    """What the fields of one question share."""

    section: str
    question: str
    is_core: bool
    condition: Expression | None


@dataclass(frozen=True, slots=True)
class CellPlace:
    """What a grid's cell adds to its column: its own code and names, and the question around it.

    `whole`: that question, whose « required » and « not_concerned » hold unless the column says; `former`: the code of
    the cell last year.
    """

    code: str
    label: str
    caption: str
    whole: Keys
    computed: str | None = None
    condition: Expression | None = None
    is_new: bool = False
    former: str = ""


class FieldBuilder(Protocol):
    """What a grid asks of whoever reads a questionnaire (`builder.Builder`)."""

    def keys(self, source: Any, allowed: tuple[str, ...], where: str) -> Keys: ...

    def code(self, keys: Keys, taken: set[str], what: str) -> str: ...

    def check_code(self, keys: Keys, code: str, taken: set[str], what: str) -> None: ...

    def formula(self, keys: Keys, key: str, expect: Base, *, text: str | None = None) -> Expression | None: ...

    def field(self, keys: Keys, cells: Cells, place: CellPlace | None = None) -> Field: ...


@dataclass(frozen=True, slots=True)
class _Row:
    code: str
    label: str
    is_total: bool
    condition: Expression | None
    is_new: bool
    keys: Keys
    pattern: str  # of its cells' codes, where it is not the grid's: a total that keeps the code of its series
    former: str  # its code of last year


@dataclass(frozen=True, slots=True)
class _Column:
    code: str
    label: str
    keys: Keys
    former: str  # its code of last year
    is_row_total: bool = False


def read_grid(builder: FieldBuilder, keys: Keys, cells: Cells) -> tuple[Grid, tuple[Field, ...]]:
    """The grid and its fields, row by row."""
    for key in ("kind", "unit", "options", "minimum", "maximum", "decimals", "max_length", "computed", "previous"):
        if key in keys:
            keys.refuse(key, f"{keys.where} : « {key} » se place sur une colonne de la grille.")
    grid = builder.keys(keys.source["grid"], GRID_KEYS, f"grille « {cells.question} »")
    columns, rows = _columns(builder, grid), _rows(builder, grid)
    if not columns or not rows:
        grid.refuse("", f"{grid.where} : il faut des « columns » et des « rows ».")
    pattern = grid.text("cell", DEFAULT_CELL)
    if "{column}" not in pattern.replace("{row}", "") and len(columns) > 1:
        grid.refuse("cell", f"{grid.where} : « cell » doit contenir {{column}} et {{row}}.")
    skipped = set(grid.texts("skip"))
    codes = {
        (row.code, column.code): (row.pattern or pattern).replace("{column}", column.code).replace("{row}", row.code)
        for row in rows
        for column in columns
    }
    for unknown in sorted(skipped - set(codes.values())):
        grid.refuse("skip", f"{grid.where} : « {unknown} » n’est pas une case de la grille.")
    fields: dict[str, Field] = {}
    table: list[tuple[str | None, ...]] = []
    for row in rows:
        line: list[str | None] = []
        for column in columns:
            code = codes[row.code, column.code]
            if code in skipped or (row.is_total and not _is_numeric(column)):
                line.append(None)
                continue
            place = CellPlace(
                code=code,
                label=_full_name(keys, row, column if len(columns) > 1 else None),
                caption=_caption(column.label, row.label),
                whole=keys,
                computed=_computed(column, row, columns, rows, codes, skipped),
                condition=row.condition,
                is_new=row.is_new or keys.flag("new"),
                former=(row.pattern or pattern).replace("{column}", column.former).replace("{row}", row.former),
            )
            fields[code] = _cell(builder, cells, column, row, place)
            line.append(code)
        table.append(tuple(line))
    for code in fields:
        builder.check_code(grid, code, set(), "une case")
    shape = Grid(tuple(r.label for r in rows), tuple(c.label for c in columns), tuple(table))
    return shape, tuple(fields.values())


def _columns(builder: FieldBuilder, grid: Keys) -> list[_Column]:
    columns: list[_Column] = []
    for source in grid.items("columns"):
        name = str(source.get("code", "?")) if isinstance(source, dict) else "?"
        keys = builder.keys(source, COLUMN_KEYS, f"{grid.where}, colonne « {name} »")
        code = builder.code(keys, {c.code for c in columns}, "une colonne")
        columns.append(_Column(code, keys.text("label"), keys, keys.text("previous", code)))
    raw_total = grid.source.get("total_column")
    if raw_total is not None:
        keys = builder.keys(raw_total, ("code", "label"), f"{grid.where}, total_column")
        numeric = [c for c in columns if _is_numeric(c)]
        if not numeric:
            keys.refuse("", f"{keys.where} : aucune colonne numérique à additionner.")
            return columns
        model = numeric[0].keys
        described = {k: model.source[k] for k in ("kind", "unit", "decimals") if k in model.source}
        shaped = Keys(
            {"label": keys.text("label"), **described}, COLUMN_KEYS, grid.errors, where=keys.where, at=keys.place()
        )
        code = keys.text("code")
        columns.append(_Column(code, keys.text("label"), shaped, code, is_row_total=True))
    return columns


def _rows(builder: FieldBuilder, grid: Keys) -> list[_Row]:
    rows: list[_Row] = []
    for source in grid.items("rows"):
        name = str(source.get("code", "?")) if isinstance(source, dict) else "?"
        keys = builder.keys(source, ROW_KEYS, f"{grid.where}, ligne « {name} »")
        code = keys.text("code")
        if code in {r.code for r in rows}:
            keys.refuse("code", f"{grid.where} : ligne « {code} » définie deux fois.")
        condition = builder.formula(keys, "condition", Base.BOOLEAN)
        own = keys.text("cell", "")
        former = keys.text("previous", code)
        if keys.flag("new") and "previous" in keys:
            keys.refuse("previous", f"{keys.where} : « previous » et « new » s’excluent.")
        rows.append(_Row(code, keys.text("label"), keys.flag("total"), condition, keys.flag("new"), keys, own, former))
    return rows


def _is_numeric(column: _Column) -> bool:
    kind = column.keys.source.get("kind")
    return kind in {k.value for k in Kind if k.is_numeric}


def _computed(
    column: _Column,
    row: _Row,
    columns: list[_Column],
    rows: list[_Row],
    codes: dict[tuple[str, str], str],
    skipped: set[str],
) -> str | None:
    own: Any = column.keys.source.get("computed")
    if own is not None:
        return str(own).replace("{row}", row.code)
    if column.is_row_total:
        parts = [codes[row.code, c.code] for c in columns if not c.is_row_total and _is_numeric(c)]
    elif row.is_total:
        parts = [codes[r.code, column.code] for r in rows if not r.is_total]
    else:
        return None
    return f"SOMME({'; '.join(p for p in parts if p not in skipped)})"


def _cell(builder: FieldBuilder, cells: Cells, column: _Column, row: _Row, place: CellPlace) -> Field:
    if "condition" in column.keys:
        text = column.keys.text("condition", "").replace("{row}", row.code)
        own = builder.formula(column.keys, "condition", Base.BOOLEAN, text=text)
        cells = replace(cells, condition=joined([cells.condition, own]))
    return builder.field(_of_row(column.keys, row.keys), cells, place)


def _of_row(column: Keys, row: Keys) -> Keys:
    """The keys of a cell: its column's, but for what its row says of its own."""
    own = {key: row.source[key] for key in ROW_OWN_KEYS if key in row.source}
    if not own:
        return column
    return Keys({**column.source, **own}, COLUMN_KEYS, row.errors, where=row.where, at=row.place())


def _caption(column: str, row: str) -> str:
    """« ETP, animation »; an acronym keeps its capitals."""
    return f"{column}, {inside(row)}"


def _full_name(question: Keys, row: _Row, column: _Column | None) -> str:
    """Table, row and column. A row named by itself leaves the table out; a column is left out when it is the only one
    or when that name says it already (« Bénévoles réguliers » of the column « Bénévoles »).
    """
    of_row = row.keys.text("full_name", "")
    table = question.text("full_name", "") or question.text("label").rstrip(_ENDS)
    parts = [of_row] if of_row else [table, inside(row.label)]
    is_said = column is None or (of_row and search_key(of_row).startswith(search_key(column.label)))
    return ", ".join(parts if column is None or is_said else [*parts, inside(column.label)])
