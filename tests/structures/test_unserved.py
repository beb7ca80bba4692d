"""Communes, EPCI and QPV without a structure, distances and candidates; what is not known is not nought."""

import random
from datetime import date
from typing import Any

import pytest

from senacs.lib import clock
from senacs.structures import unserved
from senacs.structures.candidates import Weights, candidates
from senacs.structures.models import Agrement
from senacs.structures.unserved import Ground, Land, Landscape, Seats, read_roll
from senacs.territories.models import Commune, Departement, LoadedVintage, Qpv, RuralCommune
from senacs.territories.positions import Position, kilometres
from senacs.territories.queries import Territory, get_territory
from tests import factories
from tests.structures.test_coverage import at

DROME = Territory("departement", "26", "Drôme", None)
FRANCE = Territory("france", "FR", "France", None)


def ground(code: str, population: int | None, latitude: float | None = None, **more: Any) -> Ground:
    values = {"departement": "26", "region": "84", "epci": f"E{code}"} | more
    return Ground(code, f"Commune {code}", population=population, latitude=latitude,
                  longitude=None if latitude is None else 4.9, **values)  # fmt: skip


def drawn(*grounds: Ground, seats: dict[str, Seats], kind: str = "") -> Landscape:
    return Landscape(kind, frozenset(seats.items()), Land({one.code: one for one in grounds}))


def test_nearest_is_that_of_every_pair() -> None:
    rng = random.Random(16)
    places = [
        Ground(str(n), str(n), "26", "84", None, 100, rng.uniform(42, 51), rng.uniform(-4, 8)) for n in range(160)
    ]
    places += [Ground("far", "far", "26", "84", None, 100, -21.1, 55.5)]
    land = Landscape("", frozenset((str(n), Seats(centres=1)) for n in range(12)), Land({p.code: p for p in places}))
    for one in land.served_in(FRANCE):
        here = Position(one.ground.latitude or 0, one.ground.longitude or 0)
        best = min(kilometres(here, Position(h.latitude or 0, h.longitude or 0)) for h in places[:12])
        assert one.distance == pytest.approx(best, abs=0.01), one
        nearest = places[int(one.nearest)]
        assert kilometres(here, Position(nearest.latitude or 0, nearest.longitude or 0)) == pytest.approx(
            best, abs=0.01
        )


def test_reach_counts_who_is_known_and_no_other() -> None:
    land = drawn(
        ground("26001", 3000, 44.0, epci="A"),
        ground("26002", 1000, 44.1, epci="A"),
        ground("26003", 500, None, epci="B"),
        ground("26004", None, 44.2, epci="B"),
        ground("26005", 0, 44.3),
        seats={"26001": Seats(centres=1, evs=1), "26004": Seats(evs=1)},
    )
    reach = land.reach(DROME)
    # The commune without a population holds a structure and counts for no inhabitant; the empty one is not « without ».
    assert (reach.structures, reach.communes, reach.communes_with, reach.population) == (3, 3, 1, 4500)
    assert (reach.inhabitants_without, reach.inhabitants_in_epci_with) == (1500, 4500)
    assert reach.located == 4000 and reach.distance == pytest.approx(1000 * 11.12 / 4000, abs=0.01)
    assert reach.for_10_000 is None  # the place's own population is not published
    assert [one.ground.code for one in land.served_in(DROME) if one.is_without] == ["26002", "26003"]


def test_epci_is_without_only_if_none_of_its_communes_anywhere_has_one() -> None:
    land = drawn(
        ground("26001", 100, 44.0, epci="A"),
        ground("07001", 100, 44.0, epci="A", departement="07"),
        seats={"07001": Seats(evs=1)},
    )
    assert land.reach(DROME).inhabitants_in_epci_with == 100
    only_centres = drawn(ground("26001", 100, 44.0, epci="A"), seats={"26001": Seats(evs=1)}, kind="CS")
    assert only_centres.reach(DROME).inhabitants_in_epci_with == only_centres.reach(DROME).structures == 0


def test_candidates_are_ranked_by_what_weighs() -> None:
    grounds = [ground("26001", 9000, 44.0), ground("26002", 100, 45.0, rural="frr"), ground("26003", 5000, 44.1)]
    grounds += [ground("26009", 50, 44.0)]
    land = drawn(*grounds, seats={"26009": Seats(centres=1)})
    without = land.without_in(DROME)

    def order(**weights: int) -> list[str]:
        nothing = {"population": 0, "distance": 0, "qpv": 0, "frr": 0}
        return [c.served.ground.code for c in candidates(without, Weights(**(nothing | weights)))]

    assert order(population=1) == ["26001", "26003", "26002"]
    assert order(distance=1)[0] == "26002" and order(frr=1)[0] == "26002"
    assert {c.score for c in candidates(without, Weights(0, 0, 0, 0))} == {None}
    assert [c.served.ground.code for c in candidates(land.without_in(DROME, smallest=6000), Weights())] == ["26001"]


@pytest.mark.django_db
def test_register_of_a_past_year_has_its_structures_and_their_kind() -> None:
    commune = at("26001", "Ici", 44.9, 4.9)
    old = factories.make_structure(commune=commune, first_agrement_on=date(2015, 1, 1), closed_on=date(2022, 6, 1))
    turned = factories.make_structure(commune=commune, first_agrement_on=date(2018, 1, 1))
    for kind, begins, ends in (("EVS", 2018, 2022), ("CS", 2022, 2026)):
        Agrement.objects.create(structure=turned, kind=kind, starts_on=date(begins, 1, 1), ends_on=date(ends, 1, 1))
    factories.make_structure(commune=commune, first_agrement_on=clock.today())
    roll = read_roll()
    assert dict(roll.seats(date(2021, 12, 31))) == {"26001": Seats(centres=1, evs=1)}
    assert dict(roll.seats(date(2023, 12, 31))) == {"26001": Seats(centres=1)}
    assert dict(roll.seats()) == {"26001": Seats(centres=2)}
    assert old.closed_on and roll.years[0] == clock.today().year - 1


@pytest.mark.django_db
def test_what_no_list_tells_is_not_told() -> None:
    at("26001", "Ici", 44.9, 4.9)
    nowhere = Departement.objects.create(
        pk="988", name="Nouvelle-Calédonie", region=factories.make_departement().region, is_com=True
    )
    factories.make_commune("98818", "Nouméa", departement=nowhere)
    place = get_territory("departement", "26")
    assert place is not None
    land = unserved.landscape("", read_roll().seats(), unserved.official_lists())
    assert land.qpvs_without(place) is None
    assert len(land.served_in(get_territory("departement", "988") or place)) == 0
    LoadedVintage.objects.create(dataset="qpv", vintage="2024", checksum="x", loaded_at=clock.now())
    quarter = Qpv.objects.create(pk="QN02601M", name="Le Haut", search_name="le haut", population=1200)
    quarter.communes.add("26001")
    RuralCommune.objects.create(commune_id="26001", zoning="frr_plus")
    land = unserved.landscape("", read_roll().seats(), unserved.official_lists())
    assert [one.code for one in land.qpvs_without(place) or ()] == ["QN02601M"]
    only = land.served_in(place)[0].ground
    assert (only.qpv_population, only.qpv_count, only.rural) == (1200, 1, "frr_plus")
    factories.make_structure(commune=Commune.objects.get(pk="26001"))
    land = unserved.landscape("", read_roll().seats(), unserved.official_lists())
    assert land.qpvs_without(place) == []
