"""Random campaigns of five releases, protected one after the other as the build does, then attacked from outside.

Between two releases answers are corrected, some come late, some leave; two groupings are drawn, three local figures are
given where protection allows them. One total is the sum of two others, one question is a sensitive « oui », one
counts whole people.
"""

import json
import random
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import polars as pl

from senacs.disclosure.attacker.outside.files import GROUP, Figure, LocalTable, Published, read_release
from senacs.disclosure.attacker.outside.league import League, attack_published
from senacs.observatory.definitions.publication_plan import Dimension, Plan, Rules, Table
from senacs.observatory.earlier_figures import EarlierFigures
from senacs.observatory.enums import CellStatus
from senacs.observatory.figures.cells import Measure, aggregate, cell_columns, rounded
from senacs.observatory.secrecy.masks import apply, for_readers, kept_as_shown, protect
from senacs.observatory.secrecy.protected_blocks import Earlier

RELEASES = 5
MEASURES = [
    Measure("budget", "total", "budget", is_key=True, terms=frozenset({"caf", "reste"})),
    Measure("caf", "total", "caf", terms=frozenset({"caf"})),
    Measure("reste", "total", "reste", terms=frozenset({"reste"})),
    Measure("benevoles", "total", "benevoles", is_key=True, terms=frozenset({"benevoles"})),
    Measure("deficit", "share", "deficit", sensitive=True),
]
FIELDS = ("budget", "caf", "reste", "benevoles", "deficit")
KINDS = Dimension("kind", "Type", {"CS": "Centres sociaux", "EVS": "EVS"})
PLAN = Plan(
    dimensions={"kind": KINDS},
    tables=(
        Table("france", ()),
        Table("france", ("kind",)),
        Table("departement", ()),
        Table("departement", ("kind",)),
        Table("groupement", (), is_key=True),
    ),
    rules=Rules(threshold=5, p_percent=10, margin=10, each_side=2, coalition=2),
)


@dataclass
class Campaign:
    """What was published of a world, and given of it: figures shown, those that a release refused to carry."""

    releases: list[Published] = field(default_factory=list)
    local: list[LocalTable] = field(default_factory=list)
    shown: int = 0
    hidden: int = 0
    league: League = field(default_factory=League)


def examined(seed: int) -> Campaign:
    """One world, five releases, and what the attacker finds in all of them together."""
    found = Campaign()
    given: list[EarlierFigures] = []
    earlier: list[Earlier] = []
    with tempfile.TemporaryDirectory() as folder:
        for number, units in enumerate(releases(seed), 1):
            name = f"2025-{number}"
            cells = _protected(units, earlier, given)
            found.releases.append(_published(Path(folder) / name, name, cells, units))
            status = cells.filter(pl.col("statistic").is_in(["sum", "count"]))["status"]
            found.shown += int((status == CellStatus.PUBLISHED).sum())
            found.hidden += int((status != CellStatus.PUBLISHED).sum())
            fresh = cells.filter(pl.col("status") == CellStatus.PUBLISHED)
            for older in earlier:
                fresh = fresh.join(older.cells, on=list(cell_columns(PLAN)), how="anti")
            earlier.append(Earlier(units, fresh, name))
            if number in {1, 2, 4}:
                figures, table = _local(seed + number, name, units, earlier, given)
                given += figures
                found.local += table
    found.league = attack_published(found.releases, found.local)
    return found


def releases(seed: int) -> Iterator[pl.DataFrame]:
    """The answers behind each release, as measures.evaluate gives them."""
    draws = random.Random(seed)
    people: dict[str, tuple[str, str, str]] = {}
    for departement in ("26", "38", "69"):
        for kind in ("CS", "EVS"):
            for i in range(draws.choice((2, 4, 6, 9, 12, 15))):
                people[f"{departement}{kind}{i}"] = (departement, kind, f"G{draws.randrange(60)}")
    answers = {code: _drawn(draws) for code in people}
    late = {code: draws.choice((2, 3, 4)) for code in people if draws.random() < 0.08}
    gone = {code: draws.choice((3, 4, 5)) for code in people if draws.random() < 0.03}
    # A grouping of a few, and the same with one more: the difference is one structure.
    first = [code for code in people if code.startswith("69")][: draws.choice((8, 12, 16))]
    others = [code for code in people if code.startswith("38")][: draws.choice((7, 10))]
    for number in range(1, RELEASES + 1):
        for code in people:
            if number > 1 and draws.random() < 0.06:
                answers[code] = _drawn(draws)
        drawn = dict.fromkeys(others, "38-1") | dict.fromkeys(first, "69-1") if number > 1 else {}
        here = [c for c in people if late.get(c, 0) <= number < gone.get(c, RELEASES + 1)]
        rows = [(c, people[c][2], people[c][0], people[c][1], drawn.get(c, ""), *answers[c]) for c in here]
        schema = ["structure", "holder", "departement", "kind", "groupement", *FIELDS]
        frame = pl.DataFrame(rows, schema=schema, orient="row").with_columns(pl.lit("84").alias("region"))
        yield frame.with_columns(pl.col(FIELDS).cast(pl.Float64))


def _drawn(draws: random.Random) -> tuple[float | None, ...]:
    """budget, caf, reste, benevoles, deficit of one structure; some leave volunteers out."""
    scale = draws.choice((1, 1, 1, 1, 8))
    caf, rest = scale * draws.choice((0, 12_000, 25_000, 31_500)), scale * draws.choice((0, 4_000, 40_000, 95_000))
    volunteers = None if draws.random() < 0.1 else draws.choice((0, 0, 1, 3, 8, 20, 45))
    return caf + rest, caf, rest, volunteers, float(draws.random() < draws.choice((0.2, 0.8)))


def _protected(units: pl.DataFrame, earlier: Sequence[Earlier], given: Sequence[EarlierFigures]) -> pl.DataFrame:
    cells = rounded(aggregate(units.lazy(), MEASURES, PLAN), MEASURES, PLAN.rules)
    made = protect(units, MEASURES, PLAN, earlier=earlier, local=given)
    return for_readers(kept_as_shown(apply(cells, made, PLAN), earlier, PLAN))


def _local(
    seed: int, name: str, units: pl.DataFrame, earlier: Sequence[Earlier], given: Sequence[EarlierFigures]
) -> tuple[list[EarlierFigures], list[LocalTable]]:
    """The figures of some structures together: those that protection, which knows all that was shown, lets out."""
    draws = random.Random(seed)
    of = units.filter(pl.col("departement") == draws.choice(("38", "69")))["structure"].to_list()
    members = frozenset(draws.sample(of, min(len(of), draws.choice((7, 10, 14)))))
    inside = pl.col("structure").is_in(sorted(members))
    asked = units.with_columns(pl.when(inside).then(pl.lit("ici")).otherwise(pl.lit("")).alias("groupement"))
    made = protect(asked, MEASURES, PLAN, earlier=earlier, local=given)
    told = apply(aggregate(asked.lazy(), MEASURES, PLAN), made, PLAN)
    wanted = told.filter(pl.col("territory") == "ici", pl.col("statistic").is_in(["sum", "count"]))
    shown = wanted.filter(pl.col("status") == CellStatus.PUBLISHED).select("indicator", "value", "n").rows()
    if not shown:
        return [], []
    figures = EarlierFigures(
        f"locale {name}", name, members, frozenset((code, "") for code, _, _ in shown), frozenset()
    )
    return [figures], [
        LocalTable(name, members, [Figure(code, GROUP, "", (), value, n, 0.5) for code, value, n in shown])
    ]


def _published(folder: Path, name: str, cells: pl.DataFrame, units: pl.DataFrame) -> Published:
    """Written and read as everybody downloads it; who answered, their gestionnaire and the truth beside."""
    folder.mkdir()
    cells.write_parquet(folder / "cells.parquet")
    communes: dict[str, list[str]] = {}
    for code, structure in units.select("groupement", "structure").iter_rows():
        if code:
            communes.setdefault(code, []).append(structure)
    note = {
        "name": name,
        "year": 2025,
        "plan": {"dimensions": {"kind": {}}, "rules": {"threshold": 5, "p_percent": 10}},
        "indicators": [
            {
                "code": one.indicator,
                "kind": one.kind,
                "formula": " + ".join(sorted(one.terms)) or one.indicator,
                "population": "",
                "sensitive": one.sensitive,
                "decimals": one.decimals,
            }
            for one in MEASURES
        ],
        "groupings": [{"code": code, "communes": inside} for code, inside in communes.items()],
    }
    (folder / "methodology.json").write_text(json.dumps(note), encoding="utf-8")
    register = units.select("structure", "departement", "kind", pl.col("holder").alias("gestionnaire_key"))
    register = register.with_columns(pl.col("structure").alias("commune"))
    return read_release(folder, register, truth=units.select("structure", *FIELDS))
