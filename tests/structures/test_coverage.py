"""Coverage by the register: who is near, what compares; no data is not no structure."""

import pytest

from senacs.structures.coverage import (
    comparable_to,
    coverage_of,
    coverage_of_all,
    nearest_structures,
    neighbours_of,
)
from senacs.territories.models import Commune, Epci
from senacs.territories.positions import Position, kilometres
from senacs.territories.queries import get_territory
from tests import factories

pytestmark = pytest.mark.django_db


def at(code: str, name: str, latitude: float | None, longitude: float | None, population: int | None = 1000) -> Commune:
    commune = factories.make_commune(code, name)
    Commune.objects.filter(pk=code).update(latitude=latitude, longitude=longitude, population=population)
    commune.refresh_from_db()
    return commune


def test_distance_is_that_of_the_atlas() -> None:
    paris, marseille = Position(48.8566, 2.3522), Position(43.2965, 5.3698)
    assert kilometres(paris, marseille) == pytest.approx(660, abs=3)
    assert kilometres(paris, paris) == 0


def test_nearest_structures_come_by_distance_and_leave_out_the_commune_itself_and_the_closed() -> None:
    here = at("26001", "Ici", 44.9, 4.9)
    for code, name, latitude in (("26002", "Tout près", 44.93), ("26003", "Plus loin", 45.05), ("26004", "Hors", 46.5)):
        factories.make_structure(name=name, commune=at(code, name, latitude, 4.9))
    factories.make_structure(name="Chez nous", commune=here)
    factories.make_structure(name="Sans place", commune=at("26005", "Nulle part", None, None))
    closed = factories.make_structure(name="Fermée", commune=at("26006", "À côté", 44.91, 4.9))
    type(closed).objects.filter(pk=closed.pk).update(closed_on="2025-01-01")
    found = nearest_structures(Position(44.9, 4.9), without="26001")
    assert [near.structure.name for near in found] == ["Tout près", "Plus loin"]
    assert found[0].distance == pytest.approx(3.3, abs=0.2)


def test_arrondissement_counts_for_its_commune_and_is_not_its_own_neighbour() -> None:
    lyon = at("69123", "Lyon", 45.76, 4.84, 500_000)
    third = at("69383", "Lyon 3e Arrondissement", 45.75, 4.86, 100_000)
    Commune.objects.filter(pk=third.pk).update(parent=lyon)
    factories.make_structure(name="La Villa", commune=third)
    place = get_territory("commune", "69123")
    assert place is not None and coverage_of(place).structures == 1
    assert nearest_structures(Position(45.76, 4.84), without="69123") == []
    assert neighbours_of(place) == []


def test_no_population_is_not_no_structure() -> None:
    at("26001", "Muette", 44.9, 4.9, None)
    at("26002", "Vide", 44.9, 4.9, 2000)
    mute, empty = get_territory("commune", "26001"), get_territory("commune", "26002")
    assert mute is not None and empty is not None
    factories.make_structure(commune=Commune.objects.get(pk="26001"))
    assert (coverage_of(mute).structures, coverage_of(mute).for_10_000) == (1, None)
    assert (coverage_of(empty).structures, coverage_of(empty).for_10_000) == (0, 0.0)
    both = coverage_of_all("Toutes deux", "commune", ["26001", "26002"])
    # What has no published population is left out on both sides of the ratio.
    assert both is not None and (both.structures, both.population) == (0, 2000)
    assert coverage_of_all("Aucune", "commune", ["26001"]) is None


def test_comparable_places_are_of_closest_population_and_of_the_same_nature() -> None:
    for code, population in (("26001", 1000), ("26002", 1100), ("26003", 900), ("26004", 90_000)):
        at(code, f"Commune {code}", 44.9, 4.9, population)
    place = get_territory("commune", "26001")
    assert place is not None and comparable_to(place)[:2] == ["26002", "26003"]
    Epci.objects.create(pk="300000000", name="Métropole", kind="METRO", population=120_000)
    epci = get_territory("epci", Commune.objects.get(pk="26001").epci_id or "")
    assert epci is not None and "300000000" not in comparable_to(epci)


def test_epci_neighbours_are_those_of_the_communes_around() -> None:
    at("26001", "Une", 44.90, 4.90)
    at("26002", "Deux", 44.92, 4.90)
    place = get_territory("epci", Commune.objects.get(pk="26001").epci_id or "")
    assert place is not None
    assert neighbours_of(place) == [Commune.objects.get(pk="26002").epci_id]
