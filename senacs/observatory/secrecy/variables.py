"""Variables: what a reader gets back from published measures, each with the contributions that it rests on.

A variable is the contributions of a total (also given by a mean, a density or a ratio), the « oui » of a sensitive
share, or merely who answered. Variables with the same contributions are one.
"""

import hashlib
import io
from collections.abc import Collection, Sequence
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
    # Links that `set_apart` adds: to who answered, and to a tied variable looked at alone.
    counting: set[tuple[str, str, str]] = field(default_factory=set)
    alone: set[tuple[str, str, str]] = field(default_factory=set)

    def given_back(self) -> dict[tuple[str, str], list[str]]:
        """By (indicator, modality), the variables that a shown cell gives back: a ratio, who answered only."""
        main: dict[tuple[str, str], list[str]] = {}
        for link in self.links:
            found = main.setdefault(link[:2], [])
            if link not in self.counting and link not in self.alone:
                found.append(link[2])
        given = {measure: list(names) if len(names) == 1 else [] for measure, names in main.items()}
        for indicator, modality, name in sorted(self.alone):
            if given[indicator, modality]:
                given[indicator, modality].append(name)
        for indicator, modality, name in sorted(self.counting):
            given[indicator, modality].append(name)
        return given


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


def name_variables(units: pl.DataFrame, measures: Sequence[Measure], before: Sequence[pl.DataFrame] = ()) -> Named:
    """The variables of the measures; those with the same contributions are one.

    before: the answers to earlier releases, in which they must be the same too.
    """
    answers = (units, *before)
    made = Named()
    names: dict[Variable, str] = {}
    for measure in measures:
        for variable in variables_of(measure):
            if variable not in names:
                names[variable] = _fingerprint(variable, answers)
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


def set_apart(named: Named, answers: Sequence[pl.DataFrame], tied: Collection[str]) -> None:
    """Adds what several releases give back besides: who answered each question, and each tied variable alone.

    An answer that changed is two contributors, which shelter who came since: of the total of one funder those who were
    corrected on it, not on another; of the number of answers nobody, since a corrected answer is one answer. tied: the
    variables that sums tie together, whose contributors changed when any of them did.
    """
    for indicator, modality, name in list(named.links):
        variable = named.columns[name]
        if name in tied:
            alone = f"{name} seule"
            _link(named, named.alone, (indicator, modality, alone), variable)
        if not variable.counts:
            who = Variable(variable.column, counts=True)
            _link(named, named.counting, (indicator, modality, _fingerprint(who, answers)), who)
    # Who answered may be known by another indicator where how many said « oui » is not: each share has its own.
    users: dict[str, set[str]] = {}
    for indicator, _, name in named.links:
        users.setdefault(name, set()).add(indicator)
    for indicator, modality, name in list(named.links):
        is_own = (indicator, modality, name) not in named.counting
        if is_own and named.columns[name].counts and len(users[name]) > 1:
            _link(named, named.alone, (indicator, modality, f"{name} {indicator} seule"), named.columns[name])


def _link(named: Named, kind: set[tuple[str, str, str]], link: tuple[str, str, str], variable: Variable) -> None:
    indicator, _, name = link
    named.columns.setdefault(name, variable)
    named.titles.setdefault(name, indicator)
    if link not in named.links:
        named.links.append(link)
        kind.add(link)


def _fingerprint(variable: Variable, answers: Sequence[pl.DataFrame]) -> str:
    digest = hashlib.sha256(f"{variable.counts} {variable.extremes}\n".encode())
    for units in answers:
        stream = io.BytesIO()
        contributions(units, variable).to_frame("contribution").write_ipc_stream(stream)
        digest.update(stream.getvalue())
    return digest.hexdigest()[:24]
