"""Acts on entries: who may, what they change, what they leave in the history, what a past day was."""

from datetime import date, timedelta
from pathlib import Path

import pytest

from senacs.lib import clock
from senacs.lib.refusals import NotAllowed, Refused
from senacs.register import agrements, life
from senacs.register.agrements import Term
from senacs.register.enums import ActKind, SuccessionLink
from senacs.register.journal import Order
from senacs.register.models import RegisterAct, Succession
from senacs.register.queries import agreements_ending, history_of, links_of, origins, past_csv, register_at
from senacs.register.writing import Seat
from senacs.structures.enums import StructureKind
from senacs.structures.models import Structure
from tests import factories
from tests.factories import Cast

WHY = "Décision du conseil d’administration de la Caf."
TODAY = clock.today()
LAST_YEAR = TODAY - timedelta(days=400)


@pytest.fixture(autouse=True)
def reference(settings: object, tmp_path: Path) -> None:
    folder = tmp_path / "reference"
    folder.mkdir()
    (folder / "caf.csv").write_text("code;nom;departements;epci\n", encoding="utf-8")
    settings.DATA_DIR = tmp_path  # type: ignore[attr-defined]


@pytest.fixture
def old(cast: Cast) -> Structure:
    """An entry of the cast's structure that is older than the acts of the tests."""
    Structure.objects.update(first_agrement_on=date(1990, 1, 1))
    return Structure.objects.get(pk=cast.structure.pk)


def names_at(day: date) -> set[str]:
    return {entry.name for entry in register_at(day)}


def test_creation_enters_a_structure_with_its_bodies_its_code_and_its_agrement(cast: Cast) -> None:
    entry = life.NewEntry(
        "EVS du Vercors", StructureKind.EVS, Seat("26000", cast.structure.commune),
        gestionnaire="Association du Vercors", ends_on=date(2030, 12, 31), has_families=True,
    )  # fmt: skip
    new = life.create_structure(entry=entry, order=Order(TODAY - timedelta(days=3), WHY, cast.national))
    assert new.code.startswith("S-") and new.caf == cast.structure.caf and new.federation == cast.structure.federation
    assert new.gestionnaire is not None and new.gestionnaire.name == "Association du Vercors"
    [agrement] = new.agrements.all()
    assert (agrement.kind, agrement.has_families) == ("EVS", True)
    assert "EVS du Vercors" in names_at(TODAY) and "EVS du Vercors" not in names_at(TODAY - timedelta(days=4))


def test_creation_is_refused_for_what_looks_like_a_neighbour(cast: Cast) -> None:
    factories.make_structure(name="Centre social du Polygone")
    seat, order = Seat("26000", cast.structure.commune), Order(TODAY, WHY, cast.national)
    entry = life.NewEntry("C.S. le Polygone", StructureKind.CENTRE_SOCIAL, seat)
    with pytest.raises(Refused, match="déjà dans cette commune"):
        life.create_structure(entry=entry, order=order)
    assert life.create_structure(entry=entry, order=order, is_distinct=True).pk


def test_closing_then_reopening_are_both_in_the_history(cast: Cast, old: Structure) -> None:
    life.close_structure(structure=old, order=Order(LAST_YEAR, WHY, cast.national))
    assert not Structure.objects.active().filter(pk=old.pk).exists()
    with pytest.raises(Refused, match="est fermée depuis"):
        life.close_structure(structure=old, order=Order(TODAY, WHY, cast.national))
    life.reopen_structure(structure=old, order=Order(TODAY, "Fermée par erreur l’an dernier.", cast.national))
    assert [shown.line.act.kind for shown in history_of(old)] == [ActKind.REOPEN, ActKind.CLOSE]
    assert [old.name in names_at(day) for day in (LAST_YEAR - timedelta(days=1), LAST_YEAR, TODAY)] == [
        True,
        False,
        True,
    ]


def test_merger_closes_those_that_join_and_links_them(cast: Cast, old: Structure) -> None:
    other = factories.make_structure(name="Centre social des Lilas", first_agrement_on=date(1991, 1, 1))
    life.merge_structures(
        structure=old, others=[other], name="Centre social des Deux Rives", order=Order(LAST_YEAR, WHY, cast.national)
    )
    other.refresh_from_db()
    assert other.closed_on == LAST_YEAR
    assert {"Centre social des Deux Rives"} <= names_at(TODAY) and "Centre social des Lilas" not in names_at(TODAY)
    assert {old.name, "Centre social des Lilas"} <= names_at(LAST_YEAR - timedelta(days=1))
    [link] = Succession.objects.all()
    assert (link.link, link.predecessor, link.successor_id) == (SuccessionLink.MERGE, other, old.pk)
    assert [one.predecessor_id for one in origins([old.pk])[old.pk]] == [other.pk]


def test_origins_go_through_as_many_mergers_as_it_takes(cast: Cast, old: Structure) -> None:
    first, second = factories.make_structure(), factories.make_structure()
    life.merge_structures(structure=second, others=[first], order=Order(LAST_YEAR, WHY, cast.national))
    life.merge_structures(structure=old, others=[second], order=Order(TODAY, WHY, cast.national))
    assert {one.predecessor_id for one in origins([old.pk])[old.pk]} == {first.pk, second.pk}
    assert origins([first.pk]) == {}


def test_split_gives_new_entries_that_name_where_they_come_from(cast: Cast, old: Structure) -> None:
    born = life.split_structure(
        structure=old, names=["Centre social Nord", "Centre social Sud"], closes=True,
        order=Order(TODAY, WHY, cast.national),
    )  # fmt: skip
    assert [one.caf for one in born] == [old.caf, old.caf] and len({one.code for one in born}) == 2
    old.refresh_from_db()
    assert old.closed_on == TODAY and origins([one.pk for one in born]) == {}
    assert {link.successor_id for link in links_of(old)} == {one.pk for one in born}
    with pytest.raises(Refused, match="au moins deux"):
        life.split_structure(structure=born[0], names=["Seule"], closes=True, order=Order(TODAY, WHY, cast.national))


def test_duplicates_are_made_one_and_both_histories_stay(cast: Cast, old: Structure) -> None:
    double = factories.make_structure(name="CS Valence")
    life.correct_entry(structure=double, values={"phone": "04 75 11 11 11"}, order=Order(TODAY, WHY, cast.national))
    life.merge_duplicates(structure=old, duplicate=double, order=Order(TODAY, WHY, cast.national))
    double.refresh_from_db()
    assert double.closed_on == TODAY
    assert [len(history_of(one)) for one in (old, double)] == [1, 2]
    with pytest.raises(Refused, match="autre structure que celle qui continue"):
        life.merge_duplicates(structure=old, duplicate=old, order=Order(TODAY, WHY, cast.national))


def test_move_within_the_departement_is_of_the_pair_and_beyond_of_the_national_team(cast: Cast, old: Structure) -> None:
    near, far = factories.make_commune("26281", "Romans-sur-Isère"), cast.neighbour.commune
    here, there = Seat("26100", near, "1 rue du Port"), Seat("59000", far, "1 rue du Port")
    life.move_structure(structure=old, seat=here, order=Order(LAST_YEAR, WHY, cast.correspondant_caf))
    with pytest.raises(NotAllowed):
        life.move_structure(structure=old, seat=there, order=Order(TODAY, WHY, cast.correspondant_caf))
    life.move_structure(structure=old, seat=there, order=Order(TODAY, WHY, cast.national))
    moved = Structure.objects.get(pk=old.pk)
    assert (moved.departement, moved.caf) == (far.departement, cast.neighbour.caf)
    shown = history_of(moved)[0].changes
    assert ("commune", "Romans-sur-Isère", far.name) in [(one.label, one.before, one.after) for one in shown]
    then = {entry.code: entry for entry in register_at(TODAY - timedelta(days=1))}[old.code]
    assert (then.commune, then.address) == ("Romans-sur-Isère", "1 rue du Port")
    before = {entry.code: entry for entry in register_at(LAST_YEAR - timedelta(days=1))}[old.code]
    assert before.commune == old.commune.name


def test_gestionnaire_changes_and_one_name_is_one_body(cast: Cast, old: Structure) -> None:
    other = factories.make_structure()
    for structure, name in ((old, "Association Les Deux Rives"), (other, "ASSOCIATION LES DEUX RIVES")):
        life.change_gestionnaire(
            structure=structure, gestionnaire=name, order=Order(TODAY, WHY, cast.correspondant_federal)
        )
    old.refresh_from_db()
    other.refresh_from_db()
    assert old.gestionnaire is not None and old.gestionnaire == other.gestionnaire
    with pytest.raises(Refused, match="déjà celui"):
        life.change_gestionnaire(
            structure=old, gestionnaire="Association les deux rives", order=Order(TODAY, WHY, cast.national)
        )


def test_agrement_is_of_the_caf_and_does_not_overlap(cast: Cast, old: Structure) -> None:
    term = Term(date(2026, 1, 1), date(2029, 12, 31), StructureKind.EVS, has_families=True)
    caf = cast.correspondant_caf
    with pytest.raises(NotAllowed):
        agrements.record_agrement(structure=old, term=term, reason=WHY, by=cast.correspondant_federal)
    first = agrements.record_agrement(structure=old, term=term, reason=WHY, by=caf)
    assert Structure.objects.get(pk=old.pk).kind == StructureKind.EVS
    with pytest.raises(Refused, match="court déjà"):
        agrements.record_agrement(structure=old, term=term, reason=WHY, by=caf)
    agrements.end_agrement(agrement=first, order=Order(date(2027, 6, 30), WHY, caf))
    renewal = Term(date(2027, 7, 1), date(2031, 6, 30), StructureKind.EVS)
    agrements.record_agrement(structure=old, term=renewal, reason=WHY, by=caf)
    told = [shown.line.told for shown in history_of(old)]
    assert any(line.startswith("Renouvellement : agrément espace de vie sociale") for line in told)
    assert any("avec volet familles" in line and "fin avancée" in line for line in told)


def test_agreements_ending_within_a_year_are_the_last_of_open_structures(cast: Cast, old: Structure) -> None:
    for starts_on, ends_on in ((date(2019, 1, 1), date(2022, 12, 31)), (date(2023, 1, 1), TODAY + timedelta(days=90))):
        old.agrements.create(starts_on=starts_on, ends_on=ends_on)
    cast.neighbour.agrements.create(starts_on=date(2026, 1, 1), ends_on=TODAY + timedelta(days=900))
    assert [one.ends_on for one in agreements_ending(Structure.objects.all())] == [TODAY + timedelta(days=90)]
    life.close_structure(structure=old, order=Order(TODAY, WHY, cast.national))
    assert agreements_ending(Structure.objects.all()) == []


def test_sites_make_a_structure_multi_site_and_the_last_that_closes_ends_it(cast: Cast, old: Structure) -> None:
    order = Order(LAST_YEAR, WHY, cast.correspondant_federal)
    site = agrements.open_site(structure=old, name="Annexe du Plan", seat=Seat("26000", old.commune), order=order)
    assert Structure.objects.get(pk=old.pk).is_multi_site is True
    agrements.close_site(site=site, order=Order(TODAY, WHY, cast.correspondant_caf))
    assert Structure.objects.get(pk=old.pk).is_multi_site is False
    with pytest.raises(Refused, match="déjà fermé"):
        agrements.close_site(site=site, order=Order(TODAY, WHY, cast.correspondant_caf))


@pytest.mark.parametrize("who", ["responsable", "suppleant", "copil", "regional", "comite_technique", "stranger"])
def test_entries_are_corrected_by_the_pair_and_the_national_team_alone(cast: Cast, who: str) -> None:
    with pytest.raises(NotAllowed):
        life.correct_entry(structure=cast.structure, values={"phone": "1"}, order=Order(TODAY, WHY, getattr(cast, who)))


@pytest.mark.parametrize("who", ["correspondant_caf", "correspondant_federal", "responsable"])
def test_entries_close_and_merge_by_the_national_team_alone(cast: Cast, who: str) -> None:
    by, other = getattr(cast, who), factories.make_structure()
    with pytest.raises(NotAllowed):
        life.close_structure(structure=cast.structure, order=Order(TODAY, WHY, by))
    with pytest.raises(NotAllowed):
        life.merge_structures(structure=cast.structure, others=[other], order=Order(TODAY, WHY, by))
    assert not RegisterAct.objects.exists()


def test_an_act_has_a_reason_a_date_that_has_come_and_follows_those_before(cast: Cast, old: Structure) -> None:
    def correct(phone: str, on: date = TODAY, reason: str = WHY) -> None:
        life.correct_entry(structure=old, values={"phone": phone}, order=Order(on, reason, cast.national))

    with pytest.raises(Refused, match="Dites pourquoi"):
        correct("04 75 00 00 01", reason="non")
    with pytest.raises(Refused, match="le jour de son effet"):
        correct("04 75 00 00 01", on=TODAY + timedelta(days=1))
    correct("04 75 00 00 01")
    with pytest.raises(Refused, match="acte plus récent"):
        correct("04 75 00 00 02", on=LAST_YEAR)
    with pytest.raises(Refused, match="Rien ne change"):
        correct("04 75 00 00 01")
    with pytest.raises(Refused, match="que la fiche décrit"):
        life.correct_entry(structure=old, values={"closed_on": TODAY}, order=Order(TODAY, WHY, cast.national))
    assert Structure.objects.get(pk=old.pk).phone == "04 75 00 00 01"


def test_the_register_of_a_day_is_a_list_that_a_spreadsheet_opens(cast: Cast, old: Structure) -> None:
    lines = past_csv(register_at(TODAY)).splitlines()
    assert lines[0].startswith("identifiant;nom;type") and any(old.code in line for line in lines[1:])
