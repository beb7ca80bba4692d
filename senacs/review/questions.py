"""Atypical values as questions to the director: their own figures only, never those of others."""

from decimal import Decimal

from senacs.lib import french
from senacs.questionnaire.engine.schema import Field, Kind
from senacs.questionnaire.engine.values import format_value
from senacs.review.editing.edits import step_of
from senacs.review.editing.outliers import DoubtCause
from senacs.review.editing.slips import slip_towards, times

CONFIRM = "Confirmez ou corrigez."


def question_of(field: Field, kind: str, *, value: float, previous: float | None, expected: float) -> str:
    """« Budget total : 6 338 170 € cette année, 633 817 € l’an dernier… Confirmez ou corrigez. »"""
    return french.spaced(_sentence(field, kind, value, previous, expected))


def _sentence(field: Field, kind: str, value: float, previous: float | None, expected: float) -> str:
    now = _shown(field, value)
    if kind == DoubtCause.VANISHED and previous:
        return f"{field.label} : zéro cette année, {_shown(field, previous)} l’an dernier. {CONFIRM}"
    slip = slip_towards(value, expected, step=step_of(field))
    doubt = f" Y a-t-il {slip.slip.value}" if slip is not None else ""
    if kind == DoubtCause.RATIO and previous:
        change = times(value / previous)
        noun = "ce montant" if field.kind is Kind.AMOUNT else "ce nombre"
        told = f"{field.label} : {now} cette année, {_shown(field, previous)} l’an dernier ; {noun} a {change}."
        return f"{told}{doubt} {CONFIRM}"
    size = "élevée" if value > expected else "faible"
    return (
        f"{field.label} : {now}, une valeur inhabituellement {size} pour une structure comme la vôtre.{doubt} {CONFIRM}"
    )


def _shown(field: Field, value: float) -> str:
    return format_value(field, Decimal(str(value)))
