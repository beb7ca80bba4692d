"""What people type leads to the place that bears the name, and offers the others when there are several."""

from pathlib import Path

import pytest

from senacs.lib.text import search_key
from senacs.structures.queries import register_list
from senacs.territories import source
from senacs.territories.models import Commune, Epci, FormerCommune, PostalCode
from senacs.territories.places import CommuneIndex, CommunePlace
from senacs.territories.search import communes_named, find_places, places_spelt_like
from tests import factories

PACKAGE = Path(source.__file__).resolve().parents[2] / "node_modules" / "@etalab" / "decoupage-administratif"
PLACES = (
    ("26113", "Die", 4800, "26150"),
    ("76217", "Dieppe", 28000, "76200"),
    ("88413", "Saint-Dié-des-Vosges", 19000, "88100"),
    ("97411", "Saint-Denis", 155000, "97400"),
    ("93066", "Saint-Denis", 150000, "93200"),
    ("11339", "Saint-Denis", 500, "11310"),
    ("45274", "Saint-Denis-en-Val", 7500, "45560"),
    ("60157", "Clermont", 10900, "60600"),
    ("63113", "Clermont-Ferrand", 147000, "63000"),
    ("89034", "Béon", 480, "89410"),
    ("01138", "Culoz-Béon", 3400, "01350"),
    ("2A004", "Ajaccio", 73000, "20000"),
    ("69123", "Lyon", 520000, "69001"),
)


@pytest.fixture(autouse=True)
def france(db: None) -> None:
    names = {"93": "Seine-Saint-Denis", "26": "Drôme", "2A": "Corse-du-Sud", "974": "La Réunion"}
    for code, name, population, postal_code in PLACES:
        number = code[:3] if code.startswith("97") else code[:2]
        place = factories.make_departement(number, names.get(number, f"Département {number}"))
        commune = factories.make_commune(code, name, departement=place)
        Commune.objects.filter(pk=code).update(population=population)
        PostalCode.objects.create(code=postal_code, commune=commune)
    third = factories.make_commune("69383", "Lyon 3e Arrondissement", departement=factories.make_departement("69"))
    Commune.objects.filter(pk=third.pk).update(parent="69123", population=100000)
    PostalCode.objects.create(code="69003", commune=third)
    FormerCommune.objects.create(code="01039", name="Béon", search_name="beon", commune_id="01138")
    Epci.objects.update(name="Communauté de communes d’ailleurs")
    Epci.objects.filter(communes="63113").update(name="Clermont Auvergne Métropole")


def codes(query: str) -> list[str]:
    return [place.code for place in find_places(query)]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("Die", ["26113"]),
        ("DIE ", ["26113"]),
        ("Drôme", ["26"]),
        ("2a", ["2A"]),
        ("2A004", []),
        ("26 150", ["26113"]),
        ("01 350", ["01138"]),
        ("01350 Béon", ["01138"]),
        ("Béon (01350)", ["01138"]),
        ("Culoz Beon", ["01138"]),
        ("Ajaccio cedex 9", ["2A004"]),
        ("Lyon 3e arrondissement", ["69383"]),
        ("LYON CEDEX 03", ["69383"]),
        ("clermont ferrand", ["63113"]),
        ("atlantide", []),
        ("  ", []),
    ],
)
def test_words_lead_to_one_place(query: str, found: list[str]) -> None:
    assert codes(query) == found


def test_namesakes_are_offered_the_most_populated_first() -> None:
    assert codes("St-Denis")[:3] == ["97411", "93066", "11339"]
    assert {"45274", "93"} <= set(codes("Saint-Denis")[3:])
    first = find_places("saint denis")[0]
    assert (first.kind, first.about, first.population) == ("commune", "La Réunion, 974", 155000)


def test_a_larger_place_that_begins_alike_is_offered_with_the_exact_one() -> None:
    found = codes("Clermont")
    assert found[0] == "60157" and "63113" in found
    assert "intercommunalité" in {place.kind for place in find_places("Clermont")}


def test_a_former_name_says_what_it_has_become() -> None:
    places = {place.code: place.about for place in find_places("Béon")}
    assert set(places) == {"89034", "01138"} and "Béon en fait partie" in places["01138"]


def test_neighbours_exchanged_are_read_however_short_the_name() -> None:
    assert [place.code for place in places_spelt_like("Lyno")][:1] == ["69123"]
    assert [place.code for place in places_spelt_like("Ide")] == ["26113"]  # offered; nothing else is guessed so short
    assert places_spelt_like("Dip") == []


def test_a_part_of_a_name_finds_what_begins_with_it() -> None:
    assert codes("saint die") == ["88413"] and codes("ajac") == ["2A004"]


def test_the_register_is_filtered_by_place_and_not_by_letters() -> None:
    for code in ("26113", "76217", "88413", "63113", "60157", "69383"):
        factories.make_structure(name=code, commune=Commune.objects.get(pk=code))
    assert {one.name for one in register_list(city="Die")} == {"26113"}
    assert {one.name for one in register_list(city="Clermont")} == {"60157", "63113"}
    assert {one.name for one in register_list(city="lyon")} == {"69383"}
    assert {one.name for one in register_list(city="ferr")} == {"63113"}
    assert {one.pk for one in communes_named("lyon")} == {"69123", "69383"}


def test_every_place_of_the_geographic_code_resolves_by_its_name_and_each_of_its_postcodes() -> None:
    """2,501 names of former communes, and every present commune with each of its postcodes."""
    code = source.read(PACKAGE)
    index = CommuneIndex(
        [
            CommunePlace(c.code, c.name, search_key(c.name), c.departement, c.epci, c.parent or c.code)
            for c in code.communes
        ],
        [(postal_code, c.code) for c in code.communes for postal_code in c.postal_codes],
        [(f.code, search_key(f.name), f.commune) for f in code.formers],
    )
    postal_codes = {c.code: c.postal_codes for c in code.communes}
    former = [(p, f.name, f.commune) for f in code.formers if f.name for p in postal_codes[f.commune]]
    present = [(p, c.name, c.code) for c in code.communes for p in c.postal_codes]
    assert len({(name, commune) for _, name, commune in former}) > 2400 and len(present) > 35_000

    def is_found(postal_code: str, name: str, expected: str) -> bool:
        place = index.resolve(postal_code=postal_code, name=name).place
        return place is not None and expected in {place.code, place.root}

    assert [case for case in former if not is_found(*case)] == []
    assert [case for case in present if not is_found(*case)] == []
    beon = index.resolve(postal_code="01350", name="Béon").place
    assert beon is not None and beon.name == "Culoz-Béon"
