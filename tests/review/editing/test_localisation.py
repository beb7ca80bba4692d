"""Which field is wrong: one in closed form, several by the program, slips where they explain."""

from itertools import combinations, product

import highspy
import numpy as np
import pytest

from senacs.review.editing.edits import Edit
from senacs.review.editing.localisation import BoundedValue, Localised, Unsolvable, localise
from senacs.review.editing.slips import Slip


def cells(**values: float) -> dict[str, BoundedValue]:
    return {code: BoundedValue(float(value)) for code, value in values.items()}


def equal(total: str, *parts: str) -> list[Edit]:
    terms = {total: 1.0, **dict.fromkeys(parts, -1.0)}
    return [Edit("TOTAL", terms, 0.0), Edit("TOTAL", {code: -value for code, value in terms.items()}, 0.0)]


def at_most(one: str, other: str) -> Edit:
    return Edit(f"{one}<={other}", {one: 1.0, other: -1.0}, 0.0)


def fields(answers: list[Localised]) -> list[tuple[str, ...]]:
    return [answer.fields for answer in answers]


def test_nothing_to_say_when_all_holds():
    assert localise([at_most("etp", "salaries")], cells(etp=3, salaries=4)) == []


def test_field_that_two_edits_blame_is_the_one():
    edits = [at_most("femmes", "total"), at_most("hommes", "total"), at_most("total", "limite")]
    (answer,) = localise(edits, cells(femmes=60, hommes=55, total=10, limite=200))
    assert answer.fields == ("total",)
    assert answer.ranges["total"] == (60.0, 200.0)
    assert answer.rules == ("femmes<=total", "hommes<=total")


def test_correction_must_not_break_what_holds():
    edits = [at_most("etp", "salaries"), at_most("contrats", "etp")]
    (answer,) = localise(edits, cells(etp=9, salaries=5, contrats=8))
    assert answer.fields == ("salaries",)


def test_zero_too_many_is_recognised():
    (answer,) = localise(equal("budget", "caf", "commune"), cells(budget=1_000_000, caf=60_000, commune=40_000))
    assert answer.fields == ("budget",)
    assert answer.slip is Slip.TIMES_10
    assert answer.proposed == {"budget": 100_000.0}


def test_exchanged_digits_are_recognised_among_the_parts():
    (answer,) = localise(equal("budget", "caf", "commune"), cells(budget=100_000, caf=69_000, commune=4_000))
    assert answer.slip is Slip.DIGITS
    assert answer.proposed == {"caf": 96_000.0}


def test_wide_range_makes_no_slip_credible_without_what_was_expected():
    edits = [at_most("semaines", "an")]
    values = {"semaines": BoundedValue(500.0), "an": BoundedValue(52.0, upper=52.0)}
    (answer,) = localise(edits, values)
    assert (answer.fields, answer.slip) == (("semaines",), None)
    (answer,) = localise(edits, values | {"semaines": BoundedValue(500.0, expected=48.0)})
    assert answer.proposed == {"semaines": 50.0}


def test_swapped_cells_are_one_slip():
    edits = [at_most("etp_1", "salaries_1"), *equal("salaries", "salaries_1", "salaries_2")]
    edits += [at_most("etp_2", "salaries_2")]
    values = cells(etp_1=9, salaries_1=6, salaries_2=3, etp_2=2, salaries=12)
    (answer,) = localise(edits, values, swaps=[("salaries_1", "etp_1"), ("salaries_2", "etp_2")])
    assert answer.slip is Slip.SWAP
    assert answer.proposed == {"salaries_1": 9.0, "etp_1": 6.0}


def test_unlikely_field_is_blamed_first():
    values = cells(etp=6, salaries=5)
    values["salaries"] = BoundedValue(5.0, weight=0.7)
    (answer,) = localise([at_most("etp", "salaries")], values)
    assert answer.fields == ("salaries",)


def test_equal_costs_are_told_as_ties():
    (answer,) = localise([at_most("etp", "salaries")], cells(etp=6, salaries=5))
    assert answer.fields == ("etp",)
    assert answer.ties == (("salaries",),)


def test_separate_contradictions_have_separate_answers():
    answers = localise([at_most("a", "b"), at_most("c", "d")], cells(a=2, b=1, c=2, d=1))
    assert len(answers) == 2


def test_two_fields_where_one_cannot_do():
    edits = [*equal("t", "a", "b"), Edit("A", {"a": 1.0}, 5.0), Edit("T", {"t": -1.0}, -90.0)]
    values = cells(t=50, a=40, b=3)
    (answer,) = localise(edits, values)
    assert len(answer.fields) == 2 + ("a" in answer.fields and "t" in answer.fields and "b" in answer.fields)
    assert {"a", "t"} <= set(answer.fields)


def test_fixed_fields_are_not_blamed():
    (answer,) = localise([at_most("etp", "salaries")], cells(etp=6, salaries=5), fixed=["etp"])
    assert answer.fields == ("salaries",)


def test_contradictory_rules_are_said():
    edits = [Edit("HAUT", {"a": -1.0}, -10.0), Edit("BAS", {"a": 1.0}, 5.0)]
    with pytest.raises(Unsolvable):
        localise(edits, cells(a=7))


def cheapest(edits: list[Edit], x: dict[str, float], weight: dict[str, float]) -> float:
    """By trying everything: the least weight of fields whose change within 0…6 makes every edit hold."""
    codes = sorted(x)

    def holds(values: dict[str, float]) -> bool:
        return all(sum(a * values[code] for code, a in edit.terms.items()) <= edit.bound + 1e-9 for edit in edits)

    best = np.inf
    for size in range(len(codes) + 1):
        for chosen in combinations(codes, size):
            cost = sum(weight[code] for code in chosen)
            if cost < best and any(
                holds(x | dict(zip(chosen, values, strict=True))) for values in product(range(7), repeat=size)
            ):
                best = cost
    return best


@pytest.mark.parametrize("seed", range(40))
def test_cost_is_the_least_that_exists(seed: int):
    """Differences between two fields and bounds: their corners are whole numbers, so that trying whole ones proves."""
    rng = np.random.default_rng(seed)
    codes = ["a", "b", "c", "d"]
    edits = []
    for number in range(6):
        one, other = rng.choice(codes, 2, replace=False)
        edits.append(Edit(f"R{number}", {str(one): 1.0, str(other): -1.0}, float(rng.integers(-2, 3))))
    x = {code: float(rng.integers(0, 7)) for code in codes}
    weight = {code: float(rng.choice([1.0, 1.3, 1.7])) for code in codes}
    expected = cheapest(edits, x, weight)
    # Values of one digit under these bounds leave room for no slip.
    described = {code: BoundedValue(x[code], 0.0, 6.0, weight=weight[code]) for code in codes}
    if np.isinf(expected):
        with pytest.raises(Unsolvable):
            localise(edits, described)
        return
    answers = localise(edits, described)
    total = sum(sum(weight[code] for code in answer.fields) for answer in answers)
    assert total == pytest.approx(expected)


def test_two_light_fields_are_blamed_before_a_heavy_one():
    edits = [at_most("a", "limite"), at_most("b", "limite")]
    values = {"a": BoundedValue(9.0), "b": BoundedValue(8.0), "limite": BoundedValue(5.0, weight=3.0)}
    assert fields(localise(edits, values)) == [("a",), ("b",)]


def test_missing_value_may_be_anything_at_no_cost():
    edits = equal("budget", "caf", "commune")
    assert localise(edits, cells(budget=100, caf=60, commune=float("nan"))) == []
    (answer,) = localise(edits, {**cells(budget=100, caf=160), "commune": BoundedValue(float("nan"))})
    assert answer.fields in {("budget",), ("caf",)}


def test_value_out_of_its_bounds_is_to_change():
    (answer,) = localise([at_most("etp", "salaries")], cells(etp=-3, salaries=4))
    assert (answer.fields, answer.rules, answer.slip) == (("etp",), (), Slip.SIGN)


def test_negative_values_are_allowed_where_the_bounds_allow_them():
    values = {
        code: BoundedValue(value, lower=float("-inf")) for code, value in {"resultat": -30.0, "produits": 70.0}.items()
    }
    edits = [
        Edit("R", {"resultat": 1.0, "produits": -1.0}, -100.0),
        Edit("R", {"resultat": -1.0, "produits": 1.0}, 100),
    ]
    assert localise(edits, values) == []
    values["resultat"] = BoundedValue(30.0, lower=float("-inf"))
    (answer,) = localise(edits, values)
    assert (answer.fields, answer.slip) == (("resultat",), Slip.SIGN)


def test_values_of_unlike_sizes_are_held_to_the_euro():
    """A slip of three zeros beside small amounts: the answer is right to the euro, not to a share of the slip."""
    (answer,) = localise(
        equal("budget", "caf", "commune"), cells(budget=6_338_170_000, caf=4_338_170, commune=2_000_000)
    )
    assert (answer.slip, answer.proposed) == (Slip.TIMES_1000, {"budget": 6_338_170.0})
    assert localise(equal("budget", "caf", "commune"), cells(budget=6_338_170_000, caf=6_338_169_990, commune=0)) != []


def test_impossible_edit_is_said_whatever_its_size():
    edits = [*equal("a", "b", "c"), Edit("LOIN", {"b": -1.0}, -5e9), Edit("PRES", {"b": 1.0}, 4e9), at_most("c", "a")]
    with pytest.raises(Unsolvable):
        localise(edits, cells(a=1, b=1, c=1))


@pytest.mark.parametrize("seed", range(3))
def test_large_systems_are_settled(seed: int):
    """Two hundred cells, a hundred edits, ten slips: every edit can hold once the fields told are changed."""
    rng = np.random.default_rng(seed)
    codes = [f"v{number}" for number in range(200)]
    true = np.rint(np.exp(6 + 2 * rng.standard_normal(200)))
    edits = []
    for number in range(100):
        part = rng.choice(200, 4, replace=False)
        terms = dict(zip([codes[k] for k in part], [1.0, -1.0, -1.0, float(rng.integers(1, 3))], strict=True))
        edits.append(
            Edit(f"R{number}", terms, float(sum(terms[codes[k]] * true[k] for k in part) + rng.integers(0, 9)))
        )
    wrong = rng.choice(200, 10, replace=False)
    values = true.copy()
    values[wrong] *= 1000
    answers = localise(edits, cells(**dict(zip(codes, values, strict=True))))
    blamed = {code for answer in answers for code in answer.fields}
    # Whoever hides the fields told finds no contradiction among the rest.
    rest = {code: BoundedValue(float("nan") if code in blamed else float(values[k])) for k, code in enumerate(codes)}
    assert localise(edits, rest) == []
    assert len(blamed) <= 10


def test_independent_causes_keep_their_own_cell_when_another_group_needs_two():
    # A total of the budget is wrong; elsewhere two cells at least must change, in rules that share nothing with it.
    edits = [*equal("budget", "caf", "commune"), at_most("etp_1", "salaries_1"), at_most("etp_2", "salaries_2")]
    edits += [Edit("SALARIES", {"salaries_1": 1.0, "salaries_2": 1.0}, 6.0)]
    edits += [at_most("salaries_1", "femmes"), at_most("femmes", "salaries_1")]
    values = cells(budget=1_000_000, caf=60_000, commune=40_000, etp_1=9, salaries_1=3, etp_2=8, salaries_2=3, femmes=3)
    answers = localise(edits, values)
    budget = next(answer for answer in answers if "budget" in answer.fields)
    assert (budget.fields, budget.proposed) == (("budget",), {"budget": 100_000.0})
    assert {code for answer in answers for code in answer.fields} == {"budget", "etp_1", "etp_2"}
    assert sorted(len(answer.fields) for answer in answers) == [1, 1, 1]


def test_groups_that_a_shared_edit_ties_are_one_answer():
    # Each group alone would raise its own total; the ceiling that they share forbids both at once.
    edits = [at_most("a", "total_1"), at_most("b", "total_2"), Edit("PLAFOND", {"total_1": 1.0, "total_2": 1.0}, 100.0)]
    values = {code: BoundedValue(value, weight=3.0) for code, value in (("a", 60.0), ("b", 70.0))}
    values |= {"total_1": BoundedValue(10.0), "total_2": BoundedValue(20.0)}
    answers = localise(edits, values)
    changed = {code for answer in answers for code in answer.fields}
    assert len(changed) == 2
    assert "total_1" not in changed or "total_2" not in changed


def test_two_cells_that_a_rule_adds_are_two_doubts_when_each_has_its_own():
    # Both are missing, each by its own rule; that their sum is missing too follows.
    least = [Edit(code, {code: -1.0}, -10.0) for code in ("cotisations", "participations")]
    edits = [*least, Edit("RECETTES", {"cotisations": -1.0, "participations": -1.0}, -15.0)]
    answers = localise(edits, cells(cotisations=0, participations=0))
    assert sorted(answer.fields for answer in answers) == [("cotisations",), ("participations",)]
    assert sorted(rule for answer in answers for rule in answer.rules) == ["RECETTES", "cotisations", "participations"]


def test_several_groups_apart_are_the_least_of_all_together():
    rng = np.random.default_rng(11)
    for _ in range(40):
        names = [f"x{number}" for number in range(7)]
        edits = []
        for number in range(6):
            pair = rng.choice(names, 2, replace=False)
            factors = rng.integers(1, 3, 2) * rng.choice([-1, 1], 2)
            terms = {str(code): float(factor) for code, factor in zip(pair, factors, strict=True)}
            edits.append(Edit(f"R{number}", terms, float(rng.integers(0, 12))))
        values = {
            code: BoundedValue(float(rng.integers(0, 30)), upper=40.0, weight=float(rng.integers(1, 4)))
            for code in names
        }
        try:
            answers = localise(edits, values)
        except Unsolvable:
            continue
        blamed = [code for answer in answers for code in answer.fields]
        assert len(blamed) == len(set(blamed))
        assert _can_hold(edits, values, set(blamed))
        least = min(
            (sum(values[c].weight for c in chosen) for size in range(8) for chosen in combinations(names, size)
             if _can_hold(edits, values, set(chosen))),
        )  # fmt: skip
        assert sum(values[code].weight for code in blamed) == pytest.approx(least)


def _can_hold(edits: list[Edit], values: dict[str, BoundedValue], free: set[str]) -> bool:
    """Whether some values of the free fields meet every edit: a linear program of its own."""
    highs = highspy.Highs()
    highs.setOptionValue("output_flag", False)
    names = sorted(free)
    for code in names:
        highs.addVar(values[code].lower, values[code].upper)
    for edit in edits:
        rest = edit.bound - sum(f * values[c].value for c, f in edit.terms.items() if c not in free)
        inside = [(names.index(c), f) for c, f in edit.terms.items() if c in free]
        if not inside:
            if rest < -1e-9:
                return False
            continue
        highs.addRow(-highspy.kHighsInf, rest + 1e-9, len(inside),
                     np.array([i for i, _ in inside], np.int32), np.array([f for _, f in inside]))  # fmt: skip
    if not names:
        return True
    highs.run()
    return bool(highs.getModelStatus() == highspy.HighsModelStatus.kOptimal)
