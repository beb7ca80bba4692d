"""Raised totals of a release: key totals by territory, estimated, protected and rounded as cells.

What is added to the declared total must give nobody away. Means come only from strata whose own total is published, so
that this part adds nothing to what a reader can compute. What rests on earlier answers of silent structures has a
protection of its own: an estimate is hidden where too few of them, or one too large, make that part.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from math import ceil, floor, log10
from typing import Any

import polars as pl

from senacs.disclosure import tables
from senacs.disclosure.fates import Fate, Reason, Status
from senacs.lib.french import rounded
from senacs.observatory.definitions.indicators import Indicator
from senacs.observatory.definitions.not_concerned import typed_fields
from senacs.observatory.definitions.publication_plan import FRANCE, Plan
from senacs.observatory.definitions.statistics import PER_INHABITANTS
from senacs.observatory.enums import CellStatus
from senacs.observatory.figures.cells import Measure, cell_columns
from senacs.observatory.figures.estimation import Estimate, Prediction, predict, raise_total
from senacs.observatory.figures.measures import with_zeros
from senacs.observatory.figures.survey_units import Stratum, SurveyUnit
from senacs.observatory.secrecy.memberships import GroupingKey, Label
from senacs.observatory.secrecy.protected_blocks import Block
from senacs.observatory.secrecy.variables import SCALE
from senacs.observatory.secrecy.verdict import Outcome, public_words, solve
from senacs.questionnaire.engine.polars_backend import NOT_CONCERNED_SUFFIX, compile_expressions
from senacs.questionnaire.engine.schema import Questionnaire

ESTIMATE = "estimate"
STATISTICS = (ESTIMATE, "low", "high", "band_low", "band_high")
LEVELS = ("france", "region", "departement")
_LAST_YEAR = "N-1"
DENSITY = "density"
_STATISTIC = {"total": "sum", DENSITY: DENSITY}
CORRECTED_REASON = "une nouvelle estimation montrerait par différence ce que la correction a changé"
Area = tuple[str, str]
# Status and public words, as the columns of a cell.
Told = tuple[str, str]
PUBLISHED: Told = (str(CellStatus.PUBLISHED), "")


@dataclass(frozen=True)
class Raised:
    """cells: estimate, low and high, as rows of a release; note: the quality of each published estimate.

    blocks and outcomes: what the estimates show beyond the cells, for the attack.
    """

    cells: pl.DataFrame
    note: list[dict[str, Any]]
    blocks: tuple[Block, ...] = ()
    outcomes: tuple[Outcome, ...] = ()


def declared(units: pl.DataFrame, responses: pl.DataFrame, measures: Sequence[Measure]) -> dict[str, dict[str, float]]:
    """By measure, the value of each structure that declared one; « non concerné » for every term of a sum is zero."""
    found = {}
    for measure in measures:
        nothing = [pl.col(code + NOT_CONCERNED_SUFFIX).fill_null(value=False) for code in sorted(measure.terms)]
        is_zero = pl.all_horizontal(nothing) if nothing else pl.lit(False)
        zeros = responses.select("structure", is_zero.alias("is_zero"))
        value = pl.when(pl.col(measure.column).is_null() & pl.col("is_zero")).then(0.0).otherwise(measure.column)
        column = units.join(zeros, on="structure").select("structure", value.alias("value")).drop_nulls()
        found[measure.indicator] = dict(column.iter_rows())
    return found


def past_values(
    years: Sequence[pl.DataFrame], indicators: Sequence[Indicator], questionnaire: Questionnaire
) -> dict[str, list[dict[str, float]]]:
    """By indicator, for each year before, what each structure then answered to this year's formula.

    `years`: see past_answers.read_years. A year that did not ask some of the formula's questions says nothing.
    """
    found: dict[str, list[dict[str, float]]] = {indicator.code: [] for indicator in indicators}
    expressions = compile_expressions([indicator.formula for indicator in indicators], questionnaire)
    for frame in years:
        for indicator, expression in zip(indicators, expressions, strict=True):
            asked = set(expression.meta.root_names()) <= set(frame.columns)
            values: dict[str, float] = {}
            if asked:
                answered = with_zeros(frame, typed_fields(indicator.formula, questionnaire), questionnaire)
                known = answered.select("structure", expression.cast(pl.Float64).alias("value")).drop_nulls()
                values = dict(known.iter_rows())
            found[indicator.code].append(values)
    return found


def estimated(indicators: Sequence[Indicator], measures: Sequence[Measure]) -> list[Measure]:
    """The measures that are raised: key totals, and densities, that concern every structure."""
    whole = {i.code for i in indicators if i.population is None}
    return [m for m in measures if m.indicator in whole and (m.kind == DENSITY or (m.kind == "total" and m.is_key))]


def raise_cells(
    register: pl.DataFrame,
    measures: Sequence[Measure],
    cells: pl.DataFrame,
    plan: Plan,
    *,
    now: Mapping[str, Mapping[str, float]],
    last_year: Mapping[str, Mapping[str, float]],
    asked: Mapping[str, int] | None = None,
    longer_ago: Mapping[str, Sequence[Mapping[str, float]]] | None = None,
    populations: Mapping[Area, int] | None = None,
    earlier: pl.DataFrame | None = None,
) -> Raised:
    """Every estimate of a release. `register` has one row per structure asked, `cells` are protected already.

    now and last_year: see `declared`; longer_ago: by measure, the same of the years before, latest first; asked: how
    many of those years asked a structure; populations: inhabitants of the places that have structures asked;
    earlier: the cells of the release that this one corrects.
    """
    rows: list[dict[str, object]] = []
    note: list[dict[str, Any]] = []
    blocks: list[Block] = []
    outcomes: list[Outcome] = []
    structures = register.select("structure", "kind", "departement", "region", "gestionnaire_key").rows()
    holders = {row[0]: row[4] or f"§{row[0]}" for row in structures}
    for measure in measures:
        values, before = now[measure.indicator], last_year.get(measure.indicator, {})
        older = (longer_ago or {}).get(measure.indicator, ())
        units = [
            _unit(row, values.get(row[0]), before.get(row[0]), older, (asked or {}).get(row[0])) for row in structures
        ]
        own = cells.filter(pl.col("indicator") == measure.indicator, pl.col("statistic") == _STATISTIC[measure.kind])
        shown = _published_strata(own)
        predictions = predict(units, may_use=shown.__contains__)
        block = _last_year_block(measure.indicator, predictions, holders, plan)
        outcome = _all_hidden_if_failed(solve(block))
        blocks.append(block)
        outcomes.append(outcome)
        hidden = _hidden_by_last_year(outcome)
        for row in own.filter(pl.col("level").is_in(LEVELS), pl.col("dimension") == "").iter_rows(named=True):
            area = (row["level"], row["territory"])
            estimate = raise_total(units, predictions, _name(area))
            if estimate is None:
                continue
            is_shown = row["status"] == CellStatus.PUBLISHED
            fate = hidden.get(area, PUBLISHED) if is_shown else (row["status"], row["reason"])
            if measure.kind == DENSITY:
                fate, inhabitants = hidden.get(area, PUBLISHED), (populations or {}).get(area)
                # A correction keeps those that were shown and adds none.
                rows += _density(row, estimate, fate, inhabitants, measure, plan) if earlier is None else []
                continue
            made = _rows(row, _rounded(estimate, plan.rules.quantile_digits), estimate.respondents, fate)
            if earlier is not None and _differs(made, earlier):
                made = _rows(row, {}, 0, (str(CellStatus.COMPLEMENTARY), CORRECTED_REASON))
            rows += made
            if made[0]["status"] == CellStatus.PUBLISHED:
                note.append(_quality(measure.indicator, area, estimate, made[0]["value"], _covered(units, _name(area))))
    return Raised(pl.DataFrame(rows, schema=cells.schema), note, tuple(blocks), tuple(outcomes))


def _density(
    row: Mapping[str, Any], estimate: Estimate, fate: Told, inhabitants: int | None, measure: Measure, plan: Plan
) -> list[dict[str, Any]]:
    """The estimate of all structures per so many inhabitants; a hidden one has no cell, nor a place without people."""
    if row["status"] != CellStatus.PUBLISHED or fate != PUBLISHED or not inhabitants:
        return []
    whole = _rounded(estimate, plan.rules.quantile_digits)[ESTIMATE] or 0.0
    return [dict(row) | {"value": float(rounded(whole * PER_INHABITANTS / inhabitants, measure.decimals))}]


def combined(cells: pl.DataFrame, raised: pl.DataFrame, plan: Plan) -> pl.DataFrame:
    """All cells of a release in their order; what respondents alone are to all inhabitants is no density."""
    return pl.concat([cells.filter(pl.col("statistic") != DENSITY), raised]).sort(cell_columns(plan))


def _name(area: Area) -> str:
    return ":".join(area)


def _unit(
    row: tuple[Any, ...],
    y: float | None,
    x: float | None,
    older: Sequence[Mapping[str, float]],
    asked: int | None,
) -> SurveyUnit:
    structure, kind, departement, region, _ = row
    return SurveyUnit(
        structure=structure,
        territories=(_name(("france", FRANCE)), _name(("region", region)), _name(("departement", departement))),
        means=(("departement", departement, kind), ("region", region, kind), ("france", FRANCE, kind)),
        ratios=((kind, region), (kind,)),
        y=y,
        x=x,
        earlier=tuple((gap, year[structure]) for gap, year in enumerate(older, start=2) if structure in year),
        asked=asked,
    )


def _published_strata(own: pl.DataFrame) -> set[Stratum]:
    kept = own.filter(pl.col("status") == CellStatus.PUBLISHED, pl.col("dimension") == "kind")
    return set(kept.select("level", "territory", "kind").iter_rows())


def _last_year_block(
    indicator: str, predictions: Sequence[Prediction], holders: Mapping[str, str], plan: Plan
) -> Block:
    """What was predicted from N-1, by territory: the part of an estimate that a reader cannot work out from the rest.

    Estimate less declared total less published means gives it: a shown estimate shows it, and the attack reads it so.
    """
    used = [p for p in predictions if p.from_past]

    def label(prediction: Prediction, level: str) -> Label:
        return (next(t for t in prediction.territories if t.startswith(f"{level}:")),)

    return Block(
        holders=tuple(holders[p.structure] for p in used),
        groupings={GroupingKey(level): [label(p, level) for p in used] for level in LEVELS},
        variables={_LAST_YEAR: [round(p.value * SCALE) for p in used]},
        rules=tables.Rules(
            plan.rules.threshold, plan.rules.dominance, plan.rules.p_percent, coalition=plan.rules.coalition
        ),
        margin=plan.rules.margin,
        counted=False,
        title=f"{indicator}, part estimée",
    )


def _all_hidden_if_failed(outcome: Outcome) -> Outcome:
    """Where part of it cannot be protected, no estimate is shown at all."""
    if not outcome.failures:
        return outcome
    hidden = Fate(Status.PRIMARY, Reason.UNPROTECTED)
    return Outcome({name: dict.fromkeys(cells, hidden) for name, cells in outcome.fates.items()}, ())


def _hidden_by_last_year(outcome: Outcome) -> dict[Area, Told]:
    """Territories whose part predicted from N-1 is a secret, primary or complementary."""
    found = {}
    for (level, label), fate in outcome.fates[_LAST_YEAR].items():
        if not fate.is_published:
            told = f"part estimée : {public_words(fate, 'structures indépendantes')}"
            found[level.table, str(label[0]).partition(":")[2]] = (str(fate.status), told)
    return found


def _covered(units: Sequence[SurveyUnit], territory: str) -> float | None:
    """Percent of last year's total that those who answer now had declared: what the others weigh."""
    known = [unit for unit in units if unit.x is not None and territory in unit.territories]
    whole = sum(unit.x or 0 for unit in known)
    return round(100 * sum(unit.x or 0 for unit in known if unit.y is not None) / whole, 1) if whole > 0 else None


def _rounded(estimate: Estimate, digits: int) -> dict[str, float | None]:
    """A few significant digits, never under what was declared."""
    value = _significant(estimate.value, digits, round)
    if value < estimate.declared:
        value = _significant(estimate.value, digits, ceil)
    low = None if estimate.low is None else min(_significant(estimate.low, digits, floor), value)
    high = None if estimate.high is None else max(_significant(estimate.high, digits, ceil), value)
    band_low = None if estimate.band_low is None else min(_significant(estimate.band_low, digits, floor), value)
    band_high = None if estimate.band_high is None else max(_significant(estimate.band_high, digits, ceil), value)
    return {ESTIMATE: value, "low": low, "high": high, "band_low": band_low, "band_high": band_high}


def _significant(value: float, digits: int, rounding: Callable[[float], int]) -> float:
    if not value:
        return 0.0
    power = floor(log10(abs(value))) - digits + 1
    if power >= 0:
        return float(rounding(value / 10**power) * 10**power)
    return rounding(value * 10**-power) / 10**-power


def _rows(cell: Mapping[str, Any], values: Mapping[str, float | None], n: int, fate: Told) -> list[dict[str, Any]]:
    """The three rows of one estimate; without interval, only the first."""
    status, reason = fate
    shown = status == CellStatus.PUBLISHED
    return [
        dict(cell)
        | {
            "statistic": statistic,
            "value": values[statistic] if shown else None,
            "n": n if shown else None,
            "status": status,
            "reason": reason,
        }
        for statistic in STATISTICS
        if not shown or values[statistic] is not None
    ]


def _differs(made: Sequence[Mapping[str, Any]], earlier: pl.DataFrame) -> bool:
    """Whether readers have no estimate of the same territory, or another one: it would tell what came since."""
    first = made[0]
    known = earlier.filter(
        pl.col("indicator") == first["indicator"],
        pl.col("level") == first["level"],
        pl.col("territory") == first["territory"],
        pl.col("statistic").is_in(STATISTICS),
        pl.col("status") == CellStatus.PUBLISHED,
    )
    before = dict(known.select("statistic", "value").iter_rows())
    return before != {row["statistic"]: row["value"] for row in made}


def _quality(indicator: str, area: Area, estimate: Estimate, value: float, covered: float | None) -> dict[str, Any]:
    """Percents to one decimal; the imputed share is that of the figures as they are published."""
    level, territory = area
    return {
        "indicator": indicator,
        "level": level,
        "territory": territory,
        "respondents": estimate.respondents,
        "expected": estimate.expected,
        "cv_percent": round(estimate.cv, 1),
        "covered_percent": covered,
        "imputed_percent": round(100 * (value - estimate.declared) / value, 1) if value else 0.0,
    }
