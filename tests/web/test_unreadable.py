"""What is no address and what is no passkey are answered with a page, whoever sends them."""

import json
from typing import Any

import pytest
from django.test import Client

from tests.factories import Cast

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("wanted", ["²", "a b", "espace", "//ailleurs.example/", "https://a.example/", "\\\\x", ""])
def test_charter_leads_to_an_address_of_ours_only(cast: Cast, sign_in: Any, wanted: str) -> None:
    client = sign_in(cast.responsable)
    for reply in (
        client.post("/charte/accepter/", {"next": wanted, "accept": "on"}),
        client.get("/charte/accepter/", {"next": wanted}),
    ):
        assert reply.status_code in {200, 302}
        if reply.status_code == 302:
            assert reply.headers["Location"] == "/espace/"


@pytest.mark.parametrize("credential", ["9" * 5000, "[" * 9000, "{", "[]", "7", '"a"', json.dumps({"id": "x"}), "²"])
def test_unreadable_passkey_is_no_error_of_the_server(client: Client, credential: str) -> None:
    assert client.post("/compte/2fa/webauthn/login/", {"credential": credential}).status_code < 500


@pytest.mark.parametrize("credential", ["9" * 5000, "{", "[]", json.dumps({"id": "x"})])
def test_unreadable_new_passkey_is_told(cast: Cast, sign_in: Any, credential: str) -> None:
    client = sign_in(cast.responsable)
    sent = {"name": "clé", "credential": credential}
    assert client.post("/compte/2fa/webauthn/add/", sent).status_code < 500
