"""A fresh proof of identity before every act that binds, asked once, after which the act is done."""

import ast
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client

from senacs.accounts.enums import Role
from senacs.accounts.models import Invitation, User
from senacs.collection.models import ApiToken, Response
from senacs.lib import clock
from tests import factories
from tests.factories import Cast

SignIn = Callable[[User], Client]

# Services that bind, and the modules of the web that call them. A new caller takes a line here, and one in ACTS.
BINDING = {
    "sign_edition",
    "publish_edition",
    "sign_release",
    "publish_release",
    "extract_raw_data",
    "grant_mandate",
    "end_mandate",
    "invite",
    "invite_deputy",
    "remove_deputy",
    "name_preparation",
    "create_token",
    "take_archive",
    "open_reading",
    "revoke_token",
    "propose_national",
    "confirm_national",
    "withdraw_national",
    "end_national",
    "reset_second_factor",
}
CALLERS = {
    "copil/views.py": {"sign_edition", "publish_edition"},
    "national/releases.py": {"sign_release", "publish_release"},
    "national/production.py": {"take_archive"},
    "national/readings.py": {"open_reading"},
    "national/team.py": {"propose_national", "confirm_national", "withdraw_national", "end_national"},
    "national/people.py": {"reset_second_factor"},
    "structure/account/software.py": {"create_token", "revoke_token"},
    "structure/account/team.py": {"invite_deputy", "remove_deputy"},
    "tables/preparation.py": {"name_preparation", "end_mandate", "extract_raw_data"},
}
ACTS = [
    ("copil", "/copil/{pk}/signer-caf/"),
    ("copil", "/copil/{pk}/signer-federation/"),
    ("copil", "/copil/{pk}/publier/"),
    ("national", "/national/publications/2026-1/signer-caf/"),
    ("national", "/national/publications/2026-1/publier/"),
    ("national", "/national/publications/2026-1/production/26.zip"),
    ("national", "/national/equipe/proposer/"),
    ("national", "/national/equipe/invitations/1/confirmer/"),
    ("national", "/national/equipe/invitations/1/retirer/"),
    ("national", "/national/equipe/1/terminer/"),
    ("national", "/national/comptes/{nobody}/second-facteur/"),
    ("responsable", "/saisie/{pk}/logiciel/"),
    ("responsable", "/saisie/{pk}/logiciel/1/retirer/"),
    ("responsable", "/saisie/equipe/{structure}/inviter/"),
    ("responsable", "/saisie/equipe/retirer/1/"),
    ("copil", "/tables/26/preparation/nommer/"),
    ("copil", "/tables/26/preparation/1/terminer/"),
    ("preparation", "/tables/26/donnees/"),
]


def test_every_caller_of_a_binding_service_is_known() -> None:
    web = settings.BASE_DIR / "senacs" / "web"
    found = {str(path.relative_to(web)): calls for path in web.rglob("*.py") if (calls := _binding_calls(path))}
    assert found == CALLERS


def _binding_calls(path: Path) -> set[str]:
    called = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call):
            called.add(node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", ""))
    return called & BINDING


@pytest.mark.parametrize(("who", "address"), ACTS)
def test_act_waits_for_a_proof(cast: Cast, response: Response, sign_in: SignIn, who: str, address: str) -> None:
    user, url = cast.users()[who], address.format(pk=response.pk, structure=cast.structure.pk, nobody=cast.nobody.pk)
    client = sign_in(user)
    assert not client.post(url).headers.get("Location", "").startswith("/compte/"), "fresh: the act answers for itself"
    factories.let_time_pass(client, user)
    assert "/reauthenticate/?next=" in client.post(url).headers["Location"]


def test_what_binds_nobody_asks_nothing(cast: Cast, response: Response, sign_in: SignIn) -> None:
    client = sign_in(cast.responsable)
    factories.let_time_pass(client, cast.responsable)
    assert client.get(f"/saisie/{response.pk}/logiciel/").status_code == 200
    assert client.post(f"/saisie/{response.pk}/valeurs/", {}).status_code != 302
    assert client.post(f"/copil/{response.pk}/renvoyer/").status_code == 404


def test_act_is_done_once_the_password_is_given(cast: Cast, response: Response, sign_in: SignIn) -> None:
    client, url = sign_in(cast.responsable), f"/saisie/{response.pk}/logiciel/"
    factories.let_time_pass(client, cast.responsable)
    asked = client.post(url, {"label": "Noé"})
    html = client.get(asked.headers["Location"]).content.decode()
    assert "Confirmez que c’est bien vous" in html
    client.post(asked.headers["Location"], {"password": "faux", "next": url})
    assert not ApiToken.objects.exists()
    client.post(asked.headers["Location"], {"password": factories.PASSWORD, "next": url})
    assert ApiToken.objects.get().label == "Noé"


def test_act_is_done_once_the_code_is_given(cast: Cast, sign_in: SignIn) -> None:
    client = sign_in(cast.copil)
    factories.let_time_pass(client, cast.copil)
    ends_on = (clock.today() + timedelta(days=20)).isoformat()
    asked = client.post("/tables/26/preparation/nommer/", {"email": "nouvelle@exemple.fr", "ends_on": ends_on})
    assert asked.headers["Location"].startswith("/compte/2fa/reauthenticate/")
    client.post(asked.headers["Location"], {"code": factories.totp_code(), "next": "/tables/26/preparation/nommer/"})
    assert Invitation.objects.get(email="nouvelle@exemple.fr").role == Role.PREPARATION


@pytest.mark.parametrize(("minutes", "is_asked"), [(9, False), (11, True)])
def test_proof_is_fresh_for_ten_minutes(
    cast: Cast, response: Response, sign_in: SignIn, minutes: int, is_asked: bool
) -> None:
    client = sign_in(cast.responsable)
    factories.prove_identity(client, cast.responsable, ago=timedelta(minutes=minutes))
    client.post(f"/saisie/{response.pk}/logiciel/", {"label": "Noé"})
    assert ApiToken.objects.exists() is not is_asked


def test_proof_of_somebody_else_is_none(cast: Cast, response: Response, sign_in: SignIn) -> None:
    client = sign_in(cast.responsable)
    factories.prove_identity(client, cast.suppleant)
    client.post(f"/saisie/{response.pk}/logiciel/", {"label": "Noé"})
    assert not ApiToken.objects.exists()


def test_sign_in_itself_is_a_proof(cast: Cast, response: Response, client: Client) -> None:
    factories.accept_charte(cast.responsable)
    client.post("/compte/login/", {"login": cast.responsable.email, "password": factories.PASSWORD})
    client.post(f"/saisie/{response.pk}/logiciel/", {"label": "Noé"})
    assert ApiToken.objects.exists()
