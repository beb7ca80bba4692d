"""Small worlds read by somebody who has the published rows only: nothing exact, nothing within the margin."""

import math
from collections.abc import Sequence
from itertools import combinations
from typing import Any

import pytest

from senacs.disclosure import SpecificationError, attack, protect
from tests.disclosure.stranger import Stranger
from tests.disclosure.worlds import examined


@pytest.mark.parametrize("seed", range(12))
def test_a_stranger_finds_nothing_exact_and_nothing_within_the_margin(seed: int) -> None:
    found = examined(seed)
    assert (found.exact, found.narrow, found.refused, found.attack_holds) == ([], [], (), True)


LINE = [("A", 1), ("B", 1), ("C", 1), ("D", 10), ("Total", 13)]


def line(pairs: Sequence[tuple[str, int]]) -> list[dict[str, Any]]:
    return [{"code": code, "n": n} for code, n in pairs]


COUNTS: dict[str, Any] = {"dimensions": ["code"], "frequency": "n", "rules": {"threshold": 5}}


@pytest.mark.parametrize(
    "pairs",
    [
        LINE,
        [("A", 1), ("B", 1), ("C", 1), ("D", 1), ("E", 6), ("Total", 10)],
        [("A", 2), ("B", 0), ("C", 1), ("D", 6), ("Total", 9)],
        [("A", 1), ("B", 9), ("Total", 10)],
        [("A", 1), ("B", 1), ("C", 12), ("D", 14), ("Total", 28)],
    ],
)
def test_a_hidden_count_is_never_the_only_one_possible(pairs: list[tuple[str, int]]) -> None:
    """Every whole table that could be true, tried one by one: each hidden cell has two values or more."""
    shown = protect({"t": line(pairs)}, **COUNTS)
    assert not shown.failures
    stranger = Stranger(shown.tables, ["code"], "n", counts=True, whole=True)
    tables = list(stranger.enumerated(max(n for _, n in pairs)))
    assert stranger.unknown
    for key in stranger.unknown:
        assert len({table[key] for table in tables}) > 1


def test_three_cells_that_are_not_empty_and_make_three_are_one_each() -> None:
    hurried = [dict(row, n=None if row["n"] == 1 else row["n"]) for row in line(LINE)]
    found = attack({"t": line(LINE)}, {"t": hurried}, **COUNTS)
    assert not found.holds
    assert {(cell.low, cell.high) for cell in found.cells if not cell.by} == {(1, 1)}


def test_where_zeros_are_secret_three_cells_that_make_three_may_be_anything() -> None:
    options = COUNTS | {"rules": {"threshold": 5, "zero": "suppressed"}}
    shown = protect({"t": line(LINE)}, **options)
    assert [row["status"] for row in shown.tables["t"]] == ["suppressed"] * 3 + ["published"] * 2
    assert attack({"t": line(LINE)}, shown.tables, **options).holds


def test_lone_contributors_learn_no_other_whole_number() -> None:
    """Each of those who are alone in a cell knows that it is 1, and that the others are whole."""
    pairs = [("A", 1), ("B", 1), ("C", 2), ("D", 10), ("E", 6), ("Total", 20)]
    shown = protect({"t": line(pairs)}, **COUNTS)
    stranger = Stranger(shown.tables, ["code"], "n", counts=True, whole=True)
    alone = [key for key in stranger.unknown if dict(pairs)[key[0]] == 1]
    for own in alone:
        for other in stranger.unknown:
            if other != own and dict(pairs)[other[0]] < 5:
                low, high = stranger.interval([other], {own: 1.0})
                assert high - low >= 1 - 1e-6, (own, other)
    for pair in combinations(alone, 2):
        assert math.isfinite(stranger.interval(pair)[0])


VALUES: dict[str, Any] = {
    "dimensions": ["code"],
    "frequency": "n",
    "value": "v",
    "largest": ["m1", "m2"],
    "rules": {"threshold": 3},
}
ROW = {"code": "A", "n": 4, "v": 100, "m1": 40, "m2": 30}
OTHERS = [{"code": "B", "n": 8, "v": 50, "m1": 9, "m2": 9}, {"code": "C", "n": 9, "v": 70, "m1": 12, "m2": 10}]


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"m1": 101}, "t, ligne 2, colonne « m1 » : 101 dépasse le total de la cellule"),
        ({"m2": 41}, "ligne 2, colonne « m2 » : 41 dépasse la contribution précédente"),
        ({"m1": 60, "m2": 50}, "ligne 2, colonne « m2 » : les contributions font 110, plus que le total"),
        ({"n": 2}, "ligne 2, colonne « m1 » : 2\u00a0contributeurs font 70, et le total est 100"),
        ({"n": 1, "m2": 0}, "ligne 2, colonne « m1 » : 1\u00a0contributeur font 40"),
        ({"m1": 20, "m2": 20}, "ligne 2, colonne « m1 » : 4\u00a0contributeurs d’au plus 20"),
        ({"n": 0, "m1": 0, "m2": 0}, "ligne 2, colonne « v » : 100 sans aucun contributeur"),
        ({"n": 0, "v": 0}, "ligne 2, colonne « m1 » : 40 dans une cellule sans contributeur"),
        ({"v": -100}, "ligne 2, colonne « v » : .100 est négatif"),
        ({"n": 4.5}, "ligne 2, colonne « n » : « 4.5 » n’est pas un effectif"),
        ({"n": None}, "ligne 2 : l’effectif manque"),
        ({"v": "cent"}, "ligne 2, colonne « v » : « cent » n’est pas un nombre"),
        ({"code": "B"}, "ligne 3 : la cellule B apparaît déjà ligne 2"),
        ({"code": ""}, "ligne 2 : la dimension « code » est vide"),
    ],
)
def test_a_row_that_contradicts_itself_is_refused(changed: dict[str, Any], said: str) -> None:
    with pytest.raises(SpecificationError, match=said):
        protect({"t": [ROW | changed, *OTHERS]}, **VALUES)
    assert protect({"t": [ROW, *OTHERS]}, **VALUES).tables


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"v": 225}, "t, ligne 5, colonne « v » : la cellule code = Total vaut 225, mais .* 220"),
        ({"n": 40}, "t, ligne 5 : la cellule code = Total a 40\u00a0contributeurs, ses parties de 9 à 21"),
        ({"n": 8}, "t, ligne 5 : la cellule code = Total a 8\u00a0contributeurs"),
        ({"m1": 32, "m2": 31}, "t, ligne 5 : la plus grande contribution .* est 32, et celle d’une de ses parties 40"),
    ],
)
def test_a_total_that_contradicts_its_parts_is_refused(changed: dict[str, Any], said: str) -> None:
    total = {"code": "Total", "n": 21, "v": 220, "m1": 40, "m2": 30}
    with pytest.raises(SpecificationError, match=said):
        protect({"t": [ROW, *OTHERS, total | changed]}, **VALUES)
    assert protect({"t": [ROW, *OTHERS, total]}, **VALUES).tables


@pytest.mark.parametrize(
    ("tables", "options", "said"),
    [
        ({}, {}, "aucune table"),
        ({"t": []}, {}, "t ne contient aucune cellule"),
        ({"t": [ROW | {"label": "x"}]}, {}, "t, ligne 1, colonne « label » : la spécification ne dit pas"),
        ({"t": [ROW, {"code": "B", "n": 8, "v": 50}]}, {}, "t, ligne 3 : la colonne « m1 » n’est pas dans toutes"),
        ({"t": [ROW]}, {"value": "w"}, "la colonne « w » manque"),
        ({"t": [ROW]}, {"marge": 3}, "protect : clé inconnue « marge »"),
        ({"t": [ROW]}, {"margin": 300}, "la marge de 300\u00a0% ne peut pas être tenue"),
        ({"t": [ROW]}, {"dimensions": []}, "au moins une dimension"),
    ],
)
def test_a_call_that_makes_no_sense_is_refused(tables: dict[str, Any], options: dict[str, Any], said: str) -> None:
    with pytest.raises(SpecificationError, match=said):
        protect(tables, **(VALUES | options))


def test_negative_values_are_taken_where_they_are_declared() -> None:
    rows = [ROW | {"v": -100, "m1": 40, "m2": 30}, *OTHERS]
    shown = protect({"t": rows}, **VALUES, negative=True)
    assert any("négatives" in warning for warning in shown.warnings)


def test_rows_come_back_as_they_were_given() -> None:
    rows = [ROW | {"v": 100.0, "label": "x"}, *[row | {"label": "y"} for row in OTHERS]]
    shown = protect({"t": rows}, **VALUES, ignored=["label"]).tables["t"]
    assert shown[0] == {"code": "A", "n": 4, "v": 100.0, "m1": None, "m2": None, "status": "published", "reason": ""}
    assert shown[-1]["code"] == "Total"
    assert shown[-1]["v"] == 220
