"""All the answers of a response to read again, and what stands between them and the sending."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.urls import reverse

from senacs.collection.models import Response
from senacs.collection.queries import Environment, compiled_of
from senacs.lib import french
from senacs.questionnaire.engine.evaluation import Compiled
from senacs.questionnaire.engine.schema import Field, Question, Section
from senacs.questionnaire.engine.values import format_value
from senacs.review.enums import FlagSeverity
from senacs.review.models import Flag
from senacs.review.services import missing_answers
from senacs.review.suggestions import suggestions_for
from senacs.web.causes import by_cause
from senacs.web.structure.entry.checks import Check, checks_of, explained
from senacs.web.structure.entry.doubts import DoubtToSettle, open_doubts


@dataclass(frozen=True, slots=True)
class FieldLink:
    """The way to a field in its section's page."""

    label: str
    section: str
    url: str


@dataclass(frozen=True, slots=True)
class CheckLine:
    check: Check
    links: list[FieldLink]
    typed: str  # the explanation given, or just typed and refused


@dataclass(frozen=True, slots=True)
class Hint:
    """Which answers would settle contradictions, in words (see review.suggestions); `rules`: what follows from them."""

    text: str
    links: list[FieldLink]
    rules: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Box:
    """One cause and what follows from it; without a known cause, one line alone."""

    hint: Hint | None
    lines: list[CheckLine]

    @property
    def is_folded(self) -> bool:
        return self.hint is not None and len(self.lines) > 1

    @property
    def consequences(self) -> str:
        return french.plural(len(self.lines), "contrôle en découle", "contrôles en découlent")


@dataclass(frozen=True, slots=True)
class Asked:
    """An unusual value to confirm or correct: a question of the control, not a contradiction."""

    doubt: DoubtToSettle
    link: FieldLink
    typed: str


@dataclass(frozen=True, slots=True)
class AnswerLine:
    question: Question
    cells: list[tuple[str, str]]  # label, French text
    rows: list[tuple[str, list[str]]]  # of a grid: row label, French texts
    url: str


@dataclass(frozen=True, slots=True)
class EmptyCells:
    """How many answers of a section stay empty that nothing requires; the way to the first."""

    number: int
    first: FieldLink


@dataclass(frozen=True, slots=True)
class Summary:
    missing: list[FieldLink]  # one a question, to its first cell without an answer
    missing_number: int
    blocking: list[CheckLine]
    to_justify: list[CheckLine]
    information: list[CheckLine]
    hints: list[Hint]
    asked: list[Asked]
    empty: list[EmptyCells]
    sections: list[tuple[Section, list[AnswerLine]]]

    @property
    def blocking_boxes(self) -> list[Box]:
        return self._boxes(self.blocking)

    @property
    def to_justify_boxes(self) -> list[Box]:
        return self._boxes(self.to_justify)

    def _boxes(self, lines: list[CheckLine]) -> list[Box]:
        """The lines by cause, causes first."""
        explained, alone = by_cause([hint.rules for hint in self.hints], {line.check.rule: line for line in lines})
        boxes = [Box(hint, found) for hint, found in zip(self.hints, explained, strict=True) if found]
        return [*boxes, *(Box(None, [line]) for line in alone)]

    @property
    def unexplained(self) -> list[CheckLine]:
        return [line for line in self.to_justify if not line.check.note]

    @property
    def remaining(self) -> list[str]:
        """What is left to do before sending, in words."""
        counted = (
            (self.missing_number, "réponse obligatoire à donner", "réponses obligatoires à donner"),
            (len(self.blocking), "contradiction à corriger", "contradictions à corriger"),
            (len(self.unexplained), "point à expliquer", "points à expliquer"),
            (len(self.asked), "valeur à confirmer", "valeurs à confirmer"),
        )
        return [french.plural(number, *words) for number, *words in counted if number]

    @property
    def empty_number(self) -> int:
        return sum(one.number for one in self.empty)

    @property
    def is_ready(self) -> bool:
        return not (self.missing or self.blocking or self.unexplained or self.asked)


def summary_of(response: Response, at: Environment, *, typed: Mapping[str, str] | None = None) -> Summary:
    """One query (the flags), whatever the size of the questionnaire; past responses too when values are asked about."""
    compiled = compiled_of(response)
    fields = compiled.questionnaire.fields
    visible = compiled.visible(at.env, at.context, at.previous)
    flags = {flag.rule_code: flag for flag in Flag.objects.filter(response=response)}
    checks = checks_of(compiled.check(at.env, at.context, at.previous), flags)
    titles = {section.code: f"{section.letter}. {section.title}" for section in compiled.questionnaire.sections}

    missing = missing_answers(response, at)

    def link(field: Field, label: str = "") -> FieldLink:
        url = reverse("saisie_section", args=[response.pk, field.section])
        return FieldLink(label or field.label, titles[field.section], f"{url}#champ-{field.code}")

    def lines(severity: FlagSeverity) -> list[CheckLine]:
        return [
            CheckLine(
                check,
                [link(fields[code]) for code in check.fields if code in visible],
                (typed or {}).get(check.rule) or check.draft,
            )
            for check in checks
            if check.severity == severity.value
        ]

    return Summary(
        missing=[link(one.fields[0], one.text) for one in missing],
        missing_number=sum(len(one.fields) for one in missing),
        blocking=lines(FlagSeverity.BLOCKING),
        to_justify=lines(FlagSeverity.TO_JUSTIFY),
        information=lines(FlagSeverity.INFORMATION),
        hints=[
            Hint(hint.text, [link(fields[code]) for code, _ in hint.fields], hint.rules)
            for hint in suggestions_for(response, at, explained=explained(flags))
        ],
        asked=[
            Asked(doubt, link(doubt.field), (typed or {}).get(doubt.flag.rule_code) or doubt.flag.justification)
            for doubt in open_doubts(response, at, flags.values())
        ],
        empty=[EmptyCells(len(codes), link(fields[codes[0]])) for codes in _empty(compiled, at)],
        sections=_answers(response, at, compiled.questionnaire.sections, visible),
    )


def _empty(compiled: Compiled, at: Environment) -> list[list[str]]:
    """By section, the answers expected and not given, but those that are required: these are `missing`."""
    required = {code for code, field in compiled.questionnaire.fields.items() if field.is_required}
    waiting = compiled.asked(at.env, at.context, at.previous).values()
    return [left for one in waiting if (left := [code for code in one.waiting if code not in required])]


def _answers(
    response: Response, at: Environment, sections: tuple[Section, ...], visible: set[str]
) -> list[tuple[Section, list[AnswerLine]]]:
    shown = []
    for section in sections:
        url = reverse("saisie_section", args=[response.pk, section.code])
        lines = [
            _line(question, at, f"{url}#q-{question.code}")
            for question in section.questions
            if any(field.code in visible for field in question.fields)
        ]
        if lines:
            shown.append((section, lines))
    return shown


def _line(question: Question, at: Environment, url: str) -> AnswerLine:
    fields = {field.code: field for field in question.fields}

    def text(code: str | None) -> str:
        if code is None:
            return ""
        return format_value(fields[code], at.env[code]) if code in at.env else "–"

    if question.grid is None:
        return AnswerLine(question, [(question.label, text(question.fields[0].code))], [], url)
    rows = [
        (label, [text(code) for code in cells])
        for label, cells in zip(question.grid.row_labels, question.grid.cells, strict=True)
    ]
    return AnswerLine(question, [], rows, url)
