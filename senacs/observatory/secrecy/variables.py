"""Variables: what a reader gets back from published measures, each with the contributions that it rests on.

A variable is the contributions of a total (also given by a mean, a density or a ratio), the « oui » of a sensitive
share, or merely who answered. Variables with the same contributions are one.
"""

import hashlib
import io
from collections.abc import Sequence
from dataclasses import dataclass, field

import polars as pl

from senacs.observatory.figures.cells import Measure

# Contributions are whole ten-thousandths, so that sums compare exactly.
SCALE = 10_000

Contribution = int | None


@dataclass(frozen=True)
class Variable:
    """`column` of the units; counts: 1 for each respondent; extremes: 0 or 1, hidden when all say the same."""

    column: str
    counts: bool = False
    extremes: bool = False

    @property
    def is_counted(self) -> bool:
        return self.counts or self.extremes


@dataclass
class Named:
    """Variables by the fingerprint of their contributions, which measures rest on them, and the sums they make."""

    columns: dict[str, Variable] = field(default_factory=dict)
    titles: dict[str, str] = field(default_factory=dict)
    links: list[tuple[str, str, str]] = field(default_factory=list)  # indicator, modality, variable
    by_terms: dict[frozenset[str], str] = field(default_factory=dict)


def variables_of(measure: Measure) -> tuple[Variable, ...]:
    """A total, mean or density gives contributions back, a ratio those of its two totals; the rest only counts."""
    match measure.kind:
        case "total" | "mean" | "density":
            return (Variable(measure.column),)
        case "ratio":
            return (Variable(measure.column), Variable(measure.denominator))
        case "share" | "distribution" if measure.sensitive:
            return (Variable(measure.column, extremes=True),)
        case _:
            return (Variable(measure.column, counts=True),)


def contributions(units: pl.DataFrame, variable: Variable) -> pl.Series:
    """Whole numbers, null for who does not answer."""
    column = units[variable.column].alias("contribution")
    if variable.counts:
        return units.select(pl.when(column.is_not_null()).then(1).cast(pl.Int64)).to_series()
    return (column if variable.extremes else (column * SCALE).round(0)).cast(pl.Int64)


def name_variables(units: pl.DataFrame, measures: Sequence[Measure]) -> Named:
    """The variables of the measures; those with the same contributions are one."""
    made = Named()
    names: dict[Variable, str] = {}
    for measure in measures:
        for variable in variables_of(measure):
            if variable not in names:
                names[variable] = _fingerprint(variable, contributions(units, variable))
            made.columns.setdefault(names[variable], variable)
            made.titles.setdefault(names[variable], measure.indicator)
            made.links.append((measure.indicator, measure.modality, names[variable]))
        if measure.terms and measure.kind in {"total", "mean", "density"}:
            made.by_terms.setdefault(measure.terms, names[variables_of(measure)[0]])
    # A ratio is hidden wherever one of its two totals is, so that the other does not give it back; the ratios of all
    # parts to one total make 100 %, so their totals are tied as if they were published.
    for measure in measures:
        if measure.kind == "ratio":
            for terms, variable in zip((measure.terms, measure.denominator_terms), variables_of(measure), strict=True):
                if terms:
                    tied = made.by_terms.setdefault(terms, names[variable])
                    made.links.append((measure.indicator, measure.modality, tied))
    return made


def _fingerprint(variable: Variable, values: pl.Series) -> str:
    digest = hashlib.sha256(f"{variable.counts} {variable.extremes}\n".encode())
    stream = io.BytesIO()
    values.to_frame("contribution").write_ipc_stream(stream)
    digest.update(stream.getvalue())
    return digest.hexdigest()[:24]
