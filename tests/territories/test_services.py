"""Loading the geographic code: what it holds, twice the same, and a vintage after another."""

from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from senacs.territories import positions
from senacs.territories.models import Commune, Departement, Epci, FormerCommune, PostalCode, Region
from senacs.territories.services import load_territories
from senacs.territories.source import SourceError
from tests.factories import make_structure
from tests.territories.package import COMMUNES, commune, delegated, write_package

pytestmark = pytest.mark.django_db


@pytest.fixture
def package(tmp_path: Path) -> Path:
    return write_package(tmp_path / "package")


def test_load_fills_every_level(package: Path) -> None:
    report = load_territories(folder=package)
    assert report.vintage == "COG 2026"
    assert report.counts["communes"] == 18
    assert report.counts["arrondissements municipaux"] == 3
    assert Region.objects.get(pk="978").is_com
    assert Departement.objects.get(pk="2A").region_id == "94"
    assert Commune.objects.get(pk="69389").parent_id == "69123"
    assert Commune.objects.get(pk="26362").epci_id == "200040459"
    assert Commune.objects.get(pk="69389").epci_id == "200046977"
    assert Epci.objects.get(pk="200046977").kind == "METRO"
    assert set(PostalCode.objects.filter(commune_id="2B033").values_list("code", flat=True)) == {"20200", "20600"}


def test_populations_missing_are_none_and_sums_leave_arrondissements_out(package: Path) -> None:
    load_territories(folder=package)
    assert Commune.objects.get(pk="26999").population is None
    assert Departement.objects.get(pk="69").population == 519000
    assert Region.objects.get(pk="84").population == 64000 + 33000 + 20000 + 14000 + 1500 + 42000 + 700 + 519000


def test_departement_without_any_population_has_none(tmp_path: Path) -> None:
    load_territories(folder=write_package(tmp_path, communes=[commune("97801", "Saint-Martin", None, "97150")]))
    assert Departement.objects.get(pk="978").population is None


def test_former_communes_keep_their_names_or_only_their_code(package: Path) -> None:
    load_territories(folder=package)
    found = set(FormerCommune.objects.values_list("code", "name", "commune_id"))
    assert found == {
        ("01015", "Arbignieu", "01015"),
        ("01340", "Saint-Bois", "01015"),
        ("26900", "", "26002"),
    }


def test_second_load_of_the_same_content_does_nothing(package: Path) -> None:
    load_territories(folder=package)
    Commune.objects.filter(pk="26362").update(population=1)
    assert not load_territories(folder=package).is_changed
    assert Commune.objects.get(pk="26362").population == 1
    assert load_territories(folder=package, force=True).is_changed
    assert Commune.objects.get(pk="26362").population == 64000


def test_newer_vintage_moves_structures_to_the_successor(package: Path, tmp_path: Path) -> None:
    load_territories(folder=package)
    structure = make_structure(commune=Commune.objects.get(pk="26058"))
    merged = [entry for entry in COMMUNES if entry["code"] not in {"26058", "26362"}]
    merged.append(commune("26362", "Valence", 84000, "26000", "26500", anciensCodes=["26058"]))
    report = load_territories(folder=write_package(tmp_path / "newer", communes=merged, version="7.0.0"))
    structure.refresh_from_db()
    assert structure.commune_id == "26362"
    assert not Commune.objects.filter(pk="26058").exists()
    assert FormerCommune.objects.filter(name="Bourg-lès-Valence", commune_id="26362").exists()
    assert report.vintage == "paquet 7.0.0"
    assert report.warnings == ("Bourg-lès-Valence (26058) a rejoint la commune 26362 : 1\u00a0fiche déplacée.",)


def test_successor_in_another_departement_takes_the_structure_along(package: Path, tmp_path: Path) -> None:
    load_territories(folder=package)
    structure = make_structure(commune=Commune.objects.get(pk="26235"))
    merged = [entry for entry in COMMUNES if entry["code"] not in {"26235", "01053"}]
    merged.append(commune("01053", "Bourg-en-Bresse", 42000, "01000", anciensCodes=["26235"]))
    load_territories(folder=write_package(tmp_path / "newer", communes=merged))
    structure.refresh_from_db()
    assert (structure.commune_id, structure.departement_id) == ("01053", "01")


def test_vanished_commune_without_successor_stays_only_while_it_is_referenced(package: Path, tmp_path: Path) -> None:
    load_territories(folder=package)
    make_structure(commune=Commune.objects.get(pk="26235"))
    left = [entry for entry in COMMUNES if entry["code"] not in {"26235", "26281"}]
    report = load_territories(folder=write_package(tmp_path / "newer", communes=left))
    assert Commune.objects.filter(pk="26235").exists()
    assert not Commune.objects.filter(pk="26281").exists()
    assert "Pierrelatte (26235) a disparu du découpage sans successeur connu" in report.warnings[0]


def test_commune_that_exists_again_is_no_longer_a_former_one(package: Path, tmp_path: Path) -> None:
    load_territories(folder=package)
    again = [entry for entry in COMMUNES if entry["nom"] not in {"Saint-Bois", "Arboys en Bugey"}]
    again += [commune("01340", "Saint-Bois", 100, "01300"), commune("01015", "Arboys en Bugey", 600, "01300")]
    again.append(delegated("01016", "Autre", "01015"))
    load_territories(folder=write_package(tmp_path / "newer", communes=again))
    assert Commune.objects.filter(pk="01340").exists()
    assert not FormerCommune.objects.filter(code="01340").exists()


def test_missing_package_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=r"introuvable.*npm ci"):
        load_territories(folder=tmp_path)


@pytest.mark.parametrize("content", ["", "{", "[]", '{"a": 1}', '[{"code": "01"}]'])
def test_unreadable_package_is_refused(package: Path, content: str) -> None:
    (package / "data" / "communes.json").write_text(content)
    with pytest.raises(SourceError):
        load_territories(folder=package)
    assert not Region.objects.exists()


def test_command_tells_what_it_loaded_then_that_nothing_is_to_do(package: Path, tmp_path: Path) -> None:
    out = StringIO()
    call_command("load_territories", source=package, stdout=out)
    assert "18 communes" in out.getvalue()
    call_command("load_territories", source=package, stdout=out)
    assert "déjà chargé, rien à faire" in out.getvalue()
    with pytest.raises(CommandError, match="npm ci"):
        call_command("load_territories", source=tmp_path / "nowhere")


def test_names_come_with_typographic_apostrophes(package: Path) -> None:
    load_territories(folder=package)
    assert Commune.objects.filter(name="Saint-Martin-d’Août").exists()
    assert not any("'" in row.name for model in (Commune, FormerCommune, Epci) for row in model.objects.all())


def test_communes_stand_where_the_delivered_list_says(package: Path, tmp_path: Path) -> None:
    centres = tmp_path / "centres.csv"
    centres.write_text("commune,latitude,longitude,approximative\n26362,44.933,4.892,\n26001,45.1,4.9,1\n")
    load_territories(folder=package, centres=centres)
    valence, rough = Commune.objects.get(pk="26362"), Commune.objects.get(pk="26001")
    assert (valence.latitude, valence.longitude, valence.is_position_rough) == (44.933, 4.892, False)
    assert rough.is_position_rough
    assert Commune.objects.get(pk="26281").latitude is None
    assert not load_territories(folder=package, centres=centres).is_changed
    centres.write_text("commune,latitude,longitude,approximative\n26362,44.9,4.9,\n")
    assert load_territories(folder=package, centres=centres).is_changed


def test_delivered_positions_are_those_of_the_code(db: None) -> None:
    known = positions.read(positions.DELIVERED)
    assert len(known) > 33_000
    assert all(-25 < p.latitude < 52 and -64 < p.longitude < 56 for p in known.values())
    lille, marseille = known["59350"], known["13055"]
    assert positions.kilometres(lille, marseille) == pytest.approx(834, abs=15)
