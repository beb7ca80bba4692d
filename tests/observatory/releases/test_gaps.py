"""Tests of the gaps with France that words may tell."""

from pathlib import Path

import pytest

from senacs.observatory.releases.gaps import telling_gaps
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
