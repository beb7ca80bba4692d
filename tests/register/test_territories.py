"""Acts where the map is not simple: two Caf in one département, Corse, overseas, several federations or none."""

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from senacs.accounts.enums import Role
from senacs.accounts.permissions import structures_followed_by
from senacs.lib import clock
from senacs.lib.refusals import NotAllowed, Refused
from senacs.register import life
from senacs.register.journal import Order
from senacs.register.queries import register_at
from senacs.register.writing import Seat
from senacs.structures.bodies import load_bodies
from senacs.structures.enums import StructureKind
from senacs.structures.models import Caf, Federation, Structure
from senacs.territories.models import Commune, Epci
from senacs.territories.places import CommuneIndex
from senacs.territories.services import load_territories
from senacs.web.register.forms import MoveForm
from tests import factories
from tests.territories.package import COMMUNES, commune, write_package

WHY = "Décision de la Caf, reçue par courrier."
CAFS = """code;nom;departements;epci
01;Caf de l’Ain;01;
2A;Caf de la Corse-du-Sud;2A;
2B;Caf de la Haute-Corse;2B;
26;Caf de la Drôme;26;
40;Caf des Landes;40;
64-BS;Caf Béarn et Soule;64;64:200067254
64-PBS;Caf Pays Basque et Seignanx;64;64:200099999 40:244000659
69;Caf du Rhône;69;
971;Caf de la Guadeloupe;978;
"""
FEDERATIONS = """code;nom;departements
FED-CORSE;Fédération de Corse;2A 2B
FED-64;Représentation fédérale locale – Pyrénées-Atlantiques;64
FED-A;Union du Rhône;69
FED-B;Réseau des espaces de vie sociale du Rhône;69
FED-971;Fédération de la Guadeloupe;978
"""
BIARRITZ = commune("64122", "Biarritz", 25000, "64200")


@pytest.fixture
def team(db: None, settings: Any, tmp_path: Path) -> Any:
    """The national team, over territories and bodies loaded from their tables."""
    folder = tmp_path / "reference"
    folder.mkdir()
    (folder / "caf.csv").write_text(CAFS, encoding="utf-8")
    (folder / "federations.csv").write_text(FEDERATIONS, encoding="utf-8")
    settings.DATA_DIR = tmp_path
    load_territories(folder=write_package(tmp_path / "package", communes=[*COMMUNES, BIARRITZ]))
    load_bodies(folder=folder)
    user = factories.make_user("cnaf@exemple.fr")
    factories.make_mandate(user, Role.NATIONAL, side="caf")
    return user


Enter = Callable[..., Structure]


@pytest.fixture
def enter(team: Any) -> Enter:
    """A structure entered on 1 January 2020 where its postcode and commune say."""

    def _enter(name: str, postal_code: str, city: str, **more: Any) -> Structure:
        entry = life.NewEntry(name, StructureKind.CENTRE_SOCIAL, seat(postal_code, city), **more)
        return life.create_structure(entry=entry, order=Order(date(2020, 1, 1), WHY, team))

    return _enter


def seat(postal_code: str, city: str) -> Seat:
    found = CommuneIndex.load().resolve(postal_code=postal_code, name=city)
    assert found.place is not None, found.refusal
    return Seat(found.postal_code, Commune.objects.select_related("departement").get(pk=found.place.code))


def move(structure: Structure, postal_code: str, city: str, by: Any, **more: Any) -> Structure:
    order = Order(date(2026, 3, 1), WHY, by)
    life.move_structure(structure=structure, seat=seat(postal_code, city), order=order, **more)
    structure.refresh_from_db()
    return structure


def bodies_of(structure: Structure) -> tuple[str, str]:
    return (structure.caf.code if structure.caf else "", structure.federation.code if structure.federation else "")


@pytest.mark.parametrize(
    ("postal_code", "city", "departement", "expected"),
    [
        ("64000", "Pau", "64", ("64-BS", "FED-64")),
        ("64100", "Bayonne", "64", ("", "FED-64")),  # of an EPCI that both Caf share: said, never guessed
        ("20200", "Bastia", "2B", ("2B", "FED-CORSE")),
        ("20000", "Ajaccio", "2A", ("2A", "FED-CORSE")),
        ("20 090", "AJACCIO", "2A", ("2A", "FED-CORSE")),
        ("97150", "St Martin", "978", ("971", "FED-971")),
        ("40220", "Tarnos", "40", ("64-PBS", "")),  # of the Landes, by its EPCI of the Basque Caf
        ("69003", "Lyon", "69", ("69", "")),  # two networks side by side: named, never guessed
        ("01000", "Bourg en Bresse", "01", ("01", "")),  # no federation there
    ],
)
def test_entering_brings_its_bodies(
    enter: Enter, postal_code: str, city: str, departement: str, expected: tuple[str, str]
) -> None:
    new = enter("Centre social des Cimes", postal_code, city)
    assert (new.departement_id, bodies_of(new)) == (departement, expected)


def test_a_named_caf_of_the_same_departement_takes_the_structure_over(enter: Enter, team: Any) -> None:
    structure = enter("Centre social du Hédas", "64000", "Pau")
    pair = factories.make_user("bearn@exemple.fr")
    factories.make_mandate(pair, Role.CORRESPONDANT_CAF, caf=Caf.objects.get(code="64-BS"))
    assert structures_followed_by(pair).filter(pk=structure.pk).exists()
    order = Order(date(2026, 3, 1), WHY, team)
    life.move_structure(
        structure=structure, seat=seat("64200", "Biarritz"), order=order, caf=Caf.objects.get(code="64-PBS")
    )
    structure.refresh_from_db()
    assert bodies_of(structure) == ("64-PBS", "FED-64")
    assert not structures_followed_by(pair).filter(pk=structure.pk).exists()
    [then] = register_at(date(2026, 2, 1))
    assert then.name == structure.name


def test_a_caf_follows_the_epci_within_the_departement(enter: Enter, team: Any) -> None:
    Epci.objects.create(pk="200099999", name="CC de la Côte", kind="CC", population=30000)
    Commune.objects.filter(pk="64122").update(epci="200099999")
    structure = enter("Centre social du Hédas", "64000", "Pau")
    pair = factories.make_user("bearn@exemple.fr")
    factories.make_mandate(pair, Role.CORRESPONDANT_CAF, caf=Caf.objects.get(code="64-BS"))
    with pytest.raises(NotAllowed):
        move(structure, "64200", "Biarritz", pair)
    assert bodies_of(move(structure, "64200", "Biarritz", team)) == ("64-PBS", "FED-64")
    assert bodies_of(move(structure, "64000", "Pau", team)) == ("64-BS", "FED-64")


def test_a_caf_that_was_named_stays_through_a_move_nearby(enter: Enter, team: Any) -> None:
    structure = enter("Centre social de Saint-Esprit", "64100", "Bayonne", caf=Caf.objects.get(code="64-PBS"))
    assert bodies_of(move(structure, "64000", "Pau", team)) == ("64-PBS", "FED-64")


def test_moving_into_a_departement_of_two_caf_asks_which(enter: Enter, team: Any) -> None:
    structure = enter("Centre social du Seignanx", "40220", "Tarnos")
    with pytest.raises(Refused, match="Caf à préciser"):
        move(structure, "64100", "Bayonne", team)
    moved = move(structure, "64100", "Bayonne", team, caf=Caf.objects.get(code="64-PBS"))
    assert bodies_of(moved) == ("64-PBS", "FED-64")


def test_corse_keeps_its_federation_and_changes_its_caf(enter: Enter, team: Any) -> None:
    structure = enter("Centre social A Strada", "20200", "Bastia")
    moved = move(structure, "20000", "Ajaccio", team)
    assert (moved.departement_id, bodies_of(moved)) == ("2A", ("2A", "FED-CORSE"))


def test_overseas_goes_and_comes_back(enter: Enter, team: Any) -> None:
    structure = enter("Centre social de Grand-Case", "97150", "Saint-Martin")
    assert bodies_of(move(structure, "26000", "Valence", team)) == ("26", "")
    assert bodies_of(move(structure, "97150", "Saint-Martin", team)) == ("971", "FED-971")


def test_where_two_networks_share_a_departement_each_is_named_and_kept(enter: Enter, team: Any) -> None:
    network = Federation.objects.get(code="FED-B")
    structure = enter("Centre social des Pentes", "69003", "Lyon", federation=network)
    assert structure.federation == network
    born = life.split_structure(structure=structure, names=["EVS des Quais"], order=Order(clock.today(), WHY, team))
    assert [one.federation for one in born] == [network]
    other = Federation.objects.get(code="FED-A")
    assert move(structure, "69009", "Lyon", team).federation == network
    assert move(structure, "69009", "Lyon", team, federation=other).federation == other
    pair = factories.make_user("rhone@exemple.fr")
    factories.make_mandate(pair, Role.CORRESPONDANT_FEDERAL, federation=other)
    with pytest.raises(NotAllowed):
        move(structure, "69003", "Lyon", pair, federation=network)


def test_two_of_different_caf_join_and_one_closes(enter: Enter, team: Any) -> None:
    kept = enter("Centre social du Hédas", "64000", "Pau")
    absorbed = enter("Centre social des Allées marines", "40220", "Tarnos")
    life.merge_structures(structure=kept, others=[absorbed], order=Order(date(2026, 3, 1), WHY, team))
    absorbed.refresh_from_db()
    assert absorbed.closed_on == date(2026, 3, 1) and bodies_of(kept) == ("64-BS", "FED-64")
    assert {one.name for one in register_at(date(2026, 2, 1))} == {kept.name, absorbed.name}
    life.close_structure(structure=kept, order=Order(date(2026, 4, 1), WHY, team))
    assert not Structure.objects.active().exists()


def test_the_form_of_a_move_names_both_bodies(enter: Enter, team: Any) -> None:
    structure = enter("Centre social A Strada", "20200", "Bastia")
    form = MoveForm(
        {"postal_code": "20 000", "city": "AJACCIO", "on": "2026-03-01", "reason": WHY, "federation": ""},
        structure=structure,
    )
    assert form.is_valid(), form.errors
    assert form.cleaned_data["commune"].pk == "2A004" and form.cleaned_data["federation"] is None
