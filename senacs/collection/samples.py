"""Answers of the shape of last year's, to try a questionnaire on: typical of all, of no structure."""

import random
from collections import Counter
from collections.abc import Iterable
from datetime import date
from decimal import Decimal

from senacs.collection.documents import read_document
from senacs.collection.enums import ResponseState
from senacs.collection.models import Response
from senacs.questionnaire.engine.schema import Field, Kind
from senacs.questionnaire.engine.values import NOT_CONCERNED, Value
from senacs.questionnaire.models import QuestionnaireVersion
from senacs.questionnaire.queries import get_compiled

# Enough for quartiles; every response of France would take seconds and say the same.
MOST_RESPONSES = 400
# The threshold of statistical secrecy: below, a figure would tell of somebody.
FEWEST_ANSWERS = 5
SAMPLE_TEXT = "Texte d’exemple."


def typical_answers(version: QuestionnaireVersion, before: QuestionnaireVersion | None) -> dict[str, Value]:
    """One answer a typed field of `version`, drawn between the quartiles of last year's answers, or the most frequent.

    Each field is drawn apart and rounded to two digits, so that no answer of a structure shows; fields without five
    answers get a plain example. The same versions always give the same answers.
    """
    observed = _observed(before) if before else {}
    # Reproducible and of no consequence: nothing here is secret.
    draw = random.Random(version.code)
    return {
        field.code: _typical(field, observed.get(field.previous_code or "", []), draw)
        for field in get_compiled(version).questionnaire.fields.values()
        if not field.is_computed
    }


def _observed(version: QuestionnaireVersion) -> dict[str, list[Value]]:
    """The answers to each field of a version, « non concerné » left out."""
    fields = get_compiled(version).questionnaire.fields
    documents = Response.objects.filter(
        campaign__version=version, state__in=[ResponseState.SUBMITTED, ResponseState.VALIDATED]
    ).order_by("structure__code")
    found: dict[str, list[Value]] = {}
    for values in documents.values_list("values", flat=True)[:MOST_RESPONSES].iterator():
        for code, value in read_document(fields, values).items():
            if value is not NOT_CONCERNED:
                found.setdefault(code, []).append(value)
    return found


def _typical(field: Field, answers: Iterable[Value], draw: random.Random) -> Value:
    if field.kind in {Kind.TEXT, Kind.LONG_TEXT}:
        return SAMPLE_TEXT
    if field.kind is Kind.DATE:
        return date(2020, 1, 1)
    known = list(answers)
    if field.kind.is_numeric:
        return _number(field, [value for value in known if isinstance(value, int | Decimal)], draw)
    allowed = {option.code for option in field.options}
    counts = Counter(value for value in known if _fits(value, allowed))
    if len(known) >= FEWEST_ANSWERS and counts:
        return max(counts, key=lambda value: (counts[value], str(value)))
    if field.kind is Kind.YES_NO:
        return True
    first = field.options[0].code
    return (first,) if field.kind is Kind.MULTIPLE else first


def _fits(value: Value, allowed: set[str]) -> bool:
    if isinstance(value, tuple):
        return set(value) <= allowed
    return isinstance(value, bool) or value in allowed


def _number(field: Field, known: list[int | Decimal], draw: random.Random) -> Value:
    low, high = field.minimum or 0, field.maximum if field.maximum is not None else 100
    if len(known) >= FEWEST_ANSWERS:
        ordered = sorted(Decimal(value) for value in known)
        first, third = ordered[len(ordered) // 4], ordered[3 * len(ordered) // 4]
        value = first + (third - first) * Decimal(str(round(draw.random(), 3)))
    else:
        value = Decimal(min(max(low, 10), high))
    rounded = Decimal(f"{value:.2g}")
    bounded = min(max(rounded, Decimal(low)), Decimal(field.maximum) if field.maximum is not None else rounded)
    digits = field.decimals if field.kind in {Kind.DECIMAL, Kind.PERCENT} else 0
    exact = bounded.quantize(Decimal(1).scaleb(-digits))
    return exact if digits else int(exact)
