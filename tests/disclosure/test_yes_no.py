"""Counts of « oui » on sensitive questions: no more of them than answers, and nobody's answer follows from both."""

import random
from collections.abc import Mapping, Sequence

import highspy
import pytest

from senacs.disclosure.contributors import CellId, CellOutcome, Contributors, protect_contributors
from senacs.disclosure.tables import Rules

RULES = Rules(threshold=5, dominance=(), extremes=True, each_side=2)


class Guess:
    """Whoever reads the counts: a « oui » of each group of people that no figure tells apart is between 0 and all."""

    def __init__(self, people: Contributors, answers: Sequence[int], outcomes: Mapping[CellId, CellOutcome]) -> None:
        self.groups: dict[tuple[object, ...], list[int]] = {}
        for person, where in enumerate(zip(*people.groupings.values(), strict=True)):
            self.groups.setdefault(where, []).append(person)
        self.answers = answers
        self.rows = []
        for (name, label), outcome in outcomes.items():
            if outcome.fate.is_published:
                axis = list(people.groupings).index(name)
                self.rows.append(([i for i, where in enumerate(self.groups) if where[axis] == label], outcome.value))

    def ends(self, group: int) -> tuple[int, int]:
        """The fewest and the most « oui » of a group in a table of whole numbers that could be true."""
        found = []
        for sign in (1, -1):
            solver = highspy.Highs()
            solver.setOptionValue("output_flag", False)
            yes = [
                solver.addVariable(lb=0, ub=len(members), type=highspy.HighsVarType.kInteger)
                for members in self.groups.values()
            ]
            for columns, value in self.rows:
                solver.addConstr(sum(yes[c] for c in columns) == float(value))
            solver.minimize(sign * yes[group])
            assert solver.getModelStatus() == highspy.HighsModelStatus.kOptimal
            found.append(sign * round(solver.getObjectiveValue()))
        return found[0], found[1]


def attacked(people: Contributors, answers: Sequence[int]) -> tuple[dict[CellId, CellOutcome], list[str]]:
    """What is shown, and the groups of which it says too much."""
    result = protect_contributors(people, {"oui": answers}, RULES, counted=True)
    assert not result.failures
    outcomes = dict(result.outcomes["oui"])
    guess = Guess(people, answers, outcomes)
    told = []
    for group, (where, members) in enumerate(guess.groups.items()):
        yes = sum(answers[person] for person in members)
        holders = {people.holders[person] for person in members}
        sides = [{people.holders[p] for p in members if answers[p] == side} for side in (0, 1)]
        if len(holders) >= 5 and min(len(side) for side in sides) >= 2:
            continue
        low, high = guess.ends(group)
        if low > max(yes - 1, 0) or high < min(yes + 1, len(members)):
            told.append(f"{where}: {low} to {high} of {len(members)}, {yes} in truth")
    return outcomes, told


def test_seven_of_seven_do_not_follow_from_fourteen_of_twenty() -> None:
    """14 of 20 in all and 7 of 13 associations: all of the seven others say yes."""
    kinds = ["asso"] * 13 + ["ville"] * 7
    answers = [1] * 7 + [0] * 6 + [1] * 7
    people = Contributors([f"h{i}" for i in range(20)], {"all": ["FR"] * 20, "kind": kinds})
    outcomes, told = attacked(people, answers)
    assert not told
    assert sum(outcome.fate.is_published for outcome in outcomes.values()) <= 1


def test_an_upper_bound_is_as_telling_as_zero() -> None:
    """Nothing but the bound of the answers says it: three groups of two, of which six in all say yes."""
    kinds = ["a"] * 2 + ["b"] * 2 + ["c"] * 2 + ["d"] * 12
    answers = [1] * 6 + [1, 0] * 6
    people = Contributors([f"h{i}" for i in range(18)], {"all": ["FR"] * 18, "kind": kinds})
    outcomes, told = attacked(people, answers)
    assert not told
    assert not (outcomes["all", "FR"].fate.is_published and outcomes["kind", "d"].fate.is_published)


@pytest.mark.parametrize("seed", range(14))
def test_no_small_group_and_no_unanimous_one_is_fixed(seed: int) -> None:
    draws = random.Random(seed)
    size = draws.choice((25, 60, 110))
    places = [draws.choice(("d1", "d2", "d3", "d4")) for _ in range(size)]
    kinds = draws.choices(("CS", "EVS"), (3, 2), k=size)
    towns = [f"{place}{draws.choice('abc')}" if draws.random() < 0.6 else None for place in places]
    people = Contributors(
        [f"h{draws.randrange(size)}" for _ in range(size)],
        {
            "france": ["FR"] * size,
            "kind": list(kinds),
            "departement": list(places),
            "departement × kind": list(zip(places, kinds, strict=True)),
            "epci": towns,
        },
    )
    share = draws.choice((0.05, 0.3, 0.9))
    outcomes, told = attacked(people, [int(draws.random() < share) for _ in range(size)])
    assert not told
    if size > 100 and share == 0.3:
        assert outcomes["france", "FR"].fate.is_published
