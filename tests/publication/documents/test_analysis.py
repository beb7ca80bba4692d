"""A theme in a few sentences: nothing is told of two groups that chance alone would tell."""

import random
from pathlib import Path

import pytest

from senacs.observatory.releases.reader import Cell
from senacs.publication.documents.analysis import AskedGroup, who_does_it


def group(name: str, share: float, count: int) -> AskedGroup:
    return AskedGroup(name, Cell("part_essai", "share", "departement", "59", "kind", "", share, count, "A", ""))


def told(first: AskedGroup, other: AskedGroup) -> str:
    return who_does_it({"kind": [first, other]})


def test_a_large_gap_on_many_answers_is_told_from_the_larger_side() -> None:
    centres, spaces = group("centres sociaux", 61.0, 400), group("espaces de vie sociale", 88.0, 380)
    assert told(centres, spaces) == (
        "Les espaces de vie sociale plus souvent que les centres sociaux : 88\u00a0% contre 61\u00a0%."
    )


@pytest.mark.parametrize(
    ("first", "other"),
    [((60.0, 31), (72.0, 33)), ((50.0, 4000), (53.0, 4000))],
    ids=["few answers", "sure and small"],
)
def test_a_gap_that_means_nothing_is_said_to(first: tuple[float, int], other: tuple[float, int]) -> None:
    sentence = told(group("centres sociaux", *first), group("espaces de vie sociale", *other))
    assert sentence.startswith("Entre centres sociaux et espaces de vie sociale, aucun écart")


def test_nothing_is_said_of_too_few() -> None:
    assert told(group("centres sociaux", 10.0, 29), group("espaces de vie sociale", 90.0, 500)) == ""
    assert who_does_it({"kind": [], "gestion": [group("structures associatives", 40.0, 300)]}) == ""


def test_chance_alone_is_seldom_told() -> None:
    # 300 territories where both groups do it as often: the words are held to one false gap in twenty.
    draw = random.Random(20)
    false = 0
    for _ in range(300):
        shares = [round(100 * sum(draw.random() < 0.4 for _ in range(120)) / 120, 1) for _ in range(2)]
        false += "plus souvent" in told(group("a", shares[0], 120), group("b", shares[1], 120))
    assert false <= 300 * 0.05 + 3 * (300 * 0.05 * 0.95) ** 0.5


def test_every_note_asks_a_question_that_a_share_answers() -> None:
    for trame in sorted(Path("data/trames").glob("*.yaml")):
        text = trame.read_text()
        if "Note thématique" in text.splitlines()[0]:
            assert "kind: analyse" in text, trame.name
