"""Rows of a correction: who is one contributor in both releases, and what it costs to know it."""

import dataclasses
from collections.abc import Iterator

import polars as pl
import pytest

from senacs.observatory.secrecy import memberships
from senacs.observatory.secrecy.memberships import GroupingKey, Memberships, Rows
from senacs.observatory.secrecy.variables import SCALE, Variable
from tests.observatory.secrecy.campaigns import PLAN, releases

BUDGET = {"budget": Variable("budget")}


@pytest.fixture
def two_releases() -> Iterator[tuple[pl.DataFrame, pl.DataFrame]]:
    first, second, *_ = releases(3)
    return first, second


def test_each_answer_is_in_the_cells_of_its_own_release(two_releases: tuple[pl.DataFrame, pl.DataFrame]) -> None:
    before, now = two_releases
    rows = Rows(Memberships(now, PLAN), BUDGET)
    rows.join(Rows(Memberships(before, PLAN), BUDGET), "avant 1")
    known = {row["structure"]: row for row in before.iter_rows(named=True)}
    present = {row["structure"]: (i, row) for i, row in enumerate(now.iter_rows(named=True))}
    for code, row in known.items():
        place = rows.places["avant 1"][code]
        i, other = present.get(code, (None, None))
        unchanged = other is not None and (other["holder"], other["budget"]) == (row["holder"], row["budget"])
        assert (place == i) is unchanged
        assert rows.values["budget"][place] == row["budget"] * SCALE
        labels = [(str(name), column[place]) for name, column in rows.groupings.items()]
        assert ("avant 1 departement", (row["departement"],)) in labels
    changed = len(rows.holders) - len(now)
    assert 0 < changed < len(before)
    assert {len(column) for column in rows.groupings.values()} == {len(rows.holders)}


def test_a_table_is_named_once_however_many_answered(
    two_releases: tuple[pl.DataFrame, pl.DataFrame], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A name an answer and table made a correction of the whole network spend minutes before any protection."""
    before, now = two_releases
    made: list[GroupingKey] = []

    def counted(key: GroupingKey, **changes: str) -> GroupingKey:
        made.append(key)
        return dataclasses.replace(key, **changes)

    monkeypatch.setattr(memberships, "replace", counted)
    rows = Rows(Memberships(now, PLAN), BUDGET)
    tables = len(rows.groupings)
    rows.join(Rows(Memberships(before, PLAN), BUDGET), "avant 1")
    assert len(made) == tables
