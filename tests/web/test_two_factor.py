"""Two-factor sign-in can be set up by whoever was invited, and its pages are in French."""

import re
import time

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.test import Client

from senacs.accounts.enums import Role
from senacs.accounts.invitations import invite
from tests import factories
from tests.factories import Cast

LONG = "quatre-mots-assez-longs-2026"


@pytest.fixture
def client_just_signed_in(cast: Cast, client: Client) -> Client:
    factories.accept_charte(cast.responsable)
    client.post("/compte/login/", {"login": cast.responsable.email, "password": factories.PASSWORD})
    client.post("/compte/reauthenticate/", {"password": factories.PASSWORD})
    return client


def test_an_invited_person_sets_up_an_application_and_reads_the_codes(client_just_signed_in: Client) -> None:
    page = client_just_signed_in.get("/compte/2fa/totp/activate/")
    assert page.status_code == 200
    found = re.search(r"<code>([A-Z2-7]{16,})</code>", page.content.decode())
    assert found
    code = format_hotp_value(hotp_value(found[1], int(time.time()) // 30))
    codes = client_just_signed_in.post("/compte/2fa/totp/activate/", {"code": code}, follow=True).content.decode()
    assert Authenticator.objects.filter(type="totp").count() == 1
    assert len(re.findall(r"<li><code>\w+</code>", codes)) == 10
    # The way on: somebody who has just been let in would otherwise stand before ten numbers.
    assert 'href="/espace/"' in codes


def test_who_has_just_opened_an_account_is_not_asked_again_for_the_password(cast: Cast, client: Client) -> None:
    waiting = invite(email="zoe@exemple.fr", role=Role.SUPPLEANT, scope=cast.structure, by=cast.responsable)
    link = f"/invitation/{factories.key_of(waiting)}/"
    given = {"first_name": "Zoé", "last_name": "Rey", "password1": LONG, "password2": LONG}
    assert client.post(link, given).status_code == 302
    assert "application de codes" in client.get("/compte/2fa/totp/activate/").content.decode()


def test_the_form_of_a_key_is_in_french(client_just_signed_in: Client) -> None:
    html = client_just_signed_in.get("/compte/2fa/webauthn/add/").content.decode()
    assert "Nom de cette clé" in html
    assert not re.search(r"<label[^>]*>\s*(Name|Passwordless)", html)
