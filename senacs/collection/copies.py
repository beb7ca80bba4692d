"""Copies of a response for the structure that gave it: JSON, XLSX, tagged PDF; and the checksum of its receipt."""

import hashlib
import io
import json
from collections.abc import Iterator
from typing import Any

from django.conf import settings

from senacs.collection.enums import Provenance
from senacs.collection.models import Response
from senacs.collection.queries import Environment, compiled_of, environment
from senacs.lib import clock, french, xlsx_files
from senacs.lib.pdf import answers
from senacs.questionnaire.engine.schema import Question, Section
from senacs.questionnaire.engine.values import format_value

DEMO_NOTICE = "Données de démonstration : structure et réponses fictives."


def checksum(response: Response) -> str:
    """SHA-256 of what was answered (codes, states, values), whoever entered it and when; 64 hexadecimal digits."""
    answers = {code: [stored["etat"], stored["valeur"]] for code, stored in response.values.items()}
    signed = {"campagne": response.campaign.year, "structure": response.structure.code, "reponses": answers}
    return hashlib.sha256(json.dumps(signed, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def as_document(response: Response) -> dict[str, Any]:
    """The response as plain data, with labels and French texts beside the codes and values."""
    at = environment(response)
    return {
        "enquete": response.campaign.version.title,
        "annee": response.campaign.year,
        "donnees": response.campaign.data_year,
        "structure": {"identifiant": response.structure.code, "nom": response.structure.name},
        "etat": response.get_state_display(),
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
            for section, question in _shown(response, at)
            for field in question.fields
        ],
    }


def _shown(response: Response, at: Environment) -> Iterator[tuple[Section, Question]]:
    """The questions that the structure was asked, with their section."""
    compiled = compiled_of(response)
    visible = compiled.visible(at.env, at.context, at.previous)
    for section in compiled.questionnaire.sections:
        for question in section.questions:
            if any(field.code in visible for field in question.fields):
                yield section, question


def as_pdf(response: Response) -> bytes:
    """PDF/UA-1, one part a section, grids as tables."""
    at = environment(response)
    parts: dict[str, tuple[str, list[answers.AnswerList | answers.AnswerGrid]]] = {}
    for section, question in _shown(response, at):
        _, blocks = parts.setdefault(section.code, (f"{section.letter}. {section.title}", []))
        blocks.append(_block(question, at, response))
    sent = f"{french.long_date(response.submitted_at)}" if response.submitted_at else "pas encore envoyée"
    return answers.render_answers(
        title=f"Réponses de {response.structure.name}",
        kicker=response.campaign.version.title,
        sections=[answers.AnswerSection(title, blocks) for title, blocks in parts.values()],
        header=[
            ("Structure", f"{response.structure.name} ({response.structure.code})"),
            ("État", response.get_state_display()),
            ("Envoi", sent),
            ("Empreinte SHA-256", checksum(response)),
        ],
        notice=DEMO_NOTICE if settings.DEMO else "",
        at=clock.now(),
    )


def _block(question: Question, at: Environment, response: Response) -> answers.AnswerList | answers.AnswerGrid:
    fields = {field.code: field for field in question.fields}
    if question.grid is None:
        field = question.fields[0]
        entry = response.values.get(field.code)
        note = Provenance(entry["provenance"]).label if entry and entry["provenance"] != Provenance.DECLARED else ""
        answer = format_value(field, at.env.get(field.code))
        return answers.AnswerList([answers.AnswerRow(question.label, answer, str(note))])
    rows = [
        [label, *(format_value(fields[code], at.env.get(code)) if code else "" for code in cells)]
        for label, cells in zip(question.grid.row_labels, question.grid.cells, strict=True)
    ]
    return answers.AnswerGrid(question.label, ["", *question.grid.column_labels], rows)


def as_xlsx(response: Response) -> bytes:
    """One row a field: section, label, value as a cell of its own type, unit, state, code."""
    document = as_document(response)
    fields = compiled_of(response).questionnaire.fields
    output = io.BytesIO()
    with xlsx_files.workbook(output) as workbook:
        bold = workbook.add_format({"bold": True, "bg_color": "#E3F0F1", "text_wrap": True, "valign": "top"})
        wrapped = workbook.add_format({"text_wrap": True, "valign": "top"})
        sheet = workbook.add_worksheet("Réponses")
        headers = ("Rubrique", "Question", "Réponse", "Unité", "État", "Code")
        for column, (header, width) in enumerate(zip(headers, (26, 60, 24, 14, 16, 28), strict=True)):
            sheet.set_column(column, column, width, wrapped)
            sheet.write_string(0, column, header, bold)
        for row, answer in enumerate(document["reponses"], start=1):
            field = fields[answer["code"]]
            state = {"valeur": "Renseigné", "non_concerne": "Non concerné"}.get(answer["etat"] or "", "Sans réponse")
            sheet.write_string(row, 0, answer["rubrique"])
            sheet.write_string(row, 1, answer["libelle"])
            if field.kind.is_numeric and answer["etat"] == "valeur":
                sheet.write_number(row, 2, float(answer["valeur"]))
            else:
                sheet.write_string(row, 2, "" if state == "Sans réponse" and not answer["calcule"] else answer["texte"])
            sheet.write_string(row, 3, field.unit)
            sheet.write_string(row, 4, "Calculé" if answer["calcule"] else state)
            sheet.write_string(row, 5, answer["code"])
        sheet.freeze_panes(1, 0)
        sheet.autofilter(0, 0, len(document["reponses"]), len(headers) - 1)
        about = workbook.add_worksheet("À propos")
        about.set_column(0, 0, 24)
        about.set_column(1, 1, 80)
        lines = (
            ("Enquête", document["enquete"]),
            ("Structure", document["structure"]["nom"]),
            ("Identifiant", document["structure"]["identifiant"]),
            ("État", document["etat"]),
            ("Envoyée le", french.long_date(response.submitted_at) if response.submitted_at else "pas encore"),
            ("Empreinte SHA-256", document["empreinte"]),
            ("Avertissement", DEMO_NOTICE if settings.DEMO else ""),
        )
        for row, (label, text) in enumerate(lines):
            about.write_string(row, 0, label, bold)
            about.write_string(row, 1, text)
    return output.getvalue()
