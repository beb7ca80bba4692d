"""Gestures that leave a trace in figures: last year's block pasted, a column copied, a grid shifted, a figure of
another unit. Rules of every questionnaire, made from its grids and kinds; each asks, none refuses.

Sources: the surprise of a coincidence counts its significant digits beyond the usual ones (a round or short figure
repeats by itself); ratios to one's own last year follow Hidiroglou and Berthelot's idea without a trend, which one
response does not know. Thresholds were set on faults that the demonstration does not commit (bench/faults.py).
"""

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from senacs.lib.french import inside, joined, spaced
from senacs.questionnaire.engine.language import parse
from senacs.questionnaire.engine.schema import Field, Kind, Question, Questionnaire, Rule, Severity
from senacs.questionnaire.engine.values import NOT_CONCERNED, Env, Value, format_value

Figures = dict[str, float]
PATTERNS = "GESTE_"
PASTED = f"{PATTERNS}REPRISE_"
MOST_SHOWN = 8  # links of one finding; its message names the table
# A coincidence of four digits beyond the usual ones is no chance; short figures and round ones repeat.
SURPRISE, USUAL_DIGITS = 4.0, 0.6
MOST_OF_A_SECTION, FEWEST_OF_A_SECTION, LONG_FIGURE = 0.6, 8, 100
FEWEST_ROWS, FEWEST_IN_ALL = 3, 5
REPEATED_FROM = 1000  # euros, and as a figure without its last zeros
# A shift explains a column when it takes away so much of its distance to last year.
SHIFT_GAIN, SHIFT_SHARE, SHIFT_ROWS = 0.25, 0.4, 4
SHARE_FACTOR, SHARE_PERSONS, STEADY = 1.6, 15, 1.25
# A column of persons that adds up to a hundred, to the rounding of its rows.
HUNDRED, MANY, SAME_SHARE = range(98, 103), 130, 0.12
# By kind: how many times one's own last year, and from what figure on.
FACTOR = {Kind.AMOUNT: 5.0, Kind.INTEGER: 4.0, Kind.DECIMAL: 5.0}
LARGE = {Kind.AMOUNT: 3000, Kind.INTEGER: 30, Kind.DECIMAL: 60}


@dataclass(frozen=True, slots=True)
class Trace:
    """A gesture seen: its rule, whose fields are the first to look at; what to say; every figure that it explains."""

    rule: Rule
    message: str
    explains: tuple[str, ...]


class Patterns:
    """The rules of one questionnaire; `found` is asked of settled values."""

    def __init__(self, questionnaire: Questionnaire, covered: Iterable[str]) -> None:
        """`covered`: fields whose change from last year a rule of the questionnaire asks about already."""
        self._fields = questionnaire.fields
        self._counted = [f.code for f in questionnaire.fields.values() if _counts(f)]
        self._sections = {
            section.code: (section.title, [f for f in section.fields if _counts(f)])
            for section in questionnaire.sections
        }
        self._questions = list(questionnaire.questions.values())
        self._columns = {q.code: list(_columns(q, self._fields)) for q in self._questions if q.grid is not None}
        known = set(covered)
        self._alone = [
            f for f in questionnaire.fields.values() if _counts(f) and f.code not in known and f.kind in FACTOR
        ]
        self._rules: dict[tuple[str, tuple[str, ...]], Rule] = {}

    def found(self, answers: Mapping[str, Any], last_year: Env) -> Iterator[Trace]:
        """What settled values tell, beside last year's completed ones (empty where there is none)."""
        values, previous = self._figures(answers), self._figures(last_year)
        told: set[str] = set()
        if previous:
            for trace in [*self._pasted(values, previous), *self._shifted(values, previous)]:
                told.update(trace.explains)
                yield trace
        for trace in [*self._copied(values, previous), *self._repeated(values, previous)]:
            told.update(trace.explains)
            yield trace
        if previous:
            for trace in self._percents(values, previous):
                told.update(trace.explains)
                yield trace
            # One cause, one question: what a gesture explains is not asked figure by figure.
            for trace in [*self._shares(values, previous), *self._far(values, previous)]:
                if not told.intersection(trace.explains):
                    told.update(trace.explains)
                    yield trace

    def _figures(self, answers: Mapping[str, Any]) -> Figures:
        """The numbers answered, by code; 0 for « non concerné »."""
        read = ((code, answers.get(code)) for code in self._counted)
        return {code: 0.0 if v is NOT_CONCERNED else float(v) for code, v in read if v is not None}

    def _pasted(self, values: Figures, previous: Figures) -> Iterator[Trace]:
        seen: set[str] = set()
        for code, (title, fields) in self._sections.items():
            both = [f.code for f in fields if values.get(f.code, 0) and previous.get(f.code, 0)]
            same = [c for c in both if values[c] == previous[c]]
            long = [c for c in same if values.get(c, 0) >= LONG_FIGURE]
            is_most = len(both) >= FEWEST_OF_A_SECTION and len(same) >= MOST_OF_A_SECTION * len(both)
            if is_most and _surprise(values, long) >= SURPRISE:
                seen.update(same)
                yield self._trace(
                    "REPRISE", code, same,
                    f"Rubrique « {title} » : {len(same)} chiffres sur {len(both)} sont ceux de l’an dernier, au "
                    "dernier chiffre près. Ont-ils été recomptés cette année ?",
                )  # fmt: skip
        for question, columns in self._columns.items():
            for place, (label, codes) in enumerate(columns):
                filled = [c for c in codes if values.get(c, 0) or previous.get(c, 0)]
                same = [c for c in filled if values.get(c) == previous.get(c)]
                is_alike = len(filled) >= FEWEST_ROWS and len(same) == len(filled) and not seen.issuperset(same)
                if is_alike and _surprise(values, same) >= SURPRISE:
                    yield self._trace(
                        "REPRISE", f"{question}_{place}", same,
                        f"« {self._named(question, label)} » : toutes les lignes sont celles de l’an dernier, au "
                        "dernier chiffre près. Ont-elles été recomptées cette année ?",
                    )  # fmt: skip

    def _shifted(self, values: Figures, previous: Figures) -> Iterator[Trace]:
        for question, columns in self._columns.items():
            for place, (label, codes) in enumerate(columns):
                now, then = ([source.get(c, 0) for c in codes] for source in (values, previous))
                if sum(1 for v in then if v) < SHIFT_ROWS or not all(c in values for c in codes):
                    continue
                whole = sum(now) + sum(then)
                apart = _distance(now, then) / whole
                moved = min(_distance([*now[1:], 0], then), _distance([0, *now[:-1]], then)) / whole
                if apart - moved >= SHIFT_GAIN and moved <= (1 - SHIFT_SHARE) * apart:
                    yield self._trace(
                        "DECALAGE", f"{question}_{place}", codes,
                        f"« {self._named(question, label)} » : décalée d’une ligne, la colonne retrouve presque celle "
                        "de l’an dernier. Les chiffres sont-ils sur la bonne ligne ?",
                    )  # fmt: skip

    def _copied(self, values: Figures, previous: Figures) -> Iterator[Trace]:
        for question, columns in self._columns.items():
            for place, (label, codes) in enumerate(columns):
                for label_2, codes_2 in columns[place + 1 :]:
                    if len(codes) != len(codes_2) or self._fields[codes[0]].kind is not self._fields[codes_2[0]].kind:
                        continue
                    pairs = list(zip(codes, codes_2, strict=True))
                    if not _is_copy(values, pairs) or _is_copy(previous, pairs):
                        continue
                    yield self._trace(
                        "COPIE", f"{question}_{place}", [*codes, *codes_2],
                        f"« {self._question(question).label} » : les colonnes « {label} » et « {label_2} » portent les "
                        "mêmes chiffres, ligne après ligne. L’une a-t-elle été recopiée sur l’autre ?",
                    )  # fmt: skip

    def _repeated(self, values: Figures, previous: Figures) -> Iterator[Trace]:
        for question in self._questions:
            by_amount: dict[int, list[Field]] = {}
            for f in question.fields:
                amount = values.get(f.code, 0)
                if f.kind is Kind.AMOUNT and amount >= REPEATED_FROM and _significant(amount) >= REPEATED_FROM:
                    by_amount.setdefault(int(amount), []).append(f)
            for fields in by_amount.values():
                codes = [f.code for f in fields]
                last_year = {previous.get(c) for c in codes}
                # Two rows that were equal last year already are two sums: an equal share of each.
                if len(fields) > 1 and (len(last_year) == len(codes) or last_year == {None}):
                    shown = _shown(fields[0], values[codes[0]])
                    rows = joined([f"« {inside(f.caption or f.label)} »" for f in fields])
                    yield self._trace(
                        "REPETE", question.code, codes,
                        f"Le même montant, {shown}, est écrit à {rows}. Est-ce deux fois la même somme ?",
                    )  # fmt: skip

    def _percents(self, values: Figures, previous: Figures) -> Iterator[Trace]:
        for question, columns in self._columns.items():
            for place, (label, codes) in enumerate(columns):
                if any(self._fields[c].kind is not Kind.INTEGER for c in codes):
                    continue
                now, then = sum(values.get(c, 0) for c in codes), sum(previous.get(c, 0) for c in codes)
                if (
                    now in HUNDRED
                    and then >= MANY
                    and all(abs(values.get(c, 0) / now - previous.get(c, 0) / then) <= SAME_SHARE for c in codes)
                ):
                    yield self._trace(
                        "POURCENT", f"{question}_{place}", codes,
                        f"« {self._named(question, label)} » : les lignes font {int(now)}, contre {int(then)} l’an "
                        "dernier. Sont-ce des pourcentages ? La question demande des nombres.",
                    )  # fmt: skip

    def _shares(self, values: Figures, previous: Figures) -> Iterator[Trace]:
        """One row of persons that moved alone: the children came in with the adults, families stand for persons."""
        for columns in self._columns.values():
            for label, codes in columns:
                if len(codes) < FEWEST_ROWS or any(self._fields[c].kind is not Kind.INTEGER for c in codes):
                    continue
                now, then = sum(values.get(c, 0) for c in codes), sum(previous.get(c, 0) for c in codes)
                for code in codes:
                    here, before = values.get(code, 0), previous.get(code, 0)
                    others, others_then = now - here, then - before
                    if not (here and before and others and others_then) or abs(here - before) < SHARE_PERSONS:
                        continue
                    moved = (here / now) / (before / then)
                    if max(moved, 1 / moved) >= SHARE_FACTOR and 1 / STEADY <= others / others_then <= STEADY:
                        yield self._trace(
                            "PART", code, [code],
                            f"« {self._fields[code].label} » : {round(100 * here / now)}\u00a0% de « {label} », contre "
                            f"{round(100 * before / then)}\u00a0% l’an dernier, quand les autres lignes n’ont guère "
                            "changé. Les mêmes personnes sont-elles comptées ?",
                        )  # fmt: skip

    def _far(self, values: Figures, previous: Figures) -> Iterator[Trace]:
        for f in self._alone:
            now, then = values.get(f.code, 0), previous.get(f.code, 0)
            if f.minimum is not None and f.minimum < 0 and now < 0 < then and -2.5 * then <= now <= -then / 2.5:
                yield self._far_trace(f, values, previous, "Le signe moins est-il voulu ?")
            elif now > 0 and then > 0 and max(now, then) >= LARGE[f.kind]:
                is_far = max(now / then, then / now) >= FACTOR[f.kind]
                if is_far:
                    yield self._far_trace(f, values, previous, "Est-ce la même unité, sur toute l’année ?")

    def _far_trace(self, f: Field, values: Figures, previous: Figures, asked: str) -> Trace:
        now, then = _shown(f, values[f.code]), _shown(f, previous[f.code])
        return self._trace(
            "ECART", f.code, [f.code], f"« {f.label} » : {then} l’an dernier, {now} cette année. {asked}"
        )

    def _trace(self, gesture: str, place: str, codes: Sequence[str], message: str) -> Trace:
        code = f"{PATTERNS}{gesture}_{place.upper()}"
        shown = tuple(codes[:MOST_SHOWN])
        rule = self._rules.get((code, shown))
        if rule is None:
            # The formula is a form only: what fails is found here, no engine evaluates it.
            expression = parse(f"{codes[0]} est vide")
            rule = Rule(code, expression, Severity.TO_JUSTIFY, "", shown, "guide 7.3")
            self._rules[code, shown] = rule
        return Trace(rule, spaced(message), tuple(codes))

    def _question(self, code: str) -> Question:
        return next(q for q in self._questions if q.code == code)

    def _named(self, question: str, column: str) -> str:
        label = self._question(question).label
        return f"{label}, {inside(column)}" if column else label


def _counts(field: Field) -> bool:
    return field.kind.is_numeric and field.is_flow and not field.is_computed


def _columns(question: Question, fields: Mapping[str, Field]) -> Iterator[tuple[str, list[str]]]:
    """Label and typed figures of each column, top to bottom."""
    assert question.grid is not None
    for label, cells in zip(question.grid.column_labels, zip(*question.grid.cells, strict=True), strict=True):
        codes = [code for code in cells if code is not None and _counts(fields[code])]
        if codes:
            yield label, codes


def _shown(field: Field, figure: float) -> str:
    value: Value = Decimal(str(figure)) if field.kind in {Kind.DECIMAL, Kind.PERCENT} else int(figure)
    return format_value(field, value)


def _significant(value: float) -> int:
    """The figure without its trailing zeros: 12,400 counts for 124."""
    whole = int(abs(value))
    while whole and whole % 10 == 0:
        whole //= 10
    return whole


def _surprise(values: Figures, codes: Iterable[str]) -> float:
    significant = (_significant(values.get(code, 0)) for code in codes)
    return sum(max(0.0, math.log10(digits) - USUAL_DIGITS) for digits in significant if digits)


def _distance(first: Sequence[float], second: Sequence[float]) -> float:
    return sum(abs(a - b) for a, b in zip(first, second, strict=True))


def _is_copy(values: Figures, pairs: Sequence[tuple[str, str]]) -> bool:
    rows = [(values.get(a, 0), values.get(b, 0)) for a, b in pairs]
    filled = [a for a, b in rows if a or b]
    return len(filled) >= FEWEST_ROWS and sum(filled) >= FEWEST_IN_ALL and all(a == b for a, b in rows)
