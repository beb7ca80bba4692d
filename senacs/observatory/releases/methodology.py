"""The method note of a release as data: response rates, rules, what was hidden, what changed."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from typing import Any

import polars as pl

from senacs.observatory.definitions.indicators import Indicator
from senacs.observatory.definitions.publication_plan import Plan
from senacs.observatory.definitions.statistics import STATISTICS
from senacs.observatory.enums import CellStatus

_EXAMPLES = 20
# Who answers for an indicator: the register, of every structure asked, or those who answered.
REGISTER, RESPONSES = "register", "responses"


def described_indicators(indicators: Sequence[Indicator]) -> list[dict[str, object]]:
    return [
        {
            "code": i.code,
            "label": i.label,
            "definition": i.definition,
            "theme": i.theme,
            "unit": i.unit,
            "decimals": i.decimals,
            "kind": i.kind,
            "formula": i.formula.text,
            "denominator": i.denominator.text if i.denominator else "",
            "population": i.population.text if i.population else "",
            "key": i.is_key,
            "sensitive": i.is_sensitive,
            "statistics": list(STATISTICS[i.kind]),
            "source": REGISTER if i.is_of_register else RESPONSES,
            "modalities": dict(i.modalities),
            # JSON sorts keys: the order of the questionnaire is told apart.
            "order": list(i.modalities),
        }
        for i in indicators
    ]


def suppression(cells: pl.DataFrame) -> dict[str, object]:
    """How many cells are hidden, in all and by level of territory; percents with one decimal."""

    def counts(frame: pl.DataFrame) -> dict[str, object]:
        by_status = dict(frame.group_by("status").len().iter_rows())
        hidden = len(frame) - by_status.get(CellStatus.PUBLISHED, 0)
        return {
            "cells": len(frame),
            "published": by_status.get(CellStatus.PUBLISHED, 0),
            "hidden": hidden,
            "hidden_percent": round(100 * hidden / len(frame), 1) if len(frame) else 0.0,
        }

    return {
        "all": counts(cells),
        "by_level": {
            level: counts(frame) for (level,), frame in sorted(cells.group_by("level"), key=lambda item: item[0])
        },
        "by_dimension": {
            f"{level}:{dimension}": counts(frame)
            for (level, dimension), frame in sorted(cells.group_by("level", "dimension"), key=lambda item: item[0])
        },
    }


def changes(cells: pl.DataFrame, previous: pl.DataFrame | None, identity: Sequence[str]) -> dict[str, object]:
    """What a corrected release changes: counts of cells, and the first changed national figures."""
    if previous is None:
        return {}
    keys = list(identity)
    joined = cells.join(previous, on=keys, how="full", suffix="_before", coalesce=True)
    published, before = pl.col("status") == CellStatus.PUBLISHED, pl.col("status_before") == CellStatus.PUBLISHED
    both = joined.filter(published, before)
    changed = both.filter(pl.col("value").ne_missing(pl.col("value_before")))
    national = changed.filter(pl.col("level") == "france", pl.col("dimension") == "").sort(keys)
    return {
        "unchanged": len(both) - len(changed),
        "changed": len(changed),
        "newly_published": len(joined.filter(published, ~before.fill_null(value=False))),
        "newly_hidden": len(joined.filter(before, ~published.fill_null(value=False))),
        "national": national.head(_EXAMPLES)
        .select("indicator", "statistic", "modality", "value_before", "value", "n_before", "n")
        .to_dicts(),
    }


def plan_document(plan: Plan) -> dict[str, object]:
    return {
        "tables": [
            {"level": t.level, "by": list(t.by), "indicators": "key" if t.is_key else "all"} for t in plan.tables
        ],
        "dimensions": {
            d.code: {
                "label": d.label,
                "modalities": d.modalities,
                "order": list(d.modalities),
                "classes": {"indicator": d.classes.indicator, "starts": list(d.classes.starts)} if d.classes else None,
            }
            for d in plan.dimensions.values()
        },
        "rules": {
            **asdict(plan.rules),
            "dominance": [list(rule) for rule in plan.rules.dominance],
            "tied_by": list(plan.rules.tied_by),
        },
    }


def item_response(cells: pl.DataFrame, indicators: Sequence[Indicator], respondents: int) -> dict[str, float]:
    """By indicator, percent of the validated responses that answered it (France; None asked where not concerned)."""
    asked = [i.code for i in indicators if not i.is_of_register]
    national = cells.filter(
        pl.col("level") == "france",
        pl.col("dimension") == "",
        pl.col("n").is_not_null(),
        pl.col("indicator").is_in(asked),
    )
    best = national.group_by("indicator").agg(pl.col("n").max()).sort("indicator")
    return {code: round(100 * n / respondents, 1) for code, n in best.iter_rows()} if respondents else {}


def document(
    *,
    identity: Mapping[str, Any],
    plan: Plan,
    indicators: Sequence[Indicator],
    respondents: int,
    rates: Sequence[Mapping[str, Any]],
    cells: pl.DataFrame,
    estimates: Sequence[Mapping[str, Any]],
    choices: Mapping[str, Any],
    protection: Mapping[str, Any],
    explanations: Sequence[Mapping[str, Any]],
    previous: pl.DataFrame | None,
    keys: Iterable[str],
) -> dict[str, Any]:
    """The whole note.

    `identity` names the release (year, data_year, number, reason), `rates` come from participation.response_rates,
    `choices` the groupings and the waivers (microdata.read_choices), `explanations` the doubtful answers that both
    institutions explained. Nothing in it is dated, so that the same answers give the same bytes.
    """
    return {
        **identity,
        "plan": plan_document(plan),
        "indicators": described_indicators(indicators),
        "response_rates": [dict(rate) for rate in rates],
        "item_response": item_response(cells, indicators, respondents),
        "estimates": [dict(estimate) for estimate in estimates],
        **choices,
        "explanations": [dict(explanation) for explanation in explanations],
        "suppression": suppression(cells),
        "protection": dict(protection),
        "changes": changes(cells, previous, list(keys)),
    }
