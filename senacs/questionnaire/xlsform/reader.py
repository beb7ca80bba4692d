"""A questionnaire from the sheets of a workbook; every mistake at once, with sheet, row and reason."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from senacs.lib import clock
from senacs.lib.incoming import whole_number
from senacs.lib.workbooks import WorkbookSheet, read_xlsx
from senacs.questionnaire.engine import yaml_source
from senacs.questionnaire.engine.errors import DefinitionError, DefinitionErrors, close_match
from senacs.questionnaire.engine.loader import from_source
from senacs.questionnaire.engine.schema import Questionnaire
from senacs.questionnaire.xlsform.columns import (
    CHOICES,
    DEDUCED,
    DEDUCED_COLUMNS,
    GRID_AXES,
    GRID_PREFIX,
    GRIDS,
    INDICATORS,
    PREFIX,
    QUESTION_KEYS,
    RULES,
    SECTION_KEYS,
    SECTION_PREFIX,
    SETTINGS,
    SHEETS,
    SURVEY,
    YES_NO_LIST,
    BadCell,
    Element,
    Row,
    from_cell,
)
from senacs.questionnaire.xlsform.foreign import Adapted, adapt, is_foreign
from senacs.questionnaire.xlsform.sheets import CONTEXT, Sheets, list_name, sheets_of

MAX_BYTES = 10 * 1024 * 1024
_REQUIRED_SHEETS = (SURVEY, CHOICES, SETTINGS)
_REQUIRED_COLUMNS = {
    SURVEY: ("type", "name"), CHOICES: ("list_name", "name"), GRIDS: ("grille", "axe", "code"),
    RULES: ("code", "rule"), INDICATORS: ("code", "formula"),
}  # fmt: skip
# Spellings that the standard of Kobo and ODK allows.
_ALIASES = {"list name": "list_name", "calculate": "calculation", "relevance": "relevant"}
_OWN_LISTS = frozenset({YES_NO_LIST, *CONTEXT})
_KINDS = {"integer": "entier", "decimal": "decimal", "text": "texte", "date": "date"}
_SELECTS = {"select_one": "choix", "select_multiple": "choix_multiple"}


@dataclass(frozen=True, slots=True)
class Definition:
    """What a workbook defines. `indicators` are plain mappings, each with the row where it stands."""

    questionnaire: Questionnaire
    indicators: tuple[tuple[dict[str, Any], int], ...]
    # What a workbook of Kobo or ODK says that SENACS does not take over, each with its row.
    notes: tuple[DefinitionError, ...] = ()


def read_definition(path: Path, *, name: str = "") -> Definition:
    """Opens a workbook and reads it. Raises WorkbookError for the file, DefinitionErrors for its content."""
    name = name or path.name
    return definition_of(rows_of(read_xlsx(path, name=name, heaviest=MAX_BYTES)))


def rows_of(sheets: Iterable[WorkbookSheet]) -> Sheets:
    """The rows of the sheets that we know, by the header of their columns. Raises DefinitionErrors."""
    errors: list[DefinitionError] = []
    known = {sheet.name.strip().lower(): sheet for sheet in sheets if sheet.name.strip().lower() in SHEETS}
    found = {name: _rows(name, known[name], errors) if name in known else [] for name in SHEETS}
    # Kobo and ODK do without lists and settings.
    required = (SURVEY,) if is_foreign(found) else _REQUIRED_SHEETS
    errors += [
        DefinitionError(f"il manque la feuille « {name} ».", file="classeur") for name in required if name not in known
    ]
    if errors:
        raise DefinitionErrors(errors)
    return found


def _rows(name: str, sheet: WorkbookSheet, errors: list[DefinitionError]) -> list[Row]:
    for cell in sorted(sheet.formulas):
        line = whole_number(cell.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ")) or 0
        errors.append(
            DefinitionError(f"la cellule {cell} est une formule : écrivez sa valeur.", file=sheet.name, line=line)
        )
    if not sheet.rows:
        errors.append(DefinitionError("la feuille est vide.", file=sheet.name))
        return []
    headers = [_ALIASES.get(header.strip(), header.strip()) for header in sheet.rows[0]]
    for header in headers:
        if header.startswith(PREFIX) and header not in SHEETS[name]:
            errors.append(
                DefinitionError(f"colonne « {header} » inconnue.", suggestion=close_match(header, SHEETS[name]),
                                file=name, line=1)
            )  # fmt: skip
        if header and headers.count(header) > 1:
            errors.append(DefinitionError(f"colonne « {header} » en double.", file=sheet.name, line=1))
    rows = []
    for number, texts in enumerate(sheet.rows[1:], 2):
        cells = {header: text for header, text in zip(headers, texts, strict=False) if header and text.strip()}
        if cells:
            rows.append(Row(cells, number))
    errors += [
        DefinitionError(f"il manque la colonne « {column} ».", file=name, line=1)
        for column in _REQUIRED_COLUMNS.get(name, ())
        if rows and column not in headers
    ]
    return rows


def definition_of(sheets: Sheets) -> Definition:
    """The questionnaire that the rows define, checked in full. Raises DefinitionErrors."""
    adapted = adapt(sheets, year=clock.today().year) if is_foreign(sheets) else Adapted(sheets)
    reader = _Reader(adapted.sheets)
    source = reader.source()
    questionnaire = from_source(source, SURVEY, [*adapted.errors, *reader.errors])
    if errors := _contradictions(adapted.sheets, questionnaire):
        raise DefinitionErrors(errors)
    return Definition(questionnaire, tuple(reader.indicators()), tuple(adapted.notes))


class _Reader:
    def __init__(self, sheets: Sheets) -> None:
        self.sheets = sheets
        self.errors: list[DefinitionError] = []
        self.used_lists: set[str] = set()
        self.options: dict[str, list[dict[str, str]]] = {}
        self.axes: dict[str, list[Row]] = {}

    def refuse(self, sheet: str, row: Row, message: str, suggestion: str = "") -> None:
        self.errors.append(DefinitionError(message, suggestion=suggestion, file=sheet, line=row.number))

    def source(self) -> dict[str, object]:
        self.read_choices()
        for row in self.sheets[GRIDS]:
            self.axes.setdefault(row.get("grille"), []).append(row)
        source = self.settings()
        source["sections"] = self.sections()
        source["rules"] = [self.mapping(RULES, row, SHEETS[RULES]) for row in self.sheets[RULES]]
        for name, rows in self.axes.items():
            self.refuse(GRIDS, rows[0], f"aucune ligne de « {SURVEY} » ne déclare la grille « {name} ».")
        first = {row.get("list_name"): row for row in reversed(self.sheets[CHOICES])}
        for name in first.keys() - self.used_lists - _OWN_LISTS:
            self.refuse(CHOICES, first[name], f"aucune question n’utilise la liste « {name} ».")
        return source

    def settings(self) -> yaml_source.Mapping:
        rows = self.sheets[SETTINGS]
        row = rows[0] if rows else Row({}, 2)
        source = yaml_source.Mapping(SETTINGS, row.number)
        columns = {"form_title": "title", "form_id": "code", f"{PREFIX}year": "year", f"{PREFIX}data_year": "data_year"}
        self.fill(source, SETTINGS, row, columns)
        return source

    def fill(self, source: yaml_source.Mapping, sheet: str, row: Row, columns: dict[str, str]) -> None:
        """Reads the cells of `columns` (header to key) into a mapping that knows their place."""
        for column, key in columns.items():
            if text := row.get(column):
                try:
                    source[key] = from_cell(key, text)
                except BadCell as error:
                    self.refuse(sheet, row, f"colonne « {column} » : {error}")
                source.lines[key] = row.number

    def mapping(self, sheet: str, row: Row, columns: Iterable[str]) -> yaml_source.Mapping:
        source = yaml_source.Mapping(sheet, row.number)
        self.fill(source, sheet, row, {column: column for column in columns})
        return source

    def read_choices(self) -> None:
        for row in self.sheets[CHOICES]:
            name, code, label = row.get("list_name").strip(), row.get("name").strip(), row.get("label")
            if not (name and code and label):
                self.refuse(CHOICES, row, "une option a une liste (list_name), un code (name) et un libellé (label).")
                continue
            self.options.setdefault(name, []).append({"code": code, "label": label})

    def sections(self) -> list[yaml_source.Mapping]:
        sections: list[yaml_source.Mapping] = []
        grid: yaml_source.Mapping | None = None
        is_open = False
        for row in self.sheets[SURVEY]:
            element = self.element(row, inside_grid=grid is not None, inside_section=is_open)
            if element is Element.SECTION:
                if is_open:
                    self.refuse(SURVEY, row, "la rubrique précédente n’est pas fermée (end_group).")
                sections.append(self.section(row))
                is_open, grid = True, None
            elif element is Element.END:
                if grid is not None:
                    grid = None
                else:
                    is_open = False
            elif element in {Element.QUESTION, Element.GRID}:
                if not is_open:
                    self.refuse(SURVEY, row, f"« {row.get('name')} » n’est dans aucune rubrique.")
                    continue
                question = self.question(row, is_grid=element is Element.GRID)
                sections[-1]["questions"].append(question)
                grid = question if element is Element.GRID else grid
        if is_open:
            self.refuse(SURVEY, self.sheets[SURVEY][-1], "la dernière rubrique n’est pas fermée (end_group).")
        return sections

    def element(self, row: Row, *, inside_grid: bool, inside_section: bool) -> Element | None:
        """What the row is: as it says, else as Kobo would understand it."""
        word = row.get(f"{PREFIX}element").strip()
        if word:
            if word in {element.value for element in Element}:
                element = Element(word)
                is_end_of_context = element is Element.CONTEXT
                return None if element in DEDUCED or is_end_of_context else element
            known = close_match(word, [e.value for e in Element])
            self.refuse(SURVEY, row, f"élément « {word[:40]} » inconnu.", known)
            return None
        kind = row.get("type").strip().replace(" ", "_")
        if kind == "begin_group":
            return Element.GRID if inside_section else Element.SECTION
        if kind == "end_group":
            return Element.END
        return None if inside_grid else Element.QUESTION

    def section(self, row: Row) -> yaml_source.Mapping:
        source = yaml_source.Mapping(SURVEY, row.number)
        columns = {"name": "code", "label": "title", **{PREFIX + key: key for key in SECTION_KEYS}}
        self.fill(source, SURVEY, row, columns)
        source["code"] = row.get("name").strip().removeprefix(SECTION_PREFIX)
        source["questions"] = []
        return source

    def question(self, row: Row, *, is_grid: bool) -> yaml_source.Mapping:
        source = yaml_source.Mapping(SURVEY, row.number)
        keys = [key for key in QUESTION_KEYS if key not in {"cell", "skip"}]
        columns = {"name": "code", "label": "label", "hint": "help", **{PREFIX + key: key for key in keys}}
        self.fill(source, SURVEY, row, columns)
        code = row.get("name").strip()
        source["code"] = code.removeprefix(GRID_PREFIX) if is_grid else code
        if is_grid:
            source["grid"] = self.grid(row, source["code"])
            source.lines["grid"] = row.number
            return source
        if "kind" not in source and (kind := self.kind_of(row)):
            source["kind"] = kind
        self.add_options(source, SURVEY, row, self.list_of(row) or list_name(code))
        return source

    def kind_of(self, row: Row) -> str:
        """The kind that a row added in Kobo's words stands for."""
        kind, _, name = row.get("type").strip().partition(" ")
        if kind == "select_one" and name.strip() == YES_NO_LIST:
            return "oui_non"
        found = _KINDS.get(kind) or _SELECTS.get(kind, "")
        if not found:
            self.refuse(SURVEY, row, f"type « {row.get('type')[:40]} » : donnez « {PREFIX}kind ».")
        return found

    def list_of(self, row: Row) -> str:
        kind, _, name = row.get("type").strip().partition(" ")
        return name.strip() if kind in _SELECTS and name.strip() not in _OWN_LISTS else ""

    def add_options(self, source: yaml_source.Mapping, sheet: str, row: Row, name: str) -> None:
        if source.get("kind") not in {"choix", "choix_multiple"}:
            return
        self.used_lists.add(name)
        if name in self.options:
            source["options"] = self.options[name]
        else:
            self.refuse(sheet, row, f"la liste « {name} » n’est pas dans la feuille « {CHOICES} ».")

    def grid(self, row: Row, code: str) -> yaml_source.Mapping:
        grid = yaml_source.Mapping(SURVEY, row.number)
        for axis in self.axes.pop(code, []):
            key = GRID_AXES.get(axis.get("axe").strip())
            item = self.mapping(GRIDS, axis, [c for c in SHEETS[GRIDS] if c not in {"grille", "axe"}])
            if key is None:
                self.refuse(GRIDS, axis, f"axe « {axis.get('axe')} » inconnu.", f"Possibles : {', '.join(GRID_AXES)}.")
            elif key == "total_column":
                grid[key] = item
            else:
                self.add_options(item, GRIDS, axis, list_name(code, str(item.get("code", ""))))
                grid.setdefault(key, []).append(item)
        self.fill(grid, SURVEY, row, {PREFIX + key: key for key in ("cell", "skip")})
        return grid

    def indicators(self) -> Iterable[tuple[dict[str, object], int]]:
        errors_before = len(self.errors)
        found = [
            (dict(self.mapping(INDICATORS, row, SHEETS[INDICATORS])), row.number) for row in self.sheets[INDICATORS]
        ]
        if len(self.errors) > errors_before:
            raise DefinitionErrors(self.errors[errors_before:])
        return found


def _contradictions(sheets: Sheets, questionnaire: Questionnaire) -> list[DefinitionError]:
    """Deduced cells that say otherwise than the definition: an edit there would be lost, so it is told."""
    expected = {row.get("name"): row for row in sheets_of(questionnaire)[SURVEY] if row.get("name")}
    errors = []
    for row in sheets[SURVEY]:
        name = row.get("name").strip()
        if not name or row.get(f"{PREFIX}element") == Element.CONTEXT:
            continue
        model = expected.get(name)
        if model is None:
            if row.get(f"{PREFIX}element") in {Element.CELL, Element.RULE}:
                errors.append(
                    _told(row, f"« {name} » n’est dans aucune grille ni règle : décrivez-la dans sa feuille.")
                )
            continue
        is_cell = model.get(f"{PREFIX}element") in {Element.CELL, Element.RULE}
        columns: Sequence[str] = (*DEDUCED_COLUMNS, "label") if is_cell else DEDUCED_COLUMNS
        for column in columns:
            text, deduced = row.get(column).strip(), model.get(column).strip()
            if column == "type" and text.split(" ")[0] == deduced.split(" ")[0] and text.startswith("select_"):
                continue  # a list of another name, whose options were read
            if text and text != deduced:
                where = "la grille ou la règle" if is_cell else f"les colonnes « {PREFIX}… »"
                errors.append(_told(row, f"« {column} » de « {name} » se déduit de {where} : elle vaudrait "
                                         f"« {model.get(column)[:80]} ». Videz la cellule."))  # fmt: skip
    return errors


def _told(row: Row, message: str) -> DefinitionError:
    return DefinitionError(message, file=SURVEY, line=row.number)
