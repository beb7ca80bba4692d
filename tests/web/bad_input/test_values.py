"""What cannot be a value, by each of the four doors: a clear French message at its place, and nothing else changed."""

import html
import io
import json
from collections.abc import Callable

import openpyxl
import pytest
from django.test import Client

from senacs.accounts.models import User
from senacs.collection.models import Response
from senacs.collection.tokens import create_token
from senacs.collection.workbook import layout
from senacs.collection.workbook.writer import as_workbook
from tests.factories import Cast
from tests.web.bad_input.cases import NOT_IN_XML, autosave, expected, push, saved, stored, typed, untold, upload

pytestmark = pytest.mark.django_db
SignIn = Callable[[User], Client]


def test_bad_input_by_autosave(asked: Response, cast: Cast, sign_in: SignIn) -> None:
    reply = autosave(sign_in(cast.responsable), asked, typed())
    said, kept = expected()
    told = reply.json()
    assert untold(said, told["refused"]) == {}
    assert told["refused"].keys() == said.keys()
    assert stored(asked) == {"temoin": 7, **kept}


def test_bad_input_by_the_form_of_a_section(asked: Response, cast: Cast, sign_in: SignIn) -> None:
    cases = {code: raw for code, raw in typed().items() if "\ud800" not in raw}  # no form can send it
    data = {"seen": "1", "present": " ".join(cases), **{f"v-{code}": raw for code, raw in cases.items()}}
    reply = sign_in(cast.responsable).post(f"/saisie/{asked.pk}/rubrique/tout/", data)
    assert reply.status_code == 422
    page = html.unescape(reply.content.decode())
    said, kept = expected()
    for code in cases.keys() & said.keys():
        at = page.index(f'id="erreur-{code}"')
        assert said[code] in page[at : at + 600], (code, cases[code][:40])
    assert stored(asked) == {"temoin": 7, **kept}


def test_bad_input_by_the_workbook(asked: Response, cast: Cast, sign_in: SignIn) -> None:
    cases = {code: raw for code, raw in typed().items() if raw not in NOT_IN_XML}
    book = openpyxl.load_workbook(io.BytesIO(as_workbook(asked)))
    places = {}
    for row in book["A. Tout"].iter_rows(min_row=layout.FIRST_ROW + 1):
        code = row[layout.CODE].value
        if code in cases:
            row[layout.VALUE].value = cases[code]
            places[code] = f"A. Tout, C{row[0].row}"
    client = sign_in(cast.responsable)
    reply = upload(client, asked, saved(book))
    page = client.get(reply.headers["Location"]).content.decode()
    said, kept = expected()
    for code in cases.keys() & said.keys():
        at = page.index(f">{places[code]}<")
        reason = "formule" if cases[code].startswith("=") else said[code].replace("'", "&#x27;")
        assert reason in page[at - 900 : at], (code, cases[code][:40])
    assert stored(asked) == {"temoin": 7}
    client.post(reply.headers["Location"])
    assert stored(asked) == {"temoin": 7, **kept}


def test_bad_input_by_the_api(asked: Response, cast: Cast, client: Client) -> None:
    _, secret = create_token(structure=cast.structure, label="juin", by=cast.responsable)
    said, kept = expected()
    broken = {
        code: raw for code, raw in typed().items() if "\ud800" in raw
    }  # no text at all: the whole push is refused
    reply = push(client, secret, json.dumps({"valeurs": broken}))
    assert reply.status_code == 422
    assert f"valeurs › {next(iter(broken))} : texte illisible" in reply.json()["erreurs"]
    reply = push(client, secret, json.dumps({"valeurs": {c: raw for c, raw in typed().items() if c not in broken}}))
    assert reply.status_code == 200
    said = {code: reason for code, reason in said.items() if code not in broken}
    told = reply.json()
    assert untold(said, told["refusees"]) == {}
    assert sorted(told["proposees"]) == sorted(kept)
    assert stored(asked) == {"temoin": 7}
