"""Tests of the gaps with France that words may tell."""

from pathlib import Path

import pytest

from senacs.observatory.releases.gaps import Movement, telling, telling_gaps
from senacs.observatory.releases.reader import ReleaseReader
from tests.publication.releases import SyntheticRelease


def release_of(shares: dict[str, tuple[float, float, int]], *, hidden: str = "") -> SyntheticRelease:
    """By code: the share here, in France, and the respondents here, in one kind of structure; the other has ten."""
    release = SyntheticRelease()
    for code, (here, everywhere, n) in shares.items():
        release.indicator(code, code, "emplois", "share")
        release.cell(code, "departement", "59", here, n=n)
        release.cell(code, "france", "FR", everywhere, n=2000)
        value = None if code == hidden else here
        release.cell(code, "departement", "59", value, n=n, kind="CS")
        release.cell(code, "france", "FR", everywhere, n=2000, kind="CS")
    return release


CASES = {
    "large": (75.0, 50.0, 60),
    "small": (52.0, 50.0, 900),  # two points, though on many answers
    "by_chance": (60.0, 50.0, 60),
    "few": (100.0, 50.0, 29),
    "same": (50.0, 50.0, 60),
}


def test_only_what_chance_would_seldom_give_is_told(tmp_path: Path) -> None:
    assert telling_gaps(release_of(CASES).reader(tmp_path), "departement", "59") == {("large", "")}


def test_a_kind_that_is_hidden_leaves_nothing_to_test(tmp_path: Path) -> None:
    assert not telling_gaps(release_of(CASES, hidden="large").reader(tmp_path), "departement", "59")


def test_many_looks_ask_for_more(tmp_path: Path) -> None:
    """A gap that one test would hold is not told among two hundred others."""
    alone = release_of({"one": (64.0, 50.0, 60)}).reader(tmp_path / "alone")
    crowd = {"one": (64.0, 50.0, 60), **{f"other{i}": (50.0, 50.0, 60) for i in range(200)}}
    among = release_of(crowd).reader(tmp_path / "among")
    assert telling_gaps(alone, "departement", "59") == {("one", "")}
    assert not telling_gaps(among, "departement", "59")


@pytest.mark.parametrize("place", [("france", "FR"), ("region", "32")])
def test_france_and_unknown_places_tell_nothing(tmp_path: Path, place: tuple[str, str]) -> None:
    assert not telling_gaps(release_of(CASES).reader(tmp_path), *place)


def with_means(tmp_path: Path, chances: dict[str, float], unsure: int = 0, **moves: float) -> ReleaseReader:
    """Means 20 % over France's; `moves`: chance of the change of the same structures, by indicator."""
    release = SyntheticRelease()
    for code in {*chances, *moves}:
        release.indicator(code, code, "finances", "total", unit="€", key=True)
        for level, territory, mean in (("region", "84", 120.0), ("france", "FR", 100.0)):
            release.cell(code, level, territory, mean, statistic="mean", n=60, kind="CS")
    means = [[code, "CS", chance] for code, chance in chances.items()]
    changes = [
        {"indicator": code, "kind": "CS", "chance": c, "both": 50, "same": 3, "all": 9} for code, c in moves.items()
    ]
    place = {"level": "region", "territory": "84", "tests": len(means) + len(changes) + unsure}
    release.more["comparisons"] = [{**place, "shares": [], "means": means, "movements": changes}]
    return release.reader(tmp_path)


def test_means_and_changes_are_judged_with_the_rest_of_the_page(tmp_path: Path) -> None:
    found = telling(
        with_means(tmp_path / "a", {"sure": 0.0001, "vague": 0.2}, changed=0.0003, still=0.4), "region", "84"
    )
    assert found.means == {("sure", "CS")}
    assert found.movements == {("changed", "CS"): Movement(50, 3, 9)}
    # The same, among many others: chance gives some of two hundred so sure a look.
    assert not telling(with_means(tmp_path / "b", {"sure": 0.001}, unsure=200), "region", "84").means


def test_a_mean_hardly_another_is_not_told_however_sure(tmp_path: Path) -> None:
    release = SyntheticRelease()
    release.indicator("budget", "Budget", "finances", "total", unit="€", key=True)
    release.cell("budget", "region", "84", 104.0, statistic="mean", kind="CS")
    release.cell("budget", "france", "FR", 100.0, statistic="mean", kind="CS")
    gap = {"level": "region", "territory": "84", "tests": 1, "means": [["budget", "CS", 0.000001]]}
    release.more["comparisons"] = [gap]
    assert not telling(release.reader(tmp_path), "region", "84").means
