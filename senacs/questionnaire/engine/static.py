"""What a questionnaire can never do: questions nobody sees, rules that never fail, always fail, or contradict.

Sound but not complete: what is told holds on every response; much that holds is not told. Conditions and rules are
taken apart into facts on single fields (choices, bounds, states) and on pairs of sums; no facts left possible is proof.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import combinations

from senacs.lib.text import search_key
from senacs.questionnaire.engine import tree
from senacs.questionnaire.engine.domains import Domain, DomainState, Interval, interval_of
from senacs.questionnaire.engine.errors import DefinitionError
from senacs.questionnaire.engine.schema import Field, Questionnaire, Rule, Severity
from senacs.questionnaire.engine.typecheck import Base, Type
from senacs.questionnaire.engine.vocabulary import types_of

# Beyond, a formula is taken as possible: the check stays cheap, and silence is always allowed.
MAX_STEPS = 4000
_SIGNS = {
    "=": frozenset({0}), "<>": frozenset({-1, 1}), "<": frozenset({-1}), "<=": frozenset({-1, 0}),
    ">": frozenset({1}), ">=": frozenset({0, 1}),
}  # fmt: skip
_NEGATED = {"=": "<>", "<>": "=", "<": ">=", "<=": ">", ">": "<=", ">=": "<"}
_SWAPPED = {"=": "=", "<>": "<>", "<": ">", "<=": ">=", ">": "<", ">=": "<="}
Goal = tuple[tree.Node, bool]


def may_be_asked(questionnaire: Questionnaire, kind: str) -> set[str]:
    """Every field that a structure of this kind may have to fill, whatever else it answers: the longest way."""
    fields, prover = questionnaire.fields, Prover(questionnaire)
    is_of_kind = tree.Compare("=", tree.Ref("structure_type"), tree.Text(kind))
    asked = {
        code
        for code, item in fields.items()
        if item.condition is None or prover.is_possible([(item.condition.tree, True), (is_of_kind, True)])
    }
    # What hangs on an answer that is never asked is not asked.
    while gone := {
        code
        for code in asked
        if (condition := fields[code].condition) and (read := condition.codes & fields.keys()) and not read & asked
    }:
        asked -= gone
    return {code for code in asked if not fields[code].is_computed}


def warnings_of(questionnaire: Questionnaire) -> list[DefinitionError]:
    """What can never happen, in the order of the questionnaire; each with file and line."""
    prover = Prover(questionnaire)
    found = [*_modules_without_end(questionnaire), *_undecided_natures(questionnaire), *_shared_names(questionnaire)]
    told: set[str] = set()
    for item in questionnaire.fields.values():
        condition = item.condition
        if condition is None or condition.text in told or prover.is_possible([(condition.tree, True)]):
            continue
        told.add(condition.text)
        found.append(_warning(item, f"« {item.code} » n’est jamais visible : « {condition.text} » n’est jamais vrai."))
    sound: list[Rule] = []
    for rule in questionnaire.rules:
        text = rule.expression.text
        if not prover.is_possible([(rule.expression.tree, False)]):
            found.append(_warning(rule, f"la règle {rule.code} ne peut jamais échouer : « {text} »."))
        elif not prover.is_possible([(rule.expression.tree, True)]):
            found.append(_warning(rule, f"la règle {rule.code} ne peut jamais être satisfaite : « {text} »."))
        elif rule.severity is Severity.BLOCKING:
            sound.append(rule)
    for first, second in combinations(sound, 2):
        if first.expression.codes & second.expression.codes and not prover.is_possible(
            [(first.expression.tree, True), (second.expression.tree, True)]
        ):
            message = f"les règles {first.code} et {second.code} se contredisent : l’une des deux échoue toujours."
            found.append(_warning(second, message))
    return found


def _modules_without_end(questionnaire: Questionnaire) -> Iterator[DefinitionError]:
    """A module is asked for a year or two: it says until when, and leaves."""
    for section in questionnaire.sections:
        if section.is_module and section.until is None:
            yield _warning(section.fields[0], f"le module « {section.title} » n’a pas de fin prévue (« until »).")
        elif section.is_module and section.until is not None and section.until < questionnaire.year:
            message = f"le module « {section.title} » devait s’arrêter après l’enquête {section.until} : retirez-le."
            yield _warning(section.fields[0], message)


def _undecided_natures(questionnaire: Questionnaire) -> Iterator[DefinitionError]:
    """A choice or a text that speaks of the year is a state or a flow: only its author knows, once a question."""
    words = (str(questionnaire.data_year), "dans l’année")
    for question in questionnaire.questions.values():
        for item in question.fields:
            if item.nature or item.is_computed or item.kind.is_numeric:
                continue
            text = f"{question.label} {question.help} {item.caption} {item.help}".lower()
            if any(word in text for word in words):
                message = f"« {item.code} » parle de l’année : dites « nature: etat » (se reprend) ou « nature: flux »."
                yield _warning(item, message)
                break


def _shared_names(questionnaire: Questionnaire) -> Iterator[DefinitionError]:
    """Outside its table a cell is known by its full name alone: two that share it are told apart by nobody."""
    first: dict[str, Field] = {}
    for item in questionnaire.fields.values():
        other = first.setdefault(search_key(item.label), item)
        if other is not item:
            both = f"« {item.code} » et « {other.code} »"
            yield _warning(item, f"{both} portent le même nom, « {item.label} » : donnez « full_name ».")


def _warning(item: Field | Rule, message: str) -> DefinitionError:
    origin = item.origin
    return DefinitionError(message, file=origin.file if origin else "", line=origin.line if origin else 0)


@dataclass(slots=True)
class _Facts:
    domains: dict[tuple[str, bool], Domain] = field(default_factory=dict)
    signs: dict[tuple[tree.Node, tree.Node], frozenset[int]] = field(default_factory=dict)
    # Where a calculation that is compared with constants lies.
    ranges: dict[tree.Node, Interval] = field(default_factory=dict)

    def copy(self) -> "_Facts":
        return _Facts(dict(self.domains), dict(self.signs), dict(self.ranges))


class Prover:
    """Looks for facts under which every goal holds; gives up, and answers « possible », after MAX_STEPS."""

    def __init__(self, questionnaire: Questionnaire) -> None:
        self.fields = questionnaire.fields
        self.types: dict[str, Type] = types_of(questionnaire.fields.values())
        self.initials: dict[tuple[str, bool], Domain] = {}
        self.steps = 0

    def is_possible(self, goals: list[Goal]) -> bool:
        self.steps = 0
        return self.solve(goals, _Facts())

    def solve(self, goals: list[Goal], facts: _Facts) -> bool:
        self.steps += 1
        if self.steps > MAX_STEPS:
            return True
        if not goals:
            return True
        # Facts on single fields first: they narrow what calculations are then judged on.
        goals = sorted(goals, key=lambda goal: _difficulty(*goal), reverse=True)
        node, truth = goals.pop()
        match node:
            case tree.Boolean(value):
                return value is truth and self.solve(goals, facts)
            case tree.Not(operand):
                return self.solve([*goals, (operand, not truth)], facts)
            case tree.Implies(condition, consequence):
                return self.solve([*goals, (tree.AnyOf((tree.Not(condition), consequence)), truth)], facts)
            case tree.All(items) | tree.AnyOf(items):
                if isinstance(node, tree.All) is truth:
                    return self.solve([*goals, *((item, truth) for item in items)], facts)
                return any(self.solve([*goals, (item, truth)], facts.copy()) for item in items)
            case tree.Compare():
                return self.compare(node, truth, goals, facts)
            case tree.Ref():
                return self.narrow(node, Domain.of_choices(DomainState.VALUE, frozenset({truth})), goals, facts)
            case tree.OneOf(tree.Ref() as ref, choices) if self.types[ref.name].base is Base.CHOICE:
                listed = frozenset(c.value for c in choices if isinstance(c, tree.Text))
                allowed = listed if truth else frozenset(self.types[ref.name].options) - listed
                return self.narrow(ref, Domain.of_choices(DomainState.VALUE, allowed), goals, facts)
            case tree.Contains(tree.Ref() as ref):
                return self.narrow(ref, Domain(frozenset({DomainState.VALUE})), goals, facts)
            case tree.Is(ref, state, negated):
                wanted = DomainState.EMPTY if state is tree.State.EMPTY else DomainState.NOT_CONCERNED
                holds = truth is not negated
                states = frozenset({wanted}) if holds else frozenset(DomainState) - {wanted}
                return self.narrow(ref, Domain(states), goals, facts)
            case _:
                return self.solve(goals, facts)

    def narrow(self, ref: tree.Ref, wanted: Domain, goals: list[Goal], facts: _Facts) -> bool:
        key = (ref.name, ref.previous)
        known = facts.domains.get(key) or self.initial(ref)
        left = known.meet(wanted)
        if left.is_empty:
            return False
        facts.domains[key] = left
        item = None if ref.previous else self.fields.get(ref.name)
        if item is not None and item.condition is not None and DomainState.EMPTY in known.states - left.states:
            # An answer that counts comes from a visible field.
            goals = [*goals, (item.condition.tree, True)]
        return self.solve(goals, facts)

    def initial(self, ref: tree.Ref) -> Domain:
        """What a field may be before any fact; kept, since a total's bounds rest on its cells'."""
        key = (ref.name, ref.previous)
        if key not in self.initials:
            self.initials[key] = self.first_domain(ref)
        return self.initials[key]

    def first_domain(self, ref: tree.Ref) -> Domain:
        kind = self.types[ref.name]
        if ref.previous:
            return Domain(frozenset(DomainState))
        choices: frozenset[str | bool] | None = None
        if kind.base is Base.CHOICE:
            choices = frozenset(kind.options)
        elif kind.base is Base.BOOLEAN:
            choices = frozenset({True, False})
        item = self.fields.get(ref.name)
        states = {DomainState.VALUE, DomainState.EMPTY}
        if item is not None and item.allows_not_concerned:
            states.add(DomainState.NOT_CONCERNED)
        interval = Interval()
        if item is not None and item.computed is not None and kind.base is Base.NUMBER:
            interval = interval_of(item.computed.tree, lambda r: self.initial(r).interval).widened(item.decimals)
        elif item is not None and item.kind.is_numeric:
            interval = Interval(item.minimum, item.maximum)
        return Domain(frozenset(states), choices, interval)

    def compare(self, node: tree.Compare, truth: bool, goals: list[Goal], facts: _Facts) -> bool:
        operator = node.operator if truth else _NEGATED[node.operator]
        left, right = node.left, node.right
        if not isinstance(left, tree.Ref) and isinstance(right, tree.Ref):
            operator, left, right = _SWAPPED[operator], right, left
        if isinstance(left, tree.Ref) and isinstance(right, tree.Text | tree.Boolean):
            return self.compare_choice(left, operator, right.value, goals, facts)
        if isinstance(left, tree.Ref) and isinstance(right, tree.Number):
            item = self.fields.get(left.name)
            is_whole = item is not None and item.kind.value in {"entier", "montant"} and not left.previous
            interval = Interval.where(operator, right.value, is_whole=is_whole)
            return self.narrow(left, Domain(frozenset({DomainState.VALUE}), None, interval), goals, facts)
        if not self.related(operator, left, right, facts):
            return False
        for side in (left, right):
            if isinstance(side, tree.Ref):
                known = facts.domains.get((side.name, side.previous)) or self.initial(side)
                facts.domains[side.name, side.previous] = known.meet(Domain(frozenset({DomainState.VALUE})))
        return self.solve(goals, facts)

    def compare_choice(
        self, ref: tree.Ref, operator: str, value: str | bool, goals: list[Goal], facts: _Facts
    ) -> bool:  # fmt: skip
        kind = self.types[ref.name]
        if kind.base not in {Base.CHOICE, Base.BOOLEAN}:
            return self.narrow(ref, Domain(frozenset({DomainState.VALUE})), goals, facts)
        every: frozenset[str | bool] = frozenset(kind.options or (True, False))
        allowed = frozenset({value}) if operator == "=" else every - {value}
        return self.narrow(ref, Domain.of_choices(DomainState.VALUE, allowed), goals, facts)

    def related(self, operator: str, left: tree.Node, right: tree.Node, facts: _Facts) -> bool:
        """Keeps the sign of left − right, and refuses what bounds or earlier facts exclude."""
        if left == right and 0 not in _SIGNS[operator]:
            return False
        swapped = repr(left) > repr(right)
        pair = (right, left) if swapped else (left, right)
        wanted = _SIGNS[_SWAPPED[operator] if swapped else operator]
        signs = facts.signs.get(pair, frozenset({-1, 0, 1})) & wanted
        facts.signs[pair] = signs
        if not signs:
            return False
        if isinstance(left, tree.Number):
            operator, left, right = _SWAPPED[operator], right, left
        if isinstance(right, tree.Number) and not tree.is_approximate(left):
            range_ = Interval.where(operator, right.value, is_whole=False)
            facts.ranges[left] = range_.meet(facts.ranges.get(left, Interval()))
            if facts.ranges[left].is_empty:
                return False
        a, b = (interval_of(n, lambda ref: self.bounds(ref, facts)) for n in (left, right))
        return bool(a.possible_signs(b) & _SIGNS[operator])

    def bounds(self, ref: tree.Ref, facts: _Facts) -> Interval:
        return (facts.domains.get((ref.name, ref.previous)) or self.initial(ref)).interval


def _difficulty(node: tree.Node, truth: bool) -> int:
    match node:
        case tree.Not(operand):
            return _difficulty(operand, not truth)
        case tree.All():
            return 0 if truth else 3
        case tree.AnyOf():
            return 3 if truth else 0
        case tree.Implies():
            return 3 if truth else 0
        case tree.Compare(_, left, right):
            simple = isinstance(left, tree.Ref) and isinstance(right, tree.Text | tree.Boolean | tree.Number)
            return 1 if simple else 2
        case _:
            return 1
