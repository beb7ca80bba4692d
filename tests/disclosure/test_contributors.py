"""Plans over contributors: overlapping groupings, holders, tied variables, corrected releases."""

import random
from collections.abc import Mapping, Sequence
from dataclasses import replace
from fractions import Fraction

import pytest

from senacs.disclosure.attacker.attack import AttackedCell, attack
from senacs.disclosure.attacker.readers_view import View
from senacs.disclosure.contributors import CellId, CellOutcome, Contributors, Identity, protect_contributors
from senacs.disclosure.fates import PUBLISHED, Fate, Reason, Status
from senacs.disclosure.tables import Rules, SpecificationError

RULES = Rules(threshold=5, dominance=((1, 85),))
DEPARTMENTS = {"d1": "R1", "d2": "R1", "d3": "R2", "d4": "R2", "d5": "R2"}


def population(size: int, seed: int = 7) -> tuple[Contributors, list[int]]:
    draw = random.Random(seed)
    places = [draw.choice(sorted(DEPARTMENTS)) for _ in range(size)]
    kinds = draw.choices(["CS", "EVS"], [5, 4], k=size)
    managers = draw.choices(["asso", "ville", "caf"], [6, 3, 1], k=size)
    groupings = {
        "france": ["FR"] * size,
        "region": [DEPARTMENTS[p] for p in places],
        "departement": places,
        "departement × type": list(zip(places, kinds, strict=True)),
        "departement × gestion": list(zip(places, managers, strict=True)),
        "epci": [p if draw.random() < 0.4 else None for p in places],
    }
    values = [0 if draw.random() < 0.15 else round(draw.lognormvariate(6, 1.5)) for _ in range(size)]
    return Contributors([f"g{draw.randrange(size)}" for _ in range(size)], groupings), values


def broken(
    contributors: Contributors,
    values: Sequence[int],
    outcomes: Mapping[CellId, CellOutcome],
    known: Sequence[CellId] = (),
    margin: float = 0.0,
) -> list[AttackedCell]:
    """Attack over the atoms: hidden cells, and groups of fewer than five that no cell shows."""
    view = View(())
    groups: dict[tuple[object, ...], list[int]] = {}
    for row, where in enumerate(zip(*contributors.groupings.values(), strict=True)):
        groups.setdefault(where, []).append(row)
    names = list(contributors.groupings)
    parts: dict[CellId, list[tuple[str, ...]]] = {}
    for number, (where, rows) in enumerate(groups.items()):
        atom = ("atom", str(number))
        view.truth[atom] = Fraction(sum(values[row] for row in rows))
        holders = {str(contributors.holders[row]) for row in rows}
        if len(holders) < 5:
            view.primary.add(atom)
        if len(holders) == 1:
            view.lone[atom] = next(iter(holders))
        for name, label in zip(names, where, strict=True):
            if label is not None:
                parts.setdefault((name, label), []).append(atom)
    for cell, atoms in parts.items():
        key = ("cell", str(cell))
        view.truth[key] = sum((view.truth[a] for a in atoms), Fraction(0))
        view.sums.append((key, tuple(atoms)))
        if outcomes[cell].status == Status.PUBLISHED or cell in known:
            view.shown[key] = view.truth[key]
        elif outcomes[cell].status == Status.PRIMARY:
            view.primary.add(key)
        owners = {view.lone.get(a, a) for a in atoms}
        if len(owners) == 1 and atoms[0] in view.lone:
            view.lone[key] = view.lone[atoms[0]]
    alone = [c for c in attack(view, margin=margin, insiders=False) if c.narrow]
    return [c for c in alone if c.key[0] == "cell" or c.key in view.primary]


@pytest.mark.parametrize(("size", "margin"), [(30, 0.0), (60, 0.0), (90, 0.0), (60, 10.0)])
def test_neither_cells_nor_small_groups_can_be_recomputed(size: int, margin: float) -> None:
    contributors, values = population(size)
    result = protect_contributors(contributors, {"budget": values}, RULES, margin=margin)
    outcomes = result.outcomes["budget"]
    assert not result.failures
    assert {o.status for o in outcomes.values()} == set(Status)
    assert not broken(contributors, values, outcomes, margin=margin)


def test_a_departement_that_is_its_whole_region_is_still_tied_to_its_parts() -> None:
    """Région and département have the same members: whichever is shown, its parts must not be subtracted from it."""
    counts = {("R1", "d1"): (8, 8), ("R1", "d2"): (9, 7), ("R2", "d3"): (3, 8)}
    rows = [
        (region, place, kind)
        for (region, place), numbers in counts.items()
        for kind, number in zip(("CS", "EVS"), numbers, strict=True)
        for _ in range(number)
    ]
    groupings = {
        "france": ["FR"] * len(rows),
        "region": [region for region, _, _ in rows],
        "departement": [place for _, place, _ in rows],
        "departement × type": [(place, kind) for _, place, kind in rows],
    }
    contributors, values = Contributors(range(len(rows)), groupings), [10 + i for i in range(len(rows))]
    outcomes = protect_contributors(contributors, {"v": values}, RULES).outcomes["v"]
    assert outcomes["departement × type", ("d3", "CS")].status == Status.PRIMARY
    assert outcomes["region", "R2"].status == outcomes["departement", "d3"].status
    shown = {cell for cell, outcome in outcomes.items() if outcome.status == Status.PUBLISHED}
    assert not {("departement", "d3"), ("departement × type", ("d3", "EVS"))} <= shown
    assert not broken(contributors, values, outcomes)


def test_publishing_all_that_is_large_is_broken() -> None:
    contributors, values = population(60)
    outcomes = dict(protect_contributors(contributors, {"budget": values}, RULES).outcomes["budget"])
    for cell, outcome in outcomes.items():
        if outcome.status == Status.COMPLEMENTARY:
            outcomes[cell] = CellOutcome(PUBLISHED, outcome.n, outcome.value)
    assert broken(contributors, values, outcomes)


def test_one_manager_of_many_structures_is_one_contributor() -> None:
    contributors = Contributors(["ville"] * 6 + list("abcdefgh"), {"d": ["x"] * 6 + ["y"] * 8})
    outcomes = protect_contributors(contributors, {"v": [10] * 14}, RULES).outcomes["v"]
    assert outcomes[("d", "x")].status == Status.PRIMARY
    assert outcomes[("d", "x")].n == 6


def test_silence_is_not_an_answer() -> None:
    contributors = Contributors(list("abcdefgh"), {"d": ["x"] * 8})
    outcomes = protect_contributors(contributors, {"v": [3, None, None, None, None, 5, 6, 7]}, RULES).outcomes["v"]
    assert outcomes[("d", "x")] == CellOutcome(Fate(Status.PRIMARY, Reason.FEW, (5,)), 4, 21)


def test_the_unanimity_of_a_sensitive_question_is_hidden() -> None:
    contributors = Contributors(range(12), {"d": ["x"] * 6 + ["y"] * 6})
    rules = Rules(threshold=5, dominance=(), extremes=True)
    outcomes = protect_contributors(contributors, {"v": [1] * 6 + [1, 0, 1, 0, 1, 0]}, rules, counted=True).outcomes
    assert outcomes["v"][("d", "x")].status == Status.PRIMARY
    assert outcomes["v"][("d", "y")].status == Status.PUBLISHED


def test_tied_variables_do_not_give_each_other_away() -> None:
    size = 40
    places = [f"d{i % 4}" for i in range(size)]
    contributors = Contributors(range(size), {"france": ["FR"] * size, "d": places})
    caf, town = [100 + i for i in range(size)], [50 + 2 * i for i in range(size)]
    for i in range(0, size, 4):
        town[i] = 0  # in d0, one town pays nearly everything
    town[0] = 900
    total = [a + b for a, b in zip(caf, town, strict=True)]
    variables = {"total": total, "caf": caf, "ville": town}
    result = protect_contributors(contributors, variables, RULES, identities=[Identity("total", ("caf", "ville"))])
    cell = ("d", "d0")
    statuses = {name: outcomes[cell].status for name, outcomes in result.outcomes.items()}
    assert statuses["ville"] == Status.PRIMARY
    assert Status.COMPLEMENTARY in (statuses["caf"], statuses["total"])
    apart = protect_contributors(contributors, variables, RULES).outcomes
    assert {apart[name][cell].status for name in ("caf", "total")} == {Status.PUBLISHED}


def test_a_corrected_release_does_not_reveal_who_was_late() -> None:
    size = 30
    places = [f"d{i % 3}" for i in range(size)]
    late = 0
    groupings = {
        "1 france": [None if i == late else "FR" for i in range(size)],
        "1 d": [None if i == late else p for i, p in enumerate(places)],
        "2 france": ["FR"] * size,
        "2 d": list(places),
    }
    contributors = Contributors(range(size), groupings)
    values = [10 + i for i in range(size)]
    before = [("1 france", "FR"), *(("1 d", p) for p in sorted(set(places)))]
    result = protect_contributors(contributors, {"v": values}, RULES, already_published={"v": before})
    outcomes = result.outcomes["v"]
    assert not result.failures
    assert outcomes[("2 d", "d0")].status != Status.PUBLISHED
    assert outcomes[("2 france", "FR")].status != Status.PUBLISHED
    assert outcomes[("2 d", "d1")].status == Status.PUBLISHED
    assert not broken(contributors, values, outcomes, known=before)


def test_the_plan_does_not_depend_on_the_order_of_contributors() -> None:
    contributors, values = population(60)
    order = random.Random(3).sample(range(60), 60)
    mixed = Contributors(
        [contributors.holders[i] for i in order],
        {name: [labels[i] for i in order] for name, labels in contributors.groupings.items()},
    )
    first = protect_contributors(contributors, {"v": values}, RULES).outcomes["v"]
    second = protect_contributors(mixed, {"v": [values[i] for i in order]}, RULES).outcomes["v"]
    assert {c: o.status for c, o in first.items()} == {c: o.status for c, o in second.items()}


def test_columns_of_another_length_are_refused() -> None:
    with pytest.raises(SpecificationError, match="une ligne par contributeur"):
        Contributors(["a"], {"d": ["x", "y"]})
    with pytest.raises(SpecificationError, match="« v »"):
        protect_contributors(Contributors(["a"], {"d": ["x"]}), {"v": [1, 2]}, RULES)


@pytest.mark.parametrize("dominant, is_shown", [(960_000, False), (400_000, True)])
def test_what_a_pair_leaves_of_a_figure_is_not_dominated(dominant: int, is_shown: bool) -> None:
    """Seven gestionnaires: a pair takes its own away, and of what is left the second would know the first to 10 %."""
    values = [35_500, 31_500, 16_000, 232_000, 31_500, dominant, 16_000]
    others = [50_000] * 20
    contributors = Contributors(
        [f"g{number}" for number in range(27)],
        {"france": ["FR"] * 27, "departement": ["26"] * 7 + ["38"] * 10 + ["69"] * 10},
    )
    rules = Rules(threshold=5, dominance=(), p_percent=10, coalition=2)
    made = protect_contributors(contributors, {"budget": [*values, *others]}, rules).outcomes["budget"]
    assert (made["departement", "26"].status is Status.PUBLISHED) is is_shown
    alone = protect_contributors(contributors, {"budget": [*values, *others]}, replace(rules, coalition=0))
    assert alone.outcomes["budget"]["departement", "26"].status is Status.PUBLISHED
