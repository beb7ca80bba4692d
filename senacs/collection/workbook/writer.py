"""The workbook of a response, to fill offline: prefilled, locked but for the answers, with lists and rules."""

import io
import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from decimal import Decimal
from typing import Any

from django.conf import settings
from xlsxwriter.utility import xl_range_abs

from senacs.collection.models import Response
from senacs.collection.queries import compiled_of, environment
from senacs.collection.workbook import layout
from senacs.collection.workbook.cover import write_cover
from senacs.collection.workbook.excel import NOT_CONCERNED_LABEL, AnswerPlaces, UntranslatableInCells, quoted, typed
from senacs.collection.workbook.layout import SectionSheet, SheetLine, layout_of
from senacs.lib import xlsx_files
from senacs.lib.french import long_date, spaced
from senacs.questionnaire.engine.schema import Field, Kind, Rule, Severity

_WIDTHS = {layout.LABEL: 50, layout.VALUE: 22, layout.UNIT: 11, layout.BEFORE: 20, layout.CHECK: 42, layout.HELP: 52}
_HIDDEN = (layout.CODE, layout.REVISION, layout.SEEN, layout.ASKED, layout.COUNTED)
_A4 = 9
_PRINTED = range(layout.LABEL, layout.BEFORE + 1)
# Excel refuses longer formulas; a cell shows a few of its rules at most.
MOST_FORMULA = 7000
# Excel cuts what it shows beside a cell.
MOST_PROMPT = 250
_PLACEHOLDER = re.compile(r"\{([a-z0-9_]+)(\[N-1\])?\}")


def as_workbook(response: Response) -> bytes:
    """XLSX: how to fill it, then one sheet a section. Only the answers can be typed in."""
    output = io.BytesIO()
    with xlsx_files.workbook(output) as book:
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
        self.cells = AnswerPlaces(
            fields=self.compiled.questionnaire.fields,
            # What a question that is not asked still holds counts for nothing.
            now={
                code: sheet.reference(line, layout.COUNTED if line.is_conditional else layout.VALUE)
                for code, (sheet, line) in places.items()
            },
            before={
                code: sheet.reference(line, layout.BEFORE)
                for code, (sheet, line) in places.items()
                if code in self.at.previous
            },
            context=self.at.context,
        )
        self.checks = self.placed_checks(places)
        env = {code: value for code, value in self.at.env.items() if code in self.compiled.questionnaire.fields}
        self.visible = self.compiled.visible(env, self.at.context, self.at.previous)
        # What the formulas will say once calculated: some readers show what the file holds and calculate nothing.
        self.failing = {
            finding.rule.code: finding.message
            for finding in self.compiled.check(env, self.at.context, self.at.previous)
        }
        top = {"valign": "top"}
        self.formats = {
            "head": book.add_format({"bold": True, "bg_color": "#E3F0F1", "text_wrap": True, "bottom": 1, **top}),
            "title": book.add_format({"bold": True, "font_size": 14}),
            "plain": book.add_format({"font_color": "#555555", "text_wrap": True, "valign": "top"}),
            "group": book.add_format({"bold": True, "text_wrap": True, **top}),
            "text": book.add_format({"text_wrap": True, **top}),
            "muted": book.add_format({"text_wrap": True, "font_color": "#555555", **top}),
            "check": book.add_format({"text_wrap": True, "font_color": "#B3261E", **top}),
            "unit": book.add_format({"font_color": "#555555", "indent": 1, **top}),
            "off": book.add_format({"font_color": "#999999", "bg_color": "#F3F3F3"}),
        }
        self.lists: dict[tuple[str, ...], str] = {}
        self.styles: dict[tuple[str, str], Any] = {}

    def placed_checks(self, order: Iterable[str]) -> dict[str, list[tuple[str, str]]]:
        """What each cell « À vérifier » says when a rule fails (code, formula): at the last field that the rule reads
        and whose formula has room left."""
        places = {code: index for index, code in enumerate(order)}
        found: dict[str, list[tuple[str, str]]] = {}
        for rule in self.compiled.rules:
            codes = [code for code in rule.expression.codes if code in places]
            if rule.severity is Severity.INFORMATION or not codes:
                continue
            with suppress(UntranslatableInCells):
                part = f'IF({self.cells.when(rule.expression.tree, False)},{self.message(rule)}&" ","")'
                for code in sorted(codes, key=places.__getitem__, reverse=True):
                    if sum(len(other) + 1 for _, other in found.get(code, [])) + len(part) < MOST_FORMULA:
                        found.setdefault(code, []).append((rule.code, part))
                        break
        return found

    def style(self, role: str, field: Field) -> Any:
        """The format of an answer: to type, calculated or of last year; figures grouped as French readers expect."""
        figures = "#,##0" + ("." + "0" * field.decimals if field.decimals else "")
        number = "dd/mm/yyyy" if field.kind is Kind.DATE else figures if field.kind.is_numeric else "General"
        if role == "input" and field.is_hours:
            # A format of its own would turn « 7:30 » into 0,31 of a day without a word.
            number = "General"
        if (role, number) not in self.styles:
            looks: dict[str, dict[str, object]] = {
                "input": {"locked": False, "bg_color": "#FFF8E1", "border": 1, "border_color": "#B7B7B7"},
                "total": {"bg_color": "#EEEEEE", "border": 1, "border_color": "#B7B7B7"},
                "before": {"font_color": "#555555"},
            }
            self.styles[role, number] = self.book.add_format(
                {**looks[role], "num_format": number, "text_wrap": True, "valign": "top"}
            )
        return self.styles[role, number]

    def write(self) -> None:
        write_cover(self.book, self.response, self.sheets, self.visible)
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
        told += " – données fictives" if settings.DEMO else ""
        title = f"{part.section.letter}. {part.section.title}"
        xlsx_files.words(sheet, 0, layout.LABEL, title, self.formats["title"])
        hint = "Jaune : à remplir. Gris : calculé. « Non concerné » et 0 sont des réponses ; une case vide, non."
        # As wide as what is printed, which it ran out of.
        sheet.merge_range(1, layout.LABEL, 1, layout.BEFORE, spaced(f"{told}. {hint}"), self.formats["plain"])
        sheet.set_row(1, xlsx_files.height([(told + hint, sum(_WIDTHS[column] for column in _PRINTED))]))
        for column, header in enumerate(layout.HEADERS):
            text = header.format(before=f"Réponse {campaign.data_year - 1}")
            xlsx_files.words(sheet, 2, column, text, self.formats["head"])
            hidden = {"hidden": True} if column in _HIDDEN else {}
            sheet.set_column(column, column, _WIDTHS.get(column, 10), None, hidden)
        sheet.freeze_panes(layout.FIRST_ROW, layout.VALUE)
        for line in part.lines:
            if line.field is None:
                sheet.set_row(line.row, _height({layout.LABEL: line.text}) + 6)
                xlsx_files.words(sheet, line.row, layout.LABEL, line.text, self.formats["group"])
            else:
                self.write_field(sheet, part, line, line.field)
        sheet.protect("", {"format_columns": True, "format_rows": True})
        # On paper: the question, room for the answer, and last year's.
        last = part.lines[-1].row
        sheet.print_area(0, layout.LABEL, last, layout.BEFORE)
        sheet.set_paper(_A4)
        sheet.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.6)
        sheet.fit_to_pages(1, 0)
        sheet.repeat_rows(2)
        # One line on each side, small: three parts ran over one another under a long name.
        sheet.set_footer(f"&L&8{told.replace('&', '&&')}&R&8{title.replace('&', '&&')}, page &P sur &N")

    def write_field(self, sheet: Any, part: SectionSheet, line: SheetLine, field: Field) -> None:
        row = line.row
        stored = self.response.values.get(field.code)
        value = typed(field, self.at.env.get(field.code))
        help_text = " ".join(self.help(field))
        sheet.write_string(row, layout.CODE, field.code)
        xlsx_files.words(sheet, row, layout.LABEL, line.text, self.formats["text"])
        sheet.write_string(row, layout.UNIT, field.unit, self.formats["unit"])
        xlsx_files.words(sheet, row, layout.HELP, help_text, self.formats["muted"])
        sheet.write_number(row, layout.REVISION, stored["revision"] if stored else 0)
        sheet.write_string(row, layout.SEEN, str(value))
        before: Any = ""
        if field.code in self.at.previous:
            before = typed(field, self.at.previous[field.code])
            xlsx_files.put(sheet, row, layout.BEFORE, before, self.style("before", field))
        if field.is_computed:
            self.write_total(sheet, part, row, field, value)
        else:
            xlsx_files.put(sheet, row, layout.VALUE, value, self.style("input", field))
            self.validate(sheet, row, field, help_text)
        formula, said = self.check(field)
        if formula:
            sheet.write_formula(row, layout.CHECK, part.local(formula), self.formats["check"], said)
        self.write_asked(sheet, part, row, field)
        texts = {layout.LABEL: line.text, layout.VALUE: str(value), layout.HELP: help_text, layout.CHECK: said}
        sheet.set_row(row, _height({**texts, layout.BEFORE: str(before)}))

    def write_total(self, sheet: Any, part: SectionSheet, row: int, field: Field, value: Any) -> None:
        assert field.computed is not None
        style = self.style("total", field)
        try:
            number, known = self.cells.number(field.computed.tree)
        except UntranslatableInCells:
            xlsx_files.put(sheet, row, layout.VALUE, value, style)
            return
        formula = f'=IF(AND({",".join(known)}),{number},"")' if known else f"={number}"
        sheet.write_formula(row, layout.VALUE, part.local(formula), style, value)

    def help(self, field: Field) -> Iterator[str]:
        if field.kind is Kind.MULTIPLE:
            yield f"Plusieurs réponses possibles, séparées par « ; » : {' ; '.join(o.label for o in field.options)}."
        yield from field.guidance

    def validate(self, sheet: Any, row: int, field: Field, help_text: str) -> None:
        """A drop-down list, or bounds; « Non concerné » where it is an answer. The help shows beside the cell."""
        prompt = {}
        if help_text:
            shown = help_text if len(help_text) <= MOST_PROMPT else f"{help_text[:MOST_PROMPT]}…"
            prompt = {"input_title": "Aide", "input_message": shown}
        cell = f"${chr(65 + layout.VALUE)}${row + 1}"
        if field.kind in {Kind.CHOICE, Kind.YES_NO}:
            labels = [option.label for option in field.options] or ["Oui", "Non"]
            labels += [NOT_CONCERNED_LABEL] if field.allows_not_concerned else []
            sheet.data_validation(row, layout.VALUE, row, layout.VALUE, {
                "validate": "list", "source": self.list_of(tuple(labels)), "error_title": "SENACS",
                "error_message": "Choisissez une réponse dans la liste.", **prompt,
            })  # fmt: skip
        elif field.kind.is_numeric:
            tests = [f"ISNUMBER({cell})"]
            tests += [f"{cell}>={field.minimum}"] if field.minimum is not None else []
            tests += [f"{cell}<={field.maximum}"] if field.maximum is not None else []
            if field.is_money:
                # Cents are rounded when the workbook comes back; « 45 % » would be 0,45 here.
                tests.append(f"OR({cell}=0,ABS({cell})>=1)")
            elif field.decimals == 0:
                tests.append(f"{cell}=INT({cell})")
            allowed = f"AND({','.join(tests)})"
            if field.is_hours:
                allowed = f"OR({allowed},ISTEXT({cell}))"  # « 7h30 », understood when the workbook comes back
            elif field.allows_not_concerned:
                allowed = f'OR({allowed},{cell}="{NOT_CONCERNED_LABEL}")'
            sheet.data_validation(row, layout.VALUE, row, layout.VALUE, {
                "validate": "custom", "value": f"={allowed}", "error_title": "SENACS",
                "error_message": _wanted(field) + (", ou « Non concerné »." if field.allows_not_concerned else "."),
                **prompt,
            })  # fmt: skip
        elif prompt:
            sheet.data_validation(row, layout.VALUE, row, layout.VALUE, {"validate": "any", **prompt})

    def list_of(self, labels: tuple[str, ...]) -> str:
        if labels not in self.lists:
            column = len(self.lists)
            self.lists[labels] = f"={layout.LISTS_SHEET}!{xl_range_abs(0, column, len(labels) - 1, column)}"
        return self.lists[labels]

    def check(self, field: Field) -> tuple[str, str]:
        """The messages of the rules that fail on the cells, one after the other; and what they say today."""
        placed = self.checks.get(field.code, [])
        said = [self.failing[code] for code, _ in placed if code in self.failing]
        return (f"={'&'.join(part for _, part in placed)}" if placed else ""), " ".join(said)

    def message(self, rule: Rule) -> str:
        """The message with the cells in it, as an Excel text; figures as Excel writes them in the reader's country."""
        pieces = _PLACEHOLDER.split(rule.message)
        texts = [quoted(pieces[0])]
        for code, is_previous, after in zip(pieces[1::3], pieces[2::3], pieces[3::3], strict=True):
            cell = (self.cells.before if is_previous else self.cells.now).get(code)
            field = self.compiled.questionnaire.fields.get(code)
            if cell is None:
                texts += [quoted("sans réponse"), quoted(after)]
                continue
            text = cell
            if field is not None and field.kind.is_numeric:
                unit = f'&"\u00a0{field.unit}"' if field.unit else ""
                shown = f"FIXED({cell},{field.decimals}){unit}"
                if field.is_clock:
                    minutes = f"({cell}-INT({cell}))*60"
                    shown = f'INT({cell})&"\u00a0h"&IF({minutes}=0,"","\u00a0"&TEXT({minutes},"00"))'
                text = f"IF(ISNUMBER({cell}),{shown},{cell})"
            texts += [text, quoted(after)]
        return "&".join(text for text in texts if text != '""') or '""'

    def write_asked(self, sheet: Any, part: SectionSheet, row: int, field: Field) -> None:
        """A mark where the question is asked, grey where it is not; and the answer that counts."""
        mark = layout.CALCULATED if field.is_computed else layout.ASKED_FOR
        always = formula = f"={mark}"
        if field.condition is not None:
            with suppress(UntranslatableInCells):  # then it is as if it were always asked
                formula = part.local(f"=IF({self.cells.when(field.condition.tree, True)},{mark},0)")
        if len(formula) > MOST_FORMULA:
            formula = always
        sheet.write_formula(row, layout.ASKED, formula, None, mark if field.code in self.visible else 0)
        if formula != always:
            rule = {
                "type": "formula",
                "criteria": f"=${chr(65 + layout.ASKED)}${row + 1}=0",
                "format": self.formats["off"],
            }
            sheet.conditional_format(row, layout.LABEL, row, layout.BEFORE, rule)
        if field.condition is not None:
            asked, answer = (f"{chr(65 + column)}{row + 1}" for column in (layout.ASKED, layout.VALUE))
            counted = typed(field, self.at.env.get(field.code)) if field.code in self.visible else ""
            counted = counted if isinstance(counted, int | Decimal) else str(counted)
            sheet.write_formula(row, layout.COUNTED, f'=IF(AND({asked}>0,{answer}<>""),{answer},"")', None, counted)

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


def _wanted(field: Field) -> str:
    if field.is_money:
        return "Un montant en euros, sans « k€ » ni « % », dans les limites de la question"
    if field.is_hours:
        return "Un nombre d’heures, par exemple 7,5 ou 7h30, dans les limites de la question"
    return "Un nombre dans les limites de la question"


def _height(texts: Mapping[int, str]) -> float:
    """Points that the texts of a row need, by column: spreadsheets do not all measure wrapped text when they open."""
    return xlsx_files.height((text, _WIDTHS[column]) for column, text in texts.items())
