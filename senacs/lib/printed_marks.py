"""What is printed of a figure, wherever it is printed: figures that carry whose they are, and how each was written.

Only within `collecting` are figures marked. Every writing of numbers tells it here (`lib.french.number`, units of
charts), so that a page, a drawing, its legend, a sentence or a document cannot print a figure unseen.
"""

import itertools
from collections.abc import Hashable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

_THIN, _MINUS = "\u202f", "\u2212"


@dataclass(frozen=True, slots=True)
class Occurrence:
    """A figure as it was written somewhere: `digits` (« 52,1 ») times ten to the `power` (6 for « M »)."""

    identity: Hashable
    value: Decimal
    digits: str
    power: int
    where: str

    @property
    def step(self) -> Decimal:
        """What one of its last digit is worth."""
        return Decimal(1).scaleb(self.power - len(self.digits.partition(",")[2]))

    @property
    def printed(self) -> Decimal:
        return Decimal(self.digits.replace(_THIN, "").replace(_MINUS, "-").replace(",", ".")).scaleb(self.power)


class Marked(float):
    """A figure that knows whose it is; arithmetic gives plain floats, which are figures of something else."""

    __slots__ = ("identity",)
    identity: Hashable


@dataclass
class Collection:
    """What has been written so far, and where the writing stands."""

    number: int
    where: str = ""
    found: list[Occurrence] | None = None


_numbers = itertools.count(1)
_current: ContextVar[Collection | None] = ContextVar("collection", default=None)


@contextmanager
def collecting() -> Iterator[Collection]:
    collection = Collection(next(_numbers), found=[])
    token = _current.set(collection)
    try:
        yield collection
    finally:
        _current.reset(token)


def collection_number() -> int:
    """0 outside a collection: what is kept in memory is kept for each apart, marked figures with marked ones."""
    current = _current.get()
    return current.number if current else 0


def marked(value: float, identity: Hashable) -> float:
    if _current.get() is None:
        return value
    figure = Marked(value)
    figure.identity = identity
    return figure


def same_figure(value: object, written: float) -> float:
    """`written` as the same figure as `value`, for who rounds before writing."""
    return marked(written, value.identity) if isinstance(value, Marked) else written


def tell(value: object, digits: str, power: int = 0) -> None:
    """A writing of a figure; nothing of it where it is no marked one."""
    current = _current.get()
    if current is None or current.found is None or not isinstance(value, Marked):
        return
    # `digits` as repr gives the value back: what was published is a decimal number.
    told = Decimal(repr(float(value)))
    current.found.append(Occurrence(value.identity, told, digits, power, current.where))


def plainly_written(value: float, text: str, identity: Hashable, where: str) -> Occurrence:
    """A figure as files write it: « 1234.5 »."""
    digits = format(Decimal(text), "f")
    whole, _, fraction = digits.partition(".")
    return Occurrence(identity, Decimal(repr(value)), f"{whole},{fraction}" if fraction.strip("0") else whole, 0, where)


def disagreements(found: Sequence[Occurrence]) -> list[tuple[Occurrence, Occurrence | None]]:
    """Occurrences that are not what the same figure says elsewhere (the other one), or not its own rounding (None).

    Each is held against the writing with the finest step: a coarser one is its rounding, half away from zero; where
    the coarser was rounded from a finer figure than is published, either side of a half is.
    """
    wrong: list[tuple[Occurrence, Occurrence | None]] = []
    finest: dict[Hashable, Occurrence] = {}
    for one in found:
        if one.printed != _to_step(one.value, one.step):
            wrong.append((one, None))
        best = finest.setdefault(one.identity, one)
        if one.step < best.step:
            finest[one.identity] = one
    for one in found:
        best = finest[one.identity]
        far = abs(one.printed - best.printed)
        if far > one.step / 2 or (one.step == best.step and far):
            wrong.append((one, best))
    return list(dict.fromkeys(wrong))


def _to_step(value: Decimal, step: Decimal) -> Decimal:
    return (value / step).quantize(Decimal(1), ROUND_HALF_UP) * step
