"""Reads over territories."""

from pathlib import Path

import pytest

from senacs.territories import queries
from senacs.territories.services import load_territories
from tests.territories.package import write_package

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def territories(tmp_path: Path) -> None:
    load_territories(folder=write_package(tmp_path))


def test_a_territory_of_every_level_knows_its_parents() -> None:
    commune = queries.get_territory("commune", "69389")
    assert commune is not None
    assert [parent.code for parent in commune.parents] == ["FR", "84", "69"]
    epci = queries.get_territory("epci", "200040459")
    assert epci is not None
    assert epci.name == "CA Valence Romans Agglo"
    france = queries.get_territory("france", "FR")
    assert france is not None
    assert france.population == queries.populations("france")["FR"]


@pytest.mark.parametrize("level", ["france", "region", "departement", "epci", "commune"])
def test_unknown_code_gives_none(level: str) -> None:
    assert queries.get_territory(level, "nulle-part") is None


def test_unknown_level_is_an_error() -> None:
    with pytest.raises(ValueError, match="canton"):
        queries.get_territory("canton", "01")
    with pytest.raises(ValueError, match="canton"):
        queries.populations("canton")


def test_populations_tell_none_from_zero() -> None:
    assert queries.populations("commune")["26999"] is None
    assert queries.populations("departement")["978"] == 31000
