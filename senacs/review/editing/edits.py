"""Linear edits taken from the typed tree of the rules: Σ aⱼ·xⱼ ≤ b over the fields that somebody types.

Computed fields are replaced by what they add up. Conditions are evaluated on the response; of alternatives (`ou`), the
first stands, unless another excuses it, exemptions (`x < 20 ou …`) apart. Rules that read last year are no edits: they
tell what is unlikely, not what is impossible.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import Any

from senacs.questionnaire.engine import tree
from senacs.questionnaire.engine.compile_python import Closure, compile_tree
from senacs.questionnaire.engine.evaluation import Compiled
from senacs.questionnaire.engine.schema import Field, Kind, Rule, Severity
from senacs.questionnaire.engine.values import NOT_CONCERNED, Env


@dataclass(frozen=True, slots=True)
class Edit:
    """Σ terms[code]·value(code) ≤ bound, by the rule that it comes from."""

    rule: str
    terms: Mapping[str, float]
    bound: float


@dataclass(frozen=True, slots=True)
class Linear:
    """Σ terms[code]·value(code) + constant; `known` must be numbers, `present` answered, for it to be known."""

    terms: Mapping[str, float]
    constant: float = 0.0
    known: frozenset[str] = frozenset()
    present: frozenset[str] = frozenset()

    def plus(self, other: "Linear", factor: float = 1.0) -> "Linear":
        terms = dict(self.terms)
        for code, coefficient in other.terms.items():
            terms[code] = terms.get(code, 0.0) + factor * coefficient
        return Linear(
            {code: value for code, value in terms.items() if value},
            self.constant + factor * other.constant,
            self.known | other.known,
            self.present | other.present,
        )

    def times(self, factor: float) -> "Linear":
        return Linear({}, 0.0).plus(self, factor)


@dataclass(frozen=True, slots=True)
class _Row:
    terms: Mapping[str, float]
    bound: float
    known: frozenset[str]
    present: frozenset[str]

    def applies(self, env: Env) -> bool:
        return all(code in env for code in self.present) and all(
            code in env and env[code] is not NOT_CONCERNED for code in self.known
        )


_Maker = Callable[[Env, Env], list[_Row]]
_INVERSE = {"<": ">=", "<=": ">", ">": "<=", ">=": "<"}
_NONE = frozenset[str]()
# A rule that allows a tenth either way still says that two numbers are the same.
NEARLY = 1.1


class EditBook:
    """The linear edits of one questionnaire, compiled once. Immutable; share it between threads."""

    def __init__(self, compiled: Compiled) -> None:
        self._fields = compiled.questionnaire.fields
        self._linear: dict[str, Linear | None] = {}
        self._makers: list[tuple[Rule, _Maker]] = []
        # Typed field and computed total that rules hold together, on each side.
        self._beside: dict[tuple[str, str], set[str]] = {}
        for rule in compiled.rules:
            if rule.severity is Severity.INFORMATION or any(previous for _, previous in rule.expression.names):
                continue
            maker = self._maker(rule.expression.tree)
            if maker is not None:
                self._makers.append((rule, maker))
                for pair, side in self._sides(rule.expression.tree):
                    self._beside.setdefault(pair, set()).add(side)

    @property
    def rules(self) -> tuple[Rule, ...]:
        """The rules that give at least one edit on some response."""
        return tuple(rule for rule, _ in self._makers)

    def edits(self, env: Env, *, failing: Iterable[str] = ()) -> list[Edit]:
        """The edits of one response: every blocking rule's, and those of the rules named in `failing`.

        `env` holds completed values and the context, hidden fields left out (see `Compiled.settle`).
        """
        asked = set(failing)
        found = []
        for rule, maker in self._makers:
            if rule.severity is not Severity.BLOCKING and rule.code not in asked:
                continue
            for row in maker(env, {}):
                if row.terms and row.applies(env):
                    found.append(Edit(rule.code, row.terms, row.bound))
        return found

    def given(self, code: str, env: Env) -> float | None:
        """The total that other cells give to a typed field which rules hold to it from both sides; None without one.

        What a part must be for a total to hold is not given: it is the number that merely fits.
        """
        values = set[float]()
        for (typed, total), sides in self._beside.items():
            if typed == code and sides == {"<", ">"} and isinstance(env.get(total), int | Decimal):
                values.add(number(env[total]))
        return values.pop() if len(values) == 1 else None

    def _sides(self, node: tree.Node) -> list[tuple[tuple[str, str], str]]:
        """(typed field, computed total) of a comparison, and the side from which it holds the first: « < » or « > »."""
        match node:
            case tree.Implies(_, consequence):
                return self._sides(consequence)
            case tree.All(items):
                return [side for item in items for side in self._sides(item)]
            case tree.AnyOf(items):
                kept = [item for item in items if not _is_guard(item)]
                return self._sides(kept[0]) if len(kept) == 1 else []
            case tree.Compare("=", left, right):
                return [*self._side("<", left, right), *self._side(">", left, right)]
            case tree.Compare("<=" | "<", tree.Call("ABS", (tree.Arithmetic("-", left, right),)), _):
                return [*self._side("<", left, right), *self._side(">", left, right)]
            case tree.Compare("<=" | "<", left, right):
                return self._side("<", left, right)
            case tree.Compare(">=" | ">", left, right):
                return self._side(">", left, right)
        return []

    def _side(self, side: str, left: tree.Node, right: tree.Node) -> list[tuple[tuple[str, str], str]]:
        one, other = _scaled(left), _scaled(right)
        if one is None or other is None or not 1 / NEARLY <= one[1] / other[1] <= NEARLY:
            return []
        kinds = [self._kind(name) for name, _ in (one, other)]
        if kinds == ["typed", "computed"]:
            return [((one[0], other[0]), side)]
        if kinds == ["computed", "typed"]:
            return [((other[0], one[0]), {"<": ">", ">": "<"}[side])]
        return []

    def _kind(self, name: str) -> str:
        definition = self._fields.get(name)
        if definition is None or not definition.kind.is_numeric:
            return ""
        return "computed" if definition.is_computed else "typed"

    def _maker(self, node: tree.Node) -> _Maker | None:
        match node:
            case tree.Compare(operator, left, right):
                rows = self._rows(operator, left, right)
                return (lambda e, p: rows) if rows else None
            case tree.Not(tree.Compare(operator, left, right)) if operator in _INVERSE:
                rows = self._rows(_INVERSE[operator], left, right)
                return (lambda e, p: rows) if rows else None
            case tree.Implies(condition, consequence):
                return _implied(compile_tree(condition), self._maker(consequence))
            case tree.All(items):
                makers = [maker for item in items if (maker := self._maker(item)) is not None]
                return (lambda e, p: [row for maker in makers for row in maker(e, p)]) if makers else None
            case tree.AnyOf(items):
                return _alternatives([(compile_tree(i), None if _is_guard(i) else self._maker(i)) for i in items])
            case _:
                return None

    def _rows(self, operator: str, left: tree.Node, right: tree.Node) -> list[_Row]:
        if operator in {">", ">="}:
            return self._rows({">": "<", ">=": "<="}[operator], right, left)
        if operator == "=":
            return self._rows("<=", left, right) + self._rows("<=", right, left)
        if operator == "<>":
            return []
        match left, right:
            case tree.Call("ABS", (inner,)), _:
                return self._rows(operator, inner, right) + self._rows(operator, tree.Negative(inner), right)
            case tree.Call("MAX", parts), _:
                return [row for part in parts for row in self._rows(operator, part, right)]
            case _, tree.Call("MIN", parts):
                return [row for part in parts for row in self._rows(operator, left, part)]
            case tree.Arithmetic("/", numerator, divisor), _:
                # Declared numbers are not negative, and a null divisor leaves the rule unverifiable.
                return self._rows(operator, numerator, tree.Arithmetic("*", divisor, right))
            case _, tree.Arithmetic("/", numerator, divisor):
                return self._rows(operator, tree.Arithmetic("*", divisor, left), numerator)
        one, other = self.linear(left), self.linear(right)
        if one is None or other is None:
            return []
        both = one.plus(other, -1.0)
        step = self._step(both.terms) if operator == "<" else 0.0
        return [_Row(both.terms, -both.constant - step, both.known, both.present)]

    def _step(self, codes: Iterable[str]) -> float:
        return min((step_of(self._fields[code]) for code in codes), default=1.0)

    def linear(self, node: tree.Node) -> Linear | None:
        """The linear form of a number, None when it has none."""
        match node:
            case tree.Number(value):
                return Linear({}, float(value))
            case tree.Ref(name, previous):
                return None if previous else self._reference(name, zero=False)
            case tree.Negative(operand):
                inner = self.linear(operand)
                return None if inner is None else inner.times(-1.0)
            case tree.Sum(items):
                return self._added(items, answered=True)
            case tree.Call("SOMME", items):
                return self._added(items, answered=False)
            case tree.Call("ARRONDI", (inner_node, *_)):
                return self.linear(inner_node)
            case tree.Arithmetic("-", left, right):
                one, other = self.linear(left), self.linear(right)
                return None if one is None or other is None else one.plus(other, -1.0)
            case tree.Arithmetic("*", left, right):
                one, other = self.linear(left), self.linear(right)
                if one is None or other is None or (one.terms and other.terms):
                    return None
                form, factor = (other, one.constant) if not one.terms else (one, other.constant)
                return form.times(factor)
            case tree.Arithmetic("/", left, tree.Number(value)) if value:
                one = self.linear(left)
                return None if one is None else one.times(1 / float(value))
            case _:
                return None

    def _added(self, items: Iterable[tree.Node], *, answered: bool) -> Linear | None:
        total = Linear({})
        for item in items:
            zero = isinstance(item, tree.Ref) and not item.previous
            form = self._reference(item.name, zero=True, present=answered) if zero else self.linear(item)  # type: ignore[union-attr]
            if form is None:
                return None
            total = total.plus(form)
        return total

    def _reference(self, name: str, *, zero: bool, present: bool = True) -> Linear | None:
        """One field: typed, itself; computed, what it adds up. `zero`: « non concerné » counts as 0."""
        definition = self._fields.get(name)
        if definition is None or not definition.kind.is_numeric:
            return None
        needed = frozenset({name})
        known, answered = (_NONE, needed if present else _NONE) if zero else (needed, _NONE)
        if definition.computed is None:
            return Linear({name: 1.0}, 0.0, known, answered)
        if name not in self._linear:
            self._linear[name] = self.linear(definition.computed.tree)
        form = self._linear[name]
        return None if form is None else Linear(form.terms, form.constant, known, answered)


@lru_cache(maxsize=8)
def edit_book(compiled: Compiled) -> EditBook:
    """The edits of a questionnaire, kept."""
    return EditBook(compiled)


def _implied(condition: Closure, inner: _Maker | None) -> _Maker | None:
    if inner is None:
        return None
    return lambda e, p: inner(e, p) if condition(e, p) is True else []


def _is_guard(node: tree.Node) -> bool:
    """`participants_uniques < 20`: says to whom a rule does not apply, not what they should have answered."""
    match node:
        case tree.Compare(_, tree.Ref(), tree.Number()):
            return True
    return False


def _alternatives(items: list[tuple[Closure, _Maker | None]]) -> _Maker | None:
    if all(maker is None for _, maker in items):
        return None

    def chosen(e: Env, p: Env) -> list[_Row]:
        verdicts = [test(e, p) for test, _ in items]
        first = next(number for number, (_, maker) in enumerate(items) if maker is not None)
        # Another alternative excuses it: « ou le budget est inférieur au détail » says nothing of what must hold.
        is_excused = verdicts[first] is not True and (True in verdicts or None in verdicts)
        if is_excused or True in verdicts[:first]:
            return []
        main = items[first][1]
        return main(e, p) if main is not None else []

    return chosen


def _scaled(node: tree.Node) -> tuple[str, float] | None:
    """The one field of `0,99 * budget_total - 100`, and its factor; a constant added is a tolerance."""
    match node:
        case tree.Ref(name, False):
            return name, 1.0
        case tree.Arithmetic("*", tree.Number(factor), tree.Ref(name, False)) if factor > 0:
            return name, float(factor)
        case tree.Arithmetic("*", tree.Ref(name, False), tree.Number(factor)) if factor > 0:
            return name, float(factor)
        case tree.Arithmetic("-", inner, tree.Number()) | tree.Sum((inner, tree.Number())):
            return _scaled(inner)
    return None


def step_of(definition: Field) -> float:
    """The smallest difference between two values of a field: 1, or one unit of its last decimal."""
    if definition.kind in {Kind.DECIMAL, Kind.PERCENT}:
        return float(Decimal(1).scaleb(-definition.decimals))
    return 1.0


def number(value: Any) -> float:
    """A declared value as the edits count it: unanswered and « non concerné » are 0."""
    return float(value) if isinstance(value, int | Decimal) and not isinstance(value, bool) else 0.0
