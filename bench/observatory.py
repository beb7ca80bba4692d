"""The statistical core on synthetic structures of real size: aggregation, protection, attack, information lost.

`python -m bench.observatory` writes docs/performance/observatoire.md. A whole release is protected and attacked, as the
builder does it, on all processors; ten times the structures and ten times the indicators on samples that are said.
"""

import os
import platform
import resource
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeVar

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
django.setup()

import numpy as np  # noqa: E402
import polars as pl  # noqa: E402
from django.conf import settings  # noqa: E402

from senacs.disclosure.fates import PUBLISHED, Status  # noqa: E402
from senacs.lib import clock, french  # noqa: E402
from senacs.observatory.definitions.publication_plan import Plan, load_plan  # noqa: E402
from senacs.observatory.figures.cells import Measure, aggregate  # noqa: E402
from senacs.observatory.secrecy.masks import Masks, protect  # noqa: E402
from senacs.observatory.secrecy.memberships import GroupingKey  # noqa: E402
from senacs.observatory.secrecy.protected_blocks import Block  # noqa: E402
from senacs.observatory.secrecy.release_attack import audit_release  # noqa: E402
from senacs.observatory.secrecy.verdict import Outcome  # noqa: E402

Result = TypeVar("Result")
PAGE = Path(settings.BASE_DIR) / "docs" / "performance" / "observatoire.md"
STRUCTURES, DEPARTEMENTS, EPCI_EACH, REGIONS = 4100, 101, 10, 18
GROUPED = 5  # départements whose Copil has drawn a grouping
TOTALS, SHARES, KEY = 60, 100, 10
# The last totals are a budget and its parts, protected together.
PARTS = 4
SAMPLE = 20  # measures protected with ten times the structures, a total and shares
NAIVE = 3  # blocks in which hiding the small cells alone is attacked
SHARES_OF = {
    "kind": {"CS": 0.58, "EVS": 0.42},
    "gestion": {"associatif": 0.66, "collectivite": 0.24, "caf": 0.06, "autre": 0.03, "inconnu": 0.01},
    "qpv": {"oui": 0.4, "non": 0.6},
    "territory_type": {"urbain": 0.78, "rural": 0.22},
    "fcsf": {"oui": 0.6, "non": 0.4},
    "taille": {"moins_3": 0.3, "de_3_a_10": 0.3, "de_10_a_20": 0.2, "plus_20": 0.2},
}


def synthetic(structures: int, times: int = 1) -> tuple[pl.DataFrame, list[Measure]]:
    """Skewed totals with 3 % of silence, shares with 2 %; one gestionnaire in ten holds several structures."""
    random = np.random.default_rng(2026)
    weights = random.gamma(2, 1, DEPARTEMENTS)
    place = random.choice(DEPARTEMENTS, structures, p=weights / weights.sum())
    columns: dict[str, object] = {
        "structure": [f"S{i:06}" for i in range(structures)],
        "holder": [f"G{i}" for i in random.integers(0, int(structures * 0.9), structures)],
        "departement": [f"D{d:03}" for d in place],
        "region": [f"R{d % REGIONS:02}" for d in place],
        "epci": [f"E{d:03}{e}" for d, e in zip(place, random.integers(0, EPCI_EACH, structures), strict=True)],
        "groupement": [
            f"D{d:03}-1" if d < GROUPED and half else ""
            for d, half in zip(place, random.random(structures) < 0.5, strict=True)
        ],
    }
    for name, shares in SHARES_OF.items():
        columns[name] = random.choice(list(shares), structures, p=list(shares.values()))
    measures = []
    for i in range(times * (TOTALS + SHARES)):
        is_total = i % (TOTALS + SHARES) < TOTALS
        values = random.lognormal(3, 1.2, structures).round() if is_total else random.random(structures) < 0.5
        silent = random.random(structures) < (0.03 if is_total else 0.02)
        columns[f"m{i}"] = [None if s else float(v) for v, s in zip(values, silent, strict=True)]
        measures.append(Measure(f"m{i}", "total" if is_total else "share", f"m{i}", is_key=i < KEY))
    units = pl.DataFrame(columns)
    *parts, total = range(TOTALS - PARTS - 1, TOTALS)
    names = [f"m{i}" for i in parts]
    units = units.with_columns(pl.sum_horizontal(names, ignore_nulls=False).alias(f"m{total}"))
    for i in parts:
        measures[i] = replace(measures[i], terms=frozenset({f"m{i}"}))
    measures[total] = replace(measures[total], terms=frozenset(names))
    return units, measures


@dataclass(frozen=True)
class Cost:
    """Processor and wall seconds, of this process and those that it started."""

    processor: float
    wall: float


def timed(work: Callable[[], Result]) -> tuple[Result, Cost]:
    before, start = _processor(), time.perf_counter()
    result = work()
    return result, Cost(_processor() - before, time.perf_counter() - start)


def _processor() -> float:
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in used)


def attacked(blocks: Sequence[Block], outcomes: Sequence[Outcome]) -> int:
    """Hidden cells that the attack looked at; every one must hold."""
    audit = audit_release(blocks, outcomes)
    if audit.failures:
        raise RuntimeError("; ".join(audit.failures[:5]))
    return audit.attacked


def naive(outcome: Outcome) -> Outcome:
    """What hiding the small and the dominated cells alone would show."""
    return replace(
        outcome,
        fates={
            variable: {cell: PUBLISHED if fate.status is Status.COMPLEMENTARY else fate for cell, fate in cells.items()}
            for variable, cells in outcome.fates.items()
        },
    )


def losses(blocks: Sequence[Block], outcomes: Sequence[Outcome]) -> dict[str, tuple[float, float]]:
    """By table, percent of the cells and of their value that are hidden."""
    cells: dict[str, list[int]] = {}
    values: dict[str, list[int]] = {}
    for block, outcome in zip(blocks, outcomes, strict=True):
        for variable, fates in outcome.fates.items():
            sums: dict[tuple[GroupingKey, object], int] = {}
            for name, labels in block.groupings.items():
                for label, value in zip(labels, block.variables[variable], strict=True):
                    sums[name, label] = sums.get((name, label), 0) + (value or 0)
            for (name, label), fate in fates.items():
                if name in block.closed or (name, label) not in sums:
                    continue
                is_hidden = not fate.is_published
                for store, weight in ((cells, 1), (values, sums[name, label])):
                    line = store.setdefault(name, [0, 0])
                    line[0] += weight * is_hidden
                    line[1] += weight
    return {name: tuple(100 * line[name][0] / max(line[name][1], 1) for line in (cells, values)) for name in cells}  # type: ignore[misc]


def aggregation(structures: int, plan: Plan, times: int = 1) -> tuple[Cost, int]:
    units, measures = synthetic(structures, times)
    cells, cost = timed(lambda: aggregate(units.lazy(), measures, plan))
    return cost, len(cells)


def protection(units: pl.DataFrame, measures: list[Measure], plan: Plan) -> tuple[Masks, Cost, Cost, int]:
    """As a release does it: what is hidden, what protecting and attacking it cost, the cells attacked."""
    masks, protecting = timed(lambda: protect(units, measures, plan))
    hidden, attacking = timed(lambda: attacked(masks.blocks, masks.outcomes))
    return masks, protecting, attacking, hidden


def number(value: float, digits: int = 1) -> str:
    return french.number(value, digits)


def line(name: str, cost: Cost, note: str) -> str:
    return f"| {name} | {number(cost.processor)} | {number(cost.wall)} | {note} |"


def page(plan: Plan) -> str:
    units, measures = synthetic(STRUCTURES)
    year, cells = aggregation(STRUCTURES, plan)
    many, many_cells = aggregation(10 * STRUCTURES, plan)
    long, long_cells = aggregation(STRUCTURES, plan, times=10)
    masks, protecting, attacking, hidden = protection(units, measures, plan)
    wide, wide_measures = synthetic(10 * STRUCTURES)
    sample = [wide_measures[KEY], *wide_measures[TOTALS : TOTALS + SAMPLE - 1]]
    _, more_protecting, more_attacking, more_hidden = protection(wide, sample, plan)
    del wide
    others, other_measures = synthetic(STRUCTURES, times=2)
    further = other_measures[TOTALS + SHARES :]
    _, next_protecting, next_attacking, next_hidden = protection(others, further, plan)

    bare = [naive(outcome) for outcome in masks.outcomes]
    keys = [i for i, block in enumerate(masks.blocks) if GroupingKey("epci") in block.groupings]
    broken = audit_release([masks.blocks[i] for i in keys[:NAIVE]], [bare[i] for i in keys[:NAIVE]])
    ours, theirs = losses(masks.blocks, masks.outcomes), losses(masks.blocks, bare)
    rows = "\n".join(
        f"| {name} | {number(theirs[name][0])} | {number(ours[name][0])} | {number(theirs[name][1])} | "
        f"{number(ours[name][1])} |"
        for name in ours
    )
    machine = f"{os.cpu_count()} processors ({platform.machine()}), load {number(os.getloadavg()[0])}"
    size = f"{STRUCTURES} synthetic respondents, {DEPARTEMENTS} départements, {DEPARTEMENTS * EPCI_EACH} EPCI"
    whole = protecting.wall + attacking.wall
    every = "\n".join(
        (
            line("aggregation of a year", year, f"{cells} cells; target 10 s"),
            line("the same, ten times the structures", many, f"{many_cells} cells"),
            line("the same, ten times the indicators", long, f"{long_cells} cells"),
            line("protection of the whole release", protecting, f"{len(masks.blocks)} blocks"),
            line(
                "attack of the whole release",
                attacking,
                f"{hidden} hidden cells; both: {number(whole, 0)} s, target 180 s",
            ),
            line("protection, ten times the structures", more_protecting, f"{SAMPLE} measures, none of them key"),
            line("attack, ten times the structures", more_attacking, f"{more_hidden} hidden cells"),
            line("protection, indicators beyond these", next_protecting, f"{len(further)} more, none of them key"),
            line("attack, indicators beyond these", next_attacking, f"{next_hidden} hidden cells"),
        )
    )
    tenfold = whole + 9 * (next_protecting.wall + next_attacking.wall)
    return f"""# The observatory: times and information lost

{clock.today():%Y-%m-%d}, `python -m bench.observatory`, {machine}.
{size}, {GROUPED} groupings, {TOTALS} totals ({PARTS} of them parts of another one)
and {SHARES} shares, {KEY} key; the tables of `data/plan.yaml`. Seconds of all processes together, and on the wall.

| | processor s | wall s | |
|---|---|---|---|
{every}

Blocks are independent: ten times the indicators is the whole release and nine times the line « beyond these »,
{number(tenfold, 0)} s. Key indicators, crossed by every table, are most of the cost: their number is what to watch.

## Information lost

Naive: cells under the threshold or dominated, hidden alone. In {NAIVE} key measures, for {broken.attacked} cells so
hidden the attack finds {len(broken.failures)} exact computations, by any reader or by a respondent alone in another
cell; for ours, none. Percent hidden, over all measures that the table is for:

| table | cells, naive | cells, ours | value, naive | value, ours |
|---|---|---|---|---|
{rows}
"""


if __name__ == "__main__":
    PAGE.write_text(page(load_plan(Path(settings.DATA_DIR) / "plan.yaml")), encoding="utf-8")
