"""The rule of k holders, against the attacker from outside, who tries every set of holders."""

import random
from fractions import Fraction
from itertools import combinations

import pytest

from senacs.disclosure import holder_rule
from senacs.disclosure.attacker.outside.unions import small_unions
from senacs.disclosure.holder_rule import HolderRule, Holding, in_bits

K = 4


def holdings(*groups: str) -> list[Holding]:
    """`holdings("ab", "c")`: two unknowns, the first of two holders; capitals are those whose answer is zero."""
    return [Holding(frozenset(g.lower()), frozenset(c for c in g if c.islower())) for g in groups]


def world(seed: int) -> tuple[list[Holding], list[set[int]]]:
    """Unknowns of one to six of twelve holders, and sums of them drawn at random."""
    draws = random.Random(seed)
    people = "abcdefghijkl"
    groups = ["".join(draws.sample(people, draws.choice((1, 1, 2, 2, 3, 6)))) for _ in range(draws.randint(4, 9))]
    rows = [set(draws.sample(range(len(groups)), draws.randint(1, len(groups)))) for _ in range(draws.randint(2, 10))]
    return holdings(*groups), rows


def test_a_small_group_is_not_subtracted() -> None:
    rule = HolderRule(in_bits(holdings("abc", "defgh", "ij")), K)
    assert rule.allows({0, 1, 2})
    assert rule.allows({1, 2}) is False  # the difference is the first group
    assert rule.allows({0, 2})


def test_no_pair_of_figures_has_a_small_sum() -> None:
    """Each sum is of four; their difference is of two."""
    rule = HolderRule(in_bits(holdings("ab", "cd", "c")), K)
    assert rule.allows({0, 1})
    assert not rule.allows({0, 2})


def test_what_readers_have_counts() -> None:
    rule = HolderRule(in_bits(holdings("abcde", "fg")), K)
    rule.show({0})
    assert not rule.allows({0, 1})
    assert rule.allows({0})


def test_who_answered_zero_shelters_nobody() -> None:
    rule = HolderRule(in_bits(holdings("abCDEF", "ghij")), K)
    assert not rule.allows({0})
    assert rule.allows({0, 1})


def test_zeros_of_enough_people_may_be_told() -> None:
    assert HolderRule(in_bits(holdings("ABCD")), K).allows({0})
    assert not HolderRule(in_bits(holdings("ABC")), K).allows({0})


def few_weigh(groups: list[Holding], rows: list[set[int]]) -> list[set[str]]:
    """Sets of fewer than K holders on whom alone some combination rests, each set tried with plain fractions: those
    who weigh in it, whoever answered zero besides; where nobody weighs, all who answered zero."""
    table = [[Fraction(c in row) for c in range(len(groups))] for row in rows]
    blank = [c for c, h in enumerate(groups) if not h.weighing]
    weighing = [c for c in range(len(groups)) if c not in blank]
    zeros = len(table) - rank_of([[row[c] for c in weighing] for row in table])
    found = []
    people = sorted(set().union(*(h.everybody for h in groups)))
    for few in combinations(people, K - 1):
        outside = [c for c in weighing if not groups[c].weighing <= set(few)]
        if len(table) - rank_of([[row[c] for c in outside] for row in table]) > zeros:
            found.append(set(few))
        others = [c for c in range(len(groups)) if c in weighing or not groups[c].everybody <= set(few)]
        if len(table) > rank_of([[row[c] for c in others] for row in table]):
            found.append(set(few))
    return found


def rank_of(table: list[list[Fraction]]) -> int:
    table, rank = [list(row) for row in table], 0
    for column in range(len(table[0]) if table else 0):
        pivot = next((i for i in range(rank, len(table)) if table[i][column]), None)
        if pivot is None:
            continue
        table[rank], table[pivot] = table[pivot], table[rank]
        for i in range(rank + 1, len(table)):
            if table[i][column]:
                factor = table[i][column] / table[rank][column]
                table[i] = [a - factor * b for a, b in zip(table[i], table[rank], strict=True)]
        rank += 1
    return rank


@pytest.mark.parametrize("first", range(0, 80, 20))
def test_zeros_shelter_nobody_in_any_combination(first: int) -> None:
    people = "abcdefgh"
    for seed in range(first, first + 20):
        draws = random.Random(seed)
        names = ["".join(draws.sample(people, draws.choice((1, 1, 2, 3)))) for _ in range(draws.randint(5, 9))]
        groups = holdings(*(name.upper() if draws.random() < 0.5 else name for name in names))
        rule = HolderRule(in_bits(groups), K)
        rows = [set(draws.sample(range(len(names)), draws.randint(2, len(names)))) for _ in range(9)]
        shown: list[set[int]] = []
        for row in rows:
            if rule.allows(row) and rank_of(
                [[Fraction(c in r) for c in range(len(names))] for r in [*shown, row]]
            ) > len(shown):
                shown.append(row)
        assert not few_weigh(groups, shown), seed


def test_tied_variables_are_one_system() -> None:
    """Unknown 0 is the sum of 1 and 2 over the same three holders; 3 to 5 likewise over five others."""
    groups = holdings("abc", "abc", "abc", "defgh", "defgh", "defgh")
    rule = HolderRule(in_bits(groups), K, [{0: 1, 1: -1, 2: -1}, {3: 1, 4: -1, 5: -1}])
    assert rule.allows({1, 4})
    assert rule.allows({3})
    assert rule.allows({4}) is False
    assert rule.allows({5}) is False  # 3 less 5 is 4, and with it the first three are known


@pytest.mark.parametrize("first", range(0, 400, 100))
def test_nothing_that_is_allowed_rests_on_too_few(first: int) -> None:
    for seed in range(first, first + 100):
        groups, rows = world(seed)
        rule = HolderRule(in_bits(groups), K)
        shown = [row for row in rows if rule.allows(row)]
        assert not small_unions([sorted(row) for row in shown], [h.everybody for h in groups], K), seed


def test_little_is_refused_that_could_be_shown() -> None:
    """What cannot be proved is refused: in small worlds that is nothing."""
    for seed in range(120):
        groups, rows = world(seed)
        rule = HolderRule(in_bits(groups), K)
        shown: list[set[int]] = []
        for row in rows:
            allowed = rule.allows(row)
            alone = [sorted(one) for one in (*shown, row)]
            assert allowed == (not small_unions(alone, [h.everybody for h in groups], K)), seed
            if allowed:
                shown.append(row)


def test_many_figures_tied_together_hold_too() -> None:
    """Départements in régions, by kind: forms of which some rows have no unknown of their own left."""
    shown_in_all = 0
    for seed in range(12):
        draws = random.Random(seed)
        people = [f"{i}" for i in range(40)]
        groups = [frozenset(draws.sample(people, draws.choice((1, 2, 2, 3)))) for _ in range(24)]
        rows = [set(range(i, i + 6)) for i in range(0, 24, 6)] + [{2 * i, 2 * i + 1} for i in range(12)]
        rows += [set(range(i, 24, 4)) for i in range(4)] + [set(draws.sample(range(24), 5)) for _ in range(6)]
        rule = HolderRule(in_bits([Holding(group, group) for group in groups]), K)
        shown = _shown(rule, rows)
        shown_in_all += len(shown)
        assert not small_unions(shown, groups, K), seed
    assert shown_in_all > 60


def test_two_who_put_their_answers_together_learn_nothing_of_others() -> None:
    """Whoever they are, once what is theirs is taken away, no sum rests on fewer than K of the others."""
    for seed in range(12):
        groups, rows = world(seed)
        shown = _shown(HolderRule(in_bits(groups), K, coalition=2), rows)
        for pair in combinations("abcdefghijkl", 2):
            others = [
                h.everybody if len(h.everybody) >= K else h.everybody.difference(pair) or frozenset({"theirs"})
                for h in groups
            ]
            left = [c for c, people in enumerate(others) if people != {"theirs"}]
            place = {c: i for i, c in enumerate(left)}
            rest = [[place[c] for c in row if c in place] for row in shown]
            assert not small_unions([row for row in rest if row], [others[c] for c in left], K), (seed, pair)


def test_what_five_hold_together_is_shown_whatever_pairs_know() -> None:
    """Nobody owns what is in it; of five who are in two groups, those of the second know the first."""
    assert HolderRule(in_bits(holdings("abcde")), 5, coalition=2).allows({0})
    assert not HolderRule(in_bits(holdings("abc", "de")), 5, coalition=2).allows({0, 1})
    assert HolderRule(in_bits(holdings("abc", "de")), 5).allows({0, 1})
    assert HolderRule(in_bits(holdings("abc", "defg")), 5, coalition=2).allows({0, 1})


def _shown(rule: HolderRule, rows: list[set[int]]) -> list[list[int]]:
    return [sorted(row) for row in rows if rule.allows(row)]


@pytest.mark.parametrize("mutant", ["_holds", "_pair_holds", "_rests_on_enough"])
def test_the_attacker_catches_a_rule_that_looks_away(mutant: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(holder_rule.HolderRule, mutant, lambda self, *args: True)
    caught = 0
    for seed in range(120):
        groups, rows = world(seed)
        caught += bool(small_unions(_shown(HolderRule(in_bits(groups), K), rows), [h.everybody for h in groups], K))
    assert caught
