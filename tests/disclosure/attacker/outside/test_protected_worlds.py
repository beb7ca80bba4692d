"""Random worlds, protected as releases are and read by the attacker from outside; then with a rule taken away."""

import random
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from senacs.disclosure import contributors, exact_audit
from senacs.disclosure.attacker.outside.league import OUTSIDER, PAIR, League
from senacs.disclosure.contributors import Contributors, protect_contributors
from senacs.disclosure.suppression import Plan
from senacs.disclosure.tables import Rules
from tests.disclosure.attacker.outside.worlds import league, read, write_release

RULES = Rules(threshold=5, dominance=((1, 85),), p_percent=10, coalition=2)
People = dict[str, tuple[str, str, str]]


def drawn(seed: int) -> tuple[People, dict[str, float]]:
    """Three départements of two to twelve structures of each type; a gestionnaire has one or two of them."""
    draws = random.Random(seed)
    people = {}
    for departement in ("26", "38", "69"):
        for kind in ("CS", "EVS"):
            for i in range(draws.choice((2, 3, 4, 5, 6, 9, 12))):
                people[f"{departement}{kind}{i}"] = (departement, kind, f"G{draws.randrange(45)}")
    amounts = (0, 0, 1, 3, 20, 25, 30, 40, 55, 80, 300)
    values = {code: float(draws.choice(amounts)) for code in people}
    if seed % 3 == 0:  # a type of structure that is much larger than the other
        values = {code: value * 200 if people[code][1] == "CS" else value for code, value in values.items()}
    return people, values


def attacked(folder: Path, seed: int, rules: Rules = RULES, margin: float = 10) -> League:
    """What the attacker finds of one world, protected by these rules."""
    people, values = drawn(seed)
    groupings: Mapping[str, list[Any]] = {
        "france": ["FR" for _ in people],
        "departement": [departement for departement, _, _ in people.values()],
        "departement kind": [(departement, kind) for departement, kind, _ in people.values()],
    }
    holders = [holder for _, _, holder in people.values()]
    made = protect_contributors(
        Contributors(holders, groupings), {"budget": list(values.values())}, rules, margin=margin
    )
    assert not made.failures, seed
    shown = [
        " ".join(("budget", grouping.split()[0], *((label,) if isinstance(label, str) else label)))
        for (grouping, label), outcome in made.outcomes["budget"].items()
        if outcome.fate.is_published and isinstance(label, str | tuple)
    ]
    answers = {"budget": values}
    return league([read(write_release(folder / str(seed), people, answers, shown), people, answers)])


def has_found(found: League) -> bool:
    """Anything in the table: even one end alone of what an outsider reads."""
    return not found.holds or found.lines[OUTSIDER].one_sided > 0


@pytest.mark.parametrize("first", range(0, 60, 20))
def test_outsiders_single_holders_and_pairs_find_nothing(tmp_path: Path, first: int) -> None:
    sought = 0
    for seed in range(first, first + 20):
        found = attacked(tmp_path, seed)
        assert not has_found(found), (seed, found.examples)
        sought += found.lines[PAIR].sought
    assert sought > 40


def _forget(rule: str, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """The protector without one of its rules; how to call it."""
    if rule == "combinations":
        monkeypatch.setattr(contributors, "refused_sums", lambda *args, **options: set())
    elif rule == "pairs":
        monkeypatch.setattr(exact_audit, "_for_pairs", lambda *args: [])
    elif rule == "programs":
        monkeypatch.setattr(
            contributors,
            "make_plan",
            lambda system, aim: Plan(frozenset((system.primary | system.latent) - system.known), ()),
        )
    elif rule == "margin":
        return {"margin": 0}
    elif rule == "coalition":
        return {"rules": replace(RULES, coalition=0)}
    elif rule == "threshold":
        return {"rules": replace(RULES, threshold=None)}
    elif rule == "p_percent":
        return {"rules": replace(RULES, p_percent=None)}
    return {}


@pytest.mark.parametrize("rule", ["threshold", "coalition", "pairs", "p_percent", "combinations", "programs", "margin"])
def test_a_protector_that_forgets_a_rule_is_caught(rule: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    options = _forget(rule, monkeypatch)
    assert any(has_found(attacked(tmp_path, seed, **options)) for seed in range(60)), f"nobody missed {rule}"
