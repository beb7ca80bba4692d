"""Fates of cells: each reason has its words in French, which tell the rule and never who is behind a cell."""

import pytest

from senacs.disclosure.fates import PUBLISHED, SHELTER, Fate, Reason, Status, words

FIGURES = {Reason.FEW: (7,), Reason.DOMINANT: (2, 62.5), Reason.CLOSE: (12,), Reason.CHANGED: (3,)}


@pytest.mark.parametrize("reason", list(Reason))
def test_every_reason_but_none_is_told(reason: Reason) -> None:
    told = words(Fate(Status.PRIMARY, reason, FIGURES.get(reason, ())))
    assert (told == "") == (reason is Reason.NONE)
    assert told == told.strip() and not told.endswith(".")


@pytest.mark.parametrize(
    ("fate", "told"),
    [
        (Fate(Status.PRIMARY, Reason.FEW, (7,)), "moins de 7\u00a0contributeurs"),
        (Fate(Status.PRIMARY, Reason.DOMINANT, (1, 85.0)), "le premier contributeur fait plus de 85\u00a0% du total"),
        (
            Fate(Status.PRIMARY, Reason.DOMINANT, (2, 62.5)),
            "les 2 premiers contributeurs font plus de 62,5\u00a0% du total",
        ),
        (
            Fate(Status.PRIMARY, Reason.CHANGED),
            "la différence avec la publication précédente révélerait ce qui a changé "
            "(on ignore combien de contributeurs)",
        ),
    ],
)
def test_the_figures_of_the_rule_are_in_the_words(fate: Fate, told: str) -> None:
    assert words(fate) == told


def test_only_a_published_cell_is_shown() -> None:
    assert PUBLISHED.is_published
    assert not SHELTER.is_published and not Fate(Status.PRIMARY, Reason.FEW, (5,)).is_published
