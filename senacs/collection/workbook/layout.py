"""Where everything stands in the workbook of a response: shared by what writes it and what reads it back."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from xlsxwriter.utility import xl_rowcol_to_cell

from senacs.collection.documents import context_of
from senacs.collection.models import Response
from senacs.collection.queries import compiled_of
from senacs.lib import xlsx_files
from senacs.questionnaire.engine.compile_python import compile_tree
from senacs.questionnaire.engine.schema import Field, Question, Section
from senacs.questionnaire.engine.values import Value

FORMAT = "senacs-reponse-1"
STAMP_SHEET, LISTS_SHEET, COVER_SHEET = "_senacs", "_listes", "Mode d’emploi"
# Columns of a section's sheet; the hidden ones carry what the reader needs.
CODE, LABEL, VALUE, UNIT, BEFORE, CHECK, HELP, REVISION, SEEN, ASKED, COUNTED = range(11)
HEADERS = (
    "code", "Question", "Réponse", "Unité", "{before}", "À vérifier", "Aide", "révision", "valeur vue", "posée",
    "comptée",
)  # fmt: skip
FIRST_ROW = 3
# What the column « posée » says of a question that is asked; 0 of one that is not.
ASKED_FOR, CALCULATED = 1, 2
STAMP = ("format", "questionnaire", "empreinte", "annee", "structure", "revision")


@dataclass(frozen=True, slots=True)
class SheetLine:
    """One row of a sheet: a heading (no field), or a field."""

    row: int
    text: str
    field: Field | None = None

    @property
    def is_conditional(self) -> bool:
        return self.field is not None and self.field.condition is not None


@dataclass(frozen=True, slots=True)
class SectionSheet:
    section: Section
    name: str
    lines: tuple[SheetLine, ...]

    def reference(self, line: SheetLine, column: int) -> str:
        """« 'C. Emplois'!$C$12 »."""
        return f"'{self.name}'!{xl_rowcol_to_cell(line.row, column, row_abs=True, col_abs=True)}"

    def local(self, formula: str) -> str:
        """The same formula as this sheet itself writes it: shorter, and its own cells without their sheet."""
        return formula.replace(f"'{self.name}'!", "")


def layout_of(response: Response) -> list[SectionSheet]:
    """A sheet a section, with every field that this structure may be asked, whatever it answers."""
    compiled = compiled_of(response)
    context = context_of(response.invited)
    possible = _possible(compiled.questionnaire.fields.values(), context)
    sheets = []
    for section in compiled.questionnaire.sections:
        lines = _lines(section, possible)
        if lines:
            sheets.append(SectionSheet(section, sheet_name(section), tuple(lines)))
    return sheets


def _possible(fields: Iterable[Field], context: Mapping[str, Value]) -> set[str]:
    """Codes whose condition does not exclude this kind of structure by itself."""
    return {
        field.code
        for field in fields
        if field.condition is None or compile_tree(field.condition.tree)(context, {}) is not False
    }


def _lines(section: Section, possible: set[str]) -> list[SheetLine]:
    lines: list[SheetLine] = []
    row = FIRST_ROW
    for question in section.questions:
        fields = [field for field in question.fields if field.code in possible]
        if not fields:
            continue
        if question.grid is not None:
            lines.append(SheetLine(row, question.label))
            row += 1
        for field in fields:
            lines.append(SheetLine(row, _label(question, field), field))
            row += 1
    return lines


def _label(question: Question, field: Field) -> str:
    return f"    {field.caption}" if question.grid is not None else field.caption


def sheet_name(section: Section) -> str:
    return xlsx_files.sheet_name(f"{section.letter}. {section.title}")


def former_sheet_name(section: Section) -> str:
    """How workbooks sent out before 30 November 2026 name the sheet: cut anywhere. They are still read."""
    return re.sub(r"[\[\]:*?/\\']", " ", f"{section.letter}. {section.title}")[:31].strip()
