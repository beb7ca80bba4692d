"""Bodies that cannot be read, stale revisions, closed responses, questions of elsewhere: told, and nothing changed."""

import io
import json
from collections.abc import Callable
from urllib.parse import urlencode

import openpyxl
import pytest
from django.test import Client

from senacs.accounts.models import User
from senacs.campaigns.enums import Phase
from senacs.campaigns.models import Campaign
from senacs.collection.enums import ResponseState
from senacs.collection.models import Response
from senacs.collection.proposals import MOST_VALUES, propose_values
from senacs.collection.services import save_values
from senacs.collection.tokens import create_token
from senacs.collection.workbook import layout
from senacs.collection.workbook.writer import as_workbook
from tests import factories
from tests.factories import Cast
from tests.web.bad_input.cases import autosave, push, saved, stored, upload

pytestmark = pytest.mark.django_db
SignIn = Callable[[User], Client]


@pytest.mark.parametrize("doubtful", ["\x00", "\ud800", "k" * 65])
def test_number_of_an_entry_that_no_database_keeps(asked: Response, cast: Cast, sign_in: SignIn, doubtful: str) -> None:
    reply = autosave(sign_in(cast.responsable), asked, {"temoin": "8"}, key=doubtful)
    assert (reply.status_code, reply.json()["message"]) == (400, "L’envoi n’a pas de numéro.")
    assert stored(asked) == {"temoin": 7}


BODIES = [
    (b"{", "illisible"),
    (b"[" * 200_000, "illisible"),
    (b'{"key": "k", "values": {"temoin": ' + b"9" * 10_000 + b"}}", "illisible"),
    (b'{"key": "k", "values": {"temoin": "8", "temoin": "9"}}', "deux fois"),
    (b'{"key": "k", "key": "l", "values": {"temoin": "8"}}', "deux fois"),
    (b'{"key": "k", "values": {"temoin": NaN}}', "un texte ou une liste de textes"),
    (b"\xff\xfe\x00", "illisible"),
    (b'{"key": "k", "values": {"temoin": "' + b"8" * (6 * 1024 * 1024) + b'"}}', "trop volumineux"),
]


@pytest.mark.parametrize(("body", "reason"), BODIES, ids=range(len(BODIES)))
def test_unreadable_autosave_says_so(asked: Response, cast: Cast, sign_in: SignIn, body: bytes, reason: str) -> None:
    path = f"/saisie/{asked.pk}/valeurs/"
    reply = sign_in(cast.responsable).post(path, body, content_type="application/json")
    assert 400 <= reply.status_code < 500
    assert reason in reply.json()["message"]
    assert stored(asked) == {"temoin": 7}


PUSHES = [
    (b"{", 400, "pas du JSON lisible"),
    (b"[" * 200_000, 400, "pas du JSON lisible"),
    (b'{"valeurs": {"temoin": ' + b"9" * 10_000 + b"}}", 400, "pas du JSON lisible"),
    (b'{"valeurs": {"temoin": 8, "temoin": 9}}', 400, "« temoin » y figure deux fois"),
    (b"\xff\xfe\x00", 400, "pas du JSON lisible"),
    (b'{"valeurs": {"temoin": [[[8]]]}}', 422, "valeurs › temoin"),
    (b'{"valeurs": {"temoin": "' + b"8" * (6 * 1024 * 1024) + b'"}}', 413, "trop volumineux"),
    (json.dumps({"valeurs": {f"q{i}": 1 for i in range(MOST_VALUES + 1)}}).encode(), 422, "trop d’éléments"),
    (json.dumps({"valeurs": {"q" * 81: 1}}).encode(), 422, "texte trop long"),
    (b'{"valeurs": {"temoin": 1e400}}', 200, "n’est pas un nombre"),
    (b'{"valeurs": {"temoin": -Infinity}}', 200, "n’est pas un nombre"),
    (b'{"valeurs": {"temoin": -8}}', 200, "négatif"),
    (b'{"valeurs": {"temoin": true}}', 200, "n’est pas un nombre"),
    (b'{"valeurs": {"temoin": ""}}', 200, "Cette valeur est vide"),
    (b'{"valeurs": {"total": 8}}', 200, "Ce total est calculé"),
    (b'{"valeurs": {"autre_question": 8}}', 200, "n’est pas dans ce questionnaire"),
]


@pytest.mark.parametrize(("body", "status", "reason"), PUSHES, ids=range(len(PUSHES)))
def test_bad_push_says_why(asked: Response, cast: Cast, client: Client, body: bytes, status: int, reason: str) -> None:
    _, secret = create_token(structure=cast.structure, label="juin", by=cast.responsable)
    reply = push(client, secret, body)
    assert reply.status_code == status
    assert reason in json.dumps(reply.json(), ensure_ascii=False)
    assert stored(asked) == {"temoin": 7}
    assert not asked.proposals.exists()


def test_form_of_sixty_megabytes_is_told_in_french(asked: Response, cast: Cast, sign_in: SignIn) -> None:
    data = {"seen": "1", "present": "temoin", "v-temoin": "8" * (60 * 1024 * 1024)}
    body = urlencode(data).encode()
    path = f"/saisie/{asked.pk}/rubrique/repond/"
    reply = sign_in(cast.responsable).post(path, body, content_type="application/x-www-form-urlencoded")
    assert (reply.status_code, "Rien n’en a été lu ni enregistré" in reply.content.decode()) == (413, True)
    assert stored(asked) == {"temoin": 7}


def test_question_of_another_questionnaire(asked: Response, cast: Cast, sign_in: SignIn) -> None:
    client = sign_in(cast.responsable)
    told = autosave(client, asked, {"autre": "8", "total": "9"}).json()["refused"]
    assert told == {
        "autre": "La question « autre » n’est pas dans ce questionnaire.",
        "total": "Ce total est calculé : il ne se saisit pas.",
    }
    data = {"seen": "1", "present": "autre total question_00", "v-autre": "8", "v-total": "9"}
    assert client.post(f"/saisie/{asked.pk}/rubrique/tout/", data).status_code == 302  # no such control on the page
    assert client.post(f"/saisie/{asked.pk}/rubrique/autre/", data).status_code == 404
    assert stored(asked) == {"temoin": 7}


@pytest.mark.parametrize("seen", ["", "0", "-1", "abc", "9" * 5000, "\uff11"])
def test_form_shown_at_an_impossible_revision(asked: Response, cast: Cast, sign_in: SignIn, seen: str) -> None:
    data = {"seen": seen, "present": "temoin", "v-temoin": "abc"}
    reply = sign_in(cast.responsable).post(f"/saisie/{asked.pk}/rubrique/repond/", data)
    assert reply.status_code == 422
    assert stored(asked) == {"temoin": 7}


def test_stale_revision_by_each_door(asked: Response, cast: Cast, sign_in: SignIn) -> None:
    book = openpyxl.load_workbook(io.BytesIO(as_workbook(asked)))
    book["B. Déjà répondu"][f"C{layout.FIRST_ROW + 1}"].value = 8
    token, _ = create_token(structure=cast.structure, label="juin", by=cast.responsable)
    propose_values(response=asked, token=token, values={"temoin": 8})
    save_values(response=asked, inputs={"temoin": "20"}, by=cast.suppleant)
    client = sign_in(cast.responsable)
    told = autosave(client, asked, {"temoin": "8"}, expected={"temoin": 1}).json()
    assert told["conflicts"]["temoin"]["text"] == "20"
    reply = client.post(f"/saisie/{asked.pk}/rubrique/repond/", {"seen": "1", "present": "temoin", "v-temoin": "8"})
    assert "Quelqu’un d’autre a changé cette réponse entre-temps" in reply.content.decode()
    review = upload(client, asked, saved(book)).headers["Location"]
    assert "Cette réponse a changé en ligne depuis le téléchargement" in client.get(review).content.decode()
    client.post(review)
    reply = client.post(f"/saisie/{asked.pk}/propositions/", {"accepter": "*", "seen": "1"}, follow=True)
    assert "a changé entre-temps" in reply.content.decode()
    assert stored(asked) == {"temoin": 20}


@pytest.mark.parametrize("closing", ["sent", "over"])
def test_closed_response_by_each_door(asked: Response, cast: Cast, sign_in: SignIn, closing: str) -> None:
    book = openpyxl.load_workbook(io.BytesIO(as_workbook(asked)))
    book["B. Déjà répondu"][f"C{layout.FIRST_ROW + 1}"].value = 8
    client = sign_in(cast.responsable)
    review = upload(client, asked, saved(book)).headers["Location"]
    token, secret = create_token(structure=cast.structure, label="juin", by=cast.responsable)
    propose_values(response=asked, token=token, values={"temoin": 8})
    if closing == "sent":
        factories.sign(asked, ResponseState.SUBMITTED, by=cast.responsable)
    else:
        Campaign.objects.update(phase=Phase.TRAITEMENT)
    reply = autosave(client, asked, {"temoin": "8"})
    assert (reply.status_code, bool(reply.json()["message"])) == (409, True)
    form = {"seen": "1", "present": "temoin", "v-temoin": "8"}
    assert client.post(f"/saisie/{asked.pk}/rubrique/repond/", form).status_code == 409
    assert upload(client, asked, saved(book)).status_code == 422
    for path, data in ((review, {}), (f"/saisie/{asked.pk}/propositions/", {"accepter": "*", "seen": "1"})):
        page = client.post(path, data, follow=True).content.decode()
        assert "govuk-notification-banner" in page or "govuk-error-summary" in page
    client.logout()
    reply = push(client, secret, b'{"valeurs": {"temoin": 9}}')
    assert (reply.status_code, "ne peut plus changer" in reply.json()["detail"]) == (409, True)
    assert stored(asked) == {"temoin": 7}
