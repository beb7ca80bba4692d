"""Reads over the register."""

from typing import Any

import pytest
from pytest_django import DjangoAssertNumQueries

from senacs.lib import clock
from senacs.structures import queries
from senacs.structures.enums import StructureKind
from senacs.structures.models import Structure
from senacs.territories.models import Commune
from tests.factories import make_structure


@pytest.fixture(autouse=True)
def register(territories: None) -> None:
    valence, lyon9 = Commune.objects.get(pk="26362"), Commune.objects.get(pk="69389")
    bastia = Commune.objects.get(pk="2B033")
    make_structure(name="Centre social Été", commune=valence)
    make_structure(name="Espace Horizon", kind=StructureKind.EVS, commune=valence)
    make_structure(name="Centre social Vaise", commune=lyon9)
    make_structure(name="Centre social A Strada", commune=bastia)
    make_structure(name="Centre social Fermé", commune=valence, closed_on=clock.today())


@pytest.mark.parametrize(
    ("filters", "names"),
    [
        ({}, ["Centre social A Strada", "Centre social Été", "Centre social Vaise", "Espace Horizon"]),
        (
            {"descending": True},
            ["Espace Horizon", "Centre social Vaise", "Centre social Été", "Centre social A Strada"],
        ),
        ({"kind": "EVS"}, ["Espace Horizon"]),
        ({"departement": "2B"}, ["Centre social A Strada"]),
        ({"region": "84"}, ["Centre social Été", "Centre social Vaise", "Espace Horizon"]),
        ({"name": "ETE social"}, ["Centre social Été"]),
        ({"city": "VALEN"}, ["Centre social Été", "Espace Horizon"]),
        ({"city": "69"}, ["Centre social Vaise"]),
        ({"name": "horizon", "kind": "CS"}, []),
    ],
)
def test_register_list_filters(filters: dict[str, Any], names: list[str]) -> None:
    assert [structure.name for structure in queries.register_list(**filters)] == names


def test_register_list_costs_one_query(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    with django_assert_num_queries(1):
        assert [(s.commune.name, s.departement.name) for s in queries.register_list()]


def test_structures_of_a_commune_include_its_arrondissements() -> None:
    assert queries.structures_in("commune", "69123").get().name == "Centre social Vaise"
    assert queries.structures_in("region", "84").count() == 3
    assert queries.structures_in("epci", "200040459").count() == 2
    assert queries.structures_in("france", "FR").count() == 4


def test_counts_by_level_and_kind() -> None:
    assert queries.counts_by("departement") == {
        "26": {StructureKind.CENTRE_SOCIAL: 1, StructureKind.EVS: 1},
        "69": {StructureKind.CENTRE_SOCIAL: 1, StructureKind.EVS: 0},
        "2B": {StructureKind.CENTRE_SOCIAL: 1, StructureKind.EVS: 0},
    }
    assert set(queries.counts_by("epci")) == {"200040459", "200046977"}


def test_unknown_level_is_an_error() -> None:
    with pytest.raises(ValueError, match="canton"):
        queries.counts_by("canton")
    with pytest.raises(ValueError, match="canton"):
        queries.structures_in("canton", "1")
    assert Structure.objects.count() == 5
