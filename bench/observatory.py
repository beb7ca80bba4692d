"""The statistical core on synthetic structures of real size: aggregation, protection, attack, information lost.

`python -m bench.observatory` writes docs/performance/observatoire.md. Times are processor seconds of one process. A
release protects each measure apart, on all processors: a sample of measures gives the cost of each, and of them all.
"""

import os
import platform
import time
from dataclasses import dataclass, replace
from pathlib import Path

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
django.setup()

import numpy as np  # noqa: E402
import polars as pl  # noqa: E402
from django.conf import settings  # noqa: E402

from senacs.lib import clock, french  # noqa: E402
from senacs.observatory.aggregate import Measure, aggregate  # noqa: E402
from senacs.observatory.audit import audit_release  # noqa: E402
from senacs.observatory.blocks import Block, Outcome, make_blocks, solve  # noqa: E402
from senacs.observatory.enums import CellStatus  # noqa: E402
from senacs.observatory.plan import Plan, load_plan  # noqa: E402

PAGE = Path(settings.BASE_DIR) / "docs" / "performance" / "observatoire.md"
STRUCTURES, DEPARTEMENTS, EPCI_EACH, REGIONS = 4100, 101, 10, 18
TOTALS, SHARES, KEY = 60, 100, 10
SAMPLE_KEY, SAMPLE = 3, 8
SHARES_OF = {
    "kind": {"CS": 0.58, "EVS": 0.42},
    "gestion": {"associatif": 0.66, "collectivite": 0.24, "caf": 0.06, "autre": 0.03, "inconnu": 0.01},
    "qpv": {"oui": 0.4, "non": 0.6},
    "territory_type": {"urbain": 0.78, "rural": 0.22},
    "fcsf": {"oui": 0.6, "non": 0.4},
    "taille": {"moins_3": 0.3, "de_3_a_10": 0.3, "de_10_a_20": 0.2, "plus_20": 0.2},
}


def synthetic(structures: int) -> tuple[pl.DataFrame, list[Measure]]:
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
        "groupement": [""] * structures,
    }
    for name, shares in SHARES_OF.items():
        columns[name] = random.choice(list(shares), structures, p=list(shares.values()))
    measures = []
    for i in range(TOTALS + SHARES):
        is_total = i < TOTALS
        values = random.lognormal(3, 1.2, structures).round() if is_total else random.random(structures) < 0.5
        silent = random.random(structures) < (0.03 if is_total else 0.02)
        columns[f"m{i}"] = [None if s else float(v) for v, s in zip(values, silent, strict=True)]
        measures.append(Measure(f"m{i}", "total" if is_total else "share", f"m{i}", is_key=i < KEY))
    return pl.DataFrame(columns), measures


@dataclass
class Protected:
    """Seconds by step for some measures, and what was hidden."""

    protection: float
    attack: float
    blocks: list[Block]
    outcomes: list[Outcome]

    def per_measure(self) -> float:
        return (self.protection + self.attack) / len(self.blocks)


def protected(units: pl.DataFrame, measures: list[Measure], plan: Plan) -> Protected:
    start = time.process_time()
    blocks = make_blocks(units, measures, plan).blocks
    outcomes = [solve(block) for block in blocks]
    solved = time.process_time()
    audit = audit_release(blocks, outcomes)
    if audit.failures:
        raise RuntimeError("; ".join(audit.failures[:5]))
    return Protected(solved - start, time.process_time() - solved, blocks, outcomes)


def naive(outcome: Outcome) -> Outcome:
    """What hiding the small and the dominated cells alone would show."""
    shown = (str(CellStatus.PUBLISHED), "")
    return replace(
        outcome,
        fates={
            variable: {cell: shown if fate[0] == CellStatus.COMPLEMENTARY else fate for cell, fate in cells.items()}
            for variable, cells in outcome.fates.items()
        },
    )


def losses(found: Protected, outcomes: list[Outcome]) -> dict[str, tuple[float, float]]:
    """By table, percent of the cells and of their value that are hidden."""
    cells: dict[str, list[int]] = {}
    values: dict[str, list[int]] = {}
    for block, outcome in zip(found.blocks, outcomes, strict=True):
        for variable, fates in outcome.fates.items():
            sums: dict[tuple[str, object], int] = {}
            for name, labels in block.groupings.items():
                for label, value in zip(labels, block.variables[variable], strict=True):
                    sums[name, label] = sums.get((name, label), 0) + (value or 0)
            for (name, label), (status, _) in fates.items():
                is_hidden = status != CellStatus.PUBLISHED
                for store, weight in ((cells, 1), (values, sums[name, label])):
                    line = store.setdefault(name, [0, 0])
                    line[0] += weight * is_hidden
                    line[1] += weight
    return {name: tuple(100 * line[name][0] / max(line[name][1], 1) for line in (cells, values)) for name in cells}  # type: ignore[misc]


def aggregation(structures: int, plan: Plan) -> tuple[float, float, int]:
    """Processor and wall seconds, cells."""
    units, measures = synthetic(structures)
    processor, wall = time.process_time(), time.perf_counter()
    cells = aggregate(units.lazy(), measures, plan)
    return time.process_time() - processor, time.perf_counter() - wall, len(cells)


def page(plan: Plan) -> str:
    units, measures = synthetic(STRUCTURES)
    once, tenfold = aggregation(STRUCTURES, plan), aggregation(10 * STRUCTURES, plan)
    key = protected(units, measures[:SAMPLE_KEY], plan)
    other = protected(units, measures[TOTALS - SAMPLE // 2 : TOTALS + SAMPLE // 2], plan)
    whole = KEY * key.per_measure() + (TOTALS + SHARES - KEY) * other.per_measure()
    bare = [naive(outcome) for outcome in key.outcomes]
    broken = audit_release(key.blocks, bare)
    ours, theirs = losses(key, key.outcomes), losses(key, bare)

    def number(value: float, digits: int = 1) -> str:
        return french.number(value, digits)

    rows = "\n".join(
        f"| {name} | {number(theirs[name][0])} | {number(ours[name][0])} | {number(theirs[name][1])} | "
        f"{number(ours[name][1])} |"
        for name in ours
    )
    machine = f"{os.cpu_count()} processors ({platform.machine()}), load {number(os.getloadavg()[0])}"
    size = f"{STRUCTURES} synthetic respondents, {DEPARTEMENTS} départements, {DEPARTEMENTS * EPCI_EACH} EPCI"
    costs = "\n".join(
        f"| {step} of {name} | {number(seconds / len(found.blocks), 2)} | | mean of {len(found.blocks)}, {tables} |"
        for found, name, tables in (
            (key, "a key measure", "all tables"),
            (other, "another measure", "France, régions, départements"),
        )
        for step, seconds in (("protection", found.protection), ("attack", found.attack))
    )
    everything = f"{number(whole, 0)} | {number(whole / (os.cpu_count() or 1), 0)}"
    return f"""# The observatory: times and information lost

{clock.today():%Y-%m-%d}, `python -m bench.observatory`, {machine}.
{size}, {TOTALS} totals and {SHARES} shares, the tables of `data/plan.yaml`.

| | processor s | wall s | |
|---|---|---|---|
| aggregation of a year | {number(once[0])} | {number(once[1])} | {once[2]} cells; target 10 s |
| the same, ten times the structures | {number(tenfold[0])} | {number(tenfold[1])} | {tenfold[2]} cells |
{costs}
| protection and attack of all {TOTALS + SHARES} | {everything} | extrapolated to all processors; target 180 s |

Families of totals and parts (a budget and its funders), a few blocks of a real release, are not in these figures.

## Information lost, key totals

Naive: cells under the threshold or dominated, hidden alone. For its {broken.attacked} hidden cells the attack finds
{len(broken.failures)} exact computations, by any reader or by a respondent alone in another cell; for ours, none.
Percent hidden:

| table | cells, naive | cells, ours | value, naive | value, ours |
|---|---|---|---|---|
{rows}
"""


if __name__ == "__main__":
    PAGE.write_text(page(load_plan(Path(settings.DATA_DIR) / "plan.yaml")), encoding="utf-8")
