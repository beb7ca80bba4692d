"""Small worlds drawn at random, protected, then read by a stranger: one to three dimensions, counts or values."""

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from senacs.disclosure import attack, protect
from tests.disclosure.stranger import Key, Stranger

TREE = {"A": "Total", "B": "Total", "a1": "A", "a2": "A", "b1": "B", "b2": "B", "b3": "B"}
LEAVES = {"place": ["a1", "a2", "b1", "b2", "b3"], "size": ["s", "m", "l"], "kind": ["x", "y"]}
# Zeros, ties, and what dominates a cell.
ANSWERS = (0, 1, 1, 2, 2, 5, 7, 40, 300)


def rows_of(draws: random.Random, dimensions: Sequence[str], *, counts: bool) -> list[dict[str, Any]]:
    groups: dict[Key, list[int]] = {}
    for _ in range(draws.choice((8, 20, 40, 90))):
        where = tuple(draws.choice(LEAVES[name]) for name in dimensions)
        groups.setdefault(where, []).append(draws.choice(ANSWERS))
    rows = []
    for key, answers in sorted(groups.items()):
        row = {**dict(zip(dimensions, key, strict=True)), "n": len(answers)}
        if not counts:
            first, second, *_ = [*sorted(answers, reverse=True), 0]
            row |= {"v": sum(answers), "m1": first, "m2": second}
        rows.append(row)
    return rows


def is_under(code: str, above: str) -> bool:
    while code not in {above, "Total"}:
        code = TREE.get(code, "Total")
    return code == above


def truth_of(rows: Sequence[Mapping[str, Any]], dimensions: Sequence[str], key: Key, figure: str) -> int:
    return sum(r[figure] for r in rows if all(is_under(r[d], c) for d, c in zip(dimensions, key, strict=True)))


@dataclass
class Findings:
    """What a stranger finds of one world, in English; `shown` and `hidden` cells."""

    exact: list[str] = field(default_factory=list)
    narrow: list[str] = field(default_factory=list)
    refused: tuple[str, ...] = ()
    attack_holds: bool = True
    shown: int = 0
    hidden: int = 0


def examined(seed: int) -> Findings:
    """Draws, protects, attacks: each hidden cell must leave another whole number, and the margin on both sides."""
    draws = random.Random(seed)
    dimensions = draws.choice((["place"], ["size"], ["place", "size"], ["size", "kind"], ["place", "size", "kind"]))
    counts, threshold, margin = draws.random() < 0.5, draws.choice((3, 4, 5)), draws.choice((0, 0, 10))
    rows = rows_of(draws, dimensions, counts=counts)
    options: dict[str, Any] = {
        "dimensions": {name: {"hierarchy": TREE} if name == "place" else None for name in dimensions},
        "frequency": "n",
        "rules": {"threshold": threshold},
        "margin": margin,
    }
    if not counts:
        options |= {"value": "v", "largest": ["m1", "m2"]}
        options["rules"] |= {"dominance": [[1, 85]], "p_percent": 10}
    protected = protect({"t": rows}, **options)
    figure = "n" if counts else "v"
    stranger = Stranger(protected.tables, dimensions, figure, parents={"place": TREE}, counts=counts, whole=True)
    found = Findings(
        refused=protected.failures,
        attack_holds=attack({"t": rows}, protected.tables, **options).holds,
        shown=len(stranger.shown),
        hidden=len(stranger.unknown),
    )
    for key in stranger.unknown:
        true = truth_of(rows, dimensions, key, figure)
        low, high = stranger.interval([key])
        assert low - 1e-6 <= true <= high + 1e-6, "the stranger's equations are wrong"
        told = f"{' × '.join(key)}: {true} between {low:g} and {high:g}"
        asked = true * margin / 100 - 1e-6
        if high - low < 1 - 1e-6:
            found.exact.append(told)
        elif high < true + min(asked, stranger.high[key] - true) or low > true - min(asked, true - stranger.low[key]):
            found.narrow.append(told)
    return found
