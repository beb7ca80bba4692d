"""Evaluation of the few formulas that some fields bear on: what one entry needs, whatever the questionnaire's size."""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from senacs.questionnaire.engine.evaluation import Compiled, Context, Finding, Progress, is_expected, settle_steps
from senacs.questionnaire.engine.loader import dependencies
from senacs.questionnaire.engine.schema import Rule
from senacs.questionnaire.engine.values import Env, Value

# Gives the answers of the fields asked, and no others; unanswered fields are absent.
Read = Callable[[Iterable[str]], dict[str, Value]]
MOST_KEPT = 4000


@dataclass(frozen=True, slots=True)
class Consequences:
    """What follows from some fields: `computed` has None for a total without value.

    `findings`: the rules that fail, but those that wait for another answer (`Compiled.check_while_typing`).
    """

    computed: dict[str, Value | None]
    visible: dict[str, bool]
    rules: tuple[Rule, ...]
    findings: list[Finding]


class FormulaPart:
    """The fields and the formulas that a set of targets rests on, in order of evaluation."""

    def __init__(self, compiled: Compiled, targets: Iterable[str], rules: Iterable[Rule] = ()) -> None:
        fields = compiled.questionnaire.fields
        named = {name for rule in rules for name in compiled.names_in(rule)}
        stack = [*targets, *(code for code, is_previous in named if not is_previous and code in fields)]
        needed: set[str] = set()
        while stack:
            code = stack.pop()
            if code not in needed:
                needed.add(code)
                stack.extend(dependencies(fields[code]) & fields.keys())
        self.reads = frozenset(code for code in needed if fields[code].computed is None)
        self.steps = [
            (run, tuple(code for code in shown if code in needed), computed)
            for run, shown, computed in compiled.steps
            if computed in needed or not needed.isdisjoint(shown)
        ]
        formulas = [formula for code in needed for formula in (fields[code].condition, fields[code].computed)]
        named.update(name for formula in formulas if formula is not None for name in formula.names)
        self.reads_previous = any(is_previous for _, is_previous in named)


class Local:
    """Local evaluation on one compiled questionnaire; keeps the part that each field bears on. Share it freely."""

    def __init__(self, compiled: Compiled) -> None:
        self.compiled = compiled
        fields = compiled.questionnaire.fields
        self.conditions = FormulaPart(compiled, [code for code, field in fields.items() if field.condition is not None])
        self._expected = {
            section.code: frozenset(field.code for field in section.fields if is_expected(field))
            for section in compiled.questionnaire.sections
        }
        self._conditioned = frozenset(code for code, field in fields.items() if field.condition is not None)
        self._parts: dict[frozenset[str], FormulaPart] = {}

    def reads_previous(self, codes: Collection[str]) -> bool:
        """Whether last year's answers can change what follows from `codes`."""
        return self._part(frozenset(codes)).reads_previous

    def consequences(self, codes: Collection[str], read: Read, context: Context, previous: Env) -> Consequences:
        """Totals, conditions and rules that a change of `codes` can move; as evaluating everything while typing."""
        part = self._part(frozenset(codes))
        computed, conditioned, rules = self.compiled.affected(codes)
        texts = self.compiled.text_rules(codes)
        settled = settle_steps(part.steps, read(part.reads), context, previous)
        nominative = self.compiled.nominative(read(codes), codes) if texts else []
        return Consequences(
            computed={code: settled.values.get(code) for code in computed},
            visible={code: code not in settled.hidden for code in conditioned},
            rules=(*rules, *texts),
            findings=[*self.compiled.findings_while_typing(rules, settled, previous), *nominative],
        )

    def progress(self, answered: Mapping[str, Any], read: Read, context: Context, previous: Env) -> dict[str, Progress]:
        """As `Compiled.progress`, from the codes that are answered; only what conditions rest on is read."""
        settled = settle_steps(self.conditions.steps, read(self.conditions.reads), context, previous)
        hidden = settled.hidden & self._conditioned
        counts = {}
        for section, codes in self._expected.items():
            expected = codes - hidden
            counts[section] = Progress(len(expected & answered.keys()), len(expected))
        return counts

    def _part(self, codes: frozenset[str]) -> FormulaPart:
        part = self._parts.get(codes)
        if part is None:
            computed, conditioned, rules = self.compiled.affected(codes)
            part = FormulaPart(self.compiled, computed | conditioned, rules)
            if len(self._parts) >= MOST_KEPT:
                self._parts.clear()
            self._parts[codes] = part
        return part
