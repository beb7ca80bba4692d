"""Cells as spreadsheets leave them: in error, calculated, in percent, moved; XLSX and ODS; the real questionnaire."""

import io
import re
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from senacs.collection.models import Response
from senacs.collection.workbook import layout
from senacs.collection.workbook.services import Difference, UploadOutcome, apply_workbook, differences, receive_workbook
from senacs.collection.workbook.writer import as_workbook
from senacs.lib.refusals import Refused
from senacs.questionnaire.engine.values import InputError, parse_input
from tests import real_year
from tests.collection.workbook import ods
from tests.real_year import RealYear

pytestmark = pytest.mark.django_db
NBSP, THIN = "\u00a0", "\u202f"
BUDGET, ETP, CODE_OF_TEXT = "budget_total", "etp_animation", "axe_1"


@pytest.fixture
def year() -> RealYear:
    return real_year.make_real_year(real_year.StructureKind.CENTRE_SOCIAL)


def places_in(content: bytes) -> dict[str, ods.Place]:
    """Where the answer to each question is typed."""
    return {
        str(row[layout.CODE].value): (sheet.title, row[0].row, layout.VALUE + 1)
        for sheet in openpyxl.load_workbook(io.BytesIO(content)).worksheets
        for row in sheet.iter_rows(min_row=layout.FIRST_ROW + 1)
        if row[layout.CODE].value
    }


def in_xml(content: bytes, place: ods.Place, cell: str) -> bytes:
    """The same XLSX, one cell written as a spreadsheet would: `cell` holds what follows its reference and style."""
    title, row, column = place
    reference = f"{chr(64 + column)}{row}"
    member = f"xl/worksheets/sheet{openpyxl.load_workbook(io.BytesIO(content)).sheetnames.index(title) + 1}.xml"
    output = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as source, zipfile.ZipFile(output, "w") as target:
        for name in source.namelist():
            data = source.read(name)
            if name == member:
                text, count = re.subn(rf'<c r="{reference}"( s="\d+")?[^>]*?(?:/>|>.*?</c>)',
                                      rf'<c r="{reference}"\1 {cell}', data.decode(), count=1)  # fmt: skip
                assert count == 1
                data = text.encode()
            target.writestr(name, data)
    return output.getvalue()


def sent_back(year: RealYear, content: bytes, folder: Path, name: str = "rempli.xlsx") -> dict[str, Difference]:
    path = folder / name
    path.write_bytes(content)
    upload = receive_workbook(response=year.response, path=path, name=name, by=year.cast.responsable)
    found = {difference.code: difference for difference in differences(upload, year.response)}
    apply_workbook(upload=upload, by=year.cast.responsable)
    return found


def stored(year: RealYear, code: str) -> Any:
    return Response.objects.get(pk=year.response.pk).values.get(code, {}).get("valeur")


def hold(year: RealYear, **values: Any) -> None:
    held = {
        code: {"etat": "valeur", "valeur": value, "provenance": "declaree", "revision": 1}
        for code, value in values.items()
    }
    Response.objects.filter(pk=year.response.pk).update(values=held, revision=1)
    year.response.refresh_from_db()


ERRORS = {
    "budget_total": ("#N/A", "la valeur cherchée n’a pas été trouvée"),
    "charges_personnel": ("#REF!", "cellule supprimée"),
    "charges_activites": ("#DIV/0!", "divise par zéro"),
    "charges_locaux": ("#VALUE!", "calcule sur un texte"),
    "salaries_animation": ("#NAME?", "nom inconnu"),
    "etp_animation": ("#NUM!", "calcul est impossible"),
    "axe_1": ("#N/A", "la valeur cherchée n’a pas été trouvée"),
}


def test_an_error_is_refused_by_its_name_and_never_read_as_empty(year: RealYear, tmp_path: Path) -> None:
    before: dict[str, Any] = dict.fromkeys(ERRORS, 45000) | {"etp_animation": "2.5", "axe_1": "Aller vers"}
    hold(year, **before)
    content = as_workbook(year.response)
    places = places_in(content)
    for code, (shown, _) in ERRORS.items():
        content = in_xml(content, places[code], f't="e"><f>B1/0</f><v>{shown}</v></c>')
    found = sent_back(year, content, tmp_path)
    for code, (shown, reason) in ERRORS.items():
        assert (found[code].outcome, found[code].cell) == (
            UploadOutcome.REFUSED,
            f"{places[code][0]}, C{places[code][1]}",
        )
        assert f"« {shown} »" in found[code].message
        assert reason in found[code].message
        assert stored(year, code) == before[code]


def test_workbook_of_the_time_when_names_were_cut_anywhere_is_still_read(
    year: RealYear, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as then:
        then.setattr(layout, "sheet_name", layout.former_sheet_name)
        content = as_workbook(year.response)
    place = places_in(content)["te_benevoles"]
    assert len(place[0]) == 31
    found = sent_back(year, in_xml(content, place, "><v>7</v></c>"), tmp_path)
    assert found["te_benevoles"].outcome == UploadOutcome.NEW
    assert stored(year, "te_benevoles") == 7


@pytest.mark.parametrize("shown", ["#N/A", "#VALEUR!", "#DIV/0 !", "#NOM ?", "Err:522", "#REF!", "#Nul!"])
def test_an_error_copied_as_text_is_refused_too(shown: str) -> None:
    fields = real_year.questionnaire().fields
    for code in (CODE_OF_TEXT, BUDGET, "locaux_accessibles", "domaines_action", "alsh"):
        with pytest.raises(InputError, match="erreur du tableur"):
            parse_input(fields[code], shown)


def test_the_result_of_a_formula_is_taken_and_told(year: RealYear, tmp_path: Path) -> None:
    content = as_workbook(year.response)
    places = places_in(content)
    content = in_xml(content, places[BUDGET], "><f>SUM(F1:F9)</f><v>45000.49</v></c>")
    content = in_xml(content, places[ETP], "><f>0.1+0.2</f><v>0.30000000000000004</v></c>")
    found = sent_back(year, content, tmp_path)
    told = f"Résultat de la formule de cette cellule ; « 45000.49 » : noté 45{THIN}000{NBSP}€."
    assert (found[BUDGET].outcome, found[BUDGET].message) == (UploadOutcome.NEW, told)
    assert found[ETP].message == "Résultat de la formule de cette cellule."
    assert (stored(year, BUDGET), stored(year, ETP)) == (45000, "0.3")


def test_a_formula_without_its_result_is_refused(year: RealYear, tmp_path: Path) -> None:
    hold(year, budget_total=45000)
    content = as_workbook(year.response)
    found = sent_back(year, in_xml(content, places_in(content)[BUDGET], "><f>SUM(F1:F9)</f></c>"), tmp_path)[BUDGET]
    assert found.outcome is UploadOutcome.REFUSED
    assert "n’a pas été calculée" in found.message
    assert stored(year, BUDGET) == 45000


def test_a_percentage_in_an_amount_is_refused_with_what_to_write(year: RealYear, tmp_path: Path) -> None:
    formats = {
        BUDGET: "0%", "charges_personnel": "0.00%", "charges_activites": '0.0" "%', ETP: "[Red]0 %",
        # Among the words of a format, the sign says nothing of the number.
        "charges_locaux": '0" (100 %)"',
    }  # fmt: skip
    content = as_workbook(year.response)
    places = places_in(content)
    book = openpyxl.load_workbook(io.BytesIO(content))
    for code, number_format in formats.items():
        title, row, column = places[code]
        book[title].cell(row, column).value = 450 if code == "charges_locaux" else 0.45
        book[title].cell(row, column).number_format = number_format
    saved = io.BytesIO()
    book.save(saved)
    found = sent_back(year, saved.getvalue(), tmp_path)
    for code in formats.keys() - {"charges_locaux"}:
        wanted = "le nombre seul" if code == ETP else "le montant en euros"
        assert f"« 45 % » est un pourcentage : écrivez {wanted}" in found[code].message
        assert stored(year, code) is None
    assert stored(year, "charges_locaux") == 450


def with_answer(year: RealYear, change: Callable[[Any], None]) -> bytes:
    """The workbook with a budget typed in, then moved about."""
    content = as_workbook(year.response)
    book = openpyxl.load_workbook(io.BytesIO(content))
    title, row, column = places_in(content)[BUDGET]
    book[title].cell(row, column).value = 45000
    change(book[title])
    saved = io.BytesIO()
    book.save(saved)
    return saved.getvalue()


@pytest.mark.parametrize(
    ("change", "letter"),
    [
        (lambda sheet: sheet.insert_cols(1), "D"),
        (lambda sheet: (sheet.insert_cols(3), sheet.insert_rows(1, amount=3)), "D"),
        (lambda sheet: setattr(sheet.cell(3, 3), "value", "  RÉPONSE "), "C"),
    ],
)
def test_the_answers_are_found_by_their_header(
    year: RealYear, tmp_path: Path, change: Callable[[Any], None], letter: str
) -> None:
    found = sent_back(year, with_answer(year, change), tmp_path)
    assert found.keys() == {BUDGET}
    assert re.search(rf", {letter}\d+$", found[BUDGET].cell)
    assert stored(year, BUDGET) == 45000


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda sheet: sheet.delete_cols(layout.VALUE + 1), "la colonne « Réponse » a disparu"),
        (lambda sheet: setattr(sheet.cell(3, 15), "value", "Réponse"), "la colonne « Réponse » figure plusieurs fois"),
        (lambda sheet: sheet.delete_rows(3), "la ligne de titres a disparu"),
    ],
)
def test_a_sheet_whose_answers_cannot_be_told_apart_is_refused(
    year: RealYear, tmp_path: Path, change: Callable[[Any], None], reason: str
) -> None:
    with pytest.raises(Refused, match=reason):
        sent_back(year, with_answer(year, change), tmp_path)


def test_the_same_from_libreoffice(year: RealYear, tmp_path: Path) -> None:
    hold(year, participants_uniques=75)
    content = as_workbook(year.response)
    known = places_in(content)
    places = {code: known[code] for code in (BUDGET, ETP, "participants_uniques", "charges_personnel")}
    cells = {
        places[BUDGET]: ods.formula(45000.49),
        places[ETP]: ods.percentage(0.45),
        places["participants_uniques"]: ods.ERROR,
        places["charges_personnel"]: '<table:table-cell office:value-type="float" office:value="30000"/>',
    }
    found = sent_back(year, ods.as_ods(content, cells), tmp_path, "rempli.ods")
    assert found.keys() == places.keys()
    assert found[BUDGET].message.startswith("Résultat de la formule de cette cellule")
    assert "« 45 % » est un pourcentage" in found[ETP].message
    assert "« #N/A »" in found["participants_uniques"].message
    said = {code: stored(year, code) for code in places}
    assert said == {BUDGET: 45000, ETP: None, "participants_uniques": 75, "charges_personnel": 30000}


def test_macros_of_libreoffice_are_refused(year: RealYear, tmp_path: Path) -> None:
    content = io.BytesIO(ods.as_ods(as_workbook(year.response), {}))
    with zipfile.ZipFile(content, "a") as archive:
        archive.writestr("Basic/Standard/Module1.xml", "<module/>")
    with pytest.raises(Refused, match="contient des macros"):
        sent_back(year, content.getvalue(), tmp_path, "rempli.ods")
