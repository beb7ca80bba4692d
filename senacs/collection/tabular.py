"""Responses as a table that the Table Schema of their version describes."""

from collections.abc import Iterable

from senacs.collection.models import Response
from senacs.collection.queries import compiled_of, environment
from senacs.lib.csv_files import csv_text
from senacs.questionnaire.table_schema import STRUCTURE, cell


def as_csv(responses: Iterable[Response]) -> str:
    """UTF-8 CSV with commas: a header, then one line a response to one version; computed fields included."""
    rows = list(responses)
    if not rows:
        return ""
    fields = compiled_of(rows[0]).questionnaire.fields
    lines = [[STRUCTURE, *fields]]
    for response in rows:
        env = environment(response).env
        lines.append([response.structure.code, *(cell(field, env.get(code)) for code, field in fields.items())])
    return csv_text(lines)
