"""Editions named in words where only their codes are at hand, in the journal of acts first."""

import pytest
from django.conf import settings

from senacs.publication.naming import EDITIONS, in_words, told_edition
from tests.factories import Cast


def test_every_trame_that_we_ship_has_its_words() -> None:
    assert set(EDITIONS) == {path.stem for path in (settings.BASE_DIR / "data" / "trames").glob("*.yaml")}


@pytest.mark.parametrize(
    ("about", "told"),
    [
        ("departementale, departement 26", "Plaquette départementale, Drôme"),
        ("nationale, france FR", "Plaquette nationale, France"),
        ("numerique, region 84", "Note thématique « inclusion numérique », Région 84"),
        ("locale, groupe 26-3", "Plaquette locale, 26-3"),
        ("departementale, departement 99", "Plaquette départementale, 99"),
        ("Plaquette départementale, Drôme", "Plaquette départementale, Drôme"),
        ("S000012", "S000012"),
    ],
)
def test_codes_of_older_lines_are_told_in_words(cast: Cast, about: str, told: str) -> None:
    assert in_words(about) == told


def test_a_group_gives_its_name(cast: Cast) -> None:
    assert told_edition(trame="locale", level="groupe", code="26-3", group="Le Val") == "Plaquette locale, Le Val"
