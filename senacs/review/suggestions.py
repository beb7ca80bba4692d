"""Which cell is probably wrong, in words: localisation of the errors of one response over its linear rules."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import pairwise
from math import log

from senacs.collection.models import Response
from senacs.collection.queries import Environment, compiled_of
from senacs.lib import french
from senacs.questionnaire.engine.evaluation import Compiled
from senacs.questionnaire.engine.schema import Field, Kind, Rule
from senacs.questionnaire.engine.values import NOT_CONCERNED, Value, format_value
from senacs.review.editing.edits import edit_book, number, step_of
from senacs.review.editing.localisation import BoundedValue, Localised, Unsolvable, localise
from senacs.review.editing.slips import Slip, is_undone, listed

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


def suggestions_for(
    response: Response, at: Environment, *, explained: Mapping[str, str] | None = None, while_typing: bool = False
) -> list[Suggestion]:
    """What to look at first in one response, nothing when no linear rule fails. No query."""
    return suggest(compiled_of(response), at, explained=explained, while_typing=while_typing)


def suggest(
    compiled: Compiled, at: Environment, *, explained: Mapping[str, str] | None = None, while_typing: bool = False
) -> list[Suggestion]:
    """The same on values. `while_typing`: by the rules alone whose every operand is answered.

    `explained`: by rule, the message that somebody has answered: figures said to be right are no error to place.
    """
    fields = compiled.questionnaire.fields
    settled = compiled.settle(at.env, at.context, at.previous)
    book = edit_book(compiled)
    linear = {rule.code for rule in book.rules}
    # Gestures and names of people are no linear rule, and rest on no operand that one waits for.
    answered = explained or {}
    everything = compiled.check(at.env, at.context, at.previous)
    checked = [finding for finding in everything if answered.get(finding.rule.code) != finding.message]
    settled_rules = {rule.code for rule in book.rules if rule.code in answered} - {f.rule.code for f in checked}
    found = {finding.rule.code: finding.rule for finding in checked if finding.rule.code in linear}
    waiting = {code for code, rule in found.items() if while_typing and compiled.waits(rule, settled)}
    failing = [code for code in found if code not in waiting]
    if not failing:
        return []
    edits = [edit for edit in book.edits(settled.values, failing=failing) if edit.rule not in waiting | settled_rules]
    codes = {code for edit in edits for code in edit.terms}
    cells = {code: _cell(fields[code], at, book.given(code, settled.values)) for code in codes}
    try:
        answers = localise(edits, cells, swaps=_neighbours(compiled, codes), fixed=settled.hidden)
    except Unsolvable:
        return []
    told, failing_rules = [], {finding.rule.code for finding in everything}
    alone = {finding.rule.code for finding in checked} - linear
    for one in answers:
        answer = replace(one, rules=(*one.rules, *_consequences(compiled, at, one, alone)))
        alone -= set(answer.rules)
        rules = [found[code] for code in one.rules]
        other = _other_answer(compiled, at, rules, failing_rules) if rules and len(answer.fields) > 1 else None
        if other is not None:
            told.append(_first_to_check(other, answer.rules))
        elif len(answer.fields) <= MOST_FIELDS:
            told.append(_in_words(answer, fields, cells))
    return told


def _consequences(compiled: Compiled, at: Environment, answer: Localised, failing: set[str]) -> list[str]:
    """Those of `failing`, beyond the linear rules (evolutions, gestures), that hold again once the cells blamed alone
    say what is proposed or what they said last year: they follow from the same fault.
    """
    fields = compiled.questionnaire.fields
    put = {code: at.previous[code] for code in answer.fields if number(at.previous.get(code)) > 0}
    put |= {code: _value(fields[code], value) for code, value in answer.proposed.items()}
    if put.keys() != set(answer.fields):
        return []
    left = {finding.rule.code for finding in compiled.check({**at.env, **put}, at.context, at.previous)}
    return sorted(failing - left)


def _other_answer(compiled: Compiled, at: Environment, rules: list[Rule], failing: set[str]) -> Field | None:
    """A choice that all these rules read and whose other answer alone makes them hold, breaking none and hiding
    nothing that was typed: « le poste de direction est vacant » beside a director.
    """
    fields = compiled.questionnaire.fields
    hidden = compiled.settle(at.env, at.context, at.previous).hidden
    for code in sorted(frozenset[str].intersection(*(rule.expression.codes for rule in rules)) & at.env.keys()):
        field, said = fields.get(code), at.env[code]
        if field is None or field.is_computed or said is NOT_CONCERNED:
            continue
        others: list[Value] = [option.code for option in field.options if option.code != said]
        if field.kind is Kind.YES_NO:
            others = [not said]
        elif field.kind is not Kind.CHOICE:
            continue
        for other in others:
            env = {**at.env, code: other}
            if (compiled.settle(env, at.context, at.previous).hidden - hidden) & at.env.keys():
                continue
            left = {finding.rule.code for finding in compiled.check(env, at.context, at.previous)}
            if left <= failing - {rule.code for rule in rules}:
                return field
    return None


def _first_to_check(field: Field, rules: tuple[str, ...]) -> Suggestion:
    text = f"« {field.label} » suffit à tout expliquer : à vérifier d’abord."
    return Suggestion(((field.code, field.label),), rules, french.spaced(text), {})


def _cell(field: Field, at: Environment, given: float | None) -> BoundedValue:
    value, before = number(at.env.get(field.code)), number(at.previous.get(field.code))
    weight = 1.0
    if value > 0 and before > 0:
        weight = max(LEAST_WEIGHT, 1 - (1 - LEAST_WEIGHT) * abs(log(value / before)) / log(10))
    return BoundedValue(
        value=value,
        lower=float(field.minimum) if field.minimum is not None else float("-inf"),
        upper=float(field.maximum) if field.maximum is not None else float("inf"),
        step=step_of(field),
        weight=weight,
        expected=before if before > 0 else None,
        given=given,
    )


def _neighbours(compiled: Compiled, codes: set[str]) -> list[tuple[str, str]]:
    """Cells side by side in a row of a grid: those that people exchange."""
    pairs = []
    for question in compiled.questionnaire.questions.values():
        for row in question.grid.cells if question.grid is not None else ():
            pairs += [(a, b) for a, b in pairwise(row) if a is not None and b is not None and {a, b} <= codes]
    return pairs


def _in_words(answer: Localised, fields: dict[str, Field], cells: dict[str, BoundedValue]) -> Suggestion:
    """A number is proposed when another cell gives it or when a slip of the keyboard explains it to the last digit,
    never because it fits."""
    labels = [fields[code].label for code in answer.fields]
    values = dict(answer.proposed)
    if answer.slip is Slip.SWAP:
        text = f"{listed(labels)} : {answer.slip.value}"
    elif len(labels) == 1:
        code, field = answer.fields[0], fields[answer.fields[0]]
        now = _shown(field, cells[code].value)
        slip = f"{now}, {answer.slip.value}" if answer.slip is not None else now
        if answer.is_given:
            stop = "" if answer.slip is not None else "."
            detail = f"Le détail donne {_shown(field, values[code])} : l’un des deux est à corriger."
            text = f"« {labels[0]} » : {slip}{stop} {detail}"
        elif answer.slip is not None and is_undone(answer.slip, cells[code].value, values[code]):
            text = f"« {labels[0]} » : {slip} Avec {_shown(field, values[code])}, tout concorde."
        else:
            values = {}
            others = [fields[codes[0]].label for codes in answer.ties if len(codes) == 1][:3]
            told = f", ou {listed(others)}," if others else ""
            asked = f" ({answer.slip.value})" if answer.slip is not None else ""
            text = f"« {labels[0]} »{told} suffit à tout expliquer{asked} : à vérifier d’abord."
    else:
        text = f"À regarder ensemble : {listed(labels)}."
    proposed = {code: _typed(fields[code], value) for code, value in values.items()}
    return Suggestion(tuple(zip(answer.fields, labels, strict=True)), answer.rules, french.spaced(text), proposed)


def _value(field: Field, value: float) -> int | Decimal:
    if field.kind in {Kind.INTEGER, Kind.AMOUNT}:
        return round(value)
    return round(Decimal(str(value)), field.decimals)


def _shown(field: Field, value: float) -> str:
    return format_value(field, _value(field, value))


def _typed(field: Field, value: float) -> str:
    return french.number(_value(field, value)).replace(french.THIN, "").replace(french.MINUS, "-")
