"""What a chart is: drawing, words and table together; and the values it accepts."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import Enum

from senacs.lib import french, printed_marks


class Suppressed(Enum):
    """A figure that exists but may not be shown (statistical confidentiality)."""

    TOKEN = "s"  # noqa: S105 - the sign of official statistics, no secret of ours


SUPPRESSED = Suppressed.TOKEN
SUPPRESSED_SIGN = "s."
SUPPRESSED_LEGEND = "masqué (secret statistique)"
NO_DATA_LEGEND = "non disponible"
_LARGEST = 1e15  # beyond, digits are noise and numbers are written « 1,20e+15 »
_DRAWABLE = 1e100
Value = int | float | Decimal | Suppressed | None  # None: no figure at all


@dataclass(frozen=True, slots=True)
class ChartFigures:
    """The figures of a chart for who draws it again (a slide): a line for each row of its table, in the same order.

    form: « bars » (a column of figures, the reference beside it), « stacked » (a column a bar), « lines » (a column a
    line), « pyramid » (two columns).
    """

    form: str
    unit: "Unit"
    lines: tuple[tuple["Value", ...], ...]


@dataclass(frozen=True, slots=True)
class Chart:
    """An SVG drawing with the words and the table that say the same thing; `has_figures` is false if nothing shows."""

    svg: str
    title: str
    description: str
    headers: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    has_figures: bool
    figures: ChartFigures | None = None


@dataclass(frozen=True, slots=True)
class ChartWords:
    """What a chart says to whoever does not see it: its title, a sentence, and the table of the same figures."""

    title: str
    description: str
    headers: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    figures: ChartFigures | None = None


@dataclass(frozen=True, slots=True)
class Ruler:
    """Where figures are laid: the place of zero, and the length of one unit (negative: to the left of zero)."""

    zero: float
    length: float

    def at(self, figure: float) -> float:
        return self.zero + figure * self.length


@dataclass(frozen=True, slots=True)
class Columns:
    """The heads of the two columns of the table beside a chart: what each line is, what its figure is."""

    line: str = ""
    value: str = "Valeur"


@dataclass(frozen=True, slots=True)
class FormattedFigure:
    """A figure as it is written: its number, the sign that belongs to it (« % », « M€ », « Md »), its unit in words."""

    number: str
    sign: str = ""
    word: str = ""

    def __str__(self) -> str:
        return french.NBSP.join(part for part in (self.number, self.sign, self.word) if part)

    @property
    def without_word(self) -> str:
        """« 1,2 M » for « 1,2 M personnes », where a head of column or a label has told the unit."""
        return french.NBSP.join(part for part in (self.number, self.sign) if part)

    @property
    def unit(self) -> str:
        """All that follows the number."""
        return french.NBSP.join(part for part in (self.sign, self.word) if part)


@dataclass(frozen=True, slots=True)
class Unit:
    """How figures read: « % », « € », « ETP »… and how many decimals (None: as few as needed)."""

    name: str = ""
    decimals: int | None = None

    def full(self, value: Value) -> str:
        """For tables: every digit, « s. » when suppressed, « – » when there is none."""
        return str(self.written(value))

    def short(self, value: Value) -> str:
        """For the drawing: millions and thousand millions are abbreviated."""
        return str(self.abbreviated(value))

    def written(self, value: Value) -> FormattedFigure:
        if value is SUPPRESSED:
            return FormattedFigure(SUPPRESSED_SIGN)
        plain = number(value)
        if plain is not None and abs(plain) >= _LARGEST:
            return FormattedFigure(f"{plain:.2e}".replace(".", ","))
        if plain is None or isinstance(value, Suppressed):
            return FormattedFigure(french.number(None))
        return self._with_name(french.number(value, self.decimals))

    def abbreviated(self, value: Value, decimals: int = 1, *, beside: Value = None) -> FormattedFigure:
        """« 12,5 M€ »: `decimals` of the million or milliard, none of them from a hundred on unless asked.

        `beside`: a figure whose size decides for both, so that a bound reads as its estimate does.
        """
        plain = number(value)
        size = plain if beside is None else number(beside)
        for power, short in ((9, "Md"), (6, "M")):
            if plain is not None and size is not None and 10**power <= abs(size) < _LARGEST:
                kept = decimals if decimals > 1 or abs(plain) < 100 * 10**power else 0
                digits = french.number(plain / 10**power, kept)
                printed_marks.tell(value, digits, power)
                return self._with_name(digits, short)
        return self.written(value)

    def rounded(self, value: Value) -> Value:
        """The value as it is printed, which is the one that colours, classes and compares; others as they are."""
        plain = number(value)
        if plain is None or abs(plain) >= _LARGEST:
            return value
        return printed_marks.same_figure(value, float(french.rounded(plain, self.decimals)))

    def _with_name(self, digits: str, power: str = "") -> FormattedFigure:
        if self.name == "€":
            return FormattedFigure(digits, f"{power}€")
        if self.name == "%" and not power:
            return FormattedFigure(digits, "%")
        return FormattedFigure(digits, power, self.name)


def number(value: Value) -> float | None:
    """The figure to draw: None for a suppressed, missing, non-finite one, or one that arithmetic would overflow on."""
    if value is None or isinstance(value, Suppressed):
        return None
    try:
        plain = float(value)
    except (ValueError, OverflowError):  # a signalling NaN, an integer beyond any float
        return None
    return plain if abs(plain) < _DRAWABLE else None  # false for a NaN too


def drawn(values: Sequence[Value]) -> list[float]:
    return [plain for plain in map(number, values) if plain is not None]


def extremes(labelled: Sequence[tuple[str, Value]], unit: Unit) -> str:
    """The sentence that sums up a series: its range, how much of it is masked."""
    known = [
        (label, printed_marks.same_figure(value, plain))
        for label, value in labelled
        if (plain := number(value)) is not None
    ]
    masked = sum(value is SUPPRESSED for _, value in labelled)
    parts = []
    if len(known) == 1:
        parts.append(f"{known[0][0]} : {unit.full(known[0][1])}.")
    elif known:
        low, high = min(known, key=lambda pair: pair[1]), max(known, key=lambda pair: pair[1])
        parts.append(f"{len(known)} valeurs, de {unit.full(low[1])} ({low[0]}) à {unit.full(high[1])} ({high[0]}).")
    elif masked:
        parts.append("Toutes les valeurs sont masquées (secret statistique).")
    else:
        parts.append("Aucune donnée disponible.")
    if masked and known:
        parts.append(f"{french.plural(masked, 'valeur masquée', 'valeurs masquées')} (secret statistique).")
    return " ".join(parts)


MIN_STEP = 1e-300


def nice_ticks(low: float, high: float, count: int = 4) -> list[float]:
    """Round graduations that cover low..high, about `count` intervals (steps of 1, 2, 2.5 or 5)."""
    # A span too small to be divided is no span: nothing drawn could show it.
    if (high - low) / count < MIN_STEP:
        high = low + 1
    raw = (high - low) / count
    power = 10.0 ** math.floor(math.log10(raw))
    step = next(m * power for m in (1, 2, 2.5, 5, 10) if m * power >= raw * 0.999)
    first = math.floor(low / step + 1e-9)
    last = math.ceil(high / step - 1e-9)
    return [tick * step for tick in range(first, last + 1)]
