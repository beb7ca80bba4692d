"""What the page of one response shows to its correspondents: answers beside N-1, flags at their place."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from senacs.collection.enums import Provenance
from senacs.collection.models import Response
from senacs.collection.queries import Environment, compiled_of
from senacs.lib import french
from senacs.questionnaire.engine.schema import Field, Question, Section
from senacs.questionnaire.engine.values import Value, format_value
from senacs.review.models import Flag

# Beyond these ratios to N-1 a figure is shown as a strong change; smaller ones need no eye.
STRONG_RISE, STRONG_FALL = 1.5, 0.67
ON_BEHALF = {Provenance.ON_BEHALF_CAF, Provenance.ON_BEHALF_FEDERATION}


@dataclass(frozen=True, slots=True)
class ShownAnswer:
    code: str
    text: str
    previous: str
    change: str  # « +12 % », "" where it makes no sense
    is_strong: bool
    is_flagged: bool
    provenance: str  # shown when it is not the structure's own declaration


@dataclass(frozen=True, slots=True)
class PageLine:
    """One row: a single field, or a row of a grid with its cells."""

    label: str
    cells: list[ShownAnswer | None]
    is_total: bool = False


@dataclass(frozen=True, slots=True)
class QuestionRows:
    question: Question
    columns: tuple[str, ...]
    lines: list[PageLine]

    @property
    def is_grid(self) -> bool:
        return self.question.grid is not None

    @property
    def is_flagged(self) -> bool:
        return any(cell is not None and cell.is_flagged for line in self.lines for cell in line.cells)


@dataclass(frozen=True, slots=True)
class SectionPart:
    section: Section
    blocks: list[QuestionRows]
    flags: int


def parts_of(response: Response, at: Environment, flags: Mapping[str, list[Flag]]) -> list[SectionPart]:
    """Every section that the structure sees. No query."""
    compiled = compiled_of(response)
    visible = compiled.visible(at.env, at.context, at.previous)

    def cell(field: Field) -> ShownAnswer:
        entry = response.values.get(field.code, {})
        provenance = entry.get("provenance", "")
        change, is_strong = _change(at.env.get(field.code), at.previous.get(field.code))
        return ShownAnswer(
            code=field.code,
            text=_text(field, at.env.get(field.code)),
            previous=_text(field, at.previous.get(field.code)),
            change=change,
            is_strong=is_strong,
            is_flagged=field.code in flags,
            provenance=Provenance(provenance).label if provenance in ON_BEHALF else "",
        )

    parts = []
    for section in compiled.questionnaire.sections:
        blocks = [
            _block(question, {f.code: cell(f) for f in question.fields if f.code in visible})
            for question in section.questions
            if any(f.code in visible for f in question.fields)
        ]
        if blocks:
            codes = {f.code for f in section.fields}
            concerned = {flag.pk for code in codes & flags.keys() for flag in flags[code]}
            parts.append(SectionPart(section, blocks, len(concerned)))
    return parts


def _block(question: Question, cells: Mapping[str, ShownAnswer]) -> QuestionRows:
    if question.grid is None:
        return QuestionRows(question, (), [PageLine(question.label, [cells[question.fields[0].code]])])
    lines = []
    fields = {field.code: field for field in question.fields}
    for label, codes in zip(question.grid.row_labels, question.grid.cells, strict=True):
        row = [cells.get(code) if code else None for code in codes]
        if any(cell is not None for cell in row):
            is_total = all(fields[code].is_computed for code in codes if code)
            lines.append(PageLine(label, row, is_total))
    return QuestionRows(question, question.grid.column_labels, lines)


def _text(field: Field, value: Value | None) -> str:
    return "–" if value is None else format_value(field, value)


def _change(now: Value | None, before: Value | None) -> tuple[str, bool]:
    """The change from N-1 in percent, and whether it is strong; nothing for what is not a number or was 0."""
    if not _is_number(now) or not _is_number(before) or not before:
        return "", False
    ratio = float(now) / float(before)  # type: ignore[arg-type]
    if ratio == 1:
        return "=", False
    sign = "+" if ratio > 1 else french.MINUS
    if ratio >= 10:
        return f"× {french.number(ratio, 0)}", True
    return f"{sign}{french.percent(abs(ratio - 1) * 100)}", not STRONG_FALL <= ratio <= STRONG_RISE


def _is_number(value: Value | None) -> bool:
    return isinstance(value, int | Decimal) and not isinstance(value, bool)
