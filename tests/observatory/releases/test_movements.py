"""What the same structures became, the new and the gone apart; nothing that would speak of a few."""

import polars as pl
import pytest

from senacs.observatory.releases.movements import Move, movements

MEANS = pl.DataFrame(
    {"indicator": ["budget"] * 2, "level": ["france", "region"], "territory": ["FR", "84"], "kind": ["CS"] * 2}
)


def survey(both: int, new: int, gone: int, *, size: float = 1.0) -> tuple[dict[str, float], dict[str, float]]:
    """Who answered both years grew by a tenth from 100; those who came and went are `size` times as large."""
    now = {f"b{i}": 110.0 + i % 2 for i in range(both)} | {f"n{i}": 100.0 * size for i in range(new)}
    before = {f"b{i}": 100.0 for i in range(both)} | {f"g{i}": 100.0 * size for i in range(gone)}
    return now, before


def read(now: dict[str, float], before: dict[str, float]) -> list[Move]:
    names = sorted({*now, *before})
    register = pl.DataFrame({"structure": names, "kind": ["CS"] * len(names), "region": ["84"] * len(names)})
    return movements(register, {"budget": now}, {"budget": before}, MEANS)


def test_those_who_came_do_not_make_a_growth() -> None:
    (france, region) = read(*survey(60, 40, 0, size=3.0))
    assert (france["same"], france["both"]) == (11, 60)
    # 60 × 110.5 and 40 × 300, for 100 before.
    assert france["all"] == 86
    assert france["chance"] < 1e-6
    assert {key: region[key] for key in ("same", "all", "both")} == {
        key: france[key] for key in ("same", "all", "both")
    }


@pytest.mark.parametrize(("both", "new", "gone"), [(29, 0, 0), (60, 9, 0), (60, 0, 1), (60, 12, 5)])
def test_a_few_are_not_spoken_of(both: int, new: int, gone: int) -> None:
    assert read(*survey(both, new, gone)) == []


def test_nothing_before_or_a_hidden_mean_tells_nothing() -> None:
    now, before = survey(60, 0, 0)
    assert read(now, {}) == []
    assert read(now, dict.fromkeys(before, 0.0)) == []
    register = pl.DataFrame({"structure": sorted(now), "kind": ["CS"] * 60, "region": ["84"] * 60})
    assert movements(register, {"budget": now}, {"budget": before}, MEANS.filter(pl.lit(value=False))) == []
