"""Sets of possible values: intervals of numbers, choices, states of an answer."""

from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum

from senacs.questionnaire.engine import tree

Bound = int | Decimal | None


class DomainState(StrEnum):
    VALUE = "value"
    EMPTY = "empty"
    NOT_CONCERNED = "not_concerned"


@dataclass(frozen=True, slots=True)
class Interval:
    """From `low` to `high`, None being without bound; `open_*`: the bound itself is excluded."""

    low: Bound = None
    high: Bound = None
    open_low: bool = False
    open_high: bool = False

    @classmethod
    def where(cls, operator: str, value: int | Decimal, *, is_whole: bool) -> "Interval":
        """What `x operator value` leaves; `<>` leaves everything."""
        match operator:
            case "=":
                return cls(value, value)
            case "<":
                return cls(None, value - 1) if is_whole and isinstance(value, int) else cls(None, value, False, True)
            case "<=":
                return cls(None, value)
            case ">":
                return cls(value + 1, None) if is_whole and isinstance(value, int) else cls(value, None, True, False)
            case ">=":
                return cls(value, None)
            case _:
                return cls()

    @property
    def is_empty(self) -> bool:
        if self.low is None or self.high is None:
            return False
        return self.low > self.high or (self.low == self.high and (self.open_low or self.open_high))

    def meet(self, other: "Interval") -> "Interval":
        low, open_low = self.low, self.open_low
        if other.low is not None and (low is None or (other.low, other.open_low) > (low, open_low)):
            low, open_low = other.low, other.open_low
        high, open_high = self.high, self.open_high
        if other.high is not None and (high is None or (other.high, not other.open_high) < (high, not open_high)):
            high, open_high = other.high, other.open_high
        return Interval(low, high, open_low, open_high)

    def with_zero(self) -> "Interval":
        """The same, 0 included (an operand of SOMME may be unanswered or « non concerné »)."""
        low = None if self.low is None else min(self.low, 0)
        high = None if self.high is None else max(self.high, 0)
        return Interval(low, high)

    def widened(self, decimals: int) -> "Interval":
        """Room for the rounding of a computed field."""
        margin = Decimal(1).scaleb(-decimals)
        return Interval(
            None if self.low is None else Decimal(self.low) - (margin if self.low % 1 else 0),
            None if self.high is None else Decimal(self.high) + (margin if self.high % 1 else 0),
        )

    def possible_signs(self, other: "Interval") -> frozenset[int]:
        """Signs that a − b may take, a in self and b in other."""
        if self.is_empty or other.is_empty:
            return frozenset()
        signs = set()
        if self.low is None or other.high is None or self.low < other.high:
            signs.add(-1)
        if self.high is None or other.low is None or self.high > other.low:
            signs.add(1)
        if not self.meet(other).is_empty:
            signs.add(0)
        return frozenset(signs)


@dataclass(frozen=True, slots=True)
class Domain:
    """What one field may be: its states, and under VALUE its choices or its interval (None: any choice)."""

    states: frozenset[DomainState]
    choices: frozenset[str | bool] | None = None
    interval: Interval = field(default_factory=Interval)

    @classmethod
    def of_choices(cls, state: DomainState, choices: frozenset[str | bool] | frozenset[str]) -> "Domain":
        return cls(frozenset({state}), frozenset(choices))

    @property
    def is_empty(self) -> bool:
        return not self.states

    def meet(self, other: "Domain") -> "Domain":
        states = self.states & other.states
        choices = self.choices
        if other.choices is not None:
            choices = other.choices if choices is None else choices & other.choices
        interval = self.interval.meet(other.interval)
        if interval.is_empty or choices == frozenset():
            states -= {DomainState.VALUE}
        return Domain(states, choices, interval)


def interval_of(node: tree.Node, bounds: Callable[[tree.Ref], Interval]) -> Interval:
    """Where the value of a numeric formula lies, when it is known."""
    match node:
        case tree.Number(value):
            return Interval(value, value)
        case tree.Ref():
            return bounds(node)
        case tree.Negative(operand):
            inner = interval_of(operand, bounds)
            return Interval(_minus(inner.high), _minus(inner.low))
        case tree.Sum(items) | tree.Call("SOMME", items):
            parts = [interval_of(item, bounds).with_zero() for item in items]
            return Interval(_added([p.low for p in parts]), _added([p.high for p in parts]))
        case tree.Arithmetic("-", left, right):
            a, b = interval_of(left, bounds), interval_of(right, bounds)
            return Interval(_added([a.low, _minus(b.high)]), _added([a.high, _minus(b.low)]))
        case tree.Arithmetic("*" | "/", left, tree.Number(value)) if value > 0:
            inner = interval_of(left, bounds)
            is_product = node.operator == "*"
            return Interval(_scaled(inner.low, value, is_product), _scaled(inner.high, value, is_product))
        case tree.Arithmetic("*", tree.Number() as factor, operand):
            return interval_of(tree.Arithmetic("*", operand, factor), bounds)
        case tree.Call("NB_RENSEIGNES", items):
            return Interval(0, len(items))
        case tree.Call("ABS"):
            return Interval(0, None)
        case _:
            return Interval()


def _minus(bound: Bound) -> Bound:
    return None if bound is None else -bound


def _added(parts: list[Bound]) -> Bound:
    total: int | Decimal = 0
    for part in parts:
        if part is None:
            return None
        total += part
    return total


def _scaled(bound: Bound, factor: int | Decimal, is_product: bool) -> Bound:
    if bound is None:
        return None
    return Decimal(bound) * factor if is_product else Decimal(bound) / factor
