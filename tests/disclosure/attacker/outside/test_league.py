"""Each leak that a protector may leave, as a small published world: the attacker from outside finds it alone."""

from pathlib import Path

import pytest

from senacs.disclosure.attacker.outside.equations import Year
from senacs.disclosure.attacker.outside.intervals import Reader
from senacs.disclosure.attacker.outside.league import OUTSIDER, PAIR, SINGLE, told
from tests.disclosure.attacker.outside.worlds import league, local, read, register, write_release

PEOPLE = register(("26", "CS", 7), ("26", "EVS", 8), ("69", "CS", 9), ("69", "EVS", 6))
BUDGET = {code: float(100 + 7 * i) for i, code in enumerate(PEOPLE)}
EVERYTHING = [
    f"budget {place}"
    for place in ("france FR", *(f"departement {d}{k}" for d in ("26", "69") for k in ("", " CS", " EVS")))
]


def test_large_cells_give_nothing_away(tmp_path: Path) -> None:
    answers = {"budget": BUDGET}
    found = league([read(write_release(tmp_path / "2025-1", PEOPLE, answers, EVERYTHING), PEOPLE, answers)])
    assert found.holds
    assert found.figures == 7
    assert not found.misread


def test_a_small_cell_is_subtracted_from_its_total(tmp_path: Path) -> None:
    people = register(("26", "CS", 7), ("26", "EVS", 3))
    answers = {"budget": {code: 100.0 + i for i, code in enumerate(people)}}
    shown = ["budget departement 26", "budget departement 26 CS"]
    found = league([read(write_release(tmp_path / "2025-1", people, answers, shown), people, answers)])
    assert found.unions == 1
    assert found.lines[OUTSIDER].exact == 1
    assert "G26EVS0, G26EVS1, G26EVS2" in " ".join(found.examples)


def test_unions_are_found_where_no_cell_shows_them(tmp_path: Path) -> None:
    """Two cells of three hidden, each of more than none, whose sum of four is total less the third."""
    people = register(("26", "CS", 2), ("69", "CS", 2), ("59", "CS", 9))
    answers = {"budget": {code: 100.0 + i for i, code in enumerate(people)}}
    shown = ["budget france FR", "budget departement 59"]
    found = league([read(write_release(tmp_path / "2025-1", people, answers, shown), people, answers)])
    assert (found.unions, found.lines[OUTSIDER].exact) == (1, 1)
    assert not found.holds


def test_a_late_answer_is_the_difference_of_two_releases(tmp_path: Path) -> None:
    late = {"budget": BUDGET | {"69EVS6": 400.0}}
    people = register(("26", "CS", 7), ("26", "EVS", 8), ("69", "CS", 9), ("69", "EVS", 7))
    shown = ["budget departement 69 EVS"]
    first = read(write_release(tmp_path / "2025-1", people, {"budget": BUDGET}, shown), people, {"budget": BUDGET})
    second = read(write_release(tmp_path / "2025-2", people, late, shown, name="2025-2"), people, late)
    found = league([first, second])
    assert found.unions == 1
    # The number of answers rises by one: who it is, the register says.
    assert found.participation == 1


def test_a_corrected_answer_is_found_though_the_number_of_answers_does_not_move(tmp_path: Path) -> None:
    corrected = {"budget": BUDGET | {"69CS3": 7.0}}
    shown = ["budget departement 69"]
    first = read(write_release(tmp_path / "2025-1", PEOPLE, {"budget": BUDGET}, shown), PEOPLE, {"budget": BUDGET})
    second = read(write_release(tmp_path / "2025-2", PEOPLE, corrected, shown, name="2025-2"), PEOPLE, corrected)
    found = league([first, second])
    assert (found.unions, found.participation) == (1, 0)


@pytest.mark.parametrize(("more", "unions"), [(1, 1), (3, 1), (6, 0)])
def test_a_grouping_gives_a_local_figure_more_away(tmp_path: Path, more: int, unions: int) -> None:
    codes = list(PEOPLE)
    grouping = {"code": "26-1", "communes": codes[: 10 + more]}
    folder = write_release(
        tmp_path / "2025-1", PEOPLE, {"budget": BUDGET}, ["budget groupement 26-1"], groupings=[grouping]
    )
    release = read(folder, PEOPLE, {"budget": BUDGET})
    table = local(tmp_path, release, codes[:10], "budget", sum(BUDGET[c] for c in codes[:10]))
    assert league([release], table).unions == unions


def test_yes_is_one_at_most(tmp_path: Path) -> None:
    """14 of 20 in all, 7 of 13 centres: the seven others all said yes."""
    people = register(("26", "CS", 13), ("26", "EVS", 7))
    answers = {"deficit": {code: float(i < 7 or code[2] == "E") for i, code in enumerate(people)}}
    shown = ["deficit departement 26", "deficit departement 26 CS"]
    folder = write_release(tmp_path / "2025-1", people, answers, shown, kinds={"deficit": "share"})
    found = league([read(folder, people, answers)])
    assert found.lines[OUTSIDER].fixed == 1
    assert not found.holds


def test_figures_on_two_answers_that_are_not_zero(tmp_path: Path) -> None:
    people = register(("26", "CS", 9))
    answers = {"region": {code: (50.0, 80.0, 0.0)[min(i, 2)] for i, code in enumerate(people)}}
    folder = write_release(tmp_path / "2025-1", people, answers, ["region departement 26"])
    assert league([read(folder, people, answers)]).thin == 1


def test_a_second_contributor_estimates_the_first(tmp_path: Path) -> None:
    people = register(("26", "CS", 9))
    answers = {"region": {code: (900.0, 300.0, 1.0)[min(i, 2)] for i, code in enumerate(people)}}
    folder = write_release(tmp_path / "2025-1", people, answers, ["region departement 26"])
    assert league([read(folder, people, answers)]).close == 1


def test_a_large_hidden_cell_is_nearly_the_total(tmp_path: Path) -> None:
    """Two hidden cells, of which one is minute: the other is hardly less than their sum."""
    people = register(("26", "CS", 3), ("26", "EVS", 3))
    answers = {"budget": {code: 10_000.0 if code[2] == "C" else 40.0 for code in people}}
    folder = write_release(tmp_path / "2025-1", people, answers, ["budget departement 26"])
    found = league([read(folder, people, answers)])
    line = found.lines[OUTSIDER]
    assert (line.exact, line.within, line.one_sided) == (0, [0, 0, 0], 1)


def test_sums_of_variables_are_equations(tmp_path: Path) -> None:
    """Caf and others make the budget: where two are shown, the third is."""
    people = register(("26", "CS", 3), ("69", "CS", 8))
    caf = {code: 40.0 + i for i, code in enumerate(people)}
    others = {code: 60.0 + 2 * i for i, code in enumerate(people)}
    answers = {"caf": caf, "others": others, "budget": {code: caf[code] + others[code] for code in people}}
    shown = ["caf departement 26", "budget departement 26"]
    folder = write_release(tmp_path / "2025-1", people, answers, shown, formulas={"budget": "SOMME(caf; others)"})
    found = league([read(folder, people, answers)])
    # caf and budget are shown of three people; others follows.
    assert found.lines[OUTSIDER].exact >= 1
    assert found.unions == 2


@pytest.mark.parametrize("hidden", ["funder3", "budget"])
def test_a_budget_of_eight_funders_is_read_whole(tmp_path: Path, hidden: str) -> None:
    """However many variables a sum ties: all but one are shown of the same people, the last one follows."""
    people = register(("26", "CS", 3), ("69", "CS", 8))
    answers = {f"funder{i}": {code: 40.0 + 11 * i + n for n, code in enumerate(people)} for i in range(8)}
    funders = "; ".join(answers)
    answers["budget"] = {code: sum(values[code] for values in answers.values()) for code in people}
    shown = [f"{name} departement 26" for name in answers if name != hidden]
    folder = write_release(tmp_path / "2025-1", people, answers, shown, formulas={"budget": f"SOMME({funders})"})
    found = league([read(folder, people, answers)])
    assert found.lines[OUTSIDER].exact >= 1
    assert any(example.startswith(f"{hidden} :") and "entre" in example for example in found.examples)


def test_insiders_are_counted_apart(tmp_path: Path) -> None:
    """Two hidden cells of one holder each: either finds the other by subtraction."""
    people = {"a": ("26", "CS", "A"), "b": ("26", "EVS", "B")} | register(("69", "CS", 8))
    answers = {"budget": {code: 100.0 + i for i, code in enumerate(people)}}
    shown = ["budget departement 26"]
    found = league([read(write_release(tmp_path / "2025-1", people, answers, shown), people, answers)])
    assert found.lines[OUTSIDER].exact == 0
    assert found.lines[SINGLE].exact == 2
    assert found.lines[PAIR].sought == 0


def test_the_table_is_told_in_french(tmp_path: Path) -> None:
    answers = {"budget": BUDGET}
    found = league([read(write_release(tmp_path / "2025-1", PEOPLE, answers, EVERYTHING), PEOPLE, answers)])
    lines = told(found)
    assert lines[0] == "1\xa0variable, 7\xa0chiffres montrés"
    assert [line.split("  ")[0] for line in lines[2:5]] == [
        "lecteur extérieur",
        "un gestionnaire",
        "deux gestionnaires",
    ]


def test_who_knows_a_part_of_a_group_leaves_every_program_finite(tmp_path: Path) -> None:
    """Its own part is the least that the group holds; nothing that is shown says the most."""
    people = register(("26", "CS", 2), ("69", "CS", 8))
    answers = {"budget": {code: 100.0 + i for i, code in enumerate(people)}}
    folder = write_release(tmp_path / "2025-1", people, answers, ["budget departement 69"])
    system = Year([read(folder, people, answers)]).equations("budget")
    reader = Reader([system])
    group = next(c for c, holders in enumerate(system.holders) if "G26CS0" in holders)
    with reader.knowing({group: (100.0, float("inf"))}):
        found = reader.ranges([[group]], 0.1)[0]
    assert (found.low, found.truth) == (100.0, 201.0)
    assert 10_000 < found.high < float("inf")


def test_variables_on_the_same_people_are_read_together_and_counted_apart(tmp_path: Path) -> None:
    people = register(("26", "CS", 7), ("26", "EVS", 3))
    amounts = {code: 100.0 + i for i, code in enumerate(people)}
    answers = {"budget": amounts, "etp": {code: 2 * value for code, value in amounts.items()}}
    shown = [f"{name} departement 26{kind}" for name in answers for kind in ("", " CS")]
    found = league([read(write_release(tmp_path / "2025-1", people, answers, shown), people, answers)])
    assert (found.variables, found.unions, found.lines[OUTSIDER].exact) == (2, 2, 2)


def test_worlds_that_push_together_settle_what_programs_settle_one_by_one(tmp_path: Path) -> None:
    """Many hidden cells at once: those that barely move are found among those that do."""
    people = register(*[(f"{d:02d}", kind, 6 if kind == "CS" else 4) for d in range(1, 13) for kind in ("CS", "EVS")])
    amounts = {code: 50.0 + 13 * (i % 17) for i, code in enumerate(people)}
    # One département where a single gestionnaire is nearly all.
    amounts |= {code: 0.001 for code in people if code.startswith("07EVS")}
    shown = ["budget france FR", "budget france FR CS", "budget departement 07"]
    answers = {"budget": amounts}
    system = Year([read(write_release(tmp_path / "2025-1", people, answers, shown), people, answers)]).equations(
        "budget"
    )
    sought = [[c for c, mine in enumerate(system.group) if mine == number] for number in sorted(set(system.group))]
    together = Reader([system]).ranges(sought, 0.1)
    for columns, found in zip(sought, together, strict=True):
        alone = Reader([system]).ranges([columns], 0.1)[0]
        assert (found.below >= 0.1, found.above >= 0.1) == (alone.below >= 0.1, alone.above >= 0.1)
