"""Lists as people doctor them: hidden, filtered and merged rows, cells in error, 1904 dates, wrong encodings."""

import datetime
from pathlib import Path

import pytest
import xlsxwriter

from senacs.lib.workbooks import read_workbook
from senacs.structures.imports.columns import StructureList, read_list
from senacs.structures.imports.reading import ReadingError, read_tables
from senacs.structures.imports.repaired import DONE, repaired_workbook
from senacs.structures.imports.report import ImportOutcome, RowOutcome
from senacs.territories.places import CommuneIndex
from tests.factories import Cast

HEADER = ["nom", "type", "code postal", "commune", "date 1er agrément"]


def doctored(path: Path, *, date_1904: bool = False) -> StructureList:
    book = xlsxwriter.Workbook(str(path), {"date_1904": date_1904})
    sheet, day = book.add_worksheet("Liste"), book.add_format({"num_format": "dd/mm/yyyy"})
    sheet.write_row(0, 0, HEADER)
    for number, name in enumerate(("Les Tilleuls", "Le Phare", "La Passerelle", "Les Vignes"), 1):
        sheet.write_row(number, 0, [f"Centre social {name}", "CS", "", ""])
        sheet.write_datetime(number, 4, datetime.datetime(1998, 3, 2 + number), day)  # noqa: DTZ001
    sheet.merge_range(1, 2, 3, 2, "26000")
    sheet.merge_range(1, 3, 3, 3, "Valence")
    sheet.write_formula(4, 2, "=NA()", None, "#N/A")
    sheet.write_string(4, 3, "ValÃ©rien")
    sheet.autofilter(0, 0, 4, 4)
    sheet.set_row(2, None, None, {"hidden": True})
    secret = book.add_worksheet("Brouillon")
    secret.write_row(0, 0, HEADER)
    secret.hide()
    book.close()
    return read_list(read_tables(path))


@pytest.mark.parametrize("date_1904", [False, True], ids=["1900", "1904"])
def test_merged_hidden_and_filtered_rows_are_read_with_their_dates_and_told(tmp_path: Path, date_1904: bool) -> None:
    listed = doctored(tmp_path / "liste.xlsx", date_1904=date_1904)
    rows = {row.line: row for row in listed.rows}
    assert [rows[line].cells.get("commune") for line in (2, 3, 4)] == ["Valence"] * 3
    assert [rows[line].cells.get("postal_code") for line in (2, 3, 4)] == ["26000"] * 3
    assert [row.cells["first_agrement_on"] for row in listed.rows] == [f"1998-03-{3 + n:02}" for n in range(4)]
    assert "ligne masquée dans le classeur, lue comme les autres" in rows[3].notes
    assert "« Valence » repris de la cellule fusionnée D2" in rows[4].notes and not rows[2].notes
    assert any("« Brouillon »" in warning for warning in listed.warnings)


def test_a_cell_in_error_is_empty_and_a_doubly_encoded_one_is_mended(tmp_path: Path) -> None:
    last = doctored(tmp_path / "liste.xlsx").rows[-1]
    assert "postal_code" not in last.cells and last.cells["commune"] == "Valérien"
    assert last.notes == ("cellule C5 en erreur (#N/A), lue comme vide", "« ValÃ©rien » est lu « Valérien »")


@pytest.mark.parametrize("shown", ["#N/A", "#REF!", "#VALEUR!", "#DIV/0!", "#NOM?", "Err:502"])
def test_errors_written_by_an_export_are_told_in_a_csv_too(tmp_path: Path, shown: str) -> None:
    path = tmp_path / "liste.csv"
    path.write_text(f"nom;commune;cp\nLe Phare;{shown};26000\n", encoding="utf-8")
    (row,) = read_list(read_tables(path)).rows
    assert "commune" not in row.cells and row.notes == (f"cellule en erreur ({shown}), lue comme vide",)


@pytest.mark.parametrize("encoding", ["utf-8", "cp1252", "latin-1", "mac_roman", "cp850", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("text", ["Été à Évreux, près de Nîmes", "Châtillon-sur-Saône, façade d’où"])
def test_french_lists_are_read_whatever_wrote_them(tmp_path: Path, encoding: str, text: str) -> None:
    path = tmp_path / "liste.csv"
    given = text if encoding not in {"cp850", "latin-1"} else text.replace("’", "'")
    path.write_bytes(f"nom;commune;cp\n{given};Valence;26000\nÀ côté;Étoile;26800\n".encode(encoding))
    (table,) = read_tables(path)
    assert table.rows[1].cells[0] == given
    assert bool(table.notes) == (encoding not in {"utf-8", "cp1252", "latin-1"})


def test_a_character_lost_for_good_is_told_with_its_row(tmp_path: Path) -> None:
    path = tmp_path / "liste.csv"
    path.write_text(
        "nom;commune;cp\nMaison des habitants;Valence;26000\nL’\ufffdcole;Valence;26000\n", encoding="utf-8"
    )
    first, second = read_list(read_tables(path)).rows
    assert not first.notes and "un caractère est perdu" in second.notes[0]


def test_what_is_no_text_in_any_encoding_stays_refused(tmp_path: Path) -> None:
    path = tmp_path / "liste.csv"
    path.write_bytes(bytes(range(128, 256)) * 20)
    with pytest.raises(ReadingError, match="illisibles"):
        read_tables(path)


def test_an_opendocument_hides_and_merges_too(tmp_path: Path) -> None:
    from tests.structures.imports.test_reading import write_ods_rows

    path = write_ods_rows(
        tmp_path / "liste.ods",
        '<table:table-row><table:table-cell office:value-type="string" table:number-rows-spanned="2"><text:p>x</text:p>'
        '</table:table-cell><table:table-cell office:value-type="string"><text:p>a</text:p></table:table-cell>'
        '</table:table-row><table:table-row table:visibility="filter"><table:covered-table-cell/>'
        '<table:table-cell office:value-type="string"><text:p>b</text:p></table:table-cell></table:table-row>',
    )
    (table,) = read_tables(path)
    assert [row.cells for row in table.rows] == [("x", "a"), ("x", "b")]
    assert len(table.rows[1].notes) == 2


def test_a_doctored_list_is_given_back_repaired_and_is_read_again(cast: Cast, tmp_path: Path) -> None:
    listed = doctored(tmp_path / "liste.xlsx")
    outcomes = [
        RowOutcome(2, "Centre social Les Tilleuls", ImportOutcome.UPDATED, "S-000012", "modifié", ("un mot",)),
        RowOutcome(5, "Centre social Les Vignes", ImportOutcome.REFUSED, "", "code postal manquant"),
    ]
    content = repaired_workbook(listed, outcomes, CommuneIndex.load(), None)
    path = tmp_path / "reparee.xlsx"
    path.write_bytes(content)
    (sheet,) = read_workbook(path)
    done = [row[sheet.rows[0].index(DONE)] for row in sheet.rows[1:]]
    assert "mise à jour" in done[0] and "un mot" in done[0] and "masquée" in done[1] and "refusée" in done[3]
    again = read_list(read_tables(path))
    assert [row.cells.get("commune") for row in again.rows] == ["Valence", "Valence", "Valence", "Valérien"]
    assert again.rows[0].cells["code"] == "S-000012" and not any(row.notes for row in again.rows)
    assert again.rows[1].cells["first_agrement_on"] in {"04/03/1998", "1998-03-04"}
