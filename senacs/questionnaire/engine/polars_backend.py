"""The same formulas as Polars expressions, for all the responses of a campaign at once.

A frame has one column per field code (null: unanswered or « non concerné »), `<code>__nc` booleans, `<code>__n1` for
last year's values, `<code>__n1__nc` if the frame says it, and the context names. Numbers are Float64: whole ones are
compared exactly, decimals to 1e-9 (a relative 1e-15 above a million), what a division may have rounded to a relative
1e-12 above 1000, below what declared values can differ by; verdicts are those of `compile_python`.
"""

import operator
from collections.abc import Callable, Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

import polars as pl

from senacs.questionnaire.engine import tree
from senacs.questionnaire.engine.evaluation import Compiled, Context, steps_of
from senacs.questionnaire.engine.language import Expression
from senacs.questionnaire.engine.schema import Kind, Questionnaire
from senacs.questionnaire.engine.typecheck import Base, Type
from senacs.questionnaire.engine.values import NOT_CONCERNED, Env
from senacs.questionnaire.engine.vocabulary import CONTEXT, types_of

NOT_CONCERNED_SUFFIX = "__nc"
PREVIOUS_SUFFIX = "__n1"
# Of numbers that a division or a product of quantities may have rounded (as in compile_python); of sums of decimals,
# exact there, which differ here by their last binary digits.
TOLERANCE, PRECISION, SLACK = 1e-12, 1e-15, 1e-9
ROUNDING_SLACK = 1e-9
ZERO = 1e-9
_DTYPES: dict[Kind, pl.DataType] = {
    Kind.INTEGER: pl.Float64(),
    Kind.AMOUNT: pl.Float64(),
    Kind.DECIMAL: pl.Float64(),
    Kind.PERCENT: pl.Float64(),
    Kind.YES_NO: pl.Boolean(),
    Kind.CHOICE: pl.String(),
    Kind.MULTIPLE: pl.List(pl.String()),
    Kind.TEXT: pl.String(),
    Kind.LONG_TEXT: pl.String(),
    Kind.DATE: pl.Date(),
}

_EXACT: dict[str, Callable[[pl.Expr, pl.Expr], pl.Expr]] = {
    "=": operator.eq,
    "<>": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
_READ_AS_THEY_ARE = frozenset(_DTYPES) - {Kind.DECIMAL, Kind.PERCENT, Kind.MULTIPLE}


def compile_expressions(
    expressions: Sequence[Expression], questionnaire: Questionnaire, *, knows_previous_not_concerned: bool = False
) -> list[pl.Expr]:
    """One Polars expression per checked formula, in order. Boolean, Float64, String or Date; null is unknown.

    `knows_previous_not_concerned`: the frame has `<code>__n1__nc`; without, last year's « non concerné » is unanswered.
    """
    writer = _Writer(questionnaire, knows_previous_not_concerned)
    return [writer.write(expression.tree) for expression in expressions]


def frame_of(compiled: Compiled, responses: Iterable[tuple[Env, Context, Env]]) -> pl.DataFrame:
    """The frame of (env, context, previous) triples, `env` being typed or completed values.

    Only the columns that a rule, a condition or a computed field reads or writes.
    """
    rows = list(responses)
    columns: list[pl.Series] = []
    environments = ([row[0] for row in rows], [row[2] for row in rows])
    for code, is_previous in sorted(_columns_of(compiled)):
        suffix = PREVIOUS_SUFFIX if is_previous else ""
        values = [env.get(code) for env in environments[is_previous]]
        kind = compiled.questionnaire.fields[code].kind
        # Most columns hold no « non concerné »: one scan in C spares two passes in Python.
        has_not_concerned = NOT_CONCERNED in values
        not_concerned = [value is NOT_CONCERNED for value in values] if has_not_concerned else [False] * len(values)
        if has_not_concerned or kind not in _READ_AS_THEY_ARE:
            values = [_plain(value) for value in values]
        columns.append(pl.Series(code + suffix, values, dtype=_DTYPES[kind], strict=False))
        columns.append(pl.Series(code + suffix + NOT_CONCERNED_SUFFIX, not_concerned, dtype=pl.Boolean()))
    for name, context in CONTEXT.items():
        dtype = pl.Boolean() if context.base is Base.BOOLEAN else pl.String()
        columns.append(pl.Series(name, [_null(row[1].get(name)) for row in rows], dtype=dtype))
    return pl.DataFrame(columns)


def _columns_of(compiled: Compiled) -> set[tuple[str, bool]]:
    steps = steps_of(compiled.questionnaire)
    read = {(n.name, n.previous) for s in steps for n, _ in tree.walk(s.expression) if isinstance(n, tree.Ref)}
    written = {(code, False) for s in steps for code in (*s.shown, s.computed) if code}
    ruled = {name for rule in compiled.rules for name in rule.expression.names}
    return {(code, is_previous) for code, is_previous in read | written | ruled if code not in CONTEXT}


def complete(compiled: Compiled, frame: pl.LazyFrame) -> pl.LazyFrame:
    """The frame with computed fields filled and hidden fields emptied, as `Compiled.complete` does for one response."""
    questionnaire = compiled.questionnaire
    writer = _Writer(questionnaire, knows_previous_not_concerned=True)
    hidden: set[str] = set()
    # Steps that read no column written since the last `with_columns` go in the same one.
    pending: dict[str, pl.Expr] = {}
    for step in steps_of(questionnaire):
        if any(n.name in pending for n, _ in tree.walk(step.expression) if isinstance(n, tree.Ref)):
            frame, pending = frame.with_columns(**pending), {}
        expression = writer.write(step.expression)
        if step.computed:
            if step.computed in pending:
                frame, pending = frame.with_columns(**pending), {}
            if step.computed in hidden:
                expression = pl.when(pl.col(f"{step.computed}__hidden").not_()).then(expression)
            pending[step.computed] = expression
            pending[step.computed + NOT_CONCERNED_SUFFIX] = pl.lit(value=False)
            continue
        is_shown = expression.fill_null(value=False)
        for code in step.shown:
            hidden.add(code)
            pending[code] = pl.when(is_shown).then(pl.col(code))
            pending[code + NOT_CONCERNED_SUFFIX] = is_shown & pl.col(code + NOT_CONCERNED_SUFFIX)
            pending[f"{code}__hidden"] = ~is_shown
    return frame.with_columns(**pending)


def verdicts(compiled: Compiled, frame: pl.DataFrame) -> pl.DataFrame:
    """One Boolean column per rule code (null: unverifiable), one row per row of `frame` (see `frame_of`)."""
    expressions = compile_expressions(
        [rule.expression for rule in compiled.rules], compiled.questionnaire, knows_previous_not_concerned=True
    )
    named = [e.alias(rule.code) for e, rule in zip(expressions, compiled.rules, strict=True)]
    return complete(compiled, frame.lazy()).select(named).collect()


class _Writer:
    def __init__(self, questionnaire: Questionnaire, knows_previous_not_concerned: bool) -> None:
        fields = questionnaire.fields.values()
        self.types: Mapping[str, Type] = types_of(fields)
        self.whole = frozenset(field.code for field in fields if field.kind in {Kind.INTEGER, Kind.AMOUNT})
        self.knows_previous_not_concerned = knows_previous_not_concerned

    def write(self, node: tree.Node, *, zero: bool = False) -> pl.Expr:
        match node:
            case tree.Number(value):
                return pl.lit(float(value), dtype=pl.Float64)
            case tree.Text(value) | tree.Boolean(value) | tree.Day(value):
                return pl.lit(value)
            case tree.Ref():
                return self.reference(node, zero)
            case tree.Negative(operand):
                return -self.write(operand)
            case tree.Not(operand):
                return ~self.write(operand)
            case tree.All(items):
                return pl.all_horizontal([self.write(i) for i in items])
            case tree.AnyOf(items):
                return pl.any_horizontal([self.write(i) for i in items])
            case tree.Implies(condition, consequence):
                return ~self.write(condition) | self.write(consequence)
            case tree.Sum(items):
                return _added([self.write(i, zero=True) for i in items])
            case tree.Arithmetic(symbol, left, right):
                return _arithmetic(symbol, self.write(left), self.write(right))
            case tree.Compare():
                return self.comparison(node)
            case tree.OneOf(operand, choices):
                written = self.write(operand)
                if isinstance(choices[0], tree.Number):
                    return pl.any_horizontal([_compared("=", written, self.write(c), PRECISION) for c in choices])
                return written.is_in([c.value for c in choices if isinstance(c, tree.Text)])
            case tree.Contains(operand, choice):
                return self.write(operand).list.contains(choice.value if isinstance(choice, tree.Text) else "")
            case tree.Is(operand, state, negated):
                found = ~self.answered(operand) if state is tree.State.EMPTY else self.not_concerned(operand)
                return ~found if negated else found
            case tree.Call():
                return self.call(node, zero)

    def reference(self, node: tree.Ref, zero: bool) -> pl.Expr:
        column = pl.col(node.name + PREVIOUS_SUFFIX if node.previous else node.name)
        if self.types[node.name].base is not Base.NUMBER:
            return column
        number = column.cast(pl.Float64)
        if not zero or (node.previous and not self.knows_previous_not_concerned):
            return number
        return pl.when(self.not_concerned(node)).then(pl.lit(0.0)).otherwise(number)

    def not_concerned(self, node: tree.Ref) -> pl.Expr:
        if node.name in CONTEXT or (node.previous and not self.knows_previous_not_concerned):
            return pl.lit(value=False)
        name = node.name + (PREVIOUS_SUFFIX if node.previous else "") + NOT_CONCERNED_SUFFIX
        return pl.col(name).fill_null(value=False)

    def answered(self, node: tree.Ref) -> pl.Expr:
        column = pl.col(node.name + PREVIOUS_SUFFIX if node.previous else node.name)
        return column.is_not_null() | self.not_concerned(node)

    def comparison(self, node: tree.Compare) -> pl.Expr:
        left, right = self.write(node.left), self.write(node.right)
        if not self.is_number(node.left) or (self.is_whole(node.left) and self.is_whole(node.right)):
            return _EXACT[node.operator](left, right)
        is_close = tree.is_approximate(node.left) or tree.is_approximate(node.right)
        return _compared(node.operator, left, right, TOLERANCE if is_close else PRECISION)

    def is_whole(self, node: tree.Node) -> bool:
        """Whether a Float64 holds the number exactly, being an integer (below 2⁵³)."""
        if tree.is_approximate(node):
            return False
        return all(
            isinstance(n.value, int) if isinstance(n, tree.Number) else n.name in self.whole
            for n, _ in tree.walk(node)
            if isinstance(n, tree.Number | tree.Ref)
        )

    def is_number(self, node: tree.Node) -> bool:
        match node:
            case tree.Number() | tree.Negative() | tree.Sum() | tree.Arithmetic():
                return True
            case tree.Ref(name):
                return self.types[name].base is Base.NUMBER
            case tree.Call("SI", arguments):
                return self.is_number(arguments[1])
            case tree.Call():
                return True
            case _:
                return False

    def call(self, node: tree.Call, zero: bool) -> pl.Expr:
        if node.function == "SI":
            test = self.write(node.arguments[0])
            then, otherwise = (self.write(a, zero=zero) for a in node.arguments[1:])
            return pl.when(test).then(then).when(~test).then(otherwise)
        if node.function == "NB_RENSEIGNES":
            answered = [self.answered(a).cast(pl.Float64) for a in node.arguments if isinstance(a, tree.Ref)]
            return _added(answered)
        if node.function == "SOMME":
            parts = [self.write(a, zero=True) for a in node.arguments]
            has_some = pl.any_horizontal([part.is_not_null() for part in parts])
            return pl.when(has_some).then(_added([part.fill_null(0.0) for part in parts]))
        parts = [self.write(a) for a in node.arguments]
        is_known = pl.all_horizontal([part.is_not_null() for part in parts])
        match node.function:
            case "ABS":
                return parts[0].abs()
            case "ARRONDI":
                digits = node.arguments[1] if len(node.arguments) == 2 else None
                return _rounded(parts[0], int(digits.value) if isinstance(digits, tree.Number) else 0)
            case "MOYENNE":
                return _added(parts) / len(parts)
            case "MIN":
                return pl.when(is_known).then(pl.min_horizontal(parts))
            case _:
                return pl.when(is_known).then(pl.max_horizontal(parts))


def _added(parts: list[pl.Expr]) -> pl.Expr:
    total = parts[0]
    for part in parts[1:]:
        total = total + part
    return total


def _arithmetic(symbol: str, left: pl.Expr, right: pl.Expr) -> pl.Expr:
    if symbol == "-":
        return left - right
    if symbol == "*":
        return left * right
    return pl.when(right.abs() > ZERO).then(left / right)


def _compared(symbol: str, left: pl.Expr, right: pl.Expr, relative: float) -> pl.Expr:
    """The comparison to a slack of 1e-9, or `relative` where the numbers are so large that it is more."""
    # max_horizontal skips nulls, but the difference beside it is then null and so is the verdict.
    scale = pl.max_horizontal(pl.lit(SLACK / relative), left.abs(), right.abs())
    difference = left - right
    slack = relative * scale
    match symbol:
        case "=":
            return difference.abs() <= slack
        case "<>":
            return difference.abs() > slack
        case "<":
            return difference < -slack
        case "<=":
            return difference <= slack
        case ">":
            return difference > slack
        case _:
            return difference >= -slack


def _rounded(value: pl.Expr, places: int) -> pl.Expr:
    factor = 10.0**places
    whole = (value.abs() * factor + 0.5 + ROUNDING_SLACK).floor() / factor
    return pl.when(value < 0).then(-whole).otherwise(whole)


def _plain(value: Any) -> Any:
    if value is NOT_CONCERNED:
        return None
    if isinstance(value, Decimal):
        return float(value)
    return list(value) if isinstance(value, tuple) else value


def _null(value: Any) -> Any:
    """False is an answer, an empty text is none."""
    return None if value == "" else value
