"""A questionnaire compiled once, then evaluated on responses: visibility, computed fields, rules, progress.

`env`: this year's values by field code. `context`: the context names. `previous`: last year's completed values
by *this year's* codes (see `Compiled.previous_env`). Hidden fields count as unanswered everywhere.
"""

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from graphlib import TopologicalSorter
from typing import Any, NamedTuple

from senacs.lib import nominative
from senacs.questionnaire.engine import tree
from senacs.questionnaire.engine.compile_python import Closure, compile_tree
from senacs.questionnaire.engine.language import parse
from senacs.questionnaire.engine.loader import dependencies
from senacs.questionnaire.engine.patterns import PATTERNS, Patterns
from senacs.questionnaire.engine.schema import Field, Kind, Questionnaire, Rule, Severity
from senacs.questionnaire.engine.values import Env, Value, format_value

Context = Mapping[str, Any]
_PLACEHOLDER = re.compile(r"\{([a-z0-9_]+)(\[N-1\])?\}")
_FREE_TEXT = frozenset({Kind.TEXT, Kind.LONG_TEXT})
# How the rules of nominative data are called, before the code of the field.
NOMINATIVE = "NOMINATIF_"
# Rules of every questionnaire, found on one response as a whole: no frame of a campaign evaluates them.
OF_ONE_RESPONSE = (NOMINATIVE, PATTERNS)


class Verdict(StrEnum):
    PASS = "pass"  # noqa: S105
    FAIL = "fail"
    UNVERIFIABLE = "unverifiable"


_VERDICTS = {True: Verdict.PASS, False: Verdict.FAIL, None: Verdict.UNVERIFIABLE}


@dataclass(frozen=True, slots=True)
class Finding:
    """A rule's verdict on one response; the message has its values in it when the rule fails, else is empty."""

    rule: Rule
    verdict: Verdict
    message: str
    fields: tuple[str, ...]


class Affected(NamedTuple):
    """What a change of some fields can move: computed codes, codes that may show or hide, rules."""

    computed: frozenset[str]
    conditioned: frozenset[str]
    rules: tuple[Rule, ...]


class Progress(NamedTuple):
    answered: int
    expected: int


class Expectation(NamedTuple):
    """The fields of a section that a structure is expected to fill, and those still unanswered."""

    expected: list[str]
    waiting: list[str]

    @property
    def progress(self) -> Progress:
        return Progress(len(self.expected) - len(self.waiting), len(self.expected))


class Settled(NamedTuple):
    """Values with computed fields filled and hidden fields removed (context included), and what is hidden."""

    values: dict[str, Any]
    hidden: frozenset[str]


# (closure, fields that a condition shows, "") or (closure, (), computed field).
CompiledStep = tuple[Closure, tuple[str, ...], str]


class Step(NamedTuple):
    """One node of the order of evaluation: a condition over its fields, or a computed field."""

    expression: tree.Node
    shown: tuple[str, ...]  # fields that the condition shows; empty for a computed field
    computed: str


def steps_of(questionnaire: Questionnaire) -> list[Step]:
    """Conditions (once each, however many fields share them) and computed fields, each after what it reads."""
    fields = questionnaire.fields
    shown: dict[str, list[Field]] = {}
    graph: dict[str, set[str]] = {}
    for field in fields.values():
        before = graph.setdefault(field.code, set())
        if field.condition is not None:
            shown.setdefault(f"si {field.condition.text}", []).append(field)
            before.add(f"si {field.condition.text}")
        if field.computed is not None:
            before.update(field.computed.codes & fields.keys())
    for key, concerned in shown.items():
        graph[key] = set(concerned[0].condition.codes & fields.keys()) if concerned[0].condition else set()
    steps: list[Step] = []
    for node in TopologicalSorter(graph).static_order():
        if node in shown:
            condition = shown[node][0].condition
            assert condition is not None
            steps.append(Step(condition.tree, tuple(f.code for f in shown[node]), ""))
        elif (formula := fields[node].computed) is not None:
            steps.append(Step(_as_declared(fields[node], formula.tree), (), node))
    return steps


def _as_declared(field: Field, node: tree.Node) -> tree.Node:
    """A computed number is worth what it shows: rounded to its field's decimals as soon as it may have more."""
    has_decimals = any(isinstance(n, tree.Number) and not isinstance(n.value, int) for n, _ in tree.walk(node))
    if field.kind.is_numeric and (tree.is_approximate(node) or has_decimals):
        return tree.Call("ARRONDI", (node, tree.Number(field.decimals)))
    return node


def settle_steps(steps: Iterable[CompiledStep], env: Env, context: Context, previous: Env) -> Settled:
    """One pass over compiled steps in dependency order."""
    values = {**env, **{name: value for name, value in context.items() if value not in (None, "")}}
    hidden: set[str] = set()
    for run, shown, computed in steps:
        if shown:
            if run(values, previous) is not True:
                hidden.update(shown)
                for code in shown:
                    values.pop(code, None)
        elif computed not in hidden:
            result = run(values, previous)
            if result is None:
                values.pop(computed, None)
            else:
                values[computed] = result
    return Settled(values, frozenset(hidden))


class Compiled:
    """Closures of one questionnaire. Immutable; share it between threads."""

    def __init__(self, questionnaire: Questionnaire) -> None:
        self.questionnaire = questionnaire
        # Condition with the fields that it shows, or computation with its field; in order of evaluation.
        self.steps: list[CompiledStep] = [
            (compile_tree(s.expression), s.shown, s.computed) for s in steps_of(questionnaire)
        ]
        year = questionnaire.year
        self.rules = tuple(r for r in questionnaire.rules if (r.since or year) <= year <= (r.until or year))
        self._checks: list[tuple[Rule, Closure]] = [(r, compile_tree(r.expression.tree)) for r in self.rules]
        self._check_of = {rule.code: (rule, run) for rule, run in self._checks}
        self._messages = {r.code: _PLACEHOLDER.split(r.message) for r in self.rules}
        self._readers = _readers(questionnaire)
        self._rules_reading: dict[str, list[int]] = {}
        for index, rule in enumerate(self.rules):
            for code in rule.expression.codes:
                self._rules_reading.setdefault(code, []).append(index)
        self._texts = {
            field.code: _text_rule(field)
            for field in questionnaire.fields.values()
            if field.kind in _FREE_TEXT and not field.is_computed and not field.is_public
        }
        compared = (rule.expression.names for rule in self.rules if len(rule.fields) == 1)
        self.patterns = Patterns(questionnaire, {c for names in compared for c, is_last in names if is_last})
        self._reach: dict[str, tuple[frozenset[str], frozenset[int]]] = {}
        self._operands: dict[str, frozenset[str]] = {}

    def settle(self, env: Env, context: Context, previous: Env) -> Settled:
        """One pass in dependency order; what `complete`, `visible` and `check` rest on."""
        return settle_steps(self.steps, env, context, previous)

    def complete(self, env: Env, context: Context, previous: Env) -> dict[str, Value]:
        """`env` with computed fields filled and hidden fields left out."""
        settled = self.settle(env, context, previous)
        return {code: value for code, value in settled.values.items() if code in self.questionnaire.fields}

    def visible(self, env: Env, context: Context, previous: Env) -> set[str]:
        """Codes of the fields to show; an unknown condition hides."""
        return self.questionnaire.fields.keys() - self.settle(env, context, previous).hidden

    def check(
        self, env: Env, context: Context, previous: Env, only: Collection[str] | None = None, *, verdicts: bool = False
    ) -> list[Finding]:
        """Failures of the rules (with `verdicts`, every verdict), in the questionnaire's order.

        `only`: changed codes; just the rules that they can move, through conditions and totals too, are evaluated.
        """
        values = self.settle(env, context, previous).values
        found = self._findings(values, previous, self._concerned(only), verdicts)
        said = self.nominative(values, self._texts if only is None else only)
        return [*found, *said, *(self.gestures(values, previous) if only is None else [])]

    def gestures(self, values: Mapping[str, Any], previous: Env) -> list[Finding]:
        """What the figures of a whole response tell of how they were typed (see `patterns`)."""
        traces = self.patterns.found(values, previous)
        return [Finding(trace.rule, Verdict.FAIL, trace.message, trace.rule.fields) for trace in traces]

    def nominative(self, values: Mapping[str, Any], codes: Iterable[str]) -> list[Finding]:
        """The free texts, of those codes, that seem to name somebody: a rule of every questionnaire (guide 2.3)."""
        found = []
        for code in codes:
            rule, text = self._texts.get(code), values.get(code)
            if rule is not None and isinstance(text, str) and (said := nominative.reproach(text)):
                found.append(Finding(rule, Verdict.FAIL, said, rule.fields))
        return found

    def text_rules(self, codes: Iterable[str]) -> tuple[Rule, ...]:
        """The rules of nominative data on those fields."""
        return tuple(self._texts[code] for code in codes if code in self._texts)

    def check_while_typing(self, env: Env, context: Context, previous: Env) -> list[Finding]:
        """The failures of the rules whose every operand is answered: nothing is said of a table half filled."""
        settled = self.settle(env, context, previous)
        findings = self._findings(settled.values, previous, self._checks, verdicts=False)
        said = [finding for finding in findings if not self.waits(finding.rule, settled)]
        return [*said, *self.nominative(settled.values, self._texts)]

    def waits(self, rule: Rule, settled: Settled) -> bool:
        """Whether the rule reads, itself or through a total, a question asked that has no answer yet."""
        return any(code not in settled.values and code not in settled.hidden for code in self._operands_of(rule.code))

    def _operands_of(self, rule: str) -> frozenset[str]:
        """The fields that somebody fills and that a rule rests on; conditions are not among what it reads."""
        known = self._operands.get(rule)
        if known is None:
            fields = self.questionnaire.fields
            stack, seen = [code for code in self._check_of[rule][0].expression.codes if code in fields], set[str]()
            while stack:
                code = stack.pop()
                if code not in seen:
                    seen.add(code)
                    formula = fields[code].computed
                    stack.extend(formula.codes & fields.keys() if formula is not None else ())
            known = self._operands[rule] = frozenset(code for code in seen if not fields[code].is_computed)
        return known

    def _concerned(self, only: Collection[str] | None) -> Iterable[tuple[Rule, Closure]]:
        if only is None:
            return self._checks
        indexes = frozenset().union(*(self._reached(code)[1] for code in only))
        return [self._checks[i] for i in sorted(indexes)]

    def findings_while_typing(self, rules: Iterable[Rule], settled: Settled, previous: Env) -> list[Finding]:
        """Those of `rules` that fail on settled values, and whose every operand is answered."""
        checks = [self._check_of[rule.code] for rule in rules]
        findings = self._findings(settled.values, previous, checks, verdicts=False)
        return [finding for finding in findings if not self.waits(finding.rule, settled)]

    def _findings(
        self, values: Env, previous: Env, checks: Iterable[tuple[Rule, Closure]], verdicts: bool
    ) -> list[Finding]:
        findings = []
        for rule, run in checks:
            result = run(values, previous)
            if result is False:
                findings.append(Finding(rule, Verdict.FAIL, self._message(rule, values, previous), rule.fields))
            elif verdicts:
                findings.append(Finding(rule, _VERDICTS[result], "", rule.fields))
        return findings

    def _message(self, rule: Rule, values: Env, previous: Env) -> str:
        # split() gives text, code, "[N-1]" or None, text, …
        parts = self._messages[rule.code]
        texts = list(parts[0::3])
        for index, (code, is_previous) in enumerate(zip(parts[1::3], parts[2::3], strict=True)):
            texts[index] += self.shown(code, (previous if is_previous else values).get(code))
        return "".join(texts)

    def names_in(self, rule: Rule) -> frozenset[tuple[str, bool]]:
        """What a rule reads, as (code, is_previous): its formula and the values shown in its message."""
        parts = self._messages[rule.code]
        return rule.expression.names | {(code, bool(last)) for code, last in zip(parts[1::3], parts[2::3], strict=True)}

    def shown(self, code: str, value: Value | None) -> str:
        """French text of a field's value or of a context name's."""
        field = self.questionnaire.fields.get(code)
        if field is not None:
            return format_value(field, value)
        return {True: "oui", False: "non", None: "non renseigné"}.get(value, str(value))  # type: ignore[arg-type]

    def affected(self, codes: Collection[str]) -> Affected:
        """Everything that a change of `codes` can move, transitively."""
        reached = frozenset().union(*(self._reached(code)[0] for code in codes))
        rules = frozenset().union(*(self._reached(code)[1] for code in codes))
        fields = self.questionnaire.fields
        moved = reached - set(codes)
        return Affected(
            frozenset(code for code in moved if fields[code].computed is not None),
            frozenset(code for code in moved if fields[code].condition is not None),
            tuple(self.rules[i] for i in sorted(rules)),
        )

    def _reached(self, code: str) -> tuple[frozenset[str], frozenset[int]]:
        known = self._reach.get(code)
        if known is None:
            reached, stack = {code}, [code]
            while stack:
                for reader in self._readers.get(stack.pop(), ()):
                    if reader not in reached:
                        reached.add(reader)
                        stack.append(reader)
            rules = frozenset(i for c in reached for i in self._rules_reading.get(c, ()))
            known = self._reach[code] = (frozenset(reached & self.questionnaire.fields.keys()), rules)
        return known

    def progress(self, env: Env, context: Context, previous: Env) -> dict[str, Progress]:
        """Per section code: fields answered (« non concerné » included) and expected.

        Expected are the visible fields that a person fills, but for free texts that are not required.
        """
        return {code: asked.progress for code, asked in self.asked(env, context, previous).items()}

    def asked(self, env: Env, context: Context, previous: Env) -> dict[str, Expectation]:
        """Per section code: the fields that `progress` expects, and those of them without an answer."""
        settled = self.settle(env, context, previous)
        found = {}
        for section in self.questionnaire.sections:
            expected = [f.code for f in section.fields if is_expected(f) and f.code not in settled.hidden]
            found[section.code] = Expectation(expected, [code for code in expected if code not in settled.values])
        return found

    def missing_required(self, env: Env, context: Context, previous: Env) -> list[str]:
        """Codes of the visible required fields without an answer, in the questionnaire's order."""
        settled = self.settle(env, context, previous)
        return [
            f.code
            for f in self.questionnaire.fields.values()
            if f.is_required and f.code not in settled.hidden and f.code not in settled.values
        ]

    def previous_env(self, last_year: Env) -> dict[str, Value]:
        """Last year's completed values under this year's codes, by `previous_code`."""
        return {
            field.code: last_year[field.previous_code]
            for field in self.questionnaire.fields.values()
            if field.previous_code is not None and field.previous_code in last_year
        }


def _text_rule(field: Field) -> Rule:
    return Rule(
        code=f"{NOMINATIVE}{field.code.upper()}",
        expression=parse(f"{field.code} est vide"),
        severity=Severity.TO_JUSTIFY,
        message="",
        fields=(field.code,),
        origin_text="guide 2.3",
    )


def compile_questionnaire(questionnaire: Questionnaire) -> Compiled:
    return Compiled(questionnaire)


def is_expected(field: Field) -> bool:
    """Whether an answer is waited for: everything that a person fills, but optional free texts."""
    return not field.is_computed and (field.is_required or field.kind not in _FREE_TEXT)


def _readers(questionnaire: Questionnaire) -> dict[str, set[str]]:
    """Field code → codes whose condition or computation reads it."""
    readers: dict[str, set[str]] = {}
    for field in questionnaire.fields.values():
        for code in dependencies(field):
            readers.setdefault(code, set()).add(field.code)
    return readers
