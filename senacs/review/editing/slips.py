"""The slips of the keyboard: what was probably meant by a value that cannot be."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from senacs.lib import french

# A slip explains a value when what it gives is this near to what was expected (ratio).
CLOSE = 1.35


class Slip(StrEnum):
    """A known way to mistype; the text follows « : »."""

    TIMES_10 = "un zéro de trop ?"
    TIMES_100 = "deux zéros de trop ?"
    TIMES_1000 = "trois zéros de trop ?"
    OVER_10 = "un zéro oublié ?"
    OVER_100 = "deux zéros oubliés ?"
    OVER_1000 = "une valeur en milliers ?"
    SIGN = "une erreur de signe ?"
    DIGITS = "deux chiffres intervertis ?"
    SWAP = "deux cases interverties ?"


_FACTORS = {
    Slip.TIMES_10: 10.0,
    Slip.TIMES_100: 100.0,
    Slip.TIMES_1000: 1000.0,
    Slip.OVER_10: 0.1,
    Slip.OVER_100: 0.01,
    Slip.OVER_1000: 0.001,
}


@dataclass(frozen=True, slots=True)
class Meant:
    """What a slip says was meant."""

    slip: Slip
    value: float


def meant(value: float, *, step: float = 1.0, may_be_negative: bool = False) -> Iterator[Meant]:
    """Every value that a known slip could have turned into `value`, the commonest slips first.

    Where values may be negative, a sign can be forgotten; elsewhere it can only be too much.
    """
    if value == 0:
        return
    for slip, factor in _FACTORS.items():
        original = value / factor
        if abs(original / step - round(original / step)) < 1e-6:
            yield Meant(slip, original)
        elif abs(original) >= 10 * step:
            yield Meant(slip, round(original / step) * step)
    if value < 0 or may_be_negative:
        yield Meant(Slip.SIGN, -value)
    if step == 1.0 and value == int(value) and abs(value) < 10**15:
        seen = {int(value)}
        for original in _transposed(int(abs(value))):
            if original not in seen:
                seen.add(original)
                yield Meant(Slip.DIGITS, float(original))


def is_undone(slip: Slip, value: float, original: float) -> bool:
    """Whether the slip turns `original` into `value` to the last digit, no rounding in between."""
    factor = _FACTORS.get(slip)
    return factor is None or abs(original * factor - value) < 1e-6 * max(abs(value), 1.0)


def _transposed(value: int) -> Iterator[int]:
    text = str(value)
    for place in range(len(text) - 1):
        yield int(text[:place] + text[place + 1] + text[place] + text[place + 2 :])


def slip_towards(value: float, expected: float, *, step: float = 1.0) -> Meant | None:
    """The slip whose undoing comes nearest to `expected`, None when none comes near enough."""
    if value == 0 or expected <= 0:
        return None
    # Exchanged digits come near anything: only powers of ten and signs are believed on the ratio alone.
    near = [m for m in meant(value, step=step) if m.slip is not Slip.DIGITS and is_near(m.value, expected)]
    return min(near, key=lambda m: abs(m.value - expected), default=None)


def is_near(value: float, expected: float) -> bool:
    return value > 0 and expected > 0 and max(value / expected, expected / value) <= CLOSE


def times(ratio: float) -> str:
    """« multiplié par 10 », « divisé par 8 », « doublé » for a ratio to last year."""
    if 1.9 <= ratio <= 2.1:
        return "doublé"
    if ratio >= 2:
        return f"été multiplié par {french.number(ratio, 0 if ratio >= 5 else 1)}"
    if ratio >= 1:
        return f"augmenté de {french.percent((ratio - 1) * 100)}"
    if ratio > 0.5:
        return f"baissé de {french.percent((1 - ratio) * 100)}"
    return f"été divisé par {french.number(1 / ratio, 0 if ratio <= 0.2 else 1)}"


def listed(labels: Iterable[str]) -> str:
    return french.joined([f"« {label} »" for label in labels])
