"""What changes from one year's questionnaire to the next: new, removed, reworded, redefined. No Django, no I/O.

A question is told once, its cells together. Years in texts count as the same when both say « this year's data ».
Wording is what people read; definition is what the value means: kind, unit, bounds, options, who is asked.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from senacs.questionnaire.engine.schema import Field, Question, Questionnaire, Rule, Section


class Change(StrEnum):
    NEW = "new"
    REMOVED = "removed"
    REWORDED = "reworded"
    REDEFINED = "redefined"


@dataclass(frozen=True, slots=True)
class QuestionChange:
    """One question that changes. `code` is this year's, last year's for a removed one; `details` are French."""

    change: Change
    code: str
    label: str
    section: str  # « C. Ressources humaines »
    is_core: bool
    fields: tuple[str, ...]
    details: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Comparison:
    questions: tuple[QuestionChange, ...]
    new_rules: tuple[Rule, ...]
    removed_rules: tuple[Rule, ...]
    changed_rules: tuple[tuple[Rule, Rule], ...]  # before, after
    unchanged: int  # questions asked as they were

    def of(self, change: Change) -> list[QuestionChange]:
        return [question for question in self.questions if question.change is change]

    @property
    def core(self) -> list[QuestionChange]:
        """The changes that bear on series: those of the fixed core."""
        return [question for question in self.questions if question.is_core]


def compare(before: Questionnaire, after: Questionnaire) -> Comparison:
    """The changes in the order of `after`, then what was removed in the order of `before`."""
    reader = _Reader(before, after)
    changes = [
        change for section in after.sections for q in section.questions if (change := reader.question(section, q))
    ]
    total = sum(len(section.questions) for section in after.sections)
    removed = list(reader.removed())
    old, new = ({rule.code: rule for rule in q.rules} for q in (before, after))
    return Comparison(
        questions=(*changes, *removed),
        new_rules=tuple(rule for code, rule in new.items() if code not in old),
        removed_rules=tuple(rule for code, rule in old.items() if code not in new),
        changed_rules=tuple(
            (old[code], rule) for code, rule in new.items() if code in old and _rule_key(old[code]) != _rule_key(rule)
        ),
        unchanged=total - len(changes),
    )


def _rule_key(rule: Rule) -> tuple[str, str]:
    return rule.expression.text, rule.severity.value


class _Reader:
    def __init__(self, before: Questionnaire, after: Questionnaire) -> None:
        self.before, self.after = before, after
        self.kept = {f.previous_code for f in after.fields.values() if f.previous_code in before.fields}
        self.core_before = {f.code for f in before.fields.values() if f.is_core}

    def question(self, section: Section, question: Question) -> QuestionChange | None:
        pairs = [(self.before.fields.get(f.previous_code or ""), f) for f in question.fields]
        known = [(old, new) for old, new in pairs if old is not None]
        if not known:
            return self.change(Change.NEW, section, question, ())
        former = self.before.questions[known[0][0].question]
        gone = [f for f in former.fields if f.code not in self.kept]
        redefined = [f"« {new.caption} » s’ajoute." for old, new in pairs if old is None]
        redefined += [f"« {field.caption} » disparaît." for field in gone]
        redefined += self.distinct(text for old, new in known for text in self.definition(old, new, len(known) > 1))
        reworded = self.wording(former, question)
        reworded += self.distinct(text for old, new in known for text in self.options(old, new))
        reworded += self.distinct(text for old, new in known for text in self.manner(old, new))
        if question.grid is not None and not redefined:
            reworded += self.labels_of_cells(known)
        if redefined:
            return self.change(Change.REDEFINED, section, question, (*redefined, *reworded))
        return self.change(Change.REWORDED, section, question, tuple(reworded)) if reworded else None

    def change(
        self, change: Change, section: Section, question: Question, details: tuple[str, ...]
    ) -> QuestionChange:  # fmt: skip
        former = {f.previous_code for f in question.fields}
        return QuestionChange(
            change, question.code, question.label, f"{section.letter}. {section.title}",
            not section.is_module or bool(former & self.core_before), tuple(f.code for f in question.fields), details,
        )  # fmt: skip

    def removed(self) -> Iterator[QuestionChange]:
        for section in self.before.sections:
            for question in section.questions:
                if not any(f.code in self.kept for f in question.fields):
                    yield QuestionChange(
                        Change.REMOVED, question.code, question.label, f"{section.letter}. {section.title}",
                        not section.is_module, tuple(f.code for f in question.fields), (),
                    )  # fmt: skip

    @staticmethod
    def distinct(texts: Iterator[str]) -> list[str]:
        return list(dict.fromkeys(texts))

    def definition(self, old: Field, new: Field, is_cell: bool) -> Iterator[str]:
        where = f" ({new.caption})" if is_cell else ""
        if old.code != new.code:
            yield f"Le code « {old.code} » devient « {new.code} »{where}."
        for name, one, other in (
            ("Le type", old.kind.value, new.kind.value),
            ("L’unité", old.unit, new.unit),
            ("Le minimum", old.minimum, new.minimum),
            ("Le maximum", old.maximum, new.maximum),
            ("Le nombre de décimales", old.decimals, new.decimals),
            ("Le calcul", _text(old.computed), _text(new.computed)),
            ("La condition", _text(old.condition), _text(new.condition)),
        ):
            if one != other:
                yield f"{name} passe de « {_shown(one)} » à « {_shown(other)} »{where}."
        if old.allows_not_concerned != new.allows_not_concerned:
            yield f"« Non concerné » {'devient' if new.allows_not_concerned else 'n’est plus'} possible{where}."
        codes = {option.code for option in old.options}, {option.code for option in new.options}
        yield from (f"Le choix « {o.label} » s’ajoute{where}." for o in new.options if o.code not in codes[0])
        yield from (f"Le choix « {o.label} » disparaît{where}." for o in old.options if o.code not in codes[1])

    def manner(self, old: Field, new: Field) -> Iterator[str]:
        if old.is_required != new.is_required:
            yield f"La réponse devient {'obligatoire' if new.is_required else 'facultative'}."
        if old.is_flow != new.is_flow and not new.is_computed:
            taken = "est demandée de nouveau chaque année" if new.is_flow else "se reprend d’une année à l’autre"
            yield f"La réponse {taken}."

    def wording(self, old: Question, new: Question) -> list[str]:
        texts = (
            ("Le libellé", old.label, new.label),
            ("L’aide", old.help, new.help),
            ("Le document", old.source, new.source),
            ("L’avertissement", old.warning, new.warning),
        )
        return [
            f"{name} devient « {_shown(other)} » (auparavant « {_shown(one)} »)."
            for name, one, other in texts
            if self.differ(one, other)
        ]

    def options(self, old: Field, new: Field) -> Iterator[str]:
        labels = {option.code: option.label for option in old.options}
        for option in new.options:
            before = labels.get(option.code, option.label)
            if self.differ(before, option.label):
                yield f"Le choix « {before} » devient « {option.label} »."

    def labels_of_cells(self, known: list[tuple[Field, Field]]) -> list[str]:
        return [
            f"« {old.caption} » devient « {new.caption} »."
            for old, new in known
            if self.differ(old.caption, new.caption)
        ]

    def differ(self, one: str, other: str) -> bool:
        """« en vigueur depuis 2024 » stays as it is; « au 31 décembre 2025 » follows the year."""
        return one != other and self.undated(one, self.before) != self.undated(other, self.after)

    @staticmethod
    def undated(text: str, questionnaire: Questionnaire) -> str:
        """The text with its years told by their distance from the data's year."""
        for shift in (-1, 0, 1):
            text = text.replace(str(questionnaire.data_year + shift), f"{{N{shift:+d}}}")
        return text


def _text(expression: object) -> str:
    return getattr(expression, "text", "")


def _shown(value: object) -> str:
    return "aucun" if value is None or value == "" else str(value)
