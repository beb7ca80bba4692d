"""Simulated silence: what estimates are worth when true totals are known: `python -m bench.silence [HOW MANY]`.

Writes docs/performance/silence.md. The world is rough and unknown to the method: levels of its own for each
département and région, heavy-tailed yearly changes, jumps that last, gross errors left in old answers. Silence is drawn
in it five ways; answers of the years before are silent in the same manner. What the product estimates is held against
the truth, and against two simpler ways of raising.
"""

import os
import platform
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from math import isfinite, sqrt
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from senacs.lib import french
from senacs.lib.parallel import spread
from senacs.observatory.figures.estimation import Estimate, predict, raise_total
from senacs.observatory.figures.survey_units import SurveyUnit

PAGE = Path(__file__).resolve().parents[1] / "docs" / "performance" / "silence.md"
WORLDS, FIRST_SEED = 200, 1_000
STRUCTURES, DEPARTEMENTS, REGIONS, YEARS = 4_100, 101, 18, 5
ANSWERING = 0.73
# What one year's silence says of another's.
LASTING = 0.8
# So strong that the mean of respondents errs by 16 to 20 % for France, as in what the method was first tried on.
PULL, PULL_WITHIN = 0.6, 1.0
LEVELS = ("France", "régions", "départements")
Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]


@dataclass(frozen=True)
class World:
    """One network: amounts by structure, this year first; where each is."""

    is_centre: Bools
    departement: NDArray[np.int64]
    region: NDArray[np.int64]
    years: Floats

    @property
    def size(self) -> Floats:
        """The lasting size of each structure, as a standard score."""
        level = np.log(self.years).mean(axis=0)
        return np.asarray((level - level.mean()) / level.std())

    @property
    def size_within_kind(self) -> Floats:
        level = np.log(self.years).mean(axis=0)
        found = np.empty_like(level)
        for kind in (self.is_centre, ~self.is_centre):
            found[kind] = (level[kind] - level[kind].mean()) / level[kind].std()
        return found


def world(rng: np.random.Generator) -> World:
    """Budgets of 2,400 centres and 1,700 espaces: log-normal, with territorial levels, t₃ changes and lasting jumps."""
    is_centre = rng.random(STRUCTURES) < 24 / 41
    weights = rng.lognormal(0, 0.6, DEPARTEMENTS)
    departement = rng.choice(DEPARTEMENTS, STRUCTURES, p=weights / weights.sum())
    region_of = np.sort(rng.integers(0, REGIONS, DEPARTEMENTS))
    region = region_of[departement]
    level = np.where(is_centre, np.log(620_000), np.log(85_000)) + rng.normal(0, 1, STRUCTURES) * np.where(
        is_centre, 0.45, 0.55
    )
    level += rng.normal(0, 0.12, DEPARTEMENTS)[departement] + rng.normal(0, 0.06, REGIONS)[region]
    growth = 0.02 + rng.normal(0, 0.02, DEPARTEMENTS)[departement]
    years = []
    for _ in range(YEARS):
        jumps = np.where(rng.random(STRUCTURES) < 0.02, rng.choice([-1, 1], STRUCTURES) * rng.uniform(0.4, 0.9), 0.0)
        level = level + growth + jumps
        years.append(np.exp(level + 0.08 * rng.standard_t(3, STRUCTURES).clip(-6, 6)))
    return World(is_centre, departement, region, np.rint(np.array(years[::-1])))


def answering(world: World, rng: np.random.Generator, pull: Floats, lasting: float = LASTING) -> Bools:
    """Who answers each year: a lasting inclination and that of the year, plus `pull`, cut where 73 % answer."""
    steady = rng.normal(0, 1, STRUCTURES)
    found = []
    for _ in range(YEARS):
        inclination = sqrt(lasting) * steady + sqrt(1 - lasting) * rng.normal(0, 1, STRUCTURES) + pull
        found.append(inclination > np.quantile(inclination, 1 - ANSWERING))
    return np.array(found)


Scenario = Callable[[World, np.random.Generator], Bools]


def _random(world: World, rng: np.random.Generator) -> Bools:
    return answering(world, rng, np.zeros(STRUCTURES))


def _small(world: World, rng: np.random.Generator) -> Bools:
    return answering(world, rng, PULL * world.size)


def _large(world: World, rng: np.random.Generator) -> Bools:
    return answering(world, rng, -PULL * world.size)


def _within_kind(world: World, rng: np.random.Generator) -> Bools:
    return answering(world, rng, PULL_WITHIN * world.size_within_kind)


def _departements(world: World, rng: np.random.Generator) -> Bools:
    """Eight départements answer nothing this year, one of them never did."""
    answered = answering(world, rng, np.zeros(STRUCTURES))
    absent = rng.choice(DEPARTEMENTS, 8, replace=False)
    answered[0] &= ~np.isin(world.departement, absent)
    answered[:, world.departement == absent[0]] = False
    return answered


SCENARIOS: dict[str, Scenario] = {
    "au hasard": _random,
    "les petites": _small,
    "les grandes": _large,
    "les petites de chaque type": _within_kind,
    "huit départements": _departements,
}
# Where silence goes with size or kind.
INFORMATIVE = ("les petites", "les grandes", "les petites de chaque type")


def units_of(world: World, answered: Bools, rng: np.random.Generator) -> list[SurveyUnit]:
    """What the product would know: answers of five years, one old answer in two hundred grossly wrong."""
    told = world.years * np.where(rng.random(world.years.shape) < 0.005, 10.0, 1.0)
    told[0] = world.years[0]
    units = []
    rows = zip(world.is_centre.tolist(), world.departement.tolist(), world.region.tolist(), strict=True)
    for i, (is_centre, departement, region) in enumerate(rows):
        kind = "CS" if is_centre else "EVS"
        places = ("F", f"R{region}", f"D{departement}")
        known = [(gap, float(told[gap, i])) for gap in range(1, YEARS) if answered[gap, i]]
        units.append(
            SurveyUnit(
                structure=str(i),
                territories=(*places, *(f"{place}/{kind}" for place in places)),
                means=(("D", departement, kind), ("R", region, kind), ("F", "F", kind)),
                ratios=((kind, region), (kind,)),
                y=float(world.years[0, i]) if answered[0, i] else None,
                x=known[0][1] if known and known[0][0] == 1 else None,
                earlier=tuple(one for one in known if one[0] > 1),
            )
        )
    return units


@dataclass(frozen=True, slots=True)
class Reading:
    """One territory in one world: errors in parts of the true value; whether each range holds it, None without one."""

    scenario: str
    level: str
    what: str  # total, or mean of one kind
    product: float
    chain: float
    plain: float
    in_interval: bool | None
    in_band: bool | None
    half_band: float
    half_interval: float


def readings(job: tuple[str, int]) -> list[Reading]:
    """Every territory of one world of one scenario."""
    scenario, seed = job
    rng = np.random.default_rng([seed, list(SCENARIOS).index(scenario)])
    here = world(rng)
    answered = SCENARIOS[scenario](here, rng)
    units = units_of(here, answered, rng)
    return [*_read(scenario, here, units)]


def _read(scenario: str, here: World, units: Sequence[SurveyUnit]) -> list[Reading]:
    predictions = predict(units)
    by_place = _grouped(units, lambda unit: unit.territories)
    predicted = _grouped(predictions, lambda prediction: prediction.territories)
    chained = _chain(units)
    truth = dict(zip((unit.structure for unit in units), here.years[0].tolist(), strict=True))
    found = []
    for place, members in by_place.items():
        estimate = raise_total(members, predicted.get(place, ()), place)
        if estimate is None:
            continue
        true = sum(truth[unit.structure] for unit in members)
        declared = [unit.y for unit in members if unit.y is not None]
        found.append(
            Reading(
                scenario,
                {"F": "France", "R": "régions", "D": "départements"}[place[0]],
                "moyenne" if "/" in place else "total",
                estimate.value / true - 1,
                sum(chained[unit.structure] for unit in members) / true - 1,
                sum(declared) / len(declared) * len(members) / true - 1,
                _holds(estimate.low, estimate.high, true),
                _holds(estimate.band_low, estimate.band_high, true),
                _half(estimate.band_low, estimate.band_high, estimate),
                _half(estimate.low, estimate.high, estimate),
            )
        )
    return found


def _grouped(rows: Sequence[Any], places: Callable[[Any], Sequence[str]]) -> dict[str, list[Any]]:
    found: dict[str, list[Any]] = {}
    for row in rows:
        for place in places(row):
            found.setdefault(place, []).append(row)
    return found


def _holds(low: float | None, high: float | None, true: float) -> bool | None:
    return None if low is None or high is None else low <= true <= high


def _half(low: float | None, high: float | None, estimate: Estimate) -> float:
    return float("nan") if low is None or high is None else (high - low) / 2 / estimate.value


def _chain(units: Sequence[SurveyUnit]) -> dict[str, float]:
    """The simpler way: last year's answer times the ratio of its kind and size, else the mean of its kind nearby."""
    ratios: dict[Any, list[tuple[float, float]]] = {}
    means: dict[Any, list[float]] = {}
    for unit in units:
        if unit.y is not None:
            for mean in unit.means:
                means.setdefault(mean, []).append(unit.y)
            if unit.x is not None:
                ratios.setdefault(unit.kind, []).append((unit.y, unit.x))
    found = {}
    for unit in units:
        if unit.y is not None:
            found[unit.structure] = unit.y
        elif unit.x is not None:
            pairs = ratios[unit.kind]
            found[unit.structure] = unit.x * sum(y for y, _ in pairs) / sum(x for _, x in pairs)
        else:
            values = next(means[m] for m in unit.means if len(means.get(m, ())) >= 3)
            found[unit.structure] = sum(values) / len(values)
    return found


@dataclass(frozen=True, slots=True)
class Line:
    """One scenario, level and quantity over all worlds: percents."""

    scenario: str
    level: str
    what: str
    bias: float
    error: float
    chain: float
    plain: float
    interval: float
    band: float
    half_band: float
    half_interval: float


def summary(found: Sequence[Reading]) -> list[Line]:
    lines = []
    for scenario in SCENARIOS:
        for level in LEVELS:
            for what in ("total", "moyenne"):
                rows = [r for r in found if (r.scenario, r.level, r.what) == (scenario, level, what)]
                lines.append(_line(scenario, level, what, rows))
    return lines


def _line(scenario: str, level: str, what: str, rows: Sequence[Reading]) -> Line:
    def rms(values: Sequence[float]) -> float:
        return 100 * sqrt(sum(v * v for v in values) / len(values))

    def covered(values: Sequence[bool | None]) -> float:
        known = [v for v in values if v is not None]
        return 100 * sum(known) / len(known)

    def mean(values: Sequence[float]) -> float:
        known = [v for v in values if isfinite(v)]
        return 100 * sum(known) / len(known)

    return Line(
        scenario,
        level,
        what,
        mean([r.product for r in rows]),
        rms([r.product for r in rows]),
        rms([r.chain for r in rows]),
        rms([r.plain for r in rows]),
        covered([r.in_interval for r in rows]),
        covered([r.in_band for r in rows]),
        mean([r.half_band for r in rows]),
        mean([r.half_interval for r in rows]),
    )


@dataclass(frozen=True, slots=True)
class Goal:
    """What was asked, the worst that was found and where; `is_held`."""

    words: str
    found: str
    is_held: bool


# By level: how much less error than the mean of respondents times all structures, and than last year's answer alone.
LESS_THAN_PLAIN = {"France": 75, "régions": 60, "départements": 55}
LESS_THAN_CHAIN = {"France": 45, "régions": 30, "départements": 25}
LEAST_COVERED, WIDEST, WIDEST_WITHOUT_LARGE = 90, 3, 8


def goals(lines: Sequence[Line]) -> list[Goal]:
    totals = [line for line in lines if line.what == "total"]
    informative = [line for line in totals if line.scenario in INFORMATIVE]
    found = []
    for words, other, asked in (
        ("moyenne des répondantes × nombre", lambda line: line.plain, LESS_THAN_PLAIN),
        ("seule réponse de l’an passé", lambda line: line.chain, LESS_THAN_CHAIN),
    ):
        for level, least in asked.items():
            gains = {line.scenario: 100 * (1 - line.error / other(line)) for line in informative if line.level == level}
            worst = min(gains, key=gains.__getitem__)
            found.append(
                Goal(
                    f"erreur réduite d’au moins {least} % ({level}), contre {words}",
                    f"{gains[worst]:.0f} % ({worst})",
                    gains[worst] >= least,
                )
            )
    worst_line = min(totals, key=lambda line: line.band)
    found.append(
        Goal(
            f"la bande contient le vrai total au moins {LEAST_COVERED} fois sur 100, partout",
            f"{worst_line.band:.0f} ({worst_line.scenario}, {worst_line.level})",
            worst_line.band >= LEAST_COVERED,
        )
    )
    france = [line for line in totals if line.level == "France"]
    for words, widest, chosen in (
        ("sauf si les grandes se taisent", WIDEST, [line for line in france if line.scenario != "les grandes"]),
        (
            "si les grandes se taisent",
            WIDEST_WITHOUT_LARGE,
            [line for line in france if line.scenario == "les grandes"],
        ),
    ):
        wide = max(chosen, key=lambda line: line.half_band)
        found.append(
            Goal(
                f"demi-largeur de la bande de France d’au plus {widest} %, {words}",
                f"{_percent(wide.half_band)} % ({wide.scenario})",
                wide.half_band <= widest,
            )
        )
    return found


def _percent(value: float) -> str:
    return f"{value:.1f}".replace(".", ",").replace("-", "−")


def _table(lines: Sequence[Line], what: str) -> str:
    head = (
        "| silence | | biais | erreur | l’an passé seul | moyenne × nombre | intervalle | bande | demi-largeur |\n"
        "|---|---|--:|--:|--:|--:|--:|--:|--:|"
    )
    rows = [
        f"| {line.scenario} | {line.level} | {_percent(line.bias)} | {_percent(line.error)} | {_percent(line.chain)} | "
        f"{_percent(line.plain)} | {line.interval:.0f} | {line.band:.0f} | {_percent(line.half_band)} |"
        for line in lines
        if line.what == what
    ]
    return "\n".join([head, *rows])


def page(lines: Sequence[Line], worlds: int, seconds: float) -> str:
    load = ", ".join(f"{x:.1f}".replace(".", ",") for x in os.getloadavg())
    asked = "\n".join(f"| {g.words} | {g.found} | {'tenu' if g.is_held else '**manqué**'} |" for g in goals(lines))
    return f"""# Ce que valent les estimations quand on se tait

Écrit par `python -m bench.silence {worlds}` le {french.long_date(datetime.now(tz=UTC).date())},
{os.cpu_count()} processeurs, Python {platform.python_version()}, charge {load} : {seconds:.0f} s de processeur.

{french.plural(worlds, "monde")} par façon de se taire, chacun de {french.number(STRUCTURES)} structures dont le vrai
total est connu. Le monde est rude et la méthode n’en sait rien : chaque département et chaque région a son niveau et sa
croissance, les budgets changent d’une année à l’autre avec des queues lourdes (t₃, 8 %), 2 % sautent durablement de 40
à 90 %, une ancienne réponse sur deux cents est dix fois trop grande. 27 % se taisent chaque année, surtout les mêmes.
« Huit départements » : ils manquent cette année, l’un d’eux depuis toujours. Ce que le logiciel estime
(`figures/estimation.py`) est comparé au vrai total, ainsi que deux façons plus simples : la réponse de l’an passé
seule, à défaut la moyenne du type ; et la moyenne des répondantes multipliée par le nombre de structures.

## Objectifs
| demandé, pour les totaux | trouvé au pire | |
|---|---|---|
{asked}

Un objectif manqué l’est ici en toutes lettres : la page qui publie l’estimation donne sa bande.

## Totaux
En pour cent du vrai total. Erreur : racine de la moyenne des carrés. Intervalle et bande : nombre de fois sur cent où
ils contiennent le vrai total, parmi les territoires d’au moins dix répondantes. Demi-largeur : celle de la bande.

{_table(lines, "total")}

## Moyennes d’un type
La moyenne d’un type est son total estimé divisé par le nombre que le registre en connaît : mêmes colonnes.

{_table(lines, "moyenne")}
"""


def main(worlds: int) -> int:
    # Seeds apart from those with which the method was written.
    jobs = [(scenario, FIRST_SEED + seed) for scenario in SCENARIOS for seed in range(worlds)]
    started = time.perf_counter()
    timed = spread(_timed, jobs)
    lines = summary([reading for found, _ in timed for reading in found])
    PAGE.write_text(page(lines, worlds, sum(seconds for _, seconds in timed)), encoding="utf-8")
    sys.stderr.write(f"{time.perf_counter() - started:.0f} s\n")
    return 0


def _timed(job: tuple[str, int]) -> tuple[list[Reading], float]:
    started = time.process_time()
    return readings(job), time.process_time() - started


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else WORLDS))
