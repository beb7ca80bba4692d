"""The same text is the same value at every door: form, autosave, workbook, API, and what other software proposed."""

import datetime
import io
import json
from collections.abc import Callable, Iterator
from itertools import cycle
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from django.test import Client
from django.urls import reverse

from senacs.collection.models import Response
from senacs.collection.proposals import accept_proposals
from senacs.collection.services import save_values
from senacs.collection.tokens import create_token
from senacs.collection.workbook import layout
from senacs.collection.workbook.services import apply_workbook, differences, receive_workbook
from senacs.collection.workbook.writer import as_workbook
from senacs.questionnaire.engine.schema import Kind
from tests import real_year
from tests.real_year import RealYear

pytestmark = pytest.mark.django_db
NBSP, THIN = "\u00a0", "\u202f"

AMOUNT, HOURS, DAY, ETP, COUNT, MIXED = (
    "budget_total", "benevoles_heures_reguliers", "ouverture_heures_mardi", "etp_animation", "salaries_animation",
    "formation_heures",
)  # fmt: skip
WEEK = cycle(("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche"))
UNDERSTOOD: list[tuple[str, str, Any, str]] = [
    (AMOUNT, "1 234,50 €", 1235, f"noté 1{THIN}235{NBSP}€"),
    (AMOUNT, "45000,49", 45000, f"noté 45{THIN}000{NBSP}€"),
    (AMOUNT, "45000.50", 45001, f"noté 45{THIN}001{NBSP}€"),
    (AMOUNT, f"45{THIN}000,49{NBSP}€", 45000, f"noté 45{THIN}000{NBSP}€"),
    (AMOUNT, "€ 812", 812, ""),
    (AMOUNT, "812,00", 812, ""),
    (AMOUNT, "12€50", 13, f"noté 13{NBSP}€"),
    (AMOUNT, "45 k€", 45000, f"noté 45{THIN}000{NBSP}€"),
    (AMOUNT, "45,3k€", 45300, f"noté 45{THIN}300{NBSP}€"),
    (AMOUNT, "45K", 45000, f"noté 45{THIN}000{NBSP}€"),
    (AMOUNT, "1,2 M€", 1200000, f"noté 1{THIN}200{THIN}000{NBSP}€"),
    *[
        (code, raw, stored, f"noté 7,5{NBSP}heures")
        for code in (DAY, HOURS, MIXED)
        for raw, stored in (("7h30", "7.5"), ("7 h 30", "7.5"), ("7:30", "7.5"), ("7H30", "7.5"), ("450 min", "7.5"))
    ],
    (DAY, "7,5", "7.5", ""),
    (DAY, "7.5", "7.5", ""),
    (DAY, "7,5 h", "7.5", ""),
    (DAY, "7 heures", "7", ""),
    (DAY, "7h", "7", ""),
    (DAY, "7h15", "7.25", f"noté 7,25{NBSP}heures"),
    (DAY, "0h45", "0.75", f"noté 0,75{NBSP}heure"),
    (DAY, "7h20", "7.25", f"noté 7,25{NBSP}heures, soit 7{NBSP}h{NBSP}15"),
    (DAY, "7,3", "7.25", f"noté 7,25{NBSP}heures, soit 7{NBSP}h{NBSP}15"),
    (DAY, "7,30", "7.25", f"noté 7,25{NBSP}heures, soit 7{NBSP}h{NBSP}15 ; pour 7 h 30, écrivez 7h30"),
    (HOURS, "1 250h30", "1250.5", f"noté 1{THIN}250,5{NBSP}heures"),
    (HOURS, "1250:30", "1250.5", f"noté 1{THIN}250,5{NBSP}heures"),
    (HOURS, "1 250,5", "1250.5", ""),
    (ETP, "2,5 ETP", "2.5", ""),
    (COUNT, "12 salariés", 12, ""),
    (AMOUNT, "1.234,5", 1235, f"noté 1{THIN}235{NBSP}€"),
    (AMOUNT, "1 234,50€", 1235, f"noté 1{THIN}235{NBSP}€"),
    (AMOUNT, "12k€", 12000, f"noté 12{THIN}000{NBSP}€"),
    (AMOUNT, "3,5 K€", 3500, f"noté 3{THIN}500{NBSP}€"),
    (AMOUNT, f"12{NBSP}345", 12345, ""),
    (AMOUNT, "12\u2009345", 12345, ""),
    (HOURS, f"1{THIN}234,5\u200b", "1234.5", ""),
    (DAY, "7 h", "7", ""),
    (DAY, "7 heures et demie", "7.5", f"noté 7,5{NBSP}heures"),
    (DAY, "7 h ½", "7.5", f"noté 7,5{NBSP}heures"),
    (DAY, "7½", "7.5", f"noté 7,5{NBSP}heures"),
    (DAY, "7h30'", "7.5", f"noté 7,5{NBSP}heures"),
    (AMOUNT, "12’345,50", 12346, f"noté 12{THIN}346{NBSP}€"),
    (AMOUNT, "1 234,— €", 1234, ""),
    (AMOUNT, "12 €50", 13, f"noté 13{NBSP}€"),
    (HOURS, "1'234", "1234", ""),
    (ETP, ",5", "0.5", ""),
    (COUNT, "\u202b12\u202c", 12, ""),
    (DAY, "12,03", "12", f"noté 12{NBSP}heures ; pour 12 h 03, écrivez 12h03"),
    (ETP, "s.o.", None, ""),
]
# The hours of a day are asked seven times: each case in a field of its own, so that one workbook takes seven.
UNDERSTOOD = [
    (f"ouverture_heures_{next(WEEK)}" if code == DAY else code, raw, value, note)
    for code, raw, value, note in UNDERSTOOD
]
REFUSED: list[tuple[str, str, str]] = [
    (AMOUNT, "45 %", "pourcentage : écrivez le montant en euros"),
    (AMOUNT, "1,234 k€", "écrivez le montant en euros"),
    (AMOUNT, "7h30", "durée : écrivez le montant"),
    (AMOUNT, "(1 234)", "signe moins"),
    (AMOUNT, "environ 45000", "écrivez 45000 si c’est votre meilleure estimation"),
    (DAY, "7h75", "de 0 à 59"),
    (DAY, "7h5", "deux chiffres"),
    (DAY, "7:5", "deux chiffres"),
    (DAY, "45 k€", "montant : écrivez le nombre d’heures"),
    (DAY, "30 %", "pourcentage : écrivez le nombre d’heures"),
    (DAY, "25", "au plus 24"),
    (ETP, "7h30", "durée : écrivez le nombre seul"),
    (ETP, "50 %", "pourcentage : écrivez le nombre seul"),
    (COUNT, "12 €", "montant : écrivez le nombre seul"),
    (COUNT, "2k", "montant : écrivez le nombre seul"),
    (COUNT, "2,5", "entier"),
    (COUNT, "2 ETP", "n’est pas un nombre"),
    (AMOUNT, "45.000", "se lire de deux façons : pour des milliers, écrivez"),
    (AMOUNT, "45,000", "se lire de deux façons : pour des milliers, écrivez"),
    (AMOUNT, "1e3", "notation scientifique"),
    (AMOUNT, "\u22125", "ne peut pas être négatif"),
    (AMOUNT, "— 5", "ne peut pas être négatif"),
    (AMOUNT, "１２３", "chiffres 0 à 9"),
    (COUNT, "١٢", "chiffres 0 à 9"),
    (COUNT, "12/13", "donne deux nombres : écrivez celui que vous retenez"),
    (HOURS, "35 h/sem", "est un rythme et non un total : écrivez le nombre d’heures"),
    (ETP, "35h par semaine", "est un rythme et non un total"),
    (DAY, "9h à 12h30", "donne deux nombres"),
    (COUNT, "~12", "écrivez 12 si c’est votre meilleure estimation"),
    (HOURS, "env. 7h30", "écrivez 7h30 si c’est votre meilleure estimation"),
    (COUNT, "moins de 5", "n’est pas un nombre exact : écrivez votre meilleure estimation"),
    (COUNT, "01/02/2025", "est une date : écrivez le nombre seul"),
    (HOURS, "1er février 2025", "est une date : écrivez le nombre d’heures"),
    (AMOUNT, "néant", "écrivez 0 si c’est zéro, rien si vous ne savez pas encore"),
    (COUNT, "-", "écrivez 0 si c’est zéro, « nc » si la question ne vous concerne pas"),
    (COUNT, "N/A", "écrivez 0 si c’est zéro"),
    (AMOUNT, "\u20115", "ne peut pas être négatif"),
    (AMOUNT, "\uff0d5", "ne peut pas être négatif"),
    (AMOUNT, "5-", "signe moins"),
    (COUNT, "12 👍", "n’est pas un nombre : écrivez le nombre seul"),
]
Door = Callable[[RealYear, str, Any, Client], str]


@pytest.fixture
def year() -> RealYear:
    return real_year.make_real_year(real_year.StructureKind.CENTRE_SOCIAL)


def page_form(year: RealYear, code: str, raw: str, client: Client) -> str:
    """The whole section sent without any script."""
    section = year.fields[code].section
    url = reverse("saisie_section", args=[year.response.pk, section])
    reply = client.post(url, {"present": code, f"v-{code}": raw, "seen": "0", "action": "enregistrer"}, follow=True)
    return reply.content.decode()


def autosave(year: RealYear, code: str, raw: str, client: Client) -> str:
    body = {"key": "1", "values": {code: raw}, "expected": {}}
    url = reverse("saisie_autosave", args=[year.response.pk])
    told = client.post(url, json.dumps(body), content_type="application/json").json()
    return told["noted"].get(code, "") + told["refused"].get(code, "")


def workbook(year: RealYear, code: str, raw: Any, client: Client) -> str:
    return workbook_of(year, {code: raw}, client)[code]


def workbook_of(year: RealYear, typed: dict[str, Any], client: Client) -> dict[str, str]:
    """What is told of each of the cells typed in one workbook."""
    book = openpyxl.load_workbook(io.BytesIO(as_workbook(year.response)))
    for sheet in book.worksheets:
        for row in sheet.iter_rows(min_row=layout.FIRST_ROW + 1):
            if row[layout.CODE].value in typed:
                row[layout.VALUE].value = typed[row[layout.CODE].value]
    path = Path(client.folder) / "rempli.xlsx"  # type: ignore[attr-defined]
    book.save(path)
    upload = receive_workbook(response=year.response, path=path, name="rempli.xlsx", by=year.cast.responsable)
    found = differences(upload, year.response)
    apply_workbook(upload=upload, by=year.cast.responsable)
    return {code: " ".join(each.message for each in found if each.code == code) for code in typed}


def api(year: RealYear, code: str, raw: Any, client: Client) -> str:
    _, secret = create_token(structure=year.cast.structure, label="Logiciel", by=year.cast.responsable)
    reply = Client().post(
        "/api/propositions", json.dumps({"valeurs": {code: raw}}), content_type="application/json",
        headers={"Authorization": f"Bearer {secret}"},
    ).json()  # fmt: skip
    accept_proposals(
        response=year.response, proposals=year.response.proposals.pending(), by=year.cast.responsable, seen=0
    )
    return str(reply["notees"].get(code, "")) + str(reply["refusees"].get(code, ""))


DOORS: dict[str, Door] = {"form": page_form, "autosave": autosave, "workbook": workbook, "api": api}
# Workbooks of the whole questionnaire are read the same way whatever the database: once is enough.
EACH = [door if door != "workbook" else pytest.param(door, marks=pytest.mark.once) for door in DOORS]


@pytest.fixture
def client_of(year: RealYear, sign_in: Any, tmp_path: Path) -> Client:
    client: Client = sign_in(year.cast.responsable)
    client.folder = tmp_path  # type: ignore[attr-defined]
    return client


def stored(year: RealYear, code: str) -> Any:
    return Response.objects.get(pk=year.response.pk).values.get(code, {}).get("valeur")


def cleared(year: RealYear) -> None:
    Response.objects.filter(pk=year.response.pk).update(values={}, revision=0)
    year.response.refresh_from_db()
    year.response.revisions.all().delete()
    year.response.proposals.all().delete()
    year.response.structure.api_tokens.all().delete()


def typed(year: RealYear, door: str, cases: list[tuple[str, str]], client: Client) -> Iterator[tuple[Any, str]]:
    """The value stored and what is told of each case, given by the door; a workbook takes each field once."""
    if door != "workbook":
        for code, raw in cases:
            told = DOORS[door](year, code, raw, client)
            yield stored(year, code), told
            cleared(year)
        return
    answers: dict[int, tuple[Any, str]] = {}
    while left := [number for number in range(len(cases)) if number not in answers]:
        filled = {cases[number][0]: number for number in reversed(left)}
        told_of = workbook_of(year, {code: cases[number][1] for code, number in filled.items()}, client)
        answers |= {number: (stored(year, code), told_of[code]) for code, number in filled.items()}
        cleared(year)
    yield from (answers[number] for number in range(len(cases)))


@pytest.mark.parametrize("door", EACH)
def test_what_people_write_is_understood_and_told(year: RealYear, client_of: Client, door: str) -> None:
    given = typed(year, door, [(code, raw) for code, raw, _, _ in UNDERSTOOD], client_of)
    for (code, raw, value, note), (kept, told) in zip(UNDERSTOOD, given, strict=True):
        assert kept == value, f"{door}: {code} « {raw} »"
        assert note in told, f"{door}: {code} « {raw} » said {told[:300]}"


@pytest.mark.parametrize("door", EACH)
def test_what_cannot_be_understood_says_what_to_write(year: RealYear, client_of: Client, door: str) -> None:
    given = typed(year, door, [(code, raw) for code, raw, _ in REFUSED], client_of)
    for (code, raw, message), (kept, told) in zip(REFUSED, given, strict=True):
        assert kept is None, f"{door}: {code} « {raw} »"
        assert message in told.replace("&#x27;", "'"), f"{door}: {code} « {raw} » said {told[:300]}"


@pytest.mark.parametrize(
    ("code", "pushed", "value", "note"),
    [
        (AMOUNT, 45000.49, 45000, f"noté 45{THIN}000{NBSP}€"),
        (AMOUNT, 1234.5, 1235, f"noté 1{THIN}235{NBSP}€"),
        (AMOUNT, 1.125, 1, f"noté 1{NBSP}€"),
        (DAY, 7.5, "7.5", ""),
        (DAY, 7.3333333333333333, "7.25", f"noté 7,25{NBSP}heures"),
        (HOURS, 1250, "1250", ""),
        (HOURS, 0.1 + 0.2, "0.25", f"noté 0,25{NBSP}heure"),
    ],
)
@pytest.mark.parametrize("door", ["workbook", "api"])
def test_numbers_of_files_and_software(
    year: RealYear, client_of: Client, door: str, code: str, pushed: float, value: Any, note: str
) -> None:  # fmt: skip
    told = DOORS[door](year, code, pushed, client_of)
    assert stored(year, code) == value
    assert note in told


@pytest.mark.parametrize(("hours", "minutes", "value"), [(7, 30, "7.5"), (23, 15, "23.25"), (0, 45, "0.75")])
def test_time_that_the_spreadsheet_made_of_it_is_hours(
    year: RealYear, client_of: Client, hours: int, minutes: int, value: str
) -> None:  # fmt: skip

    workbook(year, DAY, datetime.time(hours, minutes), client_of)
    assert stored(year, DAY) == value


def test_every_field_of_hours_is_a_decimal_to_the_quarter(year: RealYear) -> None:
    hours = [field for field in year.fields.values() if "heure" in f"{field.code} {field.caption} {field.unit}".lower()]
    asked = [field for field in hours if field.kind.is_numeric]
    assert len(asked) > 20
    assert [field.code for field in asked if not (field.is_hours and field.kind is Kind.DECIMAL)] == []
    assert {field.decimals for field in asked} == {2}


@pytest.mark.parametrize("door", DOORS)
def test_a_name_is_found_whatever_the_door_and_shown_on_return(year: RealYear, client_of: Client, door: str) -> None:
    DOORS[door](year, "axe_1", "Jardin porté par Mme Martin, 06 12 34 56 78", client_of)
    assert stored(year, "axe_1") == "Jardin porté par Mme Martin, 06 12 34 56 78"
    section = client_of.get(reverse("saisie_section", args=[year.response.pk, year.fields["axe_1"].section]))
    for page in (section, client_of.get(reverse("saisie_review", args=[year.response.pk]))):
        told = page.content.decode()
        assert "semble désigner une personne" in told
        assert "le nom « Mme M… »" in told.replace("\u00a0", " ")
    save_values(response=year.response, inputs={"axe_1": "Un jardin d’habitants"}, by=year.cast.responsable)
    page = client_of.get(reverse("saisie_review", args=[year.response.pk])).content.decode()
    assert "semble désigner une personne" not in page
