"""Caf and federations: loading their tables, and whom a commune belongs to."""

from io import StringIO
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command

from senacs.structures.bodies import BodiesError, BodyIndex, load_bodies
from senacs.structures.models import Caf, Federation


def test_load_twice_does_nothing_the_second_time(bodies: Path) -> None:
    assert not load_bodies(folder=bodies).is_changed
    assert load_bodies(folder=bodies, force=True).is_changed
    assert Caf.objects.count() == 5
    assert Federation.objects.get(code="FED-26").departements.get().pk == "26"


def test_a_renamed_body_stays_the_same_row(bodies: Path) -> None:
    before = Federation.objects.get(code="FED-26").pk
    table = bodies / "federations.csv"
    table.write_text(table.read_text(encoding="utf-8").replace("locale – Drôme", "26"), encoding="utf-8")
    load_bodies(folder=bodies)
    assert Federation.objects.get(code="FED-26").name == "Représentation fédérale 26"
    assert Federation.objects.get(code="FED-26").pk == before


@pytest.mark.django_db
def test_missing_table_and_missing_territories_are_told(tmp_path: Path, reference: Path) -> None:
    with pytest.raises(BodiesError, match="n’existe pas"):
        load_bodies(folder=tmp_path)
    with pytest.raises(BodiesError, match=r"département 26 inconnu.*load_territories"):
        load_bodies(folder=reference)
    with pytest.raises(CommandError, match="load_territories"):
        call_command("load_cafs", source=reference)


@pytest.mark.parametrize(
    ("departement", "epci", "name"),
    [
        ("26", None, "Caf de la Drôme"),
        ("40", None, "Caf des Landes"),
        ("40", "244000659", "Caf Pays Basque et Seignanx"),
        ("64", "200067254", "Caf Béarn et Soule"),
    ],
)
def test_commune_belongs_to_its_caf(bodies: Path, departement: str, epci: str | None, name: str) -> None:
    caf, warning = BodyIndex(bodies).caf(departement, epci)
    assert caf is not None
    assert caf.name == name
    assert not warning


def test_two_possible_cafs_or_none_are_not_guessed(bodies: Path) -> None:
    caf, warning = BodyIndex(bodies).caf("64", "200067106")
    assert caf is None
    assert warning == "Caf à préciser dans une colonne « Caf » : Caf Béarn et Soule ou Caf Pays Basque et Seignanx"
    assert BodyIndex(bodies).caf("2A", None) == (None, "aucune Caf connue pour ce département")


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Caf Béarn et Soule", "64-BS"),
        ("CAF BEARN ET SOULE", "64-BS"),
        ("Béarn et Soule", "64-BS"),
        ("Pays Basque", "64-PBS"),
        ("64-pbs", "64-PBS"),
        ("Caf du Rhône", "69"),
    ],
)
def test_named_caf(bodies: Path, text: str, code: str) -> None:
    caf = BodyIndex(bodies).named_caf(text, "64")
    assert caf is not None
    assert caf.code == code


def test_unknown_caf_is_none(bodies: Path) -> None:
    assert BodyIndex(bodies).named_caf("Caf", "64") is None
    assert BodyIndex(bodies).named_caf("Mutualité agricole", "64") is None


def test_command_says_what_it_did(territories: None, reference: Path) -> None:
    out = StringIO()
    call_command("load_cafs", source=reference, stdout=out)
    call_command("load_cafs", source=reference, stdout=out)
    assert "5 Caf et 2 représentations fédérales chargées." in out.getvalue()
    assert "déjà chargées" in out.getvalue()


def test_shipped_tables_cover_every_departement_and_two_cafs_in_pyrenees_atlantiques() -> None:
    lines = (settings.DATA_DIR / "reference" / "caf.csv").read_text(encoding="utf-8").splitlines()[1:]
    codes = [code for line in lines for code in line.split(";")[2].split()]
    assert len(set(codes)) == 103  # 101 départements, Saint-Barthélemy and Saint-Martin
    assert [code for code in set(codes) if codes.count(code) > 1] == ["64"]
