"""Headers of real lists."""

import pytest

from senacs.structures.imports.columns import ColumnsError, StructureList, read_list
from senacs.structures.imports.reading import FileRow, FileTable


def listed(*rows: list[str], has_kind: bool = False) -> StructureList:
    table = FileTable("", tuple(FileRow(line, tuple(cells)) for line, cells in enumerate(rows, 1)))
    return read_list([table], has_kind=has_kind)


MINIMUM = ["Nom", "Type", "CP", "Ville"]


@pytest.mark.parametrize(
    ("header", "field"),
    [
        ("Dénomination", "name"),
        ("NOM DE LA STRUCTURE", "name"),
        ("Raison sociale", "name"),
        ("Dénomination de l'association", "name"),
        ("Commune du centre", "commune"),
        ("Nature", "kind"),
        ("Catégorie", "kind"),
        ("code_postal", "postal_code"),
        ("Code Postal", "postal_code"),
        ("C.P.", "postal_code"),
        ("Localité", "commune"),
        ("N° SIRET", "siret"),
        ("Nº Siret", "siret"),
        ("numero_siret_tel_que_saisi", "siret"),
        ("Siret de l'établissement", "siret"),
        ("Site", "website"),
        ("Mél.", "email"),
        ("Adresse mail contact", "email"),
        ("Tél.", "phone"),
        ("Téléphone de l'accueil", "phone"),
        ("Mode de gestion", "gestion"),
        ("Date du 1er agrément", "first_agrement_on"),
        ("date_premier_agrement", "first_agrement_on"),
        ("Population de la zone de compétence", "catchment_population"),
        ("Axe 2", "axis_2"),
        ("Adhérent à la Fédération des Centres Sociaux", "is_fcsf_member"),
        ("Adhérent à une autre fédération", "other_federation"),
        ("multi_sites", "is_multi_site"),
    ],
)
def test_synonyms_are_recognised(header: str, field: str) -> None:
    row = ["Centre", "CS", "26000", "Valence"]
    found = listed([*MINIMUM, header], [*row, "x"]) if field not in KEYS else listed(_swap(header, field), row)
    assert found.fields[field] == header
    assert not found.warnings


KEYS = {"name": 0, "kind": 1, "postal_code": 2, "commune": 3}


def _swap(header: str, field: str) -> list[str]:
    headers = list(MINIMUM)
    headers[KEYS[field]] = header
    return headers


def test_rows_keep_their_line_and_only_their_filled_cells() -> None:
    found = listed(
        [*MINIMUM, "Historique"], ["  Centre \n social ", "CS", "26000", "Valence\x07", " une\ndeux "], ["B"]
    )
    assert found.rows[0].line == 2
    assert found.rows[0].cells == {
        "name": "Centre social",
        "kind": "CS",
        "postal_code": "26000",
        "commune": "Valence",
        "history": "une\ndeux",
    }
    assert found.rows[1].cells == {"name": "B"}


def test_unknown_columns_are_named() -> None:
    found = listed([*MINIMUM, "Couleur", "", "Humeur"], ["a", "CS", "26000", "Valence", "x", "y", "z"])
    assert found.warnings == ("Colonnes ignorées : « Couleur » et « Humeur ».",)


def test_of_two_columns_for_one_field_the_closer_name_wins_and_the_other_is_told() -> None:
    found = listed(["Raison sociale", *MINIMUM], ["Ville de X", "Centre", "CS", "26000", "Valence"])
    assert found.rows[0].cells["name"] == "Centre"
    assert found.warnings == ("Colonne ignorée : « Raison sociale ».",)


def test_same_header_twice_is_an_error() -> None:
    with pytest.raises(ColumnsError, match="Colonne en double : « Nom »"):
        listed([*MINIMUM, "NOM"], ["a"] * 5)


def test_missing_columns_are_named_with_what_was_read() -> None:
    with pytest.raises(ColumnsError, match=r"absentes : « code postal » et « commune ». En-têtes lus : « Nom » et « T"):
        listed(["Nom", "Type"], ["a", "CS"])
    with pytest.raises(ColumnsError, match="absente : « nom »"):
        listed(MINIMUM[1:], ["CS", "26000", "Valence"])


def test_one_column_holds_postcode_and_commune() -> None:
    assert listed(["Nom", "Type", "CP - Ville"], ["a", "CS", "26000 Valence"]).rows[0].cells["place"] == "26000 Valence"


def test_without_kind_column_a_warning_unless_the_kind_is_given() -> None:
    header, row = ["Nom", "CP", "Ville"], ["a", "26000", "Valence"]
    assert listed(header, row).warnings == ("Aucune colonne « type » : le type est déduit du nom de chaque structure.",)
    assert listed(header, row, has_kind=True).warnings == ()


def test_titles_above_the_header_are_skipped() -> None:
    found = listed(["Liste au 1er janvier"], MINIMUM, ["a", "CS", "26000", "Valence"])
    assert [row.line for row in found.rows] == [3]


def test_the_sheet_with_a_header_is_taken() -> None:
    cover = FileTable("Accueil", (FileRow(1, ("Bonjour",)),))
    data = FileTable("Liste", (FileRow(1, tuple(MINIMUM)), FileRow(2, ("a", "CS", "26000", "Valence"))))
    assert len(read_list([cover, data]).rows) == 1


def test_header_alone_and_no_header_are_errors() -> None:
    with pytest.raises(ColumnsError, match="aucune structure"):
        listed(MINIMUM)
    with pytest.raises(ColumnsError, match="Aucune ligne d’en-têtes reconnue"):
        listed(["a"], ["b"])
