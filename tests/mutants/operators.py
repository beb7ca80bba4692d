"""The faults that are put in: each one is what a tired person types, in one place of one module."""

import ast
from collections.abc import Callable, Iterator
from dataclasses import dataclass

_SWAPPED_COMPARISONS: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
}
_SWAPPED_OPERATORS: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Div,
    ast.Div: ast.Mult,
    ast.FloorDiv: ast.Mult,
    ast.Mod: ast.Mult,
    ast.Pow: ast.Mult,
    ast.BitOr: ast.BitAnd,
    ast.BitAnd: ast.BitOr,
}
_SWAPPED_CALLS = {
    "min": "max",
    "max": "min",
    "any": "all",
    "all": "any",
    "filter": "exclude",
    "exclude": "filter",
    "first": "last",
    "last": "first",
}
# What narrows a query: one condition is forgotten.
_NARROWING = {"filter", "exclude", "get", "Q"}
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)


@dataclass(frozen=True, slots=True)
class Mutant:
    """One fault. `scope` is the outermost function or method that holds it, "" outside any."""

    scope: str
    line: int
    before: str
    after: str
    tree: ast.Module

    @property
    def told(self) -> str:
        return f"{self.before} → {self.after}"


@dataclass(frozen=True, slots=True)
class _Place:
    scope: str
    node: ast.AST
    statement: ast.stmt


def mutants_of(source: str) -> Iterator[Mutant]:
    """Every fault that the operators can put in a module, in the order of its lines."""
    for index, place in enumerate(_places(ast.parse(source))):
        for number in range(len(_faults(place.node))):
            tree = ast.parse(source)
            mutated = list(_places(tree))[index]
            before = _first_line(mutated.statement)
            whole = ast.unparse(mutated.statement)
            _faults(mutated.node)[number]()
            ast.fix_missing_locations(tree)
            after = ast.unparse(mutated.statement)
            line = getattr(place.node, "lineno", place.statement.lineno)
            if before == _first_line(mutated.statement):  # the fault is further down in a long statement
                before, after = _differing(whole, after)
            else:
                after = _first_line(mutated.statement)
            yield Mutant(place.scope.removesuffix("()") if _is_function(place.scope) else "", line, before, after, tree)


def _first_line(statement: ast.stmt) -> str:
    return ast.unparse(statement).splitlines()[0]


def _differing(before: str, after: str) -> tuple[str, str]:
    for one, other in zip(before.splitlines(), after.splitlines(), strict=False):
        if one != other:
            return one.strip(), other.strip()
    return before.splitlines()[-1].strip(), after.splitlines()[-1].strip()


def _places(tree: ast.Module) -> Iterator[_Place]:
    """Every node where a fault may be put; annotations and decorators are not, nor the words of the module."""
    for statement in tree.body:
        yield from _within(statement, "", statement)


def _within(node: ast.AST, scope: str, statement: ast.stmt) -> Iterator[_Place]:
    if isinstance(node, ast.stmt):
        statement = node
    inner, skipped = scope, {"annotation", "returns", "decorator_list"}
    if isinstance(node, _FUNCTIONS):
        if not _is_function(scope):
            inner = f"{scope}{node.name}()"
    elif isinstance(node, ast.ClassDef) and not _is_function(scope):
        inner = f"{scope}{node.name}."
    yield _Place(inner if isinstance(node, _FUNCTIONS) else scope, node, statement)
    for field, value in ast.iter_fields(node):
        if field in skipped:
            continue
        # Defaults of parameters are computed where the function is defined.
        where = scope if isinstance(node, _FUNCTIONS) and field == "args" else inner
        for child in value if isinstance(value, list) else [value]:
            if isinstance(child, ast.AST):
                yield from _within(child, where, statement)


def _is_function(scope: str) -> bool:
    return scope.endswith("()")


def _faults(node: ast.AST) -> list[Callable[[], None]]:
    """What can go wrong at one node, as actions that change it in place."""
    return [*_in_expressions(node), *_in_statements(node)]


def _in_expressions(node: ast.AST) -> Iterator[Callable[[], None]]:
    if isinstance(node, ast.Compare):
        for i, one in enumerate(node.ops):
            yield _set_item(node.ops, i, _SWAPPED_COMPARISONS[type(one)]())
    elif isinstance(node, ast.BinOp) and type(node.op) in _SWAPPED_OPERATORS:
        yield _set(node, "op", _SWAPPED_OPERATORS[type(node.op)]())
    elif isinstance(node, ast.BoolOp):
        yield _set(node, "op", ast.Or() if isinstance(node.op, ast.And) else ast.And())
    elif isinstance(node, ast.UnaryOp) and isinstance(node.op, (ast.Not, ast.Invert)):
        yield _set(node, "operand", ast.UnaryOp(node.op, node.operand))
    elif isinstance(node, ast.Constant):
        if isinstance(node.value, bool):
            yield _set(node, "value", not node.value)
        elif isinstance(node.value, (int, float)):
            yield _set(node, "value", node.value + 1)
    elif isinstance(node, ast.Set) and len(node.elts) > 1:
        for i in range(len(node.elts)):
            yield _drop(node.elts, i)
    elif isinstance(node, ast.Call):
        yield from _in_calls(node)
    elif isinstance(node, ast.IfExp):
        yield _set(node, "test", _negated(node.test))
    elif isinstance(node, ast.comprehension):
        for i, condition in enumerate(node.ifs):
            yield _set_item(node.ifs, i, _negated(condition))


def _in_calls(node: ast.Call) -> Iterator[Callable[[], None]]:
    if isinstance(node.func, ast.Name) and node.func.id in _SWAPPED_CALLS:
        yield _set(node.func, "id", _SWAPPED_CALLS[node.func.id])
    if isinstance(node.func, ast.Attribute) and node.func.attr in _SWAPPED_CALLS:
        yield _set(node.func, "attr", _SWAPPED_CALLS[node.func.attr])
    name = getattr(node.func, "attr", getattr(node.func, "id", ""))
    if name in _NARROWING and len(node.args) + len(node.keywords) > 1:
        for i in range(len(node.keywords)):
            yield _drop(node.keywords, i)


def _in_statements(node: ast.AST) -> Iterator[Callable[[], None]]:
    if isinstance(node, (ast.If, ast.While)):
        yield _set(node, "test", _negated(node.test))
    for field in ("body", "orelse"):
        statements = getattr(node, field, None)
        if isinstance(statements, list) and not isinstance(node, ast.Module):
            for i, statement in enumerate(statements):
                if _is_act(statement):
                    yield _set_item(statements, i, ast.Pass())


def _is_act(statement: ast.stmt) -> bool:
    """A statement that can be forgotten and leave a program that still runs."""
    if isinstance(statement, ast.Expr):
        return isinstance(statement.value, ast.Call)
    if isinstance(statement, ast.Assign):
        return any(isinstance(target, (ast.Attribute, ast.Subscript)) for target in statement.targets)
    return isinstance(statement, (ast.Raise, ast.AugAssign, ast.Continue, ast.Break))


def _negated(test: ast.expr) -> ast.expr:
    return ast.UnaryOp(ast.Not(), test)


def _set(node: ast.AST, name: str, value: object) -> Callable[[], None]:
    return lambda: setattr(node, name, value)


def _set_item(items: list[ast.AST], i: int, value: ast.AST) -> Callable[[], None]:
    def act() -> None:
        items[i] = value

    return act


def _drop(items: list[ast.AST], i: int) -> Callable[[], None]:
    def act() -> None:
        del items[i]

    return act
