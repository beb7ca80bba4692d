"""The Table Schema of a version, held by frictionless: valid itself, and true of the rows that we write."""

import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from frictionless import Resource, Schema, validate

from senacs.collection.tabular import as_csv
from senacs.questionnaire.engine.loader import load_directory
from senacs.questionnaire.table_schema import table_schema
from tests.factories import QUESTIONNAIRES, make_response

VALUES: dict[str, Any] = {
    "salaries_total": 12,
    "etp_total": "7.5",
    "clas": True,
    "statut": "association",
    "themes": ["famille", "seniors"],
    "budget_total": None,
    "budget_caf": 1000,
    "budget_autres": 500,
    "ouverture": "2015-09-01",
    "commentaire": "Une ligne, « citée »\net une autre",
}


def report_of(tmp_path: Path, content: str, schema: dict[str, Any]) -> Any:
    (tmp_path / "reponses.csv").write_text(content, encoding="utf-8")
    resource = Resource(path="reponses.csv", basepath=str(tmp_path), schema=Schema.from_descriptor(schema))
    return validate(resource)


@pytest.mark.parametrize("path", [QUESTIONNAIRES / "minimal", settings.DATA_DIR / "questionnaires" / "2026"])
def test_schema_is_valid(path: Path) -> None:
    questionnaire = load_directory(path)
    schema = table_schema(questionnaire)
    assert Schema.validate_descriptor(schema).valid
    assert [field["name"] for field in schema["fields"]] == ["structure", *questionnaire.fields]


@pytest.mark.django_db
def test_rows_that_we_write_are_valid(tmp_path: Path) -> None:
    response = make_response(values=VALUES)
    schema = table_schema(load_directory(QUESTIONNAIRES / "minimal"))
    content = as_csv([response])
    report = report_of(tmp_path, content, schema)
    assert report.valid, report.flatten(["type", "fieldName", "note"])
    row = Resource(path="reponses.csv", basepath=str(tmp_path), schema=Schema.from_descriptor(schema)).read_rows()[0]
    assert (row["salaries_total"], str(row["etp_total"]), row["clas"]) == (12, "7.5", True)
    assert (row["budget_total"], row["budget_detail"], row["themes"]) == (None, 1500, "famille;seniors")


@pytest.mark.parametrize("start", "=+-@\t")
@pytest.mark.django_db
def test_text_like_a_formula_leaves_quoted_and_valid(tmp_path: Path, start: str) -> None:
    questionnaire = load_directory(QUESTIONNAIRES / "minimal")
    longest = questionnaire.fields["commentaire"].max_length
    text = start + "x" * (longest - 1)
    schema, content = table_schema(questionnaire), as_csv([make_response(values={"commentaire": text})])
    assert f"'{text}" in content
    assert report_of(tmp_path, content, schema).valid
    assert "apostrophe" in schema["description"]


@pytest.mark.parametrize(
    ("code", "wrong"),
    [("salaries_total", "-1"), ("etp_total", "beaucoup"), ("statut", "sarl"), ("themes", "famille;x")],
)
@pytest.mark.django_db
def test_wrong_values_are_found_by_the_schema(tmp_path: Path, code: str, wrong: str) -> None:
    schema = table_schema(load_directory(QUESTIONNAIRES / "minimal"))
    header, line = as_csv([make_response(values={"clas": True})]).splitlines()
    cells = dict(zip(header.split(","), line.split(","), strict=True)) | {code: wrong}
    report = report_of(tmp_path, f"{header}\n{','.join(cells.values())}\n", schema)
    assert [error[0] for error in report.flatten(["fieldName"])] == [code]


@pytest.mark.django_db
def test_command_writes_the_schema(tmp_path: Path) -> None:
    path = tmp_path / "schema.json"
    call_command("export_schema", "--directory", QUESTIONNAIRES / "minimal", "--out", path, stdout=StringIO())
    assert json.loads(path.read_text(encoding="utf-8"))["name"] == "minimal-2026"
    with pytest.raises(CommandError, match="Aucune version"):
        call_command("export_schema", "absente")
