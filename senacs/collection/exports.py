"""Copies of the answers that a structure keeps: PDF, XLSX and JSON, at any time, the three saying the same."""

import hashlib
import io
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.conf import settings

from senacs.collection.documents import Stored
from senacs.collection.enums import Provenance, ValueState
from senacs.collection.models import Response
from senacs.collection.queries import Environment, compiled_of, environment
from senacs.lib import clock, xlsx_files
from senacs.lib.french import long_date
from senacs.lib.pdf.answers import AnswerGrid, AnswerList, AnswerRow, AnswerSection, render_answers
from senacs.questionnaire.engine.schema import Field, Grid, Question
from senacs.questionnaire.engine.values import NOT_CONCERNED, Value, format_value, to_json

UNANSWERED = "Sans réponse"
DEMO_NOTICE = "Données de démonstration, entièrement fictives."


def checksum(response: Response) -> str:
    """SHA-256 of the answers (canonical JSON of states and values by code): what a receipt quotes.

    Who gave them and when does not count: the same answers give the same sum.
    """
    answers = {code: [stored["etat"], stored["valeur"]] for code, stored in response.values.items()}
    canonical = json.dumps(answers, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()


def filename(response: Response, extension: str) -> str:
    """« senacs-2026-S000123.pdf »."""
    return f"senacs-{response.campaign.year}-{response.structure.code}.{extension}"


@dataclass(frozen=True, slots=True)
class CopyLine:
    """One field as the copies show it."""

    section: str
    field: Field
    value: Value | None
    stored: Stored | None
    previous: Value | None

    @property
    def state(self) -> str:
        if self.field.is_computed:
            return "Calculé" if self.value is not None else UNANSWERED
        return ValueState(self.stored["etat"]).label if self.stored and self.value is not None else UNANSWERED

    @property
    def provenance(self) -> str:
        return Provenance(self.stored["provenance"]).label if self.stored and self.value is not None else ""


def lines(response: Response, at: Environment | None = None) -> Iterator[CopyLine]:
    """Every field that this structure is asked, in the questionnaire's order."""
    compiled = compiled_of(response)
    at = at or environment(response)
    visible = compiled.visible(at.env, at.context, at.previous)
    for section in compiled.questionnaire.sections:
        for field in section.fields:
            if field.code in visible:
                yield CopyLine(
                    section=f"{section.letter}. {section.title}",
                    field=field,
                    value=at.env.get(field.code),
                    stored=response.values.get(field.code),
                    previous=at.previous.get(field.code),
                )


def as_json(response: Response) -> bytes:
    """UTF-8 JSON: the structure, the campaign, `reponses` by code as stored, `calculs` by code."""
    fields = compiled_of(response).questionnaire.fields
    answered = [line for line in lines(response) if line.value is not None]
    document = {
        "questionnaire": compiled_of(response).questionnaire.code,
        "annee": response.campaign.year,
        "annee_des_donnees": response.campaign.data_year,
        "structure": {"code": response.structure.code, "nom": response.invited.name},
        "etat": response.state,
        "revision": response.revision,
        "empreinte": checksum(response),
        "demonstration": settings.DEMO,
        "reponses": {
            line.field.code: {key: line.stored[key] for key in ("etat", "valeur", "provenance")}
            for line in answered
            if line.stored
        },
        "calculs": {
            line.field.code: to_json(fields[line.field.code], line.value)
            for line in answered
            if line.field.is_computed and line.value is not None
        },
    }
    return json.dumps(document, ensure_ascii=False, indent=2).encode()


_COLUMNS = (
    ("Rubrique", 28),
    ("Code", 26),
    ("Question", 60),
    ("Réponse", 22),
    ("Unité", 14),
    ("État", 16),
    ("Provenance", 30),
    ("Année précédente", 22),
)


def as_xlsx(response: Response) -> bytes:
    """A workbook of one sheet, one line a field; numbers and dates are cells of their kind, texts never formulas."""
    output = io.BytesIO()
    book = xlsx_files.workbook(output)
    bold = book.add_format({"bold": True, "text_wrap": True, "bottom": 1})
    formats = {"text": book.add_format({"text_wrap": True, "valign": "top"})}
    formats["date"] = book.add_format({"num_format": "dd/mm/yyyy", "valign": "top"})
    sheet = book.add_worksheet("Réponses")
    title = f"{response.invited.name} – SENACS {response.campaign.year} (données {response.campaign.data_year})"
    sheet.write_string(0, 0, title + (f" – {DEMO_NOTICE}" if settings.DEMO else ""), book.add_format({"bold": True}))
    for column, (label, width) in enumerate(_COLUMNS):
        sheet.set_column(column, column, width)
        sheet.write_string(2, column, label, bold)
    sheet.freeze_panes(3, 0)
    for row, line in enumerate(lines(response), start=3):
        texts = {
            0: line.section,
            1: line.field.code,
            2: line.field.label,
            4: line.field.unit,
            5: line.state,
            6: line.provenance,
        }
        for column, text in texts.items():
            sheet.write_string(row, column, text, formats["text"])
        for column, value in ((3, line.value), (7, line.previous)):
            _write_cell(sheet, row, column, line.field, value, formats)
    book.close()
    return output.getvalue()


def _write_cell(sheet: Any, row: int, column: int, field: Field, value: Value | None, formats: dict[str, Any]) -> None:
    if value is None:
        return
    if isinstance(value, Decimal) or (isinstance(value, int) and not isinstance(value, bool)):
        sheet.write_number(row, column, value)
    elif isinstance(value, date):
        sheet.write_datetime(row, column, value, formats["date"])
    else:
        sheet.write_string(row, column, format_value(field, value), formats["text"])


def as_pdf(response: Response) -> bytes:
    """A tagged PDF of every question asked, with its answer or « Sans réponse »; grids as tables."""
    at = environment(response)
    by_code = {line.field.code: line for line in lines(response, at)}
    sections = []
    for section in compiled_of(response).questionnaire.sections:
        blocks = list(_blocks(section.questions, by_code))
        if blocks:
            sections.append(AnswerSection(f"{section.letter}. {section.title}", blocks))
    header = [
        ("Structure", f"{response.invited.name} ({response.structure.code})"),
        ("État", response.get_state_display()),
        ("Copie du", long_date(clock.now())),
    ]
    if response.submitted_at:
        header.append(("Envoyée le", long_date(response.submitted_at)))
    header.append(("Empreinte des réponses", checksum(response)[:16]))
    return render_answers(
        title=f"Réponses de {response.invited.name}",
        kicker=f"SENACS {response.campaign.year} – données {response.campaign.data_year}",
        header=header,
        notice=DEMO_NOTICE if settings.DEMO else "",
        footer=f"SENACS {response.campaign.year} – {response.invited.name}",
        sections=sections,
    )


def _blocks(questions: tuple[Question, ...], by_code: dict[str, CopyLine]) -> Iterator[AnswerList | AnswerGrid]:
    """Grids as tables, what stands between them as lists."""
    rows: list[AnswerRow] = []
    for question in questions:
        shown = [by_code[field.code] for field in question.fields if field.code in by_code]
        if not shown:
            continue
        if question.grid is None:
            rows += [AnswerRow(line.field.label, _text(line), _note(line)) for line in shown]
            continue
        if rows:
            yield AnswerList(tuple(rows))
            rows = []
        yield _grid(question, question.grid, by_code)
    if rows:
        yield AnswerList(tuple(rows))


def _grid(question: Question, grid: Grid, by_code: dict[str, CopyLine]) -> AnswerGrid:
    table = [
        [label, *(_text(by_code[code]) if code in by_code else "" for code in codes)]
        for label, codes in zip(grid.row_labels, grid.cells, strict=True)
        if any(code in by_code for code in codes)
    ]
    return AnswerGrid(question.label, ["", *grid.column_labels], table)


def _text(line: CopyLine) -> str:
    if line.value is None:
        return UNANSWERED
    return "Non concerné" if line.value is NOT_CONCERNED else format_value(line.field, line.value)


def _note(line: CopyLine) -> str:
    """Said under an answer that the structure did not simply type."""
    if line.stored is None or line.stored["provenance"] == Provenance.DECLARED:
        return ""
    return line.provenance
