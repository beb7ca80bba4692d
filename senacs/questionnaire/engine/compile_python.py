"""Formulas as Python closures for one response. Composed from the tree, never from text.

A closure takes (this year's values with the context, last year's values) and gives a value, or None for unknown.
Integers and decimals stay exact; after a division or a product of two quantities, comparisons are held to 1e-9 (a
relative 1e-12 above 1000), so that 1/3 × 3 equals 1 here and in Polars.
"""

import operator
from collections.abc import Callable
from decimal import ROUND_FLOOR, ROUND_HALF_UP, Decimal
from typing import Any

from senacs.questionnaire.engine import tree
from senacs.questionnaire.engine.values import NOT_CONCERNED, Env

Closure = Callable[[Env, Env], Any]
TOLERANCE = Decimal("1e-12")
ROUNDING_SLACK = Decimal("1e-9")
ZERO = Decimal("1e-9")  # a divisor that is 0 but for the rounding of an earlier division
_HALF = Decimal("0.5")


def _is_close(a: Any, b: Any) -> bool:
    return bool(abs(a - b) <= TOLERANCE * max(1000, abs(a), abs(b)))


_COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    "=": operator.eq,
    "<>": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
_COMPARE_CLOSE: dict[str, Callable[[Any, Any], bool]] = {
    "=": _is_close,
    "<>": lambda a, b: not _is_close(a, b),
    "<": lambda a, b: a < b and not _is_close(a, b),
    "<=": lambda a, b: a < b or _is_close(a, b),
    ">": lambda a, b: a > b and not _is_close(a, b),
    ">=": lambda a, b: a > b or _is_close(a, b),
}


def compile_tree(node: tree.Node, *, zero: bool = False) -> Closure:
    """The closure of a checked tree. `zero`: « non concerné » counts as 0 (operand of `+` or SOMME)."""
    match node:
        case tree.Number(value) | tree.Text(value) | tree.Boolean(value) | tree.Day(value):
            return lambda e, p: value
        case tree.Ref(name, previous):
            return _reference(name, previous, zero)
        case tree.Negative(operand):
            inner = compile_tree(operand)
            return lambda e, p: None if (v := inner(e, p)) is None else -v
        case tree.Not(operand):
            inner = compile_tree(operand)
            return lambda e, p: None if (v := inner(e, p)) is None else not v
        case tree.All(items):
            return _all([compile_tree(i) for i in items])
        case tree.AnyOf(items):
            return _any([compile_tree(i) for i in items])
        case tree.Implies(condition, consequence):
            return _any([compile_tree(tree.Not(condition)), compile_tree(consequence)])
        case tree.Sum(items):
            return _sum([compile_tree(i, zero=True) for i in items])
        case tree.Arithmetic():
            return _arithmetic(node)
        case tree.Compare():
            return _comparison(node)
        case tree.OneOf():
            return _one_of(node)
        case tree.Contains(operand, choice):
            inner, code = compile_tree(operand), choice.value if isinstance(choice, tree.Text) else None
            return lambda e, p: None if (v := inner(e, p)) is None else code in v
        case tree.Is():
            return _state(node)
        case tree.Call():
            return _call(node, zero)


def _reference(name: str, previous: bool, zero: bool) -> Closure:
    otherwise = 0 if zero else None
    if previous:

        def read_previous(e: Env, p: Env) -> Any:
            value = p.get(name)
            return otherwise if value is NOT_CONCERNED else value

        return read_previous

    def read(e: Env, p: Env) -> Any:
        value = e.get(name)
        return otherwise if value is NOT_CONCERNED else value

    return read


def _all(parts: list[Closure]) -> Closure:
    def every(e: Env, p: Env) -> bool | None:
        result: bool | None = True
        for part in parts:
            value = part(e, p)
            if value is False:
                return False
            if value is None:
                result = None
        return result

    return every


def _any(parts: list[Closure]) -> Closure:
    def some(e: Env, p: Env) -> bool | None:
        result: bool | None = False
        for part in parts:
            value = part(e, p)
            if value is True:
                return True
            if value is None:
                result = None
        return result

    return some


def _sum(parts: list[Closure]) -> Closure:
    def total(e: Env, p: Env) -> Any:
        result: Any = 0
        for part in parts:
            value = part(e, p)
            if value is None:
                return None
            result += value
        return result

    return total


def _arithmetic(node: tree.Arithmetic) -> Closure:
    left, right = compile_tree(node.left), compile_tree(node.right)
    if node.operator == "/":
        zero = ZERO if tree.is_approximate(node.right) else 0

        def quotient(e: Env, p: Env) -> Any:
            a, b = left(e, p), right(e, p)
            return None if a is None or b is None or abs(b) <= zero else Decimal(a) / b

        return quotient
    apply = operator.sub if node.operator == "-" else operator.mul

    def result(e: Env, p: Env) -> Any:
        a = left(e, p)
        if a is None:
            return None
        b = right(e, p)
        return None if b is None else apply(a, b)

    return result


def _comparison(node: tree.Compare) -> Closure:
    is_close = tree.is_approximate(node.left) or tree.is_approximate(node.right)
    compare = (_COMPARE_CLOSE if is_close else _COMPARE)[node.operator]
    left, right = compile_tree(node.left), compile_tree(node.right)

    def verdict(e: Env, p: Env) -> bool | None:
        a = left(e, p)
        if a is None:
            return None
        b = right(e, p)
        return None if b is None else compare(a, b)

    return verdict


def _one_of(node: tree.OneOf) -> Closure:
    if isinstance(node.choices[0], tree.Number):
        return _any([_comparison(tree.Compare("=", node.operand, choice)) for choice in node.choices])
    inner = compile_tree(node.operand)
    allowed = frozenset(choice.value for choice in node.choices if isinstance(choice, tree.Text))
    return lambda e, p: None if (v := inner(e, p)) is None else v in allowed


def _state(node: tree.Is) -> Closure:
    name, previous, negated = node.operand.name, node.operand.previous, node.negated
    if node.state is tree.State.NOT_CONCERNED:
        return lambda e, p: (p if previous else e).get(name) is NOT_CONCERNED
    if previous:
        return lambda e, p: (name in p) is negated
    return lambda e, p: (name in e) is negated


def _call(node: tree.Call, zero: bool) -> Closure:
    if node.function == "SI":
        condition = compile_tree(node.arguments[0])
        then, otherwise = (compile_tree(a, zero=zero) for a in node.arguments[1:])

        def chosen(e: Env, p: Env) -> Any:
            test = condition(e, p)
            return None if test is None else (then if test else otherwise)(e, p)

        return chosen
    if node.function == "NB_RENSEIGNES":
        refs = [a for a in node.arguments if isinstance(a, tree.Ref)]
        return lambda e, p: sum(r.name in (p if r.previous else e) for r in refs)
    if node.function == "SOMME":
        return _total_of_answered([compile_tree(a, zero=True) for a in node.arguments])
    if node.function == "ARRONDI":
        return _rounding(node)
    parts = [compile_tree(a) for a in node.arguments]
    if node.function == "ABS":
        return lambda e, p: None if (v := parts[0](e, p)) is None else abs(v)
    if node.function == "MOYENNE":
        total, count = _sum(parts), len(parts)
        return lambda e, p: None if (v := total(e, p)) is None else Decimal(v) / count
    extreme: Callable[[list[Any]], Any] = min if node.function == "MIN" else max

    def furthest(e: Env, p: Env) -> Any:
        values = [part(e, p) for part in parts]
        return None if None in values else extreme(values)

    return furthest


def _total_of_answered(parts: list[Closure]) -> Closure:
    """SOMME: what is answered adds up; unknown only when nothing is."""

    def total(e: Env, p: Env) -> Any:
        result: Any = None
        for part in parts:
            value = part(e, p)
            if value is not None:
                result = value if result is None else result + value
        return result

    return total


def _rounding(node: tree.Call) -> Closure:
    inner = compile_tree(node.arguments[0])
    digits = node.arguments[1].value if len(node.arguments) == 2 and isinstance(node.arguments[1], tree.Number) else 0
    slack = ROUNDING_SLACK if tree.is_approximate(node.arguments[0]) else Decimal(0)
    places = int(digits)

    def rounded(e: Env, p: Env) -> Any:
        value = inner(e, p)
        return None if value is None else round_half_away(value, places, slack)

    return rounded


def round_half_away(value: int | Decimal, places: int, slack: Decimal = Decimal(0)) -> int | Decimal:
    """`value` with `places` decimals, half away from zero as in a spreadsheet; int when places is 0."""
    scaled = abs(Decimal(value)).scaleb(places)
    whole = (
        (scaled + _HALF + slack).to_integral_value(ROUND_FLOOR) if slack else scaled.to_integral_value(ROUND_HALF_UP)
    )
    if places == 0:
        return -int(whole) if value < 0 else int(whole)
    return -whole.scaleb(-places) if value < 0 else whole.scaleb(-places)
