"""The workbook of a response, to fill offline: prefilled, locked but for the answers, with lists and rules."""

import io
import re
from collections.abc import Iterator
from typing import Any

import xlsxwriter
from django.conf import settings
from xlsxwriter.utility import xl_range_abs

from senacs.collection.models import Response
from senacs.collection.queries import compiled_of, environment
from senacs.collection.workbook import layout
from senacs.collection.workbook.excel import NOT_CONCERNED_LABEL, Cells, Untranslatable, quoted, typed
from senacs.collection.workbook.layout import Line, SectionSheet, layout_of
from senacs.lib.french import long_date
from senacs.questionnaire.engine.schema import Field, Kind, Rule, Severity

_OPTIONS = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
_WIDTHS = {layout.LABEL: 58, layout.VALUE: 22, layout.UNIT: 12, layout.BEFORE: 20, layout.CHECK: 46, layout.HELP: 70}
_HIDDEN = (layout.CODE, layout.REVISION, layout.SEEN)
# Excel refuses longer formulas; a cell shows a few of its rules at most.
MOST_FORMULA = 7000
_PLACEHOLDER = re.compile(r"\{([a-z0-9_]+)(\[N-1\])?\}")


def as_workbook(response: Response) -> bytes:
    """XLSX: one sheet a section. Only the answers can be typed in; codes and revisions travel in hidden columns."""
    output = io.BytesIO()
    with xlsxwriter.Workbook(output, _OPTIONS) as book:
        _Writer(book, response).write()
    return output.getvalue()


class _Writer:
    def __init__(self, book: Any, response: Response) -> None:
        self.book, self.response = book, response
        self.compiled = compiled_of(response)
        self.at = environment(response)
        self.sheets = layout_of(response)
        places = {
            line.field.code: (sheet, line) for sheet in self.sheets for line in sheet.lines if line.field is not None
        }
        self.cells = Cells(
            fields=self.compiled.questionnaire.fields,
            now={code: sheet.reference(line, layout.VALUE) for code, (sheet, line) in places.items()},
            before={
                code: sheet.reference(line, layout.BEFORE)
                for code, (sheet, line) in places.items()
                if code in self.at.previous
            },
            context=self.at.context,
        )
        self.rules = self.rules_by_last_field(places)
        top = {"valign": "top"}
        self.formats = {
            "head": book.add_format({"bold": True, "bg_color": "#E3F0F1", "text_wrap": True, "bottom": 1, **top}),
            "title": book.add_format({"bold": True, "font_size": 14}),
            "group": book.add_format({"bold": True, "text_wrap": True, **top}),
            "text": book.add_format({"text_wrap": True, **top}),
            "muted": book.add_format({"text_wrap": True, "font_color": "#555555", **top}),
            "check": book.add_format({"text_wrap": True, "font_color": "#B3261E", **top}),
            "input": book.add_format({"locked": False, "bg_color": "#FFF8E1", "border": 1, "text_wrap": True, **top}),
            "total": book.add_format({"bg_color": "#EEEEEE", "border": 1, **top}),
            "off": book.add_format({"font_color": "#999999", "bg_color": "#F3F3F3"}),
        }
        self.lists: dict[tuple[str, ...], str] = {}

    def rules_by_last_field(self, places: dict[str, Any]) -> dict[str, list[Rule]]:
        order = {code: index for index, code in enumerate(places)}
        found: dict[str, list[Rule]] = {}
        for rule in self.compiled.rules:
            codes = [code for code in rule.expression.codes if code in order]
            if rule.severity is not Severity.INFORMATION and codes:
                found.setdefault(max(codes, key=order.__getitem__), []).append(rule)
        return found

    def write(self) -> None:
        for part in self.sheets:
            self.write_section(part)
        lists = self.book.add_worksheet(layout.LISTS_SHEET)
        for column, labels in enumerate(self.lists):
            for row, label in enumerate(labels):
                lists.write_string(row, column, label)
        lists.very_hidden()
        self.write_stamp()

    def write_section(self, part: SectionSheet) -> None:
        sheet = self.book.add_worksheet(part.name)
        campaign = self.response.campaign
        told = f"{self.response.invited.name} – SENACS {campaign.year}"
        sheet.write_string(
            0, layout.LABEL, told + (" – données fictives" if settings.DEMO else ""), self.formats["title"]
        )
        hint = "Remplissez la colonne « Réponse ». « Non concerné » et 0 sont des réponses ; une case vide, non."
        sheet.write_string(1, layout.LABEL, hint, self.formats["muted"])
        for column, header in enumerate(layout.HEADERS):
            text = header.format(before=f"Réponse {campaign.data_year - 1}")
            sheet.write_string(2, column, text, self.formats["head"])
            hidden = {"hidden": True} if column in _HIDDEN else {}
            sheet.set_column(column, column, _WIDTHS.get(column, 10), None, hidden)
        sheet.freeze_panes(layout.FIRST_ROW, layout.VALUE)
        for line in part.lines:
            if line.field is None:
                sheet.write_string(line.row, layout.LABEL, line.text, self.formats["group"])
            else:
                self.write_field(sheet, line, line.field)
        sheet.protect("", {"format_columns": True, "format_rows": True})
        sheet.set_landscape()
        sheet.fit_to_pages(1, 0)

    def write_field(self, sheet: Any, line: Line, field: Field) -> None:
        row = line.row
        stored = self.response.values.get(field.code)
        value = typed(field, self.at.env.get(field.code))
        sheet.write_string(row, layout.CODE, field.code)
        sheet.write_string(row, layout.LABEL, line.text, self.formats["text"])
        sheet.write_string(row, layout.UNIT, field.unit, self.formats["muted"])
        sheet.write_string(row, layout.HELP, " ".join(self.help(field)), self.formats["muted"])
        sheet.write_number(row, layout.REVISION, stored["revision"] if stored else 0)
        sheet.write_string(row, layout.SEEN, str(value))
        if field.code in self.at.previous:
            self.write_value(sheet, row, layout.BEFORE, typed(field, self.at.previous[field.code]), "muted")
        if field.is_computed:
            self.write_total(sheet, row, field, value)
        else:
            self.write_value(sheet, row, layout.VALUE, value, "input")
            self.validate(sheet, row, field)
        if formula := self.check(field):
            sheet.write_formula(row, layout.CHECK, formula, self.formats["check"], "")
        self.grey_when_not_asked(sheet, row, field)

    def write_value(self, sheet: Any, row: int, column: int, value: Any, style: str) -> None:
        if value == "":
            sheet.write_blank(row, column, None, self.formats[style])
        elif isinstance(value, str):
            sheet.write_string(row, column, value, self.formats[style])
        else:
            sheet.write_number(row, column, value, self.formats[style])

    def write_total(self, sheet: Any, row: int, field: Field, value: Any) -> None:
        assert field.computed is not None
        try:
            number, known = self.cells.number(field.computed.tree)
        except Untranslatable:
            self.write_value(sheet, row, layout.VALUE, value, "total")
            return
        formula = f'=IF(AND({",".join(known)}),{number},"")' if known else f"={number}"
        sheet.write_formula(row, layout.VALUE, formula, self.formats["total"], value)

    def help(self, field: Field) -> Iterator[str]:
        if field.kind is Kind.MULTIPLE:
            yield f"Plusieurs réponses possibles, séparées par « ; » : {' ; '.join(o.label for o in field.options)}."
        yield from (text for text in (field.help, field.warning) if text)

    def validate(self, sheet: Any, row: int, field: Field) -> None:
        """A drop-down list, or bounds; « Non concerné » where it is an answer. Free texts are left alone."""
        cell = f"${chr(65 + layout.VALUE)}${row + 1}"
        if field.kind in {Kind.CHOICE, Kind.YES_NO}:
            labels = [option.label for option in field.options] or ["Oui", "Non"]
            labels += [NOT_CONCERNED_LABEL] if field.allows_not_concerned else []
            sheet.data_validation(row, layout.VALUE, row, layout.VALUE, {
                "validate": "list", "source": self.list_of(tuple(labels)), "error_title": "SENACS",
                "error_message": "Choisissez une réponse dans la liste.",
            })  # fmt: skip
        elif field.kind.is_numeric:
            tests = [f"ISNUMBER({cell})"]
            tests += [f"{cell}>={field.minimum}"] if field.minimum is not None else []
            tests += [f"{cell}<={field.maximum}"] if field.maximum is not None else []
            tests += [f"{cell}=INT({cell})"] if field.decimals == 0 else []
            allowed = f"AND({','.join(tests)})"
            if field.allows_not_concerned:
                allowed = f'OR({allowed},{cell}="{NOT_CONCERNED_LABEL}")'
            sheet.data_validation(row, layout.VALUE, row, layout.VALUE, {
                "validate": "custom", "value": f"={allowed}", "error_title": "SENACS",
                "error_message": "Un nombre dans les limites de la question"
                + (", ou « Non concerné »." if field.allows_not_concerned else "."),
            })  # fmt: skip

    def list_of(self, labels: tuple[str, ...]) -> str:
        if labels not in self.lists:
            column = len(self.lists)
            self.lists[labels] = f"={layout.LISTS_SHEET}!{xl_range_abs(0, column, len(labels) - 1, column)}"
        return self.lists[labels]

    def check(self, field: Field) -> str:
        """The messages of the rules that fail on the cells, one after the other."""
        parts: list[str] = []
        for rule in self.rules.get(field.code, []):
            try:
                part = f'IF({self.cells.when(rule.expression.tree, False)},{self.message(rule)}&" ","")'
            except Untranslatable:
                continue
            if sum(len(p) + 1 for p in parts) + len(part) < MOST_FORMULA:
                parts.append(part)
        return f"={'&'.join(parts)}" if parts else ""

    def message(self, rule: Rule) -> str:
        """The message with the cells in it, as an Excel text."""
        pieces = _PLACEHOLDER.split(rule.message)
        texts = [quoted(pieces[0])]
        for code, is_previous, after in zip(pieces[1::3], pieces[2::3], pieces[3::3], strict=True):
            where = self.cells.before if is_previous else self.cells.now
            if code not in where:
                raise Untranslatable
            texts += [where[code], quoted(after)]
        return "&".join(text for text in texts if text != '""') or '""'

    def grey_when_not_asked(self, sheet: Any, row: int, field: Field) -> None:
        if field.condition is None:
            return
        try:
            asked = self.cells.when(field.condition.tree, True)
        except Untranslatable:
            return
        rule = {"type": "formula", "criteria": f"=NOT({asked})", "format": self.formats["off"]}
        if len(asked) < MOST_FORMULA:
            sheet.conditional_format(row, layout.LABEL, row, layout.VALUE, rule)

    def write_stamp(self) -> None:
        version = self.response.campaign.version
        values = (
            layout.FORMAT, version.code, version.checksum, str(self.response.campaign.year),
            self.response.structure.code, str(self.response.revision),
        )  # fmt: skip
        sheet = self.book.add_worksheet(layout.STAMP_SHEET)
        for row, (key, value) in enumerate(zip(layout.STAMP, values, strict=True)):
            sheet.write_string(row, 0, key)
            sheet.write_string(row, 1, value)
        sheet.very_hidden()
        closing = long_date(self.response.closes_on)
        self.book.set_properties({"title": f"SENACS {self.response.campaign.year}, à renvoyer avant le {closing}"})
