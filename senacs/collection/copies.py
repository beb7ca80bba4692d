"""Copies of a response for the structure that gave it: JSON, XLSX, tagged PDF; and the checksum of its receipt."""

import hashlib
import io
import json
from collections.abc import Iterator, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.conf import settings

from senacs.collection.documents import Stored
from senacs.collection.enums import Provenance
from senacs.collection.models import Response
from senacs.collection.queries import Environment, compiled_of, environment
from senacs.lib import clock, french, xlsx_files
from senacs.lib.pdf import answers
from senacs.questionnaire.engine.schema import Field, Grid, Kind, Question, Section
from senacs.questionnaire.engine.values import NOT_CONCERNED, Value, format_value

DEMO_NOTICE = "Données de démonstration : structure et réponses fictives."
UNANSWERED = "Sans réponse"
NOTHING = "–"  # in a table: a cell without an answer, or that is not asked
# Tables of so few columns of figures stand two by two.
NARROW = 2
SHORT_TITLES = 32
_SHEET = (("Question", 62), ("Réponse", 30), ("Unité", 14), ("État", 16), ("Année précédente", 20))


def checksum(response: Response) -> str:
    """SHA-256 of what was answered (codes, states, values), whoever entered it and when; 64 hexadecimal digits."""
    answers = {code: [stored["etat"], stored["valeur"]] for code, stored in response.values.items()}
    signed = {"campagne": response.campaign.year, "structure": response.structure.code, "reponses": answers}
    return hashlib.sha256(json.dumps(signed, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def as_document(response: Response) -> dict[str, object]:
    """The response as plain data, with labels and French texts beside the codes and values."""
    at = environment(response)
    return {
        "enquete": response.campaign.version.title,
        "annee": response.campaign.year,
        "donnees": response.campaign.data_year,
        "structure": {"identifiant": response.structure.code, "nom": response.structure.name},
        "etat": response.state_words,
        "envoyee_le": response.submitted_at.isoformat() if response.submitted_at else None,
        "empreinte": checksum(response),
        "demonstration": settings.DEMO,
        "reponses": [
            {
                "code": field.code,
                "rubrique": section.title,
                "libelle": field.label,
                "etat": response.values[field.code]["etat"] if field.code in response.values else None,
                "valeur": response.values[field.code]["valeur"] if field.code in response.values else None,
                "texte": format_value(field, at.env.get(field.code)),
                "calcule": field.is_computed,
            }
            for section, questions in _asked(response, at)
            for _, fields in questions
            for field in fields
        ],
    }


def _asked(
    response: Response, at: Environment
) -> Iterator[tuple[Section, list[tuple[Question, tuple[Field, ...]]]]]:  # fmt: skip
    """The questions that the structure was asked, with the fields that it was, by section."""
    compiled = compiled_of(response)
    visible = compiled.visible(at.env, at.context, at.previous)
    for section in compiled.questionnaire.sections:
        asked = [(q, tuple(field for field in q.fields if field.code in visible)) for q in section.questions]
        if asked := [(question, fields) for question, fields in asked if fields]:
            yield section, asked


def as_pdf(response: Response, *, at: datetime | None = None) -> bytes:
    """PDF/UA-1, one part a section: a question and its answer on a line, tables as tables. `at`: its date, now."""
    dated = at or clock.now()
    values = environment(response)
    sections = [
        answers.AnswerSection(f"{section.letter}. {section.title}", list(_blocks(asked, values, response)))
        for section, asked in _asked(response, values)
    ]
    sent = french.moment(response.submitted_at) if response.submitted_at else "pas encore envoyée"
    campaign = response.campaign
    return answers.render_answers(
        title=f"Réponses de {response.structure.name}",
        kicker=campaign.version.title,
        sections=sections,
        header=[
            ("Structure", f"{response.structure.name} ({response.structure.code})"),
            ("État", f"{response.state_words} ; envoi : {sent}"),
            ("Empreinte SHA-256", checksum(response)),
        ],
        notice=DEMO_NOTICE if settings.DEMO else "",
        footer=f"SENACS {campaign.year}, données {campaign.data_year} – {response.structure.name}",
        at=dated,
    )


def _blocks(
    asked: Sequence[tuple[Question, tuple[Field, ...]]], at: Environment, response: Response
) -> Iterator[answers.Block]:
    """Single questions as lists; narrow tables that follow each other two by two, wide ones alone."""
    rows: list[answers.AnswerRow] = []
    narrow: list[answers.AnswerGrid] = []
    for question, fields in asked:
        if question.grid is None or all(field.kind is Kind.TEXT for field in fields):
            note = _note(fields, response)
            rows += [answers.AnswerRow(_label(question, field), _text(field, at), note) for field in fields]
            table = None
        else:
            table = _table(question, question.grid, fields, at, response)
        if rows and table is not None:
            yield answers.AnswerList(rows)
            rows = []
        if narrow and (table is None or not _is_narrow(table)):
            yield answers.beside(narrow)
            narrow = []
        if table is not None and _is_narrow(table):
            narrow.append(table)
        elif table is not None:
            yield table
    if narrow:
        yield answers.beside(narrow)
    if rows:
        yield answers.AnswerList(rows)


def _label(question: Question, field: Field) -> str:
    """In a list: the question as it was asked; a cell of a table of texts has its own name."""
    return field.label if question.grid is not None else question.label


def _is_narrow(table: answers.AnswerGrid) -> bool:
    """Whether half a page holds it: few columns, with short titles."""
    return len(table.headers) - 1 <= NARROW and sum(map(len, table.headers)) <= SHORT_TITLES


def _table(
    question: Question, grid: Grid, fields: Sequence[Field], at: Environment, response: Response
) -> answers.AnswerGrid:
    """The rows and the columns where something was asked."""
    asked = {field.code: field for field in fields}
    columns = [n for n in range(len(grid.column_labels)) if any(cells[n] in asked for cells in grid.cells)]
    rows = [
        [label, *(_text(asked[code], at, NOTHING) if (code := cells[n]) in asked else "" for n in columns)]
        for label, cells in zip(grid.row_labels, grid.cells, strict=True)
        if any(code in asked for code in cells)
    ]
    headers = ["", *(grid.column_labels[n] for n in columns)]
    return answers.AnswerGrid(question.label, headers, rows, note=_note(fields, response))


def _text(field: Field, at: Environment, unanswered: str = UNANSWERED) -> str:
    value = at.env.get(field.code)
    return unanswered if value is None else format_value(field, value)


def _text_before(field: Field, at: Environment) -> str:
    value = at.previous.get(field.code)
    return "" if value is None else format_value(field, value)


def _note(fields: Sequence[Field], response: Response) -> str:
    """Who gave the answers that the structure did not simply type: « saisie par la Caf », of which cells."""
    given: dict[str, list[Field]] = {}
    for field in fields:
        stored = response.values.get(field.code)
        if stored is not None and stored["provenance"] != Provenance.DECLARED:
            given.setdefault(Provenance(stored["provenance"]).label, []).append(field)
    if len(given) == 1 and len(next(iter(given.values()))) == sum(not field.is_computed for field in fields):
        return next(iter(given))
    return " ; ".join(
        f"{label} : {', '.join(french.inside(field.caption) for field in found)}" for label, found in given.items()
    )


def as_xlsx(response: Response) -> bytes:
    """A sheet a section, one row a field: its question, its answer as a cell of its own kind, unit, state, last year's.

    The first sheet says whose copy it is. Every sheet prints on A4, whole columns on a page, titles on each page.
    """
    output = io.BytesIO()
    at = environment(response)
    with xlsx_files.workbook(output) as book:
        styles = _Styles(book)
        footer = f"SENACS {response.campaign.year} – {response.structure.name}"
        _write_about(book, styles, response, footer)
        for section, asked in _asked(response, at):
            title = f"{section.letter}. {section.title}"
            sheet = book.add_worksheet(xlsx_files.sheet_name(title))
            xlsx_files.words(sheet, 0, 0, title, styles.title)
            for column, (header, width) in enumerate(_SHEET):
                sheet.set_column(column, column, width)
                xlsx_files.words(sheet, 1, column, header, styles.head)
            row = 2
            for question, fields in asked:
                if question.grid is not None:
                    xlsx_files.words(sheet, row, 0, question.label, styles.group)
                    sheet.set_row(row, xlsx_files.height([(question.label, _SHEET[0][1])]))
                    row += 1
                for field in fields:
                    stored = response.values.get(field.code)
                    name = styles.text if question.grid is None else styles.cell_label
                    xlsx_files.words(sheet, row, 0, field.label, name)
                    _write_answer(sheet, styles, row, field, stored, at)
                    said = (field.label, _text(field, at), field.unit, "", _text_before(field, at))
                    widths = (width for _, width in _SHEET)
                    sheet.set_row(row, xlsx_files.height(zip(said, widths, strict=True)))
                    row += 1
            sheet.freeze_panes(2, 1)
            xlsx_files.for_paper(sheet, last_row=row - 1, last_column=len(_SHEET) - 1, head_rows=1, footer=footer)
    return output.getvalue()


class _Styles:
    """Cell formats: the house's colours; figures grouped and dates written as the reader's country writes them."""

    def __init__(self, book: Any) -> None:
        self.book = book
        self.title = book.add_format({"bold": True, "font_size": 14, "font_color": xlsx_files.NAVY})
        self.head = book.add_format(
            {"bold": True, "bg_color": xlsx_files.PALE, "text_wrap": True, "valign": "top", "bottom": 1}
        )
        self.group = book.add_format({"bold": True, "font_color": xlsx_files.NAVY, "text_wrap": True, "valign": "top"})
        self.text = book.add_format({"text_wrap": True, "valign": "top"})
        # Beside a number that ends at its cell's edge.
        self.unit = book.add_format({"text_wrap": True, "valign": "top", "indent": 1})
        self.cell_label = book.add_format({"text_wrap": True, "valign": "top", "indent": 2})
        self.kinds: dict[str, object] = {}

    def value(self, field: Field) -> Any:
        number = "@"
        if field.kind is Kind.DATE:
            number = "dd/mm/yyyy"
        elif field.is_clock:
            number = '[h]" h "mm'
        elif field.kind.is_numeric:
            number = "#,##0" + ("." + "0" * field.decimals if field.decimals else "")
        if number not in self.kinds:
            look = {"num_format": number, "text_wrap": True, "valign": "top"}
            self.kinds[number] = self.book.add_format(look | ({} if number == "@" else {"align": "right"}))
        return self.kinds[number]


def _write_about(book: Any, styles: _Styles, response: Response, footer: str) -> None:
    about = book.add_worksheet("À propos")
    about.set_column(0, 0, 24)
    about.set_column(1, 1, 80)
    lines = (
        ("Enquête", response.campaign.version.title),
        ("Structure", response.structure.name),
        ("Identifiant", response.structure.code),
        ("État", response.state_words),
        ("Envoi", french.moment(response.submitted_at) if response.submitted_at else "pas encore envoyée"),
        ("Copie du", french.moment(clock.now())),
        ("Empreinte SHA-256", checksum(response)),
        *([("Avertissement", DEMO_NOTICE)] if settings.DEMO else []),
    )
    xlsx_files.words(about, 0, 0, f"Réponses de {response.structure.name}", styles.title)
    for row, (label, text) in enumerate(lines, start=1):
        xlsx_files.words(about, row, 0, label, styles.head)
        xlsx_files.words(about, row, 1, text, styles.text)
    xlsx_files.for_paper(about, last_row=len(lines), last_column=1, head_rows=0, footer=footer)


def _write_answer(sheet: Any, styles: _Styles, row: int, field: Field, stored: Stored | None, at: Environment) -> None:
    """What follows the label on its row: value, unit, state, value of last year."""
    value = at.env.get(field.code)
    state = "Renseigné" if value is not None else UNANSWERED
    if value is NOT_CONCERNED:
        state = "Non concerné"
    elif field.is_computed:
        state = "Calculé" if value is not None else UNANSWERED
    elif stored is not None and value is not None and stored["provenance"] != Provenance.DECLARED:
        state = Provenance(stored["provenance"]).label
    xlsx_files.put(sheet, row, 1, _cell(field, value), styles.value(field))
    xlsx_files.words(sheet, row, 2, "" if field.is_clock else field.unit, styles.unit)
    xlsx_files.words(sheet, row, 3, state, styles.text)
    xlsx_files.put(sheet, row, 4, _cell(field, at.previous.get(field.code)), styles.value(field))


def _cell(field: Field, value: Value | None) -> Any:
    """A number or a date as such, anything else as its French text."""
    if value is None:
        return None
    if isinstance(value, int | Decimal) and not isinstance(value, bool):
        return float(value) / 24 if field.is_clock else value  # a spreadsheet counts the day as 1
    return value if field.kind is Kind.DATE and value is not NOT_CONCERNED else format_value(field, value)
