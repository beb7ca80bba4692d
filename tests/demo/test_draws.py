"""Draws: parts add up, choices have their shares, years resemble each other."""

import numpy as np
import pytest

from senacs.demo.draws import Draws


@pytest.fixture
def draws() -> Draws:
    return Draws(seed=3, size=4000, index=1)


def test_split_adds_up_exactly(draws: Draws):
    total = np.arange(4000)
    parts = draws.split("x", total, (0.5, 0.3, 0.2))
    assert np.array_equal(sum(parts), total)
    assert min(part.min() for part in parts) >= 0


def test_yes_has_its_probability_and_lasts(draws: Draws):
    now, next_year = draws.yes("q", 0.3), Draws(3, 4000, 2).yes("q", 0.3)
    assert now.mean() == pytest.approx(0.3, abs=0.03)
    assert (now == next_year).mean() > 0.85


def test_pick_keeps_the_shares(draws: Draws):
    picked = draws.pick("q", {"a": 0.6, "b": 0.3, "c": 0.1})
    assert (picked == "a").mean() == pytest.approx(0.6, abs=0.04)
    assert set(picked) == {"a", "b", "c"}


def test_several_always_gives_one_when_asked(draws: Draws):
    assert all(draws.several("q", {"a": 0.1, "b": 0.05}))
    assert not all(draws.several("q", {"a": 0.1, "b": 0.05}, at_least_one=False))


def test_another_question_changes_no_draw(draws: Draws):
    before = draws.lasting("a")
    draws.lasting("b")
    assert np.array_equal(before, draws.lasting("a"))
