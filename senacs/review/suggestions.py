"""Which cell is probably wrong, in words: localisation of the errors of one response over its linear rules."""

from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise
from math import isfinite, log

from senacs.collection.models import Response
from senacs.collection.queries import Environment, compiled_of
from senacs.lib import french
from senacs.questionnaire.engine.evaluation import Compiled
from senacs.questionnaire.engine.schema import Field, Kind
from senacs.questionnaire.engine.values import format_value
from senacs.review.editing.edits import edit_book, number, step_of
from senacs.review.editing.localisation import Answer, Cell, Unsolvable, localise
from senacs.review.editing.slips import Slip, listed

# A value ten times last year's, or a tenth, costs this much less to blame than one that did not move.
LEAST_WEIGHT = 0.6
# Beyond, « look at these » helps nobody.
MOST_FIELDS = 4


@dataclass(frozen=True, slots=True)
class Suggestion:
    """One group of contradictions: where to look, in words; `proposed` holds values as a person would type them."""

    fields: tuple[tuple[str, str], ...]  # code, label
    rules: tuple[str, ...]
    text: str
    proposed: dict[str, str]

    @property
    def asked(self) -> list[tuple[str, str, str]]:
        """Code, label and proposed text (empty when none) of each field that a correspondent may ask about."""
        return [(code, label, self.proposed.get(code, "")) for code, label in self.fields]


def suggestions_for(response: Response, at: Environment) -> list[Suggestion]:
    """What to look at first in one response, nothing when no linear rule fails. No query."""
    return suggest(compiled_of(response), at)


def suggest(compiled: Compiled, at: Environment) -> list[Suggestion]:
    """The same on values, for a page that has not saved them yet."""
    fields = compiled.questionnaire.fields
    settled = compiled.settle(at.env, at.context, at.previous)
    book = edit_book(compiled)
    linear = {rule.code for rule in book.rules}
    failing = [f.rule.code for f in compiled.check(at.env, at.context, at.previous) if f.rule.code in linear]
    if not failing:
        return []
    edits = book.edits(settled.values, failing=failing)
    codes = {code for edit in edits for code in edit.terms}
    cells = {code: _cell(fields[code], at) for code in codes}
    try:
        answers = localise(edits, cells, swaps=_neighbours(compiled, codes), fixed=settled.hidden)
    except Unsolvable:
        return []
    return [_in_words(answer, fields, cells) for answer in answers if len(answer.fields) <= MOST_FIELDS]


def _cell(field: Field, at: Environment) -> Cell:
    value, before = number(at.env.get(field.code)), number(at.previous.get(field.code))
    weight = 1.0
    if value > 0 and before > 0:
        weight = max(LEAST_WEIGHT, 1 - (1 - LEAST_WEIGHT) * abs(log(value / before)) / log(10))
    return Cell(
        value=value,
        lower=float(field.minimum) if field.minimum is not None else float("-inf"),
        upper=float(field.maximum) if field.maximum is not None else float("inf"),
        step=step_of(field),
        weight=weight,
        expected=before if before > 0 else None,
    )


def _neighbours(compiled: Compiled, codes: set[str]) -> list[tuple[str, str]]:
    """Cells side by side in a row of a grid: those that people exchange."""
    pairs = []
    for question in compiled.questionnaire.questions.values():
        for row in question.grid.cells if question.grid is not None else ():
            pairs += [(a, b) for a, b in pairwise(row) if a is not None and b is not None and {a, b} <= codes]
    return pairs


def _in_words(answer: Answer, fields: dict[str, Field], cells: dict[str, Cell]) -> Suggestion:
    labels = [fields[code].label for code in answer.fields]
    proposed = {code: _typed(fields[code], value) for code, value in answer.proposed.items()}
    if answer.slip is Slip.SWAP:
        text = f"{listed(labels)} : {answer.slip.value}"
    elif answer.slip is not None:
        code = answer.fields[0]
        now, then = _shown(fields[code], cells[code].value), _shown(fields[code], answer.proposed[code])
        text = f"« {labels[0]} » : {now}, {answer.slip.value} Avec {then}, tout concorde."
    elif len(labels) == 1:
        text = f"« {labels[0]} » suffit à expliquer : {_range(fields[answer.fields[0]], answer)}"
        others = [fields[codes[0]].label for codes in answer.ties if len(codes) == 1][:3]
        text += f", ou bien {listed(others)}." if others else "."
    else:
        text = f"À regarder ensemble : {listed(labels)}."
    return Suggestion(tuple(zip(answer.fields, labels, strict=True)), answer.rules, french.spaced(text), proposed)


def _range(field: Field, answer: Answer) -> str:
    low, high = answer.ranges[field.code]
    if low == high:
        return f"avec {_shown(field, low)}, tout concorde"
    if not isfinite(high) or (field.maximum is not None and high >= field.maximum):
        return f"à partir de {_shown(field, low)}, tout concorde"
    if not isfinite(low) or low <= (field.minimum or 0):
        return f"jusqu’à {_shown(field, high)}, tout concorde"
    return f"entre {_shown(field, low)} et {_shown(field, high)}, tout concorde"


def _value(field: Field, value: float) -> int | Decimal:
    if field.kind in {Kind.INTEGER, Kind.AMOUNT}:
        return round(value)
    return round(Decimal(str(value)), field.decimals)


def _shown(field: Field, value: float) -> str:
    return format_value(field, _value(field, value))


def _typed(field: Field, value: float) -> str:
    return french.number(_value(field, value)).replace(french.THIN, "").replace(french.MINUS, "-")
