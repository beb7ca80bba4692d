"""The second factor that most roles owe: set up before the first page, asked at sign-in, waived in a demonstration."""

import os
import subprocess
import sys
from collections.abc import Callable
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.conf import settings as django_settings
from django.test import Client

from senacs.accounts.models import User
from senacs.accounts.second_factor import OFFERED, owes_second_factor
from tests import factories
from tests.factories import Cast

SignIn = Callable[[User], Client]
OBLIGED = {
    "correspondant_caf",
    "correspondant_federal",
    "copil",
    "preparation",
    "regional",
    "national",
    "comite_technique",
    "stranger",
}


def test_roles_that_owe_a_second_factor(cast: Cast) -> None:
    assert {name for name, user in cast.users().items() if owes_second_factor(user)} == OBLIGED


@pytest.mark.parametrize("backend", django_settings.AUTHENTICATION_BACKENDS)
@pytest.mark.parametrize("who", sorted(OBLIGED))
def test_no_page_before_the_second_factor(cast: Cast, sign_in: SignIn, who: str, backend: str) -> None:
    user = cast.users()[who]
    client = sign_in(user)
    client.force_login(user, backend=backend)
    factories.forget_second_factor(user)
    for url in ("/espace/", "/suivi/", "/national/", "/tables/", "/compte/", "/copil/"):
        for answer in (client.get(url), client.post(url)):
            assert answer.headers["Location"] == "/compte/securite/", url
    html = client.get("/compte/securite/").content.decode()
    assert "Ajouter une clé d’accès" in html
    assert "Activer une application" in html
    assert client.get("/").status_code == 200, "public pages stay open"


def test_the_charter_comes_first(cast: Cast, client: Client) -> None:
    factories.make_charte()
    client.force_login(cast.national)
    factories.forget_second_factor(cast.national)
    assert client.get("/national/").headers["Location"].startswith("/charte/accepter/")
    assert client.post("/charte/accepter/", {"accept": "on", "next": "/national/"}).headers["Location"] == "/national/"
    assert client.get("/national/").headers["Location"] == "/compte/securite/"


def test_set_up_then_asked_at_each_sign_in(cast: Cast, client: Client) -> None:
    user = cast.correspondant_caf
    factories.accept_charte(user)
    client.post("/compte/login/", {"login": user.email, "password": factories.PASSWORD})
    assert client.get("/suivi/").headers["Location"] == "/compte/securite/"
    page = client.get("/compte/2fa/totp/activate/")
    assert page.status_code == 200, "the password was just typed: it is not asked again"
    session = client.session
    session["mfa.totp.secret"] = factories.TOTP_SECRET
    session.save()
    codes = client.post("/compte/2fa/totp/activate/", {"code": factories.totp_code()}, follow=True).content.decode()
    assert "Codes de secours" in codes
    assert client.get("/suivi/").status_code == 200

    client.post("/compte/logout/")
    reply = client.post("/compte/login/", {"login": user.email, "password": factories.PASSWORD})
    assert reply.headers["Location"] == "/compte/2fa/authenticate/"
    assert client.get("/suivi/").headers["Location"].startswith("/compte/login/"), "a password alone opens nothing"
    client.post("/compte/2fa/authenticate/", {"code": "000000"})
    assert client.get("/suivi/").status_code == 302
    rescue = Authenticator.objects.get(user=user, type="recovery_codes").wrap().get_unused_codes()[0]
    client.post("/compte/2fa/authenticate/", {"code": rescue})
    assert client.get("/suivi/").status_code == 200


def test_rescue_code_serves_once(cast: Cast, client: Client) -> None:
    user = cast.national
    factories.accept_charte(user)
    factories.set_up_second_factor(user)
    from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes

    code = RecoveryCodes.activate(user).get_unused_codes()[0]
    for expected in (200, 302):
        client.post("/compte/login/", {"login": user.email, "password": factories.PASSWORD})
        client.post("/compte/2fa/authenticate/", {"code": code})
        assert client.get("/compte/").status_code == expected
        client.post("/compte/logout/")


def test_removing_the_last_factor_closes_the_door_again(cast: Cast, sign_in: SignIn) -> None:
    client = sign_in(cast.copil)
    assert client.get("/copil/").status_code == 200
    client.post("/compte/2fa/totp/deactivate/")
    assert not Authenticator.objects.filter(user=cast.copil).exists()
    assert client.get("/copil/").headers["Location"] == "/compte/securite/"


def test_structures_are_offered_it(cast: Cast, sign_in: SignIn) -> None:
    client = sign_in(cast.responsable)
    assert client.get("/saisie/").status_code == 200
    assert "pas exigé" in client.get("/compte/securite/").content.decode()


def test_a_second_role_brings_the_obligation(cast: Cast, sign_in: SignIn) -> None:
    client = sign_in(cast.responsable)
    factories.make_mandate(cast.responsable, "copil", departement=cast.structure.departement, side="caf")  # type: ignore[arg-type]
    assert client.get("/saisie/").headers["Location"] == "/compte/securite/"


def test_demonstration_waives_it_and_says_so(cast: Cast, sign_in: SignIn, settings: Any) -> None:
    settings.SECOND_FACTOR = OFFERED
    client = sign_in(cast.national)
    factories.forget_second_factor(cast.national)
    assert client.get("/compte/").status_code == 200
    client.logout()
    html = " ".join(client.get("/compte/login/").content.decode().split())
    assert "n’est pas exigée dans cette démonstration" in html


@pytest.mark.parametrize(
    ("variables", "expected"),
    [
        ({"SENACS_DEMO": "1"}, "propose"),
        ({"SENACS_DEMO": "1", "SENACS_SECOND_FACTOR": "obligatoire"}, "obligatoire"),
        ({"SENACS_DEMO": "0", "SENACS_SECRET_KEY": "x" * 50}, "obligatoire"),
        ({"SENACS_DEMO": "0", "SENACS_SECRET_KEY": "x" * 50, "SENACS_SECOND_FACTOR": "propose"}, "n’est permis que"),
        ({"SENACS_DEBUG": "1", "SENACS_SECOND_FACTOR": "propose"}, "n’est permis que"),
    ],
)
@pytest.mark.slow
def test_only_a_demonstration_can_waive_it(variables: dict[str, str], expected: str) -> None:
    kept = {
        name: value for name, value in os.environ.items() if not name.startswith(("SENACS_", "DJANGO_", "DATABASE"))
    }
    told = subprocess.run(
        [sys.executable, "-c", "from config import settings; print(settings.SECOND_FACTOR)"],
        env=kept | variables | {"SENACS_VAR": os.environ["SENACS_VAR"]},
        cwd=django_settings.BASE_DIR,
        capture_output=True,
        text=True,
        check=False,
    )
    assert expected in told.stdout + told.stderr
