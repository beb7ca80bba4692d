"""From a questionnaire to the rows of its sheets."""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from senacs.questionnaire.engine.builder import option_pairs
from senacs.questionnaire.engine.loader import field_types
from senacs.questionnaire.engine.schema import Field, Kind, Questionnaire, Rule, Severity
from senacs.questionnaire.engine.typecheck import Type
from senacs.questionnaire.xlsform import xpath
from senacs.questionnaire.xlsform.columns import (
    CHOICES,
    GRID_AXES,
    GRID_PREFIX,
    GRID_SHEET,
    GRIDS,
    INDICATOR_SHEET,
    INDICATORS,
    PREFIX,
    QUESTION_KEYS,
    RULE_PREFIX,
    RULE_SHEET,
    RULES,
    SECTION_KEYS,
    SECTION_PREFIX,
    SETTINGS,
    SURVEY,
    YES_NO_LIST,
    Element,
    Row,
    to_cell,
)
from senacs.questionnaire.xlsform.xpath import Untranslatable

Sheets = dict[str, list[Row]]
_TYPES = {
    Kind.INTEGER: "integer", Kind.AMOUNT: "integer", Kind.DECIMAL: "decimal", Kind.PERCENT: "decimal",
    Kind.YES_NO: f"select_one {YES_NO_LIST}", Kind.TEXT: "text", Kind.LONG_TEXT: "text", Kind.DATE: "date",
}  # fmt: skip
# What formulas may ask about the structure: Kobo does not know it, so the form begins by asking.
CONTEXT: dict[str, tuple[str, dict[str, str]]] = {
    "structure_type": ("Type de structure", {"CS": "Centre social", "EVS": "Espace de vie sociale"}),
    "structure_gestion": (
        "Mode de gestion",
        {"associatif": "Associatif", "collectivite": "Collectivité locale", "caf": "Caf", "autre": "Autre"},
    ),
    "structure_territoire": ("Type de territoire", {"urbain": "Urbain", "rural": "Rural"}),
    "structure_qpv": ("Située dans un quartier prioritaire (QPV)", {"oui": "Oui", "non": "Non"}),
    "structure_fcsf": ("Adhérente à la fédération des centres sociaux", {"oui": "Oui", "non": "Non"}),
}
_PLACEHOLDER = re.compile(r"\{([a-z0-9_]+)\}")


def sheets_of(questionnaire: Questionnaire, indicators: Iterable[Mapping[str, Any]] = ()) -> Sheets:
    """Every sheet, in the order in which the workbook shows them; numbers of rows count the header as 1."""
    writer = _Writer(questionnaire)
    sheets = {
        SURVEY: list(writer.survey()),
        CHOICES: list(writer.choices()),
        SETTINGS: [writer.settings()],
        GRIDS: list(writer.grids()),
        RULES: [_plain(rule, RULE_SHEET) for rule in _items(questionnaire.document, "rules")],
        INDICATORS: [_plain(indicator, INDICATOR_SHEET) for indicator in indicators],
    }
    return {name: [Row(row.cells, number) for number, row in enumerate(rows, 2)] for name, rows in sheets.items()}


def list_name(question: str, column: str = "") -> str:
    """Name of the list of options of a question, or of a grid's column."""
    return f"{question}__{column}" if column else question


def _items(source: Mapping[str, Any], key: str) -> list[dict[str, Any]]:
    return list(source.get(key) or [])


def _plain(source: Mapping[str, Any], columns: Iterable[str]) -> Row:
    return Row({key: to_cell(key, source[key]) for key in columns if key in source})


def _own(source: Mapping[str, Any], keys: Iterable[str]) -> dict[str, str]:
    return {PREFIX + key: to_cell(key, source[key]) for key in keys if key in source}


class _Writer:
    def __init__(self, questionnaire: Questionnaire) -> None:
        self.questionnaire = questionnaire
        self.types: dict[str, Type] = field_types(questionnaire)
        self.fields = questionnaire.fields
        self.rules: dict[str, list[Rule]] = {}
        order = {code: index for index, code in enumerate(self.fields)}
        for rule in questionnaire.rules:
            last = max((c for c in rule.expression.codes if c in order), key=order.__getitem__, default=None)
            if rule.severity is Severity.BLOCKING and last is not None:
                self.rules.setdefault(self.fields[last].section, []).append(rule)

    def survey(self) -> Iterator[Row]:
        yield self.row(Element.CONTEXT, type="begin_group", name="structure", label="Votre structure")
        for code, (label, _) in CONTEXT.items():
            yield self.row(Element.CONTEXT, type=f"select_one {code}", name=code, label=label)
        yield self.row(Element.CONTEXT, type="end_group")
        for section in _items(self.questionnaire.document, "sections"):
            yield self.row(
                Element.SECTION, type="begin_group", name=SECTION_PREFIX + section["code"],
                label=to_cell("title", section["title"]), **_own(section, SECTION_KEYS),
            )  # fmt: skip
            for question in _items(section, "questions"):
                yield from self.question(question)
            yield from self.broken_rules(section["code"])
            yield self.row(Element.END, type="end_group")

    def row(self, element: Element, **cells: str) -> Row:
        return Row({**{column: text for column, text in cells.items() if text}, f"{PREFIX}element": element.value})

    def question(self, source: Mapping[str, Any]) -> Iterator[Row]:
        code = source["code"]
        texts = {"label": to_cell("label", source["label"])}
        if "help" in source:
            texts["hint"] = to_cell("help", source["help"])
        if "grid" not in source:
            yield self.row(
                Element.QUESTION, name=code, **texts, **self.deduced(self.fields[code], list_name(code)),
                **_own(source, QUESTION_KEYS),
            )  # fmt: skip
            return
        grid = source["grid"]
        own = _own(source, QUESTION_KEYS) | _own(grid, ("cell", "skip"))
        yield self.row(Element.GRID, type="begin_group", name=GRID_PREFIX + code, **texts, **own)
        columns = dict(zip(self.column_codes(grid), range(99), strict=False))
        shape = self.questionnaire.questions[code].grid
        assert shape is not None
        for cells in shape.cells:
            for column, index in columns.items():
                cell = cells[index]
                if cell is not None:
                    field = self.fields[cell]
                    deduced = self.deduced(field, list_name(code, column))
                    yield self.row(Element.CELL, name=cell, label=field.caption, **deduced)
        yield self.row(Element.END, type="end_group")

    def column_codes(self, grid: Mapping[str, Any]) -> list[str]:
        total = grid.get("total_column")
        return [*(column["code"] for column in _items(grid, "columns")), *([total["code"]] if total else [])]

    def deduced(self, field: Field, options: str) -> dict[str, str]:
        """The columns of Kobo and ODK for one field; blank where XPath cannot say what our formula says."""
        cells = {"type": _TYPES.get(field.kind, "")}
        if field.kind is Kind.CHOICE:
            cells["type"] = f"select_one {options}"
        elif field.kind is Kind.MULTIPLE:
            cells["type"] = f"select_multiple {options}"
        if field.kind is Kind.LONG_TEXT:
            cells["appearance"] = "multiline"
        if field.is_required:
            cells["required"] = "yes"
        if field.condition is not None:
            cells["relevant"] = self.translated(xpath.relevant, field.condition.tree)
        if field.computed is not None:
            formula = self.translated(xpath.calculation, field.computed.tree)
            return cells | {"type": "calculate" if formula else "note", "calculation": formula}
        bounds = [
            f". {sign} {bound}" for sign, bound in ((">=", field.minimum), ("<=", field.maximum)) if bound is not None
        ]
        if field.kind.is_numeric and bounds:
            cells["constraint"] = " and ".join(bounds)
            cells["constraint_message"] = _bounds_message(field)
        return cells

    def broken_rules(self, section: str) -> Iterator[Row]:
        """A note that shows where a blocking rule fails, after the last section that it reads."""
        for rule in self.rules.get(section, []):
            test = self.translated(xpath.broken, rule.expression.tree)
            if test and "[N-1]" not in rule.message:
                message = _PLACEHOLDER.sub(r"${\1}", rule.message)
                yield self.row(
                    Element.RULE, type="note", name=RULE_PREFIX + rule.code.lower(), label=message, relevant=test
                )

    def translated(self, write: Any, node: Any) -> str:
        try:
            return str(write(node, self.types))
        except Untranslatable:
            return ""

    def choices(self) -> Iterator[Row]:
        lists: dict[str, list[tuple[str, str]]] = {
            YES_NO_LIST: [("oui", "Oui"), ("non", "Non")],
            **{code: list(options.items()) for code, (_, options) in CONTEXT.items()},
        }
        for section in _items(self.questionnaire.document, "sections"):
            for question in _items(section, "questions"):
                if "options" in question:
                    lists[list_name(question["code"])] = option_pairs(question["options"])
                for column in _items(question.get("grid", {}), "columns"):
                    if "options" in column:
                        name = list_name(question["code"], column["code"])
                        lists[name] = option_pairs(column["options"])
        for name, pairs in lists.items():
            for code, label in pairs:
                yield Row({"list_name": name, "name": code, "label": label})

    def settings(self) -> Row:
        q = self.questionnaire
        return Row(
            {
                "form_title": q.title,
                "form_id": q.code,
                "version": q.checksum[:12],
                "default_language": "fr",
                f"{PREFIX}year": str(q.year),
                f"{PREFIX}data_year": str(q.data_year),
            }
        )

    def grids(self) -> Iterator[Row]:
        for section in _items(self.questionnaire.document, "sections"):
            for question in _items(section, "questions"):
                for axis, key in GRID_AXES.items():
                    found = question.get("grid", {}).get(key) or []
                    for item in [found] if isinstance(found, dict) else found:
                        cells = _plain(item, GRID_SHEET).cells
                        yield Row({"grille": question["code"], "axe": axis, **cells})


def _bounds_message(field: Field) -> str:
    if field.maximum is None:
        return f"Au moins {field.minimum}."
    if field.minimum is None:
        return f"Au plus {field.maximum}."
    return f"Entre {field.minimum} et {field.maximum}."
