"""From microdata to measured columns: each indicator's formula evaluated for every respondent."""

from collections.abc import Collection, Iterator, Mapping, Sequence

import polars as pl

from senacs.observatory.answers.microdata import DECIDED, DIMENSIONS
from senacs.observatory.definitions.indicators import Indicator, terms
from senacs.observatory.definitions.publication_plan import HOLDER, UNKNOWN, Plan
from senacs.observatory.figures.cells import Measure
from senacs.questionnaire.engine import polars_backend
from senacs.questionnaire.engine.language import Expression
from senacs.questionnaire.engine.polars_backend import NOT_CONCERNED_SUFFIX
from senacs.questionnaire.engine.schema import Kind, Questionnaire

# What the plan may cross by, as the register tells it; an unknown one is a modality of its own.
_CROSSED = {"gestion", "territory_type", "qpv", "fcsf"}


def evaluate(
    responses: pl.DataFrame, indicators: Sequence[Indicator], questionnaire: Questionnaire
) -> tuple[pl.DataFrame, list[Measure]]:
    """The units (dimensions, holder, one Float64 column per measure) and what their columns measure.

    `responses` is a snapshot of microdata. A unit is null in a measure that it did not answer or that does not
    concern it: formula unknown, population false or unknown. The holder counts several structures of one
    gestionnaire as one; without a known gestionnaire a structure holds itself.
    """
    measures: list[Measure] = []
    columns: list[pl.Expr] = []
    compiled = _compiled(indicators, questionnaire)
    for indicator in indicators:
        population = compiled[indicator.population.text] if indicator.population else pl.lit(True)
        for measure, value in _measured(indicator, compiled, questionnaire):
            known = population & value.is_not_null()
            if indicator.denominator:
                denominator = _number(compiled[indicator.denominator.text])
                known &= denominator.is_not_null()
                columns.append(pl.when(known).then(denominator).alias(measure.denominator))
            columns.append(pl.when(known).then(value).alias(measure.column))
            measures.append(measure)
    responses = with_zeros(responses, frozenset().union(*(indicator.zeros for indicator in indicators)), questionnaire)
    units = responses.lazy().with_columns(_context()).select(*_dimensions(responses.columns), *columns)
    return units.collect(), measures


def with_zeros(responses: pl.DataFrame, zeros: Collection[str], questionnaire: Questionnaire) -> pl.DataFrame:
    """The responses with 0 where one of `zeros` is « non concerné », and in the totals of nothing else."""

    def marked(code: str) -> pl.Expr:
        return pl.col(code + NOT_CONCERNED_SUFFIX).fill_null(value=False)

    known = {code for code in zeros if code in responses.columns}
    filled = [pl.when(pl.col(code).is_null() & marked(code)).then(0).otherwise(code).alias(code) for code in known]
    for field in questionnaire.fields.values():
        if field.computed is None or not field.kind.is_numeric or field.code not in responses.columns:
            continue
        parts = terms(field.computed, questionnaire)
        if parts and parts <= known:
            nothing = pl.col(field.code).is_null() & pl.all_horizontal(marked(code) for code in sorted(parts))
            filled.append(pl.when(nothing).then(0).otherwise(field.code).alias(field.code))
    return responses.with_columns(filled)


def as_units(register: pl.DataFrame) -> pl.DataFrame:
    """The structures asked, with the dimensions and the holder of the units that they would be."""
    return register.select(_dimensions(register.columns))


def _dimensions(columns: Collection[str]) -> list[pl.Expr]:
    holder = pl.when(pl.col("gestionnaire_key") == "").then("§" + pl.col("structure")).otherwise("gestionnaire_key")
    return [
        *(_told(name) if name in _CROSSED else pl.col(name) for name in DIMENSIONS),
        *(pl.col(name) if name in columns else pl.lit(default).alias(name) for name, default in DECIDED.items()),
        holder.alias(HOLDER),
    ]


def with_classes(units: pl.DataFrame, plan: Plan) -> pl.DataFrame:
    """The units with the dimensions of the plan that follow from what they declared."""
    classed = []
    for dimension in plan.dimensions.values():
        if dimension.classes:
            known = dimension.classes.indicator in units.columns
            values = units[dimension.classes.indicator] if known else [None] * len(units)
            classed.append(pl.Series(dimension.code, [dimension.class_of(v) for v in values], dtype=pl.String))
    return units.with_columns(classed)


def _told(name: str) -> pl.Expr:
    """The modality of a dimension, « inconnu » where the register does not tell it."""
    column = pl.col(name)
    if DIMENSIONS[name] == pl.Boolean():
        return (
            pl.when(column).then(pl.lit("oui")).when(~column).then(pl.lit("non")).otherwise(pl.lit(UNKNOWN)).alias(name)
        )
    return pl.when(column == "").then(pl.lit(UNKNOWN)).otherwise(column).alias(name)


def _measured(
    indicator: Indicator, compiled: Mapping[str, pl.Expr], questionnaire: Questionnaire
) -> Iterator[tuple[Measure, pl.Expr]]:
    if indicator.kind == "distribution":
        counted = questionnaire.fields[indicator.formula.text]
        for code in indicator.modalities:
            column = pl.col(counted.code)
            chosen = column.list.contains(code) if counted.kind is Kind.MULTIPLE else column == code
            measure = _measure(indicator, questionnaire, f"{indicator.code}={code}", modality=code)
            yield measure, _number(chosen)
        return
    yield _measure(indicator, questionnaire, indicator.code), _number(compiled[indicator.formula.text])


def _measure(indicator: Indicator, questionnaire: Questionnaire, column: str, modality: str = "") -> Measure:
    is_whole = indicator.population is None and indicator.kind not in {"share", "distribution"}
    return Measure(
        indicator=indicator.code,
        kind=indicator.kind,
        column=column,
        modality=modality,
        denominator=f"{indicator.code}/" if indicator.denominator else "",
        scale=100 if indicator.kind == "ratio" and indicator.unit == "%" else 1,
        decimals=indicator.decimals,
        sensitive=indicator.is_sensitive,
        is_key=indicator.is_key,
        terms=terms(indicator.formula, questionnaire) if is_whole else frozenset(),
        denominator_terms=(
            terms(indicator.denominator, questionnaire) if is_whole and indicator.denominator else frozenset()
        ),
    )


def _number(expression: pl.Expr) -> pl.Expr:
    """As a number; what is not finite (a division by zero) is no answer."""
    number = expression.cast(pl.Float64)
    return pl.when(number.is_finite()).then(number)


def _compiled(indicators: Sequence[Indicator], questionnaire: Questionnaire) -> dict[str, pl.Expr]:
    """Each distinct formula once, by its text."""
    wanted: dict[str, Expression] = {}
    for indicator in indicators:
        # What a distribution counts is a field, read as it is.
        counted = indicator.formula if indicator.kind != "distribution" else None
        for expression in (counted, indicator.denominator, indicator.population):
            if expression is not None:
                wanted[expression.text] = expression
    compiled = polars_backend.compile_expressions(list(wanted.values()), questionnaire)
    return dict(zip(wanted, compiled, strict=True))


def _context() -> list[pl.Expr]:
    """The names about the structure that formulas may use, from the dimensions; unknown ones are null."""

    def known(name: str) -> pl.Expr:
        return pl.when(pl.col(name) != "").then(pl.col(name))

    return [
        known("kind").alias("structure_type"),
        known("gestion").alias("structure_gestion"),
        known("territory_type").alias("structure_territoire"),
        pl.col("qpv").alias("structure_qpv"),
        pl.col("fcsf").alias("structure_fcsf"),
    ]
