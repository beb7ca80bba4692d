"""The API: closed without a token, bounded, French in its errors; proposals never write."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client

from senacs.collection.models import Response
from senacs.collection.proposals import accept_proposals
from senacs.collection.tokens import create_token, revoke_token
from senacs.lib import clock
from senacs.questionnaire.services import freeze_version, load_questionnaire
from senacs.web.api.operations import CALLS_A_MINUTE
from tests.factories import Cast, make_campaign, make_cast, make_response, sign

pytestmark = pytest.mark.django_db
READ = ["/api/reponse", "/api/questionnaire", "/api/valeurs", "/api/valeurs.csv", "/api/propositions"]


@pytest.fixture
def secret(cast: Cast, response: Response) -> str:
    return create_token(structure=cast.structure, label="juin", by=cast.responsable)[1]


@pytest.fixture
def caller(client: Client, secret: str) -> Client:
    client.defaults["HTTP_AUTHORIZATION"] = f"Bearer {secret}"
    return client


def push(client: Client, values: object):
    return client.post("/api/propositions", json.dumps({"valeurs": values}), content_type="application/json")


@pytest.mark.parametrize("path", READ)
@pytest.mark.parametrize("header", ["", "Bearer senacs_inconnu", "Basic abc", "senacs"])
def test_nothing_is_read_without_a_token(client: Client, response: Response, path: str, header: str) -> None:
    reply = client.get(path, headers={"Authorization": header} if header else {})
    assert reply.status_code == 401
    assert reply.headers["WWW-Authenticate"] == "Bearer"
    assert reply.json()["detail"].startswith("Jeton absent, inconnu, expiré ou retiré")


def test_session_of_a_person_opens_no_operation(sign_in, cast: Cast, response: Response) -> None:
    assert sign_in(cast.responsable).get("/api/valeurs").status_code == 401


def test_token_reads_its_own_structure(caller: Client, cast: Cast, response: Response) -> None:
    state = caller.get("/api/reponse").json()
    assert state["structure"]["code"] == cast.structure.code
    assert (state["etat"], state["modifiable"], state["propositions_en_attente"]) == ("draft", True, 0)


def test_withdrawn_token_is_closed_at_once(caller: Client, cast: Cast) -> None:
    revoke_token(token=cast.structure.api_tokens.get(), by=cast.responsable)
    assert caller.get("/api/reponse").status_code == 401


def test_questionnaire_says_what_is_asked_of_this_structure(caller: Client) -> None:
    sections = caller.get("/api/questionnaire").json()["rubriques"]
    fields = {f["code"]: f for s in sections for q in s["questions"] for f in q["champs"]}
    assert fields["projet_evs"]["demande"] is False
    assert fields["statut"]["options"][0] == {"code": "association", "libelle": "Association"}
    assert fields["budget_detail"]["calcule"] is True


def test_pushed_values_arrive_as_proposals(caller: Client, cast: Cast, response: Response) -> None:
    received = push(caller, {"salaries_total": 12, "etp_total": 7.5, "clas": True, "themes": ["famille"], "x": 1})
    assert received.status_code == 200
    assert sorted(received.json()["proposees"]) == ["clas", "etp_total", "salaries_total", "themes"]
    assert received.json()["refusees"] == {"x": "La question « x » n’est pas dans ce questionnaire."}
    assert caller.get("/api/valeurs").json()["valeurs"] == {}
    accept_proposals(response=response, proposals=response.proposals.pending(), by=cast.responsable)
    values = caller.get("/api/valeurs").json()["valeurs"]
    assert (values["etp_total"]["valeur"], values["clas"]["valeur"]) == ("7.5", True)
    states = {proposal["code"]: proposal["etat"] for proposal in caller.get("/api/propositions").json()}
    assert states["salaries_total"] == "accepted"
    header, line = caller.get("/api/valeurs.csv").content.decode().splitlines()
    row = dict(zip(header.split(","), line.split(","), strict=True))
    assert (row["etp_total"], row["clas"], row["themes"]) == ("7.5", "oui", "famille")


@pytest.mark.parametrize(
    ("body", "status", "said"),
    [
        ("{", 400, "pas du JSON lisible"),
        ("[]", 422, "L’envoi n’a pas la forme attendue"),
        ('{"valeurs": {}}', 422, "valeurs : vide"),
        ('{"valeurs": {"clas": {"a": 1}}}', 422, "valeurs › clas"),
        ('{"valeurs": {"clas": null}}', 422, "valeurs › clas"),
        ('{"valeurs": {"salaries_total": 1e400}}', 200, "pas un nombre"),
        ('{"valeurs": {"salaries_total": NaN}}', 200, "pas un nombre"),
    ],
)
def test_bad_body_is_told_in_french(caller: Client, body: str, status: int, said: str) -> None:
    reply = caller.post("/api/propositions", body, content_type="application/json")
    assert reply.status_code == status
    assert said in json.dumps(reply.json(), ensure_ascii=False)


def test_sent_response_refuses_proposals(caller: Client, cast: Cast, response: Response) -> None:
    sign(response, "submitted", by=cast.responsable)
    reply = push(caller, {"salaries_total": 12})
    assert reply.status_code == 409
    assert "ne peut plus changer" in reply.json()["detail"]


def test_calls_are_bounded_by_the_minute(caller: Client) -> None:
    with clock.frozen(clock.now()):
        codes = [caller.get("/api/reponse").status_code for _ in range(CALLS_A_MINUTE)]
        reply = caller.get("/api/reponse")
    assert set(codes) == {200}
    assert reply.status_code == 429
    assert 0 < int(reply.headers["Retry-After"]) <= 60
    assert reply.json()["detail"].startswith("Trop d’appels")


def test_schema_is_open_once_the_version_is_frozen(client: Client, response: Response) -> None:
    version = response.campaign.version
    assert client.get(f"/api/schema/{version.code}.json").status_code == 404
    freeze_version(version=version)
    assert client.get(f"/api/schema/{version.code}.json").json()["name"] == version.code


def test_documentation_lists_every_operation(client: Client, db: None) -> None:
    page = client.get("/api/").content.decode()
    described = client.get("/api/openapi.json").json()
    assert len(described["paths"]) == 6
    for path in described["paths"]:
        assert path in page


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_example_of_the_guide_runs_end_to_end(live_server, tmp_path: Path) -> None:
    cast = make_cast()
    version = load_questionnaire(directory=settings.DATA_DIR / "questionnaires" / "2026")
    response = make_response(structure=cast.structure, campaign=make_campaign(version=version))
    _, secret = create_token(structure=cast.structure, label="juin", by=cast.responsable)
    source = tmp_path / "seances.csv"
    source.write_text(
        "activite;personne;naissance;secteur\nAide aux devoirs;7;2016-03-01;clas\nAide aux devoirs;8;2015-09-12;clas\n"
        "Jardin;7;2016-03-01;adultes\nJardin;9;1960-01-01;adultes\nJardin;10;;adultes\n",
        encoding="utf-8",
    )
    script = settings.BASE_DIR / "docs" / "guide" / "exemple-logiciel.py"
    done = subprocess.run(
        [sys.executable, str(script), str(live_server), str(source)],
        env=os.environ | {"SENACS_JETON": secret},
        capture_output=True,
        text=True,
        timeout=30,
        check=True,
    )
    assert "proposé   Nombre de participants uniques en 2025 : 4" in done.stdout
    result = accept_proposals(response=response, proposals=response.proposals.pending(), by=cast.responsable)
    told = {code: stored["valeur"] for code, stored in result.saved.items() if stored}
    assert told["participants_uniques"] == 4
    assert (told["participants_7_10"], told["participants_60_74"], told["participants_age_nr"]) == (2, 1, 1)
    assert sum(value for code, value in told.items() if code != "participants_uniques") == 4
    wrong = subprocess.run(
        [sys.executable, str(script), str(live_server), str(source)],
        env=os.environ | {"SENACS_JETON": "senacs_faux"},
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    assert "SENACS répond 401 : Jeton absent" in wrong.stderr
