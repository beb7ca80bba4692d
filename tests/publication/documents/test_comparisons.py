"""Comparisons of means in words, from the means as they are published."""

from pathlib import Path

import pytest

from senacs.publication.documents.comparisons import told_of
from senacs.territories.queries import Territory
from tests.publication.releases import SyntheticRelease

REGION = Territory("region", "84", "Auvergne-Rhône-Alpes", None)


def words(tmp_path: Path, *, mean: float = 120.0, same: int = 3, everybody: int = 3) -> tuple[str, ...]:
    release = SyntheticRelease()
    release.indicator("budget", "Budget", "finances", "total", unit="€", key=True)
    release.cell("budget", "region", "84", mean, statistic="mean", kind="CS")
    release.cell("budget", "france", "FR", 100.0, statistic="mean", kind="CS")
    change = {"indicator": "budget", "kind": "EVS", "both": 1200, "same": same, "all": everybody, "chance": 1e-6}
    place = {"level": "region", "territory": "84", "tests": 2, "shares": []}
    release.more["data_year"] = 2025
    release.more["comparisons"] = [{**place, "means": [["budget", "CS", 1e-6]], "movements": [change]}]
    reader = release.reader(tmp_path)
    return tuple(
        text.replace("\xa0", " ").replace("\u202f", " ")
        for text in told_of(reader, reader.indicators["budget"], REGION)
    )


def test_a_mean_and_what_the_same_structures_became(tmp_path: Path) -> None:
    assert words(tmp_path) == (
        "moyenne des centres sociaux : 20 % de plus qu’en France",
        "depuis 2024, +3 % pour les 1 200 espaces de vie sociale qui ont répondu les deux années",
    )


@pytest.mark.parametrize(("same", "everybody", "told"), [(3, 8, "change de +8 %"), (-2, 0, "change de 0 %")])
def test_composition_is_told_apart(tmp_path: Path, same: int, everybody: int, told: str) -> None:
    _, movement = words(tmp_path, same=same, everybody=everybody)
    assert told in movement and "commencé ou cessé de répondre" in movement


def test_less_than_france_is_said_so(tmp_path: Path) -> None:
    gap, _ = words(tmp_path, mean=62.0, same=-4, everybody=-5)
    assert gap.endswith("38 % de moins qu’en France")
