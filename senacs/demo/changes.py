"""What the comité technique changed in the core of the demonstration: a redefinition, and a code that changed.

Both came between the data of two years ago and those of last year, so that series, booklets and fiches show them. The
opening on Saturdays and Sundays was not asked before: the week under the same code is another one. Initiatives had
another code: the same question.
"""

import json
from collections.abc import Mapping
from typing import Any

from senacs.observatory.definitions.indicators import in_codes
from senacs.questionnaire.engine.schema import Questionnaire
from senacs.questionnaire.enums import Effect

# As versions keep it; see `engine.schema.Questionnaire`.
Document = dict[str, Any]
# The first version that asked so, in years before this one.
SINCE = 1
REDEFINED, ADDED = "horaires", ("samedi", "dimanche")
RENAMED, FORMER_CODES = "initiatives", {"initiatives_habitants": "initiatives_soutenues"}
DECISIONS = {
    REDEFINED: (
        Effect.BREAK,
        "Le tableau compte désormais le samedi et le dimanche, que l’on ne demandait pas : la semaine est plus longue.",
    ),
    RENAMED: (
        Effect.SAME_SERIES,
        "Seul le code de la première ligne change, pour suivre les mots de la circulaire : la question est la même.",
    ),
}


def asked_as_then(document: Mapping[str, Any], questionnaire: Questionnaire, back: int) -> Document:
    """The document of a core of `back` years ago, with the changes that it had not seen yet or was first to ask."""
    gone = {
        field.code
        for field in questionnaire.questions[REDEFINED].fields
        if any(field.code.endswith(f"_{row}") for row in ADDED)
    }
    if back == SINCE:
        return _first_asked(document, questionnaire, gone)
    if back < SINCE:
        return dict(document)
    older = _without(document, questionnaire, gone, previous=False)
    for question in _grids(older, REDEFINED):
        question["grid"]["rows"] = [row for row in question["grid"]["rows"] if row["code"] not in ADDED]
    found: Document = json.loads(in_codes(json.dumps(older, ensure_ascii=False), FORMER_CODES))
    return found


def _first_asked(document: Mapping[str, Any], questionnaire: Questionnaire, new: set[str]) -> Document:
    marked = _without(document, questionnaire, new, previous=True)
    for question in _grids(marked, REDEFINED):
        for row in question["grid"]["rows"]:
            if row["code"] in ADDED:
                row["new"] = True
    for question in _grids(marked, RENAMED):
        for row in question["grid"]["rows"]:
            if row["code"] in FORMER_CODES:
                row["previous"] = FORMER_CODES[row["code"]]
    return marked


def _without(document: Mapping[str, Any], questionnaire: Questionnaire, codes: set[str], *, previous: bool) -> Document:
    """A copy without the rules that read some fields, or those of last year."""
    read = {rule.code: rule.expression.names for rule in questionnaire.rules}
    lost = {
        rule for rule, names in read.items() if any(code in codes and (past or not previous) for code, past in names)
    }
    copy: Document = json.loads(json.dumps(document, ensure_ascii=False))
    return {**copy, "rules": [rule for rule in copy["rules"] if rule["code"] not in lost]}


def _grids(document: Mapping[str, Any], code: str) -> list[Document]:
    return [q for section in document["sections"] for q in section["questions"] if q["code"] == code]
