"""Importing lists: what each row becomes, twice the same, and all or nothing."""

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from senacs.structures.enums import StructureKind
from senacs.structures.imports.columns import ListRow
from senacs.structures.imports.report import ImportOutcome, ImportResult
from senacs.structures.models import Agrement, Caf, Gestionnaire, Structure
from senacs.structures.services import RegisterError, import_rows, reserve_codes

Import = Callable[..., ImportResult]
BASE = {"name": "Centre social Malissol", "kind": "CS", "postal_code": "26000", "commune": "Valence"}
SIRET = "32318058800036"


@pytest.fixture
def imported(bodies: Path) -> Import:
    """Imports rows given as what differs from a centre social of Valence; None leaves a cell blank."""

    def run(*rows: dict[str, str | None], **options: Any) -> ImportResult:
        filled = [{key: value for key, value in (BASE | row).items() if value} for row in rows]
        listed = [ListRow(line, cells) for line, cells in enumerate(filled, 2)]
        return import_rows(rows=listed, reference=bodies, **options)

    return run


def outcomes(result: ImportResult) -> list[str]:
    return [row.outcome.value for row in result.rows]


def test_row_creates_a_structure_with_what_follows_from_its_commune(imported: Import) -> None:
    result = imported({"gestionnaire": "Amis de Malissol", "agrement_starts_on": "01/01/2024"})
    structure = Structure.objects.get()
    assert result.is_written
    assert result.rows[0].code == structure.code == "S-000001"
    assert (structure.commune_id, structure.departement_id, structure.postal_code) == ("26362", "26", "26000")
    assert structure.search_name == "centre social malissol"
    assert structure.caf is not None
    assert structure.caf.code == "26"
    assert structure.federation is not None
    assert structure.federation.code == "FED-26"
    assert structure.gestionnaire is not None
    assert structure.gestionnaire.name == "Amis de Malissol"
    assert "agrément sans date" in result.rows[0].warnings[0]


def test_every_optional_column_is_kept(imported: Import) -> None:
    imported(
        {
            "address": "1 place de la Ferme",
            "siret": SIRET,
            "email": "a@b.fr",
            "website": "malissol.fr",
            "phone": "0474571200",
            "gestion": "Associatif",
            "first_agrement_on": "11/01/1994",
            "agrement_starts_on": "01/01/2024",
            "agrement_ends_on": "31/12/2027",
            "catchment_population": "2811",
            "history": "Né en 1994.\nDepuis…",
            "axis_1": "Familles",
            "axis_3": "Jeunesse",
            "territory_type": "Un espace à dominante urbaine",
            "territory_size": "Plusieurs quartiers",
            "priority_geography": "QPV",
            "is_fcsf_member": "Oui",
            "other_federation": "Léo Lagrange",
            "is_travellers": "Non",
            "is_multi_site": "Oui",
            "is_itinerant": "Non",
        }
    )
    structure = Structure.objects.get()
    assert structure.siret == SIRET
    assert structure.website == "http://malissol.fr"
    assert structure.phone == "04 74 57 12 00"
    assert structure.first_agrement_on == date(1994, 1, 11)
    assert structure.catchment_population == 2811
    assert structure.project_axes == ["Familles", "Jeunesse"]
    assert (structure.gestion, structure.territory_type, structure.territory_size, structure.priority_geography) == (
        "associatif",
        "urbain",
        "plusieurs_quartiers",
        "qpv",
    )
    assert (structure.is_fcsf_member, structure.is_travellers, structure.is_multi_site) == (True, False, True)
    agrement = Agrement.objects.get()
    assert (agrement.structure, agrement.ends_on) == (structure, date(2027, 12, 31))


def test_same_list_again_changes_nothing(imported: Import) -> None:
    rows: list[dict[str, str | None]] = [
        {"gestionnaire": "Amis", "siret": SIRET, "agrement_starts_on": "01/01/2024", "agrement_ends_on": "01/01/2028"},
        {"name": "CTRE SOCIAL DES TILLEULS", "kind": None, "website": "http://0474571200", "axis_1": "Familles"},
        {"name": "Café associatif", "kind": "evs", "postal_code": "69009", "commune": "Lyon 9e Arrondissement"},
        {"name": "EVS de Bayonne", "kind": "evs", "postal_code": "64100", "commune": "BAYONNE", "caf": "Pays Basque"},
        {"name": "EVS du Port", "kind": "evs", "postal_code": "64100", "commune": "BAYONNE"},
    ]
    assert outcomes(imported(*rows)) == ["créée"] * 5
    before = list(Structure.objects.values().order_by("pk"))
    assert outcomes(imported(*rows)) == ["inchangée"] * 5
    assert list(Structure.objects.values().order_by("pk")) == before
    assert Gestionnaire.objects.count() == 1
    assert Agrement.objects.count() == 1


def test_other_spelling_updates_the_same_structure_and_tells_what_changed(imported: Import) -> None:
    imported({})
    result = imported({"name": "CTRE SOCIAL MALISSOL", "phone": "0474571200", "gestionnaire": "Amis"})
    assert outcomes(result) == ["mise à jour"]
    assert result.rows[0].reason == "modifié : gestionnaire, nom et téléphone"
    assert Structure.objects.get().name == "CTRE SOCIAL MALISSOL"


def test_blank_cells_never_erase(imported: Import) -> None:
    imported({"phone": "0474571200", "is_fcsf_member": "Oui", "axis_1": "Familles", "gestionnaire": "Amis"})
    assert outcomes(imported({})) == ["inchangée"]
    structure = Structure.objects.get()
    assert (structure.phone, structure.is_fcsf_member, structure.project_axes) == (
        "04 74 57 12 00",
        True,
        ["Familles"],
    )
    assert structure.gestionnaire is not None


def test_new_agrement_alone_is_an_update(imported: Import) -> None:
    imported({})
    result = imported({"agrement_starts_on": "01/01/2024", "agrement_ends_on": "31/12/2027"})
    assert result.rows[0].reason == "modifié : agrément"
    assert Agrement.objects.count() == 1


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ({"name": None}, "nom manquant"),
        ({"name": "x" * 201}, "nom de plus de 200 caractères"),
        ({"kind": "crèche"}, "type « crèche » non reconnu"),
        ({"kind": None, "name": "La Passerelle"}, "type manquant"),
        ({"postal_code": None}, "code postal manquant"),
        ({"commune": None}, "commune manquante"),
        ({"commune": None, "postal_code": None}, "code postal et commune manquants"),
        ({"commune": "Saint-Paul", "postal_code": "26750"}, "ambiguë : Saint-Paul (26001) ou Saint-Paul (26002)"),
        ({"code": "S-999999"}, "identifiant SENACS « S-999999 » inconnu"),
        ({"name": None, "kind": "crèche", "commune": None}, "nom manquant ; type « crèche » non reconnu"),
    ],
)
def test_row_that_cannot_be_used_is_refused(imported: Import, row: dict[str, str | None], reason: str) -> None:
    result = imported(row)
    assert outcomes(result) == ["refusée"]
    assert reason in result.rows[0].reason


def test_one_refusal_and_nothing_is_written(imported: Import) -> None:
    result = imported({"gestionnaire": "Amis"}, {"name": None})
    assert result.is_blocked
    assert not result.is_written
    assert not Structure.objects.exists()
    assert not Gestionnaire.objects.exists()
    assert result.rows[0].reason == "non enregistrée : le fichier contient des lignes refusées"
    assert result.rows[0].code == ""


def test_refused_rows_can_be_skipped(imported: Import) -> None:
    result = imported({}, {"name": None}, skip_refused=True)
    assert outcomes(result) == ["créée", "refusée"]
    assert Structure.objects.count() == 1
    assert result.summary() == "1\u00a0créée et 1\u00a0refusée"


def test_dry_run_tells_and_writes_nothing(imported: Import) -> None:
    result = imported({}, dry_run=True)
    assert outcomes(result) == ["créée"]
    assert not result.is_written
    assert not Structure.objects.exists()


@pytest.mark.parametrize(
    "double",
    [
        {"name": "Centre social Malisol"},
        {"name": "Maison de quartier Malissol"},
        {"kind": "EVS"},
        {"name": "EVS Malissol", "kind": "EVS"},
        {"name": "Malissol CS", "siret": SIRET, "postal_code": "26100", "commune": "Romans-sur-Isère"},
    ],
)
def test_probable_double_is_refused_and_named(imported: Import, double: dict[str, str | None]) -> None:
    imported({"siret": SIRET})
    result = imported(double)
    assert outcomes(result) == ["refusée"]
    assert "doublon probable de « Centre social Malissol » (S-000001)" in result.rows[0].reason
    assert outcomes(imported(double, allow_duplicates=True)) == ["créée"]
    assert outcomes(imported(double)) == ["inchangée"]


@pytest.mark.parametrize(
    "other",
    [
        {"name": "Centre social Les Tilleuls"},
        {"postal_code": "26100", "commune": "Romans-sur-Isère"},
        {"name": "Centre social", "siret": SIRET, "postal_code": "26100", "commune": "Romans-sur-Isère"},
    ],
)
def test_different_structures_are_created(imported: Import, other: dict[str, str | None]) -> None:
    imported({"siret": SIRET})
    assert outcomes(imported(other)) == ["créée"]


def test_doubles_within_the_file_are_refused_by_line(imported: Import) -> None:
    result = imported({}, {"name": "CENTRE SOCIAL MALISSOL"}, {"name": "Centre social Malisol"}, skip_refused=True)
    assert outcomes(result) == ["créée", "refusée", "refusée"]
    assert result.rows[1].reason == "doublon de la ligne 2"
    assert "doublon probable de « Centre social Malissol » (ligne 2)" in result.rows[2].reason
    again = imported({}, {"name": "CENTRE SOCIAL MALISSOL"}, skip_refused=True)
    assert outcomes(again) == ["inchangée", "refusée"]


def test_senacs_code_lets_a_structure_change_name_kind_and_commune(imported: Import) -> None:
    imported({})
    moved = {
        "code": "s-000001",
        "name": "EVS La Passerelle",
        "kind": "EVS",
        "postal_code": "69003",
        "commune": "Lyon",
    }
    result = imported(moved)
    structure = Structure.objects.get()
    assert outcomes(result) == ["mise à jour"]
    assert (structure.name, structure.kind, structure.commune_id) == ("EVS La Passerelle", "EVS", "69383")
    assert structure.departement_id == "69"
    assert structure.caf is not None
    assert structure.caf.code == "69"
    assert structure.federation is None


def test_shared_siret_is_told_not_refused(imported: Import) -> None:
    result = imported({"siret": SIRET}, {"name": "Centre social Horizon", "siret": SIRET})
    assert outcomes(result) == ["créée", "créée"]
    assert result.rows[1].warnings == ("SIRET partagé avec « Centre social Malissol » (ligne 2)",)


def test_faulty_optional_cells_are_left_empty_and_told(imported: Import) -> None:
    result = imported({"siret": "3494010900047", "website": "http://0474571200", "email": "?", "is_travellers": "bof"})
    structure = Structure.objects.get()
    assert (structure.siret, structure.website, structure.phone, structure.email) == ("", "", "04 74 57 12 00", "")
    assert len(result.rows[0].warnings) == 4


def test_email_typed_as_website_goes_where_it_belongs(imported: Import) -> None:
    imported({"website": "contact@malissol.fr"})
    assert Structure.objects.get().email == "contact@malissol.fr"


def test_caf_is_not_guessed_where_two_are_possible(imported: Import) -> None:
    result = imported({"name": "CS Bayonne", "postal_code": "64100", "commune": "Bayonne"})
    assert Structure.objects.get().caf is None
    assert "Caf à préciser" in result.rows[0].warnings[0]
    imported({"name": "CS Bayonne", "postal_code": "64100", "commune": "Bayonne", "caf": "Caf Pays Basque et Seignanx"})
    structure = Structure.objects.get()
    assert structure.caf is not None
    assert structure.caf.code == "64-PBS"


def test_caf_set_by_hand_stays(imported: Import) -> None:
    imported({})
    Structure.objects.update(caf=Caf.objects.get(code="69"))
    assert outcomes(imported({})) == ["inchangée"]


def test_unknown_caf_is_told(imported: Import) -> None:
    assert imported({"caf": "MSA"}).rows[0].warnings == ("Caf « MSA » non reconnue",)


def test_kind_for_the_whole_file(imported: Import) -> None:
    result = imported(
        {"name": "La Passerelle", "kind": None},
        {"name": "Centre social Horizon", "kind": None},
        kind=StructureKind.EVS,
    )
    assert set(Structure.objects.values_list("kind", flat=True)) == {"EVS"}
    assert result.rows[1].warnings == ("type EVS demandé pour le fichier, mais le nom dit CS",)


def test_postcode_and_commune_in_one_cell(imported: Import) -> None:
    imported({"postal_code": None, "commune": None, "place": "26100 Romans sur Isère"})
    assert Structure.objects.get().commune_id == "26281"


def test_codes_follow_each_other_without_holes(imported: Import) -> None:
    imported({}, {"name": "Centre social Horizon"})
    assert reserve_codes(2) == ["S-000003", "S-000004"]
    result = imported({"name": "Centre social Les Tilleuls"}, {"name": "Centre social La Passerelle"})
    assert [row.code for row in result.rows] == ["S-000003", "S-000004"]
    assert result.counts()[ImportOutcome.CREATED] == 2


@pytest.mark.django_db
def test_without_territories_the_error_says_what_to_do(reference: Path) -> None:
    with pytest.raises(RegisterError, match="load_territories"):
        import_rows(rows=[ListRow(2, dict(BASE))], reference=reference)


def test_words_that_designate_a_person_stay_out_of_the_public_register(imported: Import) -> None:
    named = {
        "history": "Fondé par Mme Lefèvre, joignable au 06 12 34 56 78",
        "axis_1": "Familles",
        "axis_2": "a.b@c.fr",
    }
    told = imported(named).rows[0].warnings
    structure = Structure.objects.get()
    assert (structure.history, structure.project_axes) == ("", ["Familles"])
    assert any(line.startswith("historique non repris") and "Mme L…" in line for line in told)
    assert any(line.startswith("axe du projet non repris") for line in told)
    assert not any("Lefèvre" in line or "56 78" in line for line in told)
