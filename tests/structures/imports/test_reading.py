"""Opening lists: encodings, separators, workbooks, and files that mean harm."""

import datetime
import zipfile
from pathlib import Path

import pytest
import xlsxwriter

from senacs.lib import workbooks
from senacs.structures.imports import reading
from senacs.structures.imports.reading import FileRow, ReadingError, read_tables

TEXT = "nom;ville\nCentre social d'été – « L'Œuvre »;Saint-Étienne\n"
ODS_NAMES = (
    'xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
    'xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" '
    'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"'
)


def write_csv(tmp_path: Path, content: str | bytes, encoding: str = "utf-8") -> Path:
    path = tmp_path / "liste.csv"
    path.write_bytes(content if isinstance(content, bytes) else content.encode(encoding))
    return path


def cells(path: Path) -> list[tuple[str, ...]]:
    return [row.cells for row in read_tables(path)[0].rows]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
def test_encodings_are_recognised(tmp_path: Path, encoding: str) -> None:
    assert cells(write_csv(tmp_path, TEXT, encoding))[1] == ("Centre social d'été – « L'Œuvre »", "Saint-Étienne")


def test_latin_1_is_read_as_its_superset(tmp_path: Path) -> None:
    assert cells(write_csv(tmp_path, "nom;ville\nÉté;Évreux", "latin-1"))[1] == ("Été", "Évreux")


@pytest.mark.parametrize("separator", [";", ",", "\t", "|"])
def test_separators_are_recognised(tmp_path: Path, separator: str) -> None:
    lines = [["nom", "cp", "ville"], ["Centre", "26000", "Valence"], ["L'autre", "26100", "Romans"]]
    assert cells(write_csv(tmp_path, "\n".join(separator.join(line) for line in lines))) == [*map(tuple, lines)]


def test_commas_inside_cells_do_not_win_over_semicolons(tmp_path: Path) -> None:
    content = 'nom;adresse\nCentre;"63, rue de l\'Épée, bâtiment A"\n'
    assert cells(write_csv(tmp_path, content))[1] == ("Centre", "63, rue de l'Épée, bâtiment A")


def test_separator_line_of_spreadsheets_is_followed_and_counted(tmp_path: Path) -> None:
    (table,) = read_tables(write_csv(tmp_path, "sep=|\nnom|ville\nA;B|C,D\n"))
    assert table.rows == (FileRow(2, ("nom", "ville")), FileRow(3, ("A;B", "C,D")))


def test_quoted_line_breaks_keep_the_line_numbers_of_the_file(tmp_path: Path) -> None:
    (table,) = read_tables(write_csv(tmp_path, 'nom;historique\r\nA;"une\r\ndeux"\r\n\r\nB;x\r\n'))
    assert table.rows == (FileRow(1, ("nom", "historique")), FileRow(2, ("A", "une\ndeux")), FileRow(5, ("B", "x")))


def test_stray_quote_is_borne_but_an_unclosed_one_is_told(tmp_path: Path) -> None:
    assert cells(write_csv(tmp_path, 'nom;ville\n"A" bis;X\n'))[1] == ("A bis", "X")
    with pytest.raises(ReadingError, match=r"Ligne 2 : un guillemet ouvert"):
        read_tables(write_csv(tmp_path, 'nom;ville\n"A;X\nB;Y\n'))


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "est vide"),
        (b"\n \n;;\n", "aucune ligne"),
        (b"\x89PNG\r\n\x1a\n\x00\x00\x00", "pas un fichier texte"),
        (b"nom\x81;ville\xe9", "illisibles"),
        (b"\xff\xfen\x00o", "illisibles"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "mot de passe"),
        (b"PK\x03\x04 truncated", "endommagé"),
        (b"nom;ville\n" + b"x;" * 400, "plus de 300 colonnes"),
        (b"nom;ville\n" + b"x" * 200_000 + b";y", "démesurée"),
    ],
)
def test_unusable_files_are_refused_in_french(tmp_path: Path, content: bytes, message: str) -> None:
    with pytest.raises(ReadingError, match=message):
        read_tables(write_csv(tmp_path, content))


def test_missing_file_folder_and_oversized_file_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ReadingError, match="n’existe pas"):
        read_tables(tmp_path / "absent.csv")
    with pytest.raises(ReadingError, match="n’existe pas"):
        read_tables(tmp_path)
    huge = tmp_path / "huge.csv"
    with huge.open("wb") as file:
        file.truncate(60 * 1024 * 1024)
    with pytest.raises(ReadingError, match="60\u00a0Mo"):
        read_tables(huge)
    monkeypatch.setattr(reading, "MAX_ROWS", 3)
    with pytest.raises(ReadingError, match="dépasse 3 lignes"):
        read_tables(write_csv(tmp_path, "nom;ville\n" + "a;b\n" * 5))


def test_workbook_gives_numbers_dates_and_booleans_as_typed(tmp_path: Path) -> None:
    path = tmp_path / "liste.xlsx"
    book = xlsxwriter.Workbook(str(path))
    sheet = book.add_worksheet("Liste")
    day = book.add_format({"num_format": "dd/mm/yyyy"})
    sheet.write_row(2, 0, ["Centre", 1000, 77993294600048, True])
    sheet.write_datetime(2, 4, datetime.date(1972, 1, 3), day)
    book.add_worksheet("Cachée").hide()
    book.close()
    (table,) = read_tables(path)
    assert table.name == "Liste"
    assert table.rows == (FileRow(3, ("Centre", "1000", "77993294600048", "oui", "1972-01-03")),)


def write_ods(path: Path, rows: int, columns: int) -> Path:
    return write_ods_rows(
        path,
        f'<table:table-row table:number-rows-repeated="{rows}">'
        f'<table:table-cell office:value-type="string" table:number-columns-repeated="{columns}"><text:p>x</text:p>'
        "</table:table-cell></table:table-row>",
    )


def write_ods_rows(path: Path, rows: str) -> Path:
    body = (
        f'<?xml version="1.0"?><office:document-content {ODS_NAMES}><office:body><office:spreadsheet>'
        f'<table:table table:name="A">{rows}</table:table></office:spreadsheet></office:body>'
        "</office:document-content>"
    )
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("content.xml", body)
        archive.writestr(
            "META-INF/manifest.xml",
            '<m:manifest xmlns:m="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"></m:manifest>',
        )
    return path


def test_opendocument_is_read(tmp_path: Path) -> None:
    assert cells(write_ods(tmp_path / "liste.ods", 2, 2)) == [("x", "x"), ("x", "x")]


def test_opendocument_that_claims_billions_of_cells_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ReadingError, match="ne s’ouvre pas"):
        read_tables(write_ods(tmp_path / "bomb.ods", 1_048_576, 16_384))


def test_workbook_with_a_cell_at_the_far_corner_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "far.xlsx"
    book = xlsxwriter.Workbook(str(path))
    sheet = book.add_worksheet()
    sheet.write(0, 0, "x")
    sheet.write(1_048_575, 16_383, "x")
    book.close()
    with pytest.raises(ReadingError, match="ne s’ouvre pas"):
        read_tables(path)


def test_sheet_beyond_the_bounds_is_named(tmp_path: Path) -> None:
    path = tmp_path / "wide.xlsx"
    book = xlsxwriter.Workbook(str(path))
    book.add_worksheet("Trop large").write(0, 400, "x")
    book.close()
    with pytest.raises(ReadingError, match="« Trop large » dépasse"):
        read_tables(path)


def test_zip_bomb_is_refused_before_it_is_opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbooks, "MAX_UNPACKED_BYTES", 3 * 1024 * 1024)
    path = tmp_path / "bomb.xlsx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", b"")
        for index in range(4):
            archive.writestr(f"xl/worksheets/sheet{index}.xml", bytes(1024 * 1024))
    assert path.stat().st_size < 16 * 1024
    with pytest.raises(ReadingError, match="4\u00a0Mo une fois ouvert"):
        read_tables(path)


def test_archive_that_is_no_workbook_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "photos.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("a.txt", "a")
    with pytest.raises(ReadingError, match="pas un classeur"):
        read_tables(path)
