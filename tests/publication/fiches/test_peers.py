"""Bands of peers: enough of them, own gestionnaire left out, and nobody's figure given back."""

import itertools

import polars as pl
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from senacs.observatory.definitions.publication_plan import HOLDER
from senacs.publication.fiches.peers import Group, PeerIndex, bands

DROME = Group("departement", "26", "CS")


def owners(number: int) -> list[str]:
    return [f"G{i}" for i in range(number)]


def index(values: list[float | None], holders: list[str] | None = None) -> PeerIndex:
    units = pl.DataFrame(
        {
            "structure": [f"S{i}" for i in range(len(values))],
            "kind": ["CS"] * len(values),
            "departement": ["26"] * len(values),
            "region": ["84"] * len(values),
            HOLDER: holders or owners(len(values)),
            "etp": pl.Series(values, dtype=pl.Float64),
            "etp/": pl.Series([2.0] * len(values), dtype=pl.Float64),
        }
    )
    return PeerIndex(units, {"etp": ("etp", "", 1), "part": ("etp", "etp/", 100)})


def test_quartiles_are_rounded_means_of_several() -> None:
    found = bands([100.0 + 7 * i for i in range(20)], owners(20))
    assert found is not None
    assert (found.q1, found.median, found.q3, found.peers) == (140.0, 160.0, 200.0, 20)


def test_ten_gestionnaires_are_needed_however_many_structures() -> None:
    values = [float(10 * i) for i in range(40)]
    assert bands(values[:9], owners(9)) is None
    assert bands(values, [f"G{i % 9}" for i in range(40)]) is None
    assert bands(values[:10], owners(10)) is not None


def test_bands_that_all_say_the_same_are_not_given() -> None:
    assert bands([0.0] * 8 + [1.0, 2.0, 3.0, 40.0], owners(12)) is None
    assert bands([12.0] * 30, owners(30)) is None


def test_own_gestionnaire_is_left_out() -> None:
    values: list[float | None] = [float(10 * i) for i in range(12)]
    peers = index([*values, 5000.0, 6000.0], [*owners(12), "MOI", "MOI"])
    found = peers.bands(DROME, "etp", holder="MOI")
    assert found is not None and found.peers == 12 and found.q3 < 200
    assert peers.size(DROME, holder="MOI") == 12
    assert peers.size(DROME, holder="autre") == 13


def test_who_does_not_answer_is_no_peer() -> None:
    assert index([float(i * 5) for i in range(9)] + [None] * 20).bands(DROME, "etp", holder="MOI") is None


def test_ratios_are_each_structure_s_own() -> None:
    found = index([0.2 + i / 20 for i in range(16)]).bands(DROME, "part", holder="MOI")
    assert found is not None
    assert 10 < found.q1 < found.median < found.q3 < 50


def test_position_in_words() -> None:
    found = bands([100.0 + 7 * i for i in range(20)], owners(20))
    assert found is not None
    words = [found.position(value) for value in (139, 141, 160, 170, 201)]
    assert words == [
        "dans le quart le plus bas",
        "dans la moitié centrale, sous la médiane",
        "à la médiane",
        "dans la moitié centrale, au-dessus de la médiane",
        "dans le quart le plus élevé",
    ]


STEPS = ((1, -1, 0), (0, 1, -1), (-1, 0, 1), (1, 0, 0), (0, 1, 0), (0, 0, 1), (-1, 0, 0), (0, -1, 0), (0, 0, -1))


@given(st.lists(st.integers(0, 5000), min_size=10, max_size=40), st.integers(0, 37))
def test_no_bound_gives_the_figure_of_one_peer(values: list[int], at: int) -> None:
    """The attacker knows every peer but three, and the bands: other figures of those three explain them as well."""
    values, holders = sorted(values), owners(len(values))
    found = bands([float(v) for v in values], holders)
    if found is None:
        return
    at %= len(values) - 2
    unknown = values[at : at + 3]
    # Zero is a floor: three peers without any activity have no smaller figures to hide behind (see `peers`).
    assume(unknown[0] > 10)
    explained = [
        step
        for step in STEPS
        if min(moved := [v + s for v, s in zip(unknown, step, strict=True)]) >= 0
        and bands([*map(float, values[:at]), *map(float, moved), *map(float, values[at + 3 :])], holders) == found
    ]
    assert explained, (unknown, found)


def test_two_fiches_side_by_side_do_not_give_their_difference() -> None:
    """Two structures that compare fiches have two sets of bounds: still coarse, never one of the others' figures."""
    values = [float(v) for v in (31, 37, 43, 52, 58, 61, 67, 74, 79, 83, 91, 97, 103)]
    peers = index(list(values))
    seen = {
        bound
        for i in range(len(values))
        if (b := peers.bands(DROME, "etp", holder=f"G{i}"))
        for bound in (b.q1, b.median, b.q3)
    }
    differences = {abs(a - b) for a, b in itertools.combinations(seen, 2)}
    assert differences and all(difference == int(difference) for difference in differences)


@given(st.lists(st.tuples(st.integers(0, 60), st.integers(0, 25)), min_size=10, max_size=80), st.integers(0, 25))
def test_figures_sorted_once_give_the_bands_of_the_definition(pairs: list[tuple[int, int]], own: int) -> None:
    values, holders = [float(value) for value, _ in pairs], [f"G{holder}" for _, holder in pairs]
    others = [(value, holder) for value, holder in zip(values, holders, strict=True) if holder != f"G{own}"]
    expected = bands([value for value, _ in others], [holder for _, holder in others])
    assert index(list(values), holders).bands(DROME, "etp", holder=f"G{own}") == expected


@pytest.mark.parametrize(
    ("values", "holders", "given"),
    [
        ([40.0] * 5, 5, False),  # five peers alike: too few, and each would be known
        ([40.0] * 40, 40, False),  # all alike, however many
        ([10.0, 40.0, 70.0] * 4, 12, True),  # ties: each bound rests on several gestionnaires
        ([10.0] * 4 + [40.0] * 4 + [70.0] * 4, 4, False),  # twelve structures, four gestionnaires
        ([0.0] * 6 + [10.0, 20.0, 30.0, 40.0, 50.0, 60.0], 12, False),  # a bound of zero tells zeros
    ],
)
def test_who_is_alike_or_too_few_gets_no_bands(values: list[float], holders: int, given: bool) -> None:
    assert (bands(values, [f"G{i % holders}" for i in range(len(values))]) is not None) is given
