"""`senacs import_structures` from a file to the register, the screen and the report."""

import csv
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter
from django.conf import settings
from django.core.management import CommandError, call_command

from senacs.structures.models import Caf, Structure

LIST = """\ufeffType;Nom;CP;Ville;N° SIRET;Couleur
csx;Centre social Malissol;26000;VALENCE;323 180 588 00036;bleu
;EVS du Port;26100;ROMANS SUR ISERE;;vert
"""


@pytest.fixture(autouse=True)
def data_dir(territories: None, reference: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "DATA_DIR", reference.parent)


def write(tmp_path: Path, content: str = LIST) -> Path:
    path = tmp_path / "liste.csv"
    path.write_text(content, encoding="utf-8")
    return path


def run(path: Path, **options: Any) -> str:
    out = StringIO()
    call_command("import_structures", path, stdout=out, **options)
    return out.getvalue()


def read_report(path: Path) -> list[dict[str, str]]:
    assert path.read_bytes().startswith(b"\xef\xbb\xbf")
    return list(csv.DictReader(StringIO(path.read_text(encoding="utf-8-sig")), delimiter=";"))


def test_list_is_imported_and_told(tmp_path: Path) -> None:
    said = run(write(tmp_path), report=tmp_path / "rapport.csv")
    assert "Colonne ignorée : « Couleur »." in said
    assert "2\u00a0lignes : 2\u00a0créées." in said
    assert Structure.objects.count() == 2
    assert Structure.objects.filter(caf__code="26").count() == 2
    assert [(row["ligne"], row["resultat"], row["code"]) for row in read_report(tmp_path / "rapport.csv")] == [
        ("2", "créée", "S-000001"),
        ("3", "créée", "S-000002"),
    ]
    assert "2\u00a0lignes : 2\u00a0inchangées." in run(write(tmp_path))


def test_dry_run_leaves_nothing_behind(tmp_path: Path) -> None:
    said = run(write(tmp_path), dry_run=True)
    assert "Essai à blanc, rien n’est enregistré. 2\u00a0lignes : 2\u00a0créées." in said
    assert not Structure.objects.exists()
    assert not Caf.objects.exists()


def test_refusal_blocks_the_file_and_still_writes_the_report(tmp_path: Path) -> None:
    path = write(tmp_path, LIST + "EVS;=HYPERLINK(1);99999;Nulle-Part;;\n")
    with pytest.raises(CommandError, match="Rien n’a été enregistré"):
        run(path, report=tmp_path / "rapport.csv")
    assert not Structure.objects.exists()
    rows = read_report(tmp_path / "rapport.csv")
    assert [row["resultat"] for row in rows] == ["créée", "créée", "refusée"]
    assert rows[0]["motif"].startswith("non enregistrée")
    assert rows[2]["nom"] == "'=HYPERLINK(1)"
    assert "2\u00a0créées et 1\u00a0refusée" in run(path, skip_refused=True)


def test_workbook_is_imported(tmp_path: Path) -> None:
    path = tmp_path / "liste.xlsx"
    book = xlsxwriter.Workbook(str(path))
    sheet = book.add_worksheet()
    sheet.write_row(0, 0, ["Liste des structures"])
    sheet.write_row(2, 0, ["Dénomination", "Nature", "Code postal", "Localité", "Siret", "1er agrément"])
    sheet.write_row(3, 0, ["Centre social", "Centre social", 1000, "Bourg en Bresse", 32318058800036, 26301])
    book.close()
    run(path)
    structure = Structure.objects.get()
    assert (structure.postal_code, structure.siret) == ("01000", "32318058800036")
    assert structure.first_agrement_on is not None
    assert structure.first_agrement_on.isoformat() == "1972-01-03"


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("", "est vide"),
        ("nom\nCentre social\n", "Colonnes obligatoires absentes : « code postal » et « commune »"),
        ("nom;type;cp;ville\n", "aucune structure"),
        ("nom;nom;type;cp;ville\na;b;c;d;e\n", "Colonne en double"),
    ],
)
def test_unusable_files_are_refused(tmp_path: Path, content: str, message: str) -> None:
    with pytest.raises(CommandError, match=message):
        run(write(tmp_path, content))


def test_kind_option(tmp_path: Path) -> None:
    run(write(tmp_path, "nom;cp;ville\nLa Passerelle;26000;Valence\n"), kind="EVS")
    assert Structure.objects.get().kind == "EVS"


def test_report_may_not_overwrite_the_list_nor_go_nowhere(tmp_path: Path) -> None:
    path = write(tmp_path)
    with pytest.raises(CommandError, match="écraserait"):
        run(path, report=path)
    with pytest.raises(CommandError, match="ne peut pas être écrit"):
        run(path, report=tmp_path / "absent" / "rapport.csv")
    assert not Structure.objects.exists()


def test_long_lists_of_refusals_are_cut_on_screen(tmp_path: Path) -> None:
    path = write(tmp_path, "nom;type;cp;ville\n" + "x;?;26000;Valence\n" * 20)
    out = StringIO()
    with pytest.raises(CommandError):
        call_command("import_structures", path, stdout=out)
    assert out.getvalue().count("Refusée, ligne") == 15
    assert "… et 5 de plus" in out.getvalue()
