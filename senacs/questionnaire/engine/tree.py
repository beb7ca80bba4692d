"""Nodes of a parsed formula: frozen, picklable, without behaviour. `at` is the 0-based position in the text."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum


class State(StrEnum):
    EMPTY = "vide"
    NOT_CONCERNED = "non concerné"


@dataclass(frozen=True, slots=True)
class Number:
    value: int | Decimal
    at: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Text:
    value: str
    at: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Boolean:
    value: bool
    at: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Day:
    """A date literal: a text that was compared with a date (set by the type check)."""

    value: date
    at: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Ref:
    """A field or a context name; `previous`: its value of last year."""

    name: str
    previous: bool = False
    at: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Negative:
    operand: "Node"
    at: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Not:
    operand: "Node"
    at: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class All:
    """`a et b et c`."""

    items: tuple["Node", ...]
    at: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class AnyOf:
    """`a ou b ou c`."""

    items: tuple["Node", ...]
    at: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Implies:
    """`si condition alors consequence`: false only when the first is true and the second false."""

    condition: "Node"
    consequence: "Node"
    at: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Sum:
    """`a + b + c`: unknown as soon as one operand is unanswered; « non concerné » counts as 0."""

    items: tuple["Node", ...]
    at: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Arithmetic:
    """`-`, `*` or `/`."""

    operator: str
    left: "Node"
    right: "Node"
    at: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Compare:
    """`=`, `<>`, `<`, `<=`, `>` or `>=`."""

    operator: str
    left: "Node"
    right: "Node"
    at: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class OneOf:
    """`x parmi ('a'; 'b')`."""

    operand: "Node"
    choices: tuple["Node", ...]
    at: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Contains:
    """`x contient 'a'`, for multiple choices."""

    operand: "Node"
    choice: "Node"
    at: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Is:
    """`x est vide`, `x est non vide`, `x est non concerné`: never unknown."""

    operand: Ref
    state: State
    negated: bool = False
    at: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Call:
    function: str
    arguments: tuple["Node", ...]
    at: int = field(default=0, compare=False)


Node = (
    Number
    | Text
    | Boolean
    | Day
    | Ref
    | Negative
    | Not
    | All
    | AnyOf
    | Implies
    | Sum
    | Arithmetic
    | Compare
    | OneOf
    | Contains
    | Is
    | Call
)


def children(node: Node) -> tuple[Node, ...]:
    match node:
        case Negative(operand) | Not(operand):
            return (operand,)
        case Is(operand):
            return (operand,)
        case All(items) | AnyOf(items) | Sum(items):
            return items
        case Call(_, arguments):
            return arguments
        case Implies(left, right) | Contains(left, right):
            return (left, right)
        case Arithmetic(_, left, right) | Compare(_, left, right):
            return (left, right)
        case OneOf(operand, choices):
            return (operand, *choices)
        case _:
            return ()


def walk(node: Node) -> Iterator[tuple[Node, int]]:
    """Every node with its depth (the root's is 1), without recursion."""
    stack = [(node, 1)]
    while stack:
        current, depth = stack.pop()
        yield current, depth
        stack.extend((child, depth + 1) for child in children(current))


def is_approximate(node: Node) -> bool:
    """Whether the value may carry a rounding: it divides, or multiplies two quantities."""
    for current, _ in walk(node):
        match current:
            case Arithmetic("/"):
                return True
            case Arithmetic("*", left, right) if not (isinstance(left, Number) or isinstance(right, Number)):
                return True
            case Call("MOYENNE"):
                return True
    return False
