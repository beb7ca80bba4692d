"""Blocks of figures of the year that are last year's, to the last digit: nobody seems to have counted again.

A block is a column of a grid, or a question that counts several things. One figure alone often repeats; several of
them at once, none of them different, do not.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from senacs.questionnaire.engine.evaluation import Compiled, Context
from senacs.questionnaire.engine.patterns import PASTED
from senacs.questionnaire.engine.schema import Field, Question
from senacs.questionnaire.engine.values import NOT_CONCERNED, Env

# Fewer figures, or zeros, are the same from one year to the next without anybody's fault.
FEWEST = 3


@dataclass(frozen=True, slots=True)
class RepeatedBlock:
    """`column` is empty where the question has one column only."""

    section: str
    question: Question
    column: str
    count: int  # figures that are the same, zeros apart

    @property
    def label(self) -> str:
        return (
            f"{self.question.label}, {self.column[:1].lower()}{self.column[1:]}" if self.column else self.question.label
        )


def repeated_blocks(compiled: Compiled, env: Env, context: Context, previous: Env) -> list[RepeatedBlock]:
    """The blocks whose every figure asked is answered and the same as last year's, in the questionnaire's order.

    Those that a finding asks about already are left out: one cause is told once.
    """
    settled = compiled.settle(env, context, previous)
    traces = compiled.patterns.found(settled.values, previous)
    asked_about = {code for t in traces if t.rule.code.startswith(PASTED) for code in t.explains}
    found = []
    for section in compiled.questionnaire.sections:
        for question in section.questions:
            for column, fields in _blocks(question):
                asked = [field.code for field in fields if field.code not in settled.hidden]
                count = _alike(asked, settled.values, previous)
                if count >= FEWEST and not asked_about.issuperset(code for code in asked if settled.values[code]):
                    found.append(RepeatedBlock(section.code, question, column, count))
    return found


def _blocks(question: Question) -> Iterator[tuple[str, list[Field]]]:
    """The figures of the year that a question counts, by column."""
    flows = {f.code: f for f in question.fields if f.is_flow and f.kind.is_numeric and not f.is_computed}
    if question.grid is None or len(question.grid.column_labels) == 1:
        yield "", list(flows.values())
        return
    for column, codes in zip(question.grid.column_labels, zip(*question.grid.cells, strict=True), strict=True):
        yield column, [flows[code] for code in codes if code in flows]


def _alike(codes: list[str], values: Mapping[str, Any], previous: Env) -> int:
    """How many of the figures are the same and not zero; 0 as soon as one is missing, or differs."""
    if any(code not in values or values[code] != previous.get(code) for code in codes):
        return 0
    return sum(1 for code in codes if values[code] is not NOT_CONCERNED and values[code] != 0)
