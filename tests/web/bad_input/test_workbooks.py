"""Workbooks of something else, tampered with, or hostile: refused whole, or at the cell; nothing is written."""

import io
import zipfile
from collections.abc import Callable, Mapping
from typing import Any

import openpyxl
import pytest
from django.test import Client

from senacs.accounts.models import User
from senacs.collection.models import Response
from senacs.collection.workbook import layout
from senacs.collection.workbook.writer import as_workbook
from tests.factories import Cast
from tests.web.bad_input.cases import saved, stored, upload

pytestmark = pytest.mark.django_db
SignIn = Callable[[User], Client]


def stamped(**changes: str) -> Callable[[Any], None]:
    """A workbook whose hidden stamp says otherwise."""

    def change(book: Any) -> None:
        for row in book[layout.STAMP_SHEET].iter_rows():
            row[1].value = changes.get(row[0].value, row[1].value)

    return change


def drop_column(book: Any) -> None:
    book["B. Déjà répondu"].delete_cols(3)


def drop_sheet(book: Any) -> None:
    del book["B. Déjà répondu"]


def rename_sheet(book: Any) -> None:
    book["B. Déjà répondu"].title = "Mes réponses"


def repeat_row(book: Any) -> None:
    sheet = book["B. Déjà répondu"]
    for column, cell in enumerate(sheet[layout.FIRST_ROW + 1], 1):
        sheet.cell(layout.FIRST_ROW + 5, column).value = cell.value
    sheet.cell(layout.FIRST_ROW + 5, layout.VALUE + 1).value = 9


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (stamped(annee="2025"), "est celui de l’enquête 2025"),
        (stamped(structure="S999999"), "celui d’une autre structure (S999999)"),
        (stamped(empreinte="0" * 64), "Le questionnaire a changé depuis ce classeur"),
        (stamped(format="autre"), "ne vient pas de SENACS"),
        (drop_column, "Dans la feuille « B. Déjà répondu », la colonne « Réponse » a disparu"),
        (drop_sheet, "Il manque la feuille « B. Déjà répondu »"),
        (rename_sheet, "Il manque la feuille « B. Déjà répondu »"),
    ],
)
def test_workbook_of_something_else_is_refused_whole(
    asked: Response, cast: Cast, sign_in: SignIn, change: Callable[[Any], None], reason: str
) -> None:
    book = openpyxl.load_workbook(io.BytesIO(as_workbook(asked)))
    book["B. Déjà répondu"][f"C{layout.FIRST_ROW + 1}"].value = 8
    change(book)
    reply = upload(sign_in(cast.responsable), asked, saved(book))
    assert (reply.status_code, reason in reply.content.decode()) == (422, True)
    assert stored(asked) == {"temoin": 7}


@pytest.mark.parametrize(
    ("place", "value", "reason"),
    [
        (layout.CODE, "question_inconnue", "n’est pas dans ce questionnaire"),
        (layout.REVISION, "douze", "revision"),
    ],
)
def test_row_of_another_questionnaire_is_told_at_its_place(
    asked: Response, cast: Cast, sign_in: SignIn, place: int, value: str, reason: str
) -> None:
    book = openpyxl.load_workbook(io.BytesIO(as_workbook(asked)))
    row = book["B. Déjà répondu"][layout.FIRST_ROW + 1]
    row[place].value, row[layout.VALUE].value = value, 8
    client = sign_in(cast.responsable)
    reply = upload(client, asked, saved(book))
    page = client.get(reply.headers["Location"]).content.decode()
    assert "B. Déjà répondu, C4" in page
    if place == layout.CODE:
        assert reason in page
    client.post(reply.headers["Location"])
    assert stored(asked) == {"temoin": 7}


def test_total_pasted_over_and_row_given_twice_are_told(asked: Response, cast: Cast, sign_in: SignIn) -> None:
    book = openpyxl.load_workbook(io.BytesIO(as_workbook(asked)))
    book["B. Déjà répondu"][f"C{layout.FIRST_ROW + 2}"].value = 100
    repeat_row(book)
    client = sign_in(cast.responsable)
    page = client.get(upload(client, asked, saved(book)).headers["Location"]).content.decode()
    assert "Ce total est calculé : il ne se saisit pas." in page
    assert "Cette question figure deux fois dans le classeur" in page
    assert stored(asked) == {"temoin": 7}


def zipped(members: Mapping[str, bytes]) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return content.getvalue()


def bomb() -> bytes:
    return zipped(
        {"[Content_Types].xml": b"", "xl/workbook.xml": b""}
        | {f"xl/worksheets/sheet{index}.xml": bytes(50 * 1024 * 1024) for index in range(4)}
    )


HOSTILE: list[tuple[str, Callable[[], bytes], str]] = [
    ("reponses.csv", lambda: b"code;valeur", "pas un classeur XLSX"),
    ("vide.xlsx", lambda: b"", "vide"),
    ("gros.xlsx", lambda: b"PK\x03\x04" + bytes(10 * 1024 * 1024), "10\u00a0Mo"),
    ("bombe.xlsx", bomb, "une fois ouvert"),
    ("types.xlsx", lambda: zipped({"[Content_Types].xml": bytes(200 * 1024 * 1024)}), "Mo une fois ouvert"),
    ("macro.xlsm", lambda: zipped({"[Content_Types].xml": b"macroEnabled", "xl/workbook.xml": b""}), "macros"),
    ("macro.xlsx", lambda: zipped({"xl/vbaProject.bin": b"x", "xl/workbook.xml": b""}), "macros"),
    ("ancien.xls", lambda: b"\xd0\xcf\x11\xe0" + bytes(600), "ancien format"),
    ("photos.zip", lambda: zipped({"photo.jpg": b"x"}), "archive, pas un classeur"),
    (
        "abime.xlsx",
        lambda: zipped({"[Content_Types].xml": b"", "xl/workbook.xml": b"<workbook"}),
        "ne s’ouvre pas",
    ),
]


@pytest.mark.parametrize(("name", "content", "reason"), HOSTILE, ids=[case[0] for case in HOSTILE])
def test_hostile_file_is_refused_at_its_field(
    asked: Response, cast: Cast, sign_in: SignIn, name: str, content: Callable[[], bytes], reason: str
) -> None:
    reply = upload(sign_in(cast.responsable), asked, content(), name)
    assert reply.status_code == 422
    page = reply.content.decode()
    at = page.index("govuk-error-message")
    assert reason in page[at : at + 600]
    assert stored(asked) == {"temoin": 7}
