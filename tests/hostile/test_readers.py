"""Files of words that nobody expects, at each of our readers: read as they are, or refused with a sentence."""

import csv
import io
from collections.abc import Callable
from contextlib import redirect_stderr, redirect_stdout, suppress
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from senacs.accounts.models import User
from senacs.collection.models import Response
from senacs.collection.workbook import reader as answers_reader
from senacs.collection.workbook.writer import as_workbook
from senacs.disclosure import commands
from senacs.disclosure.specification import load_specification
from senacs.disclosure.tables import SpecificationError
from senacs.lib.refusals import Refused
from senacs.lib.workbooks import WorkbookSheet, read_workbook
from senacs.publication.editions.images import clean_image
from senacs.publication.enums import ImageKind
from senacs.questionnaire.engine import yaml_source
from senacs.questionnaire.engine.errors import DefinitionError
from senacs.questionnaire.engine.loader import load_directory
from senacs.questionnaire.xlsform import reader as definition_reader
from senacs.questionnaire.xlsform.columns import SHEETS
from senacs.questionnaire.xlsform.sheets import sheets_of
from senacs.structures.bodies import load_bodies
from senacs.territories.services import load_territories
from tests.disclosure import test_commands as tables
from tests.factories import QUESTIONNAIRES, Cast
from tests.hostile.damage import EDITS, WORDS, Edits, bounded, damaged, edited, retyped
from tests.publication.editions.test_images import jpeg
from tests.questionnaire.xlsform import test_foreign as kobo
from tests.structures.conftest import CAFS, FEDERATIONS
from tests.territories.package import write_package

pytestmark = [pytest.mark.slow, pytest.mark.django_db]
SignIn = Callable[[User], Client]
FILE = b"PK: what it holds is given by the test"


def png(width: int, height: int) -> bytes:
    out = io.BytesIO()
    Image.new("RGBA", (width, height), (10, 120, 90, 128)).save(out, "PNG")
    return out.getvalue()


def posted(client: Client, address: str) -> Any:
    """The reply to a file sent at its field, followed where it leads."""
    return client.post(address, {"file": SimpleUploadedFile("fichier.xlsx", FILE)}, follow=True)


def test_workbook_of_answers(
    response: Response, cast: Cast, sign_in: SignIn, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "classeur.xlsx"
    path.write_bytes(as_workbook(response))
    sheets = read_workbook(path)
    client = sign_in(cast.responsable)
    statuses = []

    @bounded(10)
    @given(edits=EDITS, position=st.integers(0, len(sheets) - 1))
    def sent(edits: Edits, position: int) -> None:
        sheet = sheets[position]
        given = WorkbookSheet(sheet.name, edited(sheet.rows, edits), sheet.is_visible, sheet.formulas)
        found = [*sheets[:position], given, *sheets[position + 1 :]]
        monkeypatch.setattr(answers_reader, "read_xlsx", lambda *_, **__: found)
        page = posted(client, reverse("saisie_workbook_send", args=[response.pk]))
        assert page.status_code in {200, 422}
        statuses.append(page.status_code)
        if page.redirect_chain:
            assert client.post(page.redirect_chain[-1][0], {"ecraser": list(WORDS)}).status_code == 302

    sent()
    assert len(statuses) >= 10


def definition_sheets() -> list[list[WorkbookSheet]]:
    """A questionnaire of ours, and one of Kobo, as sheets."""
    ours = sheets_of(load_directory(QUESTIONNAIRES / "minimal"))
    theirs = kobo.rows(*kobo.STANDARD)
    found = []
    for sheets in (ours, theirs):
        heads = {
            name: tuple(column for column in SHEETS[name] if any(row.get(column) for row in rows)) or SHEETS[name]
            for name, rows in sheets.items()
        }
        found.append(
            [
                WorkbookSheet(
                    name, (heads[name], *(tuple(row.get(c) for c in heads[name]) for row in rows)), True, frozenset()
                )
                for name, rows in sheets.items()
            ]
        )
    return found


def test_workbook_of_a_questionnaire(cast: Cast, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch) -> None:
    client = sign_in(cast.comite_technique)
    books = definition_sheets()
    statuses = []

    @bounded(12)
    @given(edits=EDITS, sheets=st.sampled_from(books), position=st.integers(0, 20))
    def sent(edits: Edits, sheets: list[WorkbookSheet], position: int) -> None:
        position %= len(sheets)
        sheet = sheets[position]
        given = WorkbookSheet(sheet.name, edited(sheet.rows, edits), True, frozenset())
        found = [*sheets[:position], given, *sheets[position + 1 :]]
        monkeypatch.setattr(definition_reader, "read_xlsx", lambda *_, **__: found)
        page = posted(client, reverse("national_questionnaires"))
        assert page.status_code in {200, 422}
        statuses.append(page.status_code)

    sent()
    assert len(statuses) >= 10


REGISTER = """Type;Nom;CP;Ville;Code INSEE;N° SIRET;Gestionnaire;Courriel;Téléphone;Début agrément;Fin agrément;QPV
csx;Centre social Malissol;26000;VALENCE;26362;323 180 588 00036;Association;a@exemple.fr;0475000000;01/01/2024;;oui
evs;EVS du Port;26100;ROMANS SUR ISERE;26281;;Commune;b@exemple.fr;;01/01/2023;31/12/2026;non
csx;Maison de quartier;69001;LYON;69123;;;;;;;
"""


@pytest.fixture
def register(db: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[bytes], str]:
    """Imports a list of structures for a trial; gives what the person is told."""
    reference = tmp_path / "reference"
    reference.mkdir()
    (reference / "caf.csv").write_text(CAFS, encoding="utf-8")
    (reference / "federations.csv").write_text(FEDERATIONS, encoding="utf-8")
    monkeypatch.setattr(settings, "DATA_DIR", tmp_path)
    load_territories(folder=write_package(tmp_path / "package"))
    load_bodies(folder=reference)

    def told(content: bytes) -> str:
        path = tmp_path / "liste.csv"
        path.write_bytes(content)
        report = tmp_path / "rapport.csv"
        try:
            with (tmp_path / "dit.txt").open("w", encoding="utf-8") as out:
                call_command("import_structures", path, dry_run=True, report=report, stdout=out)
        except CommandError as error:
            return str(error)
        return (tmp_path / "dit.txt").read_text(encoding="utf-8")

    return told


def test_list_of_structures(register: Callable[[bytes], str]) -> None:
    @bounded(15)
    @given(content=damaged(REGISTER.encode()))
    def damaged_list(content: bytes) -> None:
        assert register(content)

    @bounded(25)
    @given(edits=EDITS)
    def hostile_list(edits: Edits) -> None:
        rows = tuple(tuple(row) for row in csv.reader(REGISTER.splitlines(), delimiter=";"))
        lines = [";".join(row) for row in edited(rows, edits)]
        assert register("\n".join(lines).encode("utf-8", "surrogatepass"))

    damaged_list()
    hostile_list()


ODD_YAML = (
    "[" * 600 + "]" * 600, "&a [*a]", ".inf", ".nan", "[[.inf, 85]]", "[[.nan, 3]]", "{? {a: 1} : 2}", "2026-13-45",
    "!!int abc", "!!float x", "!!timestamp x", "!!python/name:os.system", "9" * 400, "- " * 600 + "a", "{a: " * 600,
)  # fmt: skip
SPEC = "tables: [a.csv]\nfrequency: n\nvalue: v\ndimensions: {size: }\nmargin: 1\nrules: {dominance: [[1, 85]]}\n"


@pytest.mark.parametrize("place", ["a.csv", "n", "v", "{size: }", "1", "{dominance: [[1, 85]]}", "[[1, 85]]"])
def test_specification_with_an_odd_value(tmp_path: Path, place: str) -> None:
    path = tmp_path / "spec.yaml"
    for word in (*WORDS, *ODD_YAML):
        path.write_text(SPEC.replace(place, word, 1), encoding="utf-8")
        with suppress(SpecificationError):
            load_specification(path)


def test_specification_and_its_tables(tmp_path: Path) -> None:
    files = {"spec.yaml": tables.SPEC, "nuts.csv": tables.NUTS, "by_size.csv": tables.BY_SIZE}
    files["by_activity.csv"] = tables.BY_ACTIVITY
    told = []

    @bounded(40)
    @given(edits=EDITS, changed=st.sampled_from(sorted(files)))
    def read(edits: Edits, changed: str) -> None:
        for name, text in files.items():
            (tmp_path / name).write_text(text, encoding="utf-8")
        content = retyped(files[changed].replace(",", " , ").replace(";", " ; "), edits)
        (tmp_path / changed).write_text(content, encoding="utf-8", errors="replace")
        said = StringIO()
        with redirect_stdout(said), redirect_stderr(said):
            status = commands.main(["protect", str(tmp_path / "spec.yaml"), "--out", str(tmp_path / "out")])
        if status:
            told.append(said.getvalue())

    read()
    assert told


def test_questionnaire_in_yaml() -> None:
    texts = [path.read_text(encoding="utf-8") for path in sorted((QUESTIONNAIRES / "minimal").glob("*.yaml"))]
    refused = []

    def read(text: str) -> None:
        try:
            yaml_source.parse(text, "questionnaire.yaml")
        except DefinitionError as error:
            refused.append(error.message)

    @bounded(60)
    @given(edits=EDITS, text=st.sampled_from(texts))
    def read_edited(edits: Edits, text: str) -> None:
        read(retyped(text, edits))

    for word in (*WORDS, *ODD_YAML):
        read(f"questions:\n  - code: {word}\n")
    read_edited()
    assert refused


@pytest.mark.parametrize("text", ["[" * 200_000, "a: " + "- " * 200_000, "[\n" * 200_000])
def test_yaml_deeper_than_the_parser_bears_is_told(text: str) -> None:
    """The C parser ended the whole process."""
    with pytest.raises(DefinitionError, match="s’imbriquent sans fin"):
        yaml_source.parse(text, "questionnaire.yaml")


@pytest.mark.parametrize(
    ("kind", "content"), [(ImageKind.PHOTO, jpeg(640, 400)), (ImageKind.LOGO, png(200, 120))], ids=["photo", "logo"]
)
def test_image(kind: ImageKind, content: bytes) -> None:
    refused = []

    @bounded(40)
    @given(changed=damaged(content))
    def read(changed: bytes) -> None:
        try:
            clean_image(changed, kind)
        except Refused as refusal:
            refused.append(refusal.message)

    read()
    assert refused
